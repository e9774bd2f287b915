//! Turns a key of the language into its description, type, default and examples, from the schema.

use serde_json::{Map, Value};

use super::{entry, heading, wrapped};

/// How deep keys are looked for; the language is shallower.
const DEEPEST: usize = 8;

/// The sections of a blueprint.
pub(super) fn sections(schema: &Value) -> String {
    let sections = schema["properties"].as_object().into_iter().flatten();
    sections.map(|(name, section)| entry(name, description(section))).collect()
}

/// Every key, by its last part and by its whole path.
pub(super) fn all(schema: &Value) -> Vec<String> {
    let mut found = Vec::new();
    collect(schema, schema, &mut Vec::new(), &mut found);
    let mut names: Vec<String> = found
        .iter()
        .flat_map(|path| [path.join("."), path.last().cloned().unwrap_or_default()])
        .collect();
    names.sort();
    names.dedup();
    names
}

/// What a key takes: `services.health`, `services.db.health`, or `health` wherever it may stand.
pub(super) fn explain(schema: &Value, key: &str) -> Option<String> {
    let words: Vec<&str> = key.split('.').collect();
    if let Some((path, place)) = walk(schema, schema, &words) {
        return Some(told(schema, &path, place));
    }
    let [word] = words[..] else { return None };
    let mut paths = Vec::new();
    collect(schema, schema, &mut Vec::new(), &mut paths);
    paths.retain(|path| path.last().is_some_and(|last| last == word));
    let texts: Vec<String> = paths
        .iter()
        .filter_map(|path| {
            let words: Vec<&str> = path.iter().map(String::as_str).collect();
            let (path, place) = walk(schema, schema, &words)?;
            Some(told(schema, &path, place))
        })
        .collect();
    (!texts.is_empty()).then(|| texts.join("\n"))
}

/// The schemas that a value may keep: references followed, alternatives apart.
fn forms<'a>(schema: &'a Value, place: &'a Value) -> Vec<&'a Value> {
    if let Some(target) = place["$ref"].as_str() {
        let target = schema.pointer(target.trim_start_matches('#'));
        return target.map(|target| forms(schema, target)).unwrap_or_default();
    }
    for key in ["anyOf", "oneOf"] {
        if let Some(all) = place[key].as_array() {
            return all.iter().flat_map(|form| forms(schema, form)).collect();
        }
    }
    vec![place]
}

fn property<'a>(schema: &'a Value, place: &'a Value, key: &str) -> Option<&'a Value> {
    forms(schema, place).into_iter().find_map(|form| form["properties"].get(key))
}

/// What stands under every name of a mapping.
fn below<'a>(schema: &'a Value, place: &'a Value) -> Option<&'a Value> {
    let mut forms = forms(schema, place).into_iter();
    forms.find_map(|form| form.get("additionalProperties").filter(|below| below.is_object()))
}

/// Follows words down; where a mapping has names, they may be left out.
fn walk<'a>(
    schema: &'a Value,
    place: &'a Value,
    words: &[&str],
) -> Option<(Vec<String>, &'a Value)> {
    let Some((word, rest)) = words.split_first() else { return Some((Vec::new(), place)) };
    let step = |name: &str, (mut path, place): (Vec<String>, &'a Value)| {
        path.insert(0, name.to_owned());
        (path, place)
    };
    if let Some(found) = property(schema, place, word).and_then(|next| walk(schema, next, rest)) {
        return Some(step(word, found));
    }
    let next = below(schema, place)?;
    let skipped = walk(schema, next, words).map(|found| step("NAME", found));
    skipped.or_else(|| walk(schema, next, rest).map(|found| step("NAME", found)))
}

/// Every path to a key, names left out; overrides repeat the language and are passed over.
fn collect(schema: &Value, place: &Value, path: &mut Vec<String>, found: &mut Vec<Vec<String>>) {
    if path.len() > DEEPEST || path.last().is_some_and(|last| last == "override") {
        return;
    }
    for form in forms(schema, place) {
        for (key, next) in form["properties"].as_object().into_iter().flatten() {
            path.push(key.clone());
            found.push(path.clone());
            collect(schema, next, path, found);
            path.pop();
        }
    }
    if let Some(next) = below(schema, place) {
        collect(schema, next, path, found);
    }
}

fn told(schema: &Value, path: &[String], place: &Value) -> String {
    let mut text = format!("{}\n\n", heading(&path.join(".")));
    let own = description(place);
    let described = if own.is_empty() { described_at(schema, place) } else { own };
    text.push_str(&wrapped(described, 0));
    let kinds = kinds(schema, place);
    if !kinds.is_empty() {
        text.push_str(&wrapped(&format!("\ntakes {}", kinds.join(", or ")), 0));
    }
    if let Some(default) = place.get("default") {
        text.push_str(&wrapped(&format!("default: {default}"), 0));
    }
    let examples = examples(schema, place);
    if !examples.is_empty() {
        text.push_str(&wrapped(&format!("examples: {}", examples.join(", ")), 0));
    }
    let choices = choices(schema, place);
    if !own.is_empty() && !choices.is_empty() {
        text.push('\n');
        text.extend(choices.iter().map(|(value, about)| entry(value, about)));
    }
    let target = below(schema, place).unwrap_or(place);
    let forms = forms(schema, target);
    let keys: Vec<&Map<String, Value>> =
        forms.iter().filter_map(|form| form["properties"].as_object()).collect();
    if !keys.is_empty() {
        text.push('\n');
    }
    for (key, property) in keys.into_iter().flatten() {
        text.push_str(&entry(key, description(property)));
    }
    text
}

fn description(schema: &Value) -> &str {
    schema["description"].as_str().unwrap_or_default()
}

/// The description of what is referred to.
fn described_at<'a>(schema: &'a Value, place: &'a Value) -> &'a str {
    let target = place["$ref"].as_str().and_then(|to| schema.pointer(to.trim_start_matches('#')));
    target.map_or("", description)
}

/// The values of an enumeration that is referred to, each with what it means.
fn choices<'a>(schema: &'a Value, place: &'a Value) -> Vec<(&'a str, &'a str)> {
    let lines = described_at(schema, place).lines();
    let told = lines.filter_map(|line| line.strip_prefix('`')?.split_once("`: "));
    let below = place["anyOf"].as_array().into_iter().flatten();
    told.chain(below.flat_map(|form| choices(schema, form))).collect()
}

/// The kinds of value, in words.
fn kinds(schema: &Value, place: &Value) -> Vec<String> {
    let mut kinds: Vec<String> = Vec::new();
    for form in forms(schema, place) {
        let is_reference = form["pattern"].as_str().is_some_and(|text| text.starts_with("\\$\\{"));
        if is_reference {
            continue;
        }
        let kind = kind(schema, form);
        if !kind.is_empty() && !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    // Grammars are described where they are defined.
    if let Some(target) = place["$ref"].as_str()
        && let Some(target) = schema.pointer(target.trim_start_matches('#'))
        && target["anyOf"][0]["format"].is_string()
    {
        let about = description(target);
        let mut letters = about.chars();
        let first = letters.next().into_iter();
        // An abbreviation keeps its capitals.
        let is_word = letters.clone().next().is_none_or(|second| !second.is_uppercase());
        let first: String =
            if is_word { first.flat_map(char::to_lowercase).collect() } else { first.collect() };
        kinds = vec![first + letters.as_str()];
    }
    kinds
}

fn kind(schema: &Value, form: &Value) -> String {
    if let Some(values) = form["enum"].as_array() {
        let values: Vec<String> =
            values.iter().map(|value| format!("`{}`", plain(value))).collect();
        return format!("one of {}", values.join(", "));
    }
    let names: Vec<&str> = match &form["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let words = names.into_iter().filter_map(|name| {
        Some(match name {
            "object" => "a mapping".to_owned(),
            "array" => match kinds(schema, &form["items"]).as_slice() {
                [] => "a list".to_owned(),
                items => format!("a list, each {}", items.join(" or ")),
            },
            "string" => "text".to_owned(),
            "integer" => "a whole number".to_owned(),
            "number" => "a number".to_owned(),
            "boolean" => "true or false".to_owned(),
            _ => return None,
        })
    });
    words.collect::<Vec<_>>().join(" or ")
}

/// The examples of a key, or those of its type where it has none of its own.
fn examples(schema: &Value, place: &Value) -> Vec<String> {
    let target = place["$ref"].as_str().and_then(|to| schema.pointer(to.trim_start_matches('#')));
    let mut all = [Some(place), target].into_iter().flatten();
    let found = all.find_map(|schema| schema["examples"].as_array());
    found.into_iter().flatten().map(|example| format!("`{}`", plain(example))).collect()
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
