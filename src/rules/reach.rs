//! Finds what leads nowhere: an address of a component without a route, a need of what talks to nobody.

use crate::diagnostic::{Code, Diagnostic};
use crate::model::Service;
use crate::rules::View;
use crate::rules::findings::Findings;
use crate::rules::hardening::is_data_store;
use crate::value::HostName;

/// A component that is told an address at which people reach it, and no route leads from there to it.
pub(super) fn unrouted_address(view: &View<'_>, found: &mut Findings<'_>) {
    let Some(edge) = &view.model.edge else { return };
    for (name, service) in &view.model.services {
        for (parameter, host) in addresses(view, service) {
            let mut sites = edge.sites.iter().filter(|site| answers_for(&site.host, host));
            if sites.any(|site| site.routes.iter().any(|route| route.service == *name)) {
                continue;
            }
            let key = ["with", "build/with"].into_iter().map(|key| format!("/{key}/{parameter}"));
            let at = |rest: &String| view.locator.entry(&format!("/services/{name}{rest}"));
            let written = key.into_iter().find(|rest| at(rest).is_some()).unwrap_or_default();
            let message = format!(
                "`{name}` is to be reached at `{host}`, and no route of that host leads to it"
            );
            found.push_unless_waived(
                name,
                Diagnostic::warning(Code::UnroutedAddress, message)
                    .at(view.service(name, &written), format!("its `{parameter}` says so"))
                    .help(format!(
                        "add a route, such as `\"{host}\": {{ /: {name} }}` under `routes`, or set `{parameter}` to where \
                         it is reached"
                    )),
            );
        }
    }
}

/// The hosts at which people reach a service, each with the parameter that says so. What is known at run time only may
/// be any, and on the machine itself people come by a published port.
fn addresses<'a>(
    view: &View<'a>,
    service: &'a Service,
) -> impl Iterator<Item = (&'a String, &'a str)> {
    let component = service.component.as_ref();
    let entry = component.and_then(|component| view.catalog.get(&component.name));
    service.parameters.iter().filter_map(move |(name, value)| {
        let known = entry.as_ref()?.parameters.get(name)?;
        let (_, rest) = value.as_literal().filter(|_| known.public)?.split_once("://")?;
        let host = rest.split(['/', ':', '?', '#']).next()?;
        (host != "localhost" && HostName::parse(host).is_ok()).then_some((name, host))
    })
}

/// Whether a site is that of a host.
fn answers_for(site: &HostName, host: &str) -> bool {
    match site.as_str().strip_prefix("*.") {
        Some(parent) => host.split_once('.').is_some_and(|(_, rest)| rest == parent),
        None => site.as_str() == host,
    }
}

/// A data store that is needed by what only hands out files: browsers run those, and never reach it.
pub(super) fn idle_need(view: &View<'_>, found: &mut Findings<'_>) {
    for (name, written) in &view.blueprint.services {
        let Some(service) = view.model.services.get(name) else { continue };
        let component = service.component.as_ref();
        let entry = component.and_then(|component| view.catalog.get(&component.name));
        if entry.is_none_or(|entry| !entry.static_site) {
            continue;
        }
        for need in written.needs.keys() {
            if view.model.services.get(need).is_none_or(|other| !is_data_store(other)) {
                continue;
            }
            let message = format!("`{name}` hands out files, which do not talk to `{need}`");
            found.push_unless_waived(
                name,
                Diagnostic::warning(Code::IdleNeed, message)
                    .at(
                        view.locator.key(&format!("/services/{name}/needs/{need}")),
                        "nothing of it would come of this but a way from one container to the other",
                    )
                    .help(format!(
                        "remove it; what the pages show of `{need}` comes from a service that has a route and needs it"
                    )),
            );
        }
    }
}
