//! Turns diagnostics into what a person reads in a terminal: message, place, underlined line, help.

use std::ops::Range;

use annotate_snippets::{
    Annotation, AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet,
};

use super::{Place, printable};
use crate::diagnostic::{Diagnostic, Label, Severity};
use crate::source::{Source, SourceId, Sources};

/// Longer lines are cut to this many columns around what is underlined.
const WIDTH: usize = 120;

/// Places further apart than this many lines are shown one after the other, so that the lines
/// between them need not be looked at.
const NEAR: usize = 100;

/// More than this many nobody reads: the rest is counted, warnings first.
const SHOWN: usize = 100;

/// The diagnostics in the order given, with an empty line between two.
pub fn text(sources: &Sources, found: &[Diagnostic], colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() }.term_width(WIDTH);
    let one = |found| renderer.render(&[group(sources, found)]).trim_end().to_owned() + "\n";
    let mut texts: Vec<String> = shown(found).map(one).collect();
    if let Some(more) = found.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        texts.push(format!("and {more} more; `--format json` tells all\n"));
    }
    texts.join("\n")
}

/// Those that matter most, in the order given.
fn shown(found: &[Diagnostic]) -> impl Iterator<Item = &Diagnostic> {
    let mut indices: Vec<usize> = (0..found.len()).collect();
    indices.sort_by_key(|at| found[*at].severity);
    indices.truncate(SHOWN);
    indices.sort_unstable();
    indices.into_iter().map(|at| &found[at])
}

fn group<'a>(sources: &'a Sources, found: &'a Diagnostic) -> Group<'a> {
    let level = match found.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let title = level.primary_title(printable(&found.message)).id(found.code.id());
    let mut group = Group::with_title(title).elements(places(sources, &found.labels));
    if let (true, Some(path)) = (found.labels.is_empty(), &found.path) {
        group = group.element(Origin::path(printable(path)));
    }
    group.elements(found.help.iter().map(|help| Level::HELP.message(printable(help))))
}

/// What shows the labels: file by file, the one of the first label first.
fn places<'a>(sources: &'a Sources, labels: &'a [Label]) -> Vec<Element<'a>> {
    let mut files: Vec<SourceId> = Vec::new();
    for label in labels {
        if !files.contains(&label.span.source) {
            files.push(label.span.source);
        }
    }
    files.into_iter().flat_map(|file| in_file(sources, file, labels)).collect()
}

fn in_file<'a>(sources: &'a Sources, file: SourceId, labels: &'a [Label]) -> Vec<Element<'a>> {
    let source = sources.get(file);
    let here = labels.iter().enumerate().filter(|(_, label)| label.span.source == file);
    if source.confidential {
        return here.flat_map(|(_, label)| unseen(sources, label)).collect();
    }
    let marks = here.map(|(index, label)| Mark::of(source, label, index == 0)).collect();
    clusters(marks).into_iter().map(|marks| snippet(source, &marks)).collect()
}

/// The place of a label in a file whose lines must not be shown.
fn unseen<'a>(sources: &'a Sources, label: &'a Label) -> Vec<Element<'a>> {
    let place = Place::of(sources, label.span);
    let path = printable(place.path);
    let origin = Origin::path(path).line(place.start.line).char_column(place.start.column);
    let mut elements = vec![origin.into()];
    if !label.text.is_empty() {
        elements.push(Level::NOTE.message(printable(&label.text)).into());
    }
    elements
}

/// A label, cut to the first of its lines: an underline shows where to look, not how far.
struct Mark<'a> {
    line: usize,
    bytes: Range<usize>,
    text: &'a str,
    kind: AnnotationKind,
}

impl<'a> Mark<'a> {
    fn of(source: &Source, label: &'a Label, first: bool) -> Self {
        let line = source.position(label.span.start).line;
        let end_of_line = source.line_range(line).end;
        let start = (label.span.start as usize).min(end_of_line);
        let end = (label.span.end as usize).clamp(start, end_of_line);
        let kind = if first { AnnotationKind::Primary } else { AnnotationKind::Context };
        Self { line, bytes: start..end, text: &label.text, kind }
    }
}

/// Puts marks together that stand near each other; the primary one's company comes first.
fn clusters(mut marks: Vec<Mark<'_>>) -> Vec<Vec<Mark<'_>>> {
    marks.sort_by_key(|mark| mark.bytes.start);
    let mut all: Vec<Vec<Mark<'_>>> = Vec::new();
    for mark in marks {
        match all.last_mut() {
            Some(near) if near.last().is_some_and(|last| mark.line - last.line <= NEAR) => {
                near.push(mark);
            }
            _ => all.push(vec![mark]),
        }
    }
    all.sort_by_key(|near| near.iter().all(|mark| mark.kind != AnnotationKind::Primary));
    all
}

/// The lines from the first mark to the last.
fn snippet<'a>(source: &'a Source, marks: &[Mark<'a>]) -> Element<'a> {
    let first = marks.first().map_or(1, |mark| mark.line);
    let last = marks.last().map_or(first, |mark| mark.line);
    let window = source.line_range(first).start..source.line_range(last).end;
    let annotations = marks.iter().map(|mark| annotation(mark, window.start));
    Snippet::source(harmless(source.text.get(window.clone()).unwrap_or_default()))
        .path(printable(&source.path))
        .line_start(first)
        .annotations(annotations)
        .into()
}

fn annotation<'a>(mark: &Mark<'a>, from: usize) -> Annotation<'a> {
    let annotation = mark.kind.span(mark.bytes.start - from..mark.bytes.end - from);
    let text = Some(mark.text).filter(|text| !text.is_empty());
    annotation.label(text.map(printable))
}

/// Replaces the control characters that the renderer leaves alone, by others of the same length so
/// that all offsets stay right.
fn harmless(lines: &str) -> String {
    lines.replace(|next| matches!(next, '\u{80}'..='\u{9f}'), "\u{b7}")
}
