//! Reads which entry of the catalogue something is, with its version: `postgres@17`.

use std::sync::Arc;

use crate::diagnostic::Code;
use crate::value::Malformed;
use crate::value::malformed::SHOWN;
use crate::value::scalar::{scalar, text};

/// An entry of the catalogue, with a version behind `@`; without one its usual one.
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
    text.split_once('@').map_or((text, None), |(name, version)| (name, Some(version)))
}

fn grammar(text: &str) -> Result<(), Malformed> {
    let Some(why) = fault(text) else { return Ok(()) };
    let found = Malformed::new(Code::InvalidValue, text, why);
    let meant = meant(text);
    let is_better = meant != text && meant.len() <= SHOWN && fault(&meant).is_none();
    Err(found.help(if is_better {
        format!("write `{meant}`")
    } else {
        "`formwork explain catalogue` lists what there is".to_owned()
    }))
}

fn fault(text: &str) -> Option<&'static str> {
    let (name, version) = parts(text);
    let is_name = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
    if !name.starts_with(|first: char| first.is_ascii_lowercase()) || !name.bytes().all(is_name) {
        Some(
            "is no entry of the catalogue: their names are lower-case letters, digits and hyphens, a letter first",
        )
    } else if version == Some("") {
        Some("names no version")
    } else if !version.is_none_or(|version| version.bytes().all(is_version)) {
        Some("has a bad version: versions are letters, digits and dots")
    } else {
        None
    }
}

fn is_version(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'.'
}

/// What was most probably meant: the name in small letters, and what of a version can be one. Images have theirs behind
/// a colon, and say more.
fn meant(text: &str) -> String {
    let (name, version) = text.split_once(['@', ':']).unwrap_or((text, ""));
    let name = name.trim().to_lowercase().replace(['_', ' '], "-");
    let version = version.trim_start_matches(['@', ':', ' ', 'v']);
    let end = version.bytes().position(|byte| !is_version(byte)).unwrap_or(version.len());
    match version[..end].trim_end_matches('.') {
        "" => name,
        version => [&name, "@", version].concat(),
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
            ("postgres @ 17", "write `postgres@17`"),
            ("postgres:17-alpine", "write `postgres@17`"),
            ("postgres@16.4-alpine", "write `postgres@16.4`"),
            ("postgres@17@18", "write `postgres@17`"),
            ("POSTGRES@17RC", "write `postgres@17RC`"),
            ("library/postgres:17", "explain catalogue"),
        ]);
        let version = |text| Uses::parse(text).unwrap().parts().1.map(str::to_owned);
        assert_eq!((version("a@1.2"), version("a")), (Some("1.2".to_owned()), None));
    }
}
