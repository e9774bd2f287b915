//! Turns replicas into an autoscaler where load decides, and into a limit to how many a drain may take.

use crate::format::yaml::Comments;
use crate::model::scaling::{Autoscale, CustomMetric, Speed};
use crate::model::service::Service;
use crate::target::Error;
use crate::target::kubernetes::cluster::{Cluster, object};
use crate::target::kubernetes::folder::{Folder, Place};
use crate::target::kubernetes::schema::scale::{
    Autoscaler, AverageValue, Behavior, ExternalMetric, Metric, MetricName, Policy, ResourceMetric,
    Scaling, Target, Utilization,
};
use crate::target::kubernetes::schema::workload::DisruptionBudget;
use crate::target::kubernetes::workload::Kind;
use crate::value::Duration;

pub(super) fn emit(
    cluster: &Cluster<'_>,
    service: &Service,
    folder: &mut Folder<'_, '_>,
) -> Result<(), Error> {
    let kind = cluster.kind(service);
    if kind == Kind::DaemonSet || !service.is_replicated() {
        return Ok(());
    }
    let place = Place::of(service);
    let metadata = || cluster.metadata(service, &service.name);
    if let Some(autoscale) = &service.autoscale {
        let spec = autoscaler(service, autoscale, kind);
        let object = object("autoscaling/v2", "HorizontalPodAutoscaler", metadata(), spec);
        folder.add(&place, &object, Comments::new())?;
    }
    let budget = DisruptionBudget {
        // None at all would block every drain for ever.
        max_unavailable: service.max_unavailable.max(1),
        unhealthy_pod_eviction_policy: "AlwaysAllow",
        selector: cluster.selector(service),
    };
    let object = object("policy/v1", "PodDisruptionBudget", metadata(), budget);
    folder.add(&place, &object, Comments::new())
}

fn autoscaler(service: &Service, autoscale: &Autoscale, kind: Kind) -> Autoscaler {
    let resource = |(name, share): (&'static str, u32)| {
        let target = Utilization { kind: "Utilization", average_utilization: share };
        (share > 0).then_some(Metric::Resource { resource: ResourceMetric { name, target } })
    };
    let shares = [("cpu", autoscale.cpu), ("memory", autoscale.memory)];
    let metrics = shares.into_iter().filter_map(resource);
    let (up, down) = (autoscale.up.map(scaling), autoscale.down.map(scaling));
    Autoscaler {
        scale_target_ref: Target {
            api_version: "apps/v1",
            kind: kind.as_str(),
            name: service.name.to_string(),
        },
        min_replicas: autoscale.min,
        max_replicas: autoscale.max,
        metrics: metrics.chain(autoscale.metrics.iter().map(external)).collect(),
        behavior: (up.is_some() || down.is_some())
            .then_some(Behavior { scale_up: up, scale_down: down }),
    }
}

/// Prometheus answers for it: the value over all pods, of which each is to have its part.
fn external(metric: &CustomMetric) -> Metric {
    let target = AverageValue { kind: "AverageValue", average_value: quantity(metric.per_replica) };
    let metric = MetricName { name: metric.name.clone() };
    Metric::External { external: ExternalMetric { metric, target } }
}

/// A number as a quantity, which knows thousandths and no finer (kubernetes.io: "Quantity").
fn quantity(number: f64) -> String {
    if number.fract() == 0.0 {
        format!("{number:.0}")
    } else {
        format!("{:.0}m", (number * 1000.0).max(1.0))
    }
}

fn scaling(speed: Speed) -> Scaling {
    let policy = Policy {
        kind: "Percent",
        value: speed.by.of(100).max(1),
        period_seconds: speed.every.seconds().max(1),
    };
    Scaling {
        stabilization_window_seconds: speed.stabilization.map(Duration::seconds),
        policies: vec![policy],
    }
}

#[cfg(test)]
mod tests {
    use super::quantity;

    #[test]
    fn quantities_are_whole_or_thousandths() {
        assert_eq!(["100", "500m", "1500m"].map(str::to_owned), [100.0, 0.5, 1.5].map(quantity));
    }
}
