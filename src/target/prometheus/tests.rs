//! Turns the samples of alerts into unit tests: each alert fires on the one and stays quiet on the other.

use indexmap::IndexMap;

use crate::blueprint::monitoring::Sample as Samples;
use crate::format::annotation;
use crate::format::quote::promql;
use crate::model::alert::Rule;
use crate::model::monitoring::Monitoring;
use crate::target::prometheus::rules;
use crate::target::prometheus::schema::{
    AlertTest, ExprTest, FiringAlert, Sample, Series, Test, TestFile,
};

/// How far samples are apart: a window of one minute holds four of them, whatever the interval of real scrapes.
const SAMPLE_INTERVAL: &str = "15s";

/// The tests; `None` where no alert has samples.
pub(super) fn file(monitoring: &Monitoring) -> Option<TestFile> {
    let rules = || monitoring.rules.iter().flat_map(|group| &group.rules);
    let fires = |rule: &Rule| rule.fires.as_ref().map(|samples| firing(rule, samples));
    let quiet = |rule: &Rule| rule.quiet.as_ref().map(|samples| silent(rule, samples));
    let tests: Vec<Test> = rules().flat_map(|rule| [fires(rule), quiet(rule)]).flatten().collect();
    (!tests.is_empty()).then(|| TestFile {
        rule_files: vec!["../rules/alert_rules.yml".to_owned()],
        evaluation_interval: SAMPLE_INTERVAL.to_owned(),
        tests,
    })
}

/// An alert that fires: with its labels and annotations, or, where an annotation shows the value, with its labels.
///
/// promtool compares all annotations or none (prometheus, cmd/promtool/unittest.go, `test`), so what holds a value
/// that only Prometheus can compute is left to the series `ALERTS`, which bears the labels alone.
fn firing(rule: &Rule, samples: &Samples) -> Test {
    let mut labels = samples.labels.clone();
    labels.extend(rule.labels.clone());
    let mut test = test(rule, samples, "fires");
    let eval_time = samples.at.prometheus();
    let rendered: Option<IndexMap<_, _>> = rules::annotations(rule)
        .into_iter()
        .map(|(name, template)| Some((name, annotation::render(&template, &samples.labels)?)))
        .collect();
    match rendered {
        Some(exp_annotations) => test.alerts.push(AlertTest {
            eval_time,
            alertname: rule.name.clone(),
            exp_alerts: vec![FiringAlert { exp_labels: labels, exp_annotations }],
        }),
        None => test.expressions.push(ExprTest {
            expr: selector("ALERTS", &[("alertname", &rule.name), ("alertstate", "firing")]),
            eval_time,
            exp_samples: vec![Sample { labels: firing_series(rule, &labels), value: 1 }],
        }),
    }
    test
}

fn firing_series(rule: &Rule, labels: &IndexMap<String, String>) -> String {
    let mut all = vec![("alertname", rule.name.as_str()), ("alertstate", "firing")];
    all.extend(labels.iter().map(|(label, value)| (label.as_str(), value.as_str())));
    selector("ALERTS", &all)
}

fn selector(name: &str, labels: &[(&str, &str)]) -> String {
    let labels = labels.iter().map(|(label, value)| format!("{label}={}", promql::string(value)));
    format!("{name}{{{}}}", labels.collect::<Vec<_>>().join(","))
}

fn silent(rule: &Rule, samples: &Samples) -> Test {
    let mut test = test(rule, samples, "stays quiet");
    test.alerts.push(AlertTest {
        eval_time: samples.at.prometheus(),
        alertname: rule.name.clone(),
        exp_alerts: Vec::new(),
    });
    test
}

fn test(rule: &Rule, samples: &Samples, does: &str) -> Test {
    let series = |(series, values): (&String, &String)| Series {
        series: series.clone(),
        values: values.clone(),
    };
    Test {
        name: format!("{} {does}", rule.name),
        interval: SAMPLE_INTERVAL.to_owned(),
        input_series: samples.series.iter().map(series).collect(),
        alerts: Vec::new(),
        expressions: Vec::new(),
    }
}
