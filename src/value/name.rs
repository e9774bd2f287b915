//! Reads the name of a service, network, volume or environment: a DNS label.

use std::sync::Arc;

use crate::diagnostic::Code;
use crate::value::Malformed;
use crate::value::scalar::{scalar, text};

/// The longest name, in characters. Kubernetes allows 63; the rest is room for what is appended to a name.
const LONGEST: usize = 40;

/// Names that mean something else: the two name spaces of references, and the container itself.
const RESERVED: &[&str] = &["env", "var", "localhost"];

/// The name of a service, network, volume or environment.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(Arc<str>);

impl Name {
    /// The environment of a blueprint that names none.
    pub fn production() -> Self {
        Self("production".into())
    }

    /// The network of a blueprint that names none.
    pub fn default_network() -> Self {
        Self("main".into())
    }

    /// This name with a suffix: `<name>-<suffix>`.
    #[must_use]
    pub fn joined(&self, suffix: &str) -> Self {
        Self(format!("{}-{suffix}", self.0).into())
    }

    /// Reads a name of 2 to 40 lower-case letters, digits and hyphens.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        grammar(text).map(|()| Self(text.into()))
    }
}

fn grammar(text: &str) -> Result<(), Malformed> {
    check(text, RESERVED)
}

/// Says whether a text is a name and none of the reserved ones.
pub(super) fn check(text: &str, reserved: &[&str]) -> Result<(), Malformed> {
    let bad = |why: &str| Malformed::new(Code::InvalidName, text, why);
    let known = |letter: char| matches!(letter, 'a'..='z' | '0'..='9' | '-');
    if reserved.contains(&text) {
        return Err(bad("is reserved and cannot be a name"));
    }
    if !text.chars().all(known) {
        let found = bad("is not a name: names consist of lower-case letters, digits and hyphens");
        let nearest = text.trim().to_lowercase().replace(['_', ' ', '.'], "-");
        let repaired = nearest != text && check(&nearest, reserved).is_ok();
        return Err(if repaired { found.help(format!("write `{nearest}`")) } else { found });
    }
    if !text.starts_with(|letter: char| letter.is_ascii_lowercase()) {
        return Err(bad("is not a name: names start with a letter"));
    }
    if text.ends_with('-') {
        return Err(bad("is not a name: names end with a letter or digit"));
    }
    match text.len() {
        0..2 => Err(bad("is too short: names have at least 2 characters")
            .help("write two letters or more: all names keep one rule, and Compose reads a volume of one as a drive")),
        2..=LONGEST => Ok(()),
        length => {
            Err(bad(&format!("is too long: it has {length} characters, {LONGEST} is the most")))
        }
    }
}

text!(Name);
scalar!(Name {
    format: "name",
    description: "A name: 2 to 40 lower-case letters, digits and hyphens, starting with a letter",
    examples: ["backend", "celery-worker", "postgres2"],
    pattern: "^[a-z][a-z0-9-]{0,38}[a-z0-9]$",
    check: grammar,
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::testing::{canonical, refused};

    #[test]
    fn names() {
        canonical::<Name>(&[("db", "db"), ("celery-worker-2", "celery-worker-2")]);
        canonical::<Name>(&[(
            "x123456789012345678901234567890123456789",
            "x123456789012345678901234567890123456789",
        )]);
        refused::<Name>(&[
            ("env", "reserved"),
            ("localhost", "reserved"),
            ("", "start with a letter"),
            ("a", "drive"),
            ("My_Service", "write `my-service`"),
            ("1st", "start with a letter"),
            ("db-", "end with a letter"),
            ("dü", "lower-case letters"),
            ("x1234567890123456789012345678901234567890", "41 characters"),
        ]);
    }
}
