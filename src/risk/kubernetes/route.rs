//! Turns two versions of what a route or its controller does to answers into what browsers allow that they did not.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::network::{items, text};
use crate::risk::{Effect, Notes, headers};

/// Tells what the filters of a route that stays let through.
pub(super) fn loosens(service: &str, old: &Value, new: &Value, notes: &mut Notes) {
    let (before, after) = (rules(old), rules(new));
    for (path, old) in &before {
        let Some(new) = after.get(path) else { continue };
        let mut says = weaker(&set(old), &set(new));
        says.extend(shared(new).difference(&shared(old)).cloned());
        for says in says {
            notes.add(Effect::Loosens, service, format!("{says} (`{path}`)"));
        }
    }
}

/// Tells what the headers let through that Traefik sets on every answer; all of them are gone with the object.
pub(super) fn middleware(old: &Value, new: &Value, notes: &mut Notes) {
    for says in weaker(&of_middleware(old), &of_middleware(new)) {
        notes.add(Effect::Loosens, "", says);
    }
}

fn of_middleware(object: &Value) -> BTreeMap<String, String> {
    let headers = object["spec"]["headers"]["customResponseHeaders"].as_object();
    let headers = headers.into_iter().flatten();
    headers
        .map(|(name, value)| (name.clone(), text(value)))
        // An empty one is taken away (doc.traefik.io, "Headers": customResponseHeaders).
        .filter(|(_, value)| !value.is_empty())
        .collect()
}

/// What headers say no more, or say of more.
fn weaker(had: &BTreeMap<String, String>, has: &BTreeMap<String, String>) -> Vec<String> {
    let mut says = Vec::new();
    for (header, before) in had {
        match has.get(header) {
            Some(after) => says.extend(headers::weaker(header, before, after)),
            None => says.push(format!("the header `{header}` is gone")),
        }
    }
    says
}

/// The rules by the paths that they take.
fn rules(route: &Value) -> BTreeMap<String, &Value> {
    let rules = route["spec"]["rules"].as_array().into_iter().flatten();
    let path = |rule: &Value| {
        let paths: Vec<String> =
            items(rule, "matches").map(|one| text(&one["path"]["value"])).collect();
        paths.join(" ")
    };
    rules.map(|rule| (path(rule), rule)).collect()
}

/// The headers that a rule sets on answers.
fn set(rule: &Value) -> BTreeMap<String, String> {
    let modifiers = items(rule, "filters").map(|filter| &filter["responseHeaderModifier"]);
    let all = modifiers.flat_map(|one| items(one, "set").chain(items(one, "add")));
    all.map(|header| (text(&header["name"]), text(&header["value"]))).collect()
}

/// What other origins may do.
fn shared(rule: &Value) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for cors in items(rule, "filters").map(|filter| &filter["cors"]) {
        let mut each = |key: &str, says: &dyn Fn(String) -> String| {
            all.extend(items(cors, key).map(text).map(says));
        };
        each("allowOrigins", &|origin| format!("the origin `{origin}` may read answers"));
        each("allowMethods", &|method| format!("other origins may use the method `{method}`"));
        each("allowHeaders", &|name| format!("other origins may use the request header `{name}`"));
        if cors["allowCredentials"] == true {
            all.insert("other origins may send cookies along".to_owned());
        }
    }
    all
}
