//! Turns blueprints into what was decided for each environment, with where each value comes from.

mod provenance;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::bail;
use serde_json::{Map, Value, json};

use crate::cli::{Common, Format, ShowArgs};
use crate::command::UNANSWERED;
use crate::command::selection::Selection;
use crate::command::session::{Session, System, shown};
use crate::console;
use crate::diagnostic::suggest;
use crate::format::yaml::{self, Comments};
use crate::model::Model;
use crate::source::pointer;
use provenance::Provenance;

/// Prints the models.
///
/// # Errors
/// Usage, or a broken template.
pub fn run(args: &ShowArgs) -> anyhow::Result<ExitCode> {
    let (blueprints, parts): (Vec<_>, Vec<_>) =
        args.arguments.iter().partition(|argument| is_blueprint(argument));
    let part = match parts[..] {
        [] => None,
        [part] => Some(part),
        [first, second, ..] => bail!("`{first}` and `{second}` are two parts; name one"),
    };
    let common = Common {
        blueprints: blueprints.into_iter().map(PathBuf::from).collect(),
        env: args.env.clone(),
        format: args.format,
        ..Common::default()
    };
    let Some(session) = Session::open(&common)? else {
        return Ok(ExitCode::from(UNANSWERED));
    };
    let selection = Selection::of_environments(&args.env);
    let mut documents = Vec::new();
    let mut models = Vec::new();
    for system in &session.systems {
        let provenance = Provenance::of(system);
        for model in &system.compiled.models {
            if !selection.takes_environment(model) {
                continue;
            }
            let value = readable(model);
            let place = part.map_or(Ok(String::new()), |part| find(&value, part))?;
            let shown = value.pointer(&place).cloned().unwrap_or_default();
            if matches!(args.format, Format::Text | Format::Github) {
                documents.push(document(system, model, &provenance, &value, &place));
            }
            models.push(json!({
                "name": model.name, "environment": model.environment.name, "model": shown,
            }));
        }
    }
    match args.format {
        Format::Json => session.print_json(json!({ "models": models })),
        Format::Sarif => session.print_sarif(&[]),
        Format::Text | Format::Github => console::print(&documents.join("---\n")),
    }
    Ok(ExitCode::SUCCESS)
}

/// Blueprints are files; parts of a model are not.
fn is_blueprint(argument: &str) -> bool {
    let path = Path::new(argument);
    path.extension().is_some_and(|end| end == "yaml" || end == "yml") || path.is_file()
}

fn document(
    system: &System,
    model: &Model,
    provenance: &Provenance<'_>,
    value: &Value,
    place: &str,
) -> String {
    let all = provenance.comments(model, value);
    let mut comments: Comments = all
        .into_iter()
        .filter_map(|(pointer, text)| {
            let below = pointer.strip_prefix(place)?;
            (below.is_empty() || below.starts_with('/')).then(|| (below.to_owned(), text))
        })
        .collect();
    let own = comments.remove("").map_or(String::new(), |text| format!("\n{text}"));
    let blueprint = shown(&system.project.blueprint);
    let head = format!("{}, {}: from {blueprint}{own}", model.name, model.environment.name);
    comments.insert(String::new(), head);
    yaml::to_string(value.pointer(place).unwrap_or(&Value::Null), &comments)
}

/// The model as a tree for people: texts in one piece, variables by group and name.
fn readable(model: &Model) -> Value {
    let mut value = serde_json::to_value(model).unwrap_or_default();
    join_texts(&mut value);
    let Some(map) = value.as_object_mut() else { return value };
    let mut entries = Map::new();
    for (key, below) in std::mem::take(map) {
        if key == "groups" {
            entries.insert("variables".to_owned(), by_name(&below));
        } else {
            entries.insert(key, below);
        }
    }
    Value::Object(entries)
}

fn by_name(groups: &Value) -> Value {
    let mut all = Map::new();
    for group in groups.as_array().into_iter().flatten() {
        let mut variables = Map::new();
        for variable in group["variables"].as_array().into_iter().flatten() {
            let mut variable = variable.clone();
            if let Some(Value::String(name)) =
                variable.as_object_mut().and_then(|map| map.shift_remove("name"))
            {
                variables.insert(name, variable);
            }
        }
        if let Some(name) = group["name"].as_str() {
            all.insert(name.to_owned(), Value::Object(variables));
        }
    }
    Value::Object(all)
}

/// Texts are kept in pieces; here variables are written as they are in a blueprint.
fn join_texts(value: &mut Value) {
    let joined = match value {
        Value::Array(items) if !items.is_empty() => {
            items.iter().map(piece).collect::<Option<String>>()
        }
        _ => None,
    };
    if let Some(text) = joined {
        *value = Value::String(text);
        return;
    }
    match value {
        Value::Array(items) => items.iter_mut().for_each(join_texts),
        Value::Object(map) => map.values_mut().for_each(join_texts),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn piece(item: &Value) -> Option<String> {
    let map = item.as_object().filter(|map| map.len() == 1)?;
    if let Some(text) = map.get("literal").and_then(Value::as_str) {
        return Some(text.to_owned());
    }
    map.get("variable").and_then(Value::as_str).map(|name| format!("${{var.{name}}}"))
}

/// The pointer to a part such as `services.db.image`; a key may hold dots.
fn find(value: &Value, part: &str) -> anyhow::Result<String> {
    let mut place = String::new();
    let mut rest = part;
    while !rest.is_empty() {
        let here = value.pointer(&place).unwrap_or(&Value::Null);
        let ends = rest.match_indices('.').map(|(at, _)| at).chain([rest.len()]);
        let mut readings = ends.map(|end| (&rest[..end], rest[end..].trim_start_matches('.')));
        let found = readings.find(|(key, _)| child(here, key).is_some());
        let Some((key, after)) = found else {
            let word = rest.split('.').next().unwrap_or(rest);
            let keys: Vec<&str> =
                here.as_object().into_iter().flat_map(Map::keys).map(String::as_str).collect();
            let place = if place.is_empty() {
                "the model".to_owned()
            } else {
                format!("`{}`", &place[1..].replace('/', "."))
            };
            match suggest::nearest(word, keys.iter().copied()) {
                Some(near) => bail!("{place} has no `{word}`; did you mean `{near}`?"),
                None if keys.is_empty() => bail!("{place} has no parts"),
                None => bail!("{place} has no `{word}`; it has {}", keys.join(", ")),
            }
        };
        place = pointer::push(&place, key);
        rest = after;
    }
    Ok(place)
}

fn child<'a>(value: &'a Value, key: &str) -> Option<&'a Value> {
    match value {
        Value::Array(items) => items.get(key.parse::<usize>().ok()?),
        other => other.get(key),
    }
}
