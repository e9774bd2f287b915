//! Turns the schema and a blueprint into every place where the blueprint carries a text.

use std::collections::{BTreeMap, BTreeSet};

use formwork::source::pointer::push;
use serde_json::Value;

/// A place where a text stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Position {
    /// What the schema calls it: `/services/*/about`; the keys of a mapping are `/variables/{}`.
    pub(super) schema: String,
    /// Where it is in the blueprint; of a key, where its value is.
    pub(super) pointer: String,
    /// Whether it is a key.
    pub(super) is_key: bool,
    /// Whether `${` starts a reference in it.
    pub(super) has_references: bool,
}

/// What the schema says of a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// Any text.
    Text,
    /// A text with a grammar or one of a few.
    Name,
}

/// Reads the schema of the language.
pub(super) struct Schema<'s>(pub(super) &'s Value);

impl<'s> Schema<'s> {
    /// Every place for a text that the schema knows. Overrides are parts of a blueprint once more.
    pub(super) fn all(&self) -> BTreeMap<String, Kind> {
        let mut found = BTreeMap::new();
        self.walk(self.0, "", &mut Vec::new(), &mut found);
        found
    }

    /// Every place for a text in a blueprint.
    pub(super) fn within(&self, blueprint: &Value) -> Vec<Position> {
        let mut found = Vec::new();
        self.instance(blueprint, self.0, ("", ""), &mut found);
        let mut seen = BTreeSet::new();
        found.retain(|one| seen.insert((one.pointer.clone(), one.is_key)));
        found
    }

    /// A schema and what it refers to: the ways in which a value may be written.
    fn ways(&self, schema: &'s Value) -> Vec<&'s Value> {
        let mut ways = vec![schema];
        if let Some(name) = schema["$ref"].as_str().and_then(|name| name.strip_prefix("#/$defs/")) {
            ways.extend(self.ways(&self.0["$defs"][name]));
        }
        for list in ["anyOf", "oneOf", "allOf"] {
            for way in schema[list].as_array().into_iter().flatten() {
                ways.extend(self.ways(way));
            }
        }
        ways
    }

    fn walk(
        &self,
        schema: &'s Value,
        at: &str,
        above: &mut Vec<*const Value>,
        found: &mut BTreeMap<String, Kind>,
    ) {
        for way in self.ways(schema) {
            let itself: *const Value = way;
            if above.contains(&itself) {
                continue;
            }
            above.push(itself);
            if takes_anything(way) {
                found.insert(format!("{at}/**"), Kind::Text);
            }
            if takes_text(way) {
                let known = found.entry(at.to_owned()).or_insert_with(|| kind(way));
                *known = (*known).min(kind(way));
            }
            for (key, below) in way["properties"].as_object().into_iter().flatten() {
                if key != "override" {
                    self.walk(below, &format!("{at}/{key}"), above, found);
                }
            }
            if let Some((keys, values)) = mapping(way) {
                let kinds = self.ways(keys).into_iter().map(kind);
                found.insert(format!("{at}/{{}}"), kinds.max().unwrap_or(Kind::Text));
                self.walk(values, &format!("{at}/*"), above, found);
            }
            if way["items"].is_object() {
                self.walk(&way["items"], &format!("{at}/[]"), above, found);
            }
            above.pop();
        }
    }

    fn instance(
        &self,
        value: &Value,
        schema: &'s Value,
        (at, pointer): (&str, &str),
        found: &mut Vec<Position>,
    ) {
        let position = |schema: String, pointer: &str, is_key, has_references| Position {
            schema,
            pointer: pointer.to_owned(),
            is_key,
            has_references,
        };
        let ways = self.ways(schema);
        if takes_anything(schema) {
            let at = format!("{at}/**");
            let mut leaves = Vec::new();
            below(value, pointer, &mut leaves);
            found.extend(leaves.iter().map(|pointer| position(at.clone(), pointer, false, true)));
            return;
        }
        if value.is_string() && ways.iter().any(|way| takes_text(way)) {
            let references = ways.iter().any(|way| way["format"] == "text");
            found.push(position(at.to_owned(), pointer, false, references));
        }
        for way in ways {
            for (key, value) in value.as_object().into_iter().flatten() {
                let below = push(pointer, key);
                if let Some(schema) = way["properties"].get(key) {
                    if key != "override" {
                        self.instance(value, schema, (&format!("{at}/{key}"), &below), found);
                    }
                } else if let Some((_, schema)) = mapping(way) {
                    found.push(position(format!("{at}/{{}}"), &below, true, false));
                    self.instance(value, schema, (&format!("{at}/*"), &below), found);
                }
            }
            for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                if way["items"].is_object() {
                    let below = push(pointer, &index.to_string());
                    self.instance(item, &way["items"], (&format!("{at}/[]"), &below), found);
                }
            }
        }
    }
}

/// The schemas of the keys and values of a mapping whose keys the author chooses.
fn mapping(schema: &Value) -> Option<(&Value, &Value)> {
    let values = &schema["additionalProperties"];
    values.is_object().then_some((&schema["propertyNames"], values))
}

/// A tree of which the schema says nothing.
fn takes_anything(schema: &Value) -> bool {
    let says =
        ["type", "$ref", "anyOf", "oneOf", "allOf", "enum", "const", "properties", "required"];
    schema == &Value::Bool(true)
        || schema.as_object().is_some_and(|one| says.iter().all(|key| !one.contains_key(*key)))
}

/// Where the texts of such a tree are.
fn below(value: &Value, pointer: &str, found: &mut Vec<String>) {
    match value {
        Value::String(_) => found.push(pointer.to_owned()),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                below(item, &push(pointer, &index.to_string()), found);
            }
        }
        Value::Object(map) => {
            for (key, item) in map {
                below(item, &push(pointer, key), found);
            }
        }
        _ => {}
    }
}

fn takes_text(schema: &Value) -> bool {
    let is = |kind: &Value| kind == "string";
    is(&schema["type"]) || schema["type"].as_array().is_some_and(|all| all.iter().any(is))
}

fn kind(schema: &Value) -> Kind {
    let limits = ["pattern", "enum", "const"].iter().any(|key| schema.get(*key).is_some());
    let has_format = schema.get("format").is_some_and(|format| format != "text");
    if limits || has_format { Kind::Name } else { Kind::Text }
}
