//! Describes how many of a service run at once under load, everything decided.

use serde::Serialize;

use crate::value::{Duration, Percent};

/// How many run at once under load.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Autoscale {
    /// At least so many.
    pub min: u32,
    /// At most so many.
    pub max: u32,
    /// The mean share of the processor request to aim at, in per cent; 0 for none.
    pub cpu: u32,
    /// The mean share of the memory request to aim at, in per cent; 0 for none.
    pub memory: u32,
    /// What else to scale by.
    pub metrics: Vec<CustomMetric>,
    /// How fast there may be more, where the author says.
    pub up: Option<Speed>,
    /// How fast there may be fewer, where the author says.
    pub down: Option<Speed>,
}

/// Something to scale by, as Prometheus knows it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CustomMetric {
    /// Its name in the cluster.
    pub name: String,
    /// The job that its series come from.
    pub job: String,
    /// What is measured over all replicas, in `PromQL`.
    pub expr: String,
    /// The part of it for each replica to aim at.
    pub per_replica: f64,
}

/// How fast the number of replicas may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Speed {
    /// By how much of the number at most.
    pub by: Percent,
    /// Within which time.
    pub every: Duration,
    /// How long back the number is looked for that changes least, where the author says.
    pub stabilization: Option<Duration>,
}
