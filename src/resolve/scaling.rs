//! Turns what the author says of load into an autoscaler, everything decided.

use crate::blueprint::scaling::{Autoscale as Written, CustomMetric as Measured, MetricName, Pace};
use crate::model::scaling::{Autoscale, CustomMetric, Speed};
use crate::value::Name;

/// How many run at once under load.
pub(super) fn autoscale(service: &Name, written: &Written) -> Autoscale {
    Autoscale {
        min: written.min,
        max: written.max,
        cpu: written.cpu.unwrap_or(0),
        memory: written.memory.unwrap_or(0),
        metrics: written
            .metrics
            .iter()
            .map(|(name, measured)| metric(service, name, measured))
            .collect(),
        up: written.up.map(speed),
        down: written.down.map(speed),
    }
}

/// Something to scale by. Its name holds the service's: all of a cluster share one list.
pub(super) fn metric(service: &Name, name: &MetricName, written: &Measured) -> CustomMetric {
    let job = written.of.as_ref().unwrap_or(service).to_string();
    CustomMetric {
        name: format!("{}_{}", service.as_str().replace('-', "_"), name.0),
        expr: written.expr.replace("$job", &job),
        per_replica: written.per_replica,
        job,
    }
}

fn speed(pace: Pace) -> Speed {
    Speed { by: pace.by, every: pace.every, stabilization: pace.stabilization }
}
