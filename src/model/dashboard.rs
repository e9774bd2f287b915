//! Describes dashboards, everything decided.

use serde::Serialize;

pub use crate::blueprint::dashboard::{PanelKind, Thresholds};
use crate::value::{Duration, Name};

/// A dashboard.
#[derive(Debug, Clone, Serialize)]
pub struct Dashboard {
    /// Its name, which is the file's and its id.
    pub name: Name,
    /// Its title.
    pub title: String,
    /// How often it reads anew.
    pub refresh: Duration,
    /// How far back it looks.
    pub window: Duration,
    /// Its panels, in the order in which they are shown.
    pub panels: Vec<Panel>,
}

/// A panel.
#[derive(Debug, Clone, Serialize)]
pub struct Panel {
    /// Its name.
    pub name: Name,
    /// Its title.
    pub title: String,
    /// What it shows; empty when nobody says.
    pub about: String,
    /// How it is drawn.
    pub kind: PanelKind,
    /// The unit, by Grafana's name for it.
    pub unit: String,
    /// What is read: legend, then `PromQL`.
    pub queries: Vec<(String, String)>,
    /// Where values begin to be bad.
    pub thresholds: Option<Thresholds>,
}
