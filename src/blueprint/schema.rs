//! Turns the types of the language into a JSON Schema, and checks values against it.

use std::borrow::Cow;
use std::sync::LazyLock;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use crate::blueprint::Blueprint;
use crate::blueprint::expand::SHORTS;
use crate::blueprint::reference;
use crate::check::Checker;

/// Stands in the schema for "any part of a blueprint".
pub struct Partial;

impl JsonSchema for Partial {
    fn schema_name() -> Cow<'static, str> {
        "Partial".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({ "type": "object" })
    }
}

/// Checks blueprints whose short forms are expanded.
pub static LONG: LazyLock<Checker> = LazyLock::new(|| Checker::new(&long(), &[("text", is_text)]));

/// Whether a text's references are well formed.
pub fn is_text(text: &str) -> bool {
    reference::parse(text).is_ok()
}

/// The schema of a blueprint whose short forms are expanded.
fn long() -> Value {
    generate::<Blueprint>()
}

/// Generates the schema of a type: draft 2020-12, without the noise that `Option` makes.
pub fn generate<T: JsonSchema>() -> Value {
    let generator = SchemaSettings::draft2020_12().into_generator();
    let mut schema = generator.into_root_schema_for::<T>().to_value();
    tidy(&mut schema);
    schema
}

/// The schema for editors and foreign validators: with short forms, `x-` keys and partial overrides.
pub fn editor() -> Value {
    let mut schema = long();
    for short in SHORTS {
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
            "$ref": "#/$defs/PortNumber",
        });
    }
}

/// Closed mappings take keys that start with `x-`.
fn allow_extensions(schema: &mut Value) {
    each_schema(schema, &mut |map| {
        if map.get("additionalProperties") == Some(&Value::Bool(false))
            && map.contains_key("properties")
        {
            map.insert("patternProperties".to_owned(), json!({ "^x-": true }));
        }
    });
}

/// An override holds any part of a blueprint: nothing is required, and `null` removes.
fn add_partial(schema: &mut Value) {
    let mut partial = Map::new();
    let definitions = schema["$defs"].as_object().cloned().unwrap_or_default();
    for (name, mut definition) in definitions {
        if name != "Partial" && name != "Environment" {
            loosen(&mut definition);
            partial.insert(format!("Partial{name}"), definition);
        }
    }
    let mut root = json!({
        "type": "object",
        "description": "Any part of a blueprint; `null` removes.",
        "additionalProperties": false,
        "patternProperties": { "^x-": true },
        "properties": schema["properties"],
    });
    if let Some(properties) = root["properties"].as_object_mut() {
        for identity in ["blueprint", "name", "include", "output", "environments"] {
            properties.shift_remove(identity);
        }
    }
    loosen(&mut root);
    partial.insert("Partial".to_owned(), root);
    if let Some(definitions) = schema["$defs"].as_object_mut() {
        definitions.extend(partial);
    }
}

fn loosen(schema: &mut Value) {
    each_schema(schema, &mut |map| {
        map.shift_remove("required");
        map.shift_remove("default");
        if let Some(Value::String(target)) = map.get_mut("$ref") {
            *target = target.replace("#/$defs/", "#/$defs/Partial");
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

/// Removes what `Option` and defaults add: `null` alternatives, `null` types and `null` defaults.
fn tidy(schema: &mut Value) {
    each_schema(schema, &mut |map| {
        if map.get("default").is_some_and(Value::is_null) {
            map.shift_remove("default");
        }
        if let Some(Value::Array(types)) = map.get_mut("type") {
            types.retain(|kind| kind != "null");
            if let [only] = types.as_slice() {
                let only = only.clone();
                map.insert("type".to_owned(), only);
            }
        }
        if let Some(Value::Array(forms)) = map.get_mut("anyOf") {
            forms.retain(|form| form != &json!({ "type": "null" }));
            if let [only] = forms.as_slice() {
                let only = only.clone();
                map.shift_remove("anyOf");
                if let Value::Object(only) = only {
                    map.extend(only);
                }
            }
        }
        one_of_constants(map);
    });
}

/// An enumeration with a comment for each value stays readable for editors and becomes one choice for messages.
fn one_of_constants(map: &mut Map<String, Value>) {
    let Some(Value::Array(forms)) = map.get("oneOf").cloned() else { return };
    let constants: Vec<Value> =
        forms.iter().filter_map(|form| form.get("const").cloned()).collect();
    if constants.len() == forms.len() {
        map.insert("type".to_owned(), json!("string"));
        map.insert("enum".to_owned(), Value::Array(constants));
        let lines = forms.iter().filter_map(|form| {
            Some(format!(
                "`{}`: {}",
                form.get("const")?.as_str()?,
                form.get("description")?.as_str()?
            ))
        });
        let described = lines.collect::<Vec<_>>().join("\n");
        let before = map.get("description").and_then(Value::as_str).unwrap_or_default();
        map.insert("description".to_owned(), json!(format!("{before}\n\n{described}").trim()));
        map.shift_remove("oneOf");
    }
}

/// Calls `change` on every schema below and including this one, from the leaves up.
fn each_schema(schema: &mut Value, change: &mut dyn FnMut(&mut Map<String, Value>)) {
    match schema {
        Value::Object(map) => {
            for (key, value) in map.iter_mut() {
                if !matches!(key.as_str(), "const" | "default" | "enum" | "examples" | "example") {
                    each_schema(value, change);
                }
            }
            change(map);
        }
        Value::Array(items) => items.iter_mut().for_each(|item| each_schema(item, change)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
