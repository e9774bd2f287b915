//! Finds what a cluster would refuse, or what would reach beyond the system's own namespace.

use crate::diagnostic::{Code, Diagnostic};
use crate::model::RouteKind;
use crate::rules::View;
use crate::rules::findings::Findings;
use crate::value::Host;

/// Top-level names within private networks: RFC 6761, RFC 6762, RFC 8375 and ICANN's `internal`, and what routers use.
const PRIVATE: &[&str] = &["corp", "home", "internal", "lan", "local", "localhost"];

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

/// Routes as an `Ingress`, which cannot say what the blueprint asks of the edge.
pub(super) fn lossy_ingress(view: &View<'_>, found: &mut Findings<'_>) {
    let Some(edge) = &view.model.edge else { return };
    if view.model.kubernetes.routes != RouteKind::Ingress {
        return;
    }
    let mut lost: Vec<String> = Vec::new();
    if !view.model.kubernetes.sets_headers() && !edge.headers.is_empty() {
        let hsts = edge.headers.iter().any(|(name, _)| name == "Strict-Transport-Security");
        let with = if hsts { ", HSTS among them" } else { "" };
        lost.push(format!("{} headers{with}", edge.headers.len()));
    }
    lost.extend(["how large requests may be", "the way from HTTP to HTTPS"].map(str::to_owned));
    let mut routes = edge.sites.iter().flat_map(|site| &site.routes);
    if edge.limit.is_some() || routes.any(|route| route.limit.is_some()) {
        lost.push("how many requests a client may make".to_owned());
    }
    let diagnostic = Diagnostic::warning(
        Code::LossyIngress,
        format!("an Ingress says nothing of {}", lost.join(", ")),
    )
    .at(view.locator.value("/kubernetes/routes"), "the controller has to be told by hand")
    .help(
        "write `routes: gateway`, or set in the controller what the comments of the Ingress list",
    );
    found.push_unless_waived(&edge.service, diagnostic);
}

/// An external that a network policy would keep everybody from: it opens public addresses.
pub(super) fn private_external(view: &View<'_>, found: &mut Findings<'_>) {
    for (name, external) in &view.model.externals {
        let at = format!("/external/{name}");
        let place = || view.locator.value(&format!("{at}/host"));
        match (&external.host, external.cidr) {
            (Host::Address(address), Some(cidr)) if !cidr.contains(*address) => {
                let message = format!("the external `{name}` is not within its network");
                found.push(
                    Diagnostic::error(Code::PrivateExternal, message)
                        .at(place(), format!("is outside of `{cidr}`"))
                        .at(view.locator.value(&format!("{at}/cidr")), "its network")
                        .help("correct one of the two"),
                );
            }
            (Host::Name(host), None) => {
                let last = host.as_str().rsplit('.').next().unwrap_or_default();
                let uses = view.model.services.values().find(|one| one.egress.contains(name));
                let Some(service) = uses else { continue };
                if !PRIVATE.contains(&last) && last != host.as_str() {
                    continue;
                }
                let message = format!(
                    "`{}` could not reach the external `{name}` from a cluster",
                    service.name
                );
                let diagnostic = Diagnostic::warning(Code::PrivateExternal, message)
                    .at(place(), "its name is a private network's, and policies open public addresses")
                    .help(format!(
                        "name its network: `{name}: {{ host: {host}, port: {}, cidr: 10.0.0.0/8 }}`",
                        external.port
                    ));
                found.push_unless_waived(&service.name, diagnostic);
            }
            _ => {}
        }
    }
}
