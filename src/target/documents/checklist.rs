//! Turns a system into all that somebody must see to before, during and after a deployment: each item is one object or
//! one command that the system really has.

mod after;
mod before;

pub(super) use before::needs;

use std::fmt::{self, Write as _};

use serde::Serialize;

use crate::map::IndexSet;
use crate::target::documents::system::System;

/// What the checklist is rendered from.
#[derive(Serialize)]
pub(super) struct Checklist<'a> {
    header: String,
    system: &'a str,
    environment: &'a str,
    count: usize,
    parts: String,
}

/// Collects items in Markdown, each once.
#[derive(Default)]
pub(super) struct Items {
    /// The objects and commands that have an item.
    seen: IndexSet<String>,
    /// The title of the section that begins with the next item; empty where one has begun.
    title: String,
    text: String,
}

impl Items {
    /// Starts a part.
    fn part(&mut self, title: &str) {
        self.text.push_str(&format!("\n## {title}\n"));
    }

    /// Starts a section, which stands where it has items.
    fn section(&mut self, title: impl Into<String>) {
        self.title = title.into();
    }

    /// Adds an item, unless the object or command has one.
    fn add(&mut self, object: impl Into<String>, item: impl fmt::Display) {
        if !self.seen.insert(object.into()) {
            return;
        }
        if !self.title.is_empty() {
            for part in ["\n### ", &self.title, "\n\n"] {
                self.text.push_str(part);
            }
            self.title.clear();
        }
        let _ = writeln!(self.text, "- [ ] {item}");
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
    let mut items = Items { text: String::with_capacity(64 << 10), ..Items::default() };
    items.part("Before");
    before::part(&mut items, system, Settings::All);
    items.part("During");
    after::deployment(&mut items, system);
    items.part("After");
    after::part(&mut items, system);
    Checklist {
        header,
        system: place.model.name.as_str(),
        environment: place.name,
        count: items.seen.len(),
        parts: items.text,
    }
}

/// What must be seen to before a deployment, and how many things that are.
pub(super) fn before(system: &System<'_>) -> (String, usize) {
    let mut items = Items::default();
    before::part(&mut items, system, Settings::Required);
    (items.text, items.seen.len())
}
