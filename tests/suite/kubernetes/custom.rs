//! Holds every custom resource that is committed against the schema of its kind, unknown keys included.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::text;
use crate::compiled::is_yaml;
use crate::judge::judge;
use crate::matrix;

/// What no package has schemas for.
const WITHOUT_SCHEMA: &[&str] = &[
    "constraints.gatekeeper.sh/v1beta1",
    "security.openshift.io/v1",
    "templates.gatekeeper.sh/v1",
];

/// Whether an object is of a kind that Kubernetes does not bring itself.
pub(super) fn is_custom(object: &Value) -> bool {
    let group = text(&object["apiVersion"]).split_once('/').map_or("", |(group, _)| group);
    let is_own = group.ends_with(".k8s.io") && !group.starts_with("gateway.");
    group.contains('.') && !is_own
}

fn judged(judge: &Path, objects: &[Value]) -> (bool, String) {
    let mut child = Command::new(judge)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the judge runs");
    let written = serde_json::to_vec(objects).unwrap();
    child.stdin.take().unwrap().write_all(&written).unwrap();
    let output = child.wait_with_output().unwrap();
    (output.status.success(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn every_custom_resource_keeps_the_schema_of_its_kind() {
    let Some(judge) = judge("judge-custom-resources") else { return };
    let mut objects = Vec::new();
    for set in matrix::sets() {
        for (path, artifact) in set.known.compiled.tree.iter() {
            let path = path.as_str();
            let is_object = path.starts_with("kubernetes/") && is_yaml(path);
            if !is_object || path.ends_with("/kustomization.yaml") {
                continue;
            }
            let object: Value = serde_yaml::from_str(artifact.text()).unwrap();
            if is_custom(&object) {
                objects.push(json!({ "path": format!("{}/{path}", set.name), "object": object }));
            }
        }
    }
    let known = objects.iter().filter(|one| {
        !WITHOUT_SCHEMA.contains(&text(&one["object"]["apiVersion"]))
            && !text(&one["object"]["apiVersion"]).starts_with("kustomize.")
    });
    let expected = known.count();
    assert!(expected > 0);
    let (accepted, told) = judged(&judge, &objects);
    assert!(accepted, "{told}");
    assert!(told.ends_with(&format!("{expected} passed\n")), "{told}");
    matrix::record("judge-custom-resources", expected, 0);
}

#[test]
fn the_judge_finds_wrong_values_and_unknown_keys() {
    let Some(judge) = judge("judge-custom-resources") else { return };
    let gateway = |port: Value, key: &str| {
        let listener = json!({ "name": "http", "port": port, "protocol": "HTTP", key: 1 });
        json!({ "path": "x", "object": {
            "apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway", "metadata": { "name": "x" },
            "spec": { "gatewayClassName": "x", "listeners": [listener] },
        } })
    };
    let (accepted, told) = judged(&judge, &[gateway(80.into(), "prot")]);
    assert!(!accepted && told.contains("/spec/listeners/0/prot"), "{told}");
    let (accepted, told) = judged(&judge, &[gateway("eighty".into(), "hostname")]);
    assert!(!accepted && told.contains("integer"), "{told}");
}
