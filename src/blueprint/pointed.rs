//! Turns the places that errors point at back into places of the merged blueprint.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostics, Severity};
use crate::source::document::{Key, Node};
use crate::source::{Span, pointer};

/// The places in the merged blueprint that errors point at, as JSON Pointers: what stands there is not known. An
/// error that points nowhere may be about anything.
pub fn pointers(root: &Node, found: &Diagnostics) -> Vec<String> {
    let mut errors = found.iter().filter(|one| one.severity == Severity::Error).peekable();
    if errors.peek().is_none() {
        return Vec::new();
    }
    let mut all = Vec::new();
    let mut spans = BTreeSet::new();
    let own = |entry: &&(Key, Node)| entry.0.span.source == root.span.source;
    let sections: Vec<Span> = root.entries().iter().filter(own).map(whole).collect();
    for error in errors {
        let placed = |span: &Span| {
            span.source != root.span.source || sections.iter().any(|section| holds(*section, *span))
        };
        if !error.labels.iter().all(|label| placed(&label.span)) || error.labels.is_empty() {
            all.push(String::new());
        }
        spans.extend(error.labels.iter().map(|label| label.span));
    }
    collect(root, "", &spans, &mut all);
    all
}

/// An entry with its key.
fn whole((key, value): &(Key, Node)) -> Span {
    Span { end: value.span.end.max(key.span.end), ..key.span }
}

fn holds(whole: Span, span: Span) -> bool {
    span.source == whole.source && (whole.start..=whole.end).contains(&span.start)
}

/// How deep nodes may come from another file than the node that they stand in: see `include`.
const INCLUDED: usize = 2;

/// Adds the deepest places that hold one of the spans; whether there were any.
fn collect(node: &Node, pointer: &str, spans: &BTreeSet<Span>, all: &mut Vec<String>) -> bool {
    let any_in = |place: Span| {
        let first = spans.range(Span { end: 0, ..place }..).next();
        first.is_some_and(|span| holds(place, *span))
    };
    let before = all.len();
    for entry in node.entries() {
        let (key, value) = entry;
        let place = pointer::push(pointer, &key.name);
        let is_within = any_in(whole(entry));
        let mixed = place.matches('/').count() <= INCLUDED;
        let is_deeper = (mixed || is_within) && collect(value, &place, spans, all);
        if (is_within && !is_deeper) || any_in(key.span) {
            all.push(merged(&place));
        }
    }
    all.len() > before
}

/// What an override says is said of the blueprint itself; a short form stands for the long one.
fn merged(place: &str) -> String {
    let segments: Vec<&str> = place.split('/').skip(1).collect();
    match segments.as_slice() {
        ["environments", _, "override", rest @ ..] if !rest.is_empty() => {
            merged(&rest.iter().map(|segment| format!("/{segment}")).collect::<String>())
        }
        ["services", name, "port", ..] => format!("/services/{name}/ports"),
        _ => place.to_owned(),
    }
}
