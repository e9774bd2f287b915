//! Turns texts and the places for them into a document that has them there, and into what is compiled from it.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use formwork::compile::{Compiled, Failure, Inputs, compile};
use formwork::diagnostic::{Diagnostic, Diagnostics, Severity, render};
use formwork::source::SourceId;
use formwork::source::document::{self, Kind, Node};
use serde_json::Value;

use super::positions::Position;

/// How a refusal begins that is none: the program gives up.
pub(super) const BROKEN: &str = "the program's fault: ";

/// The texts at some of the positions.
pub(super) type Texts = BTreeMap<usize, String>;

/// How a text is planted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Behind what is there, so that a path goes on being one, and between marks.
    Added,
    /// In place of what is there.
    Whole,
}

/// A document with places for texts.
pub(super) struct Ground {
    pub(super) root: Value,
    pub(super) positions: Vec<Position>,
    /// What is compiled with another text of the document, and which source that is.
    pub(super) inputs: fn(&str) -> (Inputs, SourceId),
}

/// What is compiled with those of the texts that are taken, and why the others are not.
pub(super) struct Tried {
    pub(super) texts: Texts,
    pub(super) compiled: Compiled,
    pub(super) refused: BTreeMap<usize, String>,
}

impl Form {
    /// What is written for a text.
    pub(super) fn written(self, at: usize, text: &str) -> String {
        match self {
            Self::Added => format!("qx{at}z{text}zqx"),
            Self::Whole => text.to_owned(),
        }
    }

    /// A text at which nobody takes offence, and which is known again.
    pub(super) fn harmless(self, at: usize) -> String {
        match self {
            Self::Added => String::new(),
            Self::Whole => format!("qx{at}zzqx"),
        }
    }
}

impl Ground {
    /// The document with texts at some positions.
    fn planted(&self, texts: &Texts, form: Form) -> String {
        let mut root = self.root.clone();
        let each = texts.iter().map(|(at, text)| (&self.positions[*at], form.written(*at, text)));
        let mut order: Vec<_> = each.collect();
        // Keys last, and the deepest of them first: pointers stay true.
        order.sort_by_key(|(one, _)| (one.is_key, Reverse(one.pointer.matches('/').count())));
        for (position, text) in order {
            if position.is_key {
                rename(&mut root, &position.pointer, &text);
            } else if let Some(Value::String(old)) = root.pointer_mut(&position.pointer) {
                let escaped = text.replace("${", "$${");
                let text = if position.has_references { escaped } else { text };
                *old = if form == Form::Added { format!("{old}{text}") } else { text };
            }
        }
        escaped(&serde_json::to_string_pretty(&root).unwrap())
    }

    /// Compiles with as many of the texts as are taken.
    pub(super) fn tried(&self, mut texts: Texts, form: Form) -> Tried {
        let mut refused = BTreeMap::new();
        loop {
            let text = self.planted(&texts, form);
            let (inputs, source) = (self.inputs)(&text);
            let found = match compile(&inputs) {
                Ok(compiled) => return Tried { texts, compiled, refused },
                Err(Failure::Invalid(found)) => found,
                // Nothing is told of a place: whichever text does it alone is at fault.
                Err(Failure::Broken(_)) => Diagnostics::default().sorted(&inputs.sources),
            };
            let mut faulty = self.at_fault((&inputs, source), &found, &texts);
            // What refers to a name that is no longer there is told, and that may be in another file; and a fault of a
            // whole entry is told at all of it.
            if faulty.len() != 1 {
                let all: BTreeSet<usize> = if faulty.is_empty() {
                    texts.keys().copied().collect()
                } else {
                    faulty.keys().copied().collect()
                };
                let alone = self.refused_alone(&texts, &all, form);
                faulty = if alone.is_empty() { faulty } else { alone };
            }
            if faulty.is_empty() {
                let keys = texts.keys().filter(|at| self.positions[**at].is_key);
                faulty = keys.map(|at| (*at, "others refer to it".to_owned())).collect();
            }
            let told = || render::text(&inputs.sources, &found, false);
            assert!(!faulty.is_empty(), "no planted text is at fault:\n{}", told());
            for (at, message) in faulty {
                texts.remove(&at);
                refused.insert(at, message);
            }
        }
    }

    /// Compiles with one text. An error is the program's own fault.
    pub(super) fn alone(&self, at: usize, text: &str, form: Form) -> Result<(), String> {
        let texts = Texts::from([(at, text.to_owned())]);
        match compile(&(self.inputs)(&self.planted(&texts, form)).0) {
            Ok(_) | Err(Failure::Invalid(_)) => Ok(()),
            Err(Failure::Broken(error)) => Err(error.to_string()),
        }
    }

    /// The texts with which nothing is compiled even if they are the only ones, and why.
    fn refused_alone(
        &self,
        texts: &Texts,
        which: &BTreeSet<usize>,
        form: Form,
    ) -> BTreeMap<usize, String> {
        let one = |(at, text): (&usize, &String)| {
            let alone = Texts::from([(*at, text.clone())]);
            let found = match compile(&(self.inputs)(&self.planted(&alone, form)).0) {
                Ok(_) => return None,
                Err(Failure::Invalid(found)) => found,
                Err(Failure::Broken(error)) => return Some((*at, format!("{BROKEN}{error}"))),
            };
            let first = found.iter().find(|one| one.severity == Severity::Error)?;
            Some((*at, first.message.clone()))
        };
        texts.iter().filter(|(at, _)| which.contains(at)).filter_map(one).collect()
    }

    /// The planted texts that errors point at: within what is marked, else below the keys that are marked.
    fn at_fault(
        &self,
        (inputs, source): (&Inputs, SourceId),
        found: &[Diagnostic],
        texts: &Texts,
    ) -> BTreeMap<usize, String> {
        let text = &inputs.sources.get(source).text;
        let Some(root) = document::read(&inputs.sources, source).0 else { return BTreeMap::new() };
        let mut keys = BTreeMap::new();
        below_keys(&root, &mut keys);
        let places: Vec<(usize, usize)> = texts
            .keys()
            .flat_map(|at| {
                let mark = format!("qx{at}z");
                let marks = text.match_indices(&mark).map(|(place, _)| (place, *at));
                let value = root.at(&self.positions[*at].pointer);
                marks.chain(value.map(|value| (value.span.start as usize, *at))).collect::<Vec<_>>()
            })
            .collect();
        for is_wide in [false, true] {
            let mut faulty = BTreeMap::new();
            let errors = found.iter().filter(|one| one.severity == Severity::Error);
            for (one, span) in
                errors.flat_map(|one| one.labels.iter().map(move |at| (one, at.span)))
            {
                let known = keys.get(&(span.start, span.end)).copied();
                let end = if is_wide { known.unwrap_or(span.end) } else { span.end };
                let range = span.start as usize..end as usize;
                if span.source != source || !is_wide && text[range.clone()].contains('\n') {
                    continue;
                }
                for (_, at) in places.iter().filter(|(place, _)| range.contains(place)) {
                    faulty.insert(*at, one.message.clone());
                }
            }
            if !faulty.is_empty() {
                return faulty;
            }
        }
        BTreeMap::new()
    }
}

/// Where what stands under each key ends.
fn below_keys(node: &Node, found: &mut BTreeMap<(u32, u32), u32>) {
    for (key, value) in node.entries() {
        found.insert((key.span.start, key.span.end), value.span.end);
        below_keys(value, found);
    }
    if let Kind::Sequence(items) = &node.kind {
        for item in items {
            below_keys(item, found);
        }
    }
}

/// The same JSON with characters as escapes that YAML does not take as they are (YAML 1.2.2, 5.1).
fn escaped(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            '\u{7f}'..='\u{a0}'
            | '\u{200b}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{ffff}' => {
                text.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => text.push(c),
        }
    }
    text
}

/// Adds a text to a key, which keeps its place.
fn rename(root: &mut Value, pointer: &str, text: &str) {
    let (parent, last) = pointer.rsplit_once('/').unwrap();
    let last = last.replace("~1", "/").replace("~0", "~");
    let Some(Value::Object(map)) = root.pointer_mut(parent) else { return };
    let renamed = |(key, value): (String, Value)| {
        if key == last { (format!("{key}{text}"), value) } else { (key, value) }
    };
    *map = std::mem::take(map).into_iter().map(renamed).collect();
}
