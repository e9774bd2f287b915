//! Turns a value into the text of a JSON file.

use serde::Serialize;
use serde_json::{Error, Value};

/// Returns the value as indented JSON, its keys in their own order, ending in one newline.
pub fn to_string(value: &Value) -> String {
    format!("{value:#}\n")
}

/// As [`to_string`], straight from a type.
///
/// # Errors
/// When a mapping's keys are no texts, or the value says so itself.
pub fn serialized<T: Serialize + ?Sized>(value: &T) -> Result<String, Error> {
    let mut text = serde_json::to_string_pretty(value)?;
    text.push('\n');
    Ok(text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{serialized, to_string};

    #[test]
    fn indents_by_two_and_keeps_the_order_of_keys() {
        let value = json!({ "title": "Überblick", "panels": [{ "id": 1 }], "tags": [] });
        let text = concat!(
            "{\n",
            "  \"title\": \"Überblick\",\n",
            "  \"panels\": [\n",
            "    {\n",
            "      \"id\": 1\n",
            "    }\n",
            "  ],\n",
            "  \"tags\": []\n",
            "}\n",
        );
        assert_eq!(to_string(&value), text);
        assert_eq!(serialized(&value).unwrap(), text);
    }
}
