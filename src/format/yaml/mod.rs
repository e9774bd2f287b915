//! Turns a value into the text of a YAML file that every reader understands alike.
//!
//! The programs that read compiled files follow YAML 1.1, YAML 1.2 or a mixture: to some of them
//! `no` is false, `22:22` a number in base sixty and `2024-01-01` a point in time. A scalar is
//! therefore written bare only where all of them see a string (`scalar`). The layout is one: block
//! style, two spaces, no folded lines, no blank lines but one below the head.

#[cfg(test)]
mod layout;
#[cfg(test)]
mod round_trip;
mod scalar;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Bound;

use serde_json::{Map, Value};

use crate::source::pointer;

/// Comments to stand above nodes: JSON Pointer to text, which may have several lines.
///
/// The empty pointer is the head of the document. A pointer to nothing is ignored.
pub type Comments = BTreeMap<String, String>;

/// Readers take a key for a key without `?` only up to 1024 characters.
const LONGEST_SIMPLE_KEY: usize = 1000;

/// Returns the text of one YAML document, ending in exactly one newline.
pub fn to_string(value: &Value, comments: &Comments) -> String {
    let mut writer = Writer {
        text: String::with_capacity(1024),
        comments,
        has_inner: comments.keys().any(|pointer| !pointer.is_empty()),
        pointer: String::new(),
        last_literal: None,
    };
    if comments.contains_key("") {
        writer.comment(0);
        writer.text.push('\n');
    }
    writer.node(value, 0);
    writer.finish()
}

/// The text so far. Between calls it ends where the next token goes, never in a newline of layout.
struct Writer<'a> {
    text: String,
    comments: &'a Comments,
    /// Whether any comment stands in the node being written, the head aside.
    has_inner: bool,
    /// Where that node stands; kept up only if there are such comments.
    pointer: String,
    /// The literal block written last, and where its text starts.
    last_literal: Option<(usize, &'a str)>,
}

impl<'a> Writer<'a> {
    /// Writes a node where the text ends, at column `indent`.
    fn node(&mut self, value: &'a Value, indent: usize) {
        match value {
            Value::Object(map) if !map.is_empty() => self.map(map, indent),
            Value::Array(items) if !items.is_empty() => self.list(items, indent),
            scalar => self.scalar(scalar, indent),
        }
    }

    fn map(&mut self, map: &'a Map<String, Value>, indent: usize) {
        for (position, (key, value)) in map.iter().enumerate() {
            if position > 0 {
                self.line(indent);
            }
            let parent = self.descend(indent, || pointer::escape(key));
            self.key(key, indent);
            self.value(value, indent);
            self.ascend(parent);
        }
    }

    fn list(&mut self, items: &'a [Value], indent: usize) {
        for (position, item) in items.iter().enumerate() {
            if position > 0 {
                self.line(indent);
            }
            let parent = self.descend(indent, || position.to_string().into());
            self.text.push_str("- ");
            match item {
                Value::Object(_) | Value::Array(_) => self.node(item, indent + 2),
                scalar => self.scalar(scalar, indent),
            }
            self.ascend(parent);
        }
    }

    fn key(&mut self, key: &str, indent: usize) {
        let start = self.text.len();
        scalar::push_line(&mut self.text, key);
        if self.text.len() - start > LONGEST_SIMPLE_KEY {
            self.text.insert_str(start, "? ");
            self.line(indent);
        }
        self.text.push(':');
    }

    /// Writes what belongs to a key: a scalar beside it, a block below it.
    fn value(&mut self, value: &'a Value, indent: usize) {
        let is_block = match value {
            Value::Object(map) => !map.is_empty(),
            Value::Array(items) => !items.is_empty(),
            _ => false,
        };
        if is_block {
            self.line(indent + 2);
            self.node(value, indent + 2);
        } else {
            self.text.push(' ');
            self.scalar(value, indent);
        }
    }

    /// Writes what stands on its parent's line; `indent` is the parent's column.
    fn scalar(&mut self, value: &'a Value, indent: usize) {
        match value {
            Value::Object(_) => self.text.push_str("{}"),
            Value::Array(_) => self.text.push_str("[]"),
            Value::Null => self.text.push_str("null"),
            Value::Bool(value) => self.text.push_str(if *value { "true" } else { "false" }),
            Value::Number(number) => scalar::push_number(&mut self.text, number),
            Value::String(string) if scalar::fits_literal(string) => {
                self.last_literal = Some((self.text.len(), string));
                scalar::push_literal(&mut self.text, string, indent + 2);
            }
            Value::String(string) => scalar::push_line(&mut self.text, string),
        }
    }

    /// Writes the comment of the current node, leaving the end of the text where the node itself
    /// goes.
    fn comment(&mut self, indent: usize) {
        let Some(comment) = self.comments.get(&self.pointer) else { return };
        for line in scalar::lines(comment) {
            self.text.push('#');
            if !line.is_empty() {
                self.text.push(' ');
                scalar::push_comment(&mut self.text, line);
            }
            self.line(indent);
        }
    }

    /// Ends the line and indents the next one.
    fn line(&mut self, indent: usize) {
        self.text.push('\n');
        scalar::push_blanks(&mut self.text, indent);
    }

    /// Extends the pointer by one token and writes the comment of the node there; returns what [`Self::ascend`]
    /// takes.
    fn descend<'t>(
        &mut self,
        indent: usize,
        token: impl FnOnce() -> Cow<'t, str>,
    ) -> (usize, bool) {
        let parent = (self.pointer.len(), self.has_inner);
        if self.has_inner {
            self.pointer.push('/');
            self.pointer.push_str(&token());
            let from = (Bound::Included(self.pointer.as_str()), Bound::Unbounded);
            let next = self.comments.range::<str, _>(from).next();
            self.has_inner = next.is_some_and(|(at, _)| at.starts_with(&self.pointer));
            if self.has_inner {
                self.comment(indent);
            }
        }
        parent
    }

    /// Goes back to the parent.
    fn ascend(&mut self, (pointer, has_inner): (usize, bool)) {
        self.pointer.truncate(pointer);
        self.has_inner = has_inner;
    }

    /// Ends the text in one newline, also where a string with several newlines at its end would be
    /// its last line: editors and hooks that trim the ends of files must not change the string.
    fn finish(mut self) -> String {
        if let Some((start, string)) = self.last_literal
            && self.text.ends_with('\n')
        {
            self.text.truncate(start);
            scalar::push_line(&mut self.text, string);
        }
        self.text.push('\n');
        self.text
    }
}
