//! The Kubernetes Secret that `env secret` prints.

use super::system::System;

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
    let secret: serde_yaml::Value = serde_yaml::from_str(&said).unwrap();
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
