//! Collects what texts come to and ask for once their references are resolved.

use crate::map::{IndexMap, IndexSet};
use crate::model::Text;
use crate::value::{ContainerPath, Name, VariableName};

/// The ports of services that texts name.
pub(in crate::resolve) type Reached = IndexMap<Name, Vec<u16>>;

/// A resolved text, the variables that it wants to be read as files, and the ports that it names.
#[derive(Debug, Clone, Default)]
pub(in crate::resolve) struct Resolved {
    /// The text.
    pub(in crate::resolve) text: Text,
    /// The variables whose files' paths it holds.
    pub(in crate::resolve) files: IndexMap<VariableName, ContainerPath>,
    /// The ports of services that it names.
    pub(in crate::resolve) reached: Reached,
    /// Whether a reference in it stands for nothing here: what holds the text is left out.
    pub(in crate::resolve) absent: bool,
    /// The services beside tests that it names.
    pub(in crate::resolve) beside: IndexSet<Name>,
}

impl Resolved {
    /// Takes another text, and what it asks for, to its end.
    pub(super) fn add(&mut self, other: Self) {
        self.text.push(&other.text);
        self.absent |= other.absent;
        join(&mut self.reached, other.reached);
        // Most ask for nothing.
        if !other.files.is_empty() {
            self.files.extend(other.files);
        }
        if !other.beside.is_empty() {
            self.beside.extend(other.beside);
        }
    }
}

/// What the texts of a service ask for beside what they say.
#[derive(Debug, Clone, Default)]
pub(in crate::resolve) struct Found {
    /// The variables that are read as files, and where.
    pub(in crate::resolve) files: IndexMap<VariableName, ContainerPath>,
    /// The ports of services that they name.
    pub(in crate::resolve) reached: Reached,
}

impl Found {
    /// Takes down what a text asks for, and gives the text.
    pub(in crate::resolve) fn take(&mut self, resolved: Resolved) -> Text {
        // Most ask for nothing.
        if !resolved.files.is_empty() {
            self.files.extend(resolved.files);
        }
        self.reach(resolved.reached);
        resolved.text
    }

    /// Takes down ports of services.
    pub(in crate::resolve) fn reach(&mut self, reached: Reached) {
        join(&mut self.reached, reached);
    }
}

/// Adds ports to those that are named already.
fn join(known: &mut Reached, others: Reached) {
    if known.is_empty() {
        *known = others;
        return;
    }
    if others.is_empty() {
        return;
    }
    for (service, ports) in others {
        known.entry(service).or_default().extend(ports);
    }
}
