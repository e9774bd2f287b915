//! Describes what is wrong with an author's text, so that it can be shown, counted and explained.

pub mod code;
pub mod render;
pub mod suggest;

use std::collections::BTreeMap;

use crate::source::{Sources, Span};
pub use code::Code;

/// How much a diagnostic matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing can be compiled until it is mended.
    Error,
    /// Compiles, but is probably not what was meant.
    Warning,
    /// Worth knowing.
    Note,
}

impl Severity {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// One thing that the author should know: what, where, and what instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Its name, which `explain` takes.
    pub code: Code,
    /// How much it matters.
    pub severity: Severity,
    /// What is wrong, in one sentence without a final period; names stand in backticks.
    pub message: String,
    /// Where; the first label is the place that is reported.
    pub labels: Vec<Label>,
    /// Ways out, one sentence each.
    pub help: Vec<String>,
    /// The file it is about where there is no span, such as one that could not be parsed at all.
    pub path: Option<String>,
}

/// A marked place in a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What is said beside the underline; may be empty.
    pub text: String,
}

// Their constructors are cold, as are those of what becomes one: the code that tells of faults stands aside from the code
// that finds none, which runs every time.
impl Diagnostic {
    /// An error.
    #[cold]
    pub fn error(code: Code, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Error, message)
    }

    /// A warning.
    #[cold]
    pub fn warning(code: Code, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Warning, message)
    }

    /// A note.
    #[cold]
    pub fn note(code: Code, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Note, message)
    }

    fn new(code: Code, severity: Severity, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { code, severity, message, labels: Vec::new(), help: Vec::new(), path: None }
    }

    /// Marks a place; the first call gives the place that is reported.
    #[must_use]
    pub fn at(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// Names the file, where no place in it is known.
    #[must_use]
    pub fn in_file(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// Adds a way out.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }
}

/// What was found in one run; ends up sorted by place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diagnostics {
    all: Vec<Diagnostic>,
    /// Which of them are at a place: the very same is found among few.
    at: BTreeMap<(Option<Span>, Code), Vec<usize>>,
}

impl Diagnostics {
    /// Adds one, unless the very same was added before (two environments often find the same fault); of two that
    /// differ in how much they matter, the one that matters more stays.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        let place = diagnostic.labels.first().map(|label| label.span);
        let near = self.at.entry((place, diagnostic.code)).or_default();
        let same = |at: &&usize| {
            let known = &self.all[**at];
            known.message == diagnostic.message
                && known.labels == diagnostic.labels
                && known.help == diagnostic.help
                && known.path == diagnostic.path
        };
        if let Some(at) = near.iter().find(same) {
            let known = &mut self.all[*at];
            known.severity = known.severity.min(diagnostic.severity);
        } else {
            near.push(self.all.len());
            self.all.push(diagnostic);
        }
    }

    /// Adds many.
    pub fn extend(&mut self, diagnostics: impl IntoIterator<Item = Diagnostic>) {
        for diagnostic in diagnostics {
            self.push(diagnostic);
        }
    }

    /// Whether there is an error among them.
    pub fn has_errors(&self) -> bool {
        self.all.iter().any(|found| found.severity == Severity::Error)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Each of them, in the order in which they were found.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.all.iter()
    }

    /// In the order of their places: file, then position, then code.
    pub fn sorted(mut self, sources: &Sources) -> Vec<Diagnostic> {
        let place = |found: &Diagnostic| {
            let first = found.labels.first();
            let path = first.map(|label| sources.get(label.span.source).path.clone());
            (path.or_else(|| found.path.clone()), first.map(|label| label.span), found.code)
        };
        self.all.sort_by_cached_key(place);
        self.all
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        let mut diagnostics = Self::default();
        diagnostics.push(diagnostic);
        diagnostics
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.all.into_iter()
    }
}
