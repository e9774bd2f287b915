//! Turns catalogue entries, embedded or a project's own, into what a component or stack is.

pub mod backup;
pub mod amount;
pub mod checks;
pub mod cluster;
pub mod collection;
pub mod databases;
pub mod entry;
mod grammar;
pub mod objective;
pub mod parameter;
pub mod piece;
pub mod probe;
pub mod role;
pub mod stage;
pub mod trouble;
pub mod ulimit;
pub mod unit;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, LazyLock, OnceLock};

use crate::map::IndexMap;
use serde_json::Value;

use crate::blueprint::report;
use crate::blueprint::schema;
use crate::check::Checker;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::document;
use crate::source::pointer;
use crate::source::{SourceId, Sources};
pub use entry::{Entry, Role};
use parameter::{Kind, Parameter, Preset};

include!(concat!(env!("OUT_DIR"), "/entries.rs"));

static CHECKER: LazyLock<Checker> =
    LazyLock::new(|| Checker::new(schema::generate::<Entry>(), &[("text", schema::is_text)]));

/// The schema of a catalogue entry, as it is committed.
pub fn schema() -> Value {
    let mut schema = schema::generate::<Entry>();
    schema["title"] = "Formwork catalogue entry".into();
    schema
}

/// The components and stacks that a blueprint may use, by name.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    own: IndexMap<String, Arc<Entry>>,
    faulty: BTreeSet<String>,
}

impl Catalog {
    /// The embedded entries and those of a project; a project's entry stands in for an embedded one of that name.
    ///
    /// # Errors
    /// What is wrong with the project's entries.
    pub fn new(sources: &Sources, own: &[SourceId]) -> Result<Self, Diagnostics> {
        let (catalog, found) = Self::read(sources, own);
        if found.has_errors() { Err(found) } else { Ok(catalog) }
    }

    /// As [`Self::new`], but without the entries that are faulty, and with what is wrong with them.
    pub fn read(sources: &Sources, own: &[SourceId]) -> (Self, Diagnostics) {
        let (mut catalog, mut diagnostics) = (Self::default(), Diagnostics::default());
        for id in own {
            match read(sources, *id) {
                Ok(entry) => {
                    catalog.own.insert(entry.component.clone(), Arc::new(entry));
                }
                Err(found) => {
                    diagnostics.extend(found);
                    let file = Path::new(&sources.get(*id).path).file_stem();
                    catalog.faulty.extend(file.map(|name| name.to_string_lossy().into_owned()));
                }
            }
        }
        (catalog, diagnostics)
    }

    /// Whether the project has an entry of that name which cannot be read; an entry's name is its file's.
    pub fn is_faulty(&self, name: &str) -> bool {
        self.faulty.contains(name)
    }

    /// The entry of that name. Embedded entries are read when they are first asked for, and once.
    pub fn get(&self, name: &str) -> Option<Arc<Entry>> {
        static READ: [OnceLock<Option<Arc<Entry>>>; EMBEDDED.len()] =
            [const { OnceLock::new() }; EMBEDDED.len()];
        if let Some(entry) = self.own.get(name) {
            return Some(entry.clone());
        }
        let index = EMBEDDED.iter().position(|(embedded, _)| *embedded == name)?;
        let read = || serde_json::from_str(EMBEDDED[index].1).ok().map(Arc::new);
        READ[index].get_or_init(read).clone()
    }

    /// Whether an entry is there for others alone, and so follows from them: what backs up and prepares, and what exposes
    /// metrics for another component.
    pub fn follows(&self, entry: &Entry) -> bool {
        let is_exporter_of =
            |other: Arc<Entry>| other.exporter.as_deref() == Some(entry.component.as_str());
        match entry.role {
            Role::Backup | Role::Archive | Role::Preparation => true,
            Role::Exporter => {
                self.names().filter_map(|name| self.get(name)).any(is_exporter_of)
                    || entry.mentions("${target.")
            }
            _ => false,
        }
    }

    /// The names of all entries.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let embedded = EMBEDDED.iter().map(|(name, _)| *name);
        embedded.chain(self.own.keys().map(String::as_str))
    }
}

/// Reads a project's own entry.
fn read(sources: &Sources, id: SourceId) -> Result<Entry, Diagnostics> {
    let root = document::parse(sources, id)?;
    let value = root.without_extensions();
    let mut diagnostics = Diagnostics::default();
    let locator = crate::blueprint::locate::Locator::of_document(&root);
    for finding in CHECKER.check(&value) {
        diagnostics.push(report::finding(&finding, &value, &locator));
    }
    if diagnostics.has_errors() {
        return Err(diagnostics);
    }
    let entry: Entry = serde_json::from_value(value).map_err(|error| {
        Diagnostic::error(
            Code::InvalidValue,
            format!("the catalogue entry cannot be read: {error}"),
        )
        .at(root.span, "")
    })?;
    for (name, parameter) in &entry.parameters {
        let Some(why) = contradiction(parameter) else { continue };
        let at = pointer::push("/parameters", name);
        diagnostics.push(
            Diagnostic::error(Code::InvalidValue, format!("the parameter `{name}` {why}"))
                .at(locator.value(&at), ""),
        );
    }
    for (key, parameter) in counts(&entry) {
        let known = entry.parameters.get(parameter);
        if known.is_none_or(|known| known.kind != Kind::Integer) {
            let message = format!("`{parameter}` is no parameter with `type: integer`");
            let found = Diagnostic::error(Code::InvalidValue, message);
            diagnostics.push(found.at(locator.value(key), ""));
        }
    }
    for (component, parameter) in takes_unknown(&entry) {
        let at = pointer::push(&pointer::push("/needs", component), parameter);
        let message = format!("the entry has no parameter `{parameter}`");
        diagnostics.push(Diagnostic::error(Code::InvalidValue, message).at(locator.key(&at), ""));
    }
    if diagnostics.has_errors() { Err(diagnostics) } else { Ok(entry) }
}

/// The parameters that an entry counts with, and where it names them.
fn counts(entry: &Entry) -> impl Iterator<Item = (&'static str, &String)> {
    let limit = entry.connections.iter().map(|one| ("/connections/limit", &one.limit));
    limit.chain(entry.processes.iter().map(|name| ("/processes", name)))
}

/// The parameters that an entry takes from what it needs and does not have.
fn takes_unknown(entry: &Entry) -> impl Iterator<Item = (&String, &String)> {
    let taken = entry
        .needs
        .iter()
        .flat_map(|(component, taken)| taken.keys().map(move |parameter| (component, parameter)));
    taken.filter(|(_, parameter)| !entry.parameters.contains_key(*parameter))
}

/// What contradicts itself in a parameter.
fn contradiction(parameter: &Parameter) -> Option<&'static str> {
    match &parameter.default {
        Some(Preset::Share(_)) if !matches!(parameter.kind, Kind::Memory | Kind::Size) => {
            Some("is no amount of memory, so that its default cannot be a share of it")
        }
        Some(Preset::Text(text)) if !text.refers() && parameter.check(&text.0).is_err() => {
            Some("has a default that is not of its type")
        }
        _ if parameter.kind == Kind::Choice && parameter.values.is_empty() => {
            Some("is a choice without `values`")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_embedded_entry_keeps_the_schema_and_bears_its_name() {
        for (name, text) in EMBEDDED {
            let value: Value = serde_json::from_str(text).unwrap();
            assert_eq!(CHECKER.check(&value), [], "{name}");
            let entry: Entry = serde_json::from_value(value).unwrap();
            assert_eq!(entry.component, *name);
            for (parameter, written) in &entry.parameters {
                assert_eq!(contradiction(written), None, "{name}: {parameter}");
            }
            assert_eq!(takes_unknown(&entry).next(), None, "{name}");
        }
        assert!(!EMBEDDED.is_empty());
    }

    /// What a template prints without a filter must be of a type that cannot hold anything but itself.
    #[test]
    fn dockerfiles_quote_what_may_be_any_text() {
        for (name, text) in EMBEDDED {
            let entry: Entry = serde_json::from_str(text).unwrap();
            let template = entry.dockerfile.clone().unwrap_or_default();
            for printed in template.split("{{").skip(1).filter_map(|rest| rest.split("}}").next()) {
                let Some(after) = printed.trim().strip_prefix("parameters.") else { continue };
                let parameter = &entry.parameters[after.split(' ').next().unwrap()];
                let safe = !matches!(parameter.kind, Kind::Text | Kind::Url);
                assert!(safe || after.contains("| "), "{name}: {printed}");
            }
        }
    }
}
