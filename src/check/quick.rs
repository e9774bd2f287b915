//! Turns a value and a schema into a yes, a no, or "somebody else has to say", without preparing the schema's validator.
//!
//! Preparing a validator takes longer than checking many blueprints with it, and most blueprints keep the schema. What
//! is said here must be what the validator says; where this module does not know a keyword, it says nothing.

use std::sync::OnceLock;

use regex_lite::Regex;
use serde_json::{Map, Value};

use crate::check::number;
use crate::check::schema::{Reader, Rule, Schema};
use crate::map::IndexMap;

/// Up to here whole numbers and decimals are told apart by their value (IEEE 754, 53 bits).
const EXACT: f64 = 9_007_199_254_740_992.0;

/// A schema, each part of it read when it is first met.
#[derive(Default)]
pub(super) struct Parts {
    root: OnceLock<Schema>,
    definitions: OnceLock<Vec<OnceLock<Schema>>>,
}

/// A schema as it was generated.
#[derive(Clone, Copy)]
pub(super) struct Quick<'a> {
    pub(super) reader: Reader<'a>,
    pub(super) parts: &'a Parts,
}

/// What is checked: a value, or a key, which is a text; beside a value one that keeps the schema, where one is known.
#[derive(Clone, Copy)]
enum Seen<'v> {
    Text(&'v str),
    Value(&'v Value, Option<&'v Value>),
}

impl<'v> Seen<'v> {
    fn of(value: &'v Value) -> Self {
        Self::beside(value, None)
    }

    fn beside(value: &'v Value, kept: Option<&'v Value>) -> Self {
        value.as_str().map_or(Self::Value(value, kept), Self::Text)
    }

    /// Without what is beside it: one that keeps a schema need not keep one of its forms.
    fn alone(self) -> Self {
        if let Self::Value(value, _) = self { Self::Value(value, None) } else { self }
    }

    fn text(self) -> Option<&'v str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// What is no text.
    fn value(self) -> Option<&'v Value> {
        if let Self::Value(value, _) = self { Some(value) } else { None }
    }

    /// The entries of the mapping beside it.
    fn kept(self) -> Option<&'v Map<String, Value>> {
        if let Self::Value(_, kept) = self { kept?.as_object() } else { None }
    }

    fn object(self) -> Option<&'v Map<String, Value>> {
        self.value()?.as_object()
    }

    fn number(self) -> Option<&'v Value> {
        self.value().filter(|value| value.is_number())
    }
}

impl<'a> Quick<'a> {
    /// Whether a value keeps a schema, where that can be told, given one that does.
    pub(super) fn keeps(self, schema: &Value, value: &Value, kept: Option<&Value>) -> Option<bool> {
        let root = self.parts.root.get_or_init(|| self.reader.schema(schema));
        self.all_kept(root, Seen::beside(value, kept))
    }

    fn all_kept(self, schema: &Schema, seen: Seen<'_>) -> Option<bool> {
        all(schema.iter().map(|rule| self.is_kept(rule, seen)))
    }

    fn is_kept(self, rule: &Rule, seen: Seen<'_>) -> Option<bool> {
        match rule {
            Rule::Always => Some(true),
            Rule::Never => Some(false),
            Rule::Unknown => None,
            Rule::Kind(kinds) => kinds.has(seen.value()),
            Rule::Definition(at) => self.all_kept(self.definition(*at)?, seen),
            Rule::Entries(known, others) => self.entries(known, others.as_ref(), seen),
            Rule::Names(schema) => {
                let names = seen.object().into_iter().flat_map(Map::keys);
                all(names.map(|name| self.all_kept(schema, Seen::Text(name))))
            }
            Rule::Required(keys) => {
                Some(seen.object().is_none_or(|map| keys.iter().all(|key| map.contains_key(key))))
            }
            Rule::Items(schema) => {
                let items = seen.value().and_then(Value::as_array).into_iter().flatten();
                all(items.map(|item| self.all_kept(schema, Seen::of(item))))
            }
            Rule::AnyOf(forms) => {
                let breaks = |form| self.all_kept(form, seen.alone()).map(|kept| !kept);
                all(forms.iter().map(breaks)).map(|no| !no)
            }
            Rule::OneOf(forms) => {
                let forms: Option<Vec<bool>> =
                    forms.iter().map(|form| self.all_kept(form, seen.alone())).collect();
                Some(forms?.into_iter().filter(|kept| *kept).count() == 1)
            }
            Rule::Choice(choices) => match seen {
                Seen::Text(text) => Some(choices.iter().any(|choice| choice == text)),
                Seen::Value(value, _) if value.is_number() => None,
                Seen::Value(value, _) => Some(choices.contains(value)),
            },
            Rule::Minimum(limit) => bound(seen, *limit, |value, limit| value >= limit),
            Rule::Above(limit) => bound(seen, *limit, |value, limit| value > limit),
            Rule::Maximum(limit) => bound(seen, *limit, |value, limit| value <= limit),
            Rule::MinLength(bound) => Some(length(seen).is_none_or(|length| length >= *bound)),
            Rule::MaxLength(bound) => Some(length(seen).is_none_or(|length| length <= *bound)),
            Rule::Format(form) => seen.text().map_or(Some(true), |text| form.has(text)),
            Rule::Pattern(pattern, prepared) => seen.text().map_or(Some(true), |text| {
                let prepared = prepared.get_or_init(|| prepare(pattern)).as_ref();
                let prepared = prepared.filter(|_| text.is_ascii() || !pattern.contains('\\'));
                prepared.map(|pattern| pattern.is_match(text))
            }),
            Rule::Whole => Some(!seen.value().is_some_and(Value::is_f64)),
            // Formats that are not ours say nothing of numbers.
            Rule::Readable(form) => Some(
                seen.number().is_none_or(|value| form.has(&number::text(value)) != Some(false)),
            ),
        }
    }

    fn entries(
        self,
        known: &IndexMap<String, Schema>,
        others: Option<&Schema>,
        seen: Seen<'_>,
    ) -> Option<bool> {
        let beside = seen.kept();
        // Both mostly have the same keys in the same order.
        let mut next = beside.into_iter().flatten();
        all(seen.object().into_iter().flatten().map(|(key, value)| {
            let kept = match next.next() {
                Some((same, kept)) if same == key => Some(kept),
                _ => beside.and_then(|beside| beside.get(key)),
            };
            match known.get(key).or(others) {
                Some(schema) if !kept.is_some_and(|kept| is_same(kept, value)) => {
                    self.all_kept(schema, Seen::beside(value, kept))
                }
                _ => Some(true),
            }
        }))
    }

    fn definition(&self, at: usize) -> Option<&'a Schema> {
        let definitions = self.reader.definitions?;
        let unread = || definitions.iter().map(|_| OnceLock::new()).collect();
        let schema = self.parts.definitions.get_or_init(unread).get(at)?;
        let read = || definitions.values().nth(at).map(|written| self.reader.schema(written));
        Some(schema.get_or_init(|| read().unwrap_or_default()))
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

/// Whether two values are the same to the order of their keys: a quick answer, which may be no where they are.
pub(crate) fn is_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => {
            let mut pairs = one.iter().zip(other);
            one.len() == other.len()
                && pairs.all(|(one, other)| one.0 == other.0 && is_same(one.1, other.1))
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len()
                && one.iter().zip(other).all(|(one, other)| is_same(one, other))
        }
        _ => one == other,
    }
}

/// A pattern of which all dialects say the same. Of what `\s` takes they do within ASCII.
fn prepare(pattern: &str) -> Option<Regex> {
    let is_same = |next: char| next == 's' || next.is_ascii_punctuation();
    let mut escapes = pattern.split('\\').skip(1);
    let is_plain = pattern.is_ascii()
        && !pattern.contains("(?")
        && escapes.all(|after| after.is_empty() || after.starts_with(is_same));
    is_plain.then(|| Regex::new(pattern).ok()).flatten()
}

fn bound(seen: Seen<'_>, limit: f64, holds: fn(f64, f64) -> bool) -> Option<bool> {
    let Some(value) = seen.number() else { return Some(true) };
    let value = value.as_f64()?;
    (value.abs() < EXACT && limit.abs() < EXACT).then(|| holds(value, limit))
}

fn length(seen: Seen<'_>) -> Option<u64> {
    seen.text().map(|text| text.chars().count() as u64)
}
