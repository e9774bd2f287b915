//! Turns the short forms of the language into their long forms, before anything else looks at them.

mod shorts;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value, json};

use crate::source::pointer;
pub use shorts::{SHORTS, Short};

/// The short forms that may stand at a place.
pub fn at(pointer: &str) -> impl Iterator<Item = &'static Short> {
    let fits = move |short: &&Short| {
        let mut names = pointer::segments(pointer);
        let each = short
            .place
            .iter()
            .all(|part| names.next().is_some_and(|name| *part == "*" || *part == name));
        each && names.next().is_none()
    };
    SHORTS.iter().filter(fits)
}

/// Expands every short form in a blueprint, or in an override of one.
pub fn expand(blueprint: &mut Value) {
    if let Some(services) = blueprint.get_mut("services").and_then(Value::as_object_mut) {
        services.values_mut().filter_map(Value::as_object_mut).for_each(port);
    }
    for short in SHORTS {
        expand_at(blueprint, short.place, short.expand);
    }
}

fn expand_at(value: &mut Value, place: &[&str], expand: fn(&Value) -> Option<Value>) {
    let Some((key, below)) = place.split_first() else {
        if let Some(long) = expand(value) {
            *value = long;
        }
        return;
    };
    let Some(map) = value.as_object_mut() else { return };
    if *key == "*" {
        map.values_mut().for_each(|value| expand_at(value, below, expand));
    } else if let Some(value) = map.get_mut(*key) {
        expand_at(value, below, expand);
    }
}

/// `port: 8000` is short for `ports: { http: 8000 }`.
fn port(service: &mut Map<String, Value>) {
    if service.contains_key("ports") {
        return; // Both forms at once: the schema names `port` as unknown beside `ports`.
    }
    if let Some(port) = service.get("port").filter(|port| !port.is_object()).cloned() {
        let service_entries = std::mem::take(service);
        for (key, value) in service_entries {
            if key == "port" {
                service.insert("ports".to_owned(), json!({ "http": port }));
            } else {
                service.insert(key, value);
            }
        }
    }
}

/// Expands an override: as [`expand`], but a `null` stays, since it removes.
pub fn expand_override(over: &mut Value) {
    let mut nulls = Vec::new();
    collect_nulls(over, &mut String::new(), &mut nulls);
    expand(over);
    for pointer in nulls {
        if let Some(value) = over.pointer_mut(&pointer) {
            *value = Value::Null;
        }
    }
}

fn collect_nulls(value: &Value, pointer: &mut String, found: &mut Vec<String>) {
    match value {
        Value::Null => found.push(pointer.clone()),
        Value::Object(map) => {
            for (key, value) in map {
                let length = pointer.len();
                pointer.push('/');
                pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
                collect_nulls(value, pointer, found);
                pointer.truncate(length);
            }
        }
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {}
    }
}
