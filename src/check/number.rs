//! Turns the numbers that JSON Schema takes and our types do not into faults.
//!
//! To JSON Schema `3.0` is an integer, and most formats say nothing of numbers ("JSON Schema Validation", draft 2020-12,
//! sections 6.1.1 and 7.1).

use jsonschema::error::ValidationErrorKind;
use jsonschema::{Keyword, ValidationError, ValidationOptions};
use serde_json::{Map, Value, json};

use crate::value::{FORMATS, Format, Malformed};

/// The keyword of schemas that take whole numbers: these have no point.
pub(super) const WHOLE: &str = "x-whole";
/// The keyword of schemas that take numbers of a format: written as text these must have it, too.
pub(super) const READABLE: &str = "x-readable";

/// Puts the two keywords where they belong, in a schema and all below it.
pub(super) fn mark(schema: &mut Value) {
    match schema {
        Value::Object(map) => {
            let takes = |name: &str| match map.get("type") {
                Some(Value::Array(kinds)) => kinds.iter().any(|kind| kind == name),
                Some(kind) => kind == name,
                None => false,
            };
            let (whole, number) = (takes("integer"), takes("number"));
            if whole && !number {
                map.insert(WHOLE.to_owned(), json!(true));
            }
            if let Some(format) = map.get("format").filter(|_| number).cloned() {
                map.insert(READABLE.to_owned(), format);
            }
            map.values_mut().for_each(mark);
        }
        Value::Array(items) => items.iter_mut().for_each(mark),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Makes a validator know the two keywords.
pub(super) fn keywords(options: ValidationOptions<'_>) -> ValidationOptions<'_> {
    options
        .with_keyword(WHOLE, |_: &Map<String, Value>, _: &Value, _| Ok(Box::new(Whole)))
        .with_keyword(READABLE, |_: &Map<String, Value>, format: &Value, _| {
            let id = format.as_str().unwrap_or_default();
            let known = FORMATS.iter().find(|format| format.id == id);
            Ok(Box::new(Readable(known)))
        })
}

/// A number as our types read it.
pub(super) fn text(number: &Value) -> String {
    match number.as_f64().filter(|_| number.is_f64()) {
        Some(decimal) => decimal.to_string(),
        None => number.to_string(),
    }
}

/// The bound that a number breaks, whatever it is, because it has more figures than a whole number can have here.
pub fn exceeds(number: &Value) -> Option<&'static str> {
    let decimal = number.as_f64().filter(|_| number.is_f64())?;
    match decimal {
        // The first beyond `u64::MAX`, and `i64::MIN`.
        _ if decimal >= 18_446_744_073_709_551_616.0 => Some("maximum"),
        _ if decimal < -9_223_372_036_854_775_808.0 => Some("minimum"),
        _ => None,
    }
}

/// What a number with so many figures that it lost some is called.
const MANY: &str = "a number with so many figures";

/// Takes figures that the author did not write out of what is said of a number.
pub(super) fn forget_figures(number: &Value, malformed: &mut Malformed) {
    if exceeds(number).is_some() {
        for figures in [text(number), number.to_string()] {
            malformed.reason = malformed.reason.replace(&format!("`{figures}`"), MANY);
        }
    }
}

/// A breach in the words of the library, but for a number whose figures it does not know.
pub(super) fn breach(error: &ValidationError<'_>) -> String {
    match error.kind() {
        ValidationErrorKind::Maximum { limit } if exceeds(error.instance()).is_some() => {
            format!("{MANY} is greater than the maximum of {limit}")
        }
        ValidationErrorKind::Minimum { limit } if exceeds(error.instance()).is_some() => {
            format!("{MANY} is less than the minimum of {limit}")
        }
        _ => error.to_string(),
    }
}

struct Whole;

impl<'i> Keyword<'i> for Whole {
    fn validate(&self, instance: &'i Value) -> Result<(), ValidationError<'i>> {
        if self.is_valid(instance) { Ok(()) } else { Err(ValidationError::custom("has a point")) }
    }

    fn is_valid(&self, instance: &'i Value) -> bool {
        !instance.is_f64()
    }
}

struct Readable(Option<&'static Format>);

impl<'i> Keyword<'i> for Readable {
    fn validate(&self, instance: &'i Value) -> Result<(), ValidationError<'i>> {
        if self.is_valid(instance) { Ok(()) } else { Err(ValidationError::custom("is no such")) }
    }

    fn is_valid(&self, instance: &'i Value) -> bool {
        !instance.is_number() || self.0.is_none_or(|format| (format.check)(&text(instance)).is_ok())
    }
}
