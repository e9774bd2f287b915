//! Turns each service into what to look at when it is in trouble.

use serde::Serialize;

use crate::format::quote::markdown::{escape, span as code};
use crate::model::naming;
use crate::model::service::Service;
use crate::target::documents::look;
use crate::target::documents::system::{Place, System};
use crate::value::Name;

/// What is said of a service in trouble.
#[derive(Serialize)]
pub(super) struct Trouble<'a> {
    name: &'a str,
    about: String,
    /// Ports, image, team and profile, in a sentence.
    facts: String,
    /// Its alerts, as links.
    alerts: String,
    /// What shows how it is, and what starts it anew.
    commands: Vec<String>,
    kubernetes: Vec<String>,
    known: Vec<Known>,
}

/// Something that is known to go wrong.
#[derive(Serialize)]
struct Known {
    symptom: String,
    command: String,
    /// The same in a cluster.
    kubernetes: String,
    then: String,
}

/// All services of a system.
pub(super) fn troubles<'a>(system: &System<'a>) -> Vec<Trouble<'a>> {
    system.services().into_iter().map(|(place, service)| trouble(place, service)).collect()
}

fn trouble<'a>(place: &Place<'a>, service: &'a Service) -> Trouble<'a> {
    let name = service.name.as_str();
    let mut commands = Vec::new();
    if service.is_composed() {
        let compose = place.compose_for(service);
        commands.push(format!("{compose} ps --all {name}"));
        commands.push(format!("{compose} logs --since 30m --tail 200 {name}"));
        commands.extend(look::asked(place, service));
        commands.push(format!("{compose} up -d --wait --no-deps --force-recreate {name}"));
    }
    let mut kubernetes = Vec::new();
    if let Some(workload) = place.workload(service) {
        let (kubectl, selector) = (place.kubectl(service), look::selector(service));
        kubernetes.push(format!("{kubectl} get pods {selector} --output wide"));
        kubernetes.push(format!("{kubectl} logs {selector} --all-containers --tail=200"));
        kubernetes.push(format!("{kubectl} rollout restart {workload}"));
    }
    let known = service.troubles.iter().map(|one| Known {
        symptom: escape(&one.symptom),
        command: look::shown(place, service, one).unwrap_or_default(),
        kubernetes: look::shown_in_cluster(place, service, one).unwrap_or_default(),
        then: escape(&one.then),
    });
    Trouble {
        name,
        about: escape(&service.about),
        facts: facts(service),
        alerts: alerts(place, service),
        commands,
        kubernetes,
        known: known.collect(),
    }
}

fn facts(service: &Service) -> String {
    let mut facts = vec![format!("Image {}", code(&service.image.to_string()))];
    if !service.ports.is_empty() {
        let ports: Vec<String> = service.ports.values().map(u16::to_string).collect();
        facts.push(format!("port {}", ports.join(", ")));
    }
    facts.push(format!("user {}", code(&service.user.to_string())));
    if !service.volumes.is_empty() {
        let volumes: Vec<String> =
            service.volumes.iter().map(|mount| code(mount.volume.as_str())).collect();
        facts.push(format!("volume {}", volumes.join(", ")));
    }
    if !service.team.is_empty() {
        facts.push(format!("team {}", service.team));
    }
    if let Some(profile) = &service.profile {
        facts.push(format!("profile {}", code(profile.as_str())));
    }
    facts.join("; ")
}

/// The alerts that tell of a service, or stand with it.
fn alerts(place: &Place<'_>, service: &Service) -> String {
    let Some(monitoring) = &place.model.monitoring else { return String::new() };
    if monitoring.metrics.is_none() {
        return String::new();
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
    links.join(", ")
}

/// Leads to an alert's section in the runbook.
pub(super) fn link(alert: &str) -> String {
    format!("[{alert}]({}#{})", naming::RUNBOOK, naming::anchor(alert))
}
