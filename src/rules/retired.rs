//! Finds what its makers have given up, so that nothing in it is mended any more.

use crate::diagnostic::{Code, Diagnostic};
use crate::model::RouteKind;
use crate::rules::View;
use crate::rules::findings::Findings;

/// The class of ingress-nginx, for which nothing is mended since March 2026 (kubernetes.io, "Ingress NGINX
/// Retirement: What You Need to Know").
const RETIRED_CLASS: &str = "nginx";

/// A component that is retired.
pub(super) fn component(view: &View<'_>, found: &mut Findings<'_>) {
    for (name, service) in &view.model.services {
        let Some(component) = &service.component else { continue };
        let entry = view.catalog.get(&component.name);
        let Some(why) = entry.as_ref().and_then(|entry| entry.retired.as_ref()) else { continue };
        let diagnostic = Diagnostic::error(
            Code::RetiredInterface,
            format!("`{name}` is `{}`, which its makers have given up", component.name),
        )
        .at(view.service(name, "/uses"), why.clone());
        found.push_unless_waived(name, diagnostic);
    }
}

/// A controller of ingresses that is retired.
pub(super) fn controller(view: &View<'_>, found: &mut Findings<'_>) {
    let Some(edge) = &view.model.edge else { return };
    let kubernetes = &view.model.kubernetes;
    if kubernetes.routes == RouteKind::Ingress && kubernetes.class.as_str() == RETIRED_CLASS {
        let diagnostic = Diagnostic::error(
            Code::RetiredInterface,
            "the class `nginx` is that of ingress-nginx, which its makers have given up",
        )
        .at(view.locator.value("/kubernetes/class"), "nothing in it is mended since March 2026")
        .help("write `routes: gateway`, or the class of a controller that is kept up");
        found.push_unless_waived(&edge.service, diagnostic);
    }
}
