//! Turns a variable into what its value must be, in words.

use std::fmt;

use crate::format::quote::markdown::{escape, span as code};
use crate::model::Variable;

/// What a variable must be.
pub(super) struct Wanted<'a>(pub(super) &'a Variable);

impl fmt::Display for Wanted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let variable = self.0;
        match variable.proposed() {
            _ if variable.secret => {
                let may = if variable.may_be_empty() { "is empty or holds" } else { "holds" };
                write!(f, "{may} a secret of this environment alone")?;
                if variable.min_length > 1 {
                    write!(f, ", {} characters or more", variable.min_length)?;
                }
                if let Some(one) = variable.generate {
                    write!(f, ", made with {}", code(&one.command()))?;
                }
            }
            "" if variable.may_be_empty() => f.write_str("is set, or empty on purpose")?,
            "" => f.write_str("is set")?,
            value if variable.requirement.equals.is_some() => write!(f, "is {}", code(value))?,
            value => write!(f, "is {}, unless it must be another here", code(value))?,
        }
        About(&variable.about).fmt(f)
    }
}

/// What something is for, behind a colon.
pub(super) struct About<'a>(pub(super) &'a str);

impl fmt::Display for About<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() { Ok(()) } else { write!(f, ": {}", escape(self.0)) }
    }
}
