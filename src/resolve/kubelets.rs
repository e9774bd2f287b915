//! Turns what the kubelets of a cluster expose in a component's place into scrape jobs, and lets the server ask for it.

use crate::catalog::cluster::{Access, Kubelet};
use crate::map::IndexMap;
use crate::model::Role;
use crate::model::monitoring::KubeletJob;
use crate::model::service::Service;
use crate::resolve::scope::Scope;
use crate::value::Name;

/// What kubelets expose, by the service in whose place they do.
pub(super) fn of<'a>(scope: &'a Scope<'_>) -> impl Iterator<Item = (&'a Name, &'a Kubelet)> {
    let operator = scope.blueprint.kubernetes.as_ref().and_then(|there| there.operator.as_ref());
    let read = operator.is_none_or(|operator| operator.kubelet.unwrap_or(true));
    let runs = |component: &Name| {
        let mut entries = scope.parts.values().filter_map(|part| part.entry.as_ref());
        entries.any(|entry| entry.component == component.as_str())
    };
    scope.parts.iter().filter(move |_| read).filter_map(move |(name, part)| {
        let kubelet = part.entry.as_ref()?.kubernetes.kubelet.as_ref()?;
        kubelet.with.iter().all(runs).then_some((name, kubelet))
    })
}

/// The jobs; the service that reads them may ask, and has a way there.
pub(super) fn jobs(scope: &Scope<'_>, services: &mut IndexMap<Name, Service>) -> Vec<KubeletJob> {
    let mut jobs = Vec::new();
    for (name, kubelet) in of(scope) {
        if let Some(server) = services.values_mut().find(|service| service.role == Role::Metrics) {
            server.kubernetes.access.extend(kubelet.access.iter().cloned().map(Access::Rule));
            server.kubernetes.nodes.push(kubelet.port.get());
        }
        jobs.push(KubeletJob {
            name: kubelet.job.to_string(),
            service: name.clone(),
            path: kubelet.path.clone(),
            namespaces: scope.namespaces(),
        });
    }
    jobs
}
