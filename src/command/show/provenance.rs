//! Turns places in a model into where their values come from: the blueprint, the catalogue, or a default.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::blueprint::read::Written;
use crate::catalog::Catalog;
use crate::command::session::System;
use crate::model::{Model, Service};
use crate::source::Span;
use crate::source::document::{Kind, Node};
use crate::source::pointer::push;

/// What is said of places, by their pointers.
pub(super) type Places = BTreeMap<String, String>;

/// What is written under another key in the blueprint than in the model.
const RENAMED: &[(&str, &[&str])] = &[
    ("after", &["needs"]),
    ("flows", &["needs"]),
    ("egress", &["needs"]),
    ("ports", &["ports", "port"]),
    ("stop_signal", &["stop/signal"]),
    ("stop_grace", &["stop/grace"]),
    ("parameters", &["with", "build/with"]),
    ("component", &["uses", "build/stack"]),
    ("volumes", &["volumes", "storage"]),
];

/// What follows from the whole and is written nowhere.
const DERIVED: &[&str] =
    &["name", "role", "after", "flows", "egress", "files", "contents", "secrets", "networks"];

/// A model, and the tree that is shown of it.
#[derive(Clone, Copy)]
struct Shown<'a> {
    model: &'a Model,
    value: &'a Value,
}

/// Where the values of one system come from.
pub(super) struct Provenance<'a> {
    system: &'a System,
    written: &'a Written,
    catalog: Catalog,
}

impl<'a> Provenance<'a> {
    pub(super) fn of(system: &'a System) -> Self {
        let inputs = &system.project.inputs;
        Self {
            system,
            written: &system.compiled.written,
            catalog: Catalog::new(&inputs.sources, &inputs.catalog).unwrap_or_default(),
        }
    }

    /// A comment for every place of which something can be said.
    pub(super) fn comments(&self, model: &Model, value: &Value) -> Places {
        let mut comments = Places::new();
        let shown = Shown { model, value };
        for service in model.services.values() {
            self.service(model, service, value, &mut comments);
        }
        for section in ["description", "name"] {
            self.put(
                model,
                &mut comments,
                &format!("/{section}"),
                &[format!("/{section}")],
                "default",
            );
        }
        let environment = format!("/environments/{}", model.environment.name);
        self.each(shown, "/environment", &environment, "default", &mut comments);
        for (section, written) in [
            ("externals", "external"),
            ("networks", "networks"),
            ("volumes", "volumes"),
            ("patches", "patches"),
        ] {
            let (place, written) = (format!("/{section}"), format!("/{written}"));
            self.each(shown, &place, &written, "derived", &mut comments);
        }
        for section in ["compose", "kubernetes", "edge", "monitoring"] {
            let place = format!("/{section}");
            self.each(shown, &place, &place, "default", &mut comments);
        }
        for group in value["variables"].as_object().into_iter().flat_map(Map::keys) {
            let place = push("/variables", group);
            self.each(shown, &place, &place, "derived", &mut comments);
        }
        comments
    }

    /// Comments on the entries of a mapping, which stand below `written` in the blueprint.
    fn each(
        &self,
        Shown { model, value }: Shown<'_>,
        place: &str,
        written: &str,
        otherwise: &str,
        comments: &mut Places,
    ) {
        let entries = value.pointer(place).and_then(Value::as_object);
        for key in entries.into_iter().flat_map(Map::keys) {
            self.put(model, comments, &push(place, key), &[push(written, key)], otherwise);
        }
    }

    fn put(
        &self,
        model: &Model,
        comments: &mut Places,
        place: &str,
        candidates: &[String],
        otherwise: &str,
    ) {
        let found = self.written_at(model, candidates);
        comments.insert(place.to_owned(), found.unwrap_or_else(|| otherwise.to_owned()));
    }

    fn service(&self, model: &Model, service: &Service, value: &Value, comments: &mut Places) {
        let name = service.name.as_str();
        let place = push("/services", name);
        let entry =
            service.component.as_ref().and_then(|component| self.catalog.get(&component.name));
        let entry = entry.and_then(|entry| serde_json::to_value(&*entry).ok()).unwrap_or_default();
        let catalogue = service.component.as_ref().map_or_else(String::new, |component| {
            format!("catalogue {}@{}", component.name, component.version)
        });
        if self.written_at(model, std::slice::from_ref(&place)).is_none() {
            comments.insert(place.clone(), "derived: follows from what else there is".to_owned());
        }
        let fields = value.pointer(&place).and_then(Value::as_object);
        for (field, below) in fields.into_iter().flatten() {
            let mut candidates = candidates(&place, field);
            if field == "name" {
                candidates = vec![place.clone()];
            }
            if field == "image" {
                candidates.insert(0, push("/images", name));
                candidates.push(push(&place, "build"));
            }
            let known = in_entry(&entry, field) && !is_nothing(below);
            let otherwise = match () {
                () if known => catalogue.as_str(),
                () if DERIVED.contains(&field.as_str()) => "derived",
                () => "default",
            };
            let at = push(&place, field);
            self.put(model, comments, &at, &candidates, otherwise);
            for key in below.as_object().into_iter().flat_map(Map::keys) {
                let own: Vec<String> = match field.as_str() {
                    "environment" => self.variables(&place, key),
                    // `health: PATH` is short for `health: { ready: PATH }`.
                    "health" if key == "ready" => {
                        vec![push(&push(&place, "health"), "ready"), push(&place, "health")]
                    }
                    _ => candidates.iter().map(|candidate| push(candidate, key)).collect(),
                };
                let otherwise = match () {
                    () if entry[field.as_str()].get(key).is_some() => catalogue.as_str(),
                    () if DERIVED.contains(&field.as_str()) || field == "environment" => "derived",
                    () if known && field != "health" && field != "resources" => continue,
                    () => "default",
                };
                if matches!(field.as_str(), "environment" | "health" | "resources" | "parameters") {
                    self.put(model, comments, &push(&at, key), &own, otherwise);
                }
            }
        }
        self.scaled(model, &place, comments);
    }

    /// Where a variable of a service may be written: of its own, or in a group.
    fn variables(&self, service: &str, name: &str) -> Vec<String> {
        let groups = self.written.root.get("variables");
        let groups = groups.map(Node::entries).unwrap_or_default();
        let grouped = groups.iter().map(|(group, _)| push(&push("/variables", &group.name), name));
        std::iter::once(push(&push(service, "environment"), name)).chain(grouped).collect()
    }

    /// An environment may scale what others decide.
    fn scaled(&self, model: &Model, service: &str, comments: &mut Places) {
        let by = format!("/environments/{}/resources", model.environment.name);
        let Some(by) = self.written_at(model, &[by]) else { return };
        for key in ["cpu", "memory"] {
            if let Some(comment) = comments.get_mut(&format!("{service}/resources/{key}")) {
                comment.push_str(&format!(", scaled by {by}"));
            }
        }
    }

    /// The first of the places that is in the blueprint; what an override says comes first.
    fn written_at(&self, model: &Model, candidates: &[String]) -> Option<String> {
        let root = &self.written.root;
        let over = format!("/environments/{}/override", model.environment.name);
        let over = root.at(&over);
        for pointer in candidates {
            let written = root.at(pointer);
            // A mapping is merged into the one that is there already.
            let replaces =
                |node: &&Node| written.is_none() || !matches!(node.kind, Kind::Mapping(_));
            if let Some(node) = over.and_then(|over| over.at(pointer)).filter(replaces) {
                let span = over.and_then(|over| over.key_span(pointer)).unwrap_or(node.span);
                return Some(format!("{} (override)", self.place(span)));
            }
            if let Some(node) = written {
                return Some(self.place(root.key_span(pointer).unwrap_or(node.span)));
            }
        }
        None
    }

    fn place(&self, span: Span) -> String {
        let sources = &self.system.project.inputs.sources;
        format!("{}:{}", sources.get(span.source).path, sources.position(span).line)
    }
}

/// Where a field of a service may be written.
fn candidates(service: &str, field: &str) -> Vec<String> {
    let renamed = RENAMED.iter().find(|(name, _)| *name == field);
    match renamed {
        Some((_, keys)) => keys.iter().map(|key| format!("{service}/{key}")).collect(),
        None => vec![push(service, field)],
    }
}

/// Whether the catalogue says something about a field.
fn in_entry(entry: &Value, field: &str) -> bool {
    let said = match field {
        "stop_signal" => &entry["stop"]["signal"],
        "stop_grace" => &entry["stop"]["grace"],
        "host" | "command" | "entrypoint" | "user" | "image" | "about" | "environment"
        | "ports" | "health" | "metrics" | "resources" | "volumes" | "tmpfs" | "capabilities"
        | "writable_root" | "parameters" | "role" | "component" => &entry[field],
        "files" => &entry["mounts"],
        "contents" => &entry["files"],
        _ => &Value::Null,
    };
    match said {
        Value::Null | Value::Bool(false) => false,
        Value::Array(items) => !items.is_empty(),
        Value::Object(map) => !map.is_empty(),
        Value::Bool(true) | Value::Number(_) | Value::String(_) => true,
    }
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.is_empty(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}
