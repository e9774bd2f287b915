//! Turns a value into the text of a JSON file.

mod lines;

use std::io::{self, Write};

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
    let mut text = Text(Vec::with_capacity(16 * 1024));
    value.serialize(&mut Serializer::with_formatter(&mut text, Lines::default()))?;
    text.0.push(b'\n');
    String::from_utf8(text.0).map_err(Error::custom)
}

/// The text so far.
struct Text(Vec<u8>);

impl Write for Text {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes).map(|()| bytes.len())
    }

    /// Most of what is written are single signs.
    #[inline]
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        match bytes {
            [sign] => self.0.push(*sign),
            _ => self.0.extend_from_slice(bytes),
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
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
