//! Turns the texts of a blueprint into its typed form, one environment at a time.

use serde_json::{Map, Value, json};

use crate::blueprint::environment::{Environment, Tier};
use crate::blueprint::locate::Locator;
use crate::blueprint::url::Fixed;
use crate::blueprint::{Blueprint, expand, merge, report, schema};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::document::{self, Key, Kind, Node};
use crate::source::{SourceId, Sources};
use crate::value::{CpuRange, MemoryRange, Name, Percent};

/// A blueprint as it was written: all its files in one tree.
#[derive(Debug, Clone)]
pub struct Written {
    /// The nodes of all files, with the places in them.
    pub root: Node,
    /// The same without places and `x-` keys, short forms expanded.
    base: Value,
    /// The environments, in the author's order; `production` where none is named.
    pub environments: Vec<Name>,
}

impl Written {
    /// Reads the blueprint's own text and those it includes, and merges them.
    ///
    /// # Errors
    /// When a text is not YAML, is not a mapping, or says what another already says.
    pub fn read(
        sources: &Sources,
        root: SourceId,
        included: &[SourceId],
    ) -> Result<Self, Diagnostics> {
        let mut diagnostics = Diagnostics::default();
        let mut tree = document::parse(sources, root)?;
        for id in included {
            match document::parse(sources, *id) {
                Ok(part) => include(&mut tree, part, 0, &mut diagnostics),
                Err(found) => diagnostics.extend(found),
            }
        }
        if diagnostics.has_errors() {
            return Err(diagnostics);
        }
        let mut base = tree.without_extensions().to_value();
        expand::expand(&mut base);
        expand_overrides(&mut base);
        let environments = names(&base);
        Ok(Self { root: tree, base, environments })
    }

    /// The blueprint of one environment: override merged, references to what is known filled in, checked against
    /// the schema, typed.
    ///
    /// # Errors
    /// Every place where it breaks the schema.
    pub fn environment(&self, name: &Name) -> Result<Blueprint, Diagnostics> {
        let locator = Locator::new(self, Some(name));
        let mut value = self.base.clone();
        let settings =
            value["environments"].get(name.as_str()).cloned().unwrap_or_else(|| json!({}));
        if let Some(percent) =
            settings["resources"].as_str().and_then(|text| Percent::parse(text).ok())
        {
            scale(&mut value, percent);
        }
        let mut diagnostics = Diagnostics::default();
        if let Some(over) = settings.get("override") {
            diagnostics.extend(identity(over, &locator));
            merge::merge(&mut value, over);
        }
        fill_in(&mut value, name, &settings, &locator, &mut diagnostics);
        for finding in schema::LONG.check(&value) {
            diagnostics.push(report::finding(&finding, &value, &locator));
        }
        if diagnostics.has_errors() {
            return Err(diagnostics);
        }
        serde_json::from_value(value).map_err(|error| {
            Diagnostic::error(Code::InvalidValue, format!("the blueprint cannot be read: {error}"))
                .at(locator.value(""), "")
                .into()
        })
    }
}

/// What an environment cannot have of its own: it is what makes all environments one system.
fn identity(over: &Value, locator: &Locator<'_>) -> Vec<Diagnostic> {
    let taken = schema::IDENTITY.iter().filter(|key| over.get(**key).is_some());
    let found = |key: &&str| {
        Diagnostic::error(Code::UnknownKey, format!("`{key}` cannot be overridden"))
            .at(locator.key(&format!("/{key}")), "is the same in every environment")
            .help("move it out of `override`")
    };
    taken.map(found).collect()
}

/// Adds the sections of an included file; mappings merge one and two levels deep, no entry may come twice.
fn include(into: &mut Node, part: Node, depth: usize, diagnostics: &mut Diagnostics) {
    let (Kind::Mapping(entries), Kind::Mapping(more)) = (&mut into.kind, part.kind) else { return };
    for (key, node) in more {
        match entries.iter_mut().find(|(present, _)| present.name == key.name) {
            None => entries.push((key, node)),
            Some((_, present)) if depth < 2 && both_mappings(present, &node) => {
                include(present, node, depth + 1, diagnostics);
            }
            Some((present, _)) => diagnostics.push(twice(present, &key)),
        }
    }
}

fn both_mappings(a: &Node, b: &Node) -> bool {
    matches!((&a.kind, &b.kind), (Kind::Mapping(_), Kind::Mapping(_)))
}

fn twice(first: &Key, second: &Key) -> Diagnostic {
    Diagnostic::error(Code::DuplicateKey, format!("`{}` is said in two files", second.name))
        .at(second.span, "said again here")
        .at(first.span, "first said here")
        .help("keep one of the two")
}

fn expand_overrides(base: &mut Value) {
    let Some(environments) = base.get_mut("environments").and_then(Value::as_object_mut) else {
        return;
    };
    for environment in environments.values_mut() {
        if let Some(over) = environment.get_mut("override") {
            expand::expand_override(over);
        }
    }
}

fn names(base: &Value) -> Vec<Name> {
    let written = base["environments"].as_object();
    let names: Vec<Name> =
        written.into_iter().flat_map(Map::keys).filter_map(|name| Name::parse(name).ok()).collect();
    if names.is_empty() { vec![Name::production()] } else { names }
}

/// Scales every request and limit that the blueprint names.
fn scale(value: &mut Value, percent: Percent) {
    let Some(services) = value.get_mut("services").and_then(Value::as_object_mut) else { return };
    for resources in services.values_mut().filter_map(|service| service.get_mut("resources")) {
        if let Some(range) = resources["cpu"].as_str().and_then(|text| CpuRange::parse(text).ok()) {
            resources["cpu"] = json!(range.scaled(percent).to_string());
        }
        if let Some(range) =
            resources["memory"].as_str().and_then(|text| MemoryRange::parse(text).ok())
        {
            resources["memory"] = json!(range.scaled(percent).to_string());
        }
    }
}

/// What of the blueprint takes no references: `PromQL` and patches have a `${` of their own; environments were
/// used up by now.
const WITHOUT_REFERENCES: &[&str] = &["monitoring", "patches", "environments"];

fn fill_in(
    value: &mut Value,
    name: &Name,
    settings: &Value,
    locator: &Locator<'_>,
    diagnostics: &mut Diagnostics,
) {
    let fixed = literals(value);
    for (section, below) in value.as_object().into_iter().flatten() {
        if !WITHOUT_REFERENCES.contains(&section.as_str()) {
            let check = Fixed { groups: &value["variables"], values: &fixed, locator };
            check.check(below, &format!("/{section}"), diagnostics);
        }
    }
    let known = |owner: &str, key: &str| match owner {
        "env" => environment_value(name, settings, key),
        "var" => fixed.get(key).cloned(),
        _ => None,
    };
    let Some(sections) = value.as_object_mut() else { return };
    for (section, below) in sections {
        if WITHOUT_REFERENCES.contains(&section.as_str()) {
            continue;
        }
        if let Err(clashes) = merge::substitute(below, &known) {
            for (pointer, key) in clashes {
                let message = format!("two keys are both `{key}` in `{name}`");
                let place = locator.key(&format!("/{section}{pointer}"));
                diagnostics.push(
                    Diagnostic::error(Code::DuplicateKey, message)
                        .at(place, "in this mapping")
                        .help("keep one of the two"),
                );
            }
        }
    }
}

/// The variables whose value is fixed and holds no references.
fn literals(value: &Value) -> Map<String, Value> {
    let groups = value["variables"].as_object().into_iter().flat_map(Map::values);
    let variables = groups.filter_map(Value::as_object).flatten();
    variables
        .filter_map(|(name, variable)| Some((name.clone(), variable.get("fixed")?.clone())))
        .filter(|(_, fixed)| !fixed.as_str().is_some_and(|text| text.contains("${")))
        .collect()
}

fn environment_value(name: &Name, settings: &Value, key: &str) -> Option<Value> {
    match key {
        "name" => Some(json!(name.as_str())),
        "short" => Some(settings.get("short").cloned().unwrap_or_else(|| json!(name.as_str()))),
        "tier" => {
            Some(settings.get("tier").cloned().unwrap_or_else(|| json!(Tier::default().as_str())))
        }
        "domain" | "host" => settings.get(key).cloned(),
        _ => None,
    }
}

impl Blueprint {
    /// The settings of an environment; those of `production` where the blueprint names no environment.
    pub fn settings(&self, name: &Name) -> Environment {
        self.environments.get(name).cloned().unwrap_or_default()
    }
}

/// The output folder relative to the blueprint's folder: the author's choice, else `out/<name>` beside a folder
/// named `blueprints`, else the blueprint's own folder.
pub fn output_root(chosen: Option<&str>, name: Option<&str>, in_blueprints: bool) -> String {
    match (chosen, name) {
        (Some(root), _) => root.to_owned(),
        (None, Some(name)) if in_blueprints => format!("../out/{name}"),
        (None, _) => ".".to_owned(),
    }
}
