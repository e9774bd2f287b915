//! Turns two versions of an object into what can be reached that could not be.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Id, Object};
use crate::risk::{Effect, Notes};

/// Tells what is newly reachable from outside the cluster.
pub(super) fn exposes(kind: &str, service: &str, old: &Value, new: &Value, notes: &mut Notes) {
    let open = |object: &Value| match kind {
        "Service" => service_ports(object),
        "Ingress" => ingress(object),
        "HTTPRoute" => http_route(object),
        "Gateway" => gateway(object),
        "Deployment" | "StatefulSet" | "DaemonSet" => host_ports(object),
        _ => BTreeSet::new(),
    };
    for what in open(new).difference(&open(old)) {
        notes.add(Effect::Exposes, service, what.clone());
    }
}

pub(super) fn items<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    value[key].as_array().into_iter().flatten()
}

pub(super) fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Ports that a `Service` opens on every node or on a load balancer.
fn service_ports(object: &Value) -> BTreeSet<String> {
    let spec = &object["spec"];
    match spec["type"].as_str() {
        Some(kind @ ("NodePort" | "LoadBalancer")) => items(spec, "ports")
            .map(|port| {
                format!("port {} is open outside the cluster ({kind})", text(&port["port"]))
            })
            .collect(),
        _ => BTreeSet::new(),
    }
}

fn ingress(object: &Value) -> BTreeSet<String> {
    let mut open = BTreeSet::new();
    for rule in items(&object["spec"], "rules") {
        let host = rule["host"].as_str().unwrap_or("*");
        for path in items(&rule["http"], "paths") {
            let path = path["path"].as_str().unwrap_or("/");
            open.insert(format!("`{host}{path}` answers to everyone"));
        }
    }
    open
}

fn http_route(object: &Value) -> BTreeSet<String> {
    let spec = &object["spec"];
    let mut hosts: Vec<String> = items(spec, "hostnames").map(text).collect();
    if hosts.is_empty() {
        hosts.push("*".to_owned());
    }
    let mut open = BTreeSet::new();
    // A rule that only redirects answers with nothing of ours.
    let serving = items(spec, "rules").filter(|rule| items(rule, "backendRefs").next().is_some());
    for rule in serving {
        let mut paths: Vec<&str> =
            items(rule, "matches").filter_map(|one| one["path"]["value"].as_str()).collect();
        if paths.is_empty() {
            paths.push("/");
        }
        for (host, path) in hosts.iter().flat_map(|host| paths.iter().map(move |path| (host, path)))
        {
            open.insert(format!("`{host}{path}` answers to everyone"));
        }
    }
    open
}

fn gateway(object: &Value) -> BTreeSet<String> {
    items(&object["spec"], "listeners")
        .map(|listener| {
            let host = listener["hostname"].as_str().unwrap_or("*");
            format!("the gateway listens on `{host}:{}`", text(&listener["port"]))
        })
        .collect()
}

fn host_ports(object: &Value) -> BTreeSet<String> {
    let spec = &object["spec"]["template"]["spec"];
    let ports = items(spec, "containers").flat_map(|container| items(container, "ports"));
    ports
        .filter(|port| !port["hostPort"].is_null())
        .map(|port| format!("port {} of the node leads to it", text(&port["hostPort"])))
        .collect()
}

/// Tells which traffic a network policy lets through that it did not.
pub(super) fn widened(name: &str, service: &str, old: &Value, new: &Value, notes: &mut Notes) {
    for (key, peers, direction) in [("ingress", "from", "from"), ("egress", "to", "to")] {
        let before = allowed(&old["spec"], key, peers);
        for (peer, port) in allowed(&new["spec"], key, peers).difference(&before) {
            // What is let through to every port covers each single one.
            if before.contains(&(peer.clone(), "every port".to_owned())) {
                continue;
            }
            let says =
                format!("the network policy `{name}` lets through {port} {direction} {peer}");
            notes.add(Effect::Loosens, service, says);
        }
    }
    let kinds = |object: &Value| -> BTreeSet<String> {
        items(&object["spec"], "policyTypes").map(text).collect()
    };
    for kind in kinds(old).difference(&kinds(new)) {
        let says = format!("the network policy `{name}` does not cover {kind} any more");
        notes.add(Effect::Loosens, service, says);
    }
}

/// Whether what a policy selects stays closed without it: another one selects every pod of its namespace, for each
/// direction that this one covers, and only what was let through is missed.
pub(super) fn is_closed_without(
    gone: &Value,
    (_, _, namespace): &Id,
    after: &BTreeMap<Id, Object>,
) -> bool {
    let selects_all = |policy: &Value| match policy["spec"].get("podSelector") {
        Some(Value::Object(selector)) => selector.is_empty(),
        _ => false,
    };
    let covers =
        |policy: &Value, kind: &Value| items(&policy["spec"], "policyTypes").any(|one| one == kind);
    let others: Vec<&Value> = after
        .iter()
        .filter(|((kind, _, there), _)| kind == "NetworkPolicy" && there == namespace)
        .map(|(_, (_, policy))| policy)
        .filter(|policy| selects_all(policy))
        .collect();
    let mut kinds = items(&gone["spec"], "policyTypes").peekable();
    kinds.peek().is_some() && kinds.all(|kind| others.iter().any(|policy| covers(policy, kind)))
}

fn allowed(spec: &Value, key: &str, peers: &str) -> BTreeSet<(String, String)> {
    let mut all = BTreeSet::new();
    for rule in items(spec, key) {
        let mut who: Vec<String> = items(rule, peers).map(peer).collect();
        if who.is_empty() {
            who.push("everywhere".to_owned());
        }
        let mut ports: Vec<String> =
            items(rule, "ports").map(|port| format!("port {}", text(&port["port"]))).collect();
        if ports.is_empty() {
            ports.push("every port".to_owned());
        }
        all.extend(who.iter().flat_map(|who| ports.iter().map(|port| (who.clone(), port.clone()))));
    }
    all
}

/// A peer in a few words: the values of its selectors, or the address range.
fn peer(peer: &Value) -> String {
    if let Some(range) = peer["ipBlock"]["cidr"].as_str() {
        let except: Vec<String> = items(&peer["ipBlock"], "except").map(text).collect();
        let but =
            if except.is_empty() { String::new() } else { format!(" but {}", except.join(", ")) };
        return format!("{range}{but}");
    }
    let mut words = Vec::new();
    for (key, what) in [("podSelector", "pods"), ("namespaceSelector", "namespaces")] {
        if let Some(selector) = peer.get(key) {
            let labels = selector["matchLabels"].as_object();
            let values: Vec<String> =
                labels.into_iter().flat_map(|map| map.values()).map(text).collect();
            words.push(match values.join(" ").as_str() {
                "" if selector["matchExpressions"].is_array() => {
                    format!("{what} {}", selector["matchExpressions"])
                }
                "" => format!("all {what}"),
                values => format!("{what} `{values}`"),
            });
        }
    }
    words.join(" in ")
}
