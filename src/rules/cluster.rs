//! Finds what a cluster would refuse, or what would reach beyond the system's own namespace.

use crate::diagnostic::{Code, Diagnostic};
use crate::rules::View;
use crate::rules::findings::Findings;

/// A namespace that is not the system's own (kubernetes.io: "Namespaces", "Initial namespaces").
pub(super) fn reserved_namespace(view: &View<'_>, found: &mut Findings<'_>) {
    let namespace = &view.model.kubernetes.namespace;
    if namespace.as_str() != "default" && !namespace.as_str().starts_with("kube-") {
        return;
    }
    let written = view.blueprint.kubernetes.as_ref().is_some_and(|own| own.namespace.is_some());
    let place = if written { "/kubernetes/namespace" } else { "/name" };
    let (name, environment) = (&view.model.name, &view.model.environment.name);
    let message = format!("the namespace `{namespace}` is the cluster's own");
    let found_here = Diagnostic::error(Code::ReservedNamespace, message)
        .at(view.locator.value(place), "holds what is not part of this system");
    found.push(if written {
        found_here.help(format!("leave it out, and it is `{name}-{environment}`"))
    } else {
        found_here.help(format!("write `kubernetes: {{ namespace: system-{name}-{environment} }}`"))
    });
}
