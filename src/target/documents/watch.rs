//! Turns what is monitored into the tables of jobs, alerts, receivers and dashboards.

use serde::Serialize;

use crate::format::quote::markdown::{code, escape};
use crate::model::alert::Rule;
use crate::model::monitoring::Monitoring;
use crate::target::documents::page::{Listed, row};
use crate::target::documents::runbook::told;
use crate::target::documents::system::Place;
use crate::target::documents::trouble;

/// What is watched, as the rows of tables.
#[derive(Serialize)]
pub(super) struct Watch {
    scrape: String,
    retention: String,
    jobs: String,
    alerts: String,
    receivers: String,
    dashboards: String,
    objectives: String,
}

/// What a place has that watches it.
pub(super) fn watch(place: &Place<'_>, monitoring: &Monitoring) -> Watch {
    Watch {
        scrape: monitoring.scrape.words(),
        retention: monitoring.retention.words(),
        jobs: jobs(monitoring),
        alerts: alerts(place, monitoring),
        receivers: receivers(monitoring),
        dashboards: dashboards(monitoring),
        objectives: objectives(monitoring),
    }
}

fn jobs(monitoring: &Monitoring) -> String {
    let mut out = String::new();
    for job in &monitoring.jobs {
        let target = format!("{}:{}{}", job.host, job.port, job.path);
        row(&mut out, [&job.name, &code(&target), &job.watched.as_str()]);
    }
    out
}

fn alerts(place: &Place<'_>, monitoring: &Monitoring) -> String {
    let mut out = String::new();
    if monitoring.metrics.is_none() {
        return out;
    }
    let mut alert = |of: &str, rule: &Rule| {
        let told = told(place.model, rule.severity, rule.labels.get("team").map(String::as_str));
        let told = if told.is_empty() { "the dashboard only" } else { &told };
        row(&mut out, [&trouble::link(&rule.name), &rule.severity.as_str(), &of, &told]);
    };
    for group in &monitoring.rules {
        group.rules.iter().for_each(|rule| alert(&group.name, rule));
    }
    for one in &monitoring.objectives {
        one.alerts.iter().for_each(|burn| alert(one.service.as_str(), &burn.rule));
    }
    out
}

fn receivers(monitoring: &Monitoring) -> String {
    let mut out = String::new();
    for receiver in &monitoring.delivery.receivers {
        let mut ways: Vec<String> = receiver.email.iter().map(|to| code(to).to_string()).collect();
        ways.extend(receiver.slack.iter().map(|(channel, _)| format!("Slack {}", code(channel))));
        ways.extend(receiver.pagerduty.iter().map(|_| "PagerDuty".to_owned()));
        ways.extend(receiver.webhook.iter().map(|_| "a webhook".to_owned()));
        row(&mut out, [&receiver.name, &Listed(&ways)]);
    }
    out
}

fn dashboards(monitoring: &Monitoring) -> String {
    let mut out = String::new();
    for dashboard in &monitoring.dashboards {
        let panels = dashboard.panels.iter().map(|panel| escape(&panel.title));
        row(&mut out, [&escape(&dashboard.title), &Listed(panels)]);
    }
    out
}

fn objectives(monitoring: &Monitoring) -> String {
    let mut out = String::new();
    for one in &monitoring.objectives {
        let share = format!("{}.{:04}", one.budget / 10_000, one.budget % 10_000);
        let share = share.trim_end_matches('0').trim_end_matches('.');
        row(&mut out, [&one.service, &one.kind, &format_args!("{share} % may go wrong")]);
    }
    out
}
