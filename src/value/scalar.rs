//! Gives every scalar what they all share: reading, writing, and its entry in the JSON Schema.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use schemars::{Schema, json_schema};
use serde::de::{Deserializer, Error, Unexpected, Visitor};
use serde_json::json;

use crate::value::Malformed;

/// A scalar with a grammar, as its JSON Schema describes it.
pub trait Scalar: FromStr<Err = Malformed> + fmt::Display {
    /// The `format` in the schema, which is also the name of its definition.
    const FORMAT: &'static str;
    /// What it is and how it is written, in a sentence.
    const DESCRIPTION: &'static str;
    /// Texts that it accepts.
    const EXAMPLES: &'static [&'static str];
    /// A pattern for editors, which matches everything that is accepted; where none is of use, there is none.
    const PATTERN: Option<&'static str>;
    /// Whether a YAML number will do as well.
    const NUMBERS: Numbers;

    /// Says whether a text is one.
    ///
    /// # Errors
    /// What is wrong with it.
    fn check(text: &str) -> Result<(), Malformed> {
        text.parse::<Self>().map(drop)
    }
}

/// The YAML numbers that a scalar accepts beside text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Numbers {
    /// Text only.
    None,
    /// Whole numbers from the first to the second.
    Whole(u64, u64),
    /// Numbers from this one up.
    From(f64),
}

/// No machine has more of anything that is written as a bare number.
const LARGEST_NUMBER: u32 = 1_000_000;

/// The check of one scalar, under the name that the schema gives it.
#[derive(Debug, Clone, Copy)]
pub struct Format {
    /// The `format` in the schema.
    pub id: &'static str,
    /// Says whether a text is one.
    pub check: fn(&str) -> Result<(), Malformed>,
    /// The pattern in the schema, which matches everything that the check accepts.
    pub pattern: Option<&'static str>,
}

impl Format {
    /// The check of the type `T`.
    pub const fn of<T: Scalar>() -> Self {
        Self { id: T::FORMAT, check: T::check, pattern: T::PATTERN }
    }
}

/// The schema of a scalar.
pub(super) fn schema<T: Scalar>() -> Schema {
    let mut schema = match T::NUMBERS {
        Numbers::None => json_schema!({ "type": "string" }),
        Numbers::Whole(minimum, maximum) => {
            json_schema!({ "type": ["string", "integer"], "minimum": minimum, "maximum": maximum })
        }
        Numbers::From(minimum) => {
            json_schema!({ "type": ["string", "number"], "minimum": minimum, "maximum": LARGEST_NUMBER })
        }
    };
    schema.insert("format".to_owned(), json!(T::FORMAT));
    if let Some(pattern) = T::PATTERN {
        schema.insert("pattern".to_owned(), json!(pattern));
    }
    schema.insert("description".to_owned(), json!(T::DESCRIPTION));
    schema.insert("examples".to_owned(), json!(T::EXAMPLES));
    schema
}

/// Reads a scalar from text, or from a number if it takes numbers.
pub(super) fn deserialize<'de, T: Scalar, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
    match T::NUMBERS {
        Numbers::None => from.deserialize_str(Reader(PhantomData)),
        Numbers::Whole(..) | Numbers::From(_) => from.deserialize_any(Reader(PhantomData)),
    }
}

struct Reader<T>(PhantomData<T>);

impl<T: Scalar> Visitor<'_> for Reader<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::DESCRIPTION)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<T, E> {
        match T::NUMBERS {
            Numbers::None => Err(E::invalid_type(Unexpected::Unsigned(number), &self)),
            Numbers::Whole(..) | Numbers::From(_) => self.visit_str(&number.to_string()),
        }
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<T, E> {
        match T::NUMBERS {
            Numbers::None => Err(E::invalid_type(Unexpected::Signed(number), &self)),
            Numbers::Whole(..) | Numbers::From(_) => self.visit_str(&number.to_string()),
        }
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<T, E> {
        match T::NUMBERS {
            Numbers::None | Numbers::Whole(..) => {
                Err(E::invalid_type(Unexpected::Float(number), &self))
            }
            Numbers::From(_) => self.visit_str(&number.to_string()),
        }
    }
}

/// Implements for a type with `parse` and `Display` what all scalars have.
macro_rules! scalar {
    ($type:ty {
        format: $format:literal,
        description: $description:literal,
        examples: [$($example:literal),+],
        $(pattern: $pattern:literal,)?
        $(numbers: $numbers:expr,)?
        $(check: $check:path,)?
    }) => {
        impl $crate::value::Scalar for $type {
            const FORMAT: &'static str = $format;
            const DESCRIPTION: &'static str = $description;
            const EXAMPLES: &'static [&'static str] = &[$($example),+];
            const PATTERN: Option<&'static str> =
                $crate::value::scalar::or_else!($(Some($pattern))?, None);
            const NUMBERS: $crate::value::scalar::Numbers =
                $crate::value::scalar::or_else!($($numbers)?, $crate::value::scalar::Numbers::None);
            $(
                fn check(text: &str) -> Result<(), $crate::value::Malformed> {
                    $check(text)
                }
            )?
        }

        impl std::str::FromStr for $type {
            type Err = $crate::value::Malformed;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::parse(text)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                $crate::value::scalar::deserialize(from)
            }
        }

        impl schemars::JsonSchema for $type {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                $format.into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                $crate::value::scalar::schema::<Self>()
            }
        }
    };
}

/// The first of two expressions, or the second where the first is left out.
macro_rules! or_else {
    (, $default:expr) => {
        $default
    };
    ($given:expr, $default:expr) => {
        $given
    };
}

/// Writes a type that is no text by its `Display`.
macro_rules! written {
    ($type:ty) => {
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_str(self)
            }
        }
    };
}

/// Gives a newtype of `Arc<str>`, which is copied without its text, what texts have: `as_str`, `Display`, how it
/// is written, a `String` of it, and look-up in maps by `&str`.
macro_rules! text {
    ($type:ident) => {
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(&self.0)
            }
        }

        impl $type {
            /// The text as it is written.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Takes a text that the program composed of parts that were read; it is not read again.
            #[allow(dead_code, reason = "not every scalar is composed")]
            pub(crate) fn known(text: impl Into<std::sync::Arc<str>>) -> Self {
                Self(text.into())
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&$type> for String {
            fn from(text: &$type) -> Self {
                text.as_str().to_owned()
            }
        }

        impl std::borrow::Borrow<str> for $type {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    };
}

pub(super) use {or_else, scalar, text, written};

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use serde_json::{from_value, to_value};

    use super::*;
    use crate::value::{Cpu, FORMATS, Name, Percent, PortNumber};

    /// Formats that JSON Schema itself defines: another validator would apply its own meaning.
    const STANDARD: &[&str] = &[
        "date-time",
        "date",
        "time",
        "duration",
        "email",
        "idn-email",
        "hostname",
        "idn-hostname",
        "ipv4",
        "ipv6",
        "uri",
        "uri-reference",
        "iri",
        "iri-reference",
        "uuid",
        "uri-template",
        "json-pointer",
        "relative-json-pointer",
        "regex",
    ];

    #[test]
    fn formats_have_names_of_their_own() {
        let ids: BTreeSet<_> = FORMATS.iter().map(|format| format.id).collect();
        assert_eq!(ids.len(), FORMATS.len());
        assert!(STANDARD.iter().all(|standard| !ids.contains(standard)));
    }

    #[test]
    fn numbers_are_read_where_they_are_natural() {
        assert_eq!(from_value::<PortNumber>(json!(80)).unwrap().to_string(), "80");
        assert_eq!(from_value::<Cpu>(json!(0.5)).unwrap().to_string(), "500m");
        let refused = |value| from_value::<PortNumber>(value).unwrap_err().to_string();
        assert!(refused(json!(-1)).contains("`-1` is not a port"));
        assert!(refused(json!(80.0)).contains("floating point"));
        assert!(from_value::<Percent>(json!(50)).unwrap_err().to_string().contains("integer `50`"));
    }

    #[test]
    fn names_are_keys_of_maps() {
        let map: BTreeMap<Name, u8> = from_value(json!({ "db": 1 })).unwrap();
        assert_eq!(map.get("db"), Some(&1));
        assert_eq!(to_value(map).unwrap(), json!({ "db": 1 }));
    }
}
