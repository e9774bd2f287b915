//! Turns the samples of alerts into unit tests: each alert fires on the one and stays quiet on the other.

use crate::map::IndexMap;

use crate::blueprint::monitoring::Sample as Samples;
use crate::format::annotation;
use crate::format::quote::promql;
use crate::model::alert::Rule;
use crate::model::monitoring::{Monitoring, RuleGroup};
use crate::model::naming;
use crate::target::prometheus::schema::{
    AlertTest, ExprTest, FiringAlert, Sample, Series, Test, TestFile,
};
use crate::value::Duration;

/// How far samples are apart: a window of one minute holds four of them, whatever the interval of real scrapes.
const SAMPLE_INTERVAL: &str = "15s";
/// How often rules are evaluated where all times of a file are whole minutes: a test evaluates every rule of the file
/// from the start, so that most of its cost is here.
const EVALUATION_INTERVAL: Duration = Duration::from_seconds(60);
/// How far the samples of objectives are apart, whose windows are hours long.
const OBJECTIVE_INTERVAL: &str = "1m";
/// How often objectives are evaluated: the shortest of their windows.
const OBJECTIVE_EVALUATION: &str = "5m";

/// The tests of a rule file below the folder beside theirs; `None` where no alert has samples.
pub(super) fn file<'a>(path: &str, groups: &[&'a RuleGroup]) -> Option<TestFile<'a>> {
    let rules = || groups.iter().flat_map(|group| &group.rules);
    let fires = |rule: &'a Rule| rule.fires.as_ref().map(|samples| firing(rule, samples));
    let quiet =
        |rule: &'a Rule| rule.quiet.as_ref().map(|samples| silent(rule, samples, "stays quiet"));
    let tests: Vec<Test<'_>> =
        rules().flat_map(|rule| [fires(rule), quiet(rule)]).flatten().collect();
    let times = rules().flat_map(|rule| {
        let samples = [&rule.fires, &rule.quiet].into_iter().flatten();
        samples.map(|samples| samples.at).chain(rule.hold)
    });
    let evaluation = if times.into_iter().all(is_whole) {
        EVALUATION_INTERVAL.prometheus()
    } else {
        SAMPLE_INTERVAL.to_owned()
    };
    test_file(path, SAMPLE_INTERVAL, evaluation, tests)
}

/// Whether rules that are evaluated at [`EVALUATION_INTERVAL`] are evaluated at that time.
fn is_whole(time: Duration) -> bool {
    time.millis().is_multiple_of(EVALUATION_INTERVAL.millis())
}

/// The tests of objectives; `None` where there are none.
pub(super) fn objectives(monitoring: &Monitoring) -> Option<TestFile<'_>> {
    let mut tests = Vec::new();
    for alert in monitoring.objectives.iter().flat_map(|objective| &objective.alerts) {
        tests.extend(alert.rule.fires.as_ref().map(|samples| firing(&alert.rule, samples)));
        for (when, samples) in &alert.quiet {
            tests.push(silent(&alert.rule, samples, &format!("stays quiet when it is {when}")));
        }
    }
    test_file(naming::SLO_RULES, OBJECTIVE_INTERVAL, OBJECTIVE_EVALUATION.to_owned(), tests)
}

fn test_file<'a>(
    rules: &str,
    interval: &'static str,
    evaluation_interval: String,
    mut tests: Vec<Test<'a>>,
) -> Option<TestFile<'a>> {
    for test in &mut tests {
        test.interval = interval;
    }
    (!tests.is_empty()).then(|| TestFile {
        rule_files: vec![format!("../{rules}")],
        evaluation_interval,
        tests,
    })
}

/// An alert that fires: with its labels and annotations, or, where an annotation shows the value, with its labels.
///
/// promtool compares all annotations or none (prometheus, cmd/promtool/unittest.go, `test`), so what holds a value
/// that only Prometheus can compute is left to the series `ALERTS`, which bears the labels alone.
fn firing<'a>(rule: &'a Rule, samples: &'a Samples) -> Test<'a> {
    let labels = samples.labels.iter().chain(&rule.labels);
    let labels: IndexMap<&str, &str> =
        labels.map(|(label, value)| (label.as_str(), value.as_str())).collect();
    let mut test = test(rule, samples, "fires");
    let eval_time = samples.at.prometheus();
    let rendered: Option<IndexMap<_, _>> = rule
        .annotations()
        .into_iter()
        .map(|(name, template)| Some((name, annotation::render(template, &samples.labels)?)))
        .collect();
    match rendered {
        Some(exp_annotations) => test.alerts.push(AlertTest {
            eval_time,
            alertname: &rule.name,
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

fn firing_series(rule: &Rule, labels: &IndexMap<&str, &str>) -> String {
    let mut all = vec![("alertname", rule.name.as_str()), ("alertstate", "firing")];
    all.extend(labels.iter().map(|(label, value)| (*label, *value)));
    selector("ALERTS", &all)
}

fn selector(name: &str, labels: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(128);
    out.push_str(name);
    out.push('{');
    for (at, (label, value)) in labels.iter().enumerate() {
        for part in [if at == 0 { "" } else { "," }, label, "=", &promql::string(value)] {
            out.push_str(part);
        }
    }
    out.push('}');
    out
}

fn silent<'a>(rule: &'a Rule, samples: &'a Samples, does: &str) -> Test<'a> {
    let mut test = test(rule, samples, does);
    test.alerts.push(AlertTest {
        eval_time: samples.at.prometheus(),
        alertname: &rule.name,
        exp_alerts: Vec::new(),
    });
    test
}

fn test<'a>(rule: &Rule, samples: &'a Samples, does: &str) -> Test<'a> {
    let series = |(series, values): (&'a String, &'a String)| Series { series, values };
    Test {
        name: format!("{} {does}", rule.name),
        interval: SAMPLE_INTERVAL,
        input_series: samples.series.iter().map(series).collect(),
        alerts: Vec::new(),
        expressions: Vec::new(),
    }
}
