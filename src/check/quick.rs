//! Turns a value and a schema into a yes, a no, or "somebody else has to say", without preparing the schema first.
//!
//! Preparing a validator takes longer than checking many blueprints with it, and most blueprints keep the schema. What
//! is said here must be what the validator says; where this module does not know a keyword, it says nothing.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use regex_lite::Regex;
use serde_json::{Map, Value};

use crate::check::number::{self, READABLE, WHOLE};
use crate::check::{Extra, has_format};

/// Up to here whole numbers and decimals are told apart by their value (IEEE 754, 53 bits).
const EXACT: f64 = 9_007_199_254_740_992.0;

/// A schema as it was generated.
#[derive(Clone, Copy)]
pub(super) struct Quick<'a> {
    /// What references lead into.
    pub(super) definitions: Option<&'a Map<String, Value>>,
    /// Formats beside our own.
    pub(super) extra: &'a [Extra],
    /// The patterns that were met.
    pub(super) patterns: &'a Patterns,
}

/// Patterns that are prepared, each when it is first met.
#[derive(Default)]
pub(super) struct Patterns(Mutex<BTreeMap<String, Option<Regex>>>);

impl Patterns {
    /// Whether a text has a pattern. Of what the dialects of patterns read in two ways nothing is said.
    fn has(&self, pattern: &str, text: &str) -> Option<bool> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !known.contains_key(pattern) {
            let is_plain = pattern.is_ascii() && !pattern.contains('\\') && !pattern.contains("(?");
            let prepared = is_plain.then(|| Regex::new(pattern).ok()).flatten();
            known.insert(pattern.to_owned(), prepared);
        }
        known.get(pattern)?.as_ref().map(|pattern| pattern.is_match(text))
    }
}

impl Quick<'_> {
    /// Whether a value keeps a schema, where that can be told.
    pub(super) fn keeps(self, schema: &Value, value: &Value) -> Option<bool> {
        match schema {
            Value::Bool(flag) => Some(*flag),
            Value::Object(schema) => {
                all(schema.iter().map(|(keyword, rule)| self.keyword(schema, keyword, rule, value)))
            }
            _ => None,
        }
    }

    fn keyword(
        self,
        schema: &Map<String, Value>,
        keyword: &str,
        rule: &Value,
        value: &Value,
    ) -> Option<bool> {
        match keyword {
            "type" => kind(rule, value),
            "$ref" => {
                let name = rule.as_str()?.strip_prefix("#/$defs/")?;
                self.keeps(self.definitions?.get(name)?, value)
            }
            "properties" => self.properties(rule.as_object()?, value),
            "additionalProperties" => self.additional(schema, rule, value),
            "propertyNames" => all(value
                .as_object()
                .into_iter()
                .flat_map(Map::keys)
                .map(|key| self.keeps(rule, &Value::String(key.clone())))),
            "required" => required(rule.as_array()?, value),
            "items" if !schema.contains_key("prefixItems") => {
                let items = value.as_array().into_iter().flatten();
                all(items.map(|item| self.keeps(rule, item)))
            }
            "anyOf" => {
                let no = all(rule.as_array()?.iter().map(|form| self.breaks(form, value)));
                no.map(|no| !no)
            }
            "oneOf" => {
                let forms = rule.as_array()?.iter().map(|form| self.keeps(form, value));
                let forms: Option<Vec<bool>> = forms.collect();
                Some(forms?.into_iter().filter(|kept| *kept).count() == 1)
            }
            "enum" if !value.is_number() => Some(rule.as_array()?.contains(value)),
            "const" if !value.is_number() => Some(rule == value),
            "minimum" => bound(rule, value, |value, bound| value >= bound),
            "maximum" => bound(rule, value, |value, bound| value <= bound),
            "minLength" => length(rule, value, |length, bound| length >= bound),
            "maxLength" => length(rule, value, |length, bound| length <= bound),
            "format" => match value {
                Value::String(text) => has_format(rule.as_str()?, text, self.extra),
                _ => Some(true),
            },
            "pattern" => {
                value.as_str().map_or(Some(true), |text| self.patterns.has(rule.as_str()?, text))
            }
            WHOLE => Some(!value.is_f64()),
            // Formats that are not ours say nothing of numbers.
            READABLE if value.is_number() => {
                Some(has_format(rule.as_str()?, &number::text(value), &[]).unwrap_or(true))
            }
            READABLE | "$schema" | "$defs" | "title" | "description" | "default" | "examples" => {
                Some(true)
            }
            _ => None,
        }
    }

    fn breaks(self, schema: &Value, value: &Value) -> Option<bool> {
        self.keeps(schema, value).map(|kept| !kept)
    }

    fn properties(self, known: &Map<String, Value>, value: &Value) -> Option<bool> {
        let entries = value.as_object().into_iter().flatten();
        all(entries.filter_map(|(key, value)| Some(self.keeps(known.get(key)?, value))))
    }

    fn additional(self, schema: &Map<String, Value>, rule: &Value, value: &Value) -> Option<bool> {
        if schema.contains_key("patternProperties") {
            return None;
        }
        let known = schema.get("properties").and_then(Value::as_object);
        let is_known = |key: &str| known.is_some_and(|known| known.contains_key(key));
        let others = value.as_object().into_iter().flatten().filter(|(key, _)| !is_known(key));
        all(others.map(|(_, value)| self.keeps(rule, value)))
    }
}

/// Whether all are kept; one that is broken is enough to know, one that is not known is enough not to.
fn all(mut rules: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    rules
        .try_fold(Some(true), |so_far, rule| match rule {
            Some(false) => Err(()),
            Some(true) => Ok(so_far),
            None => Ok(None),
        })
        .unwrap_or(Some(false))
}

fn kind(rule: &Value, value: &Value) -> Option<bool> {
    let is = |kind: &Value| match kind.as_str()? {
        "null" => Some(value.is_null()),
        "boolean" => Some(value.is_boolean()),
        "string" => Some(value.is_string()),
        "array" => Some(value.is_array()),
        "object" => Some(value.is_object()),
        // `3.0` is one to the validator.
        "integer" if value.is_f64() => None,
        "number" | "integer" => Some(value.is_number()),
        _ => None,
    };
    match rule {
        Value::Array(kinds) => {
            let not = |kind: &Value| is(kind).map(|is| !is);
            all(kinds.iter().map(not)).map(|none| !none)
        }
        kind => is(kind),
    }
}

fn required(keys: &[Value], value: &Value) -> Option<bool> {
    let Some(map) = value.as_object() else { return Some(true) };
    all(keys.iter().map(|key| Some(map.contains_key(key.as_str()?))))
}

fn bound(rule: &Value, value: &Value, holds: fn(f64, f64) -> bool) -> Option<bool> {
    if !value.is_number() {
        return Some(true);
    }
    let (value, bound) = (value.as_f64()?, rule.as_f64()?);
    (value.abs() < EXACT && bound.abs() < EXACT).then(|| holds(value, bound))
}

fn length(rule: &Value, value: &Value, holds: fn(u64, u64) -> bool) -> Option<bool> {
    let bound = rule.as_u64()?;
    Some(value.as_str().is_none_or(|text| holds(text.chars().count() as u64, bound)))
}
