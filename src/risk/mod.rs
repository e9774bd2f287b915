//! Turns the old and the new text of compiled files into what the change does to a running system.
//!
//! What counts is read from the parsed objects of both sides, so that the same is told of a change on disk and of one
//! between two revisions. A side that does not parse says nothing.

mod compose;
mod dotenv;
mod files;
mod headers;
mod image;
mod kept;
mod kubernetes;
mod nginx;
mod prometheus;
mod quantity;
mod told;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;

/// What a change does, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// Data is deleted, left behind, or read by a version that may not understand it.
    LosesData,
    /// Something can be reached from where it could not be.
    Exposes,
    /// A limit, a threshold or a hardening rule is weaker than before.
    Loosens,
    /// An object must be deleted and made again, because it cannot be changed.
    Recreates,
    /// A service no longer runs.
    Stops,
    /// A service is started again.
    Restarts,
    /// The operator must set a variable first.
    NeedsValue,
}

impl Effect {
    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::LosesData => "loses data",
            Self::Exposes => "exposes",
            Self::Loosens => "loosens",
            Self::Recreates => "recreates",
            Self::Stops => "stops",
            Self::Restarts => "restarts",
            Self::NeedsValue => "needs a value",
        }
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// One thing that a change does. Sorted, the worst of each environment comes first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Risk {
    /// The environment.
    pub environment: String,
    /// What it does.
    pub effect: Effect,
    /// The service; empty for the system as a whole.
    pub service: String,
    /// What exactly, in a sentence without a final period.
    pub says: String,
}

/// A file before and after.
#[derive(Debug, Clone, Copy)]
pub struct Side<'a> {
    /// Its path below the output folder.
    pub path: &'a str,
    /// What it held.
    pub old: Option<&'a str>,
    /// What it will hold.
    pub new: Option<&'a str>,
}

/// Everything that the changes do, sorted. `shorts` gives the environment for the short name in a file's name.
pub fn assess(sides: &[Side<'_>], shorts: &BTreeMap<String, String>) -> Vec<Risk> {
    let mut groups: BTreeMap<(String, Kind), Vec<(&str, Side<'_>)>> = BTreeMap::new();
    for side in sides {
        for (kind, environment, rest) in classify(side.path, shorts) {
            groups.entry((environment, kind)).or_default().push((rest, *side));
        }
    }
    let mut risks = BTreeSet::new();
    for ((environment, kind), sides) in groups {
        // Where nothing was before, nothing runs yet.
        if sides.iter().all(|(_, side)| side.old.is_none()) {
            continue;
        }
        let mut notes = Notes::default();
        match kind {
            Kind::Compose => compose::assess(&sides, &mut notes),
            Kind::Kubernetes => kubernetes::assess(&sides, &mut notes),
            Kind::Nginx => nginx::assess(&sides, &mut notes),
            Kind::Prometheus => prometheus::assess(&sides, &mut notes),
            Kind::Dotenv => dotenv::assess(&sides, &mut notes),
            Kind::Dockerfile => files::dockerfile(&sides, &mut notes),
            Kind::Component => files::component(&sides, &mut notes),
        }
        risks.extend(notes.0.into_iter().map(|(effect, service, says)| Risk {
            environment: environment.clone(),
            effect,
            service,
            says,
        }));
    }
    risks.into_iter().collect()
}

/// What one kind of file says of one environment.
#[derive(Debug, Default)]
struct Notes(Vec<(Effect, String, String)>);

impl Notes {
    fn add(&mut self, effect: Effect, service: &str, says: impl Into<String>) {
        self.0.push((effect, service.to_owned(), says.into()));
    }
}

/// The kinds of file that say something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Compose,
    Kubernetes,
    Nginx,
    Prometheus,
    Dotenv,
    Dockerfile,
    Component,
}

/// What a compiled file is, by the names that compiled files have: kind, environment, and the path below its folder.
/// One that serves every environment is of each.
fn classify<'a>(path: &'a str, shorts: &BTreeMap<String, String>) -> Vec<(Kind, String, &'a str)> {
    let dockerfile = path.strip_prefix("docker/").filter(|rest| rest.contains(".Dockerfile"));
    if let Some(rest) = dockerfile {
        return shorts.values().map(|one| (Kind::Dockerfile, one.clone(), rest)).collect();
    }
    of_one_environment(path, shorts).into_iter().collect()
}

fn of_one_environment<'a>(
    path: &'a str,
    shorts: &BTreeMap<String, String>,
) -> Option<(Kind, String, &'a str)> {
    if let Some(rest) = path.strip_prefix("docker-compose.") {
        let short = rest.strip_suffix(".yml")?;
        let environment = shorts.get(short).cloned().unwrap_or_else(|| short.to_owned());
        return Some((Kind::Compose, environment, path));
    }
    if let Some(rest) = path.strip_prefix(".env.") {
        let (environment, _) = rest.split_once('.')?;
        return Some((Kind::Dotenv, environment.to_owned(), path));
    }
    let (folder, rest) = path.split_once('/')?;
    let (environment, rest) = rest.split_once('/')?;
    let kind = match folder {
        "kubernetes" => Kind::Kubernetes,
        "nginx" => Kind::Nginx,
        "prometheus" => Kind::Prometheus,
        _ if shorts.values().any(|known| known == environment) => {
            return Some((Kind::Component, environment.to_owned(), path));
        }
        _ => return None,
    };
    Some((kind, environment.to_owned(), rest))
}

/// A YAML file as a value; nothing where there is no file, or it does not parse.
fn parsed(text: Option<&str>) -> serde_json::Value {
    text.and_then(|text| serde_yaml::from_str(text).ok()).unwrap_or_default()
}

/// Names in backticks, joined.
fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names.into_iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
