//! Turns what JSON Schema says into words.

use jsonschema::error::TypeKind;
use serde_json::Value;

/// A value as it was written, near enough.
pub(super) fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Types of JSON Schema in words.
pub(super) fn expected(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Single(kind) => noun(kind.as_str()).to_owned(),
        TypeKind::Multiple(kinds) => {
            let nouns: Vec<_> = kinds.iter().map(|kind| noun(kind.as_str())).collect();
            or(&nouns)
        }
    }
}

/// A type of JSON Schema in words.
pub(super) fn noun(kind: &str) -> &'static str {
    match kind {
        "array" => "a list",
        "boolean" => "`true` or `false`",
        "integer" => "a whole number",
        "null" => "nothing",
        "number" => "a number",
        "object" => "a mapping",
        _ => "text",
    }
}

/// Alternatives in words: `a list, text or a mapping`.
pub fn or(nouns: &[&str]) -> String {
    match nouns {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [most @ .., last] => format!("{} or {last}", most.join(", ")),
    }
}
