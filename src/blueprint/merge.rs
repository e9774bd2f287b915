//! Merges an override over a blueprint, and fills in what is known when compiling.

use serde_json::{Map, Value};

use crate::blueprint::reference::{self, Part};

/// Lays `over` upon `base`: maps merge by key, scalars and lists replace, `null` removes.
pub fn merge(base: &mut Value, over: &Value) {
    match (base, over) {
        (Value::Object(base), Value::Object(over)) => {
            for (key, value) in over {
                entry(base, key, value);
            }
        }
        (base, over) => *base = without_nulls(over),
    }
}

/// Lays one entry upon a mapping, as [`merge`] does.
pub fn entry(base: &mut Map<String, Value>, key: &str, over: &Value) {
    if over.is_null() {
        base.shift_remove(key);
    } else if let Some(below) = base.get_mut(key) {
        merge(below, over);
    } else {
        base.insert(key.to_owned(), without_nulls(over));
    }
}

/// A `null` that has nothing to remove leaves nothing behind.
fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(map) => Value::Object(
            map.iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(key, value)| (key.clone(), without_nulls(value)))
                .collect(),
        ),
        other => other.clone(),
    }
}

/// Puts values in place of references in every key and string below `value`. `known` gives the value of
/// `owner.key` where it is known when compiling; the other references stay.
///
/// # Errors
/// The pointers of mappings in which two keys came to be one, with that key.
pub fn substitute(
    value: &mut Value,
    known: &dyn Fn(&str, &str) -> Option<Value>,
) -> Result<(), Vec<(String, String)>> {
    let mut clashes = Vec::new();
    walk(value, known, &Below::Start, &mut clashes);
    if clashes.is_empty() { Ok(()) } else { Err(clashes) }
}

/// How far below the start a value stands; lists add nothing.
enum Below<'a> {
    Start,
    Key(&'a Below<'a>, &'a str),
}

impl Below<'_> {
    fn pointer(&self) -> String {
        match self {
            Self::Start => String::new(),
            Self::Key(above, key) => format!("{}/{key}", above.pointer()),
        }
    }
}

fn walk(
    value: &mut Value,
    known: &dyn Fn(&str, &str) -> Option<Value>,
    at: &Below<'_>,
    clashes: &mut Vec<(String, String)>,
) {
    match value {
        Value::String(text) if reference::is_open(text) => {
            if let Some(filled) = fill(text, known) {
                *value = filled;
            }
        }
        Value::Array(items) => {
            for item in items {
                walk(item, known, at, clashes);
            }
        }
        Value::Object(map) => {
            if map.keys().any(|key| reference::is_open(key)) {
                rename_keys(map, known, at, clashes);
            }
            for (key, value) in map {
                walk(value, known, &Below::Key(at, key), clashes);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn rename_keys(
    map: &mut Map<String, Value>,
    known: &dyn Fn(&str, &str) -> Option<Value>,
    at: &Below<'_>,
    clashes: &mut Vec<(String, String)>,
) {
    for (key, value) in std::mem::take(map) {
        let key = match fill(&key, known) {
            Some(Value::String(filled)) => filled,
            Some(other) => other.to_string(),
            None => key,
        };
        if map.contains_key(&key) {
            clashes.push((at.pointer(), key));
        } else {
            map.insert(key, value);
        }
    }
}

/// The text with its known references filled in; a text that is one reference takes the value's own type.
fn fill(text: &str, known: &dyn Fn(&str, &str) -> Option<Value>) -> Option<Value> {
    let parts = reference::parse(text).ok()?;
    if let [Part::Reference(only)] = parts.as_slice() {
        return known(only.owner, only.key);
    }
    let mut filled = String::with_capacity(text.len());
    for part in parts {
        match part {
            Part::Literal(literal) => filled.push_str(&literal.replace("${", "$${")),
            Part::Reference(reference) => match known(reference.owner, reference.key) {
                Some(Value::String(text)) => filled.push_str(&text),
                Some(other) => filled.push_str(&other.to_string()),
                None => filled.push_str(&reference.to_string()),
            },
        }
    }
    Some(Value::String(filled))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn maps_merge_scalars_and_lists_replace_and_null_removes() {
        let mut base = json!({ "a": { "b": 1, "c": [1, 2] }, "d": 1 });
        merge(&mut base, &json!({ "a": { "c": [3], "e": { "f": null } }, "d": null }));
        assert_eq!(base, json!({ "a": { "b": 1, "c": [3], "e": {} } }));
    }

    #[test]
    fn known_references_are_filled_in_and_the_others_stay() {
        let known = |owner: &str, key: &str| match (owner, key) {
            ("env", "domain") => Some(json!("example.com")),
            ("var", "PORT") => Some(json!(8000)),
            _ => None,
        };
        let mut value =
            json!({ "api.${env.domain}": "${var.PORT}", "u": "$${x} ${db.url}:${var.PORT}" });
        substitute(&mut value, &known).unwrap();
        assert_eq!(value, json!({ "api.example.com": 8000, "u": "$${x} ${db.url}:8000" }));
    }

    #[test]
    fn keys_that_come_to_be_one_are_told() {
        let mut value = json!({ "r": { "${env.domain}": 1, "example.com": 2 } });
        let known = |_: &str, _: &str| Some(json!("example.com"));
        let clashes = substitute(&mut value, &known).unwrap_err();
        assert_eq!(clashes, [("/r".to_owned(), "example.com".to_owned())]);
    }
}
