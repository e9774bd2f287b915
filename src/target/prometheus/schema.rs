//! Mirrors the files that Prometheus and promtool read, as typed structs in output order.

use std::borrow::Cow;

use crate::map::IndexMap;
use serde::{Serialize, Serializer};

/// `prometheus.yml`.
#[derive(Debug, Serialize)]
pub(super) struct Config<'a> {
    pub(super) global: Global<'a>,
    pub(super) rule_files: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) alerting: Option<Alerting<'a>>,
    pub(super) scrape_configs: Vec<ScrapeConfig<'a>>,
}

/// Writes pairs as a mapping.
fn mapping<K: Serialize, V: Serialize, S: Serializer>(
    pairs: impl AsRef<[(K, V)]>,
    to: S,
) -> Result<S::Ok, S::Error> {
    to.collect_map(pairs.as_ref().iter().map(|(key, value)| (key, value)))
}

/// What holds for every job.
#[derive(Debug, Serialize)]
pub(super) struct Global<'a> {
    pub(super) scrape_interval: String,
    pub(super) scrape_timeout: String,
    pub(super) evaluation_interval: String,
    /// Added to what leaves the server, such as alerts, and to nothing that is kept in it.
    #[serde(serialize_with = "mapping")]
    pub(super) external_labels: [(&'static str, &'a str); 2],
}

/// Where alerts are sent.
#[derive(Debug, Serialize)]
pub(super) struct Alerting<'a> {
    pub(super) alertmanagers: Vec<Alertmanager<'a>>,
}

/// A server that sends alerts on.
#[derive(Debug, Serialize)]
pub(super) struct Alertmanager<'a> {
    pub(super) static_configs: Vec<StaticConfig<'a>>,
}

/// A job.
#[derive(Debug, Default, Serialize)]
pub(super) struct ScrapeConfig<'a> {
    pub(super) job_name: &'a str,
    /// Where it is another than that of all jobs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) scrape_interval: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) metrics_path: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) scheme: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) authorization: Option<Authorization>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) tls_config: Option<Tls>,
    #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "mapping")]
    pub(super) params: Vec<(&'a str, [&'a str; 1])>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) static_configs: Vec<StaticConfig<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) dns_sd_configs: Vec<DnsConfig<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) kubernetes_sd_configs: Vec<KubernetesConfig>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) relabel_configs: Vec<Relabel<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) metric_relabel_configs: Vec<Keep>,
}

impl<'a> ScrapeConfig<'a> {
    /// A job that so far has nothing but its name.
    pub(super) fn of(name: &'a str) -> Self {
        Self { job_name: name, ..Self::default() }
    }
}

/// How a job says who it is.
#[derive(Debug, Serialize)]
pub(super) struct Authorization {
    pub(super) credentials_file: &'static str,
}

/// How a job trusts whom it asks.
#[derive(Debug, Serialize)]
pub(super) struct Tls {
    pub(super) insecure_skip_verify: bool,
}

/// Targets that the Kubernetes API names.
#[derive(Debug, Serialize)]
pub(super) struct KubernetesConfig {
    pub(super) role: &'static str,
}

/// The series that are kept.
#[derive(Debug, Serialize)]
pub(super) struct Keep {
    pub(super) action: &'static str,
    pub(super) source_labels: Vec<&'static str>,
    pub(super) regex: String,
}

/// Targets that are known when compiling.
#[derive(Debug, Serialize)]
pub(super) struct StaticConfig<'a> {
    pub(super) targets: Vec<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "mapping")]
    pub(super) labels: Vec<(Cow<'a, str>, &'a str)>,
}

/// Targets that a name stands for.
#[derive(Debug, Serialize)]
pub(super) struct DnsConfig<'a> {
    pub(super) names: [&'a str; 1],
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) port: u16,
    pub(super) refresh_interval: String,
}

/// A label that every target of a job gets: a text, or what another label holds.
#[derive(Debug, Serialize)]
pub(super) struct Relabel<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) source_labels: Vec<&'static str>,
    pub(super) target_label: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) replacement: Cow<'a, str>,
}

impl<'a> Relabel<'a> {
    /// A label that is a text.
    pub(super) fn to(target_label: &'static str, replacement: impl Into<Cow<'a, str>>) -> Self {
        Self { source_labels: Vec::new(), target_label, replacement: replacement.into() }
    }

    /// A label that is what another holds.
    pub(super) fn from(source: &'static str, target_label: &'static str) -> Self {
        Self { source_labels: vec![source], target_label, replacement: "".into() }
    }
}

/// A rule file.
#[derive(Debug, Serialize)]
pub(super) struct RuleFile<'a> {
    pub(super) groups: Vec<Group<'a>>,
}

/// A group of rules.
#[derive(Debug, Serialize)]
pub(super) struct Group<'a> {
    pub(super) name: Cow<'a, str>,
    pub(super) rules: Vec<Entry<'a>>,
}

/// One rule of a group.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Entry<'a> {
    Record(Record),
    Alert(Rule<'a>),
}

/// A series that is computed.
#[derive(Debug, Serialize)]
pub(super) struct Record {
    #[serde(rename = "record")]
    pub(super) name: &'static str,
    pub(super) expr: String,
    pub(super) labels: IndexMap<&'static str, String>,
}

/// An alert.
#[derive(Debug, Serialize)]
pub(super) struct Rule<'a> {
    pub(super) alert: &'a str,
    pub(super) expr: &'a str,
    #[serde(rename = "for", skip_serializing_if = "Option::is_none")]
    pub(super) hold: Option<String>,
    pub(super) labels: &'a IndexMap<String, String>,
    pub(super) annotations: IndexMap<&'static str, &'a str>,
}

/// A file of unit tests.
#[derive(Debug, Serialize)]
pub(super) struct TestFile<'a> {
    pub(super) rule_files: Vec<String>,
    pub(super) evaluation_interval: String,
    pub(super) tests: Vec<Test<'a>>,
}

/// A unit test.
#[derive(Debug, Serialize)]
pub(super) struct Test<'a> {
    pub(super) name: String,
    pub(super) interval: &'static str,
    pub(super) input_series: Vec<Series<'a>>,
    #[serde(rename = "alert_rule_test", skip_serializing_if = "Vec::is_empty")]
    pub(super) alerts: Vec<AlertTest<'a>>,
    #[serde(rename = "promql_expr_test", skip_serializing_if = "Vec::is_empty")]
    pub(super) expressions: Vec<ExprTest>,
}

/// Samples of one series.
#[derive(Debug, Serialize)]
pub(super) struct Series<'a> {
    pub(super) series: &'a str,
    pub(super) values: &'a str,
}

/// What an alert should do: fire with these labels and annotations, or not at all.
#[derive(Debug, Serialize)]
pub(super) struct AlertTest<'a> {
    pub(super) eval_time: String,
    pub(super) alertname: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) exp_alerts: Vec<FiringAlert<'a>>,
}

/// An alert that fires.
#[derive(Debug, Serialize)]
pub(super) struct FiringAlert<'a> {
    pub(super) exp_labels: IndexMap<&'a str, &'a str>,
    pub(super) exp_annotations: IndexMap<&'static str, String>,
}

/// What an expression should give.
#[derive(Debug, Serialize)]
pub(super) struct ExprTest {
    pub(super) expr: String,
    pub(super) eval_time: String,
    pub(super) exp_samples: Vec<Sample>,
}

/// A value that an expression gives.
#[derive(Debug, Serialize)]
pub(super) struct Sample {
    pub(super) labels: String,
    pub(super) value: u8,
}
