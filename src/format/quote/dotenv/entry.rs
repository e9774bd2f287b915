//! Describes what was read from a dotenv file, in words that never show a value.

use std::fmt;
use std::ops::Range;

/// One assignment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The name. In a broken file it can be a piece of a value: show it only where it is one that is
    /// expected.
    pub name: String,
    /// What Compose takes it to be.
    pub value: Value,
    /// The line of the name, counted from 1.
    pub line: usize,
    /// The bytes of the name.
    pub name_span: Range<usize>,
    /// The bytes of the value as written, quotes included; empty where there is none.
    pub value_span: Range<usize>,
}

/// The value of an [`Entry`].
#[derive(Clone, PartialEq, Eq)]
pub enum Value {
    /// This very text.
    Literal(String),
    /// A text in which Compose replaces these variables: a `$` that stands bare or in double quotes.
    Interpolated(Vec<String>),
    /// A name alone on its line: the variable of the shell that calls Compose, if it has one.
    Inherited,
}

/// Shows the kind, never the text.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Literal(_) => "Literal(..)",
            Self::Interpolated(_) => "Interpolated(..)",
            Self::Inherited => "Inherited",
        })
    }
}

/// A statement that Compose refuses, or reads as what nobody means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError {
    /// The line, counted from 1.
    pub line: usize,
    /// The bytes at fault.
    pub span: Range<usize>,
    /// What is wrong with them.
    pub reason: Reason,
}

/// What is wrong with a statement. Its text never quotes the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// Another character than Compose takes.
    NameCharacter,
    /// A blank within a name.
    BlankInName,
    /// `=` or `:` without a name before it.
    NoName,
    /// The end of the file in place of `=`.
    NoAssignment,
    /// A quote that is never closed.
    Unterminated,
    /// `${` that starts no reference.
    Reference,
    /// A NUL, which no environment can hold.
    Nul,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NameCharacter => "a name holds letters, digits, `_`, `.`, `-`, `[` and `]` only",
            Self::BlankInName => "a name cannot hold a blank",
            Self::NoName => "the value has no name",
            Self::NoAssignment => "the last name has no `=`",
            Self::Unterminated => "the quoted value has no closing quote",
            Self::Reference => "`${` starts no reference; a value in single quotes may hold it",
            Self::Nul => "a value cannot hold a NUL character",
        })
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.reason)
    }
}

impl std::error::Error for ParseError {}
