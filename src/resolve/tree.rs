//! Turns the tree of a component's configuration file into one whose references are resolved.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::blueprint::reference;
use crate::catalog::collection::Collection;
use crate::resolve::each::{self, Member};
use crate::resolve::scope::{Found, Resolved, Scope, Unresolved};
use crate::value::Name;

/// Resolves every string of a tree. What cannot be resolved is added to `faults`; variables that the file names the files
/// of, and ports that it names, are added to `found`.
pub(super) fn resolve(
    scope: &Scope<'_>,
    of: &Name,
    tree: &Value,
    (found, faults): (&mut Found, &mut Vec<Unresolved>),
) -> Value {
    match tree {
        Value::String(text) if text.contains('$') => {
            known(of, text, scope.text(text, Some(of)), (found, faults))
        }
        _ => part(scope, of, tree, (found, faults)).unwrap_or_default(),
    }
}

/// Resolves a part of a tree; `None` where a reference in it stands for what this member lacks.
fn part(
    scope: &Scope<'_>,
    of: &Name,
    written: &Value,
    (found, faults): (&mut Found, &mut Vec<Unresolved>),
) -> Option<Value> {
    Some(match written {
        Value::Array(items) => {
            let mut resolved = Vec::with_capacity(items.len());
            for item in items {
                match repeated(scope, of, item, found) {
                    Item::Many(many) => resolved.extend(many.into_iter().map(|(_, item)| item)),
                    Item::One => resolved.extend(part(scope, of, item, (found, faults))),
                    Item::Faulty(found) => faults.extend(found),
                }
            }
            Value::Array(resolved)
        }
        Value::Object(map) => {
            let mut resolved = Map::with_capacity(map.len());
            for (key, value) in map {
                if let Some(value) = part(scope, of, value, (found, faults)) {
                    resolved.insert(key.clone(), value);
                }
            }
            Value::Object(resolved)
        }
        Value::String(text) if text.contains('$') => {
            let resolved = scope.text(text, Some(of));
            if resolved.as_ref().is_ok_and(|resolved| resolved.absent) {
                return None;
            }
            known(of, text, resolved, (found, faults))
        }
        // A text without references stays what it is.
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => written.clone(),
    })
}

/// The leaf that a text comes to: it must be known.
fn known(
    of: &Name,
    text: &str,
    resolved: Result<Resolved, Unresolved>,
    (found, faults): (&mut Found, &mut Vec<Unresolved>),
) -> Value {
    let fault = match resolved.map(|resolved| found.take(resolved)) {
        Ok(resolved) => match resolved.as_literal() {
            Some(known) => return leaf(text, known),
            None => run_time(of, text),
        },
        Err(unresolved) => unresolved,
    };
    faults.push(fault);
    Value::String(text.to_owned())
}

/// An item of a list, or a whole file.
pub(super) enum Item {
    /// One for each member of a collection, with the member; references are resolved.
    Many(Vec<(Member, Value)>),
    /// It stands for itself.
    One,
    /// What cannot be resolved.
    Faulty(Vec<Unresolved>),
}

/// Turns `{ for_each: COLLECTION, item: TREE }` into a tree for each member.
pub(super) fn repeated(scope: &Scope<'_>, of: &Name, item: &Value, found: &mut Found) -> Item {
    let Some(name) = item.get("for_each") else { return Item::One };
    let Some(tree) = item.get("item") else { return Item::One };
    let members = match Collection::deserialize(name) {
        Ok(collection) => each::members(scope, collection, of, found),
        Err(_) => Err(Unresolved::no_collection(name)),
    };
    let members = match members {
        Ok(members) => members,
        Err(fault) => return Item::Faulty(vec![fault]),
    };
    let (mut many, mut faults) = (Vec::with_capacity(members.len()), Vec::new());
    for member in members {
        let tree = resolve(&scope.each(&member), of, tree, (found, &mut faults));
        many.push((member, tree));
    }
    if faults.is_empty() { Item::Many(many) } else { Item::Faulty(faults) }
}

fn run_time(of: &Name, text: &str) -> Unresolved {
    Unresolved::run_time(
        format!("a configuration file of `{of}` holds `{text}`, which is known at run time only"),
        "nothing puts variables into mounted files: give the parameter a value or a `fixed` variable",
    )
}

/// A leaf that is one reference and nothing else has the type of what it stands for: a port is a number.
fn leaf(written: &str, known: &str) -> Value {
    let text = || Value::String(known.to_owned());
    if reference::alone(written).is_none() {
        return text();
    }
    // Most values are words, which no reader of JSON needs to refuse.
    let may_be_typed = |first: char| first.is_ascii_digit() || "-{tf".contains(first);
    if !known.starts_with(may_be_typed) {
        return text();
    }
    let typed = serde_json::from_str::<Value>(known).ok();
    // Members of collections hold trees too.
    let tree = |value: &Value| written.starts_with("${each.") && value.is_object();
    let typed = typed.filter(|value| value.is_number() || value.is_boolean() || tree(value));
    match typed.map(|value| (value.to_string(), value)) {
        Some((same, value)) if same == known => value,
        // Text such as `1.20` would not come back as it was.
        _ => text(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::leaf;

    #[test]
    fn a_reference_alone_has_the_type_of_its_value() {
        assert_eq!(leaf("${self.port}", "8080"), json!(8080));
        assert_eq!(leaf("${self.on}", "true"), json!(true));
        assert_eq!(leaf("${self.version}", "1.20"), json!("1.20"));
        assert_eq!(leaf("${self.name}", "api"), json!("api"));
        assert_eq!(leaf("8080", "8080"), json!("8080"));
        assert_eq!(leaf("${self.host}:${self.port}", "8080"), json!("8080"));
        assert_eq!(leaf("$${x}", "12"), json!("12"));
        assert_eq!(leaf("${each.json}", r#"{"b":1,"a":{}}"#), json!({ "b": 1, "a": {} }));
        assert_eq!(leaf("${self.json}", "{}"), json!("{}"));
    }
}
