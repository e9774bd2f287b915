//! Holds the texts that the compiler reads, and turns byte ranges in them into lines and columns.

pub mod document;
pub mod load;
mod nodes;
pub mod pointer;
mod scalar;
mod syntax;

use std::ops::Range;

/// A text that was read: the only thing that a [`Span`] points into.
#[derive(Debug, Clone)]
pub struct Source {
    /// How the file is named in messages: the path as the user gave it, with `/` separators.
    pub path: String,
    /// The whole text: UTF-8, without a byte order mark, with LF line ends.
    pub text: String,
    /// Whether its lines hold secrets: then a message names the place and never shows the line.
    pub confidential: bool,
    line_starts: Vec<u32>,
}

impl Source {
    /// Takes a text as it was read from disk; a byte order mark is dropped and CRLF becomes LF.
    pub fn new(path: impl Into<String>, text: &str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let text = if text.contains('\r') { text.replace("\r\n", "\n") } else { text.to_owned() };
        let line_starts = line_starts(&text);
        Self { path: path.into(), text, confidential: false, line_starts }
    }

    /// Takes a text whose lines nobody may see, byte for byte: its places come from a reader of its own.
    pub fn confidential(path: impl Into<String>, text: String) -> Self {
        let line_starts = line_starts(&text);
        Self { path: path.into(), text, confidential: true, line_starts }
    }

    /// The line and column of a byte offset, both counted from 1; columns count characters.
    pub fn position(&self, at: u32) -> Position {
        let line = self.line_starts.partition_point(|start| *start <= at).max(1);
        let start = self.line_starts[line - 1] as usize;
        let end = (at as usize).min(self.text.len());
        let column = self.text.get(start..end).map_or(1, |before| before.chars().count() + 1);
        Position { line, column }
    }

    /// The byte offset at which a line starts; `line` counts from 1 and is clamped to the text.
    pub fn line_start(&self, line: usize) -> u32 {
        let index = line.clamp(1, self.line_starts.len()) - 1;
        self.line_starts[index]
    }

    /// The bytes of a line without its line end; `line` counts from 1 and is clamped to the text.
    pub fn line_range(&self, line: usize) -> Range<usize> {
        let start = self.line_start(line) as usize;
        let rest = self.text.get(start..).unwrap_or_default();
        start..start + rest.find('\n').unwrap_or(rest.len())
    }

    /// How many lines there are; the empty one after a final line end counts.
    pub fn line_count(&self) -> usize {
        self.line_starts.len()
    }
}

/// A place in a text, for people: both numbers count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The character within the line.
    pub column: usize,
}

/// Names one of the [`Sources`] of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SourceId(u32);

/// A byte range in one source; `start..end`, and empty where only a position is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// The source it lies in.
    pub source: SourceId,
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

/// All texts of one run: the blueprint, what it includes, the project's own catalogue entries.
#[derive(Debug, Clone, Default)]
pub struct Sources(Vec<Source>);

impl Sources {
    /// Adds a text and returns its name.
    pub fn add(&mut self, source: Source) -> SourceId {
        self.0.push(source);
        SourceId(offset(self.0.len() - 1))
    }

    /// Puts another text in the place of one.
    pub fn replace(&mut self, id: SourceId, source: Source) {
        self.0[id.0 as usize] = source;
    }

    /// The text of that name.
    pub fn get(&self, id: SourceId) -> &Source {
        &self.0[id.0 as usize]
    }

    /// The same texts under other paths.
    #[must_use]
    pub fn renamed(&self, name: impl Fn(&str) -> String) -> Self {
        let one = |source: &Source| Source { path: name(&source.path), ..source.clone() };
        Self(self.0.iter().map(one).collect())
    }

    /// The place where a span starts.
    pub fn position(&self, span: Span) -> Position {
        self.get(span.source).position(span.start)
    }

    /// The text that a span covers.
    pub fn slice(&self, span: Span) -> &str {
        self.get(span.source).text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }
}

fn line_starts(text: &str) -> Vec<u32> {
    std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| offset(at + 1))).collect()
}

/// Byte offsets are kept in 32 bits: a source is refused long before 4 GiB.
fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters_from_one() {
        let source = Source::new("a.yaml", "\u{feff}a: é\r\nb: x\n");
        assert_eq!(source.text, "a: é\nb: x\n");
        assert_eq!(source.position(3), Position { line: 1, column: 4 });
        assert_eq!(source.position(6), Position { line: 2, column: 1 });
        assert_eq!(source.position(999).line, 3);
    }

    #[test]
    fn lines_are_cut_without_their_ends() {
        let source = Source::new("a.yaml", "a: 1\r\n\r\nb: 2");
        assert_eq!(source.line_count(), 3);
        let line = |line| &source.text[source.line_range(line)];
        assert_eq!([line(1), line(2), line(3), line(9)], ["a: 1", "", "b: 2", "b: 2"]);
    }
}
