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
use crate::format::yaml;
use crate::model::Model;
use crate::source::pointer;
use provenance::{Places, Provenance};

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
            let value = model.readable();
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
    let mut comments: Places = all
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
    let comments = comments.into_iter().collect();
    yaml::to_string(value.pointer(place).unwrap_or(&Value::Null), &comments)
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
