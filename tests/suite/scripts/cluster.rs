//! Validates a cluster, with a stand-in for `kubectl`, and builds images securely, with stand-ins for what scans and signs.

use std::fs;

use serde_json::{Value, json};

use super::machine::Machine;

const SCRIPT: &str = "validate-kubernetes.sh";

/// The categories of rows E13 and E14.
const CATEGORIES: [&str; 6] =
    ["pods", "connectivity", "database", "security", "monitoring", "performance"];

fn told(machine: &Machine, only: &str, status: i32) -> Value {
    let arguments = ["production", "--json", "--requests", "1", "--only", only];
    let run = machine.run(SCRIPT, &arguments).exits(status);
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:#?}"))
}

fn findings(told: &Value, category: &str, state: &str) -> Vec<String> {
    let categories = told["categories"].as_array().unwrap();
    let one = categories.iter().find(|one| one["name"] == category).unwrap();
    let found = one["findings"].as_array().unwrap().iter().filter(|one| one["state"] == state);
    found
        .map(|one| {
            format!("{} {}", one["about"].as_str().unwrap(), one["message"].as_str().unwrap())
        })
        .collect()
}

#[test]
fn row_e13_a_deployment_is_validated_in_pods_connectivity_database_security_and_monitoring() {
    let machine = Machine::with("out/vibe-ensemble");
    let help = machine.run(SCRIPT, &["--help"]).exits(0).stdout;
    for category in CATEGORIES {
        assert!(help.contains(&format!("\n  {category} ")), "{category}: {help}");
    }
    // Nothing listens on port 443 here: routes are tried elsewhere.
    let found = told(&machine, "pods,connectivity,database,security,monitoring", 1);
    let failed = findings(&found, "connectivity", "fail");
    assert!(failed.iter().all(|one| one.contains("https://")), "{failed:#?}");
    for category in ["pods", "database", "security", "monitoring"] {
        assert_eq!(findings(&found, category, "fail"), Vec::<String>::new());
    }
    let ok = |category: &str, text: &str| {
        let found = findings(&found, category, "ok");
        assert!(found.iter().any(|one| one.contains(text)), "{text}: {found:#?}");
    };
    ok("pods", "deployment/vibe-ensemble is rolled out");
    ok("pods", "statefulset/db is rolled out");
    ok("connectivity", "service/db has 2 addresses");
    ok("connectivity", "gateway/vibe-ensemble has the address 127.0.0.1");
    ok("database", "db answers in its pod");
    ok("security", "namespace/vibe-ensemble-production enforces restricted");
    ok("security", "networkpolicy/default-deny is there");
    ok("security", "serviceaccount/vibe-ensemble may not read secrets");
    ok("monitoring", "servicemonitor/vibe-ensemble is there");
    // Rows E3, E10 and E14: the autoscaler's measures come through an adapter.
    ok("monitoring", "apiservice/v1beta1.external.metrics.k8s.io is available");
    ok("monitoring", "autoscaler/vibe-ensemble has its measures");
    // Nothing is changed.
    for call in machine.calls() {
        let reads = ["get ", "version ", "rollout status", "auth can-i", "exec "];
        assert!(reads.iter().any(|word| call.contains(word)), "{call}");
    }
}

#[test]
fn row_e13_what_is_wrong_in_a_cluster_is_told_where_it_is() {
    let machine = Machine::with("out/vibe-ensemble");
    for (words, answer, category, expected) in [
        ("rollout status deployment/vibe-ensemble", json!(1), "pods", "deployment/vibe-ensemble"),
        (
            "status.phase}{\"\\t",
            json!("web\tRunning\t7 CrashLoopBackOff;"),
            "pods",
            "web is Running: 7 CrashLoopBackOff;",
        ),
        ("service-name=db ", json!(""), "connectivity", "service/db has no pod"),
        ("exec statefulset/db", json!(1), "database", "db does not answer"),
        ("pod-security", json!("privileged"), "security", "enforces privileged, not restricted"),
        (
            "get networkpolicy default-deny",
            json!(1),
            "security",
            "networkpolicy/default-deny is missing",
        ),
        ("vibe-ensemble-production:vibe-ensemble", json!("yes"), "security", "may read secrets"),
        ("allowPrivilegeEscalation", json!("one\ttrue"), "security", "one may gain privileges"),
        ("Available", json!("False"), "monitoring", "is not available"),
        ("ScalingActive", json!("False"), "monitoring", "lacks a measure"),
    ] {
        machine.cluster(&json!({ words: answer }));
        let found = told(&machine, category, 1);
        let failed = findings(&found, category, "fail");
        assert!(failed.iter().any(|one| one.contains(expected)), "{words}: {failed:#?}");
    }
    machine.cluster(&json!({ "version --output=json": 1 }));
    machine.run(SCRIPT, &["production"]).exits(2).complains("the cluster does not answer");
}

#[test]
fn row_e14_a_baseline_of_performance_is_measured_and_compared() {
    let machine = Machine::with("out/vibe-ensemble");
    let only = ["production", "--only", "performance", "--requests", "2", "--max-p95", "60000"];
    let record = [only.as_slice(), &["--record"]].concat();
    let run = machine.run(SCRIPT, &record).exits(0);
    assert!(run.stdout.contains("db: 95 % take up to"), "{run:#?}");
    let baseline = fs::read_to_string(machine.state().join("baseline")).unwrap();
    let measured: Vec<&str> =
        baseline.lines().map(|line| line.split('\t').next().unwrap()).collect();
    assert!(measured.contains(&"db"), "{baseline}");
    assert!(measured.contains(&"https://ensemble.yourdomain.com/ws"), "{baseline}");
    fs::write(machine.state().join("baseline"), "db\t-1000\n").unwrap();
    machine.run(SCRIPT, &only).exits(0).says("more than twice the recorded");
    let strict = [only.as_slice(), &["--max-p95", "1"]].concat();
    machine.run(SCRIPT, &strict).exits(1).says("more than 1 ms");
}

#[test]
fn row_e13_images_are_scanned_listed_and_signed_in_this_order() {
    let machine = Machine::with("out/vibe-ensemble");
    machine.run("secure-build.sh", &["production", "--push"]).exits(0);
    let calls = machine.calls();
    let image = "ghcr.io/example/vibe-ensemble:0.5.0";
    let position = |text: &str| {
        let found = calls.iter().position(|call| call.contains(text));
        found.unwrap_or_else(|| panic!("no {text:?} in {calls:#?}"))
    };
    let order = [
        position(" build"),
        position("trivy image --scanners vuln,secret --format sarif"),
        position("--severity HIGH,CRITICAL --ignore-unfixed --exit-code 10"),
        position(&format!("syft scan docker:{image} --output spdx-json=")),
        position(&format!("push --quiet {image}")),
        position("cosign sign --yes ghcr.io/example/vibe-ensemble@sha256:"),
        position("cosign attest --yes --type spdxjson --predicate"),
    ];
    assert!(order.is_sorted(), "{order:?} {calls:#?}");
    // Ready-made images are scanned where that is asked for.
    assert!(!calls.iter().any(|call| call.contains("library/postgres")));
    machine.run("secure-build.sh", &["production", "--all"]).exits(0);
    assert!(
        machine
            .calls()
            .iter()
            .any(|call| call.contains("trivy") && call.contains("library/postgres"))
    );
}

#[test]
fn row_e13_what_has_findings_is_neither_pushed_nor_signed() {
    let machine = Machine::with("out/vibe-ensemble");
    machine.plan(&json!({ "trivy": 10 }));
    machine.run("secure-build.sh", &["production", "--push"]).exits(1).complains("have findings");
    assert!(
        !machine
            .calls()
            .iter()
            .any(|call| call.contains("push --quiet") || call.contains("cosign"))
    );
    machine.plan(&json!({ "trivy": 1 }));
    machine.run("secure-build.sh", &["production"]).exits(2).complains("could not be scanned");
}
