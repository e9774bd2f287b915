//! Turns the manifests that were emitted into the list of objects that a cluster must have.

use std::borrow::Cow;

use crate::model::Model;
use crate::target::rollout::Manifest;

/// The kinds that a validation looks at, as `kubectl` takes them and as manifests' files are named for them; in order.
const KINDS: &[&str] = &[
    "alertmanagerconfig",
    "apiservice",
    "daemonset",
    "deployment",
    "gateway",
    "horizontalpodautoscaler",
    "ingress",
    "networkpolicy",
    "persistentvolumeclaim",
    "probe",
    "prometheusrule",
    "service",
    "serviceaccount",
    "servicemonitor",
    "statefulset",
];

/// Namespace, kind and name of each object that this environment applies.
pub(super) fn objects<'a>(
    model: &'a Model,
    manifests: &'a [Manifest<'a>],
) -> impl Iterator<Item = [Cow<'a, str>; 3]> {
    let is_looked_at = |one: &&Manifest<'_>| {
        KINDS.binary_search(&one.kind).is_ok() && !one.name.ends_with(".template")
    };
    manifests
        .iter()
        .filter(is_looked_at)
        .filter_map(|one| Some([namespace(model, one.folder)?, one.kind.into(), one.name.into()]))
}

/// The namespace of what lies in a folder; `None` where it is not applied with the rest.
fn namespace<'a>(model: &'a Model, folder: &str) -> Option<Cow<'a, str>> {
    let own = || Cow::Borrowed(model.kubernetes.namespace.as_str());
    match folder {
        "_namespace" => return Some(own()),
        "_agents" => return Some(model.agents_namespace().into()),
        _ => {}
    }
    // A service without its profile stands in a component of its own; other folders hold what is applied by itself.
    let service = model.services.get(folder).filter(|service| model.is_on(service))?;
    Some(if model.is_agent(service) { model.agents_namespace().into() } else { own() })
}
