//! Turns the schema of what the compiler checks into the one for editors and foreign validators.
//!
//! Authors write more than the long form: short forms, references in place of values, `x-` keys, partial overrides.

use serde_json::{Map, Value, json};

use super::{IDENTITY, each_schema, long};
use crate::blueprint::expand::{SHORTS, Short};

/// The schema for editors and foreign validators: with short forms, `x-` keys and partial overrides.
pub fn editor() -> Value {
    let mut schema = long();
    // Properties come first: a definition with two forms has none of its own.
    let (within, whole): (Vec<&Short>, Vec<&Short>) =
        SHORTS.iter().partition(|short| short.schema.1.is_some());
    for short in within.into_iter().chain(whole) {
        let (definition, property) = short.schema;
        let place = match property {
            Some(property) => format!("/$defs/{definition}/properties/{property}"),
            None => format!("/$defs/{definition}"),
        };
        if let Some(target) = schema.pointer_mut(&place) {
            add_alternative(target, (short.takes)());
        }
    }
    add_port(&mut schema);
    allow_references(&mut schema);
    allow_extensions(&mut schema);
    add_partial(&mut schema);
    schema["title"] = json!("Formwork blueprint");
    schema
}

/// Makes a definition take a second form; description and examples stay outside.
fn add_alternative(target: &mut Value, short: Value) {
    let long = std::mem::take(target);
    if let Value::Object(mut map) = long {
        if let Some(Value::Array(forms)) = map.get_mut("anyOf") {
            forms.push(short);
            *target = Value::Object(map);
            return;
        }
        let mut outside = Map::new();
        if let Some(description) = map.shift_remove("description") {
            outside.insert("description".to_owned(), description);
        }
        outside.insert("anyOf".to_owned(), json!([map, short]));
        *target = Value::Object(outside);
    }
}

/// `port`, which is short for `ports`, is a key of a service's own.
fn add_port(schema: &mut Value) {
    if let Some(properties) = schema.pointer_mut("/$defs/Service/properties") {
        properties["port"] = json!({
            "description": "The port it listens on; short for `ports: { http: PORT }`.",
            "$ref": "#/$defs/port",
        });
    }
}

/// Any value may be a reference to what is known when compiling, except where nothing but references is checked.
fn allow_references(schema: &mut Value) {
    each_schema(schema, &mut |map| {
        let kind = map.get("type").cloned().unwrap_or_default();
        let is = |name: &str| {
            kind == name
                || kind.as_array().is_some_and(|kinds| kinds.iter().any(|kind| kind == name))
        };
        let is_number = !is("string") && (is("integer") || is("number") || is("boolean"));
        let has_grammar = ["format", "enum", "pattern"].iter().any(|key| map.contains_key(*key));
        if map.get("format").is_some_and(|format| format == "text") || !(is_number || has_grammar) {
            return;
        }
        let mut outside = Map::new();
        for key in ["description", "default", "examples"] {
            if let Some(value) = map.shift_remove(key) {
                outside.insert(key.to_owned(), value);
            }
        }
        let reference = json!({ "type": "string", "pattern": "\\$\\{[a-z]" });
        outside.insert("anyOf".to_owned(), json!([std::mem::take(map), reference]));
        *map = outside;
    });
}

/// Every mapping takes keys that start with `x-`.
fn allow_extensions(schema: &mut Value) {
    each_schema(schema, &mut |map| {
        if map.get("type").is_none_or(|kind| kind != "object") {
            return;
        }
        map.insert("patternProperties".to_owned(), json!({ "^x-": true }));
        if let Some(names) = map.get_mut("propertyNames") {
            *names = json!({ "anyOf": [names.take(), { "pattern": "^x-" }] });
        }
    });
}

/// An override holds any part of a blueprint: nothing is required, and `null` removes.
fn add_partial(schema: &mut Value) {
    let definitions = schema["$defs"].as_object().cloned().unwrap_or_default();
    let has_parts = |definition: &Value| definition.to_string().contains("\"properties\"");
    let parts: Vec<String> = definitions
        .iter()
        .filter(|(name, definition)| {
            has_parts(definition) && *name != "Partial" && *name != "Environment"
        })
        .map(|(name, _)| name.clone())
        .collect();
    let mut partial = Map::new();
    for name in &parts {
        let mut definition = definitions[name].clone();
        loosen(&mut definition, &parts);
        partial.insert(format!("Partial{name}"), definition);
    }
    let mut root = json!({
        "type": "object",
        "description": "Any part of a blueprint; `null` removes.",
        "additionalProperties": false,
        "patternProperties": { "^x-": true },
        "properties": schema["properties"],
    });
    if let Some(properties) = root["properties"].as_object_mut() {
        for identity in IDENTITY {
            properties.shift_remove(*identity);
        }
    }
    loosen(&mut root, &parts);
    partial.insert("Partial".to_owned(), root);
    if let Some(definitions) = schema["$defs"].as_object_mut() {
        definitions.extend(partial);
    }
}

fn loosen(schema: &mut Value, parts: &[String]) {
    each_schema(schema, &mut |map| {
        map.shift_remove("required");
        map.shift_remove("default");
        if let Some(Value::String(target)) = map.get_mut("$ref") {
            let name = target.trim_start_matches("#/$defs/");
            if parts.iter().any(|part| part == name) {
                *target = format!("#/$defs/Partial{name}");
            }
        }
        if let Some(Value::Object(properties)) = map.get_mut("properties") {
            properties
                .values_mut()
                .for_each(|property| add_alternative(property, json!({ "type": "null" })));
        }
        if let Some(values @ Value::Object(_)) = map.get_mut("additionalProperties") {
            add_alternative(values, json!({ "type": "null" }));
        }
    });
}
