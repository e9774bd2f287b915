//! Turns a system into all that somebody must see to before, during and after a deployment: each item is one object or
//! one command that the system really has.

mod after;
mod before;
mod wanted;

pub(super) use before::needs;

use std::fmt::{self, Write as _};

use serde::Serialize;

use crate::map::IndexSet;
use crate::target::documents::steps::Deploying;
use crate::target::documents::system::System;

/// As many items as most systems have.
const ITEMS: usize = 256;

/// What the checklist is rendered from.
#[derive(Serialize)]
pub(super) struct Checklist<'a> {
    header: String,
    system: &'a str,
    environment: &'a str,
    count: usize,
    parts: String,
    /// What of it no deployment can do without.
    #[serde(skip)]
    pub(super) needed: Needed,
}

/// Collects items in Markdown, each once.
#[derive(Default)]
pub(super) struct Items {
    /// The objects and commands that have an item.
    seen: IndexSet<String>,
    /// The title of the section that begins with the next item; empty where one has begun.
    title: String,
    text: String,
    /// Those that no deployment can do without, while such are added.
    needed: Option<Needed>,
}

/// The items that no deployment can do without.
#[derive(Default)]
pub(super) struct Needed {
    pub(super) text: String,
    pub(super) count: usize,
    /// As that of all items.
    title: String,
}

impl Items {
    /// Starts a part.
    fn part(&mut self, title: &str) {
        for part in ["\n## ", title, "\n"] {
            self.text.push_str(part);
        }
    }

    /// Starts a section, which stands where it has items.
    fn section(&mut self, title: impl Into<String>) {
        self.title = title.into();
        if let Some(needed) = &mut self.needed {
            needed.title.clone_from(&self.title);
        }
    }

    /// Adds an item, unless the object or command has one.
    fn add(&mut self, object: impl fmt::Display, item: fmt::Arguments<'_>) {
        let line = self.add_optional(object, item);
        self.need(line);
    }

    /// Says that no deployment can do without the item of that line, where such are added.
    fn need(&mut self, line: Option<usize>) {
        if let (Some(needed), Some(line)) = (&mut self.needed, line) {
            begin(&mut needed.text, &mut needed.title);
            needed.text.push_str(&self.text[line..]);
            needed.count += 1;
        }
    }

    /// As [`Self::add`], for an item that a deployment can do without; gives the place of its line.
    fn add_optional(
        &mut self,
        object: impl fmt::Display,
        item: fmt::Arguments<'_>,
    ) -> Option<usize> {
        self.add_named(&object, item)
    }

    fn add_named(&mut self, object: &dyn fmt::Display, item: fmt::Arguments<'_>) -> Option<usize> {
        let mut name = String::with_capacity(64);
        let _ = write!(name, "{object}");
        if !self.seen.insert(name) {
            return None;
        }
        begin(&mut self.text, &mut self.title);
        let line = self.text.len();
        self.text.push_str("- [ ] ");
        let _ = self.text.write_fmt(item);
        self.text.push('\n');
        Some(line)
    }
}

/// Begins a section, unless it has begun.
fn begin(text: &mut String, title: &mut String) {
    if !title.is_empty() {
        for part in ["\n### ", title, "\n\n"] {
            text.push_str(part);
        }
        title.clear();
    }
}

/// The checklist of a system's main environment.
pub(super) fn checklist<'a>(
    system: &'a System<'a>,
    deploying: &Deploying<'_>,
    header: String,
) -> Checklist<'a> {
    let place = system.main();
    let mut items = Items { text: String::with_capacity(64 << 10), ..Items::default() };
    items.seen.reserve(ITEMS);
    items.part("Before");
    items.needed = Some(Needed { text: String::with_capacity(16 << 10), ..Needed::default() });
    before::part(&mut items, system);
    let needed = items.needed.take().unwrap_or_default();
    items.part("During");
    after::deployment(&mut items, place, deploying);
    items.part("After");
    after::part(&mut items, system);
    Checklist {
        header,
        system: place.model.name.as_str(),
        environment: place.name,
        count: items.seen.len(),
        parts: items.text,
        needed,
    }
}
