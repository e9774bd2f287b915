//! Turns text with references (`${db.url}`) into its parts.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, de};

/// Text that may hold references; numbers and truth values are taken as they are written in JSON.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Text(pub String);

/// A piece of a [`Text`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part<'t> {
    /// Stands for itself.
    Literal(Cow<'t, str>),
    /// Stands for a value.
    Reference(Reference<'t>),
}

/// What stands between `${` and `}`: `owner.key`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reference<'t> {
    /// `env`, `var`, or the name of a service or an external; within the catalogue also `self` and `target`.
    pub owner: &'t str,
    /// What it offers, such as `url`; may hold further dots.
    pub key: &'t str,
}

impl fmt::Display for Reference<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "${{{}.{}}}", self.owner, self.key)
    }
}

/// Why a text could not be taken apart: a sentence fragment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadReference(pub String);

/// Takes a text apart. `$${` is a literal `${`; a lone `$` is itself.
///
/// # Errors
/// When a reference is not closed, or is not of the form `owner.key`.
pub fn parse(text: &str) -> Result<Vec<Part<'_>>, BadReference> {
    let mut parts = Vec::with_capacity(3);
    let mut literal = Cow::Borrowed("");
    let mut rest = text;
    while let Some(at) = opening(rest) {
        if rest[..at].ends_with('$') {
            literal += &rest[..at - 1];
            literal += "${";
            rest = &rest[at + 2..];
            continue;
        }
        literal += &rest[..at];
        let body = &rest[at + 2..];
        let end = memchr::memchr(b'}', body.as_bytes()).ok_or_else(|| {
            BadReference("a reference is opened by `${` and not closed by `}`".to_owned())
        })?;
        if !literal.is_empty() {
            parts.push(Part::Literal(std::mem::take(&mut literal)));
        }
        parts.push(Part::Reference(reference(&body[..end])?));
        rest = &body[end + 1..];
    }
    literal += rest;
    if !literal.is_empty() {
        parts.push(Part::Literal(literal));
    }
    Ok(parts)
}

/// Whether a text may hold a reference: `${` stands in it.
pub fn is_open(text: &str) -> bool {
    text.contains('$') && opening(text).is_some()
}

/// What the references of a text name first; none where they cannot be read.
pub fn owners(text: &str) -> Vec<&str> {
    let owner = |part| match part {
        Part::Reference(reference) => Some(reference.owner),
        Part::Literal(_) => None,
    };
    let parts = if is_open(text) { parse(text) } else { Ok(Vec::new()) };
    parts.unwrap_or_default().into_iter().filter_map(owner).collect()
}

/// Where the first `${` stands.
fn opening(text: &str) -> Option<usize> {
    let mut dollars = memchr::memchr_iter(b'$', text.as_bytes());
    dollars.find(|at| text.as_bytes().get(at + 1) == Some(&b'{'))
}

/// The reference that a text is, where it is one and nothing else.
pub fn alone(text: &str) -> Option<Reference<'_>> {
    named(text.strip_prefix("${")?.strip_suffix('}')?)
}

/// Whether a reference can name a key so.
pub fn is_key(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(is_allowed)
}

impl Text {
    /// Whether it stands for itself.
    pub fn is_plain(&self) -> bool {
        !self.0.contains('$')
    }

    /// Whether values stand in it that are written elsewhere: `$${` starts none. What cannot be read is told where it
    /// is resolved.
    pub fn refers(&self) -> bool {
        let is_reference = |part: &Part<'_>| matches!(part, Part::Reference(_));
        is_open(&self.0) && parse(&self.0).is_ok_and(|parts| parts.iter().any(is_reference))
    }

    /// Whether it holds a reference to the first port of the component that it stands in, or to a port by name.
    pub fn names_own_port(&self) -> bool {
        let is_own = |part: &Part<'_>| match part {
            Part::Reference(Reference { owner, key }) => {
                *owner == "self" && (*key == "port" || key.starts_with("port."))
            }
            Part::Literal(_) => false,
        };
        is_open(&self.0) && parse(&self.0).is_ok_and(|parts| parts.iter().any(is_own))
    }
}

fn reference(body: &str) -> Result<Reference<'_>, BadReference> {
    let bad = || format!("`${{{body}}}` is not a reference of the form `${{owner.key}}`");
    named(body).ok_or_else(|| BadReference(bad()))
}

fn named(body: &str) -> Option<Reference<'_>> {
    let (owner, key) = body.split_once('.')?;
    (is_key(owner) && is_key(key)).then_some(Reference { owner, key })
}

fn is_allowed(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-')
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl de::Visitor<'_> for Visitor {
            type Value = Text;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text, a number or a truth value")
            }

            fn visit_str<E>(self, value: &str) -> Result<Text, E> {
                Ok(Text(value.to_owned()))
            }

            fn visit_bool<E>(self, value: bool) -> Result<Text, E> {
                Ok(Text(value.to_string()))
            }

            fn visit_u64<E>(self, value: u64) -> Result<Text, E> {
                Ok(Text(value.to_string()))
            }

            fn visit_i64<E>(self, value: i64) -> Result<Text, E> {
                Ok(Text(value.to_string()))
            }

            fn visit_f64<E>(self, value: f64) -> Result<Text, E> {
                Ok(Text(value.to_string()))
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}

impl JsonSchema for Text {
    fn schema_name() -> Cow<'static, str> {
        "Text".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({
            "description": "Text that may hold references such as `${db.url}`; `$${` is a literal `${`.",
            "type": ["string", "number", "boolean"],
            "format": "text",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn literal(text: &str) -> Part<'_> {
        Part::Literal(text.into())
    }

    fn refer(owner: &'static str, key: &'static str) -> Part<'static> {
        Part::Reference(Reference { owner, key })
    }

    #[test]
    fn texts_are_taken_apart() {
        let parsed = |text| parse(text).unwrap();
        assert_eq!(parsed(""), []);
        assert_eq!(parsed("a $ b $c"), [literal("a $ b $c")]);
        assert_eq!(parsed("$${a} ${db.url}"), [literal("${a} "), refer("db", "url")]);
        assert_eq!(parsed("${a.b}${c.d.e}x"), [refer("a", "b"), refer("c", "d.e"), literal("x")]);
    }

    #[test]
    fn what_is_no_reference_is_refused() {
        for bad in ["${", "${db.url", "${db}", "${}", "${.x}", "${a b.c}"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
