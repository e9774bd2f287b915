//! Turns a value into the text of a YAML file that every reader understands alike.
//!
//! The programs that read compiled files follow YAML 1.1, YAML 1.2 or a mixture: to some of them
//! `no` is false, `22:22` a number in base sixty and `2024-01-01` a point in time. A scalar is
//! therefore written bare only where all of them see a string (`scalar`). The layout is one: block
//! style, two spaces, no folded lines, no blank lines but one below the head.

mod block;
mod comments;
mod key;
#[cfg(test)]
mod layout;
mod literal;
mod plain;
#[cfg(test)]
mod round_trip;
mod scalar;
mod serializer;

use std::fmt;

use serde::Serialize;
use serde_json::Value;

use crate::source::pointer;
use comments::Comment;
pub use comments::Comments;
use serializer::{Node, Place};

/// Readers take a key for a key without `?` only up to 1024 characters.
const LONGEST_SIMPLE_KEY: usize = 1000;

/// What cannot be written as YAML: a mapping whose keys are no texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error(Box<str>);

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Error {}

impl serde::ser::Error for Error {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string().into())
    }
}

/// The place in [`Comments`] of a comment that stands behind a scalar on its line, given that scalar's pointer. No
/// pointer ends like that: `~` is followed by `0` or `1`.
pub fn beside(pointer: &str) -> String {
    [pointer, BESIDE].concat()
}

/// What the place of such a comment ends in.
const BESIDE: &str = "~#";

/// Returns the text of one YAML document, ending in exactly one newline.
pub fn to_string(value: &Value, comments: &Comments) -> String {
    // The keys of a tree are texts, so that there is nothing to fail.
    serialized(value, "", comments, String::new()).unwrap_or_default()
}

/// Returns a text as lines of comment, to stand above documents.
pub fn commented(text: &str) -> String {
    let mut writer = Writer::new(String::new(), &[]);
    writer.comment(text, 0);
    writer.text
}

/// As [`to_string`], straight from a type, and below lines of comment that head the document before its own. It is
/// written into the room that another text had.
///
/// # Errors
/// When the value cannot be written as YAML, or says so itself.
pub fn serialized<T: Serialize + ?Sized>(
    value: &T,
    above: &str,
    comments: &Comments,
    room: String,
) -> Result<String, Error> {
    let mut writer = Writer::below(above, comments, room);
    value.serialize(Node { writer: &mut writer, place: Place::Root, indent: 0 })?;
    Ok(writer.finish())
}

/// Pointers and comments, sorted by pointer.
type Sorted<'a> = &'a [Comment];

/// The text so far. Between calls it ends where the next token goes, never in a newline of layout.
struct Writer<'a> {
    text: String,
    /// The comments of what is in the node being written; perhaps also of its next siblings, as long as their names
    /// begin like its own.
    comments: Sorted<'a>,
    /// The length of that node's pointer, with which all of them begin; kept up only if there are any.
    depth: usize,
    /// The last literal block that ends in empty lines, and where its text starts.
    last_literal: Option<(usize, String)>,
}

/// What the writer goes back to when a node is written.
#[derive(Debug, Clone, Copy)]
struct Parent<'a> {
    /// The length of its pointer.
    depth: usize,
    /// The comments there.
    comments: Sorted<'a>,
}

impl<'a> Writer<'a> {
    fn new(mut room: String, comments: Sorted<'a>) -> Self {
        room.clear();
        Self { text: room, comments, depth: 0, last_literal: None }
    }

    /// Starts below lines of comment that head the document, and its own head.
    fn below(above: &str, comments: &'a Comments, room: String) -> Self {
        let mut writer = Self::new(room, comments.sorted());
        writer.text.push_str(above);
        if let Some(((at, head), inner)) = comments.sorted().split_first()
            && at.is_empty()
        {
            if !head.is_empty() {
                writer.text.push_str(if above.is_empty() { "" } else { "#\n" });
                writer.comment(head, 0);
            }
            writer.comments = inner;
        }
        if !writer.text.is_empty() {
            writer.text.push('\n');
        }
        writer
    }

    /// Writes the name of a field with its colon and a blank: a word of the program's own, which is plain but for a few.
    #[inline]
    fn field(&mut self, name: &'static str, indent: u16) {
        if !plain::is_word(name) {
            return self.key(name, indent);
        }
        self.text.push_str(name);
        self.text.push_str(": ");
    }

    /// Writes a key with its colon and a blank.
    fn key(&mut self, key: &str, indent: u16) {
        let start = self.text.len();
        scalar::push_line(&mut self.text, key);
        if self.text.len() - start > LONGEST_SIMPLE_KEY {
            self.text.insert_str(start, "? ");
            self.line(indent);
        }
        self.text.push_str(": ");
    }

    /// Writes a string beside its key or dash, or as a block with its lines at column `indent`.
    #[inline]
    fn string(&mut self, string: &str, indent: u16) {
        if plain::is_plain(string) {
            self.text.push_str(string);
        } else {
            self.marked(string, indent);
        }
    }

    /// Writes a string as a block or in quotes; most are neither.
    #[inline(never)]
    fn marked(&mut self, string: &str, indent: u16) {
        let start = self.text.len();
        if !literal::push(&mut self.text, string, indent) {
            scalar::push_quoted(&mut self.text, string);
        } else if string.ends_with("\n\n") {
            self.last_literal = Some((start, string.to_owned()));
        }
    }

    /// Writes a comment, leaving the end of the text where its node goes.
    fn comment(&mut self, comment: &str, indent: u16) {
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
    #[inline]
    fn comment_beside(&mut self) {
        if !self.comments.is_empty() {
            self.find_beside();
        }
    }

    fn find_beside(&mut self) {
        let is_beside = |at: &str| &at[self.depth..] == BESIDE;
        if let Some((_, comment)) = self.comments.iter().find(|(at, _)| is_beside(at)) {
            let line = scalar::lines(comment).next().unwrap_or_default();
            self.text.push_str(" # ");
            scalar::push_comment(&mut self.text, line);
        }
    }

    /// Ends the line and indents the next one.
    fn line(&mut self, indent: u16) {
        scalar::push_start(&mut self.text, indent);
    }

    /// Where the node stands whose entries or items follow.
    #[inline]
    fn parent(&self) -> Parent<'a> {
        Parent { depth: self.depth, comments: self.comments }
    }

    /// Goes down to the entry of a key and writes the comment of the node there.
    #[inline]
    fn descend(&mut self, indent: u16, key: &str) {
        if !self.comments.is_empty() {
            self.find_above(indent, key);
        }
    }

    fn find_above(&mut self, indent: u16, key: &str) {
        let depth = self.depth;
        // Most keys are known by their first letter to have none.
        let first = key.as_bytes().first();
        let may_be = |at: &str| match below(at, depth) {
            Some((b'/', [start, ..])) => *start == b'~' || first == Some(start),
            Some((b'/', [])) => first.is_none(),
            _ => false,
        };
        if !self.comments.iter().any(|(at, _)| may_be(at)) {
            self.comments = &[];
            return;
        }
        let token = pointer::escape(key);
        let token = token.as_bytes();
        let first =
            self.comments.partition_point(|(at, _)| below(at, depth) < Some((&b'/', token)));
        let (_, from) = self.comments.split_at(first);
        let is_inside =
            |at: &str| matches!(below(at, depth), Some((b'/', rest)) if rest.starts_with(token));
        let inside = from.iter().take_while(|(at, _)| is_inside(at)).count();
        (self.comments, _) = from.split_at(inside);
        self.depth += 1 + token.len();
        if let Some(((at, comment), inner)) = self.comments.split_first()
            && at.len() == self.depth
        {
            self.comments = inner;
            self.comment(comment, indent);
        }
    }

    /// Goes back to the parent.
    #[inline]
    fn ascend(&mut self, parent: Parent<'a>) {
        if !parent.comments.is_empty() {
            self.depth = parent.depth;
            self.comments = parent.comments;
        }
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

/// The first sign of a pointer behind as many as its parent's has, and what follows that.
fn below(pointer: &str, depth: usize) -> Option<(&u8, &[u8])> {
    pointer.as_bytes()[depth..].split_first()
}
