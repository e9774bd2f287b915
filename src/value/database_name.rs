//! Reads the name of a database that a component makes beside its own.

use std::sync::Arc;

use crate::diagnostic::Code;
use crate::value::Malformed;
use crate::value::scalar::{scalar, text};

/// The longest name, in characters: `PostgreSQL` takes 63, and variables are named after it.
const LONGEST: usize = 40;

/// The name of a database; also what its owner is called when nobody says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DatabaseName(Arc<str>);

impl DatabaseName {
    /// Reads a name of up to 40 lower-case letters, digits, `_` and `-`, first a letter.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let bad = |why: &str| Malformed::new(Code::InvalidName, text, why);
        let known = |letter: char| matches!(letter, 'a'..='z' | '0'..='9' | '_' | '-');
        if !text.chars().all(known) {
            return Err(bad(
                "is no name of a database: it consists of lower-case letters, digits, `_` and `-`",
            ));
        }
        if !text.starts_with(|letter: char| letter.is_ascii_lowercase()) {
            return Err(bad("is no name of a database: it starts with a letter"));
        }
        if text.len() > LONGEST {
            return Err(bad("is too long: a database has at most 40 characters"));
        }
        Ok(Self(text.into()))
    }
}

text!(DatabaseName);
scalar!(DatabaseName {
    format: "database-name",
    description: "The name of a database: up to 40 lower-case letters, digits, `_` and `-`, a letter first",
    examples: ["kong", "order_history"],
    pattern: "^[a-z][a-z0-9_-]{0,39}$",
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::testing::{canonical, refused};

    #[test]
    fn database_names() {
        canonical::<DatabaseName>(&[("kong", "kong"), ("order_history", "order_history")]);
        refused::<DatabaseName>(&[
            ("", "starts with a letter"),
            ("Kong", "lower-case letters"),
            ("a.b", "lower-case letters"),
            ("_kong", "starts with a letter"),
            (&"a".repeat(41), "at most 40"),
        ]);
    }
}
