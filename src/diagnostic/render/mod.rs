//! Turns diagnostics into text for a terminal, JSON, or annotations for a code host.

mod github;
mod json;
mod sarif;
mod text;

use std::borrow::Cow;

pub use github::{annotation, github};
pub use json::{json, values};
pub use sarif::{OfFile, sarif};
pub use text::text;

use crate::source::{Position, Sources, Span};

/// A span in terms that people and editors use.
struct Place<'a> {
    path: &'a str,
    start: Position,
    /// The character after the last.
    end: Position,
}

impl<'a> Place<'a> {
    fn of(sources: &'a Sources, span: Span) -> Self {
        let source = sources.get(span.source);
        let (start, end) = (source.position(span.start), source.position(span.end));
        Self { path: &source.path, start, end }
    }
}

/// The text with its control characters written out, so that a name in a file cannot steer the
/// terminal. Line ends stay: messages may have several lines.
pub fn printable(text: &str) -> Cow<'_, str> {
    if !text.contains(steers) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for next in text.chars() {
        if steers(next) {
            shown.extend(next.escape_default());
        } else {
            shown.push(next);
        }
    }
    Cow::Owned(shown)
}

/// Control characters, and those that change the direction of text.
fn steers(next: char) -> bool {
    (next.is_control() && next != '\n')
        || matches!(next, '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{202a}'..='\u{202e}')
        || matches!(next, '\u{2028}' | '\u{2029}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests;
