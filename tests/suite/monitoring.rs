//! Starts Prometheus and Alertmanager on the unmodified compiled files, in front of stand-ins for all that they talk to.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use serde_json::{Value, json};

use crate::compiled;
use crate::judge::judge;
use crate::matrix;

fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/monitoring")
}

/// What Prometheus and the receivers saw; `None`, aloud, where the programs are missing or namespaces are not allowed.
fn live(compose: &Path, mode: &str) -> Option<Value> {
    let python = judge("judge-python")?;
    judge("prometheus")?;
    judge("alertmanager")?;
    let namespaces = ["--mount", "--net", "--pid", "--fork"];
    let allowed = Command::new("unshare").args(namespaces).arg("true").status();
    if !allowed.is_ok_and(|status| status.success()) {
        let is_required = std::env::var_os("FORMWORK_REQUIRE_JUDGES").is_some_and(|it| it == "1");
        assert!(!is_required, "Prometheus is run in namespaces of its own, which takes root");
        eprintln!("skipped: Prometheus is run in namespaces of its own, which takes root");
        return None;
    }
    let debian = python.parent()?.parent()?.join("debian");
    let ran = Command::new("unshare")
        .args(namespaces)
        .arg("--kill-child")
        .args([&python, &here().join("live.py"), &debian, compose])
        .arg(mode)
        .output()
        .expect("python runs");
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    Some(serde_json::from_slice(&ran.stdout).expect("JSON"))
}

/// All targets are read, all rules are evaluated, and no program complains.
fn assert_healthy(what: &str, facts: &Value) {
    for (kind, good) in [("targets", "up"), ("rules", "ok")] {
        let states = facts[kind].as_object().unwrap();
        assert!(!states.is_empty(), "{what} has {kind}: {facts}");
        for (name, state) in states {
            assert_eq!(state, good, "{what}: {name}; {}", facts["log"]);
        }
    }
    assert_eq!(facts["settled"], true, "{what}: {facts}");
    assert!(
        facts["running"].as_array().unwrap().iter().all(|runs| runs == true),
        "{what}: {facts}"
    );
    assert_eq!(facts["log"], json!([]), "{what}");
}

/// The Compose files of production that have a Prometheus.
fn systems() -> Vec<PathBuf> {
    let out = Path::new(env!("CARGO_MANIFEST_DIR")).join("out");
    let mut found: Vec<PathBuf> = std::fs::read_dir(out)
        .unwrap()
        .map(|entry| entry.unwrap().path().join("docker-compose.prod.yml"))
        .filter(|path| path.is_file())
        .collect();
    found.sort();
    assert!(found.len() >= 4, "{found:?}");
    found
}

#[test]
fn every_system_is_watched_as_compiled() {
    thread::scope(|scope| {
        for compose in systems() {
            scope.spawn(move || {
                let Some(facts) = live(&compose, "up") else { return };
                let what = compose.display().to_string();
                assert_healthy(&what, &facts);
                let text = std::fs::read_to_string(&compose).unwrap();
                let file: Value = serde_yaml::from_str(&text).unwrap();
                let has_alertmanager = file["services"].get("alertmanager").is_some();
                matrix::record("prometheus, started", 1, 0);
                matrix::record("alertmanager, started", usize::from(has_alertmanager), 0);
                let found = facts["alertmanagers"].as_array().unwrap().len();
                assert_eq!(found, usize::from(has_alertmanager), "{what}");
            });
        }
    });
}

#[test]
fn an_alert_fires_and_arrives_where_its_severity_and_its_team_say() {
    let text = std::fs::read_to_string(here().join("blueprint.yaml")).unwrap();
    let folder = compiled::written(&compiled::tree(&text));
    let compose = folder.path().join("docker-compose.production.yml");
    let Some(facts) = live(&compose, "fire") else { return };
    assert_healthy("the test's own system", &facts);
    let mut alerts = facts["alerts"].clone();
    alerts.as_object_mut().unwrap().retain(|name, _| name.starts_with("ApiGone"));
    let routed = json!({
        "ApiGone": ["operators", "pager"],
        "ApiGoneForTheShop": ["chat", "shop-team"],
        "ApiGoneForNobody": ["nobody"],
    });
    assert_eq!(alerts, routed);
    let received = &facts["received"];
    let pages = received["pagerduty"].as_array().unwrap();
    assert_eq!(pages.len(), 1, "{received}");
    let page = &pages[0]["body"];
    assert_eq!(page["event_action"], "trigger");
    assert_eq!(page["payload"]["severity"], "critical");
    // The key is the operator's secret, read from its file.
    assert_eq!(page["routing_key"], "the-secret-pagerduty_routing_key");
    let chats = received["slack"].as_array().unwrap();
    assert_eq!(chats.len(), 1, "{received}");
    assert_eq!(chats[0]["path"], "/services/x");
    assert_eq!(chats[0]["body"]["channel"], "#alerts");
    let mut mails = received["mail"].as_array().unwrap().clone();
    mails.sort_by_key(|mail| mail["to"].to_string());
    let mail = |to: &str| json!({ "tls": true, "auth": true, "to": [to] });
    assert_eq!(mails, [mail("ops@shop.test"), mail("shop@shop.test")]);
}
