//! Turns a system into all that somebody must see to before, during and after a deployment: each item is one object or
//! one command that the system really has.

mod after;
mod before;

pub(super) use before::needs;

use std::collections::BTreeSet;

use serde::Serialize;

use crate::target::documents::system::System;

/// What the checklist is rendered from.
#[derive(Serialize)]
pub(super) struct Checklist<'a> {
    header: String,
    system: &'a str,
    environment: &'a str,
    count: usize,
    parts: Vec<Part>,
}

/// A part of a checklist.
#[derive(Serialize)]
pub(super) struct Part {
    pub(super) title: &'static str,
    pub(super) sections: Vec<Section>,
}

/// Items that belong together, in Markdown.
#[derive(Serialize)]
pub(super) struct Section {
    pub(super) title: String,
    pub(super) items: Vec<String>,
}

/// Collects items, each once.
#[derive(Default)]
pub(super) struct Items {
    /// The objects and commands that have an item.
    seen: BTreeSet<String>,
    sections: Vec<Section>,
}

impl Items {
    /// Starts a section.
    fn section(&mut self, title: impl Into<String>) {
        self.sections.push(Section { title: title.into(), items: Vec::new() });
    }

    /// Adds an item, unless the object or command has one.
    fn add(&mut self, object: impl Into<String>, item: impl Into<String>) {
        if self.seen.insert(object.into())
            && let Some(section) = self.sections.last_mut()
        {
            section.items.push(item.into());
        }
    }

    /// The sections that have items, as a part.
    fn part(&mut self, title: &'static str) -> Part {
        let mut sections = std::mem::take(&mut self.sections);
        sections.retain(|section| !section.items.is_empty());
        Part { title, sections }
    }
}

/// How much is asked of the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Settings {
    /// Every variable that the operator sets.
    All,
    /// Those that have no value to begin with.
    Required,
}

/// The checklist of a system's main environment.
pub(super) fn checklist<'a>(system: &'a System<'a>, header: String) -> Checklist<'a> {
    let place = system.main();
    let mut items = Items::default();
    let parts = vec![
        before::part(&mut items, system, Settings::All),
        after::deployment(&mut items, system),
        after::part(&mut items, system),
    ];
    let sections = parts.iter().flat_map(|part| &part.sections);
    Checklist {
        header,
        system: place.model.name.as_str(),
        environment: place.name,
        count: sections.map(|section| section.items.len()).sum(),
        parts,
    }
}

/// What must be seen to before a deployment.
pub(super) fn before(system: &System<'_>) -> Vec<Section> {
    before::part(&mut Items::default(), system, Settings::Required).sections
}
