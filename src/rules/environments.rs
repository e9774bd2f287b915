//! Finds what two environments cannot both have on one host.

use std::collections::BTreeSet;

use crate::blueprint::locate::Locator;
use crate::blueprint::read::Written;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::service::Published;
use crate::model::{Model, Network};
use crate::rules::ports::{clash, opened};
use crate::source::Span;
use crate::source::document::Kind;
use crate::source::pointer;
use crate::value::Name;

/// How many places of one clash are shown; the message names all ports.
const SHOWN: usize = 3;

/// The largest shift that is proposed.
const MOST: u16 = 1000;

/// Two environments that write the same file.
pub(super) fn short_taken(models: &[Model], written: &Written, diagnostics: &mut Diagnostics) {
    for (first, second) in pairs(models) {
        let short = &second.environment.short;
        if first.environment.short != *short {
            continue;
        }
        let place = |model: &Model| {
            let at = environment(model);
            Locator::new(written, None).value(&format!("{at}/short"))
        };
        diagnostics.push(
            Diagnostic::error(
                Code::EnvironmentClash,
                format!(
                    "`{}` and `{}` would both write `docker-compose.{short}.yml`",
                    first.environment.name, second.environment.name
                ),
            )
            .at(place(second), "")
            .at(place(first), "")
            .help("give each environment a `short` of its own"),
        );
    }
}

/// Two environments on one host that are one Compose project, or one namespace.
pub(super) fn project_taken(models: &[Model], written: &Written, diagnostics: &mut Diagnostics) {
    for (first, second) in on_one_host(models) {
        let names = |model: &Model| {
            [
                ("/compose/project", "Compose project", model.compose.project.clone()),
                ("/kubernetes/namespace", "namespace", model.kubernetes.namespace.clone()),
            ]
        };
        for ((at, what, one), (_, _, other)) in names(first).into_iter().zip(names(second)) {
            if one != other {
                continue;
            }
            let suffix = "${env.short}";
            let found = Diagnostic::error(
                Code::EnvironmentClash,
                format!(
                    "`{}` and `{}` are one {what} on one host: `{one}`",
                    first.environment.name, second.environment.name
                ),
            )
            .at(place(written, second, at), "starting one would replace the other");
            diagnostics.push(hosts(found, written, first, second).help(format!(
                "write `{one}-{suffix}`, or give the environments different `host:`"
            )));
        }
    }
}

/// Two environments on one host that open the same ports of it.
pub(super) fn port_taken(models: &[Model], written: &Written, diagnostics: &mut Diagnostics) {
    for (first, second) in on_one_host(models) {
        let mut clashes: Vec<Opened<'_>> = opened(second)
            .filter(|(_, _, port)| opened(first).any(|(_, _, other)| clash(port, other)))
            .collect();
        // A port that one environment opens twice is told there.
        let mut seen = BTreeSet::new();
        clashes.retain(|(_, _, port)| seen.insert((port.host, port.udp)));
        clashes.sort_by_key(|(_, _, port)| port.host);
        if clashes.is_empty() {
            continue;
        }
        let ports: Vec<String> = clashes.iter().map(|(_, _, port)| port.host.to_string()).collect();
        let word = if ports.len() == 1 { "port" } else { "ports" };
        let mut found = Diagnostic::error(
            Code::PortTaken,
            format!(
                "`{}` and `{}` share a host, and both open the {word} {}",
                first.environment.name,
                second.environment.name,
                ports.join(", ")
            ),
        );
        found = hosts(found, written, first, second);
        let shift = shift(written, second);
        let is_edge = |name: &Name| second.edge.as_ref().is_some_and(|edge| edge.service == *name);
        for (name, index, port) in clashes.iter().take(SHOWN) {
            let at = format!("/services/{name}/publish/{index}");
            let at = if is_edge(name) && !is_written(written, name) { "/routes" } else { &at };
            let moved = if is_edge(name) || shift == 0 {
                String::new()
            } else {
                format!(", with its shift of {shift}")
            };
            let label = format!("opens port {}{moved}", port.host);
            found = found.at(place(written, second, at), label);
        }
        let movable = clashes.iter().any(|(name, _, _)| !is_edge(name));
        let fixed = clashes.iter().any(|(name, _, _)| is_edge(name));
        if movable {
            let but = if fixed { ", which moves all but the edge's" } else { "" };
            let name = &second.environment.name;
            let verb = if shift == 0 { "add" } else { "write" };
            let to = if shift == 0 { "to" } else { "in" };
            if let Some(free) = free_shift(models, second, shift) {
                found = found.help(format!("{verb} `shift_ports: {free}` {to} `{name}`{but}"));
            }
        }
        let name = &second.environment.name;
        diagnostics.push(found.help(format!(
            "if they run on different machines, say so: give the environments different `host:`, such as `host: {name}`"
        )));
    }
}

/// A port that a service opens, with its place among the service's own.
/// By how much the ports of an environment are moved.
fn shift(written: &Written, model: &Model) -> u16 {
    let at = format!("{}/shift_ports", environment(model));
    match written.root.at(&at).map(|node| &node.kind) {
        Some(Kind::Number(number)) => {
            number.as_u64().and_then(|shift| u16::try_from(shift).ok()).unwrap_or_default()
        }
        _ => 0,
    }
}

/// The shift nearest to none with which an environment opens no port of another one on its host.
fn free_shift(models: &[Model], model: &Model, shift: u16) -> Option<u16> {
    let is_other = |other: &&Model| {
        other.environment.name != model.environment.name
            && other.environment.host == model.environment.host
    };
    let is_edge = |name: &Name| model.edge.as_ref().is_some_and(|edge| edge.service == *name);
    let taken: Vec<&Published> =
        models.iter().filter(is_other).flat_map(opened).map(|(_, _, port)| port).collect();
    let moved: Vec<&Published> =
        opened(model).filter(|(name, ..)| !is_edge(name)).map(|(_, _, port)| port).collect();
    (1..=MOST).filter(|other| *other != shift).find(|other| {
        moved.iter().all(|port| {
            let host = (port.host - shift.min(port.host)).checked_add(*other);
            host.is_some_and(|host| {
                let port = Published { host, ..(*port).clone() };
                !taken.iter().any(|other| clash(&port, other))
            })
        })
    })
}

type Opened<'a> = (&'a Name, usize, &'a Published);

/// Two environments on one host whose networks have addresses in common.
pub(super) fn subnet_overlap(models: &[Model], written: &Written, diagnostics: &mut Diagnostics) {
    for (first, second) in on_one_host(models) {
        for (name, network) in &second.networks {
            let Some(range) = network.subnet else { continue };
            let overlaps = first.networks.iter().find_map(|(other, network)| {
                let taken = network.subnet.filter(|taken| taken.overlaps(range))?;
                Some((other, taken))
            });
            let Some((other, taken)) = overlaps else { continue };
            let within = |(known, network): (&Name, &Network)| {
                known != name && network.subnet.is_some_and(|one| one.overlaps(range))
            };
            if second.networks.iter().any(within) && other != name {
                continue; // Told within the environment.
            }
            let here = place(written, second, &format!("/networks/{name}/subnet"));
            let there = place(written, first, &format!("/networks/{other}/subnet"));
            let mut found = Diagnostic::error(
                Code::SubnetOverlap,
                format!(
                    "`{}` and `{}` share a host, and their networks have addresses in common",
                    first.environment.name, second.environment.name
                ),
            )
            .at(here, format!("{range}, in `{}`", second.environment.name));
            if here != there {
                found = found.at(there, format!("{taken}, in `{}`", first.environment.name));
            }
            diagnostics.push(hosts(found, written, first, second).help(format!(
                "leave `subnet` out, override it in `{}`, or give the environments different `host:`",
                second.environment.name
            )));
        }
    }
}

/// Marks the two environments.
fn hosts(found: Diagnostic, written: &Written, first: &Model, second: &Model) -> Diagnostic {
    let locator = Locator::new(written, None);
    [second, first].into_iter().fold(found, |found, model| {
        let said = match &model.environment.host {
            Some(host) => format!("runs on `{host}`"),
            None => "names no `host:`".to_owned(),
        };
        found.at(locator.key(&environment(model)), said)
    })
}

fn place(written: &Written, model: &Model, at: &str) -> Span {
    Locator::new(written, Some(&model.environment.name)).value(at)
}

fn is_written(written: &Written, service: &Name) -> bool {
    written.root.at(&format!("/services/{service}/publish")).is_some()
}

fn environment(model: &Model) -> String {
    pointer::push("/environments", model.environment.name.as_str())
}

/// Every two environments.
fn pairs(models: &[Model]) -> impl Iterator<Item = (&Model, &Model)> {
    models
        .iter()
        .enumerate()
        .flat_map(|(index, second)| models[..index].iter().map(move |first| (first, second)))
}

/// Every two environments that share a host; those that name none share one.
fn on_one_host(models: &[Model]) -> impl Iterator<Item = (&Model, &Model)> {
    pairs(models).filter(|(first, second)| first.environment.host == second.environment.host)
}
