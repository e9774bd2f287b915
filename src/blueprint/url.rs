//! Finds fixed values that break the URL in which they are filled.

use serde_json::{Map, Value};

use crate::blueprint::locate::Locator;
use crate::blueprint::reference::{self, Part, Reference};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::format::quote::url;
use crate::source::pointer;

/// The variables, with their groups; the values of those that are fixed; and where all this was written.
pub(super) struct Fixed<'a> {
    pub(super) groups: &'a Value,
    pub(super) values: &'a Map<String, Value>,
    pub(super) locator: &'a Locator<'a>,
}

impl Fixed<'_> {
    /// Looks at every text below a value.
    pub(super) fn check(&self, value: &Value, at: &mut String, diagnostics: &mut Diagnostics) {
        let parent = at.len();
        match value {
            Value::String(text) if text.contains("://") && text.contains("${var.") => {
                diagnostics.extend(self.text(text, at));
            }
            Value::Object(map) => {
                for (key, value) in map {
                    at.push('/');
                    at.push_str(&pointer::escape(key));
                    self.check(value, at, diagnostics);
                    at.truncate(parent);
                }
            }
            Value::Array(items) => {
                for (index, value) in items.iter().enumerate() {
                    at.push_str(&format!("/{index}"));
                    self.check(value, at, diagnostics);
                    at.truncate(parent);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    fn text(&self, text: &str, at: &str) -> Vec<Diagnostic> {
        let parts = reference::parse(text).unwrap_or_default();
        let mut found = Vec::new();
        for (index, part) in parts.iter().enumerate() {
            let Part::Reference(reference) = part else { continue };
            let value = self.values.get(reference.key).filter(|_| reference.owner == "var");
            let Some(value) = value.and_then(Value::as_str) else { continue };
            let (before, after) = (outline(&parts[..index]), outline(&parts[index + 1..]));
            let is_credential = url::is_credential(&before, &after);
            let breaks =
                if is_credential { !url::is_plain(value) } else { !url::is_possible(value) };
            if breaks && url::is_within(&before) {
                found.push(self.diagnostic(reference, value, is_credential, at));
            }
        }
        found
    }

    fn diagnostic(
        &self,
        reference: &Reference,
        value: &str,
        credential: bool,
        at: &str,
    ) -> Diagnostic {
        let name = &reference.key;
        let groups = self.groups.as_object().into_iter().flatten();
        let group = groups.filter(|(_, group)| group.get(name).is_some()).map(|(group, _)| group);
        let declared = group.map(|group| format!("/variables/{group}/{name}/fixed")).next();
        let message = format!("`{name}` is `{value}`, which breaks the URL that it ends in");
        let allowed = if credential {
            PLAIN
        } else {
            "write what is no part of a URL as `%` and two hexadecimal digits"
        };
        Diagnostic::error(Code::InvalidValue, message)
            .at(self.locator.value(&declared.unwrap_or_default()), "")
            .at(self.locator.value(at), "it ends here")
            .help(allowed)
    }
}

/// What a value that ends in a URL may consist of.
pub const PLAIN: &str = "use letters, digits and `.`, `_`, `~`, `-` only";

/// Parts of a text, with a letter for each reference.
fn outline(parts: &[Part<'_>]) -> String {
    let piece = |part: &Part<'_>| match part {
        Part::Literal(text) => text.to_string(),
        Part::Reference(_) => "x".to_owned(),
    };
    parts.iter().map(piece).collect()
}
