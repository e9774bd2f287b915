//! Turns the types of the language into a JSON Schema, and checks values against it.

mod editor;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::sync::LazyLock;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use crate::blueprint::Blueprint;
use crate::blueprint::reference;
use crate::check::Checker;
use crate::value::FORMATS;
pub use editor::editor;

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

/// The keys that are the same in every environment, and so cannot be overridden.
pub const IDENTITY: &[&str] = &["blueprint", "name", "include", "output", "environments", "ci"];

/// Checks blueprints whose short forms are expanded.
pub static LONG: LazyLock<Checker> = LazyLock::new(|| Checker::new(bare(), &[("text", is_text)]));

/// The keys of a blueprint.
pub fn sections() -> Vec<String> {
    let schema = long();
    schema["properties"].as_object().into_iter().flat_map(Map::keys).cloned().collect()
}

/// Whether a text's references are well formed.
pub fn is_text(text: &str) -> bool {
    !reference::is_open(text) || reference::parse(text).is_ok()
}

/// The schema of a blueprint whose short forms are expanded.
fn long() -> Value {
    generate::<Blueprint>()
}

/// The same without what only people and editors read, which a checker would prepare on every start. Types that are told
/// by a pattern alone keep their descriptions, which say more to people.
fn bare() -> Value {
    let mut schema = generated::<Blueprint>();
    let described = described(&schema);
    each_schema(&mut schema, &mut |map| {
        map.retain(|key, _| !matches!(key.as_str(), "description" | "default" | "examples"));
        // A scalar's own check is its whole grammar: its pattern says less, for editors.
        let format = map.get("format").filter(|_| map.contains_key("pattern"));
        let format = format.and_then(Value::as_str);
        if FORMATS.iter().any(|known| format == Some(known.id)) {
            map.shift_remove("pattern");
        }
        tidied(map);
    });
    for (name, about) in described {
        schema["$defs"][name.as_str()]["description"] = about;
    }
    schema
}

/// The descriptions of types that are told by a pattern alone.
fn described(schema: &Value) -> Vec<(String, Value)> {
    let types = schema["$defs"].as_object().into_iter().flatten();
    let patterned = types.filter(|(_, one)| one.get("pattern").is_some());
    let patterned = patterned.filter(|(_, one)| one.get("format").is_none());
    let about = |one: &Value| Some(json!(one.get("description")?.as_str()?.replace('\n', " ")));
    patterned.filter_map(|(name, one)| Some((name.clone(), about(one)?))).collect()
}

/// Generates the schema of a type: draft 2020-12, without the noise that `Option` makes.
pub fn generate<T: JsonSchema>() -> Value {
    let mut schema = generated::<T>();
    unwrap_descriptions(&mut schema);
    tidy(&mut schema);
    schema
}

fn generated<T: JsonSchema>() -> Value {
    let generator = SchemaSettings::draft2020_12().into_generator();
    generator.into_root_schema_for::<T>().to_value()
}

/// Comments are wrapped in the source; editors wrap them anew.
fn unwrap_descriptions(schema: &mut Value) {
    each_schema(schema, &mut |map| {
        if let Some(Value::String(text)) = map.get_mut("description") {
            let paragraphs: Vec<String> =
                text.split("\n\n").map(|paragraph| paragraph.replace('\n', " ")).collect();
            *text = paragraphs.join("\n\n");
        }
    });
}

/// Says of numbers what their formats mean, which are Rust's and no validator knows.
fn spell_out_numbers(map: &mut Map<String, Value>) {
    let format = map.get("format").and_then(Value::as_str);
    if !matches!(format, Some("uint16" | "uint32" | "double")) {
        return;
    }
    if format == Some("uint32") && !map.contains_key("maximum") {
        map.insert("maximum".to_owned(), json!(u32::MAX));
    }
    map.shift_remove("format");
}

/// Removes what `Option` and defaults add: `null` alternatives, `null` types and `null` defaults.
fn tidy(schema: &mut Value) {
    each_schema(schema, &mut tidied);
}

fn tidied(map: &mut Map<String, Value>) {
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
    spell_out_numbers(map);
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
                match key.as_str() {
                    "const" | "default" | "enum" | "examples" | "example" => {}
                    // Their keys are names of an author's, not keywords: one may be `default`.
                    "properties" | "patternProperties" | "$defs" => {
                        let below = value.as_object_mut().into_iter().flat_map(Map::values_mut);
                        below.for_each(|value| each_schema(value, change));
                    }
                    _ => each_schema(value, change),
                }
            }
            change(map);
        }
        Value::Array(items) => items.iter_mut().for_each(|item| each_schema(item, change)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
