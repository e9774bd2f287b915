//! Compiles blueprints for the other tests.

use std::fs;
use std::path::{Path, PathBuf};

use formwork::compile::{Compiled, Failure, Inputs, compile};
use formwork::diagnostic::{Diagnostics, render};
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
    let inputs = inputs(text);
    match compile(&inputs) {
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
