//! The Kubernetes Secret that `env secret` prints.

use serde_yaml::Value;

use super::system::System;

/// The keys that an object takes from the Secret, wherever in it.
fn referred(value: &Value, keys: &mut Vec<String>) {
    if let Some(key) = value.get("secretKeyRef").and_then(|of| of["key"].as_str()) {
        keys.push(key.to_owned());
    }
    if value.get("secret").is_some_and(|of| of["secretName"].as_str() == Some("shop-env")) {
        let items = value["secret"]["items"].as_sequence().unwrap();
        keys.extend(items.iter().map(|item| item["key"].as_str().unwrap().to_owned()));
    }
    let below: Vec<&Value> = match value {
        Value::Mapping(mapping) => mapping.values().collect(),
        Value::Sequence(items) => items.iter().collect(),
        _ => Vec::new(),
    };
    for value in below {
        referred(value, keys);
    }
}

#[test]
fn every_key_that_pods_refer_to_is_in_it() {
    let system = System::new();
    system.complete();
    let secret: Value = serde_yaml::from_str(&system.env(&["secret"]).1).unwrap();
    let mut keys = Vec::new();
    for service in ["api", "db"] {
        let folder = system.path("out/kubernetes/production").join(service);
        for file in std::fs::read_dir(folder).unwrap() {
            let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
            referred(&serde_yaml::from_str(&text).unwrap(), &mut keys);
        }
    }
    for expected in ["DB_PASSWORD", "SESSION_KEY", "NOTE"] {
        assert!(keys.iter().any(|key| key == expected), "{keys:?}");
    }
    for key in keys {
        assert!(secret["data"][key.as_str()].is_string(), "{key} is not in the Secret");
    }
}

#[test]
fn the_secret_holds_what_the_operator_alone_knows() {
    let system = System::new();
    system.complete();
    let text = system.read("out/.env.production");
    system.write(&text.replace("LOG_LEVEL=info", "LOG_LEVEL=debug"));
    let (status, said, remarks) = system.env(&["secret"]);
    assert_eq!(status, 0);
    assert_eq!(
        remarks,
        "note: `LOG_LEVEL` is no part of the Secret: Kubernetes has its default from the blueprint\n"
    );
    let secret: Value = serde_yaml::from_str(&said).unwrap();
    assert_eq!(secret["kind"].as_str(), Some("Secret"));
    assert_eq!(secret["metadata"]["name"].as_str(), Some("shop-env"));
    assert_eq!(secret["metadata"]["namespace"].as_str(), Some("shop-production"));
    let keys: Vec<_> =
        secret["data"].as_mapping().unwrap().keys().map(|key| key.as_str().unwrap()).collect();
    let expected = [
        "SITE_URL",
        "DEBUG",
        "NOTE",
        "OWNER",
        "DB_PASSWORD",
        "SESSION_KEY",
        "PAYMENT_KEY",
        "MAIL_KEY",
        "MAP_KEY",
        "CERTIFICATE",
    ];
    assert_eq!(keys, expected);
    assert_eq!(secret["data"]["PAYMENT_KEY"].as_str(), Some("bGl2ZV9odW50ZXIy"));
    assert_eq!(secret["data"]["NOTE"].as_str(), Some(""));
    assert_eq!(
        secret["data"]["CERTIFICATE"].as_str(),
        Some("LS0tLS1CRUdJTi0tLS0tCk1JSUUKLS0tLS1FTkQtLS0tLQo=")
    );
    let Some(judge) = crate::judge::judge("kubernetes-validate") else { return };
    std::fs::write(system.path("secret.yaml"), &said).unwrap();
    let output = std::process::Command::new(judge)
        .args(["--strict", "-k", "1.36"])
        .arg(system.path("secret.yaml"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn a_file_with_problems_gives_no_secret() {
    let system = System::new();
    system.complete();
    let text = system.read("out/.env.production");
    system.write(&text.replace("live_hunter2", "test_hunter2"));
    let (status, said, found) = system.env(&["secret"]);
    assert_eq!((status, said.as_str()), (1, ""));
    assert!(
        found.starts_with("error[env-required-value]: `PAYMENT_KEY` must begin with `live_`"),
        "{found}"
    );
    assert!(found.ends_with("no Secret is printed before these are mended\n"), "{found}");
}
