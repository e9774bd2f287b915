//! Turns a value into the YAML that an author would write by hand: in flow style on a line, or in blocks.

use serde_json::{Value, json};

use crate::format::yaml::{self, Comments};

/// Flow style is for what can be seen at a glance.
const WIDTH: usize = 110;

/// How a mapping or a list is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// `{ a: b }`.
    Flow,
    /// A line for each.
    Block,
}

/// An entry with its key, every line indented; without a line end.
pub(super) fn entry(key: &str, value: &Value, style: Style, indent: usize, step: usize) -> String {
    if style == Style::Flow && (value.is_object() || value.is_array()) {
        let bare = block(key, &Value::Null, indent, step);
        let line = format!("{}{}", bare.trim_end_matches("null"), flow(value));
        if line.chars().count() <= WIDTH {
            return line;
        }
    }
    block(key, value, indent, step)
}

/// An entry in block style.
pub(super) fn block(key: &str, value: &Value, indent: usize, step: usize) -> String {
    let text = yaml::to_string(&json!({ key: value }), &Comments::new());
    let line = |line: &str| {
        let bare = line.trim_start_matches(' ');
        let levels = (line.len() - bare.len()) / 2;
        format!("{}{bare}", " ".repeat(indent + levels * step))
    };
    text.trim_end().lines().map(line).collect::<Vec<_>>().join("\n")
}

/// A value on a line.
pub(super) fn flow(value: &Value) -> String {
    match value {
        Value::Object(map) if map.is_empty() => "{}".to_owned(),
        Value::Object(map) => {
            let entry =
                |(key, value): (&String, &Value)| format!("{}: {}", flow_key(key), flow(value));
            format!("{{ {} }}", map.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
        Value::Array(items) => {
            format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", "))
        }
        Value::String(text) => flow_key(text),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

/// A text on a line, as a key or a value.
pub(super) fn flow_key(text: &str) -> String {
    let bare = yaml::to_string(&json!(text), &Comments::new());
    let bare = bare.trim_end();
    let quoted = bare.starts_with(['"', '\'']);
    if !quoted && (bare.contains([',', '[', ']', '{', '}', '#', '\n']) || bare.ends_with(':')) {
        return json!(text).to_string();
    }
    bare.to_owned()
}
