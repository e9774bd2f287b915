//! Holds how many pods run under load.

use serde::Serialize;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Autoscaler {
    pub(crate) scale_target_ref: Target,
    pub(crate) min_replicas: u32,
    pub(crate) max_replicas: u32,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) metrics: Vec<Metric>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) behavior: Option<Behavior>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Target {
    pub(crate) api_version: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) name: String,
}

#[derive(Debug, Serialize)]
#[serde(tag = "type")]
pub(crate) enum Metric {
    Resource { resource: ResourceMetric },
    External { external: ExternalMetric },
}

#[derive(Debug, Serialize)]
pub(crate) struct ResourceMetric {
    pub(crate) name: &'static str,
    pub(crate) target: Utilization,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Utilization {
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    pub(crate) average_utilization: u32,
}

#[derive(Debug, Serialize)]
pub(crate) struct ExternalMetric {
    pub(crate) metric: MetricName,
    pub(crate) target: AverageValue,
}

#[derive(Debug, Serialize)]
pub(crate) struct MetricName {
    pub(crate) name: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AverageValue {
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    pub(crate) average_value: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Behavior {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) scale_up: Option<Scaling>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) scale_down: Option<Scaling>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Scaling {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) stabilization_window_seconds: Option<u64>,
    pub(crate) policies: Vec<Policy>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Policy {
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    pub(crate) value: u64,
    pub(crate) period_seconds: u64,
}
