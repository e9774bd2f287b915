//! Holds the compiled files of `vulnzero` against the rows that describe it: each test names its row, takes its figures
//! from there, and reads the files with another parser than ours.

mod alerts;
mod containers;
mod environments;
mod variables;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_yaml::Value;

const PRODUCTION: &str = "docker-compose.prod.yml";
const STAGING: &str = "docker-compose.staging.yml";

fn out(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("out/vulnzero").join(path)
}

fn text(path: &str) -> String {
    std::fs::read_to_string(out(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn yaml(path: &str) -> Value {
    serde_yaml::from_str(&text(path)).unwrap()
}

fn at<'a>(value: &'a Value, path: &[&str]) -> &'a Value {
    path.iter()
        .fold(value, |value, key| value.get(*key).unwrap_or_else(|| panic!("no {key} of {path:?}")))
}

fn list(value: &Value) -> &[Value] {
    value.as_sequence().unwrap()
}

fn strings(value: &Value) -> Vec<&str> {
    list(value).iter().map(|item| item.as_str().unwrap()).collect()
}

fn services(file: &Value) -> BTreeMap<&str, &Value> {
    let services = at(file, &["services"]).as_mapping().unwrap();
    services.iter().map(|(name, service)| (name.as_str().unwrap(), service)).collect()
}
