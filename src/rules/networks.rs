//! Finds connections that no network carries.

use crate::diagnostic::{Code, Diagnostic, suggest};
use crate::model::{Network, Service};
use crate::rules::View;
use crate::rules::findings::Findings;
use crate::source::Span;
use crate::value::Name;

/// A service that joins a network which is not declared.
pub(super) fn unknown_network(view: &View<'_>, found: &mut Findings<'_>) {
    for (name, written) in &view.blueprint.services {
        for (index, network) in written.networks.iter().flatten().enumerate() {
            if view.model.networks.contains_key(network) {
                continue;
            }
            let diagnostic =
                Diagnostic::error(Code::UnknownNetwork, format!("no network is named `{network}`"))
                    .at(view.service(name, &format!("/networks/{index}")), "");
            let known = view.blueprint.networks.keys().map(Name::as_str);
            found.push(match suggest::nearest(network.as_str(), known) {
                Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                None => diagnostic.help(format!("declare it under `networks: {{ {network}: }}`")),
            });
        }
    }
}

/// Two networks of one environment that have addresses in common.
pub(super) fn subnet_overlap(view: &View<'_>, found: &mut Findings<'_>) {
    let ranges: Vec<_> = view
        .model
        .networks
        .iter()
        .filter_map(|(name, network)| Some((name, network.subnet?)))
        .collect();
    let place = |name: &Name| view.locator.value(&format!("/networks/{name}/subnet"));
    for (index, (name, range)) in ranges.iter().enumerate() {
        for (other, first) in ranges[..index].iter().filter(|(_, first)| first.overlaps(*range)) {
            found.push(
                Diagnostic::error(
                    Code::SubnetOverlap,
                    format!("the networks `{other}` and `{name}` have addresses in common"),
                )
                .at(place(name), format!("{range} is also in {first}"))
                .at(place(other), format!("`{other}` has {first}"))
                .help("leave `subnet` out, so that the container engine chooses, or write ranges that do not overlap"),
            );
        }
    }
}

/// A service that talks to another and shares no network with it.
pub(super) fn no_shared_network(view: &View<'_>, found: &mut Findings<'_>) {
    for (name, service) in &view.model.services {
        for flow in &service.flows {
            let Some(target) = view.model.services.get(&flow.to) else { continue };
            let shared = target.networks.iter().any(|network| service.networks.contains(network));
            let known = |service: &Service| {
                service.networks.iter().all(|network| view.model.networks.contains_key(network))
            };
            if shared || !known(service) || !known(target) {
                continue;
            }
            let (to, network) = (&flow.to, target.networks.first());
            let mut diagnostic = Diagnostic::error(
                Code::NoSharedNetwork,
                format!("`{name}` talks to `{to}`, and they share no network"),
            )
            .at(reason(view, name, to), format!("`{name}` is on {}", listed(service)));
            if target.networks != service.networks {
                diagnostic =
                    diagnostic.at(joined(view, to), format!("`{to}` is on {}", listed(target)));
            }
            found.push(match network {
                Some(network) => {
                    diagnostic.help(format!("add `{network}` to the `networks` of `{name}`"))
                }
                None => diagnostic.help(format!("give `{to}` a network")),
            });
        }
    }
}

/// Why a service talks to another: its need, or else the networks it was given.
fn reason(view: &View<'_>, name: &Name, to: &Name) -> Span {
    let needs = view.blueprint.services.get(name).is_some_and(|own| own.needs.contains_key(to));
    if needs { view.service(name, &format!("/needs/{to}")) } else { joined(view, name) }
}

/// Where a service was given its networks.
fn joined(view: &View<'_>, name: &Name) -> Span {
    let own = view.blueprint.services.get(name).is_some_and(|own| own.networks.is_some());
    view.service(name, if own { "/networks" } else { "" })
}

fn listed(service: &Service) -> String {
    let names: Vec<_> = service.networks.iter().map(|name| format!("`{name}`")).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

/// A service that talks to an external from networks that have no way out.
pub(super) fn no_way_out(view: &View<'_>, found: &mut Findings<'_>) {
    for (name, service) in &view.model.services {
        let Some(external) = service.egress.first() else { continue };
        if is_shut_in(view, service) {
            found.push(
                Diagnostic::error(
                    Code::NoWayOut,
                    format!("`{name}` talks to `{external}`, and its networks have no way out"),
                )
                .at(view.service(name, &format!("/needs/{external}")), "lies outside")
                .at(joined(view, name), format!("joins {}", listed(service)))
                .help(open_network(view, name)),
            );
        }
    }
}

/// A service that opens a port of the host on networks that have no way out.
pub(super) fn publish_on_internal_network(view: &View<'_>, found: &mut Findings<'_>) {
    for (name, service) in &view.model.services {
        if !service.publish.is_empty() && is_shut_in(view, service) {
            found.push(
                Diagnostic::error(
                    Code::PublishOnInternalNetwork,
                    format!("`{name}` publishes a port, and its networks have no way out"),
                )
                .at(view.service(name, "/publish"), "nothing would be connected")
                .at(joined(view, name), format!("joins {}", listed(service)))
                .help(open_network(view, name)),
            );
        }
    }
}

fn is_shut_in(view: &View<'_>, service: &Service) -> bool {
    let internal =
        |name| view.model.networks.get(name).is_some_and(|network: &Network| network.internal);
    !service.networks.is_empty() && service.networks.iter().all(internal)
}

fn open_network(view: &View<'_>, name: &Name) -> String {
    let open = view.model.networks.iter().find(|(_, network)| !network.internal);
    match open {
        Some((open, _)) => format!("add `{open}` to the `networks` of `{name}`"),
        None => format!(
            "declare a network that is not internal, such as `networks: {{ outside: }}`, and add it to `{name}`"
        ),
    }
}
