//! Turns services that may be in trouble into the commands that show more, and says who depends on whom.

use std::fmt::Write as _;

use crate::format::quote::markdown::span as code;
use crate::model::Role;
use crate::model::cluster::Only;
use crate::model::service::Service;
use crate::model::trouble::{self, Trouble};
use crate::target::documents::page::{self, Listed};
use crate::target::documents::system::{Place, words};
use crate::value::Name;

/// How far back logs are read: longer than an alert takes to fire.
const SINCE: &str = "30m";
/// How many lines of each.
const LINES: &str = "200";

/// Writes what shows more of services, in the targets where they can be in trouble; with none, of all.
pub(super) fn at(out: &mut String, place: &Place<'_>, services: &[&Service], only: Option<Only>) {
    page::commands(out, "Look:\n\n", &composed(place, services, only));
    page::commands(out, "In the cluster:\n\n", &in_cluster(place, services, only));
    if !services.is_empty() {
        out.push_str("\nNext:\n\n");
        for service in services {
            subject(out, place, service);
        }
    }
}

/// The commands for Docker Compose.
fn composed(place: &Place<'_>, services: &[&Service], only: Option<Only>) -> Vec<String> {
    let here = only != Some(Only::Kubernetes);
    let composed = services.iter().copied().filter(|service| here && service.is_composed());
    let composed: Vec<&Service> = composed.collect();
    let mut compose = Vec::new();
    match composed.first() {
        Some(first) => {
            let command = place.compose_for(first);
            compose.push([&command, " ps --all ", &around(place, &composed).join(" ")].concat());
            let logs = [" logs --since ", SINCE, " --tail ", LINES, " "].concat();
            compose.push([&*command, &logs, &names(&composed)].concat());
            compose.extend(composed.iter().filter_map(|service| asked(place, service)));
        }
        None if here && services.is_empty() => {
            compose.push(format!("{} ps --all", place.compose));
            compose.push(format!("{} logs --since {SINCE} --tail {LINES}", place.compose));
        }
        None => {}
    }
    compose
}

/// The commands for the cluster.
fn in_cluster(place: &Place<'_>, services: &[&Service], only: Option<Only>) -> Vec<String> {
    let in_cluster: Vec<&Service> =
        services.iter().copied().filter(|service| place.workload(service).is_some()).collect();
    let mut kubernetes: Vec<String> = Vec::new();
    for service in &in_cluster {
        let (kubectl, selector) = (place.kubectl(service), selector(service));
        kubernetes.push([kubectl, " describe pods ", &selector].concat());
        let lines = [" --all-containers --since=", SINCE, " --tail=", LINES].concat();
        kubernetes.push([kubectl, " logs ", &selector, &lines].concat());
    }
    for service in services.iter().filter(|one| one.role == Role::Backup) {
        // Its pods are those of jobs: the last may have run hours ago.
        if only != Some(Only::Compose) && !place.manifests.is_empty() {
            let (kubectl, selector) = (place.kubectl(service), selector(service));
            kubernetes.push(format!("{kubectl} get jobs"));
            kubernetes.push(format!("{kubectl} logs {selector} --tail={LINES}"));
        }
    }
    if in_cluster.is_empty() && services.is_empty() && !place.manifests.is_empty() {
        kubernetes.push(format!("kubectl --namespace {} get pods", place.namespace));
        kubernetes.push(format!(
            "kubectl --namespace {} get events --sort-by=.lastTimestamp",
            place.namespace
        ));
    }
    kubernetes
}

/// Selects the pods of a service.
pub(super) fn selector(service: &Service) -> String {
    ["--selector app.kubernetes.io/name=", service.name.as_str()].concat()
}

/// The command with which Docker Compose asks a service how it is, where anything can be asked.
pub(super) fn asked(place: &Place<'_>, service: &Service) -> Option<String> {
    let question = place.question(service)?;
    let name = service.name.as_str();
    Some([&place.compose_for(service), " exec -T ", name, " ", question].concat())
}

/// The command that shows more of a trouble.
pub(super) fn shown(place: &Place<'_>, service: &Service, trouble: &Trouble) -> Option<String> {
    let command = words(&trouble.command)?;
    Some(match trouble.on {
        trouble::Place::Host => command,
        trouble::Place::Container => {
            let (compose, name) = (place.compose_for(service), service.name.as_str());
            [&compose, " exec -T ", name, " ", &command].concat()
        }
    })
}

/// The same in the cluster.
pub(super) fn shown_in_cluster(
    place: &Place<'_>,
    service: &Service,
    trouble: &Trouble,
) -> Option<String> {
    let workload = place.workload(service)?;
    let command = words(&trouble.command)?;
    match trouble.on {
        trouble::Place::Host => None,
        trouble::Place::Container => {
            Some([place.kubectl(service), " exec ", workload, " -- ", &command].concat())
        }
    }
}

/// The services and what they talk to, as far as it runs here.
fn around<'a>(place: &Place<'a>, services: &[&'a Service]) -> Vec<&'a str> {
    let mut found: Vec<&str> = services.iter().map(|service| service.name.as_str()).collect();
    for flow in services.iter().flat_map(|service| &service.flows) {
        let to = place.model.services.get(&flow.to);
        let runs = to.is_some_and(|to| to.is_composed() && place.model.is_on(to));
        if runs && !found.contains(&flow.to.as_str()) {
            found.push(flow.to.as_str());
        }
    }
    found
}

fn names(services: &[&Service]) -> String {
    services.iter().map(|service| service.name.as_str()).collect::<Vec<_>>().join(" ")
}

/// Writes what a service talks to, and what talks to it.
fn subject(out: &mut String, place: &Place<'_>, service: &Service) {
    let (model, name) = (place.model, &service.name);
    // What reads metrics suffers from nothing.
    let talking = |other: &&Service| {
        !matches!(other.role, Role::Metrics | Role::Exporter | Role::HostAgent)
            && other.flows.iter().any(|flow| flow.to == service.name)
    };
    let outside = service.egress.iter().filter_map(|name| model.externals.get(name));
    let outside: Vec<String> = outside.map(|one| format!("{}:{}", one.host, one.port)).collect();
    let serves = model.services.values().filter(talking).map(|other| &other.name);
    let serves: Vec<&Name> = serves.collect();
    let _ = write!(out, "- {}", code(name.as_str()));
    let (talks, leaves) = (!service.flows.is_empty(), !outside.is_empty());
    if talks {
        let _ = write!(out, " needs {}", Listed(&service.flows));
    }
    if leaves {
        let and = if talks { " and" } else { " needs" };
        let _ = write!(out, "{and} {} outside", Listed(&outside));
    }
    if !serves.is_empty() {
        out.push_str(if talks || leaves { ";" } else { "" });
        let suffer = if serves.len() == 1 { "suffers" } else { "suffer" };
        let _ = write!(out, " without it {} {suffer}", Listed(&serves));
    }
    let _ = writeln!(out, ". See [trouble with {name}](DEPLOYMENT.md#trouble-with-{name}).");
}
