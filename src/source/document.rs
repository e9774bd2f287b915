//! Turns YAML text into a tree of nodes that know where they stand.

use serde_json::{Map, Number, Value};

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::{SourceId, Sources, Span, nodes, pointer};

/// How deep a document may nest. Every later pass may recurse over a tree.
pub const MAX_DEPTH: usize = 64;

/// How many keys and values a document may hold, aliases written out.
pub const MAX_NODES: usize = 500_000;

/// A YAML node with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Where the value stands; for an alias, where the alias stands. What lies within an aliased
    /// list or mapping keeps its place at the anchor.
    pub span: Span,
    /// What it is.
    pub kind: Kind,
}

/// The content of a [`Node`].
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// `null`, `~` or nothing.
    Null,
    /// `true` or `false`; `yes` and `on` are strings.
    Bool(bool),
    /// A number; `Sources::slice` has it as it was written, `1.20` for 1.2.
    Number(Number),
    /// A string.
    String(String),
    /// A sequence.
    Sequence(Vec<Node>),
    /// A mapping, in the author's order, without duplicates.
    Mapping(Vec<(Key, Node)>),
}

/// The key of a mapping entry.
#[derive(Debug, Clone, PartialEq)]
pub struct Key {
    /// The key; a number, a boolean or null as it was written.
    pub name: String,
    /// Where it stands.
    pub span: Span,
}

/// What a text holds.
pub(super) struct Composed {
    /// The documents; none if there is nothing but comments.
    pub(super) roots: Vec<Node>,
    /// Whether the text was read to its end.
    pub(super) is_whole: bool,
    /// What is wrong with it.
    pub(super) found: Diagnostics,
}

/// Reads the one mapping that a source holds.
///
/// Aliases and merge keys are written out. Stops at the first syntax error or exceeded limit;
/// duplicate keys and what is unsupported are all reported.
pub fn parse(sources: &Sources, id: SourceId) -> Result<Node, Diagnostics> {
    match read(sources, id) {
        (Some(node), found) if found.is_empty() => Ok(node),
        (_, found) => Err(found),
    }
}

/// As [`parse`], but of keys that are written twice the first one is kept, and the rest read on.
pub fn read(sources: &Sources, id: SourceId) -> (Option<Node>, Diagnostics) {
    let (mut roots, found) = mappings(sources, id, false);
    (roots.pop(), found)
}

/// Reads all mappings that a source holds, a document each.
pub fn parse_all(sources: &Sources, id: SourceId) -> Result<Vec<Node>, Diagnostics> {
    match mappings(sources, id, true) {
        (roots, found) if found.is_empty() => Ok(roots),
        (_, found) => Err(found),
    }
}

/// The mappings in a source, none where anything but keys that are written twice is wrong.
fn mappings(sources: &Sources, id: SourceId, several: bool) -> (Vec<Node>, Diagnostics) {
    let source = sources.get(id);
    let Composed { mut roots, is_whole, mut found } = nodes::build(&source.text, id, several);
    if !is_whole || found.iter().any(|one| one.code != Code::DuplicateKey) {
        return (Vec::new(), found);
    }
    roots.retain(|node| node.kind != Kind::Null);
    if roots.is_empty() {
        let message = format!("`{}` is empty", source.path);
        let empty = Diagnostic::error(Code::EmptyFile, message).in_file(&source.path);
        found.push(empty.help("fill it or remove it"));
    }
    let whole = if several { "document" } else { "file" };
    let others = roots.iter().filter(|node| !matches!(node.kind, Kind::Mapping(_)));
    let others: Vec<Diagnostic> = others
        .map(|node| {
            let message = format!("the {whole} holds {}, not a mapping", node.kind.noun());
            Diagnostic::error(Code::WrongType, message).at(node.span, "expected `key: value`")
        })
        .collect();
    if !others.is_empty() {
        roots.clear();
    }
    found.extend(others);
    (roots, found)
}

impl Kind {
    /// What it is called in messages.
    pub fn noun(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::String(_) => "text",
            Self::Sequence(_) => "a list",
            Self::Mapping(_) => "a mapping",
        }
    }
}

impl Node {
    /// The entries of a mapping; none for what is not one.
    pub fn entries(&self) -> &[(Key, Node)] {
        if let Kind::Mapping(entries) = &self.kind { entries } else { &[] }
    }

    /// The value under a key of a mapping.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|(_, value)| value)
    }

    /// The node that a JSON Pointer leads to.
    pub fn at(&self, pointer: &str) -> Option<&Node> {
        pointer::segments(pointer).try_fold(self, |node, segment| node.child(&segment))
    }

    /// The place of the node that a JSON Pointer leads to, or of its nearest ancestor that exists.
    pub fn span(&self, pointer: &str) -> Span {
        let mut node = self;
        for segment in pointer::segments(pointer) {
            match node.child(&segment) {
                Some(child) => node = child,
                None => break,
            }
        }
        node.span
    }

    /// The place of the key of the entry that a JSON Pointer leads to; list items have none.
    pub fn key_span(&self, pointer: &str) -> Option<Span> {
        let (parent, _) = pointer.rsplit_once('/')?;
        let name = pointer::segments(pointer).last()?;
        self.at(parent)?.entry(&name).map(|(key, _)| key.span)
    }

    /// The same without places.
    pub fn to_value(&self) -> Value {
        self.value_of(&|_| true)
    }

    /// The same without places, and without the entries, at any level, whose key starts with `x-`.
    pub fn without_extensions(&self) -> Value {
        self.value_of(&|key| !key.starts_with("x-"))
    }

    fn value_of(&self, keeps: &dyn Fn(&str) -> bool) -> Value {
        match &self.kind {
            Kind::Null => Value::Null,
            Kind::Bool(flag) => Value::Bool(*flag),
            Kind::Number(number) => Value::Number(number.clone()),
            Kind::String(text) => Value::String(text.clone()),
            Kind::Sequence(items) => {
                Value::Array(items.iter().map(|item| item.value_of(keeps)).collect())
            }
            Kind::Mapping(entries) => {
                let mut map = Map::with_capacity(entries.len());
                for (key, value) in entries.iter().filter(|(key, _)| keeps(&key.name)) {
                    map.insert(key.name.clone(), value.value_of(keeps));
                }
                Value::Object(map)
            }
        }
    }

    fn entry(&self, key: &str) -> Option<&(Key, Node)> {
        self.entries().iter().find(|(found, _)| found.name == key)
    }

    fn child(&self, segment: &str) -> Option<&Node> {
        match &self.kind {
            Kind::Sequence(items) => items.get(segment.parse::<usize>().ok()?),
            _ => self.get(segment),
        }
    }
}

#[cfg(test)]
mod tests;
