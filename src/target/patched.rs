//! Turns a compiled file before and after a patch into what the patch breaks: the file's shape, or a rule.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::blueprint::merge;
use crate::model::Patch;
use crate::proof::{self, nginx};
use crate::risk::{self, Effect, Side};
use crate::value::Name;

/// What a patch broke.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach {
    /// The patch.
    pub patch: Name,
    /// The file.
    pub path: String,
    /// How.
    pub kind: BreachKind,
}

/// How a patch broke a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BreachKind {
    /// Whoever reads the file would refuse it; what is wrong, in words.
    Shape(String),
    /// The file, or the targets beside each other, contradict themselves; how, in words.
    Contradiction(String),
    /// Something is weaker, or open that was not.
    Weaker {
        /// The service; empty for the system as a whole.
        service: String,
        /// What exactly.
        says: String,
    },
}

/// Applies a patch; whether there was something to patch.
pub(super) fn apply(patch: &Patch, value: &mut Value) -> bool {
    match (&patch.merge, value.pointer_mut(&patch.at)) {
        (Some(change), Some(place)) => {
            merge::merge(place, change);
            true
        }
        _ => false,
    }
}

/// Whether a path fits a pattern in which `*` stands for any part of a segment.
pub(crate) fn matches(pattern: &str, path: &str) -> bool {
    let (patterns, segments): (Vec<&str>, Vec<&str>) =
        (pattern.split('/').collect(), path.split('/').collect());
    patterns.len() == segments.len()
        && patterns.iter().zip(&segments).all(|(pattern, segment)| fits(pattern, segment))
}

fn fits(pattern: &str, segment: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == segment,
        Some((before, after)) => segment.strip_prefix(before).is_some_and(|rest| {
            (0..=rest.len()).any(|at| rest.is_char_boundary(at) && fits(after, &rest[at..]))
        }),
    }
}

/// The fields of Kubernetes that are a number or a text (kubernetes/apimachinery:pkg/util/intstr, and where the API's
/// types use it).
const NUMBER_OR_TEXT: &[&str] =
    &["maxSurge", "maxUnavailable", "minAvailable", "port", "targetPort"];

/// Everything that a patch broke in a file.
pub(super) fn breaches(name: &Name, path: &str, before: &Value, after: &Value) -> Vec<Breach> {
    let is_compose = path.starts_with("docker-compose.");
    let mut kinds = Vec::new();
    if is_compose || path.starts_with("kubernetes/") {
        let mut wrong = Vec::new();
        shape(is_compose, before, after, "", &mut wrong);
        kinds = wrong.into_iter().map(BreachKind::Shape).collect();
        if kinds.is_empty() {
            kinds = weaker(is_compose, path, before, after);
        }
    }
    // What no reader takes is judged no further.
    if !kinds.iter().any(|kind| matches!(kind, BreachKind::Shape(_))) {
        let conflicts = proof::conflicts(path, before, after).into_iter();
        kinds.extend(conflicts.map(BreachKind::Contradiction));
    }
    kinds
        .into_iter()
        .map(|kind| Breach { patch: name.clone(), path: path.to_owned(), kind })
        .collect()
}

/// What nginx would refuse, or drop its headers for, in a text that a patch puts in.
pub(super) fn misplaced(
    name: &Name,
    path: &str,
    (point, insert): (&str, &str),
    shared: nginx::Shared<'_>,
) -> Vec<Breach> {
    let wrong = nginx::misplaced(point, insert, shared).into_iter().map(BreachKind::Contradiction);
    let breach = |kind| Breach { patch: name.clone(), path: path.to_owned(), kind };
    wrong.map(breach).collect()
}

fn weaker(is_compose: bool, path: &str, before: &Value, after: &Value) -> Vec<BreachKind> {
    let mut before = before.clone();
    if is_compose {
        harden_new(&mut before, after);
    }
    let (old, new) = (before.to_string(), after.to_string());
    let side = Side { path, old: Some(&old), new: Some(&new) };
    let risks = risk::assess(&[side], &BTreeMap::new()).into_iter();
    risks
        .filter(|risk| matches!(risk.effect, Effect::Exposes | Effect::Loosens))
        .map(|risk| BreachKind::Weaker { service: risk.service, says: risk.says })
        .collect()
}

/// A service that a patch adds is held against what every compiled service has.
fn harden_new(before: &mut Value, after: &Value) {
    let hardened = json!({
        "user": "10001:10001",
        "read_only": true,
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges:true"],
    });
    let added = after["services"].as_object().into_iter().flatten();
    let Some(services) = before["services"].as_object_mut() else { return };
    for (name, _) in added {
        services.entry(name.clone()).or_insert_with(|| hardened.clone());
    }
}

/// Finds values that became another kind of value, and sections of the file that are gone.
fn shape(is_compose: bool, before: &Value, after: &Value, pointer: &str, wrong: &mut Vec<String>) {
    match (before, after) {
        (Value::Object(before), Value::Object(after)) => {
            for (key, value) in before {
                let at = format!("{pointer}/{key}");
                match after.get(key) {
                    Some(now) => shape(is_compose, value, now, &at, wrong),
                    None if pointer.is_empty() => wrong.push(format!("`{at}` is gone")),
                    None => {}
                }
            }
        }
        (Value::Array(before), Value::Array(after)) => {
            let Some(first) = before.first().filter(|_| !is_compose) else { return };
            for (index, item) in after.iter().enumerate() {
                if kind(item) != kind(first) {
                    wrong.push(change(&format!("{pointer}/{index}"), first, item));
                }
            }
        }
        _ if may_become(is_compose, before, after, pointer) => {}
        _ => wrong.push(change(pointer, before, after)),
    }
}

fn change(pointer: &str, before: &Value, after: &Value) -> String {
    let at = if pointer.is_empty() { "/" } else { pointer };
    format!("`{at}` becomes {} and was {}", kind(after), kind(before))
}

fn may_become(is_compose: bool, before: &Value, after: &Value, pointer: &str) -> bool {
    if kind(before) == kind(after) {
        return true;
    }
    let last = pointer.rsplit('/').next().unwrap_or_default();
    let is_text = |value: &Value| value.is_string() || value.is_number();
    let is_scalar = |value: &Value| is_text(value) || value.is_boolean();
    let is_list = |value: &Value| value.is_array() || value.is_object();
    if !is_compose {
        return NUMBER_OR_TEXT.contains(&last) && is_text(before) && is_text(after);
    }
    // Compose has short and long forms; the file, its sections and its services have none.
    let long = pointer.matches('/').count() > 2;
    long && (is_scalar(before) && is_scalar(after)
        || (is_list(before) || before.is_string()) && (is_list(after) || after.is_string()))
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a mapping",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_part_of_a_segment() {
        assert!(matches("docker-compose.*.yml", "docker-compose.prod.yml"));
        assert!(matches(
            "kubernetes/*/api/deployment-*.yaml",
            "kubernetes/production/api/deployment-api.yaml"
        ));
        assert!(!matches("kubernetes/*", "kubernetes/production/api"));
        assert!(matches("*", "a"));
        assert!(!matches("a", "b"));
    }

    fn found(path: &str, before: &Value, after: &Value) -> Vec<String> {
        let name = Name::parse("changes").unwrap();
        let says = |breach: Breach| match breach.kind {
            BreachKind::Shape(says) => format!("shape: {says}"),
            BreachKind::Contradiction(says) => says,
            BreachKind::Weaker { service, says } => format!("{service}: {says}"),
        };
        breaches(&name, path, before, after).into_iter().map(says).collect()
    }

    #[test]
    fn values_stay_of_their_kind() {
        let path = "kubernetes/production/api/deployment-api.yaml";
        let object = |spec: Value| json!({ "kind": "Deployment", "metadata": {}, "spec": spec });
        let before = object(json!({ "replicas": 2, "maxUnavailable": 1, "list": [{ "a": 1 }] }));
        let text = object(json!({ "replicas": "two", "maxUnavailable": "50%", "list": ["a"] }));
        assert_eq!(
            found(path, &before, &text),
            [
                "shape: `/spec/replicas` becomes a text and was a number",
                "shape: `/spec/list/0` becomes a text and was a mapping",
            ]
        );
        assert_eq!(
            found(path, &before, &json!({ "kind": "Deployment", "metadata": {} })),
            ["shape: `/spec` is gone"]
        );
        let compose = json!({ "services": { "api": { "command": ["a"], "init": true } } });
        let short = json!({ "services": { "api": { "command": "a", "init": "true" } } });
        assert_eq!(found("docker-compose.prod.yml", &compose, &short), [""; 0]);
        let gone = found("docker-compose.prod.yml", &compose, &json!({}));
        assert_eq!(gone, ["shape: `/services` is gone"]);
        let odd = json!({ "services": { "api": "image" } });
        assert_eq!(found("docker-compose.prod.yml", &compose, &odd).len(), 1);
        assert_eq!(found("grafana/production/provider.yml", &compose, &json!({})), [""; 0]);
    }

    #[test]
    fn what_is_weaker_is_named_with_its_service() {
        let path = "docker-compose.prod.yml";
        let service = json!({
            "user": "1:1", "read_only": true, "cap_drop": ["ALL"],
            "security_opt": ["no-new-privileges:true"],
        });
        let before = json!({ "services": { "api": service } });
        let mut privileged = before.clone();
        privileged["services"]["api"]["privileged"] = json!(true);
        assert_eq!(found(path, &before, &privileged), ["api: runs privileged"]);
        let mut added = before.clone();
        added["services"]["job"] = json!({
            "image": "job:1", "user": "1:1", "read_only": true, "cap_drop": ["ALL"],
            "volumes": ["/var/run/docker.sock:/var/run/docker.sock"],
        });
        assert_eq!(
            found(path, &before, &added),
            [
                "job: gives up `no-new-privileges:true`",
                "job: sees the host's `/var/run/docker.sock`"
            ]
        );
        let mut labelled = before.clone();
        labelled["services"]["api"]["labels"] = json!({ "a": "b" });
        assert_eq!(found(path, &before, &labelled), [""; 0]);
    }
}
