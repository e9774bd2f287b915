//! Turns a file before and after a patch into what in it cannot hold together any more.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::compose::{list, map};
use super::{Format, format};

/// Everything that contradicts itself after a change and did not before, in words.
pub fn conflicts(path: &str, before: &Value, after: &Value) -> Vec<String> {
    let found = |value: &Value| match format(path) {
        Format::Compose => compose(value),
        Format::Cluster => object(value),
        _ => Vec::new(),
    };
    let known = found(before);
    let mut all: Vec<String> = found(after);
    all.retain(|one| !known.contains(one));
    all.extend(match format(path) {
        Format::Compose => environments(before, after),
        Format::Cluster => identity(before, after),
        _ => Vec::new(),
    });
    all
}

fn compose(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    if value.get("version").is_some() {
        found.push("`version` is obsolete, and Compose warns of it".to_owned());
    }
    let mut taken: BTreeMap<String, &str> = BTreeMap::new();
    for (name, service) in map(&value["services"]) {
        let ports = list(service, "ports").filter_map(published);
        let ports: BTreeSet<String> = ports.collect();
        for port in &ports {
            if let Some(other) = taken.insert(port.clone(), name) {
                found.push(format!("`{other}` and `{name}` both publish port {port} of the host"));
            }
        }
        let replicas = service["deploy"]["replicas"].as_u64().or(service["scale"].as_u64());
        if replicas.is_some_and(|replicas| replicas > 1) {
            if !ports.is_empty() {
                found.push(format!("one port of the host cannot lead to several of `{name}`"));
            }
            if service["container_name"].is_string() {
                found.push(format!("several of `{name}` cannot have one `container_name`"));
            }
        }
        let internal = |name: &String| value["networks"][name]["internal"] == true;
        let networks: Vec<&String> = map(&service["networks"]).map(|(name, _)| name).collect();
        if !ports.is_empty() && !networks.is_empty() && networks.into_iter().all(internal) {
            found.push(format!("`{name}` publishes a port and is on internal networks only"));
        }
        floating(name, &service["image"], &mut found);
    }
    found
}

/// The port of the host and its protocol, of the short or the long form
/// (docs.docker.com, "Services top-level elements", `ports`).
fn published(port: &Value) -> Option<String> {
    let short = match port {
        Value::Object(_) => {
            let protocol = port["protocol"].as_str().unwrap_or("tcp");
            let host = &port["published"];
            let host = host.as_str().map_or_else(|| host.to_string(), str::to_owned);
            return (host != "null").then(|| format!("{host}/{protocol}"));
        }
        other => other.as_str()?,
    };
    let (ports, protocol) = short.rsplit_once('/').unwrap_or((short, "tcp"));
    let (host, _) = ports.rsplit_once(':')?;
    Some(format!("{}/{protocol}", host.rsplit(':').next().unwrap_or(host)))
}

/// An image that is another one tomorrow.
fn floating(name: &str, image: &Value, found: &mut Vec<String>) {
    let Some(image) = image.as_str().filter(|image| !image.contains('$')) else { return };
    let last = image.rsplit('/').next().unwrap_or(image);
    let is_pinned = last.contains('@')
        || last.split_once(':').is_some_and(|(_, tag)| !tag.is_empty() && tag != "latest");
    if !is_pinned {
        found.push(format!("`{name}` runs `{image}`, which is another image tomorrow"));
    }
}

/// A variable that only one target would see as it is now.
fn environments(before: &Value, after: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for (name, service) in map(&before["services"]) {
        let (old, new) = (&service["environment"], &after["services"][name]["environment"]);
        if old != new && !after["services"][name].is_null() {
            found.push(split(name));
        }
    }
    found
}

fn split(name: &str) -> String {
    format!(
        "the environment of `{name}` differs from what the other targets have: write it in the blueprint, \
         `services: {{ {name}: {{ environment: … }} }}`"
    )
}

fn object(value: &Value) -> Vec<String> {
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
        Some("HorizontalPodAutoscaler") => {
            if spec["minReplicas"].as_u64() > spec["maxReplicas"].as_u64() {
                found.push("`minReplicas` is above `maxReplicas`".to_owned());
            }
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

/// What an object is, and what of it the other targets have too.
fn identity(before: &Value, after: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for key in ["apiVersion", "kind"] {
        if before[key] != after[key] && !after[key].is_null() {
            found
                .push(format!("`{key}` says what the object is: another one is a file of its own"));
        }
    }
    let variables =
        |object: &Value| object.pointer("/spec/template/spec/containers/0/env").cloned();
    if variables(before) != variables(after)
        && let Some(name) = before["metadata"]["name"].as_str()
    {
        found.push(split(name));
    }
    if before["kind"] == "ConfigMap" && before["data"] != after["data"] {
        let name = before["metadata"]["name"].as_str().unwrap_or_default();
        found.push(format!(
            "the ConfigMap `{name}` differs from what the other targets read, and no pod is rolled by it: write \
             the value in the blueprint"
        ));
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(path: &str, before: &Value, change: &Value) -> String {
        let mut after = before.clone();
        crate::blueprint::merge::merge(&mut after, change);
        conflicts(path, before, &after).join("; ")
    }

    #[test]
    fn compose_files_are_asked_what_cannot_be() {
        let before = json!({
            "services": {
                "a": { "image": "a:1", "ports": ["127.0.0.1:80:8080"], "networks": { "out": {} } },
                "b": { "image": "b:1", "networks": { "in": {} }, "environment": { "X": "1" } },
            },
            "networks": { "in": { "internal": true }, "out": {} },
        });
        let found =
            |change: Value| of("docker-compose.prod.yml", &before, &json!({ "services": change }));
        assert_eq!(found(json!({ "a": { "labels": { "x": "y" } } })), "");
        assert!(
            found(json!({ "b": { "networks": { "out": {} }, "ports": ["80:80"] } }))
                .contains("both publish")
        );
        assert!(
            found(json!({ "b": { "ports": [{ "published": 81 }] } }))
                .contains("internal networks only")
        );
        assert!(
            found(json!({ "a": { "deploy": { "replicas": 2 } } })).contains("one port of the host")
        );
        assert!(
            found(json!({ "b": { "scale": 2, "container_name": "b" } }))
                .contains("`container_name`")
        );
        assert!(found(json!({ "b": { "image": "b" } })).contains("another image tomorrow"));
        assert!(
            found(json!({ "b": { "image": "r:5000/b:latest" } }))
                .contains("another image tomorrow")
        );
        assert_eq!(found(json!({ "b": { "image": "r:5000/b@sha256:0" } })), "");
        assert!(found(json!({ "b": { "environment": { "X": "2" } } })).contains("other targets"));
        let version = of("docker-compose.prod.yml", &before, &json!({ "version": "3" }));
        assert!(version.contains("obsolete"));
    }

    #[test]
    fn objects_are_asked_what_cannot_be() {
        let path = "kubernetes/production/api/x.yaml";
        let budget = json!({ "kind": "PodDisruptionBudget", "spec": { "maxUnavailable": 1 } });
        let found = |change: Value| of(path, &budget, &json!({ "spec": change }));
        assert_eq!(found(json!({ "maxUnavailable": 2 })), "");
        assert!(found(json!({ "maxUnavailable": 0 })).contains("every drain"));
        assert!(found(json!({ "minAvailable": 1 })).contains("not both"));
        let scaler = json!({ "kind": "HorizontalPodAutoscaler", "spec": { "minReplicas": 2, "maxReplicas": 3 } });
        assert!(of(path, &scaler, &json!({ "spec": { "minReplicas": 4 } })).contains("above"));
        let alone = json!({ "kind": "Deployment", "spec": { "replicas": 1, "strategy": { "type": "Recreate" } } });
        assert!(of(path, &alone, &json!({ "spec": { "replicas": 2 } })).contains("one pod"));
        assert!(of(path, &alone, &json!({ "kind": "PodSecurityPolicy" })).contains("`kind`"));
        let map = json!({ "kind": "ConfigMap", "metadata": { "name": "m" }, "data": { "A": "1" } });
        assert!(of(path, &map, &json!({ "data": { "A": "2" } })).contains("rolled"));
    }
}
