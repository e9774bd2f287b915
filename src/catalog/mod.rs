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
pub mod own;
pub mod parameter;
pub mod piece;
pub mod probe;
pub mod reads;
pub mod role;
pub mod samples;
pub mod stage;
pub mod trouble;
pub mod ulimit;
pub mod unit;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, LazyLock, OnceLock};

use crate::map::IndexMap;
use serde_json::Value;

use crate::blueprint::locate::Locator;
use crate::blueprint::schema;
use crate::check::Checker;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::document::{self, Kind, Node};
use crate::source::{Source, SourceId, Sources};
pub use entry::{Entry, Role};

include!(concat!(env!("OUT_DIR"), "/entries.rs"));

static CHECKER: LazyLock<Checker> =
    LazyLock::new(|| Checker::new(schema::generate::<Entry>(), &[("text", schema::is_text)]));

/// The schema of a catalogue entry, as it is committed.
pub fn schema() -> Value {
    let mut schema = schema::generate::<Entry>();
    schema["title"] = "Formwork catalogue entry".into();
    schema
}

/// An entry of a project's own, and its text.
#[derive(Debug, Clone)]
struct Own {
    entry: Arc<Entry>,
    root: Arc<Node>,
}

/// The components and stacks that a blueprint may use, by name.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    own: IndexMap<String, Own>,
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
            match document::parse_all(sources, *id) {
                Ok(roots) => {
                    for root in roots {
                        catalog.take(sources, root, &mut diagnostics);
                    }
                }
                Err(found) => {
                    diagnostics.extend(found);
                    catalog.faulty.extend(names_in(sources.get(*id)));
                }
            }
        }
        for (name, found) in catalog
            .own
            .iter()
            .flat_map(|(name, own)| {
                own::strangers(&catalog, own).into_iter().map(|found| (name.clone(), found))
            })
            .collect::<Vec<_>>()
        {
            diagnostics.push(found);
            catalog.own.shift_remove(&name);
            catalog.faulty.insert(name);
        }
        (catalog, diagnostics)
    }

    /// Takes an entry of a project, the first of its name.
    fn take(&mut self, sources: &Sources, root: Node, diagnostics: &mut Diagnostics) {
        let entry = match own::read(sources, &root) {
            Ok(entry) => entry,
            Err(found) => {
                diagnostics.extend(found);
                // The first of a file is named as that is.
                let file = sources.get(root.span.source);
                let named = root.get("component").and_then(|name| match &name.kind {
                    Kind::String(name) => Some(name.clone()),
                    _ => None,
                });
                self.faulty.extend(named.or_else(|| stem(file)));
                return;
            }
        };
        if let Some(first) = self.own.get(&entry.component) {
            let message = format!("two entries of the catalogue are named `{}`", entry.component);
            diagnostics.push(
                Diagnostic::error(Code::NameTaken, message)
                    .at(root.span("/component"), "the second")
                    .at(first.root.span("/component"), "the first")
                    .help("rename one, or remove it"),
            );
            return;
        }
        let name = entry.component.clone();
        self.own.insert(name, Own { entry: Arc::new(entry), root: Arc::new(root) });
    }

    /// Whether the project has an entry of that name which cannot be read.
    pub fn is_faulty(&self, name: &str) -> bool {
        self.faulty.contains(name)
    }

    /// The entry of that name. Embedded entries are read when they are first asked for, and once.
    pub fn get(&self, name: &str) -> Option<Arc<Entry>> {
        static READ: [OnceLock<Option<Arc<Entry>>>; EMBEDDED.len()] =
            [const { OnceLock::new() }; EMBEDDED.len()];
        if let Some(own) = self.own.get(name) {
            return Some(own.entry.clone());
        }
        let index = EMBEDDED.iter().position(|(embedded, _)| *embedded == name)?;
        let read = || serde_json::from_str(EMBEDDED[index].1).ok().map(Arc::new);
        READ[index].get_or_init(read).clone()
    }

    /// Whether the entry of that name is the project's own.
    pub fn is_own(&self, name: &str) -> bool {
        self.own.contains_key(name)
    }

    /// Finds the places in the text of an entry, where it is the project's own.
    pub fn locator(&self, name: &str) -> Option<Locator<'_>> {
        self.own.get(name).map(|own| Locator::of_document(&own.root))
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

/// The names that a file which cannot be read seems to give: its own, and those that its lines say.
fn names_in(file: &Source) -> impl Iterator<Item = String> {
    let said = file.text.lines().filter_map(|line| line.strip_prefix("component:"));
    stem(file).into_iter().chain(said.map(|name| unquoted(name.trim()).to_owned()))
}

/// A name as a line of YAML says it: without quotes, and without a comment behind it.
fn unquoted(text: &str) -> &str {
    let quoted = ['"', '\'']
        .into_iter()
        .find_map(|quote| text.strip_prefix(quote).and_then(|rest| rest.split(quote).next()));
    quoted.unwrap_or_else(|| text.split(" #").next().unwrap_or(text).trim_end())
}

fn stem(file: &Source) -> Option<String> {
    Some(Path::new(&file.path).file_stem()?.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::parameter::Kind as Type;

    #[test]
    fn every_embedded_entry_keeps_the_schema_and_bears_its_name() {
        for (name, text) in EMBEDDED {
            let value: Value = serde_json::from_str(text).unwrap();
            assert_eq!(CHECKER.check(&value), [], "{name}");
            let entry: Entry = serde_json::from_value(value).unwrap();
            assert_eq!(entry.component, *name);
            for (parameter, written) in &entry.parameters {
                assert_eq!(own::contradiction(written), None, "{name}: {parameter}");
            }
            assert_eq!(own::takes_unknown(&entry).next(), None, "{name}");
        }
        assert!(!EMBEDDED.is_empty());
    }

    /// What is asked of a project's own entries is asked of ours.
    #[test]
    fn every_embedded_entry_could_be_a_projects_own() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/catalog/entries");
        let mut sources = Sources::default();
        let ids: Vec<SourceId> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|end| end == "yaml"))
            .map(|path| {
                let text = std::fs::read_to_string(&path).unwrap();
                sources.add(Source::new(path.to_string_lossy(), &text))
            })
            .collect();
        let (catalog, found) = Catalog::read(&sources, &ids);
        assert!(found.is_empty(), "{found:#?}");
        assert_eq!(catalog.own.len(), EMBEDDED.len());
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
                let safe = !matches!(parameter.kind, Type::Text | Type::Url);
                assert!(safe || after.contains("| "), "{name}: {printed}");
            }
        }
    }
}
