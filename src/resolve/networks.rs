//! Turns the author's networks, and what each service must reach, into the networks that it joins.

use crate::blueprint::Blueprint;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::map::IndexMap;
use crate::model::Role;
use crate::model::service::Service;
use crate::resolve::parts::Parts;
use crate::resolve::scope::Scope;
use crate::value::Name;

/// Decides which networks every service joins: the author's choice, else the one for all; derived components join what
/// they must reach.
pub(super) fn join(
    scope: &Scope<'_>,
    services: &mut IndexMap<Name, Service>,
    diagnostics: &mut Diagnostics,
) {
    let (blueprint, parts) = (scope.blueprint, scope.parts);
    if blueprint.networks.is_empty() {
        let connected = services.values_mut().filter(|service| service.role != Role::Preparation);
        connected.for_each(|service| service.networks = vec![Name::default_network()]);
        return;
    }
    let for_all = network_for_all(blueprint);
    let inner = blueprint.networks.iter().find(|(_, network)| network.internal);
    let inner = inner.map(|(name, _)| name).or(blueprint.networks.keys().next());
    for (name, part) in parts {
        let Some(service) = services.get_mut(name) else { continue };
        if service.role == Role::Preparation {
            continue;
        }
        service.networks = match &part.written.networks {
            Some(networks) => networks.clone(),
            None if part.derived => Vec::new(),
            None => {
                if for_all.is_none() && !scope.is_unsure(name, &["networks"]) {
                    diagnostics.push(unnamed_network(scope, name));
                }
                for_all.iter().cloned().collect()
            }
        };
    }
    let chosen = chosen(services);
    for (name, part) in parts {
        let Some(service) = services.get_mut(name) else { continue };
        if !part.derived || part.written.networks.is_some() || part.role() == Role::Preparation {
            continue;
        }
        share(service, &chosen);
        let open = |network: &Name| {
            blueprint.networks.get(network).is_none_or(|network| !network.internal)
        };
        let must_be_open = !service.publish.is_empty()
            || !service.reaches_out.is_empty()
            || matches!(service.role, Role::Edge | Role::Certificates)
            || matches!(service.role, Role::Backup | Role::Archive) && !service.egress.is_empty();
        if must_be_open && !service.networks.iter().any(open) {
            service
                .networks
                .extend(blueprint.networks.keys().find(|network| open(network)).cloned());
        }
        if service.networks.is_empty() {
            service.networks.extend(for_all.as_ref().or(inner).cloned());
        }
    }
    join_exclusively_derived(parts, services);
}

/// The network of those that name none: `main`, or the only one there is.
fn network_for_all(blueprint: &Blueprint) -> Option<Name> {
    let main = Name::default_network();
    let mut known = blueprint.networks.keys();
    match (known.next(), known.next()) {
        (Some(only), None) => Some(only.clone()),
        _ => blueprint.networks.contains_key(&main).then_some(main),
    }
}

fn unnamed_network(scope: &Scope<'_>, name: &Name) -> Diagnostic {
    let known: Vec<String> =
        scope.blueprint.networks.keys().map(|network| format!("`{network}`")).collect();
    Diagnostic::error(
        Code::UnnamedNetwork,
        format!("`{name}` names no network, and there are {}", known.join(", ")),
    )
    .at(scope.context.locator.key(&format!("/services/{name}")), "")
    .help(format!(
        "say which under `networks`, or declare `{}`: it is joined by all that name none",
        Name::default_network()
    ))
}

/// Two derived components that talk to each other share a network too.
fn join_exclusively_derived(parts: &Parts, services: &mut IndexMap<Name, Service>) {
    let chosen = chosen(services);
    for (_, service) in services.iter_mut().filter(|(name, _)| parts[*name].derived) {
        share(service, &chosen);
    }
}

fn chosen(services: &IndexMap<Name, Service>) -> IndexMap<Name, Vec<Name>> {
    services.iter().map(|(name, service)| (name.clone(), service.networks.clone())).collect()
}

/// Joins a network of each that a service talks to and shares none with.
fn share(service: &mut Service, chosen: &IndexMap<Name, Vec<Name>>) {
    for flow in &service.flows {
        let theirs = chosen.get(&flow.to).map_or(&[][..], Vec::as_slice);
        if !theirs.iter().any(|network| service.networks.contains(network)) {
            service.networks.extend(theirs.first().cloned());
        }
    }
}
