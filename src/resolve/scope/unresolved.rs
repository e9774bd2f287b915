//! Turns a reference that stands for nothing into a diagnostic, once its place is known.

use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;

/// Why a reference stands for nothing; without the place of the reference.
pub(in crate::resolve) struct Unresolved {
    code: Code,
    message: String,
    help: Option<String>,
    /// The place of what is wrong, where that is not the reference.
    cause: Option<Span>,
}

impl Unresolved {
    pub(super) fn new(code: Code, message: String, help: Option<String>) -> Self {
        Self { code, message, help, cause: None }
    }

    /// A text that must be known when compiling, and is not.
    pub(in crate::resolve) fn run_time(message: String, help: &str) -> Self {
        Self::new(Code::RunTimeReference, message, Some(help.to_owned()))
    }

    /// Something that the reference leads to is wrong.
    pub(super) fn caused(code: Code, message: String, help: &str, cause: Span) -> Self {
        Self { cause: Some(cause), ..Self::new(code, message, Some(help.to_owned())) }
    }

    /// The diagnostic, given the place of the reference.
    pub(in crate::resolve) fn at(self, place: Span) -> Diagnostic {
        let found = Diagnostic::error(self.code, self.message);
        let found = match self.cause {
            Some(cause) => found.at(cause, "").at(place, "it ends here"),
            None => found.at(place, ""),
        };
        match self.help {
            Some(help) => found.help(help),
            None => found,
        }
    }
}
