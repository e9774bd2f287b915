//! Holds the compiled files of `saas-chat` against the rows that describe it: each test names its row, takes its figures
//! from there, and reads the files with another parser than ours.

mod cluster;
mod containers;
mod edge;
mod variables;
mod watching;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_yaml::Value;

/// The environments, and the file of Docker Compose of each.
const ENVIRONMENTS: [(&str, &str); 3] = [
    ("production", "docker-compose.prod.yml"),
    ("staging", "docker-compose.staging.yml"),
    ("development", "docker-compose.dev.yml"),
];

/// What the row calls applications.
const APPLICATIONS: [&str; 6] = [
    "auth-service",
    "chat-service",
    "billing-service",
    "analytics-service",
    "orchestrator-service",
    "email-worker",
];

/// What the row calls infrastructure, but `backup`.
const INFRASTRUCTURE: [&str; 11] = [
    "nginx",
    "certbot",
    "postgres",
    "mongodb",
    "redis",
    "clickhouse",
    "rabbitmq",
    "kong",
    "jaeger",
    "prometheus",
    "grafana",
];

fn out(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("out/saas-chat").join(path)
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

fn string(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value:?} is no text"))
}

/// The entries of a map whose keys are texts.
fn entries(value: &Value) -> BTreeMap<&str, &Value> {
    let map = value.as_mapping().unwrap_or_else(|| panic!("{value:?} is no map"));
    map.iter().map(|(key, value)| (string(key), value)).collect()
}

fn services(file: &Value) -> BTreeMap<&str, &Value> {
    entries(at(file, &["services"]))
}

/// Every file below a folder, with its text.
fn below(folder: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut open = vec![out(folder)];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let read = std::fs::read_to_string(&path).unwrap();
                found.push((path, read));
            }
        }
    }
    found.sort();
    found
}
