//! Turns a value into the text of a JSON file.

mod lines;

use serde::Serialize;
use serde::ser::Error as _;
use serde_json::{Error, Serializer, Value};

use lines::Lines;

/// Returns the value as indented JSON, its keys in their own order, ending in one newline.
pub fn to_string(value: &Value) -> String {
    // The keys of a tree are texts, so that there is nothing to fail.
    serialized(value).unwrap_or_default()
}

/// As [`to_string`], straight from a type.
///
/// # Errors
/// When a mapping's keys are no texts, or the value says so itself.
pub fn serialized<T: Serialize + ?Sized>(value: &T) -> Result<String, Error> {
    let mut bytes = Vec::with_capacity(4096);
    value.serialize(&mut Serializer::with_formatter(&mut bytes, Lines::default()))?;
    bytes.push(b'\n');
    String::from_utf8(bytes).map_err(Error::custom)
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

    #[test]
    fn is_laid_out_as_elsewhere() {
        let deep = (0..40).fold(json!("end"), |inner, at| json!([{ "at": at, "inner": inner }]));
        for value in [json!(null), json!([]), json!({}), json!([[], {}, [{}]]), deep] {
            assert_eq!(to_string(&value), format!("{value:#}\n"));
        }
    }
}
