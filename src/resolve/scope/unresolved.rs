//! Turns a reference that stands for nothing into a diagnostic, once its place is known.

use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;

/// Why a reference stands for nothing; nothing where that follows from a fault which is told elsewhere.
pub(in crate::resolve) struct Unresolved(Option<Fault>);

/// What is told, without the place of the reference.
struct Fault {
    code: Code,
    message: String,
    help: Option<String>,
    /// The place of what is wrong, where that is not the reference.
    cause: Option<Span>,
}

impl Unresolved {
    #[cold]
    pub(super) fn new(code: Code, message: String, help: Option<String>) -> Self {
        Self(Some(Fault { code, message, help, cause: None }))
    }

    /// What it leads to is faulty, which is told there.
    #[cold]
    pub(super) fn follows() -> Self {
        Self(None)
    }

    /// A text that must be known when compiling, and is not.
    #[cold]
    pub(in crate::resolve) fn run_time(message: String, help: &str) -> Self {
        Self::new(Code::RunTimeReference, message, Some(help.to_owned()))
    }

    /// A collection that does not exist.
    #[cold]
    pub(in crate::resolve) fn no_collection(name: &serde_json::Value) -> Self {
        let message = format!("`for_each` runs over no collection that is named {name}");
        let help = "there are `routes`, `passed`, `hosts`, `services`, `datasources` and `autoscale.metrics`";
        Self::new(Code::UnknownReference, message, Some(help.to_owned()))
    }

    /// Something that the reference leads to is wrong.
    #[cold]
    pub(super) fn caused(code: Code, message: String, help: &str, cause: Span) -> Self {
        Self(Some(Fault { code, message, help: Some(help.to_owned()), cause: Some(cause) }))
    }

    /// The same for whoever refers to a text that is itself told of: only a circle is nobody's alone, and what breaks
    /// where it ends is told for that place.
    #[cold]
    pub(super) fn through(self) -> Self {
        let is_own = |fault: &Fault| {
            let is_circle = fault.code == Code::InvalidReference && fault.help.is_none();
            is_circle || fault.cause.is_some()
        };
        Self(self.0.filter(is_own))
    }

    /// The diagnostic, given the place of the reference.
    pub(in crate::resolve) fn at(self, place: Span) -> Option<Diagnostic> {
        let fault = self.0?;
        let found = Diagnostic::error(fault.code, fault.message);
        let found = match fault.cause {
            Some(cause) => found.at(cause, "").at(place, "it ends here"),
            None => found.at(place, ""),
        };
        Some(fault.help.into_iter().fold(found, Diagnostic::help))
    }
}
