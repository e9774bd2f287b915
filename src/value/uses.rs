//! Reads which entry of the catalogue something is, with its version: `postgres@17`.

use std::sync::Arc;

use crate::diagnostic::Code;
use crate::value::Malformed;
use crate::value::scalar::{scalar, text};

/// A catalogue entry with a version: `postgres@17`; without one the entry's default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uses(Arc<str>);

impl Uses {
    /// Reads the name of an entry and perhaps, behind `@`, a version.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        grammar(text).map(|()| Self(text.into()))
    }

    /// The entry's name and the version asked for.
    pub fn parts(&self) -> (&str, Option<&str>) {
        parts(&self.0)
    }
}

fn parts(text: &str) -> (&str, Option<&str>) {
    match memchr::memchr(b'@', text.as_bytes()) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    }
}

fn grammar(text: &str) -> Result<(), Malformed> {
    let bad = |why: &str| Malformed::new(Code::InvalidValue, text, why);
    let (name, version) = parts(text);
    let is_name = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
    let is_version = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'.';
    if !name.starts_with(|first: char| first.is_ascii_lowercase()) || !name.bytes().all(is_name) {
        let found = bad(
            "is no entry of the catalogue: their names are lower-case letters, digits and hyphens, a letter first",
        );
        // As an image has its tag.
        let nearest = text.trim().to_lowercase().replace(['_', ' '], "-").replacen(':', "@", 1);
        let repaired = nearest != text && grammar(&nearest).is_ok();
        return Err(found.help(if repaired {
            format!("write `{nearest}`")
        } else {
            "`formwork explain catalogue` lists what there is".to_owned()
        }));
    }
    match version {
        Some("") => Err(bad("names no version").help(format!("write `{name}` for the usual one"))),
        Some(version) if !version.bytes().all(is_version) => {
            Err(bad("has a bad version: versions are letters, digits and dots")
                .help(format!("write `{name}` for the usual one")))
        }
        _ => Ok(()),
    }
}

text!(Uses);
scalar!(Uses {
    format: "uses",
    description: "An entry of the catalogue, with a version behind `@`; without one its usual one",
    examples: ["postgres@17", "nginx"],
    pattern: "^[a-z][a-z0-9-]*(@[A-Za-z0-9.]+)?$",
    check: grammar,
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::testing::{canonical, refused};

    #[test]
    fn entries_have_names_and_perhaps_versions() {
        canonical::<Uses>(&[("redis-exporter@1.7.0", "redis-exporter@1.7.0"), ("k3s", "k3s")]);
        refused::<Uses>(&[
            ("Postgres@17", "write `postgres@17`"),
            ("postgres:17", "write `postgres@17`"),
            ("Node Exporter", "write `node-exporter`"),
            ("", "lower-case letters"),
            ("-a", "explain catalogue"),
            ("postgres@", "write `postgres`"),
            ("postgres@17-alpine", "bad version"),
            ("postgres@17@18", "bad version"),
        ]);
        let version = |text| Uses::parse(text).unwrap().parts().1.map(str::to_owned);
        assert_eq!((version("a@1.2"), version("a")), (Some("1.2".to_owned()), None));
    }
}
