//! Turns what a document costs in memory into a refusal once it is too much.

use super::super::document::{Kind, MAX_DEPTH, MAX_NODES, Node};
use super::super::load::MAX_BYTES;
use super::Stop;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;

/// How much text the keys and values may hold, aliases written out.
const MAX_TEXT: u64 = 2 * MAX_BYTES;

/// What a node costs, with all that lies within it.
#[derive(Clone, Copy, Default)]
pub(super) struct Weight {
    pub nodes: usize,
    pub text: usize,
    /// How many levels of lists and mappings it has.
    pub depth: usize,
}

impl Weight {
    pub(super) fn of(node: &Node) -> Self {
        match &node.kind {
            Kind::Null | Kind::Bool(_) | Kind::Number(_) => Self { nodes: 1, text: 0, depth: 0 },
            Kind::String(text) => Self { nodes: 1, text: text.len(), depth: 0 },
            Kind::Sequence(items) => Self::around(items.iter()),
            Kind::Mapping(entries) => {
                let mut weight = Self::around(entries.iter().map(|(_, value)| value));
                weight.nodes += entries.len();
                weight.text += entries.iter().map(|(key, _)| key.name.len()).sum::<usize>();
                weight
            }
        }
    }

    fn around<'n>(children: impl Iterator<Item = &'n Node>) -> Self {
        let inner = children.map(Self::of).fold(Self::default(), |sum, child| Self {
            nodes: sum.nodes + child.nodes,
            text: sum.text + child.text,
            depth: sum.depth.max(child.depth),
        });
        Self { nodes: inner.nodes + 1, depth: inner.depth + 1, ..inner }
    }
}

/// What was spent so far.
#[derive(Default)]
pub(super) struct Budget {
    nodes: usize,
    text: usize,
}

impl Budget {
    /// Pays for something that is put `below` so many levels.
    pub(super) fn charge(&mut self, weight: Weight, below: usize, span: Span) -> Result<(), Stop> {
        self.nodes += weight.nodes;
        self.text += weight.text;
        let message = if below + weight.depth > MAX_DEPTH {
            format!("the document nests deeper than {MAX_DEPTH} levels")
        } else if self.nodes > MAX_NODES {
            format!("the document has more than {MAX_NODES} keys and values")
        } else if self.text as u64 > MAX_TEXT {
            format!("the document expands to more than {} MiB of text", MAX_TEXT / 1024 / 1024)
        } else {
            return Ok(());
        };
        Err(Box::new(Diagnostic::error(Code::TooLarge, message).at(span, "the limit is here")))
    }
}
