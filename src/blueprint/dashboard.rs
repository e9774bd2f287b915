//! Describes dashboards and their panels.

use crate::map::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::value::keyed::Keyed;
use crate::value::{Duration, Name};

/// A dashboard of your own. Each service whose catalogue entry has panels gets one without being asked.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dashboard {
    /// Its title; the name when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// How often it reads anew; `30s` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh: Option<Duration>,
    /// How far back it looks; `1h` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<Duration>,
    /// Which panels come first; the others follow, figures before graphs, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub order: Vec<Name>,
    /// The panels, by name.
    #[schemars(with = "Keyed<Name, Panel>")]
    pub panels: IndexMap<Name, Panel>,
}

/// A panel: one of the catalogue's, of the service that it tells of, or your own.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Panel {
    /// The service that a panel of the catalogue tells of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<Name>,
    /// Which of the catalogue's panels; the panel's own name when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub panel: Option<Name>,
    /// Its title; the name when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What it shows, and what to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// How it is drawn; a graph when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<PanelKind>,
    /// The unit, by Grafana's name for it: `s`, `bytes`, `percentunit`, `reqps`, `short`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// What is read: legend, then `PromQL`. `$job` in a catalogue's query stands for the job of the service,
    /// `$probe` for the one in which it is asked about others; `$__rate_interval` is Grafana's own. A legend may hold labels: `{{instance}}`.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub queries: IndexMap<String, String>,
    /// From which value it is shown as a warning, and from which as critical. Where the second is the smaller one, low
    /// values are bad.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thresholds: Option<Thresholds>,
}

/// How a panel is drawn.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum PanelKind {
    /// Up or down: the newest value, where 1 is good and 0 is bad.
    Status,
    /// The newest value, in large figures.
    Stat,
    /// The newest value on a scale from nothing to all: a share.
    Gauge,
    /// Lines over time.
    #[default]
    Graph,
}

/// Where values begin to be bad.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    /// From here it is a warning.
    pub warning: f64,
    /// From here it is critical.
    pub critical: f64,
}
