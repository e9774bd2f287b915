//! Turns what a user names into an entry of the catalogue, and what was compiled into the images to pin.

use std::sync::Arc;

use anyhow::bail;
use serde_json::{Map, Value};

use crate::catalog::{Catalog, Entry};
use crate::compile::Compiled;
use crate::diagnostic::suggest;
use crate::model::Role;
use crate::value::Malformed;

/// How often a client may ask for what a new route leads to.
pub(in crate::command) const LIMIT: &str = "50r/s burst 100";

/// An entry of the catalogue, and a version of it.
#[derive(Debug)]
pub(in crate::command) struct Choice {
    pub(in crate::command) entry: Arc<Entry>,
    pub(in crate::command) version: String,
}

/// What can be chosen for a part.
#[derive(Debug, Clone, Copy)]
pub(in crate::command) enum Part {
    /// What own programs are built with.
    Stack,
    /// Whatever is ready to run.
    Component,
    /// What plays that part.
    Role(Role),
}

/// The names of all entries that can be chosen; what only follows from others cannot.
pub(in crate::command) fn names(catalog: &Catalog, part: Part) -> Vec<String> {
    let fits = |entry: &Entry| !catalog.follows(entry) && is_of(entry, part);
    let mut names: Vec<String> = catalog
        .names()
        .filter(|name| catalog.get(name).is_some_and(|entry| fits(&entry)))
        .map(str::to_owned)
        .collect();
    names.sort();
    names
}

fn is_of(entry: &Entry, part: Part) -> bool {
    match part {
        Part::Stack => entry.dockerfile.is_some(),
        Part::Component => entry.dockerfile.is_none() && entry.role != Role::Application,
        Part::Role(role) => entry.role == role,
    }
}

/// The entry and version that a text such as `postgres@17` names.
///
/// # Errors
/// What the catalogue has in its place.
pub(in crate::command) fn choice(
    catalog: &Catalog,
    written: &str,
    part: Part,
    what: &str,
) -> anyhow::Result<Choice> {
    let (name, version) =
        written.split_once('@').map_or((written, None), |(name, version)| (name, Some(version)));
    let known = names(catalog, part);
    let entry = catalog.get(name).filter(|_| known.iter().any(|known| known == name));
    let Some(entry) = entry else {
        let near = suggest::nearest(name, known.iter().map(String::as_str));
        let help = near.map_or_else(
            || format!("there are {}", known.join(", ")),
            |near| format!("did you mean `{near}`?"),
        );
        bail!("the catalogue has no {what} `{name}`; {help}");
    };
    let version = version.unwrap_or(&entry.default).to_owned();
    if !entry.versions.contains_key(&version) {
        let versions: Vec<&str> = entry.versions.keys().map(String::as_str).collect();
        bail!("the catalogue has no `{name}@{version}`; there are {}", versions.join(", "));
    }
    Ok(Choice { entry, version })
}

/// The exact images of all components.
pub(in crate::command) fn images(compiled: &Compiled) -> Map<String, Value> {
    let services = compiled.models.iter().flat_map(|model| model.services.values());
    let components =
        services.filter(|service| service.component.is_some() && service.build.is_none());
    components
        .map(|service| (service.name.to_string(), Value::from(service.image.to_string())))
        .collect()
}

/// The path that is asked for a stack's health, where neither the stack nor its lack of a port settles that.
pub(in crate::command) fn health(entry: &Entry, port: Option<u16>) -> Option<String> {
    let settled =
        entry.health.as_ref().is_some_and(|one| one.ready.is_some() || one.command.is_some());
    (!settled && (port.is_some() || !entry.ports.is_empty())).then(|| "/health".to_owned())
}

/// Why a text is not what it should be, for people.
pub(in crate::command) fn malformed(malformed: Malformed) -> anyhow::Error {
    let Malformed { reason, help, .. } = malformed;
    match help {
        Some(help) => anyhow::anyhow!("{reason}; {help}"),
        None => anyhow::anyhow!(reason),
    }
}
