//! Says why a reference stands for nothing.

use crate::blueprint::reference::Reference;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;

/// Why a reference stands for nothing; without a place.
pub(in crate::resolve) enum Unresolved {
    /// What is told of it: code, message, help.
    Fault(Code, String, Option<String>),
    /// It follows from a fault that is told elsewhere.
    Follows,
}

impl Unresolved {
    /// A text that must be known when compiling, and is not.
    pub(in crate::resolve) fn run_time(message: String, help: &str) -> Self {
        Self::Fault(Code::RunTimeReference, message, Some(help.to_owned()))
    }

    /// The diagnostic, given the place; nothing where the fault is told elsewhere.
    pub(in crate::resolve) fn at(self, place: Span) -> Option<Diagnostic> {
        let Self::Fault(code, message, help) = self else { return None };
        let found = Diagnostic::error(code, message).at(place, "");
        Some(help.into_iter().fold(found, Diagnostic::help))
    }

    /// The same for whoever refers to a text that is itself told of: only a circle is nobody's alone.
    pub(super) fn through(self) -> Self {
        match self {
            Self::Fault(Code::InvalidReference, message, None) => {
                Self::Fault(Code::InvalidReference, message, None)
            }
            _ => Self::Follows,
        }
    }
}

/// What is told of a reference to what does not exist.
pub(super) fn unknown(reference: &Reference, why: &str, help: Option<String>) -> Unresolved {
    Unresolved::Fault(
        Code::UnknownReference,
        format!("`{reference}` stands for nothing: {why}"),
        help,
    )
}
