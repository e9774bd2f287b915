//! Describes what is watched, everything decided.

use std::sync::Arc;

use crate::map::IndexMap;
use serde::Serialize;

use crate::model::alert::Rule;
use crate::model::dashboard::Dashboard;
use crate::model::delivery::Delivery;
use crate::model::objective::Objective;
use crate::value::{Duration, Name, UrlPath};

/// What is watched.
#[derive(Debug, Clone, Serialize)]
pub struct Monitoring {
    /// How often metrics are read.
    pub scrape: Duration,
    /// How long metrics are kept.
    pub retention: Duration,
    /// The service that keeps metrics, where one does.
    pub metrics: Option<Name>,
    /// The service that sends alerts on, where one does, and its port.
    pub alerts: Option<(Name, u16)>,
    /// The dashboards.
    pub dashboards: Vec<Dashboard>,
    /// Who is told of which alerts.
    pub delivery: Delivery,
    /// Where metrics are read.
    pub jobs: Vec<Job>,
    /// What exporters are asked about other things than themselves.
    pub probes: Vec<ProbeJob>,
    /// What the kubelet of each node is asked, in a cluster.
    pub kubelets: Vec<KubeletJob>,
    /// What may be expected of services.
    pub objectives: Vec<Objective>,
    /// The alerts, by service or by the author.
    pub rules: Vec<RuleGroup>,
}

/// Where metrics are read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Job {
    /// The job's name: the service's.
    pub name: String,
    /// The service that answers.
    pub service: Name,
    /// The service that the metrics tell of: the one that an exporter watches, else the one that answers.
    pub watched: Name,
    /// The port.
    pub port: u16,
    /// The path.
    pub path: UrlPath,
    /// The host name that stands for every replica where there are several; else the service's own.
    pub host: String,
    /// Whether the host name is looked up at each scrape: it stands for several addresses, or for none while the
    /// service's profile is off.
    pub discovered: bool,
}

/// What the kubelet of each node is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KubeletJob {
    /// The job's name.
    pub name: String,
    /// The service in whose place the kubelets answer.
    pub service: Name,
    /// The path.
    pub path: UrlPath,
    /// The namespaces whose series are kept.
    pub namespaces: Vec<String>,
}

/// What an exporter is asked about other things than itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProbeJob {
    /// The job's name.
    pub name: String,
    /// The service that is asked.
    pub exporter: Name,
    /// Its port.
    pub port: u16,
    /// The path.
    pub path: UrlPath,
    /// How often it is asked.
    pub interval: Duration,
    /// What it is asked about.
    pub groups: Vec<ProbeGroup>,
}

/// What an exporter is asked about in the same way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProbeGroup {
    /// The targets.
    pub targets: Vec<String>,
    /// The labels of their series.
    pub labels: IndexMap<String, String>,
    /// What the exporter gets beside the target.
    pub params: IndexMap<String, String>,
}

/// Alerts that belong together.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RuleGroup {
    /// Its name.
    pub name: String,
    /// Its alerts.
    pub rules: Vec<Arc<Rule>>,
}

impl RuleGroup {
    /// The group with some of its alerts; `None` where none is left.
    #[must_use]
    pub fn with(&self, keep: impl Fn(&Rule) -> bool) -> Option<Self> {
        let rules: Vec<Arc<Rule>> = self.rules.iter().filter(|rule| keep(rule)).cloned().collect();
        (!rules.is_empty()).then(|| Self { name: self.name.clone(), rules })
    }
}
