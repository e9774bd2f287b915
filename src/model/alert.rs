//! Describes an alert, everything decided.

use crate::map::IndexMap;
use serde::Serialize;

pub use crate::blueprint::monitoring::Subject;
use crate::blueprint::monitoring::{AlertSeverity, Sample};
use crate::model::cluster::Only;
use crate::value::Duration;

/// An alert.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Rule {
    /// Its name.
    pub name: String,
    /// The condition, in `PromQL`.
    pub expr: String,
    /// How long the condition must hold.
    pub hold: Option<Duration>,
    /// How bad it is.
    pub severity: AlertSeverity,
    /// The only target in which what it reads is there.
    pub only: Option<Only>,
    /// Its labels, `severity` among them.
    pub labels: IndexMap<String, String>,
    /// What it tells of beside its service.
    pub tells_of: Option<Subject>,
    /// Whether nobody is told of other alerts of its service while it fires.
    pub mutes: bool,
    /// What has happened.
    pub summary: String,
    /// What it means and what to do.
    pub description: String,
    /// Where the runbook says what to do about it.
    pub runbook: String,
    /// Samples under which it fires.
    pub fires: Option<Sample>,
    /// Samples under which it stays quiet.
    pub quiet: Option<Sample>,
}

impl Rule {
    /// Whether messages can link to the runbook: what is no address leads nowhere from there.
    pub fn is_linked(&self) -> bool {
        self.runbook.contains("://")
    }

    /// What is told with it, as templates of Prometheus' own.
    pub fn annotations(&self) -> IndexMap<&'static str, &str> {
        let mut annotations = IndexMap::from_iter([("summary", self.summary.as_str())]);
        if !self.description.is_empty() {
            annotations.insert("description", &self.description);
        }
        let key = if self.is_linked() { "runbook_url" } else { "runbook" };
        annotations.insert(key, &self.runbook);
        annotations
    }
}
