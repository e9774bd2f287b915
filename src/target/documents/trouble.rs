//! Turns each service into what to look at when it is in trouble.

use std::fmt::Write as _;

use crate::format::quote::markdown::{escape, span as code};
use crate::model::naming;
use crate::model::service::Service;
use crate::target::documents::look;
use crate::target::documents::page::{self, IN_A_CLUSTER, Listed};
use crate::target::documents::system::{Place, System};
use crate::value::Name;

/// A section for each service of a system.
pub(super) fn troubles(system: &System<'_>) -> String {
    let mut out = String::with_capacity(64 << 10);
    for (place, service) in system.services() {
        trouble(&mut out, place, service);
    }
    out
}

fn trouble(out: &mut String, place: &Place<'_>, service: &Service) {
    let name = service.name.as_str();
    for part in ["\n### Trouble with ", name, "\n\n"] {
        out.push_str(part);
    }
    if !service.about.is_empty() {
        let _ = write!(out, "{}. ", escape(&service.about));
    }
    facts(out, service);
    out.push_str(".\n");
    let alerts = alerts(place, service);
    if !alerts.is_empty() {
        let _ = writeln!(out, "\nAlerts: {}.", Listed(&alerts));
    }
    page::commands(out, "", &composed(place, service));
    page::commands(out, IN_A_CLUSTER, &in_cluster(place, service));
    for one in &service.troubles {
        let _ = writeln!(out, "\n**{}.**", escape(&one.symptom));
        page::commands(out, "", look::shown(place, service, one).as_slice());
        let shown = look::shown_in_cluster(place, service, one);
        page::commands(out, IN_A_CLUSTER, shown.as_slice());
        let _ = writeln!(out, "\n{}", escape(&one.then));
    }
}

/// What shows how a service is, and what starts it anew.
fn composed(place: &Place<'_>, service: &Service) -> Vec<String> {
    if !service.is_composed() {
        return Vec::new();
    }
    let (compose, name) = (place.compose_for(service), service.name.as_str());
    let run = |what: &str| [&compose, what, name].concat();
    let mut commands = vec![run(" ps --all "), run(" logs --since 30m --tail 200 ")];
    commands.extend(look::asked(place, service));
    commands.push(run(" up -d --wait --no-deps --force-recreate "));
    commands
}

/// The same in a cluster.
fn in_cluster(place: &Place<'_>, service: &Service) -> Vec<String> {
    let Some(workload) = place.workload(service) else { return Vec::new() };
    let (kubectl, selector) = (place.kubectl(service), look::selector(service));
    vec![
        [kubectl, " get pods ", &selector, " --output wide"].concat(),
        [kubectl, " logs ", &selector, " --all-containers --tail=200"].concat(),
        [kubectl, " rollout restart ", workload].concat(),
    ]
}

/// Writes ports, image, team and profile, in a sentence.
fn facts(out: &mut String, service: &Service) {
    let _ = write!(out, "Image {}", code(service.image.as_str()));
    if !service.ports.is_empty() {
        let _ = write!(out, "; port {}", Listed(service.ports.values()));
    }
    let _ = write!(out, "; user {}", code(&service.user.to_string()));
    if !service.volumes.is_empty() {
        let volumes = service.volumes.iter().map(|mount| code(mount.volume.as_str()));
        let _ = write!(out, "; volume {}", Listed(volumes));
    }
    if !service.team.is_empty() {
        let _ = write!(out, "; team {}", service.team);
    }
    if let Some(profile) = &service.profile {
        let _ = write!(out, "; profile {}", code(profile.as_str()));
    }
}

/// The alerts that tell of a service, or stand with it, as links.
fn alerts(place: &Place<'_>, service: &Service) -> Vec<String> {
    let Some(monitoring) = &place.model.monitoring else { return Vec::new() };
    if monitoring.metrics.is_none() {
        return Vec::new();
    }
    let mut names: Vec<&str> = Vec::new();
    let told = |labels: &crate::map::IndexMap<String, String>| {
        labels.get("service").map(String::as_str) == Some(service.name.as_str())
    };
    for group in &monitoring.rules {
        let own = group.name == service.name.as_str();
        let rules = group.rules.iter().filter(|rule| own || told(&rule.labels));
        names.extend(rules.map(|rule| rule.name.as_str()));
    }
    let of = |name: &Name| *name == service.name;
    for objective in monitoring.objectives.iter().filter(|one| of(&one.service)) {
        names.extend(objective.alerts.iter().map(|alert| alert.rule.name.as_str()));
    }
    let mut links: Vec<String> = names.into_iter().map(link).collect();
    links.dedup();
    links
}

/// Leads to an alert's section in the runbook.
pub(super) fn link(alert: &str) -> String {
    ["[", alert, "](", naming::RUNBOOK, "#", &naming::anchor(alert), ")"].concat()
}
