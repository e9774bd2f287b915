//! Asks the policies for a cluster's guards about the very pods that are compiled beside them, and about others.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::process::{Command, Stdio};

use formwork::tree::Tree;
use serde_json::{Value, json};

use super::{list, text};
use crate::compiled::{tree, yaml};
use crate::judge::judge;
use crate::matrix;

const SHOP: &str = r#"
blueprint: v1
name: shop
environments: { production: { domain: shop.example.com } }
images: { db: "postgres:17.11-bookworm" }
services:
  db: { uses: postgres@17 }
  api:
    image: "ghcr.io/example/api:1.4.2"
    user: 1001
    port: 8000
    health: /health
    needs: [db]
    capabilities: [NET_BIND_SERVICE]
    volumes: { uploads: /uploads }
  node-exporter: { uses: node-exporter }
routes: { "${env.domain}": { /: api } }
waivers: { no-rate-limit: another machine limits clients }
monitoring: {}
kubernetes: { policies: [gatekeeper, openshift, falco, falco] }
"#;

const POLICIES: &str = "kubernetes/production/policies/";

fn files(tree: &Tree, below: &str) -> Vec<Value> {
    let paths = tree.iter().map(|(path, _)| path.as_str().to_owned());
    let wanted = paths.filter(|path| {
        path.starts_with(below)
            && crate::compiled::is_yaml(path)
            && !path.ends_with("kustomization.yaml")
    });
    wanted.map(|path| yaml(tree, &path)).collect()
}

/// What runs pods.
fn workloads(tree: &Tree, environment: &str) -> Vec<Value> {
    let mut all = files(tree, &format!("kubernetes/{environment}/"));
    all.retain(|one| ["Deployment", "StatefulSet", "DaemonSet"].contains(&text(&one["kind"])));
    assert!(all.len() >= 5);
    all
}

fn pod(workload: &Value) -> &Value {
    &workload["spec"]["template"]["spec"]
}

/// What each constraint of Gatekeeper finds in a pod.
fn refused(tree: &Tree, pod: &Value) -> Option<Vec<String>> {
    let namespaces = json!(["shop-production", "shop-production-agents"]);
    refused_in(tree, "production", &namespaces, &[pod])
}

/// What each constraint of Gatekeeper for these namespaces finds in pods.
fn refused_in(
    tree: &Tree,
    environment: &str,
    namespaces: &Value,
    pods: &[&Value],
) -> Option<Vec<String>> {
    let judge = judge("judge-rego")?;
    let all = files(tree, &format!("kubernetes/{environment}/policies/gatekeeper/"));
    let templates: Vec<&Value> =
        all.iter().filter(|one| one["kind"] == "ConstraintTemplate").collect();
    assert_eq!(templates.len(), 3);
    let questions: Vec<Value> = templates
        .into_iter()
        .flat_map(|template| pods.iter().map(move |pod| (template, pod)))
        .map(|(template, pod)| {
            let kind = &template["spec"]["crd"]["spec"]["names"]["kind"];
            let name = &template["metadata"]["name"];
            assert_eq!(text(name), text(kind).to_lowercase(), "as Gatekeeper demands");
            let constraint = all.iter().find(|one| one["kind"] == *kind).unwrap();
            assert_eq!(constraint["spec"]["enforcementAction"], "deny");
            assert_eq!(&constraint["spec"]["match"]["namespaces"], namespaces);
            let review = json!({ "object": { "spec": pod } });
            json!({
                "rego": template["spec"]["targets"][0]["rego"],
                "package": name,
                "input": { "review": review, "parameters": constraint["spec"]["parameters"] },
            })
        })
        .collect();
    let mut child =
        Command::new(judge).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let written = serde_json::to_vec(&questions).unwrap();
    child.stdin.take().unwrap().write_all(&written).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    let found: Vec<Vec<String>> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        found,
        questions.iter().map(asked).collect::<Vec<_>>(),
        "regorus reads it otherwise"
    );
    Some(found.concat())
}

/// What regorus says of a question: it reads Rego as Gatekeeper does, in its first form.
fn asked(question: &Value) -> Vec<String> {
    let mut engine = regorus::Engine::new();
    engine.set_rego_v0(true);
    let policy = text(&question["rego"]).to_owned();
    engine.add_policy("policy.rego".to_owned(), policy).unwrap();
    engine.set_input_json(&question["input"].to_string()).unwrap();
    let found = engine.eval_rule(format!("data.{}.violation", text(&question["package"]))).unwrap();
    let found: Value = serde_json::from_str(&found.to_json_str().unwrap()).unwrap();
    let mut found: Vec<String> =
        found.as_array().unwrap().iter().map(|one| text(&one["msg"]).to_owned()).collect();
    found.sort();
    found
}

#[test]
fn gatekeeper_admits_every_pod_of_the_system() {
    let tree = tree(SHOP);
    for workload in workloads(&tree, "production") {
        let Some(found) = refused(&tree, pod(&workload)) else { return };
        assert!(found.is_empty(), "{}: {found:?}", workload["metadata"]["name"]);
    }
}

#[test]
fn gatekeeper_admits_every_pod_of_every_system_that_has_its_policies() {
    let mut files = 0;
    for set in matrix::sets() {
        for model in &set.known.compiled.models {
            let environment = model.environment.name.as_str();
            let tree = &set.known.compiled.tree;
            let guarded =
                tree.below(&format!("kubernetes/{environment}/policies/gatekeeper")).count();
            if guarded == 0 {
                continue;
            }
            let workloads = workloads(tree, environment);
            let namespaces: BTreeSet<&str> =
                workloads.iter().map(|one| text(&one["metadata"]["namespace"])).collect();
            let pods: Vec<&Value> = workloads.iter().map(pod).collect();
            let Some(found) = refused_in(tree, environment, &json!(namespaces), &pods) else {
                return;
            };
            assert!(found.is_empty(), "{} in {environment}: {found:?}", set.name);
            files += guarded;
        }
    }
    assert!(files > 0);
    matrix::record("judge-rego", files, 0);
}

/// A change to an object that a rule must refuse.
type Change = fn(&mut Value);

#[test]
fn gatekeeper_refuses_other_images_users_and_ports() {
    let tree = tree(SHOP);
    let workloads = workloads(&tree, "production");
    let api = workloads.iter().find(|one| one["metadata"]["name"] == "api").unwrap();
    let changed = |change: fn(&mut Value)| {
        let mut pod = pod(api).clone();
        change(&mut pod);
        refused(&tree, &pod)
    };
    let cases: [(Change, &str); 6] = [
        (|pod| pod["containers"][0]["image"] = "ghcr.io/example/api-evil:1".into(), "api-evil"),
        (|pod| pod["containers"][0]["image"] = "docker.io/example/api:1".into(), "docker.io"),
        (
            |pod| pod["initContainers"] = json!([{ "name": "first", "image": "evil:1" }]),
            "<first> runs <evil:1>",
        ),
        (|pod| pod["securityContext"]["runAsUser"] = 0.into(), "as user 0"),
        (|pod| pod["containers"][0]["ports"][0]["containerPort"] = 4444.into(), "on 4444"),
        (|pod| pod["containers"][0]["ports"][0]["hostPort"] = 80.into(), "port 80 of its node"),
    ];
    for (change, expected) in cases {
        let Some(found) = changed(change) else { return };
        assert!(found.iter().any(|one| one.contains(expected)), "{expected}: {found:?}");
    }
}

/// Admits as `OpenShift` does: every field of the pod must be within its account's constraints.
#[test]
fn openshift_admits_each_pod_by_the_constraints_of_its_own_account() {
    let tree = tree(SHOP);
    let constraints = files(&tree, &format!("{POLICIES}openshift/"));
    let workloads = workloads(&tree, "production");
    assert_eq!(constraints.len(), workloads.len());
    for workload in &workloads {
        let (pod, namespace) = (pod(workload), text(&workload["metadata"]["namespace"]));
        let account =
            format!("system:serviceaccount:{namespace}:{}", text(&pod["serviceAccountName"]));
        let own: Vec<&Value> = constraints
            .iter()
            .filter(|one| list(&one["users"]).contains(&account.as_str().into()))
            .collect();
        let [own] = own.as_slice() else { panic!("{account}") };
        let container = &pod["containers"][0];
        assert_eq!(
            own["runAsUser"],
            json!({ "type": "MustRunAs", "uid": pod["securityContext"]["runAsUser"] })
        );
        assert_eq!(own["fsGroup"]["ranges"][0]["min"], pod["securityContext"]["fsGroup"]);
        assert_eq!(own["allowHostPID"], pod["hostPID"].as_bool().unwrap_or_default());
        let security = &container["securityContext"];
        assert_eq!(own["readOnlyRootFilesystem"], security["readOnlyRootFilesystem"]);
        assert_eq!(list(&own["allowedCapabilities"]), list(&security["capabilities"]["add"]));
        let mut host = false;
        for volume in list(&pod["volumes"]) {
            let kind = volume.as_object().unwrap().keys().find(|key| *key != "name").unwrap();
            host |= kind == "hostPath";
            assert!(list(&own["volumes"]).contains(&kind.as_str().into()), "{account}: {kind}");
        }
        assert_eq!(own["allowHostDirVolumePlugin"], host);
        for never in
            ["allowHostNetwork", "allowHostIPC", "allowHostPorts", "allowPrivilegedContainer"]
        {
            assert_eq!(own[never], false, "{never}");
        }
    }
}

/// The numbers that a rule of Falco names for an image.
fn named(condition: &str, image: &str, field: &str) -> BTreeSet<u64> {
    let from = format!("(container.image.repository = {image} and not {field} in (");
    let (_, rest) = condition.split_once(&from).unwrap_or_else(|| panic!("{from}: {condition}"));
    let (numbers, _) = rest.split_once("))").unwrap();
    numbers.split(", ").map(|number| number.parse().unwrap()).collect()
}

#[test]
fn falco_knows_images_users_and_ports() {
    let tree = tree(SHOP);
    let rules = yaml(&tree, &format!("{POLICIES}falco/rules.yaml"));
    let rules = list(&rules);
    let condition = |end: &str| {
        let rule = rules.iter().find(|one| text(&one["rule"]).ends_with(end)).unwrap();
        for key in ["desc", "output", "priority"] {
            assert!(rule[key].is_string(), "{end} has no {key}");
        }
        text(&rule["condition"]).to_owned()
    };
    let (users, ports) = (condition("as another user"), condition("does not declare"));
    let accepts = condition("on a port that it does not declare");
    assert!(ports.contains("not container.image.repository in (shop_production_images)"));
    let mut images: BTreeMap<String, BTreeSet<u64>> = BTreeMap::new();
    for workload in workloads(&tree, "production") {
        let pod = pod(&workload);
        let image = text(&pod["containers"][0]["image"]);
        let image = image.rsplit_once(':').unwrap().0;
        // An engine tells the whole name.
        let image = if image == "postgres" { "docker.io/library/postgres" } else { image };
        let user = pod["securityContext"]["runAsUser"].as_u64().unwrap();
        assert_eq!(named(&users, image, "user.uid"), BTreeSet::from([user]), "{image}");
        let listens = list(&pod["containers"][0]["ports"]);
        let listens = listens.iter().map(|port| port["containerPort"].as_u64().unwrap());
        images.entry(image.to_owned()).or_default().extend(listens);
    }
    for (image, expected) in &images {
        assert_eq!(named(&accepts, image, "fd.sport"), *expected, "{image}");
    }
    let known = rules.iter().find(|one| one["list"] == "shop_production_images").unwrap();
    assert_eq!(list(&known["items"]).len(), images.len());
    let kustomization = yaml(&tree, &format!("{POLICIES}falco/kustomization.yaml"));
    assert_eq!(kustomization["configMapGenerator"][0]["files"][0], "rules.yaml");
}

#[test]
fn nothing_of_it_is_applied_with_the_system() {
    let tree = tree(SHOP);
    let listed = yaml(&tree, "kubernetes/production/kustomization.yaml");
    assert!(!listed.to_string().contains("policies"));
}
