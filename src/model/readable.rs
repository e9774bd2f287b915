//! Turns a model into the tree that `formwork show` prints and that templates of an author's own see.

use serde_json::{Map, Value};

use crate::model::Model;

impl Model {
    /// The model as a tree for people: texts in one piece, variables by group and name.
    pub fn readable(&self) -> Value {
        readable(self)
    }
}

fn readable(model: &Model) -> Value {
    let mut value = serde_json::to_value(model).unwrap_or_default();
    join_texts(&mut value);
    empty_texts(&mut value);
    let Some(map) = value.as_object_mut() else { return value };
    let mut entries = Map::new();
    for (key, below) in std::mem::take(map) {
        if key == "groups" {
            entries.insert("variables".to_owned(), by_name(&below));
        } else {
            entries.insert(key, below);
        }
    }
    Value::Object(entries)
}

/// A text without pieces cannot be told from a list without items; here only texts stand.
fn empty_texts(value: &mut Value) {
    let services = value.get_mut("services").and_then(Value::as_object_mut);
    for service in services.into_iter().flat_map(Map::values_mut) {
        for key in ["environment", "parameters"] {
            let texts = service.get_mut(key).and_then(Value::as_object_mut);
            for text in texts.into_iter().flat_map(Map::values_mut).filter(|text| text.is_array()) {
                *text = Value::String(String::new());
            }
        }
    }
}

fn by_name(groups: &Value) -> Value {
    let mut all = Map::new();
    for group in groups.as_array().into_iter().flatten() {
        let mut variables = Map::new();
        for variable in group["variables"].as_array().into_iter().flatten() {
            let mut variable = variable.clone();
            if let Some(Value::String(name)) =
                variable.as_object_mut().and_then(|map| map.shift_remove("name"))
            {
                variables.insert(name, variable);
            }
        }
        if let Some(name) = group["name"].as_str() {
            all.insert(name.to_owned(), Value::Object(variables));
        }
    }
    Value::Object(all)
}

/// Texts are kept in pieces; here variables are written as they are in a blueprint.
fn join_texts(value: &mut Value) {
    let joined = match value {
        Value::Array(items) if !items.is_empty() => {
            items.iter().map(piece).collect::<Option<String>>()
        }
        _ => None,
    };
    if let Some(text) = joined {
        *value = Value::String(text);
        return;
    }
    match value {
        Value::Array(items) => items.iter_mut().for_each(join_texts),
        Value::Object(map) => map.values_mut().for_each(join_texts),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn piece(item: &Value) -> Option<String> {
    let map = item.as_object().filter(|map| map.len() == 1)?;
    if let Some(text) = map.get("literal").and_then(Value::as_str) {
        return Some(text.to_owned());
    }
    map.get("variable").and_then(Value::as_str).map(|name| format!("${{var.{name}}}"))
}
