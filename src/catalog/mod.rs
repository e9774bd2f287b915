//! Turns catalogue entries, embedded or a project's own, into what a component or stack is.

pub mod entry;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, LazyLock, OnceLock};

use indexmap::IndexMap;
use serde_json::Value;

use crate::blueprint::report;
use crate::blueprint::schema;
use crate::check::Checker;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::document;
use crate::source::{SourceId, Sources};
pub use entry::Entry;

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

    /// The names of all entries.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let embedded = EMBEDDED.iter().map(|(name, _)| *name);
        embedded.chain(self.own.keys().map(String::as_str))
    }
}

/// Reads a project's own entry.
fn read(sources: &Sources, id: SourceId) -> Result<Entry, Diagnostics> {
    let root = document::parse(sources, id)?;
    let value = root.without_extensions().to_value();
    let mut diagnostics = Diagnostics::default();
    let locator = crate::blueprint::locate::Locator::of_document(&root);
    for finding in CHECKER.check(&value) {
        diagnostics.push(report::finding(&finding, &value, &locator));
    }
    if diagnostics.has_errors() {
        return Err(diagnostics);
    }
    serde_json::from_value(value).map_err(|error| {
        Diagnostic::error(
            Code::InvalidValue,
            format!("the catalogue entry cannot be read: {error}"),
        )
        .at(root.span, "")
        .into()
    })
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
        }
        assert!(!EMBEDDED.is_empty());
    }
}
