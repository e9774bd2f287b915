//! Finds what an object of a cluster cannot hold together, and in what a patch lets it differ from the other targets.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{floating, split};
use crate::proof::compose::{list, map};

/// What cannot be, of one object.
pub(super) fn contradictions(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let spec = &value["spec"];
    match value["kind"].as_str() {
        Some("PodDisruptionBudget") => {
            let none = |value: &Value| *value == 0 || *value == "0" || *value == "0%";
            if none(&spec["maxUnavailable"]) || spec["minAvailable"] == "100%" {
                found.push("no pod may ever be moved: every drain waits forever".to_owned());
            }
            if spec["minAvailable"].is_null() == spec["maxUnavailable"].is_null() {
                found.push("a budget has `minAvailable` or `maxUnavailable`, not both".to_owned());
            }
        }
        Some("HorizontalPodAutoscaler")
            if spec["minReplicas"].as_u64() > spec["maxReplicas"].as_u64() =>
        {
            found.push("`minReplicas` is above `maxReplicas`".to_owned());
        }
        Some("Deployment") => {
            let several = spec["replicas"].as_u64().is_some_and(|replicas| replicas > 1);
            if several && spec["strategy"]["type"] == "Recreate" {
                found.push(
                    "its volume or its work allows one pod at a time, not several".to_owned(),
                );
            }
        }
        _ => {}
    }
    let template = match value["kind"].as_str() {
        Some("CronJob") => &spec["jobTemplate"]["spec"]["template"],
        _ => &spec["template"],
    };
    for container in
        ["containers", "initContainers"].into_iter().flat_map(|key| list(&template["spec"], key))
    {
        floating(
            container["name"].as_str().unwrap_or("a container"),
            &container["image"],
            &mut found,
        );
    }
    found
}

/// What the blueprint says once, by kind: where it stands in the object, what it is, and how the blueprint says it.
const SAID_ONCE: &[(&str, &str, &str, &str)] = &[
    ("Deployment", "/spec/replicas", "the number of pods", "replicas: …"),
    ("StatefulSet", "/spec/replicas", "the number of pods", "replicas: …"),
    ("HorizontalPodAutoscaler", "/spec/minReplicas", "the number of pods", "autoscale: …"),
    // Pools of connections and quotas are counted from it.
    ("HorizontalPodAutoscaler", "/spec/maxReplicas", "the number of pods", "autoscale: …"),
    ("CronJob", "/spec/schedule", "the schedule", "backups: …"),
    ("HTTPRoute", "/spec/hostnames", "the host", "routes: …"),
];

/// What the other targets have otherwise, and what an object may not give up.
pub(super) fn differences(before: &Value, after: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for key in ["apiVersion", "kind"] {
        if before[key] != after[key] && !after[key].is_null() {
            found
                .push(format!("`{key}` says what the object is: another one is a file of its own"));
        }
    }
    let kind = before["kind"].as_str().unwrap_or_default();
    let name = before["metadata"]["name"].as_str().unwrap_or_default();
    for (_, at, what, write) in SAID_ONCE.iter().filter(|(of, ..)| *of == kind) {
        if before.pointer(at) != after.pointer(at) {
            found.push(split(&format!("{what} of `{name}`"), write));
        }
    }
    if paths(before) != paths(after) {
        found.push(split(&format!("a path of `{name}`"), "routes: …"));
    }
    for (key, what, write) in [
        ("env", "the environment", "environment: …"),
        ("livenessProbe", "a probe", "health: …"),
        ("readinessProbe", "a probe", "health: …"),
        ("startupProbe", "a probe", "health: …"),
    ] {
        let of = |object: &Value| {
            let container = object.pointer("/spec/template/spec/containers/0");
            container.map(|container| match key {
                "env" => container[key].clone(),
                _ => container[key]["httpGet"]["path"].clone(),
            })
        };
        if of(before) != of(after) {
            found.push(split(&format!("{what} of `{name}`"), write));
        }
    }
    if kind == "ConfigMap" && before["data"] != after["data"] {
        found.push(split(&format!("the ConfigMap `{name}`"), "variables: …"));
    }
    found.extend(unrolled(before, after));
    found.extend(forgets(before, after));
    found
}

/// The paths that a route takes.
fn paths(object: &Value) -> BTreeSet<String> {
    let rules = || list(&object["spec"], "rules");
    let matched = rules().flat_map(|rule| list(rule, "matches")).map(|one| &one["path"]);
    let of_ingress = rules().flat_map(|rule| list(&rule["http"], "paths")).map(|one| &one["path"]);
    matched.chain(of_ingress).map(ToString::to_string).collect()
}

/// Pods that no change of their configuration would roll any more.
fn unrolled(before: &Value, after: &Value) -> Option<String> {
    let sums = |object: &Value| -> BTreeSet<String> {
        let annotations = object.pointer("/spec/template/metadata/annotations");
        let annotations = annotations.into_iter().flat_map(map);
        let sums = annotations.filter(|(key, _)| key.starts_with("checksum/"));
        sums.map(|(key, value)| format!("{key} {value}")).collect()
    };
    let lost = !sums(before).is_subset(&sums(after));
    lost.then(|| {
        "no change of its configuration would replace its pods: keep the checksum".to_owned()
    })
}

/// Data that lay in a claim and lies nowhere.
fn forgets(before: &Value, after: &Value) -> Vec<String> {
    let claims = |object: &Value| -> BTreeSet<String> {
        let own = list(&object["spec"], "volumeClaimTemplates").map(|one| &one["metadata"]["name"]);
        let template = match object["kind"].as_str() {
            Some("CronJob") => &object["spec"]["jobTemplate"]["spec"]["template"],
            _ => &object["spec"]["template"],
        };
        let volumes = list(&template["spec"], "volumes");
        let shared = volumes.map(|one| &one["persistentVolumeClaim"]["claimName"]);
        own.chain(shared).filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let kept = claims(after);
    let lost = claims(before).into_iter().filter(|claim| !kept.contains(claim));
    lost.map(|claim| format!("what lay in the claim `{claim}` lies nowhere")).collect()
}
