//! Turns a value and a JSON Schema into all the places where the value breaks it.

mod follow;
mod number;
mod quick;
mod schema;
mod words;

use std::sync::{Arc, OnceLock};

use jsonschema::error::ValidationErrorKind;
use jsonschema::{ValidationError, Validator};
use serde_json::{Map, Value};

use crate::check::number::WHOLE;
pub use crate::check::number::exceeds;
pub(crate) use crate::check::quick::is_same;
use crate::check::quick::{Parts, Quick};
use crate::check::schema::Reader;
pub use crate::check::words::or;
use crate::check::words::{expected, noun, plain};
use crate::value::{FORMATS, Malformed};

/// A format beside those of [`crate::value`]: its id, and its check.
pub type Extra = (&'static str, fn(&str) -> bool);

/// Checks values against one schema; the formats of [`crate::value`] are part of it.
pub struct Checker {
    schema: Value,
    extra: Vec<Extra>,
    parts: Parts,
    /// Prepared when something is to be told, or cannot be told without.
    validator: OnceLock<Validator>,
}

/// How many rules of one scalar may say the same.
const NEAR: usize = 8;

/// A place where a value breaks the schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The value, as a JSON Pointer.
    pub pointer: String,
    /// What is wrong with it.
    pub fault: Fault,
}

/// What is wrong with a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// It has a key that the schema does not know; the keys that it knows.
    UnknownKey {
        /// The key.
        key: String,
        /// The keys that the schema knows there.
        known: Arc<[String]>,
    },
    /// It lacks a key.
    MissingKey {
        /// The key.
        key: String,
    },
    /// It is of another kind than expected.
    WrongType {
        /// The kinds, as nouns with their articles.
        expected: String,
    },
    /// It is none of the values that are allowed.
    NotAllowed {
        /// The values that are.
        allowed: Vec<String>,
    },
    /// It does not have the grammar of its format; the id of the format and what is wrong.
    Malformed {
        /// The format's id.
        format: String,
        /// What is wrong, where the format is one of ours.
        malformed: Option<Malformed>,
    },
    /// A key does not have the grammar of its kind.
    MalformedKey {
        /// The key.
        key: String,
        /// What is wrong, where the format is one of ours.
        malformed: Option<Malformed>,
        /// What it should be, in a sentence.
        about: String,
    },
    /// It does not look like what it should be, which is this.
    Unfit {
        /// What it should be, in a sentence.
        about: String,
    },
    /// Another rule of the schema, in words.
    Other {
        /// The words.
        message: String,
    },
}

/// The faults of the alternative that fits best: the one whose first fault lies deepest; of those that fail at once the
/// first, which is what the value mostly is.
fn nearest<'e, 'i>(alternatives: &'e [Vec<ValidationError<'i>>]) -> &'e [ValidationError<'i>] {
    let depth = |errors: &[ValidationError<'_>]| {
        errors.first().map_or(0, |error| error.instance_path().to_string().len())
    };
    alternatives.iter().rev().max_by_key(|errors| depth(errors)).map_or(&[], Vec::as_slice)
}

impl Checker {
    /// Takes a schema; `extra` adds formats to those of [`crate::value`].
    pub fn new(mut schema: Value, extra: &[Extra]) -> Self {
        number::mark(&mut schema);
        let (extra, parts) = (extra.to_vec(), Parts::default());
        Self { schema, extra, parts, validator: OnceLock::new() }
    }

    /// Every place where the value breaks the schema, in the order of the schema.
    ///
    /// # Panics
    /// When the schema is not one: schemas are generated from types, and a test builds each of them.
    pub fn check(&self, value: &Value) -> Vec<Finding> {
        self.check_beside(value, None)
    }

    /// As [`Self::check`], given a value that keeps the schema: what both have alike need not be looked at again.
    ///
    /// # Panics
    /// As [`Self::check`].
    pub fn check_beside(&self, value: &Value, kept: Option<&Value>) -> Vec<Finding> {
        let quick = self.quick().keeps(&self.schema, value, kept);
        if quick == Some(true) {
            debug_assert!(self.validator().is_valid(value), "the two ways of checking differ");
            return Vec::new();
        }
        let mut findings = Vec::new();
        for error in self.validator().iter_errors(value) {
            self.collect(&error, &mut findings);
        }
        follow::forget(&mut findings);
        debug_assert!(
            quick != Some(false) || !findings.is_empty(),
            "the two ways of checking differ"
        );
        findings
    }

    /// Whether a value that keeps the schema is known to without preparing it.
    #[cfg(test)]
    pub fn is_quick(&self, value: &Value) -> bool {
        self.quick().keeps(&self.schema, value, None) == Some(true)
    }

    /// Whether the value keeps the schema.
    pub fn accepts(&self, value: &Value) -> bool {
        self.validator().is_valid(value)
    }

    fn quick(&self) -> Quick<'_> {
        let definitions = self.schema.get("$defs").and_then(Value::as_object);
        Quick { reader: Reader { definitions, extra: &self.extra }, parts: &self.parts }
    }

    fn validator(&self) -> &Validator {
        self.validator.get_or_init(|| {
            let options = jsonschema::options().should_validate_formats(true);
            let mut options = number::keywords(options);
            for format in FORMATS {
                options =
                    options.with_format(format.id, move |text: &str| (format.check)(text).is_ok());
            }
            for (id, check) in &self.extra {
                options = options.with_format(*id, *check);
            }
            #[allow(
                clippy::expect_used,
                reason = "the schema comes from our own types; a test builds it"
            )]
            options.build(&self.schema).expect("a generated schema is a schema")
        })
    }

    /// The kinds of value that a schema takes, as nouns with their articles; it may refer to definitions of this one.
    pub fn kinds(&self, schema: &Value) -> Vec<&'static str> {
        let target = schema["$ref"].as_str().and_then(|target| target.strip_prefix('#'));
        let schema = target.and_then(|target| self.schema.pointer(target)).unwrap_or(schema);
        match &schema["type"] {
            Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).map(noun).collect(),
            kind => kind.as_str().map(noun).into_iter().collect(),
        }
    }

    fn collect(&self, error: &ValidationError<'_>, findings: &mut Vec<Finding>) {
        let pointer = error.instance_path().to_string();
        let mut add = |fault| {
            let finding = Finding { pointer: pointer.clone(), fault };
            // Pattern, bounds and format of one scalar say the same, one after the other.
            let mut near = findings.iter().rev().take(NEAR);
            if near.all(|known| *known != finding) {
                findings.push(finding);
            }
        };
        match error.kind() {
            ValidationErrorKind::AdditionalProperties { unexpected } => {
                // Each is named once: to look for it among the others would take a time that grows with their square.
                let known = self.known(error);
                findings.extend(unexpected.iter().map(|key| Finding {
                    pointer: pointer.clone(),
                    fault: Fault::UnknownKey { key: key.clone(), known: Arc::clone(&known) },
                }));
            }
            ValidationErrorKind::Required { property } => {
                add(Fault::MissingKey { key: property.as_str().unwrap_or_default().to_owned() });
            }
            ValidationErrorKind::Type { kind } => {
                // A bare number has no unit, which the type says better than the schema.
                let number = error.instance().is_number().then(|| error.instance().to_string());
                let format = self.format(error).filter(|_| number.is_some());
                let unfit = format.zip(number).and_then(|(format, number)| {
                    let mut malformed = malformed(&format, &number)?;
                    number::forget_figures(error.instance(), &mut malformed);
                    malformed.help.is_some().then_some((format, malformed))
                });
                add(match unfit {
                    Some((format, malformed)) => {
                        Fault::Malformed { format, malformed: Some(malformed) }
                    }
                    None => Fault::WrongType { expected: expected(kind) },
                });
            }
            ValidationErrorKind::Custom { keyword, .. } if keyword == WHOLE => {
                self.whole(error).into_iter().for_each(add);
            }
            ValidationErrorKind::Enum { options } => {
                let allowed = options.as_array().into_iter().flatten().map(plain).collect();
                add(Fault::NotAllowed { allowed });
            }
            ValidationErrorKind::Constant { expected_value } => {
                add(Fault::NotAllowed { allowed: vec![plain(expected_value)] });
            }
            ValidationErrorKind::PropertyNames { error } => {
                let key = error.instance().as_str().unwrap_or_default().to_owned();
                if let ValidationErrorKind::Enum { options } = error.kind() {
                    let known = options.as_array().into_iter().flatten().map(plain).collect();
                    return add(Fault::UnknownKey { key, known });
                }
                let malformed = self.format(error).and_then(|format| malformed(&format, &key));
                add(Fault::MalformedKey { key, malformed, about: self.about(error) });
            }
            ValidationErrorKind::AnyOf { context }
            | ValidationErrorKind::OneOfNotValid { context } => {
                for error in nearest(context) {
                    self.collect(error, findings);
                }
            }
            ValidationErrorKind::Pattern { .. } if self.format(error).is_none() => {
                add(Fault::Unfit { about: self.about(error) });
            }
            _ => add(self.other(error)),
        }
    }

    /// The fault of a number that is whole and has a point; another one is of another type, and one that is too large
    /// breaks a bound, which say so.
    fn whole(&self, error: &ValidationError<'_>) -> Option<Fault> {
        if error.instance().as_f64().is_some_and(|number| number.fract() != 0.0) {
            return None;
        }
        let schema = self.schema_of(error);
        let key = exceeds(error.instance());
        if key.is_some_and(|key| schema.is_some_and(|schema| schema.get(key).is_some())) {
            return None;
        }
        let kinds = schema.map(|schema| self.kinds(schema)).unwrap_or_default();
        Some(Fault::WrongType { expected: or(&kinds) })
    }

    /// The fault of a scalar in the words of its own type; of anything else in those of the schema.
    fn other(&self, error: &ValidationError<'_>) -> Fault {
        let text = match error.kind() {
            _ if error.instance().is_number() => number::text(error.instance()),
            _ => plain(error.instance()),
        };
        match self.format(error) {
            Some(format) => match malformed(&format, &text) {
                Some(mut malformed) => {
                    number::forget_figures(error.instance(), &mut malformed);
                    Fault::Malformed { format, malformed: Some(malformed) }
                }
                None if matches!(error.kind(), ValidationErrorKind::Format { .. }) => {
                    Fault::Malformed { format, malformed: None }
                }
                None => Fault::Other { message: number::breach(error) },
            },
            None => Fault::Other { message: number::breach(error) },
        }
    }

    /// The schema that holds the keyword which failed.
    fn schema_of(&self, error: &ValidationError<'_>) -> Option<&Value> {
        let keyword = error.schema_path().to_string();
        self.schema.pointer(keyword.rsplit_once('/')?.0)
    }

    /// What the schema says a value is: in words, or else by its pattern.
    fn about(&self, error: &ValidationError<'_>) -> String {
        let about = self.schema_of(error).and_then(|schema| schema.get("description"));
        match (about.and_then(Value::as_str), error.kind()) {
            (Some(about), _) => about.to_owned(),
            (None, ValidationErrorKind::Pattern { pattern }) => {
                format!("text that fits `{pattern}`")
            }
            (None, _) => String::new(),
        }
    }

    fn format(&self, error: &ValidationError<'_>) -> Option<String> {
        self.schema_of(error)?.get("format")?.as_str().map(str::to_owned)
    }

    /// The keys that are known where another was found.
    fn known(&self, error: &ValidationError<'_>) -> Arc<[String]> {
        let properties = self.schema_of(error).and_then(|schema| schema.get("properties"));
        properties.and_then(Value::as_object).into_iter().flat_map(Map::keys).cloned().collect()
    }
}

fn malformed(format: &str, text: &str) -> Option<Malformed> {
    let format = FORMATS.iter().find(|known| known.id == format)?;
    (format.check)(text).err()
}
