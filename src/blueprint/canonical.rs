//! Turns the values of a blueprint into those in whose mappings the order of keys says nothing: two blueprints that
//! differ in it alone are one.

use std::cmp::Reverse;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::blueprint::environment::Tier;

/// Sorts every mapping by key, but those whose order people see, and nothing that runs: variables in templates, panels
/// and their series on a dashboard.
pub(super) fn sort(root: &mut Value) {
    let Some(sections) = root.as_object_mut() else { return };
    for (section, below) in sections.iter_mut() {
        match (section.as_str(), below) {
            ("variables", _) => {}
            ("monitoring", Value::Object(parts)) => monitoring(parts),
            ("environments", Value::Object(environments)) => {
                let known = environments.iter().map(|(name, it)| (name, tier(&it["tier"])));
                let names: Vec<String> = real_first(known).into_iter().cloned().collect();
                let sorted = names.into_iter().filter_map(|name| environments.remove_entry(&name));
                *environments = sorted.collect();
            }
            (_, below) => sort_all(below),
        }
    }
}

/// Sorts every mapping below a value; most are in order when an environment is laid upon what was sorted.
fn sort_all(value: &mut Value) {
    match value {
        Value::Object(map) => {
            if !map.keys().is_sorted() {
                map.sort_keys();
            }
            map.values_mut().for_each(sort_all);
        }
        Value::Array(items) => items.iter_mut().for_each(sort_all),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn monitoring(parts: &mut Map<String, Value>) {
    for (key, below) in parts.iter_mut() {
        match below.as_object_mut() {
            Some(dashboards) if key == "dashboards" => dashboards.sort_keys(),
            _ => sort_all(below),
        }
    }
}

/// The names of environments, the real thing before its rehearsals.
pub(super) fn real_first<'a>(
    environments: impl Iterator<Item = (&'a String, Tier)>,
) -> Vec<&'a String> {
    let mut names: Vec<_> = environments.map(|(name, tier)| (Reverse(tier), name)).collect();
    names.sort();
    names.into_iter().map(|(_, name)| name).collect()
}

/// The tier that is written; the usual one where that is none.
pub(super) fn tier(written: &Value) -> Tier {
    Tier::deserialize(written).unwrap_or_default()
}
