//! Holds every pod against the Pod Security Standards and what scanners ask beyond them.
//!
//! Source: kubernetes/pod-security-admission:policy/check_*.go, zegl/kube-score:README_CHECKS.md,
//! stackrox/kube-linter:internal/defaultchecks, and checkov's `CKV_K8S` rules.

use serde_json::{Value, json};

use super::{Manifests, all, container, list, pod, text, told};

/// The kinds of volume that the level `restricted` admits, of those that are compiled.
const VOLUMES: &[&str] = &["configMap", "emptyDir", "persistentVolumeClaim", "projected", "secret"];

fn is_agent(workload: &Value) -> bool {
    text(&workload["metadata"]["namespace"]).ends_with("-agents")
}

#[test]
fn namespaces_are_restricted_but_for_what_sees_the_host() {
    for manifests in all() {
        for namespace in manifests.of_kind("Namespace") {
            let labels = &namespace["metadata"]["labels"];
            let agents = text(&namespace["metadata"]["name"]).ends_with("-agents");
            let level = |mode: &str| &labels[format!("pod-security.kubernetes.io/{mode}")];
            assert_eq!(level("enforce"), if agents { "privileged" } else { "restricted" });
            assert_eq!(level("audit"), "restricted");
            assert_eq!(level("warn"), "restricted");
        }
    }
    let shop = Manifests::shop();
    assert_eq!(shop.of_kind("Namespace").count(), 2);
    let path =
        "kubernetes/production/components/monitoring/_agents/namespace-shop-production-agents.yaml";
    let why = shop.known.compiled.tree.get(path).expect("the namespace").text();
    assert!(
        why.contains("# Not `restricted`: `node-exporter` sees the host's file systems."),
        "{why}"
    );
}

#[test]
fn every_pod_is_restricted_but_what_sees_the_host() {
    for manifests in all() {
        for workload in manifests.workloads() {
            let (who, pod, container) = (told(workload), pod(workload), container(workload));
            let security = &pod["securityContext"];
            assert_eq!(security["runAsNonRoot"], true, "{who}");
            assert!(security["runAsUser"].as_u64().is_some_and(|user| user > 0), "{who}");
            assert!(security["runAsGroup"].is_u64() && security["fsGroup"].is_u64(), "{who}");
            assert_eq!(security["seccompProfile"]["type"], "RuntimeDefault", "{who}");
            assert_eq!(pod["enableServiceLinks"], false, "{who}");
            let own = &container["securityContext"];
            assert_eq!(own["allowPrivilegeEscalation"], false, "{who}");
            assert_eq!(own["capabilities"]["drop"], json!(["ALL"]), "{who}");
            let added = &own["capabilities"]["add"];
            assert!(added.is_null() || *added == json!(["NET_BIND_SERVICE"]), "{who}");
            assert!(pod["hostNetwork"].is_null() && pod["hostIPC"].is_null(), "{who}");
            for volume in list(&pod["volumes"]) {
                let kinds = volume.as_object().expect("a volume").keys();
                let kind = kinds.filter(|key| *key != "name").collect::<Vec<_>>();
                let [kind] = kind[..] else { panic!("{who}: {volume}") };
                let admitted = VOLUMES.contains(&kind.as_str());
                assert!(admitted || (is_agent(workload) && kind == "hostPath"), "{who}: {kind}");
            }
            assert!(is_agent(workload) || pod["hostPID"].is_null(), "{who}");
        }
    }
}

#[test]
fn containers_have_limits_a_pinned_image_and_a_root_that_cannot_be_written() {
    for manifests in all() {
        for workload in manifests.workloads() {
            let (who, container) = (told(workload), container(workload));
            for amounts in ["requests", "limits"] {
                for what in ["cpu", "memory", "ephemeral-storage"] {
                    assert!(container["resources"][amounts][what].is_string(), "{who}: {what}");
                }
            }
            let image = text(&container["image"]);
            assert!(
                image.rsplit_once(':').is_some_and(|(_, tag)| tag != "latest"),
                "{who}: {image}"
            );
            assert_eq!(container["imagePullPolicy"], "Always", "{who}");
            let annotations = &workload["metadata"]["annotations"];
            let read_only = &container["securityContext"]["readOnlyRootFilesystem"];
            assert_eq!(*read_only, text(&workload["metadata"]["name"]) != "worker", "{who}");
            if *read_only == false {
                assert_eq!(
                    annotations["ignore-check.kube-linter.io/no-read-only-root-fs"],
                    "the worker unpacks archives beside its program",
                );
                assert_eq!(
                    annotations["checkov.io/skip1"],
                    "CKV_K8S_22=the worker unpacks archives beside its program",
                );
            }
            for volume in list(&pod(workload)["volumes"]) {
                let empty = &volume["emptyDir"];
                assert!(empty.is_null() || empty["sizeLimit"].is_string(), "{who}: {volume}");
                let secret = &volume["secret"];
                assert!(secret.is_null() || secret["defaultMode"] == 0o440, "{who}: {volume}");
            }
        }
    }
}

#[test]
fn a_user_id_that_a_node_may_know_is_told_to_scanners() {
    let manifests = Manifests::shop();
    for workload in manifests.workloads() {
        let security = &pod(workload)["securityContext"];
        let low = security["runAsUser"].as_u64() < Some(10_000);
        let annotations = workload["metadata"]["annotations"].as_object();
        let waived = annotations
            .is_some_and(|all| all.values().any(|value| text(value).starts_with("CKV_K8S_40=")));
        assert_eq!(waived, low, "{}", told(workload));
    }
}

#[test]
fn probes_differ_and_leave_time_to_start() {
    for manifests in all() {
        for workload in manifests.workloads() {
            let (who, container) = (told(workload), container(workload));
            let probe = |name: &str| &container[name];
            let [startup, live, ready] =
                ["startupProbe", "livenessProbe", "readinessProbe"].map(probe);
            // A restart of what waits for a broker mends nothing: it has no port, and is asked by a command alone.
            if live.is_null() {
                assert!(container["ports"].is_null() && startup.is_null(), "{who}");
                assert!(ready["exec"].is_object(), "{who}");
                continue;
            }
            assert!(startup.is_object() && live.is_object() && ready.is_object(), "{who}");
            assert!(startup != live && live != ready && ready != startup, "{who}");
        }
    }
    let shop = Manifests::shop();
    let api = container(shop.workload("api"));
    assert_eq!(api["livenessProbe"]["httpGet"], json!({ "path": "/live", "port": "http" }));
    assert_eq!(api["readinessProbe"]["httpGet"]["path"], "/ready");
    // 40 s to start, then 3 failures 15 s apart.
    assert_eq!(api["startupProbe"]["failureThreshold"], 17);
    assert_eq!(api["startupProbe"]["periodSeconds"], 5);
}

#[test]
fn pods_stop_as_their_program_wants_it() {
    let shop = Manifests::shop();
    let worker = shop.workload("worker");
    assert_eq!(container(worker)["lifecycle"], json!({ "stopSignal": "SIGINT" }));
    assert_eq!(pod(worker)["os"]["name"], "linux");
    assert_eq!(pod(worker)["terminationGracePeriodSeconds"], 20);
    let api = shop.workload("api");
    assert_eq!(container(api)["lifecycle"], json!({ "preStop": { "sleep": { "seconds": 5 } } }));
    assert_eq!(pod(api)["terminationGracePeriodSeconds"], 35);
}

#[test]
fn replicas_are_spread_and_replaced_one_by_one() {
    let shop = Manifests::shop();
    for workload in shop.workloads() {
        let replicated = ["api", "web"].contains(&text(&workload["metadata"]["name"]));
        let spread = list(&pod(workload)["topologySpreadConstraints"]);
        assert_eq!(spread.len(), if replicated { 2 } else { 0 }, "{}", told(workload));
        let selector = &workload["spec"]["selector"];
        assert!(spread.iter().all(|one| one["labelSelector"] == *selector));
        if replicated {
            let update = &workload["spec"]["strategy"]["rollingUpdate"];
            assert_eq!(update["maxUnavailable"], 0);
            let terms = &pod(workload)["affinity"]["podAntiAffinity"];
            let term = &terms["preferredDuringSchedulingIgnoredDuringExecution"][0];
            assert_eq!(term["podAffinityTerm"]["labelSelector"], *selector);
        }
    }
}
