//! Finds replicas that cannot exist, and budgets that keep them from ever moving.

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostic};
use crate::model::{InCluster, Service};
use crate::rules::View;
use crate::rules::findings::Findings;
use crate::source::Span;
use crate::value::Name;

fn impossible(view: &View<'_>, service: &Service, why: &str) -> Diagnostic {
    let message = format!("there cannot be several `{}` at once: {why}", service.name);
    Diagnostic::error(Code::ImpossibleReplicas, message)
        .at(several(view, service), "several are asked for here")
}

/// Where several of a service are asked for.
fn several(view: &View<'_>, service: &Service) -> Span {
    let key = if service.replicas > 1 { "/replicas" } else { "/autoscale" };
    view.service(&service.name, key)
}

fn replicated<'a>(view: &View<'a>) -> impl Iterator<Item = &'a Service> {
    view.model.services.values().filter(|service| service.is_replicated())
}

/// Several of a service, and one port of the host.
pub(super) fn replicated_port(view: &View<'_>, found: &mut Findings<'_>) {
    for service in replicated(view).filter(|service| !service.publish.is_empty()) {
        let port = service.publish[0].host;
        found.push(
            impossible(view, service, &format!("only one can have port {port} of the host"))
                .at(view.service(&service.name, "/publish"), "and each would open this port")
                .help("remove `publish` and reach them through a route, or run one"),
        );
    }
}

/// A volume that belongs to one, mounted by several.
pub(super) fn replicated_volume(view: &View<'_>, found: &mut Findings<'_>) {
    let mut mounted: BTreeMap<&Name, &Service> = BTreeMap::new();
    for service in view.model.services.values() {
        // Compose shares every volume; in a cluster what the platform does by itself mounts nothing.
        if matches!(view.model.in_cluster(service), InCluster::Platform | InCluster::Jobs)
            || service.is_stateful()
        {
            continue;
        }
        for mount in &service.volumes {
            let volume = &mount.volume;
            let shared = view.model.volumes.get(volume).is_none_or(|known| known.shared);
            if shared || view.model.is_composes(volume) {
                continue;
            }
            let place =
                |service: &Service| view.service(&service.name, &format!("/volumes/{volume}"));
            let help = || {
                format!(
                    "write `volumes: {{ {volume}: {{ shared: true }} }}`, and have a storage class that can do that"
                )
            };
            if service.is_replicated() {
                let why = format!("the volume `{volume}` belongs to one");
                let label = "each would mount this";
                found.push(impossible(view, service, &why).at(place(service), label).help(help()));
            } else if let Some(first) = mounted.insert(volume, service) {
                let message = format!(
                    "`{}` and `{}` mount the volume `{volume}`, which belongs to one",
                    first.name, service.name
                );
                let (before, place) = (place(first), place(service));
                let (before, place) = (before.min(place), before.max(place));
                found.push(
                    Diagnostic::error(Code::ImpossibleReplicas, message)
                        .at(place, "mounted again here")
                        .at(before, "first mounted here")
                        .help(help()),
                );
            }
        }
    }
}

/// Several of what keeps data of its own.
pub(super) fn replicated_state(view: &View<'_>, found: &mut Findings<'_>) {
    for service in replicated(view).filter(|service| service.is_stateful()) {
        let uses = view.service(&service.name, "/uses");
        found.push(
            impossible(view, service, "each would have data of its own")
                .at(uses, "keeps data")
                .help("run one; replication needs an operator that knows this program"),
        );
    }
}

/// Several of what must never run twice.
pub(super) fn replicated_single(view: &View<'_>, found: &mut Findings<'_>) {
    for service in replicated(view).filter(|service| service.single) {
        let why = "what one does, each would do again";
        found.push(impossible(view, service, why).help("run one; it is soon started again"));
    }
}

/// A range that is none, or that nothing moves within.
pub(super) fn autoscale_range(view: &View<'_>, found: &mut Findings<'_>) {
    for service in view.model.services.values() {
        let Some(scale) = &service.autoscale else { continue };
        let place = |key: &str| view.service(&service.name, &format!("/autoscale/{key}"));
        if scale.min > scale.max {
            let message = format!(
                "`{}` is to run at least {} and at most {} times",
                service.name, scale.min, scale.max
            );
            found.push(
                Diagnostic::error(Code::ImpossibleReplicas, message)
                    .at(place("min"), "the fewest")
                    .help(format!("write `autoscale: {}..{}`", scale.max, scale.min)),
            );
        } else if scale.cpu == 0 && scale.memory == 0 && scale.metrics.is_empty() {
            let message = format!("nothing says when there are to be more `{}`", service.name);
            found.push(
                Diagnostic::error(Code::ImpossibleReplicas, message)
                    .at(place(""), "has neither `cpu` nor `memory` nor `metrics`")
                    .help("add the mean share of the request to aim at: `cpu: 70`"),
            );
        }
    }
}

/// A service of which none may ever be moved.
pub(super) fn blocking_disruption_budget(view: &View<'_>, found: &mut Findings<'_>) {
    for service in view.model.services.values().filter(|service| service.max_unavailable == 0) {
        found.push(
            Diagnostic::error(
                Code::BlockingDisruptionBudget,
                format!("no pod of `{}` may ever be moved", service.name),
            )
            .at(
                view.service(&service.name, "/max_unavailable"),
                "every drain of a node would wait for ever",
            )
            .help("write `max_unavailable: 1`, and `replicas: 2` if one must always answer"),
        );
    }
}
