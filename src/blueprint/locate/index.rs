//! Turns the nodes of a text into the positions of the parts of its large mappings and lists.

use std::collections::{BTreeMap, BTreeSet};

use crate::source::Span;
use crate::source::document::{Kind, Node};

/// Where the parts of large mappings and lists stand, so that looking one up takes no longer than in a small one.
#[derive(Debug, Clone, Default)]
pub struct Index {
    large: BTreeMap<Span, Large>,
    /// The variables that are referred to outside of `environments`.
    pub(super) referred: BTreeSet<String>,
}

/// Where the parts of one mapping or list stand.
#[derive(Debug, Clone, Default)]
pub(super) struct Large {
    /// By the names of entries, or by what items are short for.
    pub(super) named: BTreeMap<String, usize>,
    /// Entries whose names hold references.
    pub(super) referring: Vec<usize>,
}

/// Mappings and lists with fewer parts are looked through.
pub(super) const LARGE: usize = 32;

impl Index {
    /// Looks at all mappings and lists of a text.
    pub fn of(root: &Node) -> Self {
        let mut index = Self::default();
        index.add(root);
        let sections = root.entries().iter().filter(|(key, _)| key.name != "environments");
        sections.for_each(|(_, node)| referred(node, &mut index.referred));
        index
    }

    /// The parts of the mapping or list there, if it is large.
    pub(super) fn get(&self, place: Span) -> Option<&Large> {
        self.large.get(&place)
    }

    fn add(&mut self, node: &Node) {
        match &node.kind {
            Kind::Mapping(entries) => {
                if entries.len() >= LARGE {
                    let names = entries.iter().map(|(key, _)| key.name.as_str()).enumerate();
                    let index = names.clone().map(|(at, name)| (name.to_owned(), at)).collect();
                    let referring = names.filter(|(_, name)| name.contains('$'));
                    let referring = referring.map(|(at, _)| at).collect();
                    self.large.insert(node.span, Large { named: index, referring });
                }
                for (_, value) in entries {
                    self.add(value);
                }
            }
            Kind::Sequence(items) => {
                if items.len() >= LARGE {
                    // Of two of one name the first counts.
                    let names = items.iter().enumerate().rev();
                    let names = names.filter_map(|(at, item)| Some((short(item)?.to_owned(), at)));
                    let large = Large { named: names.collect(), referring: Vec::new() };
                    self.large.insert(node.span, large);
                }
                for item in items {
                    self.add(item);
                }
            }
            _ => {}
        }
    }
}

/// Collects the names in `${var.NAME}` in all keys and values.
pub(super) fn referred(node: &Node, found: &mut BTreeSet<String>) {
    match &node.kind {
        Kind::String(text) if text.contains('$') => found.extend(names(text)),
        Kind::Sequence(items) => items.iter().for_each(|item| referred(item, found)),
        Kind::Mapping(entries) => {
            for (key, value) in entries {
                if key.name.contains('$') {
                    found.extend(names(&key.name));
                }
                referred(value, found);
            }
        }
        Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::String(_) => {}
    }
}

fn names(text: &str) -> impl Iterator<Item = String> {
    let after = text.split("${var.").skip(1);
    after.filter_map(|rest| rest.split_once('}')).map(|(name, _)| name.to_owned())
}

/// The name of the entry that an item is short for.
pub(super) fn short(item: &Node) -> Option<&str> {
    match &item.kind {
        Kind::String(text) => Some(text.strip_suffix('?').unwrap_or(text)),
        _ => None,
    }
}
