//! Describes dashboards, everything decided.

use std::borrow::Cow;

use serde::Serialize;

pub use crate::blueprint::dashboard::{PanelKind, Thresholds};
use crate::model::cluster::Only;
use crate::value::{Duration, Name};

/// A dashboard.
#[derive(Debug, Clone, PartialEq, Serialize)]
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

impl Dashboard {
    /// The dashboard where one target runs: with the panels that are not empty there; `None` where none is.
    pub fn shown_in(&self, target: Only) -> Option<Cow<'_, Self>> {
        let fits = |panel: &&Panel| panel.only.is_none_or(|only| only == target);
        let panels: Vec<&Panel> = self.panels.iter().filter(fits).collect();
        if panels.len() == self.panels.len() {
            return Some(Cow::Borrowed(self));
        }
        (!panels.is_empty()).then(|| {
            let panels = panels.into_iter().cloned().collect();
            Cow::Owned(Self { panels, ..self.clone() })
        })
    }
}

/// A panel.
#[derive(Debug, Clone, PartialEq, Serialize)]
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
    /// The only target in which what it reads is there.
    pub only: Option<Only>,
}
