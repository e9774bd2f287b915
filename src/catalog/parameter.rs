//! Turns what a blueprint sets a component's parameter to into the text that the component reads, or says what is
//! wrong with it.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::blueprint::reference::Text;
use crate::blueprint::variable::VariableKind;
pub use crate::catalog::amount::{Amount, Preset, Share};
use crate::catalog::grammar::{is_name, is_package, path, range};
use crate::catalog::unit;
pub use crate::catalog::unit::Unit;
use crate::value::{Duration, Generator, Image, Malformed, Memory};

/// What a blueprint may set with `with:`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// What it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// What values it takes.
    #[serde(default, rename = "type")]
    pub kind: Kind,
    /// The least number or amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<Bound>,
    /// The greatest number or amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<Bound>,
    /// The words of a choice; of another type, words that it takes besides.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<Text>,
    /// The unit in which the component reads an amount of memory or a duration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Unit>,
    /// Its value when the blueprint does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Preset>,
    /// Whether it is the address at which people come in: a route of its host leads to the component.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub public: bool,
    /// Whether nobody may see it; then it becomes a variable of the operator's.
    #[serde(default)]
    pub secret: bool,
    /// The fewest characters of a secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_length: Option<u32>,
    /// How `env fill` makes a secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generate: Option<Generator>,
    /// What another value needs beside a new start of those that read it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<String>,
}

/// What values a parameter takes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// One line of any text; a template must quote it.
    #[default]
    Text,
    /// A whole number, from `min` to `max`.
    Integer,
    /// An amount such as `384Mi`, handed over in `unit`.
    Memory,
    /// An amount of something else than the container's memory, such as its disk; otherwise the same.
    Size,
    /// A duration such as `90s`, handed over in `unit`.
    Duration,
    /// Letters, digits, `_`, `.` and `-`, first a letter or `_`: safe in URLs, commands and templates.
    Name,
    /// A path below the build context: letters, digits, `_`, `.`, `-` and `/`.
    Path,
    /// Such paths, with blanks between them.
    Paths,
    /// Names of packages of the image's distribution, with blanks between them.
    Packages,
    /// An absolute URL.
    Url,
    /// An image.
    Image,
    /// One of `values`.
    Choice,
}

/// The least or the greatest that a parameter may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Bound {
    /// A number.
    Number(i64),
    /// An amount.
    Amount(Memory),
}

impl Bound {
    fn number(self) -> Option<i64> {
        if let Self::Number(number) = self { Some(number) } else { None }
    }

    fn amount(self) -> Option<Memory> {
        if let Self::Amount(memory) = self { Some(memory) } else { None }
    }
}

/// Why a value is none that a parameter takes: what it takes, as a noun, or what its own type says.
#[derive(Debug)]
pub enum Refusal {
    /// What is expected.
    Expected(String),
    /// What is wrong with it.
    Malformed(Box<Malformed>),
}

impl Parameter {
    /// Whether a value can be handed on although it is known at run time only.
    pub fn takes_variables(&self) -> bool {
        matches!(self.kind, Kind::Text | Kind::Integer | Kind::Name | Kind::Url)
    }

    /// The words it takes beside those of its type.
    fn takes(&self, value: &str) -> bool {
        self.values.iter().any(|one| one.0 == value)
    }

    /// Checks a value that is known.
    ///
    /// # Errors
    /// Why the parameter does not take it.
    pub fn check(&self, value: &str) -> Result<(), Refusal> {
        if self.takes(value) {
            return Ok(());
        }
        let expected = |good: bool, what: &str| {
            if good { Ok(()) } else { Err(Refusal::Expected(what.to_owned())) }
        };
        let malformed = |malformed| Refusal::Malformed(Box::new(malformed));
        match self.kind {
            Kind::Text => expected(!value.contains(char::is_control), "one line of text"),
            Kind::Integer => expected(self.bounds(value), &self.numbers()),
            Kind::Memory | Kind::Size => self.amount(value),
            Kind::Duration => Duration::parse(value).map(drop).map_err(malformed),
            Kind::Name => expected(is_name(value), "a name of letters, digits, `_`, `.` and `-`"),
            Kind::Path => path(value),
            Kind::Paths => value.split(' ').filter(|one| !one.is_empty()).try_for_each(path),
            Kind::Packages => expected(
                value.split(' ').all(|name| name.is_empty() || is_package(name)),
                "names of packages with blanks between them",
            ),
            Kind::Url => expected(VariableKind::Url.check(value).is_ok(), "an absolute URL"),
            Kind::Image => Image::parse(value).map(drop).map_err(malformed),
            Kind::Choice => expected(false, &self.choices()),
        }
    }

    /// A value as the component reads it; one that is not understood stays as it is.
    pub fn write<'v>(&self, value: &'v str) -> Cow<'v, str> {
        let written = match (self.kind, self.unit) {
            (Kind::Memory | Kind::Size, unit) => {
                Memory::parse(value).ok().map(|memory| unit::amount(memory, unit))
            }
            (Kind::Duration, Some(unit)) => {
                Duration::parse(value).ok().map(|duration| unit::length(duration, unit))
            }
            _ => None,
        };
        written.map_or(Cow::Borrowed(value), Cow::Owned)
    }

    /// The part of a limit, as far as the bounds allow.
    pub fn share(&self, share: Share, limit: Memory) -> Memory {
        let memory = share.of(limit);
        let at_least = self.min.and_then(Bound::amount).map_or(memory, |min| memory.max(min));
        self.max.and_then(Bound::amount).map_or(at_least, |max| at_least.min(max))
    }

    /// The amount of memory behind a text that [`Self::write`] made.
    pub fn read_memory(&self, written: &str) -> Option<Memory> {
        if self.kind == Kind::Memory { unit::read(written, self.unit) } else { None }
    }

    fn amount(&self, value: &str) -> Result<(), Refusal> {
        let memory =
            Memory::parse(value).map_err(|malformed| Refusal::Malformed(Box::new(malformed)))?;
        let whole = memory.bytes().is_multiple_of(Memory::from_mebibytes(1).bytes());
        if !whole && self.unit.is_some() {
            return Err(Refusal::Expected("a whole number of `Mi` or `Gi`".to_owned()));
        }
        let (min, max) = (self.min.and_then(Bound::amount), self.max.and_then(Bound::amount));
        let within = min.is_none_or(|min| memory >= min) && max.is_none_or(|max| memory <= max);
        if within { Ok(()) } else { Err(Refusal::Expected(range("an amount", min, max))) }
    }

    fn bounds(&self, value: &str) -> bool {
        let (min, max) = (self.min.and_then(Bound::number), self.max.and_then(Bound::number));
        let whole = value.parse::<i64>().is_ok_and(|number| {
            min.is_none_or(|min| number >= min) && max.is_none_or(|max| number <= max)
        });
        whole && !value.starts_with('+')
    }

    fn numbers(&self) -> String {
        let (min, max) = (self.min.and_then(Bound::number), self.max.and_then(Bound::number));
        range("a whole number", min, max)
    }

    fn choices(&self) -> String {
        let words: Vec<String> = self.values.iter().map(|one| format!("`{}`", one.0)).collect();
        words.join(" or ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameter(yaml: &str) -> Parameter {
        serde_yaml::from_str(yaml).unwrap()
    }

    fn takes(yaml: &str, good: &[&str], bad: &[&str]) {
        let parameter = parameter(yaml);
        for value in good {
            assert!(parameter.check(value).is_ok(), "{yaml}: {value:?}");
        }
        for value in bad {
            assert!(parameter.check(value).is_err(), "{yaml}: {value:?}");
        }
    }

    #[test]
    fn each_type_takes_its_own_values_and_no_others() {
        takes("{}", &["", "a; b $c 'd'"], &["a\nRUN id", "a\u{0}"]);
        takes("{ type: integer, min: 1, max: 8 }", &["1", "8"], &["0", "9", "4; id", "", "+1"]);
        takes("{ type: memory, unit: mb }", &["384Mi"], &["384mb", "75%", "1; id", "1Ki"]);
        takes("{ type: size, min: 1Mi, max: 64Mi }", &["1Mi", "64Mi"], &["65Mi", "1023Ki", "8"]);
        takes("{ type: duration, values: [-1] }", &["1s", "-1"], &["-2", "1", "1s; id"]);
        takes("{ type: name }", &["app", "_a.b-c"], &["", "a b", "a/b", "a\"", "-a", "a'"]);
        takes("{ type: path }", &["a/b.txt"], &["../a", "/a", "a b", "a;b", "a\nb", "$a", ""]);
        takes(
            "{ type: paths }",
            &["", "dist", "dist migrations/x a.b_c-d"],
            &["dist; id", "dist ../a", "/dist", "a\" \"b", "a\nb", "*", "$x", "[a]"],
        );
        takes(
            "{ type: packages }",
            &["", "curl g++ libpq5", "a=1:2.3~b"],
            &["curl;id", "curl\nRUN id", "$(id)", "--x", "curl-", "a&&b", "`id`"],
        );
        takes("{ type: url }", &["https://a.example/"], &["a.example", "https://a b"]);
        takes("{ type: image }", &["docker.io/oven/bun:1.4.3"], &["a b", "a\nRUN id", ""]);
        takes("{ type: choice, values: [bun, npm] }", &["bun", "npm"], &["yarn", "bun; id", ""]);
    }

    #[test]
    fn amounts_are_handed_over_in_the_unit_that_is_read() {
        let write = |yaml: &str, value| parameter(yaml).write(value);
        assert_eq!(write("{ type: memory, unit: mb }", "2Gi"), "2048mb");
        assert_eq!(write("{ type: memory, unit: MB }", "384Mi"), "384MB");
        assert_eq!(write("{ type: memory }", "1Ki"), "1024");
        assert_eq!(write("{ type: duration, unit: ms, values: [-1] }", "1m30s"), "90000ms");
        assert_eq!(write("{ type: duration, unit: ms, values: [-1] }", "-1"), "-1");
        assert_eq!(write("{ type: duration, unit: seconds }", "1m30s"), "90");
        assert_eq!(write("{}", "1Ki"), "1Ki");
        let read = |yaml: &str, text| parameter(yaml).read_memory(text).map(Memory::mebibytes);
        assert_eq!(read("{ type: memory, unit: mb }", "384mb"), Some(384));
        assert_eq!(read("{ type: memory }", "1048577"), Some(2));
        assert_eq!(read("{ type: memory, unit: mb }", "many"), None);
        assert_eq!(read("{}", "384mb"), None);
    }
}
