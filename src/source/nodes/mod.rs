//! Turns the events of the YAML parser into a tree of nodes, within limits on depth and size.
//!
//! The parser is the one within `serde_saphyr`. Its events are used rather than its `Spanned`
//! because they hold what messages need: where a mapping ends, where the first of two equal keys
//! stands, how a key was written, and the byte at which a syntax error was found.

mod budget;
mod mapping;
mod place;
mod tag;

use std::collections::BTreeMap;
use std::ops::Range;

use serde_saphyr::granit_parser::{self as granit, Event, Parser, ScalarStyle, StructureStyle};

use super::document::{Composed, Key, Kind, MAX_DEPTH, Node};
use super::{SourceId, Span, offset, syntax};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use budget::{Budget, Weight};

/// More faults than this in one file help nobody.
const MAX_FOUND: usize = 100;

/// Reads the documents in a text, of which there may be several or one at most.
pub(super) fn build(text: &str, id: SourceId, several: bool) -> Composed {
    let mut builder = Builder::new(text, id, several);
    let stop = builder.run().err();
    let is_whole = stop.is_none();
    let mut all = Diagnostics::default();
    all.extend(builder.found);
    all.extend(stop.map(|stop| *stop));
    Composed { roots: builder.roots, is_whole, found: all }
}

/// A fault after which the rest of the text cannot be read.
type Stop = Box<Diagnostic>;

struct Builder<'a> {
    text: &'a str,
    id: SourceId,
    roots: Vec<Node>,
    several: bool,
    stack: Vec<Frame>,
    /// The finished nodes that have an anchor, and how much each weighs.
    anchors: BTreeMap<usize, (Node, Weight)>,
    spent: Budget,
    /// The bytes of the last event that had any.
    last: Range<usize>,
    /// The bytes of the tag of the event at hand.
    tag: Range<usize>,
    found: Vec<Diagnostic>,
}

/// A list or mapping that has begun and not ended.
struct Frame {
    start: usize,
    style: StructureStyle,
    anchor: usize,
    content: Content,
}

enum Content {
    Sequence(Vec<Node>),
    Mapping { entries: Vec<(Key, Node)>, key: Option<Key>, merge: Option<usize> },
}

impl<'a> Builder<'a> {
    fn new(text: &'a str, id: SourceId, several: bool) -> Self {
        Self {
            text,
            id,
            roots: Vec::new(),
            several,
            stack: Vec::new(),
            anchors: BTreeMap::new(),
            spent: Budget::default(),
            last: 0..0,
            tag: 0..0,
            found: Vec::new(),
        }
    }

    fn run(&mut self) -> Result<(), Stop> {
        let mut options = granit::options! {
            flow_nesting_limit: MAX_DEPTH + 1,
            block_nesting_limit: MAX_DEPTH + 1,
        };
        options.set_emit_comments(false);
        for event in Parser::new_from_str_with_options(self.text, options) {
            let (event, place) = event.map_err(|error| Box::new(self.explain(&error)))?;
            let bytes = self.bytes(place.start)..self.bytes(place.end);
            if let Some(tag) = place.tag_span() {
                self.tag = self.bytes(tag.start)..self.bytes(tag.end);
            }
            self.take(event, bytes.clone())?;
            if !bytes.is_empty() {
                self.last = bytes;
            }
        }
        Ok(())
    }

    fn take(&mut self, event: Event<'_>, bytes: Range<usize>) -> Result<(), Stop> {
        match event {
            Event::DocumentStart(..) => return self.begin(bytes),
            Event::Scalar(text, style, anchor, tag) => {
                let span = self.span(place::scalar(self.text, &bytes, style, self.last.end));
                self.charge(Weight { nodes: 1, text: text.len(), depth: 0 }, span)?;
                let missing = bytes.is_empty() && style == ScalarStyle::Plain;
                let text = if missing { "" } else { &text };
                if text.contains('\0') {
                    let found =
                        Diagnostic::error(Code::UnsupportedYaml, "a text holds a NUL character");
                    self.report(found.at(span, "no program takes it").help("leave `\\0` out"));
                }
                let plain = style == ScalarStyle::Plain;
                let kind = self.value(text, plain, tag.as_deref(), span);
                self.scalar(Node { span, kind }, text, plain, anchor)?;
            }
            Event::Alias(anchor) => self.alias(anchor, self.span(bytes))?,
            Event::SequenceStart(style, anchor, tag) => {
                let start = place::sequence(self.text, bytes.start, self.last.end);
                self.check_tag("seq", tag.as_deref());
                self.open(start, style, anchor, Content::Sequence(Vec::new()))?;
            }
            Event::MappingStart(style, anchor, tag) => {
                self.check_tag("map", tag.as_deref());
                let content = Content::Mapping { entries: Vec::new(), key: None, merge: None };
                self.open(bytes.start, style, anchor, content)?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(bytes.end)?,
            _ => {}
        }
        Ok(())
    }

    fn begin(&mut self, bytes: Range<usize>) -> Result<(), Stop> {
        if self.roots.is_empty() || self.several {
            return Ok(());
        }
        let found = Diagnostic::error(Code::SyntaxError, "the file holds more than one document")
            .at(self.span(bytes), "a second one starts here")
            .help("keep each in a file of its own");
        Err(Box::new(found))
    }

    /// Places a scalar, as a key where a key is due.
    fn scalar(&mut self, node: Node, text: &str, plain: bool, anchor: usize) -> Result<(), Stop> {
        self.keep(anchor, &node)?;
        if let Some(Frame { content: Content::Mapping { entries, key, merge }, .. }) =
            self.stack.last_mut()
            && key.is_none()
        {
            if text == "<<" && plain {
                *merge = Some(entries.len());
            }
            let name = match node.kind {
                Kind::String(name) if name == text => name,
                _ => text.to_owned(),
            };
            *key = Some(Key { name, span: node.span });
            return Ok(());
        }
        self.place(node);
        Ok(())
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Result<(), Stop> {
        let Some(weight) = self.anchors.get(&anchor).map(|(_, weight)| *weight) else {
            let message = "an alias stands within the node that its anchor names";
            self.report(Diagnostic::error(Code::UnsupportedYaml, message).at(span, ""));
            self.place(Node { span, kind: Kind::Null });
            return Ok(());
        };
        self.charge(weight, span)?;
        if let Some(kind) = self.anchors.get(&anchor).map(|(node, _)| node.kind.clone()) {
            self.place(Node { span, kind });
        }
        Ok(())
    }

    fn open(
        &mut self,
        start: usize,
        style: StructureStyle,
        anchor: usize,
        content: Content,
    ) -> Result<(), Stop> {
        let span = self.span(start..start);
        self.charge(Weight { nodes: 1, text: 0, depth: 1 }, span)?;
        self.stack.push(Frame { start, style, anchor, content });
        Ok(())
    }

    fn close(&mut self, end: usize) -> Result<(), Stop> {
        let Some(Frame { start, style, anchor, content }) = self.stack.pop() else {
            return Ok(());
        };
        let (last, kind) = match content {
            Content::Sequence(items) => {
                (items.last().map(|item| item.span.end), Kind::Sequence(items))
            }
            Content::Mapping { entries, merge, .. } => {
                let last = entries.last().map(|(key, value)| key.span.end.max(value.span.end));
                let twice = mapping::duplicates(&entries);
                let mut entries = self.merged(entries, merge);
                if !twice.is_empty() {
                    mapping::keep_first(&mut entries);
                }
                for found in twice {
                    self.report(found);
                }
                (last, Kind::Mapping(entries))
            }
        };
        // In block style the parser tells only where the next thing starts.
        let end = match (style, last) {
            (StructureStyle::Block, Some(last)) => last,
            _ => offset(end),
        };
        let node = Node { span: Span { source: self.id, start: offset(start), end }, kind };
        self.keep(anchor, &node)?;
        self.place(node);
        Ok(())
    }

    fn merged(&mut self, entries: Vec<(Key, Node)>, merge: Option<usize>) -> Vec<(Key, Node)> {
        let Some(merge) = merge else { return entries };
        mapping::merged(entries, merge).unwrap_or_else(|found| {
            self.report(found);
            Vec::new()
        })
    }

    /// Puts a finished node where it belongs.
    fn place(&mut self, node: Node) {
        match self.stack.last_mut().map(|frame| &mut frame.content) {
            None => self.roots.push(node),
            Some(Content::Sequence(items)) => items.push(node),
            Some(Content::Mapping { entries, key, .. }) => {
                if let Some(key) = key.take() {
                    entries.push((key, node));
                    return;
                }
                let name = mapping::key_name(&node.kind);
                *key = Some(Key { name: name.clone().unwrap_or_default(), span: node.span });
                if name.is_none() {
                    let message = format!("{} cannot be a key", node.kind.noun());
                    let found = Diagnostic::error(Code::UnsupportedYaml, message);
                    self.report(found.at(node.span, ""));
                }
            }
        }
    }

    /// Remembers a node under its anchor.
    fn keep(&mut self, anchor: usize, node: &Node) -> Result<(), Stop> {
        if anchor != 0 {
            let weight = Weight::of(node);
            self.charge(Weight { depth: 0, ..weight }, node.span)?;
            self.anchors.insert(anchor, (node.clone(), weight));
        }
        Ok(())
    }

    fn charge(&mut self, weight: Weight, span: Span) -> Result<(), Stop> {
        self.spent.charge(weight, self.stack.len(), span)
    }

    fn report(&mut self, found: Diagnostic) {
        if self.found.len() < MAX_FOUND {
            self.found.push(found);
        }
    }

    fn bytes(&self, marker: granit::Marker) -> usize {
        let at = marker.byte_offset().unwrap_or(self.text.len()).min(self.text.len());
        (0..=at).rev().find(|at| self.text.is_char_boundary(*at)).unwrap_or(0)
    }

    fn span(&self, bytes: Range<usize>) -> Span {
        Span { source: self.id, start: offset(bytes.start), end: offset(bytes.end) }
    }

    fn explain(&self, error: &granit::ScanError) -> Diagnostic {
        // The mapping in `[a: b]` is in flow style and has no bracket of its own.
        let open = self.stack.iter().rev().find(|frame| {
            frame.style == StructureStyle::Block || self.text[frame.start..].starts_with(['{', '['])
        });
        let open = open.filter(|frame| frame.style == StructureStyle::Flow);
        let scene = syntax::Scene {
            text: self.text,
            id: self.id,
            at: self.bytes(*error.marker()),
            open: open.map(|frame| frame.start),
            last: self.last.clone(),
        };
        scene.explain(error.kind())
    }
}
