//! Turns replicas into an autoscaler where load decides, and into a limit to how many a drain may take.

use crate::format::yaml::Comments;
use crate::model::service::{Autoscale, Service};
use crate::target::Error;
use crate::target::kubernetes::cluster::{Cluster, object};
use crate::target::kubernetes::folder::{Folder, Place};
use crate::target::kubernetes::schema::workload::{
    Autoscaler, DisruptionBudget, Metric, ResourceMetric, Target, Utilization,
};
use crate::target::kubernetes::workload::Kind;

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
    let metadata = || cluster.metadata(service, service.name.to_string());
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
    let metric = |(name, share): (&'static str, u32)| {
        (share > 0).then_some(Metric {
            kind: "Resource",
            resource: ResourceMetric {
                name,
                target: Utilization { kind: "Utilization", average_utilization: share },
            },
        })
    };
    let metrics = [("cpu", autoscale.cpu), ("memory", autoscale.memory)];
    Autoscaler {
        scale_target_ref: Target {
            api_version: "apps/v1",
            kind: kind.as_str(),
            name: service.name.to_string(),
        },
        min_replicas: autoscale.min,
        max_replicas: autoscale.max,
        metrics: metrics.into_iter().filter_map(metric).collect(),
    }
}
