//! Describes how many of a service run at once under load.

use crate::map::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::value::keyed::Keyed;
use crate::value::{Duration, Name, Percent};

/// How many run at once under load.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Autoscale {
    /// At least so many.
    #[schemars(range(min = 1, max = 1000))]
    pub min: u32,
    /// At most so many.
    #[schemars(range(min = 1, max = 1000))]
    pub max: u32,
    /// The mean share of the processor request to aim at, in per cent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 1000))]
    pub cpu: Option<u32>,
    /// The mean share of the memory request to aim at, in per cent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 1000))]
    pub memory: Option<u32>,
    /// What else to scale by, as Prometheus knows it, by a name of your own; needs `monitoring`.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    #[schemars(with = "Keyed<MetricName, CustomMetric>")]
    pub metrics: IndexMap<MetricName, CustomMetric>,
    /// How fast there may be more of them; the cluster's own pace when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub up: Option<Pace>,
    /// How fast there may be fewer of them; the cluster's own pace when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub down: Option<Pace>,
}

/// The name of something to scale by: up to 63 lower-case letters, digits and underscores, a letter first.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct MetricName(#[schemars(regex(pattern = r"^[a-z][a-z0-9_]{0,62}$"))] pub String);

/// Something to scale by.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomMetric {
    /// What to measure, in `PromQL`, over all replicas: one number. `$job` stands for the job of the service.
    #[schemars(example = &"sum(rate(http_requests_total{job=\"$job\"}[2m]))")]
    pub expr: String,
    /// The part of it for each replica to aim at.
    #[schemars(extend("exclusiveMinimum" = 0))]
    pub per_replica: f64,
    /// The service whose job `$job` stands for, such as an exporter; the service itself when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<Name>,
}

/// How fast the number of replicas may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pace {
    /// By how much of the number at most.
    pub by: Percent,
    /// Within which time; at most 30 minutes.
    pub every: Duration,
    /// How long back the cluster looks for the number that changes least, so that it does not swing; at most an hour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stabilization: Option<Duration>,
}
