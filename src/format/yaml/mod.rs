//! Turns a value into the text of a YAML file that every reader understands alike.
//!
//! The programs that read compiled files follow YAML 1.1, YAML 1.2 or a mixture: to some of them
//! `no` is false, `22:22` a number in base sixty and `2024-01-01` a point in time. A scalar is
//! therefore written bare only where all of them see a string (`scalar`). The layout is one: block
//! style, two spaces, no folded lines, no blank lines but one below the head.

mod block;
mod key;
#[cfg(test)]
mod layout;
#[cfg(test)]
mod round_trip;
mod scalar;
mod serializer;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Bound;

use serde::Serialize;
use serde_json::Value;

use serializer::{Node, Place};

/// Comments to stand above nodes: JSON Pointer to text, which may have several lines.
///
/// The empty pointer is the head of the document. A pointer to nothing is ignored.
pub type Comments = BTreeMap<String, String>;

/// Readers take a key for a key without `?` only up to 1024 characters.
const LONGEST_SIMPLE_KEY: usize = 1000;

/// What cannot be written as YAML: a mapping whose keys are no texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error(String);

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Error {}

impl serde::ser::Error for Error {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

/// The place in [`Comments`] of a comment that stands behind a scalar on its line, given that scalar's pointer. No
/// pointer ends like that: `~` is followed by `0` or `1`.
pub fn beside(pointer: &str) -> String {
    format!("{pointer}~#")
}

/// Returns the text of one YAML document, ending in exactly one newline.
pub fn to_string(value: &Value, comments: &Comments) -> String {
    // The keys of a tree are texts, so that there is nothing to fail.
    serialized(value, comments).unwrap_or_default()
}

/// As [`to_string`], straight from a type.
///
/// # Errors
/// When the value cannot be written as YAML, or says so itself.
pub fn serialized<T: Serialize + ?Sized>(value: &T, comments: &Comments) -> Result<String, Error> {
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
    value.serialize(Node { writer: &mut writer, place: Place::Root, indent: 0 })?;
    Ok(writer.finish())
}

/// The text so far. Between calls it ends where the next token goes, never in a newline of layout.
struct Writer<'a> {
    text: String,
    comments: &'a Comments,
    /// Whether any comment stands in the node being written, the head aside.
    has_inner: bool,
    /// Where that node stands; kept up only if there are such comments.
    pointer: String,
    /// The last literal block that ends in empty lines, and where its text starts.
    last_literal: Option<(usize, String)>,
}

impl Writer<'_> {
    /// Writes a key with its colon.
    fn key(&mut self, key: &str, indent: usize) {
        let start = self.text.len();
        scalar::push_line(&mut self.text, key);
        if self.text.len() - start > LONGEST_SIMPLE_KEY {
            self.text.insert_str(start, "? ");
            self.line(indent);
        }
        self.text.push(':');
    }

    /// Writes a string beside its key or dash, or as a block with its lines at column `indent`.
    fn string(&mut self, string: &str, indent: usize) {
        if !scalar::fits_literal(string) {
            scalar::push_line(&mut self.text, string);
            return;
        }
        if string.ends_with("\n\n") {
            self.last_literal = Some((self.text.len(), string.to_owned()));
        }
        scalar::push_literal(&mut self.text, string, indent);
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

    /// Writes the comment behind the scalar that has just been written.
    fn comment_beside(&mut self) {
        if !self.has_inner {
            return;
        }
        if let Some(comment) = self.comments.get(&beside(&self.pointer)) {
            let line = scalar::lines(comment).next().unwrap_or_default();
            self.text.push_str(" # ");
            scalar::push_comment(&mut self.text, line);
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
            scalar::push_line(&mut self.text, &string);
        }
        self.text.push('\n');
        self.text
    }
}
