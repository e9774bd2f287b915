//! Turns alerts into the runbook: for each what it means, what to look at, and what to do next.

use std::fmt::Write as _;

use crate::map::IndexMap;
use serde::Serialize;

use crate::blueprint::monitoring::AlertSeverity;
use crate::format::quote::markdown::{escape, push_fence};
use crate::model::alert::{Rule, Subject};
use crate::model::cluster::Only;
use crate::model::service::Service;
use crate::model::{Model, naming};
use crate::target::documents::annotation;
use crate::target::documents::look;
use crate::target::documents::page::{Listed, row};
use crate::target::documents::system::{Place, System};
use crate::value::{Duration, Name};

/// What the runbook is rendered from.
#[derive(Serialize)]
pub(super) struct Runbook<'a> {
    header: String,
    /// Whether alerts link to it.
    linked: bool,
    system: &'a str,
    main: &'a Place<'a>,
    places: &'a [Place<'a>],
    /// How many alerts there are of each severity, the worst first.
    severities: String,
    /// The sections of all alerts.
    groups: String,
}

/// The section of an alert.
struct Section<'a> {
    name: &'a str,
    anchor: String,
    level: AlertSeverity,
    text: String,
}

/// An alert of one environment, with the service that its group belongs to.
#[derive(Clone, Copy)]
struct Found<'a, 'p> {
    place: &'p Place<'a>,
    rule: &'a Rule,
    group: &'a str,
}

/// The runbook; `None` where nothing alerts.
pub(super) fn runbook<'a>(system: &'a System<'a>, header: String) -> Option<Runbook<'a>> {
    // By the place that a name leads to: names that differ in nothing else share a section.
    let mut sections: IndexMap<String, Vec<Found<'_, '_>>> = IndexMap::default();
    for one in system.main_first().flat_map(alerts) {
        sections.entry(naming::anchor(&one.rule.name)).or_default().push(one);
    }
    let mut groups: IndexMap<&str, Vec<Section<'_>>> = IndexMap::default();
    for (anchor, alike) in sections {
        if let Some(first) = alike.first() {
            groups.entry(first.group).or_default().push(section(system, anchor, *first, &alike));
        }
    }
    let main = system.main();
    (!groups.is_empty()).then(|| Runbook {
        header,
        linked: system.main_first().flat_map(alerts).any(|one| one.rule.is_linked()),
        system: main.model.name.as_str(),
        main,
        places: &system.places,
        severities: severities(main.model, &groups),
        groups: all(&groups),
    })
}

/// The sections of each group below its title.
fn all(groups: &IndexMap<&str, Vec<Section<'_>>>) -> String {
    let mut out = String::with_capacity(32 << 10);
    for (title, alerts) in groups {
        for part in ["\n## Alerts of ", title, "\n"] {
            out.push_str(part);
        }
        for alert in alerts {
            out.push_str(&alert.text);
        }
    }
    out
}

/// The alerts of an environment; those of an objective stand with the service.
fn alerts<'a, 'p>(place: &'p Place<'a>) -> impl Iterator<Item = Found<'a, 'p>> {
    let monitoring = place.model.monitoring.iter();
    let monitoring = monitoring.filter(|monitoring| monitoring.metrics.is_some());
    monitoring.flat_map(move |monitoring| {
        let rules = monitoring.rules.iter().flat_map(move |group| {
            let group_name = group.name.as_str();
            group.rules.iter().map(move |rule| Found { place, rule, group: group_name })
        });
        let burns = monitoring.objectives.iter().flat_map(move |objective| {
            let group = objective.service.as_str();
            objective.alerts.iter().map(move |alert| Found { place, rule: &alert.rule, group })
        });
        rules.chain(burns)
    })
}

fn section<'a>(
    system: &System<'a>,
    anchor: String,
    one: Found<'a, '_>,
    alike: &[Found<'a, '_>],
) -> Section<'a> {
    let Found { place, rule, group } = one;
    let is_in = |model: &Model| {
        alike.iter().any(|other| other.place.model.environment.name == model.environment.name)
    };
    let mut out = String::with_capacity(4096);
    let level = rule.severity;
    let _ = write!(out, "\n### {}\n\n**{}** ", rule.name, level.as_str());
    let _ = write!(out, "({}): {}. ", level.priority(), urgency(level));
    match told(place.model, level, rule.labels.get("team").map(String::as_str)).as_str() {
        "" => out.push_str("Tells nobody: the dashboard shows it."),
        told => {
            let _ = write!(out, "Tells {told}.");
        }
    }
    for (said, what) in
        [("Only in", &*system.only(is_in)), ("While it fires,", mutes(place.model, rule))]
    {
        if !what.is_empty() {
            let _ = write!(out, " {said} {what}.");
        }
    }
    let summary = annotation::plain(&rule.summary, rule, group);
    let description = annotation::plain(&rule.description, rule, group);
    let _ = write!(out, "\n\n{}.\n", escape(&summary));
    if !description.trim().is_empty() {
        let _ = write!(out, "\n{}\n", escape(&description));
    }
    conditions(&mut out, alike);
    look::at(&mut out, place, &subjects(alike), rule.only);
    Section { name: &rule.name, anchor, level, text: out }
}

/// What is silent while an alert fires.
fn mutes(model: &Model, rule: &Rule) -> &'static str {
    if !rule.mutes {
        return "";
    }
    let service = rule.labels.get("service");
    let both = [Only::Compose, Only::Kubernetes].into_iter();
    let mut several = both.zip(model.monitoring.iter().cycle());
    let several = several.any(|(there, monitoring)| {
        service.is_some_and(|name| model.several(monitoring, there).contains(name))
    });
    if several {
        "the service's other alerts are silent; where several of it run, those of the same `instance`"
    } else {
        "the service's other alerts are silent"
    }
}

/// The services that an alert may be about, the one that it tells of first.
fn subjects<'a>(alike: &[Found<'a, '_>]) -> Vec<&'a Service> {
    let mut found: Vec<&Service> = Vec::new();
    let Some(first) = alike.first() else { return found };
    let services = &first.place.model.services;
    for one in alike {
        let told = one.rule.labels.get("service").map(String::as_str);
        let read: Vec<&str> = jobs(&one.rule.expr).collect();
        let jobs = services.values().filter(|service| {
            service.metrics.as_ref().is_some_and(|metrics| read.contains(&metrics.job.as_str()))
        });
        let named = [told, Some(one.group)].into_iter().flatten();
        let named = named.filter_map(|name| services.get(name)).chain(jobs);
        // Jobs that are due belong to what makes backups.
        let backups = first.place.model.backups.as_ref();
        let backup = backups.filter(|_| one.rule.tells_of == Some(Subject::Backups));
        let named = named.chain(backup.and_then(|backups| services.get(&backups.service)));
        for service in named {
            if found.iter().all(|known| known.name != service.name) {
                found.push(service);
            }
        }
    }
    found
}

/// The jobs that a condition names.
fn jobs(expr: &str) -> impl Iterator<Item = &str> {
    expr.split("job=\"").skip(1).filter_map(|rest| rest.split('"').next())
}

/// Writes the conditions, each once: environments and services may have others.
fn conditions(out: &mut String, alike: &[Found<'_, '_>]) {
    let mut found: Vec<(&Rule, Vec<&str>)> = Vec::new();
    for one in alike {
        let same = |(rule, _): &&mut (&Rule, Vec<&str>)| {
            rule.expr == one.rule.expr && rule.hold == one.rule.hold
        };
        match found.iter_mut().find(same) {
            Some((_, places)) => places.push(one.place.name),
            None => found.push((one.rule, vec![one.place.name])),
        }
    }
    let several = found.len() > 1;
    for (rule, places) in found {
        let _ = if several {
            write!(out, "\nIn {} it fires when this ", Listed(&places))
        } else {
            write!(out, "\nIt fires when this ")
        };
        let _ = match rule.hold.map(Duration::words) {
            Some(hold) => write!(out, "has held for {hold}:\n\n"),
            None => write!(out, "holds:\n\n"),
        };
        push_fence(out, &rule.expr, "promql");
        out.push('\n');
    }
}

fn urgency(severity: AlertSeverity) -> &'static str {
    match severity {
        AlertSeverity::Critical => "look at it now",
        AlertSeverity::High => "look at it within the hour",
        AlertSeverity::Warning => "look at it today",
        AlertSeverity::Info => "worth knowing",
    }
}

/// Who is told, by name.
pub(super) fn told(model: &Model, severity: AlertSeverity, team: Option<&str>) -> String {
    let Some(monitoring) = &model.monitoring else { return String::new() };
    let mut names: Vec<&str> = Vec::new();
    for route in &monitoring.delivery.routes {
        let of_team = route.team.as_ref().is_none_or(|of| Some(of.as_str()) == team);
        let of_severity = route.severities.is_empty() || route.severities.contains(&severity);
        if of_team && of_severity {
            names.extend(route.to.iter().map(Name::as_str));
        }
    }
    let mut seen = Vec::new();
    names.retain(|name| {
        let is_new = !seen.contains(name);
        seen.push(*name);
        is_new
    });
    names.join(", ")
}

/// The rows of a table: the alerts of each severity, the worst first.
fn severities(model: &Model, groups: &IndexMap<&str, Vec<Section<'_>>>) -> String {
    let mut out = String::with_capacity(4096);
    for level in AlertSeverity::ALL {
        let sections = groups.values().flatten().filter(|section| section.level == *level);
        let links = sections.map(|section| format!("[{}](#{})", section.name, section.anchor));
        let links = links.collect::<Vec<_>>().join(", ");
        if links.is_empty() {
            continue;
        }
        let told = told(model, *level, None);
        let told = if told.is_empty() { "the dashboard only" } else { &told };
        let name = format_args!("{} ({})", level.as_str(), level.priority());
        row(&mut out, [&name, &urgency(*level), &told, &links]);
    }
    out
}
