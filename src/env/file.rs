//! Turns an env file on disk into its entries, in a source whose lines are never shown.

use std::fs;
use std::ops::Range;
use std::path::Path;

use crate::diagnostic::Diagnostic;
use crate::env::access;
use crate::format::quote::dotenv::{Entry, ParseError, Value, parse_all};
use crate::source::{Source, SourceId, Sources, Span, load};

/// An env file, read.
#[derive(Debug)]
pub struct EnvFile {
    /// Its text, for the places of diagnostics.
    pub sources: Sources,
    /// What could be read.
    pub entries: Vec<Entry>,
    /// What could not.
    pub errors: Vec<ParseError>,
    /// Its permission bits, where the system has them.
    pub mode: Option<u32>,
    source: SourceId,
}

impl EnvFile {
    /// Reads a file.
    ///
    /// # Errors
    /// Why it cannot be read: it is not there, a folder, a link, too large, or no text.
    pub fn read(path: &Path) -> Result<Self, Diagnostic> {
        let source = load::load_confidential(path)?;
        let mode = fs::symlink_metadata(path).ok().and_then(|metadata| access::mode(&metadata));
        Ok(Self { mode, ..Self::of(source) })
    }

    /// Takes a text.
    pub fn of(source: Source) -> Self {
        let (entries, errors) = parse_all(&source.text);
        let mut sources = Sources::default();
        let source = sources.add(source);
        Self { sources, entries, errors, mode: None, source }
    }

    /// Its path, as it is named in messages.
    pub fn path(&self) -> &str {
        &self.sources.get(self.source).path
    }

    /// Its text, byte for byte.
    pub fn text(&self) -> &str {
        &self.sources.get(self.source).text
    }

    /// The entry of a name that counts: the last one.
    pub fn entry(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().rfind(|entry| entry.name == name)
    }

    /// The value of a name, if it is one that Compose takes as it is.
    pub fn value(&self, name: &str) -> Option<&str> {
        match &self.entry(name)?.value {
            Value::Literal(text) => Some(text),
            Value::Interpolated(_) | Value::Inherited => None,
        }
    }

    /// A place in it.
    pub fn span(&self, bytes: &Range<usize>) -> Span {
        // What was read is smaller than 4 GiB.
        let at = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Span { source: self.source, start: at(bytes.start), end: at(bytes.end) }
    }
}
