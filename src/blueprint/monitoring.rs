//! Describes what is watched: scraping, retention, alerts.

use crate::map::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::blueprint::dashboard::Dashboard;
use crate::blueprint::delivery::{Mail, Receiver, Routing};
use crate::value::keyed::{Keyed, Removable};
use crate::value::{AlertName, Duration, Name, Uses};

/// Metrics, alerts and dashboards. Exporters follow from what runs and need no listing.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Monitoring {
    /// The profile that all of it runs under; always on when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<Name>,
    /// The components that watch, in place of Prometheus, Alertmanager and Grafana.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uses: Option<Vec<Uses>>,
    /// How often metrics are read; `15s` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scrape: Option<Duration>,
    /// How long metrics are kept; `15d` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention: Option<Duration>,
    /// The address of the folder in which `RUNBOOK.md` can be read: every alert carries a link to its section there
    /// (`runbook_url`), also in messages. Left out, it only names file and section (`runbook`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(
        regex(pattern = r"^https?://[^\s#?{}]+$"),
        example = "https://git.example.com/shop/src/main/out/shop"
    )]
    pub runbooks: Option<String>,
    /// The alert packs of the catalogue that are wanted; all when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub packs: Option<Vec<Name>>,
    /// Alerts of your own, and changes to those of the catalogue, by name; `null` leaves one out.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    #[schemars(with = "Keyed<AlertName, Removable<Alert>>")]
    pub alerts: IndexMap<AlertName, Option<Alert>>,
    /// Dashboards of your own, by name, beside those that follow from what runs.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    #[schemars(with = "Keyed<Name, Dashboard>")]
    pub dashboards: IndexMap<Name, Dashboard>,
    /// Who can be told of alerts, by name.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    #[schemars(with = "Keyed<Name, Receiver>")]
    pub receivers: IndexMap<Name, Receiver>,
    /// Which alerts reach whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub routing: Option<Routing>,
    /// How e-mail about alerts is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail: Option<Mail>,
}

/// An alert. `PromQL` takes no references; `{{ $labels.x }}` in texts is Prometheus' own.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Alert {
    /// The condition, in `PromQL`. `$job` stands for the job of the service that the alert belongs to, `$threshold`
    /// for the threshold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expr: Option<String>,
    /// The number that `$threshold` in the condition stands for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold: Option<f64>,
    /// How long the condition must hold.
    #[serde(default, rename = "for", skip_serializing_if = "Option::is_none")]
    pub hold: Option<Duration>,
    /// How bad it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<AlertSeverity>,
    /// Whether it says that the service does not work at all: while it fires, nobody is told of the service's other
    /// alerts. Where several instances of it run, those are the other alerts of the same `instance`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mutes: Option<bool>,
    /// The team that is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<Name>,
    /// What it tells of, where that is more than its service: `backups`, when one is too old. Where
    /// something is backed up, some alert has to say so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tells_of: Option<Subject>,
    /// What has happened, in one line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// What it means and what to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Samples under which it fires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fires: Option<Sample>,
    /// Samples under which it stays quiet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quiet: Option<Sample>,
}

/// What an alert may tell of beside its service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Subject {
    /// Backups: one is too old, or there is none.
    Backups,
}

/// How bad an alert is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum AlertSeverity {
    /// Worth knowing.
    Info,
    /// To be looked at today.
    Warning,
    /// To be looked at within the hour.
    High,
    /// To be looked at now.
    Critical,
}

impl AlertSeverity {
    /// Every severity, the worst first.
    pub const ALL: &[Self] = &[Self::Critical, Self::High, Self::Warning, Self::Info];

    /// The value of the label `severity`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// The value of the label `priority`.
    pub fn priority(self) -> &'static str {
        match self {
            Self::Info => "P3",
            Self::Warning => "P2",
            Self::High => "P1",
            Self::Critical => "P0",
        }
    }
}

/// Hand-written samples for a rule test, as promtool reads them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sample {
    /// Series with labels, then values in promtool's notation: `0+10x60`, 15 seconds apart. `$job` stands for the
    /// service's job.
    pub series: IndexMap<String, String>,
    /// When the alert is looked at, from the start of the samples.
    pub at: Duration,
    /// The labels of the alert that fires, beside those of the rule itself.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub labels: IndexMap<String, String>,
}
