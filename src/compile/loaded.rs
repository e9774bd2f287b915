//! Turns what an author's own templates compiled to into the rules that Prometheus loads of it, and has them checked.

use serde::Deserialize as _;
use serde_json::Value;

use crate::blueprint::read::Written;
use crate::catalog::Catalog;
use crate::compile::Inputs;
use crate::diagnostic::Diagnostics;
use crate::model::Model;
use crate::proof;
use crate::rules::{self, Loaded, Readings};
use crate::source::{SourceId, Span};
use crate::target::Target;
use crate::target::output::Owners;
use crate::tree::Tree;

/// Checks the expressions of each environment's rules that are the author's own.
pub(super) fn check(
    (inputs, written, catalog): (&Inputs, &Written, &Catalog),
    models: &[Model],
    (tree, owners): (&Tree, &Owners),
    readings: &Readings,
    diagnostics: &mut Diagnostics,
) {
    if inputs.templates.is_empty() {
        return;
    }
    for model in models {
        let own = tree.iter().filter(|(path, _)| {
            owners.get(*path).is_some_and(|owner| {
                owner.target == Target::Template
                    && owner.environments.contains(&model.environment.name)
            })
        });
        let mut loaded = Vec::new();
        for (path, artifact) in own {
            let Some(id) = template(inputs, model, path.as_str()) else { continue };
            let documents = documents(artifact.text());
            let groups: Vec<&Value> = if proof::is_loaded(model, tree, path.as_str()) {
                documents.iter().map(|document| &document["groups"]).collect()
            } else {
                // Whatever lies where, the operator of Prometheus loads its objects.
                let objects = documents.iter().filter(|one| one["kind"] == "PrometheusRule");
                objects.map(|object| &object["spec"]["groups"]).collect()
            };
            let groups = groups.into_iter().filter_map(Value::as_array).flatten();
            for rule in groups.filter_map(|group| group["rules"].as_array()).flatten() {
                let text = |key: &str| rule[key].as_str().map(str::to_owned);
                let Some(expr) = text("expr") else { continue };
                let place = place(inputs, id, &expr);
                let name = text("alert").or_else(|| text("record")).unwrap_or_default();
                loaded.push(Loaded { name, makes: text("record"), expr, place });
            }
        }
        if loaded.is_empty() {
            continue;
        }
        let reading = written.environment(&model.environment.name);
        let Some(blueprint) = &reading.blueprint else { continue };
        let known = (&reading.broken, readings);
        rules::loaded(model, blueprint, catalog, known, &loaded, diagnostics);
    }
}

/// The template that a file was compiled from.
fn template(inputs: &Inputs, model: &Model, path: &str) -> Option<SourceId> {
    let name = model.environment.name.as_str();
    let mut all = inputs.templates.iter();
    let is_it = |template: &str| template.replace(super::templates::EACH, name) == path;
    all.find(|(template, _)| is_it(template)).map(|(_, id)| *id)
}

/// The documents of a YAML text up to the first that cannot be read: from there on each try fails anew, without end.
fn documents(text: &str) -> Vec<Value> {
    let documents = serde_yaml::Deserializer::from_str(text);
    documents.map_while(|document| Value::deserialize(document).ok()).collect()
}

/// Where an expression is written, or where its template begins.
fn place(inputs: &Inputs, id: SourceId, expr: &str) -> Span {
    let source = inputs.sources.get(id);
    let first = expr.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().trim();
    let bytes = match source.text.find(first).filter(|_| !first.is_empty()) {
        Some(start) => start..start + first.len(),
        None => source.line_range(1),
    };
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Span { source: id, start: offset(bytes.start), end: offset(bytes.end) }
}
