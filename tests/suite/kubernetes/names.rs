//! Gives everything the longest name that is allowed, and holds what is compiled against what a cluster takes.

use serde_json::Value;

use super::{container, list, pod, text, told};
use crate::compiled::{codes, tree};

/// 40 characters, the longest name.
const LONG: &str = "orders-of-the-northern-and-eastern-shops";
/// Above it, the longest name whose exporter has one.
const DATA: &str = "ledger-of-the-northern-branches";

fn blueprint(project: &str) -> String {
    format!(
        "blueprint: v1\nname: {LONG}\ncompose: {{ project: {project} }}\n\
         kubernetes: {{ namespace: {LONG} }}\nwaivers: {{ no-rate-limit: another machine limits clients }}\nmonitoring: {{}}\n\
         routes: {{ \"{host}.example\": {{ /: {LONG} }} }}\n\
         environments: {{ production: {{ domain: {host}.example }} }}\nservices:\n  \
         {LONG}: {{ image: \"ghcr.io/example/api:1.4.2\", metrics: /metrics, replicas: 2, ports: {{ {LONG}: 8000 }}, \
         volumes: {{ {LONG}: /data }}, needs: [{DATA}] }}\n  \
         {DATA}: {{ uses: postgres@17 }}\nvolumes: {{ {LONG}: {{ shared: true }} }}\n",
        host = "h".repeat(63),
    )
}

fn at_most(limit: usize, value: &Value, what: &str) {
    let name = text(value);
    assert!((1..=limit).contains(&name.len()), "{what}: `{name}` has {} characters", name.len());
}

/// Labels are on objects, on pods and in selectors (kubernetes.io, "Labels and Selectors").
fn labels(value: &Value) {
    for (key, below) in value.as_object().into_iter().flatten() {
        if matches!(key.as_str(), "labels" | "matchLabels" | "selector") {
            let values = below.as_object().into_iter().flatten();
            values.filter(|(_, one)| one.is_string()).for_each(|(key, one)| at_most(63, one, key));
        }
        labels(below);
    }
    list(value).iter().for_each(labels);
}

#[test]
fn the_longest_names_are_names_that_a_cluster_takes() {
    assert_eq!(LONG.len(), 40);
    let tree = tree(&blueprint("shop"));
    let mut seen = 0;
    for (path, artifact) in tree.iter() {
        let object: Value = match path.as_str().strip_prefix("kubernetes/production/") {
            Some(_) => serde_yaml::from_str(artifact.text()).unwrap(),
            None => continue,
        };
        let (kind, name) = (text(&object["kind"]), &object["metadata"]["name"]);
        if kind == "Kustomization" {
            continue;
        }
        // Names of the first three are DNS labels; a StatefulSet's bears a hash of ten characters in a label of its
        // pods (kubernetes/kubernetes#64023). All others are DNS subdomains (kubernetes.io, "Object Names and IDs").
        let limit = match kind {
            "Namespace" | "Service" | "DaemonSet" => 63,
            "StatefulSet" => 63 - "-5b9b4c5d8f".len(),
            _ => 253,
        };
        at_most(limit, name, &told(&object));
        labels(&object);
        for port in list(&object["spec"]["ports"]) {
            at_most(63, &port["name"], &told(&object));
            at_most(15, &port["targetPort"], &told(&object));
            seen += 1;
        }
        if !pod(&object)["containers"].is_array() {
            continue;
        }
        at_most(63, &container(&object)["name"], &told(&object));
        for volume in list(&pod(&object)["volumes"]) {
            at_most(63, &volume["name"], "volume");
        }
        for claim in list(&object["spec"]["volumeClaimTemplates"]) {
            at_most(63, &claim["metadata"]["name"], "claim");
            seen += 1;
        }
        for port in list(&container(&object)["ports"]) {
            at_most(15, &port["name"], &told(&object));
            seen += 1;
        }
    }
    assert!(seen > 8, "{seen} ports and claims");
}

#[test]
fn what_compose_names_after_the_project_is_a_label_too() {
    // `<project>-<service>-2` is the longest of its names.
    let is_refused =
        |project| codes(&blueprint(project)).iter().any(|found| found == "error invalid-name");
    assert!(is_refused("north-branch-of-shops"));
    assert!(!is_refused("north-branch-of-shop"));
}
