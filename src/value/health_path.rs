//! Reads what is asked for over HTTP to learn of a program's health.

use std::sync::Arc;

use crate::diagnostic::Code;
use crate::value::scalar::{scalar, text};
use crate::value::{Malformed, UrlPath};

/// A path, and a query behind it where there is one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HealthPath(Arc<str>);

impl HealthPath {
    /// Reads a path that starts with `/`, with or without `?` and a query.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let (path, query) = text.split_once('?').unwrap_or((text, ""));
        UrlPath::parse(path)?;
        // No quotation marks: a tool in the image gets the URL within a program of its own.
        let known =
            |letter: char| letter.is_ascii_alphanumeric() || "-._~&+,=:@/%".contains(letter);
        match query.chars().find(|letter| !known(*letter)) {
            None => Ok(Self(text.into())),
            Some(letter) => {
                let why = format!("has `{}`, which a query cannot hold", letter.escape_default());
                Err(Malformed::new(Code::InvalidPath, text, &why))
            }
        }
    }
}

text!(HealthPath);
scalar!(HealthPath {
    format: "health-path",
    description: "What is asked for over HTTP: a path, with or without a query",
    examples: ["/health/ready", "/healthz?verbose=1"],
    pattern: r"^/[A-Za-z0-9/._~!&()+,=:@-]*(\?[A-Za-z0-9/._~&+,=:@%-]*)?$",
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::testing::{canonical, refused};

    #[test]
    fn health_paths() {
        canonical::<HealthPath>(&[("/", "/"), ("/healthz?a=b&c=%20", "/healthz?a=b&c=%20")]);
        refused::<HealthPath>(&[
            ("health", "starts with `/`"),
            ("/a//b", "empty"),
            ("/a?b='c'", "has `\\'`"),
            ("/a?b c", "has ` `"),
            ("/a?b?c", "has `?`"),
        ]);
    }
}
