//! Turns what is monitored into the tables of jobs, alerts, receivers and dashboards.

use serde::Serialize;

use crate::format::quote::markdown::{code, escape};
use crate::model::monitoring::Monitoring;
use crate::target::documents::runbook::told;
use crate::target::documents::system::Place;
use crate::target::documents::trouble;

/// What is watched.
#[derive(Serialize)]
pub(super) struct Watch<'a> {
    scrape: String,
    retention: String,
    jobs: Vec<Job<'a>>,
    alerts: Vec<Alert<'a>>,
    receivers: Vec<(&'a str, String)>,
    dashboards: Vec<(&'a str, String)>,
    objectives: Vec<(&'a str, &'a str, String)>,
}

/// A scrape job.
#[derive(Serialize)]
struct Job<'a> {
    name: &'a str,
    target: String,
    watched: &'a str,
}

/// An alert.
#[derive(Serialize)]
struct Alert<'a> {
    link: String,
    severity: &'static str,
    group: &'a str,
    told: String,
}

/// What a place has that watches it.
pub(super) fn watch<'a>(place: &Place<'a>, monitoring: &'a Monitoring) -> Watch<'a> {
    let jobs = monitoring.jobs.iter().map(|job| Job {
        name: &job.name,
        target: code(&format!("{}:{}{}", job.host, job.port, job.path)),
        watched: job.watched.as_str(),
    });
    let rules = monitoring
        .rules
        .iter()
        .flat_map(|group| group.rules.iter().map(move |rule| (group.name.as_str(), rule)));
    let burns = monitoring
        .objectives
        .iter()
        .flat_map(|one| one.alerts.iter().map(move |alert| (one.service.as_str(), &alert.rule)));
    let rules = rules.chain(burns).filter(|_| monitoring.metrics.is_some());
    let alerts = rules.map(|(group, rule)| Alert {
        link: trouble::link(&rule.name),
        severity: rule.severity.as_str(),
        group,
        told: told(place.model, rule.severity, rule.labels.get("team").map(String::as_str)),
    });
    let receivers = monitoring.delivery.receivers.iter().map(|receiver| {
        let mut ways: Vec<String> = receiver.email.iter().map(|to| code(to)).collect();
        ways.extend(receiver.slack.iter().map(|(channel, _)| format!("Slack {}", code(channel))));
        ways.extend(receiver.pagerduty.iter().map(|_| "PagerDuty".to_owned()));
        ways.extend(receiver.webhook.iter().map(|_| "a webhook".to_owned()));
        (receiver.name.as_str(), ways.join(", "))
    });
    let dashboards = monitoring.dashboards.iter().map(|dashboard| {
        let panels: Vec<String> =
            dashboard.panels.iter().map(|panel| escape(&panel.title)).collect();
        (dashboard.title.as_str(), panels.join(", "))
    });
    let objectives = monitoring.objectives.iter().map(|one| {
        let share = format!("{}.{:04} %", one.budget / 10_000, one.budget % 10_000);
        let share = share.replace(" %", "").trim_end_matches('0').trim_end_matches('.').to_owned();
        (one.service.as_str(), one.kind, format!("{share} % may go wrong"))
    });
    Watch {
        scrape: monitoring.scrape.words(),
        retention: monitoring.retention.words(),
        jobs: jobs.collect(),
        alerts: alerts.collect(),
        receivers: receivers.collect(),
        dashboards: dashboards.collect(),
        objectives: objectives.collect(),
    }
}
