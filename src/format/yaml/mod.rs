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
mod literal;
#[cfg(test)]
mod round_trip;
mod scalar;
mod serializer;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use serde_json::Value;

use scalar::Kinds;
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
    let comments: Vec<_> = comments.iter().map(|(at, text)| (at.as_str(), &**text)).collect();
    let mut writer = Writer {
        text: String::with_capacity(2048),
        comments: &comments,
        pointer: String::new(),
        last_literal: None,
    };
    if let Some((("", head), inner)) = comments.split_first() {
        writer.comment(head, 0);
        writer.text.push('\n');
        writer.comments = inner;
    }
    value.serialize(Node { writer: &mut writer, place: Place::Root, indent: 0 })?;
    Ok(writer.finish())
}

/// Pointers and comments, sorted by pointer.
type Sorted<'a> = &'a [(&'a str, &'a str)];

/// The text so far. Between calls it ends where the next token goes, never in a newline of layout.
struct Writer<'a> {
    text: String,
    /// The comments of what is in the node being written; perhaps also of its next siblings, as long as their names
    /// begin like its own.
    comments: Sorted<'a>,
    /// Where that node stands; kept up only if there are such comments.
    pointer: String,
    /// The last literal block that ends in empty lines, and where its text starts.
    last_literal: Option<(usize, String)>,
}

/// What the writer goes back to when a node is written.
#[derive(Debug, Clone, Copy, Default)]
struct Parent<'a> {
    /// The length of its pointer.
    pointer: usize,
    /// The comments there.
    comments: Sorted<'a>,
}

impl<'a> Writer<'a> {
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
        let start = self.text.len();
        let kinds = Kinds::of(string);
        if !kinds.may_have_lines() || !literal::push(&mut self.text, string, indent) {
            scalar::push_line_of(&mut self.text, string, kinds);
        } else if string.ends_with("\n\n") {
            self.last_literal = Some((start, string.to_owned()));
        }
    }

    /// Writes a comment, leaving the end of the text where its node goes.
    fn comment(&mut self, comment: &str, indent: usize) {
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
        if self.comments.is_empty() {
            return;
        }
        let place = beside(&self.pointer);
        if let Some((_, comment)) = self.comments.iter().find(|(at, _)| *at == place) {
            let line = scalar::lines(comment).next().unwrap_or_default();
            self.text.push_str(" # ");
            scalar::push_comment(&mut self.text, line);
        }
    }

    /// Ends the line and indents the next one.
    fn line(&mut self, indent: usize) {
        scalar::push_start(&mut self.text, indent);
    }

    /// Extends the pointer by one token and writes the comment of the node there; returns what [`Self::ascend`]
    /// takes.
    fn descend<'t>(&mut self, indent: usize, token: impl FnOnce() -> Cow<'t, str>) -> Parent<'a> {
        let parent = Parent { pointer: self.pointer.len(), comments: self.comments };
        if !parent.comments.is_empty() {
            self.pointer.push('/');
            self.pointer.push_str(&token());
            let pointer = self.pointer.as_str();
            let (_, from) =
                self.comments.split_at(self.comments.partition_point(|(at, _)| *at < pointer));
            (self.comments, _) =
                from.split_at(from.partition_point(|(at, _)| at.starts_with(pointer)));
            if let Some(((at, comment), inner)) = self.comments.split_first()
                && *at == pointer
            {
                self.comments = inner;
                self.comment(comment, indent);
            }
        }
        parent
    }

    /// Goes back to the parent.
    fn ascend(&mut self, parent: Parent<'a>) {
        self.pointer.truncate(parent.pointer);
        self.comments = parent.comments;
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
