//! Turns the tree of a component's configuration file into one whose references are resolved.

use serde_json::Value;

use crate::blueprint::reference::{self, Part as Piece, Text as Raw};
use crate::resolve::each::{self, Member};
use crate::resolve::scope::{Found, Scope, Unresolved};
use crate::value::Name;

/// Resolves every string of a tree in place. What cannot be resolved is returned; variables that the file names the
/// files of, and ports that it names, are added to `found`.
pub(super) fn resolve(
    scope: &Scope<'_>,
    of: &Name,
    tree: &mut Value,
    found: &mut Found,
) -> Vec<Unresolved> {
    match tree {
        Value::Array(items) => {
            let mut faults = Vec::new();
            for item in std::mem::take(items) {
                match repeated(scope, of, item, found) {
                    Item::Many(many) => items.extend(many.into_iter().map(|(_, item)| item)),
                    Item::One(item) if is_absent(scope, of, &item) => {}
                    Item::One(mut item) => {
                        faults.extend(resolve(scope, of, &mut item, found));
                        items.push(item);
                    }
                    Item::Faulty(found) => faults.extend(found),
                }
            }
            faults
        }
        Value::Object(map) => {
            map.retain(|_, value| !is_absent(scope, of, value));
            map.values_mut().flat_map(|value| resolve(scope, of, value, found)).collect()
        }
        // A text without references stays what it is.
        Value::String(text) if !text.contains('$') => Vec::new(),
        Value::String(text) => match scope.resolve(&Raw(text.clone()), Some(of)) {
            Ok(resolved) => {
                let resolved = found.take(resolved);
                let Some(known) = resolved.as_literal() else {
                    return vec![run_time(of, text)];
                };
                *tree = leaf(text, known);
                Vec::new()
            }
            Err(unresolved) => vec![unresolved],
        },
        Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
    }
}

/// An item of a list, or a whole file.
pub(super) enum Item {
    /// One for each member of a collection, with the member; references are resolved.
    Many(Vec<(Member, Value)>),
    /// It stands for itself.
    One(Value),
    /// What cannot be resolved.
    Faulty(Vec<Unresolved>),
}

/// Turns `{ for_each: COLLECTION, item: TREE }` into a tree for each member.
pub(super) fn repeated(scope: &Scope<'_>, of: &Name, item: Value, found: &mut Found) -> Item {
    let (Some(name), Some(tree)) = (item.get("for_each"), item.get("item")) else {
        return Item::One(item);
    };
    let members = match serde_json::from_value(name.clone()) {
        Ok(collection) => each::members(scope, collection, of, found),
        Err(_) => Err(Unresolved::no_collection(name)),
    };
    let members = match members {
        Ok(members) => members,
        Err(fault) => return Item::Faulty(vec![fault]),
    };
    let (mut many, mut faults) = (Vec::new(), Vec::new());
    for member in members {
        let mut tree = tree.clone();
        faults.extend(resolve(&scope.each(&member), of, &mut tree, found));
        many.push((member, tree));
    }
    if faults.is_empty() { Item::Many(many) } else { Item::Faulty(faults) }
}

/// Whether a key or an item is left out: a reference in it stands for what this member lacks.
fn is_absent(scope: &Scope<'_>, of: &Name, value: &Value) -> bool {
    let Value::String(text) = value else { return false };
    text.contains('$')
        && scope.resolve(&Raw(text.clone()), Some(of)).is_ok_and(|resolved| resolved.absent)
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
    if !matches!(reference::parse(written).as_deref(), Ok([Piece::Reference(_)])) {
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
