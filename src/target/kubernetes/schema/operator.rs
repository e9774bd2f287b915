//! Holds what the Prometheus Operator reads (prometheus-operator/prometheus-operator:pkg/apis/monitoring/v1 and
//! v1alpha1).

use crate::map::IndexMap;
use serde::Serialize;

use crate::target::kubernetes::schema::meta::{Pairs, Selector};

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ServiceMonitor {
    pub(crate) namespace_selector: Namespaces,
    pub(crate) selector: Selector,
    pub(crate) endpoints: Vec<Endpoint>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Namespaces {
    pub(crate) match_names: Vec<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Endpoint {
    pub(crate) port: String,
    pub(crate) path: String,
    pub(crate) interval: String,
    pub(crate) scrape_timeout: String,
    pub(crate) relabelings: Vec<Relabeling>,
}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Relabeling {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) action: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) source_labels: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) regex: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) target_label: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) replacement: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Probe {
    pub(crate) job_name: String,
    pub(crate) interval: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) module: Option<String>,
    pub(crate) prober: Prober,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) params: Vec<Param>,
    pub(crate) targets: Targets,
}

#[derive(Debug, Serialize)]
pub(crate) struct Prober {
    pub(crate) url: String,
    pub(crate) path: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct Param {
    pub(crate) name: String,
    pub(crate) values: Vec<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Targets {
    pub(crate) static_config: StaticTargets,
}

#[derive(Debug, Serialize)]
pub(crate) struct StaticTargets {
    #[serde(rename = "static")]
    pub(crate) targets: Vec<String>,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub(crate) labels: Pairs,
}

#[derive(Debug, Serialize)]
pub(crate) struct PrometheusRule {
    pub(crate) groups: Vec<Group>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Group {
    pub(crate) name: String,
    pub(crate) rules: Vec<Entry>,
}

/// One rule of a group.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Entry {
    Record { record: &'static str, expr: String, labels: IndexMap<&'static str, String> },
    Alert(Rule),
}

#[derive(Debug, Serialize)]
pub(crate) struct Rule {
    pub(crate) alert: String,
    pub(crate) expr: String,
    #[serde(rename = "for", skip_serializing_if = "Option::is_none")]
    pub(crate) hold: Option<String>,
    pub(crate) labels: Pairs,
    pub(crate) annotations: IndexMap<&'static str, String>,
}
