//! Reads the name of an alert.

use std::sync::Arc;

use crate::diagnostic::Code;
use crate::value::Malformed;
use crate::value::malformed::SHOWN;
use crate::value::scalar::{scalar, text};

/// The name of an alert.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AlertName(Arc<str>);

impl AlertName {
    /// Reads a name of letters, digits and underscores.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        grammar(text).map(|()| Self(text.into()))
    }
}

fn grammar(text: &str) -> Result<(), Malformed> {
    if is_name(text) {
        return Ok(());
    }
    let why = "is not the name of an alert: letters, digits and underscores, a letter first";
    let found = Malformed::new(Code::InvalidName, text, why);
    let nearest = text.trim().replace(['-', ' ', '.'], "_");
    let is_better = nearest.len() <= SHOWN && is_name(&nearest);
    Err(if is_better { found.help(format!("write `{nearest}`")) } else { found })
}

fn is_name(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    text.starts_with(|first: char| first.is_ascii_alphabetic()) && text.bytes().all(is_part)
}

text!(AlertName);
scalar!(AlertName {
    format: "alert-name",
    description: "The name of an alert: letters, digits and underscores, a letter first",
    examples: ["ApiDown", "QueueTooLong"],
    pattern: "^[A-Za-z][A-Za-z0-9_]*$",
    check: grammar,
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::testing::{canonical, refused};

    #[test]
    fn alert_names() {
        canonical::<AlertName>(&[("ApiDown", "ApiDown"), ("a_1", "a_1")]);
        refused::<AlertName>(&[
            ("api-down", "write `api_down`"),
            ("1st", "a letter first"),
            ("", "a letter first"),
            ("Ü", "letters, digits"),
        ]);
    }
}
