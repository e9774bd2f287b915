//! Finds what a Compose file cannot hold together, and in what a patch lets it differ from the other targets.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{floating, split};
use crate::proof::compose::{list, map};

/// What cannot be, of one file.
pub(super) fn contradictions(value: &Value) -> Vec<String> {
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

/// What the other targets have otherwise, and data that nothing keeps any more.
pub(super) fn differences(before: &Value, after: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for (name, old) in map(&before["services"]) {
        let new = &after["services"][name];
        if new.is_null() {
            continue;
        }
        for (key, write) in [
            ("environment", "environment: …"),
            ("healthcheck/test", "health: …"),
            ("deploy/replicas", "replicas: …"),
            ("scale", "replicas: …"),
        ] {
            let at = format!("/{key}");
            if old.pointer(&at) != new.pointer(&at) {
                let write = format!("services: {{ {name}: {{ {write} }} }}");
                found.push(split(&format!("`{key}` of `{name}`"), &write));
            }
        }
        let kept = volumes(new);
        for path in volumes(old).difference(&kept) {
            found.push(format!("no volume keeps what `{name}` writes to `{path}`"));
        }
    }
    found
}

/// The paths at which a service has volumes.
fn volumes(service: &Value) -> BTreeSet<&str> {
    let mounts = list(service, "volumes").filter(|mount| mount["type"] == "volume");
    let long = mounts.filter_map(|mount| mount["target"].as_str());
    let short = list(service, "volumes").filter_map(Value::as_str);
    long.chain(short.filter_map(|mount| mount.split(':').nth(1))).collect()
}
