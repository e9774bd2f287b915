//! Asks who may ask what of the Kubernetes API, who answers for it, and what pods are scaled by.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Manifests, SCALED, all, list, pod, text, told};

/// The kinds that let an account do something.
const BINDINGS: [&str; 2] = ["RoleBinding", "ClusterRoleBinding"];

/// Namespaces and names of the accounts that are given a role.
fn bound(manifests: &Manifests) -> BTreeSet<(String, String)> {
    let bindings = BINDINGS.into_iter().flat_map(|kind| manifests.of_kind(kind));
    let subjects = bindings.flat_map(|binding| list(&binding["subjects"]));
    let both = |subject: &Value| {
        (text(&subject["namespace"]).to_owned(), text(&subject["name"]).to_owned())
    };
    subjects.map(both).collect()
}

fn scaled() -> Manifests {
    Manifests::of(SCALED, "production")
}

#[test]
fn only_what_is_given_a_role_has_a_token_and_a_way_to_the_api() {
    let mut asking = 0;
    for manifests in all() {
        let bound = bound(manifests);
        for workload in manifests.workloads() {
            let (who, pod) = (told(workload), pod(workload));
            let namespace = text(&workload["metadata"]["namespace"]).to_owned();
            let account = text(&pod["serviceAccountName"]).to_owned();
            let asks = bound.contains(&(namespace, account.clone()));
            assert_eq!(pod["automountServiceAccountToken"], asks, "{who}");
            let policy = manifests.object("NetworkPolicy", text(&workload["metadata"]["name"]));
            let open = list(&policy["spec"]["egress"]).iter().any(|rule| rule["to"].is_null());
            assert_eq!(open, asks, "{who}");
            asking += usize::from(asks);
        }
        for account in manifests.of_kind("ServiceAccount") {
            assert_eq!(account["automountServiceAccountToken"], false, "{}", told(account));
        }
    }
    assert!(asking >= 4, "{asking}");
}

#[test]
fn a_role_lets_look_at_what_is_watched_in_the_systems_own_namespaces_and_at_no_secret() {
    let manifests = scaled();
    let roles: Vec<&Value> = manifests.of_kind("Role").collect();
    let namespaces: BTreeSet<&str> =
        roles.iter().map(|role| text(&role["metadata"]["namespace"])).collect();
    assert_eq!(namespaces, BTreeSet::from(["ledger-production", "ledger-production-agents"]));
    for role in roles {
        for rule in list(&role["rules"]) {
            assert_eq!(rule["verbs"], json!(["list", "watch"]));
            let kinds = rule["resources"].to_string();
            assert!(
                !kinds.contains("secret") && !kinds.contains("configmap") && !kinds.contains('*')
            );
        }
        let namespace = &role["metadata"]["namespace"];
        let mut bindings = manifests.of_kind("RoleBinding");
        let binding = bindings.find(|one| one["metadata"]["namespace"] == *namespace);
        let binding = binding.expect("a binding in the role's namespace");
        assert_eq!(binding["roleRef"]["name"], role["metadata"]["name"]);
        assert_eq!(binding["subjects"][0]["namespace"], "ledger-production");
    }
    let watched = text(
        &manifests.workload("kube-state-metrics")["spec"]["template"]["spec"]["containers"][0]["args"]
            [2],
    );
    assert_eq!(watched, "--namespaces=ledger-production,ledger-production-agents");
}

#[test]
fn the_adapter_answers_for_what_the_autoscaler_asks() {
    let manifests = scaled();
    let api = manifests.object("APIService", "v1beta1.external.metrics.k8s.io");
    let service = &api["spec"]["service"];
    let served = manifests.object("Service", text(&service["name"]));
    assert_eq!(served["metadata"]["namespace"], service["namespace"]);
    assert!(list(&served["spec"]["ports"]).iter().any(|port| port["port"] == service["port"]));
    let policy = manifests.object("NetworkPolicy", text(&service["name"]));
    let from_anybody = list(&policy["spec"]["ingress"]).iter().find(|rule| rule["from"].is_null());
    assert_eq!(from_anybody.expect("a way in")["ports"][0]["port"], service["port"]);
    let bound = manifests
        .of_kind("ClusterRoleBinding")
        .find(|binding| binding["subjects"][0]["name"] == "horizontal-pod-autoscaler");
    let role = manifests.object("ClusterRole", text(&bound.expect("a binding")["roleRef"]["name"]));
    assert_eq!(role["rules"][0]["apiGroups"], json!(["external.metrics.k8s.io"]));
    let config = manifests.known.compiled.tree.get("prometheus-adapter/production/config.yaml");
    let config: Value = serde_yaml::from_str(config.expect("its file").text()).expect("YAML");
    let [measure] = list(&config["externalRules"]) else { panic!("{config}") };
    assert_eq!(measure["metricsQuery"], "sum(rate(http_requests_total{job=\"api\"}[2m]))");
    let asked = &manifests.object("HorizontalPodAutoscaler", "api")["spec"]["metrics"][2];
    assert_eq!(measure["name"]["as"], asked["external"]["metric"]["name"]);
    let probe = &pod(manifests.workload("prometheus-adapter"))["containers"][0]["readinessProbe"];
    assert_eq!(probe["httpGet"]["scheme"], "HTTPS");
}

/// Row E3.
#[test]
fn row_e3_three_to_twenty_replicas_on_processor_memory_and_a_measure_of_its_own() {
    let manifests = scaled();
    let spec = &manifests.object("HorizontalPodAutoscaler", "api")["spec"];
    assert_eq!((&spec["minReplicas"], &spec["maxReplicas"]), (&json!(3), &json!(20)));
    let kinds: Vec<&str> = list(&spec["metrics"]).iter().map(|one| text(&one["type"])).collect();
    assert_eq!(kinds, ["Resource", "Resource", "External"]);
    let names = [0, 1].map(|at| text(&spec["metrics"][at]["resource"]["name"]));
    assert_eq!(names, ["cpu", "memory"]);
    let target = &spec["metrics"][2]["external"]["target"];
    assert_eq!(*target, json!({ "type": "AverageValue", "averageValue": "100" }));
    let policy = |way: &str| &spec["behavior"][way]["policies"];
    let percent =
        |value, seconds| json!([{ "type": "Percent", "value": value, "periodSeconds": seconds }]);
    assert_eq!(*policy("scaleUp"), percent(50, 30));
    assert_eq!(*policy("scaleDown"), percent(10, 60));
    let window = spec["behavior"]["scaleDown"]["stabilizationWindowSeconds"].as_u64();
    assert!(window.is_some_and(|seconds| seconds > 0));
}

#[test]
fn what_a_cluster_does_by_itself_and_what_only_it_needs_stand_in_one_target_alone() {
    let manifests = scaled();
    let compose =
        manifests.known.compiled.tree.get("docker-compose.production.yml").expect("the file");
    let compose: Value = serde_yaml::from_str(compose.text()).expect("YAML");
    let composed = compose["services"].as_object().expect("services");
    for (name, in_compose) in
        [("cadvisor", true), ("kube-state-metrics", false), ("prometheus-adapter", false)]
    {
        assert_eq!(composed.contains_key(name), in_compose, "{name}");
        let in_cluster = manifests.workloads().any(|workload| workload["metadata"]["name"] == name);
        assert_eq!(in_cluster, !in_compose, "{name}");
    }
    assert!(composed.contains_key("blackbox-exporter"));
    manifests.workload("blackbox-exporter");
}

#[test]
fn probes_go_out_to_every_address_but_those_that_hand_out_credentials() {
    let manifests = scaled();
    let policy = manifests.object("NetworkPolicy", "blackbox-exporter");
    let rules = list(&policy["spec"]["egress"]);
    let out = rules.iter().find(|rule| rule["to"][0]["ipBlock"].is_object()).expect("a way out");
    assert_eq!(
        out["to"][0]["ipBlock"],
        json!({ "cidr": "0.0.0.0/0", "except": ["169.254.0.0/16"] })
    );
    let ports: Vec<u64> =
        list(&out["ports"]).iter().filter_map(|port| port["port"].as_u64()).collect();
    assert_eq!(ports, [443, 80]);
}

#[test]
fn what_a_restart_mends_not_is_not_restarted_and_what_must_run_once_never_runs_twice() {
    let manifests = scaled();
    let worker = &pod(manifests.workload("tasks"))["containers"][0];
    assert!(worker["livenessProbe"].is_null() && worker["startupProbe"].is_null(), "{worker}");
    assert!(worker["readinessProbe"]["exec"].is_object(), "{worker}");
    let beat = manifests.workload("beat");
    // It keeps its schedule; of a StatefulSet no pod starts before the last one is gone.
    assert_eq!(beat["kind"], "StatefulSet");
    assert_eq!(beat["spec"]["replicas"], 1);
    assert!(pod(beat)["containers"][0]["livenessProbe"]["exec"].is_object());
}
