//! Turns the text of a blueprint and an addition into the text with it: nothing is taken away, and nothing moves.

mod layout;
mod render;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value};

use crate::source::document::{Key, Kind, Node};
use crate::source::{Source, Span, pointer};
use layout::Text;
use render::{block, entry, flow, flow_key};

/// Something to be added to a blueprint.
#[derive(Debug, Clone, PartialEq)]
pub enum Addition {
    /// An entry of the mapping at a pointer, which is made where it is not there.
    Entry {
        /// The mapping.
        at: String,
        /// The key.
        key: String,
        /// The value.
        value: Value,
    },
    /// An item of the list at a pointer, which is there.
    Item {
        /// The list.
        at: String,
        /// The item.
        value: Value,
    },
}

/// A text to be put in at a place, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Insertion {
    /// The byte before which it stands.
    pub at: usize,
    /// The text, with LF line ends.
    pub text: String,
}

/// Why an addition has no place in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unplaced {
    /// What stands in the way.
    pub why: &'static str,
    /// Where.
    pub place: Span,
}

/// The sections of a blueprint in the order in which they are best read.
const ORDER: &[&str] = &[
    "blueprint",
    "name",
    "description",
    "include",
    "output",
    "environments",
    "images",
    "services",
    "external",
    "routes",
    "edge",
    "variables",
    "volumes",
    "networks",
    "monitoring",
];

impl Addition {
    /// An entry of a mapping.
    pub fn entry(at: impl Into<String>, key: impl Into<String>, value: Value) -> Self {
        Self::Entry { at: at.into(), key: key.into(), value }
    }

    /// The mapping or list that it is added to.
    pub fn container(&self) -> &str {
        match self {
            Self::Entry { at, .. } | Self::Item { at, .. } => at,
        }
    }

    /// Adds it to a tree without places: what the text must be read as afterwards.
    pub fn apply(&self, value: &mut Value) {
        match self {
            Self::Entry { at, key, value: new } => {
                if let Value::Object(map) = made(value, at) {
                    map.insert(key.clone(), new.clone());
                }
            }
            Self::Item { at, value: new } => {
                let Some(place) = value.pointer_mut(at) else { return };
                if let Value::Array(items) = place {
                    items.push(new.clone());
                }
            }
        }
    }

    /// Where it goes in a text, and how it is written there: as its neighbours are.
    ///
    /// # Errors
    /// When there is no place for it.
    pub fn place(&self, source: &Source, root: &Node) -> Result<Insertion, Unplaced> {
        let text = Text { source, root };
        match self {
            Self::Item { at, value } => text.item(at, value),
            Self::Entry { at, key, value } => text.entry(at, key, value),
        }
    }
}

/// The mapping at a pointer; what is not there, or empty, is made.
fn made<'v>(value: &'v mut Value, at: &str) -> &'v mut Value {
    pointer::segments(at).fold(value, |value, segment| {
        if value.is_null() {
            *value = Value::Object(Map::new());
        }
        let next = &mut value[segment.as_ref()];
        if next.is_null() {
            *next = Value::Object(Map::new());
        }
        next
    })
}

impl Text<'_> {
    fn entry(&self, at: &str, key: &str, value: &Value) -> Result<Insertion, Unplaced> {
        let Some(container) = self.root.at(at) else {
            // What is not there is made together with what goes into it.
            let (above, name) = at.rsplit_once('/').unwrap_or(("", at));
            let name =
                pointer::segments(&format!("/{name}")).next().unwrap_or_default().into_owned();
            return self.entry(
                above,
                &name,
                &Value::Object([(key.to_owned(), value.clone())].into_iter().collect()),
            );
        };
        let unplaced = |why| Err(Unplaced { why, place: container.span });
        let written = self.slice(container.span);
        let own = Self::own(container);
        match &container.kind {
            Kind::Mapping(_) if written.starts_with('{') => {
                let end = |key: &Key, value: &Node| key.span.end.max(value.span.end);
                let last = own.last().map(|(key, value)| (key.span.start, end(key, value)));
                let new = format!("{}: {}", flow_key(key), flow(value));
                self.in_brackets(container, last, &new)
            }
            Kind::Mapping(_) if own.is_empty() || written.starts_with(['*', '&', '!']) => {
                unplaced("is an alias, or has an anchor or a tag")
            }
            Kind::Mapping(_) => Ok(self.in_block(at, &own, key, value)),
            Kind::Null if written.is_empty() => match self.root.key_span(at) {
                Some(above) => Ok(self.below(above, key, value)),
                None => unplaced("is empty"),
            },
            _ => unplaced("is no mapping"),
        }
    }

    fn item(&self, at: &str, value: &Value) -> Result<Insertion, Unplaced> {
        let Some(container) = self.root.at(at) else {
            return Err(Unplaced { why: "is not there", place: self.root.span(at) });
        };
        let Kind::Sequence(items) = &container.kind else {
            return Err(Unplaced { why: "is no list", place: container.span });
        };
        let written = self.slice(container.span);
        match items.last().map(|item| (item.span.start, item.span.end)) {
            last if written.starts_with('[') => self.in_brackets(container, last, &flow(value)),
            Some((_, last)) if written.starts_with('-') => {
                let indent = self.column(container.span.start);
                let text = format!("\n{}- {}", " ".repeat(indent), flow(value));
                Ok(Insertion { at: self.end_of(last, indent.max(1)), text })
            }
            _ => Err(Unplaced {
                why: "is an alias, or has an anchor or a tag",
                place: container.span,
            }),
        }
    }

    /// The entries that stand in the text of a mapping: those merged in stand elsewhere.
    fn own(container: &Node) -> Vec<&(Key, Node)> {
        let within = |key: &Key| {
            key.span.source == container.span.source
                && key.span.start >= container.span.start
                && key.span.end <= container.span.end
        };
        container.entries().iter().filter(|(key, _)| within(key)).collect()
    }

    /// Before the closing bracket, behind a comma where something stands before.
    fn in_brackets(
        &self,
        container: &Node,
        last: Option<(u32, u32)>,
        new: &str,
    ) -> Result<Insertion, Unplaced> {
        let (start, end) = (container.span.start as usize, container.span.end as usize);
        let Some((first, last)) = last.map(|(first, last)| (first, last as usize)) else {
            let inside = self.source.text.get(start + 1..end.saturating_sub(1)).unwrap_or_default();
            let text = match inside {
                "" if self.slice(container.span).starts_with('{') => format!(" {new} "),
                "" => new.to_owned(),
                _ if inside.trim().is_empty() && inside.contains('\n') => {
                    format!("\n{}{new}", " ".repeat(self.line_indent(start) + self.step()))
                }
                // The blanks that are there stand behind it.
                _ => format!(" {new}"),
            };
            return Ok(Insertion { at: start + 1, text });
        };
        let rest = self.source.text.get(last..end.saturating_sub(1)).unwrap_or_default();
        let starts_a_line = self.line_indent(first as usize) == self.column(first);
        let separator = if starts_a_line {
            format!("\n{}", " ".repeat(self.column(first)))
        } else if rest.contains('\n') {
            let indent = self.line_indent(last);
            format!("\n{}", " ".repeat(indent))
        } else {
            " ".to_owned()
        };
        match rest.trim() {
            "" => Ok(Insertion { at: last, text: format!(",{separator}{new}") }),
            "," => {
                let comma = last + rest.find(',').unwrap_or(0) + 1;
                Ok(Insertion { at: comma, text: format!("{separator}{new}") })
            }
            // A comment behind the last entry would swallow what follows it on its line.
            _ => Err(Unplaced { why: "ends in a comment", place: container.span }),
        }
    }

    /// Below the neighbour that it goes behind, indented and written as that is.
    fn in_block(&self, at: &str, own: &[&(Key, Node)], key: &str, value: &Value) -> Insertion {
        let mut before = own.len() - 1;
        if at.is_empty() {
            let rank = |name: &str| ORDER.iter().position(|one| *one == name);
            let lower = |(found, _): &&(Key, Node)| {
                rank(&found.name).is_some_and(|one| Some(one) < rank(key))
            };
            before = own.iter().rposition(lower).unwrap_or(before);
        }
        let neighbour = own[before];
        let indent = self.column(neighbour.0.span.start);
        let end = neighbour.0.span.end.max(neighbour.1.span.end);
        let style = self.style(own, value);
        let apart = self.is_apart(own, before);
        let text = entry(key, value, style, indent, self.step());
        let gap = if apart { "\n\n" } else { "\n" };
        Insertion { at: self.end_of(end, indent.max(1)), text: format!("{gap}{text}") }
    }

    /// Below a key that has no value yet.
    fn below(&self, above: Span, key: &str, value: &Value) -> Insertion {
        let indent = self.column(above.start) + self.step();
        let text = block(key, value, indent, self.step());
        Insertion { at: self.end_of(above.end, indent), text: format!("\n{text}") }
    }
}

/// Puts an insertion into a text as it is on disk: a byte order mark and CRLF line ends stay, and the new lines end as
/// the others do.
pub fn insert(raw: &str, insertion: &Insertion) -> String {
    let mark = if raw.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let body = &raw[mark..];
    // The place is counted in the text with LF line ends.
    let (mut at, mut left) = (0, insertion.at);
    for line in body.split_inclusive('\n') {
        let dropped = usize::from(line.ends_with("\r\n"));
        let counted = line.len() - dropped;
        if left < counted {
            break;
        }
        at += line.len();
        left -= counted;
    }
    let at = mark + at + left;
    let crlf = body.matches("\r\n").count() * 2 > body.matches('\n').count();
    let text = if crlf { insertion.text.replace('\n', "\r\n") } else { insertion.text.clone() };
    format!("{}{text}{}", &raw[..at], &raw[at..])
}
