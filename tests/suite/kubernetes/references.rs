//! Follows every name that one object has of another, and every key.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Manifests, all, container, list, pod, selects, text, told};

/// The keys of the `Secret`: those that are fetched for it, or those of the comment of its template.
fn secret_keys(manifests: &Manifests) -> BTreeSet<String> {
    let fetched: BTreeSet<String> = manifests
        .of_kind("ExternalSecret")
        .flat_map(|secret| list(&secret["spec"]["data"]))
        .map(|one| text(&one["secretKey"]).to_owned())
        .collect();
    if !fetched.is_empty() {
        return fetched;
    }
    let keys = manifests.secret_template().split_once("Its keys:").expect("keys").1;
    let keys = keys.lines().filter_map(|line| line.strip_prefix("#   "));
    keys.filter_map(|line| Some(line.split_once(':')?.0.to_owned())).collect()
}

fn has_keys(manifests: &Manifests, kind: &str, name: &str, keys: &[&str], who: &str) {
    if kind == "Secret" {
        let known = secret_keys(manifests);
        assert!(keys.iter().all(|key| known.contains(*key)), "{who}: {keys:?} of {known:?}");
        assert!(name.ends_with("-env"));
        return;
    }
    let data = &manifests.object(kind, name)["data"];
    assert!(keys.iter().all(|key| data[*key].is_string()), "{who}: {keys:?} of {name}");
}

#[test]
fn variables_name_objects_and_keys_that_exist() {
    let mut seen = 0;
    for manifests in all() {
        for workload in manifests.workloads() {
            let mut names = BTreeSet::new();
            for variable in list(&container(workload)["env"]) {
                assert!(names.insert(text(&variable["name"])), "{}: {variable}", told(workload));
                let from = &variable["valueFrom"];
                for (kind, reference) in
                    [("Secret", &from["secretKeyRef"]), ("ConfigMap", &from["configMapKeyRef"])]
                {
                    if reference.is_object() {
                        let key = text(&reference["key"]);
                        let name = text(&reference["name"]);
                        has_keys(manifests, kind, name, &[key], &told(workload));
                        seen += 1;
                    }
                }
            }
        }
    }
    assert!(seen > 5, "{seen} references");
}

#[test]
fn volumes_name_objects_and_keys_that_exist_and_every_mount_a_volume() {
    for manifests in all() {
        for workload in manifests.workloads() {
            let mut names: BTreeSet<&str> = BTreeSet::new();
            for volume in list(&pod(workload)["volumes"]) {
                assert!(names.insert(text(&volume["name"])), "{}: {volume}", told(workload));
                volume_exists(manifests, workload, volume);
            }
            for claim in list(&workload["spec"]["volumeClaimTemplates"]) {
                names.insert(text(&claim["metadata"]["name"]));
            }
            let mounts = list(&container(workload)["volumeMounts"]);
            let mounted: BTreeSet<&str> = mounts.iter().map(|one| text(&one["name"])).collect();
            assert_eq!(mounted, names, "{}", told(workload));
        }
    }
}

fn volume_exists(manifests: &Manifests, workload: &Value, volume: &Value) {
    let who = told(workload);
    let keys = |source: &Value| -> Vec<String> {
        list(&source["items"]).iter().map(|item| text(&item["key"]).to_owned()).collect()
    };
    for (kind, source, name) in
        [("ConfigMap", &volume["configMap"], "name"), ("Secret", &volume["secret"], "secretName")]
    {
        if source.is_object() {
            let keys = keys(source);
            let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
            has_keys(manifests, kind, text(&source[name]), &keys, &who);
        }
    }
    let claim = &volume["persistentVolumeClaim"]["claimName"];
    if claim.is_string() {
        let claim = manifests.object("PersistentVolumeClaim", text(claim));
        let shared = claim["spec"]["accessModes"][0] == "ReadWriteMany";
        let recreated = workload["spec"]["strategy"]["type"] == "Recreate";
        let alone = recreated && workload["spec"]["replicas"] == 1;
        assert!(shared || alone, "{who} mounts {claim}");
    }
}

#[test]
fn accounts_selectors_and_headless_services_are_there() {
    for manifests in all() {
        for workload in manifests.workloads() {
            let who = told(workload);
            let account = text(&pod(workload)["serviceAccountName"]);
            let account = manifests.object("ServiceAccount", account);
            assert_eq!(account["metadata"]["namespace"], workload["metadata"]["namespace"]);
            let labels = &workload["spec"]["template"]["metadata"]["labels"];
            let selector = &workload["spec"]["selector"]["matchLabels"];
            assert!(selects(selector, labels), "{who}");
            assert!(selector["app.kubernetes.io/version"].is_null(), "{who}");
            if workload["kind"] == "StatefulSet" {
                let name = text(&workload["spec"]["serviceName"]);
                let headless = manifests.object("Service", name);
                assert_eq!(headless["spec"]["clusterIP"], "None");
                assert!(selects(&headless["spec"]["selector"], labels), "{who}");
            }
        }
        let everywhere = ["Namespace", "ClusterRole", "ClusterRoleBinding", "APIService"];
        for object in manifests.objects() {
            let namespace = text(&object["metadata"]["namespace"]);
            if everywhere.contains(&text(&object["kind"])) {
                assert_eq!(namespace, "", "{}", told(object));
            } else if namespace != "kube-system" {
                manifests.object("Namespace", namespace);
            } else {
                // The cluster's own: what is put there lets ask, and nothing else.
                assert_eq!(object["kind"], "RoleBinding", "{}", told(object));
            }
        }
    }
}

#[test]
fn ports_are_declared_where_they_are_named() {
    for manifests in all() {
        for workload in manifests.workloads() {
            let container = container(workload);
            let ports: Vec<&str> =
                list(&container["ports"]).iter().map(|port| text(&port["name"])).collect();
            for probe in ["startupProbe", "livenessProbe", "readinessProbe"] {
                for action in ["httpGet", "tcpSocket"] {
                    let port = &container[probe][action]["port"];
                    assert!(
                        port.is_null() || ports.contains(&text(port)),
                        "{} {probe}: {port} of {ports:?}",
                        told(workload)
                    );
                }
            }
        }
        for service in
            manifests.of_kind("Service").filter(|one| one["spec"]["selector"].is_object())
        {
            let workload = manifests
                .workloads()
                .find(|workload| {
                    let labels = &workload["spec"]["template"]["metadata"]["labels"];
                    selects(&service["spec"]["selector"], labels)
                        && workload["metadata"]["namespace"] == service["metadata"]["namespace"]
                })
                .unwrap_or_else(|| panic!("{} selects nothing", told(service)));
            for port in list(&service["spec"]["ports"]) {
                let target = list(&container(workload)["ports"])
                    .iter()
                    .find(|known| known["name"] == port["targetPort"]);
                let target = target.unwrap_or_else(|| panic!("{}: {port}", told(service)));
                assert_eq!(target["containerPort"], port["port"], "{}", told(service));
            }
        }
    }
}

#[test]
fn budgets_and_autoscalers_name_what_runs_and_never_block_a_drain() {
    let manifests = Manifests::shop();
    let api = manifests.workload("api");
    assert!(api["spec"]["replicas"].is_null(), "the autoscaler decides");
    let scaler = manifests.object("HorizontalPodAutoscaler", "api");
    assert_eq!(scaler["spec"]["scaleTargetRef"]["kind"], api["kind"]);
    assert_eq!(scaler["spec"]["minReplicas"], 2);
    assert_eq!(scaler["spec"]["metrics"][0]["resource"]["target"]["averageUtilization"], 70);
    assert_eq!(manifests.workload("web")["spec"]["replicas"], 3);
    let budgets: Vec<&str> = manifests
        .of_kind("PodDisruptionBudget")
        .map(|budget| {
            assert!(budget["spec"]["maxUnavailable"].as_u64().is_some_and(|most| most > 0));
            assert_eq!(budget["spec"]["unhealthyPodEvictionPolicy"], "AlwaysAllow");
            text(&budget["metadata"]["name"])
        })
        .collect();
    assert_eq!(budgets, ["api", "web"]);
}

#[test]
fn the_secret_is_a_template_that_is_never_applied_and_does_no_harm() {
    for manifests in all() {
        for (path, object) in &manifests.files {
            if object["kind"] == "Secret" {
                assert!(path.ends_with(".template.yaml"), "{path}");
                assert!(object["data"].is_null() && object["stringData"].is_null(), "{path}");
            }
            for list in ["resources", "components"] {
                let listed = object[list].as_array().into_iter().flatten();
                assert!(listed.into_iter().all(|one| !text(one).contains("/secret-")), "{path}");
            }
        }
    }
}

/// The author's names and paths never meet those that we make up.
#[test]
fn volumes_of_a_pod_have_names_of_their_own() {
    let tree = crate::compiled::tree(
        "blueprint: v1\nname: shop\nservices:\n  api:\n    image: \"ghcr.io/example/api:1.4.2\"\n    \
         variables: [app]\n    volumes: { memory-a-b: /one, secrets: /two, scratch: /tmp }\n    \
         tmpfs: { /a/b: 16Mi, /a-b: 16Mi }\nvariables:\n  app: { KEY: { secret: true } }\n",
    );
    let path = "kubernetes/production/api/statefulset-api.yaml";
    let workload = crate::compiled::yaml(&tree, path);
    let claims = list(&workload["spec"]["volumeClaimTemplates"]);
    let claims = claims.iter().map(|claim| text(&claim["metadata"]["name"]));
    let names: Vec<&str> = claims
        .chain(list(&pod(&workload)["volumes"]).iter().map(|volume| text(&volume["name"])))
        .collect();
    assert_eq!(names, ["memory-a-b", "scratch", "secrets", "memory-a-b-2", "memory-a-b-3"]);
    let mounts = list(&container(&workload)["volumeMounts"]);
    let mounted: Vec<(&str, &str)> =
        mounts.iter().map(|mount| (text(&mount["name"]), text(&mount["mountPath"]))).collect();
    let expected = [
        ("memory-a-b", "/one"),
        ("scratch", "/tmp"),
        ("secrets", "/two"),
        ("memory-a-b-2", "/a-b"),
        ("memory-a-b-3", "/a/b"),
    ];
    assert_eq!(mounted, expected);
}
