//! Turns the manifests that were emitted into the list of objects that a cluster must have.

use std::borrow::Cow;

use crate::model::{Model, naming};
use crate::target::Output;
use crate::target::scripts::list::Words;

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

/// Namespace, kind and name of each object that this environment applies: the files are named `<kind>-<name>.yaml`,
/// in a folder for each service.
pub(super) fn objects<'a>(model: &'a Model, output: &'a Output<'_>) -> Vec<Words<'a>> {
    let root = naming::manifests(&model.environment.name);
    let files = output.emitted_below(&root).filter_map(|(path, _)| {
        let (folder, file) = path.as_str().strip_prefix(&root)?[1..].rsplit_once('/')?;
        let (kind, name) = file.strip_suffix(".yaml")?.split_once('-')?;
        if KINDS.binary_search(&kind).is_err() || name.ends_with(".template") {
            return None;
        }
        Some(vec![namespace(model, folder)?, kind.into(), name.into()])
    });
    files.collect()
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
