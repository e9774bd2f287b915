//! Plays the part of the kubelet: what containers find in their environment and commands.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::Value;

use super::{Manifests, container, list, text};

/// What the operator keeps in the `Secret`: as hostile as a password may be.
fn secret(key: &str) -> String {
    match key {
        "PRICE" => "5 $(CURRENCY) \"$$".to_owned(),
        _ => format!("{}-p4$w'o#r d", key.to_lowercase()),
    }
}

/// `$(NAME)` by what stands before, `$$` as `$` (`kubernetes/kubernetes:third_party/forked/golang/expansion/expand.go`).
fn expand(text: &str, known: &BTreeMap<String, String>) -> String {
    let (mut out, mut rest) = (String::new(), text);
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('$') {
            out.push('$');
            rest = after;
        } else if let Some((name, after)) =
            rest.strip_prefix('(').and_then(|one| one.split_once(')'))
        {
            out.push_str(known.get(name).unwrap_or_else(|| panic!("$({name}) stands for nothing")));
            rest = after;
        } else {
            out.push('$');
        }
    }
    out + rest
}

fn environment(manifests: &Manifests, workload: &Value) -> BTreeMap<String, String> {
    let mut known = BTreeMap::new();
    for variable in list(&container(workload)["env"]) {
        let from = &variable["valueFrom"];
        let value = match (&from["secretKeyRef"], &from["configMapKeyRef"]) {
            (Value::Object(reference), _) => secret(text(&reference["key"])),
            (_, Value::Object(reference)) => {
                let map = manifests.object("ConfigMap", text(&reference["name"]));
                text(&map["data"][text(&reference["key"])]).to_owned()
            }
            _ => expand(text(&variable["value"]), &known),
        };
        known.insert(text(&variable["name"]).to_owned(), value);
    }
    known
}

#[test]
fn texts_are_composed_of_what_the_operator_set() {
    let manifests = Manifests::shop();
    let found = environment(&manifests, manifests.workload("api"));
    let expected = [
        ("DATABASE_URL", "postgresql://app:db_password-p4$w'o#r d@db:5432/app"),
        ("CACHE_URL", "redis://:cache_password-p4$w'o#r d@cache:6379/0"),
        ("GREETING", "a $(literal) in $$HOME costs 5 $(CURRENCY) \"$$ EUR"),
        ("PRICE", "about 5 $(CURRENCY) \"$$"),
        ("CURRENCY", "EUR"),
        ("LOG_LEVEL", "INFO"),
        ("API_TOKEN", "api_token-p4$w'o#r d"),
    ];
    for (name, value) in expected {
        assert_eq!(found[name], value, "{name}");
    }
}

#[test]
fn commands_get_values_and_keep_what_only_looks_like_one() {
    let manifests = Manifests::shop();
    let worker = manifests.workload("worker");
    let known = environment(&manifests, worker);
    let args: Vec<String> =
        list(&container(worker)["args"]).iter().map(|word| expand(text(word), &known)).collect();
    assert_eq!(args, ["work", "--token=api_token-p4$w'o#r d", "--queue", "$(queue)"]);
}

/// The kubelet expands nothing in a probe: a shell in the container does.
#[test]
fn probes_get_values_from_a_shell() {
    let manifests = Manifests::shop();
    let worker = manifests.workload("worker");
    let words: Vec<&str> =
        list(&container(worker)["readinessProbe"]["exec"]["command"]).iter().map(text).collect();
    let [shell, flag, script] = words[..] else { panic!("{words:?}") };
    let script = script.replacen("exec work", "printf '%s|'", 1);
    let output = Command::new(shell)
        .args([flag, &script])
        .envs(environment(&manifests, worker))
        .output()
        .expect("a shell");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "check|--token=api_token-p4$w'o#r d|");
}

#[test]
fn no_secret_stands_in_an_object() {
    let manifests = Manifests::shop();
    let config = &manifests.object("ConfigMap", "shop-config")["data"];
    assert_eq!(*config, serde_json::json!({ "CURRENCY": "EUR", "LOG_LEVEL": "INFO" }));
    for workload in manifests.workloads() {
        for variable in list(&container(workload)["env"]) {
            let name = text(&variable["name"]);
            let secret = ["TOKEN", "PASSWORD", "_DSN"].iter().any(|part| name.ends_with(part));
            assert!(!secret || variable["value"].is_null(), "{variable}");
        }
    }
    let dsn = list(&container(manifests.workload("api"))["env"])
        .iter()
        .find(|variable| variable["name"] == "SENTRY_DSN")
        .expect("the variable");
    assert_eq!(dsn["valueFrom"]["secretKeyRef"]["optional"], true);
}

#[test]
fn a_change_of_configuration_rolls_the_pods_that_read_it() {
    let manifests = Manifests::shop();
    let checksum = |manifests: &Manifests, name: &str| {
        let annotations = &manifests.workload(name)["spec"]["template"]["metadata"]["annotations"];
        annotations["checksum/config"].clone()
    };
    assert!(checksum(&manifests, "api").is_string());
    assert!(checksum(&manifests, "worker").is_null());
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("shop.yaml");
    let blueprint = std::fs::read_to_string(super::SHOP).expect("the blueprint");
    std::fs::write(&path, blueprint.replace("default: EUR", "default: CHF")).expect("a file");
    let changed = Manifests::of(path.to_str().expect("UTF-8"), "production");
    assert_ne!(checksum(&changed, "api"), checksum(&manifests, "api"));
    assert_eq!(checksum(&changed, "db-exporter"), checksum(&manifests, "db-exporter"));
}
