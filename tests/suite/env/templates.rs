//! The templates that are compiled, and what git makes of them.

use std::process::Command;

use formwork::format::quote::dotenv::{Value, parse};

use super::system::System;

#[test]
fn templates_are_documented() {
    let system = System::new();
    insta::assert_snapshot!("environment", system.read("out/.env.production.template"));
    insta::assert_snapshot!("application", system.read("out/env/api.production.template"));
}

#[test]
fn a_template_reads_back_as_its_defaults() {
    let system = System::new();
    let entries = parse(&system.read("out/.env.staging.template")).unwrap();
    let value = |name: &str| {
        let found = entries.iter().find(|entry| entry.name == name).unwrap();
        match &found.value {
            Value::Literal(text) => text.clone(),
            other => panic!("{name}: {other:?}"),
        }
    };
    assert_eq!(value("GREETING"), "Hello, it's #1");
    assert_eq!(value("DEBUG"), "", "what production demands is not proposed to staging");
    assert_eq!(value("DB_PASSWORD"), "");
    assert!(entries.iter().all(|entry| entry.name != "REGION"), "the blueprint sets it");
}

#[test]
fn git_keeps_templates_and_nothing_that_is_filled_in() {
    let system = System::of(&super::system::BLUEPRINT.replacen(
        "name: shop",
        "name: shop\noutput: { env_suffix: example }",
        1,
    ));
    let out = system.path("out");
    let git = |arguments: &[&str]| {
        Command::new("git").current_dir(&out).args(arguments).output().unwrap()
    };
    assert!(git(&["init", "-q"]).status.success());
    let ignored = |path: &str| git(&["check-ignore", "-q", path]).status.success();
    for path in [
        ".env",
        ".env.production",
        ".env.production.bak",
        ".env.x.tmp",
        "secrets/production/db_password",
    ] {
        assert!(ignored(path), "{path} would be committed");
    }
    for path in
        [".env.production.example", "env/api.production.example", "docker-compose.production.yml"]
    {
        assert!(out.join(path).exists() && !ignored(path), "{path} would not be committed");
    }
}
