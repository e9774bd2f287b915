//! Turns the nodes of a text into the positions of the parts of its large mappings and lists.

use std::collections::BTreeMap;

use crate::source::Span;
use crate::source::document::{Kind, Node};

/// Where the parts of large mappings and lists stand, so that looking one up takes no longer than in a small one.
#[derive(Debug, Clone, Default)]
pub struct Index(BTreeMap<Span, Large>);

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
        index
    }

    /// The parts of the mapping or list there, if it is large.
    pub(super) fn get(&self, place: Span) -> Option<&Large> {
        self.0.get(&place)
    }

    fn add(&mut self, node: &Node) {
        match &node.kind {
            Kind::Mapping(entries) => {
                if entries.len() >= LARGE {
                    let names = entries.iter().map(|(key, _)| key.name.as_str()).enumerate();
                    let named = names.clone().map(|(at, name)| (name.to_owned(), at)).collect();
                    let referring = names.filter(|(_, name)| name.contains('$'));
                    let referring = referring.map(|(at, _)| at).collect();
                    self.0.insert(node.span, Large { named, referring });
                }
                entries.iter().for_each(|(_, value)| self.add(value));
            }
            Kind::Sequence(items) => {
                if items.len() >= LARGE {
                    // Of two of one name the first counts.
                    let names = items.iter().enumerate().rev();
                    let names = names.filter_map(|(at, item)| Some((short(item)?.to_owned(), at)));
                    let large = Large { named: names.collect(), referring: Vec::new() };
                    self.0.insert(node.span, large);
                }
                items.iter().for_each(|item| self.add(item));
            }
            _ => {}
        }
    }
}

/// The name of the entry that an item is short for.
pub(super) fn short(item: &Node) -> Option<&str> {
    match &item.kind {
        Kind::String(text) => Some(text.strip_suffix('?').unwrap_or(text)),
        _ => None,
    }
}
