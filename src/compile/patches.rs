//! Finds patches that change nothing, and says what they may have been meant for; and patches that break or loosen.

use serde_json::Value;

use crate::blueprint::broken::Broken;
use crate::blueprint::locate::Locator;
use crate::blueprint::read::Written;
use crate::compile::Emitted;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, suggest};
use crate::model::{Model, Patch, Waiver};
use crate::source::pointer;
use crate::target::output::matches;
use crate::target::patched::{Breach, BreachKind};
use crate::value::Name;

/// What decides about files of many kinds: while something in it is faulty, nothing is known of any patch.
const EVERYWHERE: &[&str] =
    &["name", "output", "compose", "kubernetes", "edge", "monitoring", "patches"];
/// How many candidates are named.
const SHOWN: usize = 3;

/// A patch that changes nothing is a mistake: what it was meant for has another name or is gone. One that may do so
/// only because of a fault is not told.
pub(super) fn idle(
    models: &[Model],
    emitted: &Emitted,
    written: &Written,
    broken: &Broken,
    diagnostics: &mut Diagnostics,
) {
    let patches = models.iter().flat_map(|model| &model.patches);
    for (name, patch) in patches {
        if patch.merge.is_some() && patch.insert.is_some() {
            diagnostics.push(torn(name, Locator::new(written, None)));
        }
        if emitted.matched.contains(name) {
            continue;
        }
        if broken.lacks_a_text() || is_unsure(patch, broken) {
            continue;
        }
        let at = format!("/patches/{name}");
        let locator = Locator::new(written, None);
        let message = format!("the patch `{name}` changes nothing");
        let found = Diagnostic::error(Code::PatchWithoutMatch, message);
        let fitting: Vec<&str> = files(emitted).filter(|path| matches(&patch.file, path)).collect();
        let (key, why) = match fitting.as_slice() {
            [] => ("file", no_file(patch, emitted)),
            fitting => nothing_at(patch, fitting, emitted),
        };
        let at = format!("{at}/{key}");
        let place = match key {
            "file" | "at" => locator.value(&at),
            _ => locator.key(&at),
        };
        diagnostics.push(found.at(place, "").help(why));
    }
}

/// What a patch broke: its shape is refused, what is weaker needs a waiver.
pub(super) fn breaches(
    model: &Model,
    breaches: &[Breach],
    locator: Locator<'_>,
    diagnostics: &mut Diagnostics,
) {
    for Breach { patch, path, kind } in breaches {
        let place = locator.value(&format!("/patches/{patch}"));
        let found = match kind {
            BreachKind::Shape(says) => Diagnostic::error(
                Code::PatchBreaksShape,
                format!("the patch `{patch}` breaks `{path}`: {says}"),
            )
            .at(place, "")
            .help("put a value of the same kind there, or patch a place below"),
            BreachKind::Contradiction(says) => Diagnostic::error(
                Code::PatchContradicts,
                format!("after the patch `{patch}`, `{path}` contradicts itself: {says}"),
            )
            .at(place, ""),
            BreachKind::Weaker { service, says } => {
                let rule = Code::LooseningPatch;
                let covers = |waiver: &&Waiver| {
                    waiver.rule == rule.id()
                        && (waiver.services.is_empty()
                            || waiver.services.iter().any(|name| name.as_str() == service))
                };
                if model.waivers.iter().any(|waiver| covers(&waiver)) {
                    continue;
                }
                let who = if service.is_empty() { "the system" } else { service };
                let message = format!("the patch `{patch}` loosens `{path}`: `{who}` {says}");
                Diagnostic::error(rule, message)
                    .at(place, "")
                    .help("if it must be so, say why: `waivers: { loosening-patch: … }`")
            }
        };
        diagnostics.push(found);
    }
}

/// Whether a fault elsewhere may have taken away what the patch was meant for.
fn is_unsure(patch: &Patch, broken: &Broken) -> bool {
    let named = format!("{} {}", patch.file, patch.at);
    let mut places = broken.iter().map(|place| pointer::segments(place).collect::<Vec<_>>());
    places.any(|place| match place.as_slice() {
        [section, ..] if EVERYWHERE.contains(&&**section) => section != "patches",
        [section, ..] if section == "routes" => !patch.file.starts_with("docker-compose"),
        [_, name, ..] => named.contains(&**name),
        _ => true,
    })
}

fn files(emitted: &Emitted) -> impl Iterator<Item = &str> {
    emitted.tree.iter().map(|(path, _)| path.as_str())
}

fn no_file(patch: &Patch, emitted: &Emitted) -> String {
    let file = &patch.file;
    // The end of a path says most of what is meant.
    let last = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    let near = suggest::nearest(file, files(emitted)).map(str::to_owned).or_else(|| {
        let names: Vec<String> = files(emitted).map(last).collect();
        let name = suggest::nearest(&last(file), names.iter().map(String::as_str))?;
        files(emitted).find(|path| last(path) == name).map(str::to_owned)
    });
    if let Some(near) = near {
        return format!("no file fits `{file}`; did you mean `{near}`?");
    }
    let all = files(emitted).map(str::to_owned).collect();
    format!("no file fits `{file}`; there is {}", nearest_first(file, all))
}

/// A patch that is for two kinds of files: a tree takes no text, and a text has no parts to merge into.
fn torn(name: &Name, locator: Locator<'_>) -> Diagnostic {
    let message = format!("the patch `{name}` has both `merge` and `insert`");
    Diagnostic::error(Code::InvalidValue, message)
        .at(
            locator.key(&format!("/patches/{name}/insert")),
            "puts text into what is neither YAML nor JSON",
        )
        .at(locator.key(&format!("/patches/{name}/merge")), "changes YAML or JSON")
        .help("keep the one that the file takes, or write two patches")
}

/// Why a patch does nothing to the files that it is for, and the key that says so.
fn nothing_at(patch: &Patch, files: &[&str], emitted: &Emitted) -> (&'static str, String) {
    let with_points = files.iter().find(|file| emitted.points.contains_key(**file));
    let file = *with_points.or(files.first()).unwrap_or(&"");
    let points = emitted.points.get(file).map(|points| {
        points.iter().map(|point| format!("`/{point}`")).collect::<Vec<_>>().join(", ")
    });
    let text = emitted.tree.get(file).map(crate::tree::Artifact::text).unwrap_or_default();
    let tree = serde_yaml::from_str::<Value>(text).ok();
    let tree = tree.filter(|value| value.is_object() || value.is_array());
    match (&patch.merge, &patch.insert, points, tree) {
        (_, Some(_), Some(points), _) if patch.at.is_empty() => (
            "insert",
            format!("say where in `{file}`: its insertion points for `at:` are {points}"),
        ),
        (_, Some(_), Some(points), _) => {
            ("at", format!("`{file}` has no insertion point `{}`; it has {points}", patch.at))
        }
        (None, Some(_), None, Some(_)) => {
            ("insert", format!("`{file}` is YAML or JSON: write `merge:` in place of `insert:`"))
        }
        (_, None, Some(points), _) => {
            let why = "is neither YAML nor JSON: put text in with `insert:`";
            let key = if patch.merge.is_some() { "merge" } else { "" };
            (key, format!("`{file}` {why}, and `at:` one of {points}"))
        }
        (Some(_), _, None, Some(tree)) => ("at", no_part(patch, file, &tree)),
        (None, None, None, Some(_)) => {
            ("", format!("say what is merged into `{file}` with `merge:`"))
        }
        (_, _, None, None) => ("file", no_points(file, emitted)),
    }
}

/// A text that cannot be patched, and those that can.
fn no_points(file: &str, emitted: &Emitted) -> String {
    let nothing = format!("`{file}` is neither YAML nor JSON, and has no insertion points");
    let others: Vec<String> = emitted.points.keys().cloned().collect();
    if others.is_empty() {
        return nothing;
    }
    format!("{nothing}; {} have some", nearest_first(file, others))
}

/// What a tree has where a patch names nothing.
fn no_part(patch: &Patch, file: &str, value: &Value) -> String {
    let (round, there) = deepest(value, &patch.at);
    let missing =
        pointer::segments(&patch.at[round.len()..]).next().unwrap_or_default().into_owned();
    let near = suggest::nearest(&missing, there.iter().map(String::as_str));
    let nothing = format!("`{file}` has nothing at `{}`", patch.at);
    match (near, there.as_slice()) {
        (Some(near), _) => format!("{nothing}; did you mean `{}`?", pointer::push(&round, near)),
        (None, []) => nothing,
        (None, there) => {
            let there = there.iter().map(|key| pointer::push(&round, key)).collect();
            format!("{nothing}; there is {}", nearest_first(&patch.at, there))
        }
    }
}

/// The candidates that look most like what was written, for people.
fn nearest_first(wanted: &str, mut all: Vec<String>) -> String {
    // The rest would only cost time.
    let wanted: String = wanted.chars().take(suggest::LONGEST).collect();
    all.sort_by_cached_key(|one| strsim::osa_distance(&wanted, one));
    let more = if all.len() > SHOWN { " and more" } else { "" };
    let shown: Vec<String> = all.iter().take(SHOWN).map(|one| format!("`{one}`")).collect();
    format!("{}{more}", shown.join(", "))
}

/// How far a pointer leads, and what is there.
fn deepest(value: &Value, at: &str) -> (String, Vec<String>) {
    let (mut round, mut node) = (String::new(), value);
    for segment in pointer::segments(at) {
        let next = pointer::push(&round, &segment);
        match value.pointer(&next) {
            Some(found) => (round, node) = (next, found),
            None => break,
        }
    }
    let there = match node {
        Value::Object(map) => map.keys().cloned().collect(),
        Value::Array(items) => (0..items.len()).map(|index| index.to_string()).collect(),
        _ => Vec::new(),
    };
    (round, there)
}
