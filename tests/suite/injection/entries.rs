//! Puts hostile texts into every place of a catalogue entry that can carry one: an entry of a component that others use,
//! and one of a stack, which have every text of the schema between them.

use std::collections::{BTreeMap, BTreeSet};

use formwork::compile::Inputs;
use formwork::source::{Source, SourceId};
use serde_json::Value;

use super::hostile::TEXTS;
use super::hostile_texts;
use super::planting::{Form, Ground};
use super::positions::{Kind, Position, Schema};
use crate::support::{inputs, value};

/// Uses both.
const USER: &str = include_str!("user.yaml");

const COMPONENT: &str = include_str!("entry.yaml");

const STACK: &str = include_str!("stack.yaml");

/// The places whose text is code, which its reader is to run, and in which language; and those of which only a part is
/// taken.
const CODE: &[(&str, &str)] = &[
    ("/alerts/*/expr", "PromQL"),
    ("/backup/archive/alerts/*/expr", "PromQL"),
    ("/backup/archive/base", "Bash"),
    ("/backup/archive/needs", "Bash"),
    ("/backup/archive/files/*", "a template"),
    ("/backup/archive/receive", "Bash"),
    ("/backup/archive/recover", "Bash"),
    ("/backup/archive/verify", "Bash"),
    ("/backup/check", "Bash"),
    ("/backup/dump", "Bash"),
    ("/backup/prepare", "Bash"),
    ("/backup/restore", "Bash"),
    ("/backup/tools", "a template of a Dockerfile"),
    ("/backup/verify", "Bash"),
    ("/alerts/*/fires/series/*", "promtool's notation"),
    ("/alerts/*/fires/series/{}", "a series in PromQL"),
    ("/alerts/*/quiet/series/*", "promtool's notation"),
    ("/alerts/*/quiet/series/{}", "a series in PromQL"),
    ("/backup/archive/alerts/*/fires/series/*", "promtool's notation"),
    ("/backup/archive/alerts/*/fires/series/{}", "a series in PromQL"),
    ("/backup/archive/alerts/*/quiet/series/*", "promtool's notation"),
    ("/backup/archive/alerts/*/quiet/series/{}", "a series in PromQL"),
    ("/checks/install", "a template of commands"),
    ("/checks/integration", "a template of commands"),
    ("/checks/quality/*", "a template of commands"),
    ("/checks/security/*", "a template of commands"),
    ("/checks/test", "a template of commands"),
    ("/databases/files/*/script", "a template of a script"),
    ("/databases/files/*/text", "a template"),
    ("/dockerfile", "a template of a Dockerfile"),
    ("/files/*/script", "a template of a script"),
    ("/files/*/text", "a template"),
    ("/host/paths/{}", "a path, after whose letters the volume is named"),
    ("/kubernetes/mounts/{}", "a path, after whose letters the object is named"),
    ("/objectives/availability/good", "PromQL"),
    ("/objectives/availability/samples/state", "a series in PromQL"),
    ("/objectives/availability/total", "PromQL"),
    ("/objectives/errors/good", "PromQL"),
    ("/objectives/errors/samples/counted/bad/[]", "a series in PromQL"),
    ("/objectives/errors/samples/counted/good/[]", "a series in PromQL"),
    ("/objectives/errors/total", "PromQL"),
    ("/objectives/latency/good", "PromQL"),
    ("/objectives/latency/samples/counted/bad/[]", "a series in PromQL"),
    ("/objectives/latency/samples/counted/good/[]", "a series in PromQL"),
    ("/objectives/latency/total", "PromQL"),
    ("/panels/*/queries/*", "PromQL"),
    ("/rehearsal/health", "a command line"),
];

/// The places for any text at which some texts are refused all the same, and why.
const GRAMMARS: &[(&str, &str)] = &[
    ("/alerts/*/description", "a Go template"),
    ("/alerts/*/summary", "a Go template"),
    ("/backup/archive/alerts/*/description", "a Go template"),
    ("/backup/archive/alerts/*/summary", "a Go template"),
    ("/backup/archive/files/{}", "the name of a file, which is mounted"),
    ("/backup/archive/mounts/{}", "the path of a compiled file"),
    ("/capabilities/[]", "a capability"),
    ("/component", "a name, by which others use it"),
    ("/connections/limit", "the name of a parameter"),
    ("/databases/files/{}", "the name of a file, which is mounted"),
    ("/databases/mounts/{}", "the path of a compiled file"),
    ("/databases/parameters/*/default", "of the parameter's type"),
    ("/databases/parameters/{}", "a name, to which references lead"),
    ("/default", "one of the versions"),
    ("/files/{}", "the name of a file, which is mounted"),
    ("/metrics/series/{}", "the name of a metric, which is read"),
    ("/mounts/{}", "the path of a compiled file"),
    ("/needs/*/*", "the name of what is offered"),
    ("/needs/*/{}", "the name of a parameter"),
    ("/needs/{}", "the name of an entry"),
    ("/offers/{}", "a name, to which references lead"),
    ("/parameters/*/default", "of the parameter's type"),
    ("/parameters/{}", "a name, to which references lead"),
    ("/processes", "the name of a parameter"),
    ("/reads/*/parameter", "the name of a parameter"),
    ("/ulimits/{}", "one of three"),
    ("/versions/{}", "a version, by which it is used"),
];

/// The places for any text that neither entry has, and why.
const UNTRIED: &[(&str, &str)] = &[
    ("/alerts/*/quiet/labels/*", "is what the alert says when it is quiet: nothing"),
    ("/alerts/*/quiet/labels/{}", "is what the alert says when it is quiet: nothing"),
    ("/backup/archive/alerts/*/quiet/labels/*", "is what the alert says when it is quiet: nothing"),
    (
        "/backup/archive/alerts/*/quiet/labels/{}",
        "is what the alert says when it is quiet: nothing",
    ),
    ("/brings/[]", "is the name of an entry, which must be there"),
    ("/checks/bun", "is a version, or what gives one"),
    ("/exporter", "is the name of an entry, which must be there"),
    ("/exporter_needs", "is the name of a parameter, which must be there"),
    ("/objectives/availability/samples/counted/bad/[]", "is PromQL, as the others' are"),
    ("/objectives/availability/samples/counted/good/[]", "is PromQL, as the others' are"),
    ("/objectives/errors/samples/state", "is PromQL, as the others' are"),
    ("/objectives/latency/samples/state", "is PromQL, as the others' are"),
    ("/retired", "is told in place of files"),
];

fn schema() -> Value {
    serde_json::from_str(include_str!("../../../schema/catalog.schema.json")).unwrap()
}

fn with(component: &str, stack: &str) -> (Inputs, [SourceId; 2]) {
    let mut inputs = inputs(USER);
    let entries = [("catalog/own.yaml", component), ("catalog/stack.yaml", stack)];
    let added = entries.map(|(path, text)| inputs.sources.add(Source::new(path, text)));
    inputs.catalog.extend(added);
    (inputs, added)
}

fn has(list: &[(&str, &str)], position: &str) -> bool {
    list.iter().any(|(schema, _)| *schema == position)
}

/// An entry with the places at which something is planted, and which of them take any text.
fn ground(text: &str, inputs: fn(&str) -> (Inputs, SourceId)) -> (Ground, BTreeMap<String, Kind>) {
    let schema = schema();
    let schema = Schema(&schema);
    let (root, kinds) = (value(text), schema.all());
    let mut positions = schema.within(&root);
    let is_reference = |one: &Position| {
        let text = root.pointer(&one.pointer).and_then(Value::as_str).unwrap_or_default();
        text.starts_with("${") && text.ends_with('}') && !one.is_key
    };
    positions.retain(|one| !(one.is_key && kinds.get(&one.schema) == Some(&Kind::Name)));
    positions.retain(|one| !is_reference(one) && !has(CODE, &one.schema));
    (Ground { root, positions, inputs }, kinds)
}

#[test]
fn every_place_of_an_entry_is_tried() {
    let schema = schema();
    let schema = Schema(&schema);
    let within: BTreeSet<String> = [COMPONENT, STACK]
        .into_iter()
        .flat_map(|text| schema.within(&value(text)))
        .map(|one| one.schema)
        .collect();
    let all = schema.all();
    let missed: Vec<&str> = all
        .iter()
        .filter(|(schema, kind)| **kind == Kind::Text && !within.contains(*schema))
        .map(|(schema, _)| schema.as_str())
        .collect();
    // What kubelets expose is the same types as what a component does itself, which is tried.
    let missed: Vec<&str> =
        missed.into_iter().filter(|one| !one.starts_with("/kubernetes/kubelet/")).collect();
    let untried: Vec<&str> = UNTRIED.iter().map(|(schema, _)| *schema).collect();
    assert_eq!(missed, untried, "add them to the entries in tests/suite/injection");
    for (schema, _) in GRAMMARS.iter().chain(CODE) {
        assert!(all.contains_key(*schema), "an entry has no `{schema}`");
    }
}

#[test]
fn every_text_of_a_component_comes_back_or_is_refused() {
    let (ground, kinds) = ground(COMPONENT, |text| {
        let (inputs, [entry, _]) = with(text, STACK);
        (inputs, entry)
    });
    hostile_texts(&ground, &|position| is_free(position, &kinds), 10);
}

#[test]
fn every_text_of_a_stack_comes_back_or_is_refused() {
    let (ground, kinds) = ground(STACK, |text| {
        let (inputs, [_, entry]) = with(COMPONENT, text);
        (inputs, entry)
    });
    hostile_texts(&ground, &|position| is_free(position, &kinds), 8);
}

/// Code is its reader's to run, so that it is not compared; but no text of it makes the program give up.
#[test]
fn code_is_compiled_or_refused() {
    let component: fn(&str) -> (Inputs, SourceId) = |text| {
        let (inputs, [entry, _]) = with(text, STACK);
        (inputs, entry)
    };
    let stack: fn(&str) -> (Inputs, SourceId) = |text| {
        let (inputs, [_, entry]) = with(COMPONENT, text);
        (inputs, entry)
    };
    let mut tried = 0;
    for (text, inputs) in [(COMPONENT, component), (STACK, stack)] {
        let schema = schema();
        let root = value(text);
        let mut positions = Schema(&schema).within(&root);
        positions.retain(|one| has(CODE, &one.schema));
        let ground = Ground { root, positions, inputs };
        for at in 0..ground.positions.len() {
            for round in 0..6 {
                let text = TEXTS[(at + round * 6) % TEXTS.len()].0;
                ground.alone(at, text, Form::Added).unwrap_or_else(|error| {
                    panic!("{} with {text:?}: {error}", ground.positions[at].schema)
                });
                tried += 1;
            }
        }
    }
    assert!(tried > 200, "{tried}");
}

/// Whether a place takes any text that can be printed.
fn is_free(position: &Position, kinds: &BTreeMap<String, Kind>) -> bool {
    kinds.get(&position.schema) == Some(&Kind::Text) && !has(GRAMMARS, &position.schema)
}
