//! Turns the text of a blueprint into how its author lays out: style, indentation, empty lines.

use serde_json::Value;

use super::render::Style;
use crate::source::document::{Key, Kind, Node};
use crate::source::{Source, Span};

/// A text and what it says.
pub(super) struct Text<'a> {
    pub(super) source: &'a Source,
    pub(super) root: &'a Node,
}

impl Text<'_> {
    /// How the neighbours write what is like it.
    pub(super) fn style(&self, own: &[&(Key, Node)], value: &Value) -> Style {
        let is_like = |node: &Node| match (&node.kind, value) {
            (Kind::Mapping(entries), Value::Object(_)) => !entries.is_empty(),
            (Kind::Sequence(items), Value::Array(_)) => !items.is_empty(),
            _ => false,
        };
        let is_flow = |node: &Node| self.slice(node.span).starts_with(['{', '[']);
        match own.iter().rev().find(|(_, node)| is_like(node)) {
            Some((_, node)) if is_flow(node) => Style::Flow,
            None if value.is_array() => Style::Flow,
            _ => Style::Block,
        }
    }

    /// Whether an empty line stands between the neighbours.
    pub(super) fn is_apart(&self, own: &[&(Key, Node)], before: usize) -> bool {
        let first = if before + 1 < own.len() { before } else { before.saturating_sub(1) };
        let (Some((key, value)), Some((next, _))) = (own.get(first), own.get(first + 1)) else {
            return false;
        };
        let from = key.span.end.max(value.span.end) as usize;
        let between = self.source.text.get(from..next.span.start as usize).unwrap_or_default();
        between.contains("\n\n")
    }

    /// The end of the line on which a node ends, or of the comments below it that are indented as far.
    pub(super) fn end_of(&self, end: u32, indent: usize) -> usize {
        let mut line = self.source.position(end).line;
        while line < self.source.line_count() {
            let next = &self.source.text[self.source.line_range(line + 1)];
            let comment = next.trim_start();
            if !comment.starts_with('#') || next.len() - comment.len() < indent {
                break;
            }
            line += 1;
        }
        self.source.line_range(line).end
    }

    /// How far the entries of the first section are indented.
    pub(super) fn step(&self) -> usize {
        let nested = self.root.entries().iter().find_map(|(key, node)| {
            let first = node.entries().first().map(|(key, _)| key)?;
            let is_below = self.source.position(first.span.start).line
                > self.source.position(key.span.start).line;
            (is_below && !self.slice(node.span).starts_with('{'))
                .then(|| self.column(first.span.start))
        });
        nested.filter(|step| (1..=8).contains(step)).unwrap_or(2)
    }

    pub(super) fn column(&self, at: u32) -> usize {
        self.source.position(at).column - 1
    }

    pub(super) fn line_indent(&self, at: usize) -> usize {
        let line = self.source.position(u32::try_from(at).unwrap_or(u32::MAX)).line;
        let text = &self.source.text[self.source.line_range(line)];
        text.len() - text.trim_start().len()
    }

    pub(super) fn slice(&self, span: Span) -> &str {
        self.source.text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }
}
