//! Turns a place in a merged blueprint back into the place in the author's text.

use crate::blueprint::read::Written;
use crate::source::Span;
use crate::source::document::Node;
use crate::value::Name;

/// Finds where the parts of one environment's blueprint were written.
#[derive(Debug, Clone, Copy)]
pub struct Locator<'a> {
    root: &'a Node,
    over: Option<&'a Node>,
}

impl<'a> Locator<'a> {
    /// A locator for one environment; `None` for the blueprint as it is without overrides.
    pub fn new(written: &'a Written, environment: Option<&Name>) -> Self {
        let root = &written.root;
        let over = environment
            .and_then(|name| root.get("environments")?.get(name.as_str())?.get("override"));
        Self { root, over }
    }

    /// A locator for a text that is no blueprint, such as a catalogue entry.
    pub fn of_document(root: &'a Node) -> Self {
        Self { root, over: None }
    }

    /// The value at that pointer, or the nearest thing round it: what an override says comes first.
    pub fn value(&self, pointer: &str) -> Span {
        match self.over.and_then(|over| over.at(pointer)) {
            Some(node) => node.span,
            None => self.deepest(pointer),
        }
    }

    /// The key of the entry at that pointer, or the nearest thing round it.
    pub fn key(&self, pointer: &str) -> Span {
        let over = self.over.and_then(|over| over.key_span(pointer));
        over.or_else(|| self.root.key_span(pointer)).unwrap_or_else(|| self.deepest(pointer))
    }

    /// The deepest of the two texts' nodes on the way to a pointer; the override's where both go as deep.
    fn deepest(&self, pointer: &str) -> Span {
        let mut best = (0, self.root.span);
        for (offset, node) in [(0, Some(self.root)), (1, self.over)] {
            let Some(node) = node else { continue };
            let (depth, span) = walk(node, pointer);
            if depth > 0 && depth * 2 + offset >= best.0 {
                best = (depth * 2 + offset, span);
            }
        }
        best.1
    }
}

/// How many segments of the pointer exist, and where the last of them stands.
fn walk(root: &Node, pointer: &str) -> (usize, Span) {
    let mut depth = 0;
    let mut found = root.span;
    let ends = pointer.match_indices('/').map(|(at, _)| at).skip(1).chain([pointer.len()]);
    for end in ends.filter(|end| *end > 0) {
        match root.at(&pointer[..end]) {
            Some(node) => {
                depth += 1;
                // A mapping's span covers all of it: its key says the same and is shorter.
                found = root.key_span(&pointer[..end]).unwrap_or(node.span);
            }
            None => break,
        }
    }
    (depth, found)
}
