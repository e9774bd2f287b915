//! Compiles blueprints for the other tests.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};

use formwork::compile::{Compiled, Failure, Inputs, compile};
use formwork::diagnostic::{Diagnostics, render};
use formwork::project::Project;
use formwork::source::{Source, Sources};
use serde_json::Value;

/// The examples and the blueprints that are committed.
pub(crate) fn blueprints() -> Vec<PathBuf> {
    let files = |folder: &str| fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<PathBuf> = files("examples").chain(files("blueprints")).collect();
    found.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    found.sort();
    assert!(found.len() > 5, "{found:?}");
    found
}

/// A blueprint in a file, with what it compiles to.
pub(crate) struct Known {
    pub(crate) project: Project,
    pub(crate) compiled: Compiled,
}

type Cell = Arc<OnceLock<Arc<Known>>>;

/// What each file compiles to: many tests look at the same.
static KNOWN: Mutex<BTreeMap<PathBuf, Cell>> = Mutex::new(BTreeMap::new());

/// Compiles a file that is known to be right, once.
pub(crate) fn of_file(path: &Path) -> Arc<Known> {
    let path = fs::canonicalize(path).unwrap();
    let cell = KNOWN.lock().unwrap().entry(path.clone()).or_default().clone();
    let known = cell.get_or_init(|| {
        let project = Project::read(&path, None).unwrap();
        let compiled = valid(&project.inputs);
        Arc::new(Known { project, compiled })
    });
    known.clone()
}

/// What is compiled for a text that stands alone.
pub(crate) fn inputs(text: &str) -> Inputs {
    let mut sources = Sources::default();
    let root = sources.add(Source::new("blueprint.yaml", text));
    Inputs {
        sources,
        root,
        included: Vec::new(),
        catalog: Vec::new(),
        templates: Vec::new(),
        unreadable: Diagnostics::default(),
        // As for a blueprint in the folder `blueprints`.
        blueprint_path: "../../blueprints/blueprint.yaml".to_owned(),
        folder: "/repository/blueprints".to_owned(),
        output: "/repository/out/system".to_owned(),
    }
}

/// Compiles a text that is known to be right.
pub(crate) fn compiled(text: &str) -> Compiled {
    valid(&inputs(text))
}

fn valid(inputs: &Inputs) -> Compiled {
    match compile(inputs) {
        Ok(compiled) => compiled,
        Err(Failure::Invalid(found)) => panic!("{}", render::text(&inputs.sources, &found, false)),
        Err(Failure::Broken(error)) => panic!("{error}"),
    }
}

pub(crate) fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}

/// A blueprint as one text, with what it includes in its place.
pub(crate) fn whole(path: &Path) -> String {
    let text = read(path);
    let mut root = value(&text);
    let Some(included) = root.as_object_mut().unwrap().shift_remove("include") else { return text };
    for file in included.as_array().unwrap() {
        let file = path.parent().unwrap().join(file.as_str().unwrap());
        merge(&mut root, value(&read(&file)));
    }
    serde_json::to_string_pretty(&root).unwrap()
}

/// The value of a YAML text, merge keys applied.
pub(crate) fn value(text: &str) -> Value {
    let mut value: serde_yaml::Value = serde_yaml::from_str(text).unwrap();
    value.apply_merge().unwrap();
    serde_json::to_value(value).unwrap()
}

fn merge(into: &mut Value, part: Value) {
    match (into, part) {
        (Value::Object(into), Value::Object(part)) => {
            for (key, value) in part {
                merge(into.entry(key).or_insert(Value::Null), value);
            }
        }
        (into, part) => *into = part,
    }
}
