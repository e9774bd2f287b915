//! Proves that the comparison finds what differs: each change to one form of an environment that agrees is a finding.

use std::path::Path;
use std::sync::LazyLock;

use super::Environment;
use super::compare::{Used, compare};
use super::side::{Health, Service};

fn production(system: &str) -> Environment {
    let out = Path::new(env!("CARGO_MANIFEST_DIR")).join("out").join(system);
    let environment = Environment::read(&out, "production");
    assert_eq!(compare(&environment, &mut Used::default()), [""; 0]);
    environment
}

static VULNZERO: LazyLock<Environment> = LazyLock::new(|| production("vulnzero"));
static AGENTHUB: LazyLock<Environment> = LazyLock::new(|| production("agenthub"));

fn service<'a>(environment: &'a mut Environment, name: &str) -> &'a mut Service {
    environment.kubernetes.services.get_mut(name).unwrap()
}

/// What is found once something was changed; nothing is before.
fn found(environment: &Environment, change: impl FnOnce(&mut Environment)) -> Vec<String> {
    let mut environment = environment.clone();
    change(&mut environment);
    compare(&environment, &mut Used::default())
}

/// Changes a fact of `api`, which both forms state alike.
fn fact(name: &str, value: &str) {
    let found = found(&VULNZERO, |environment| {
        let facts = &mut service(environment, "api").facts;
        let old = facts.insert(name.to_owned(), value.to_owned());
        assert!(old.is_some_and(|old| old != value), "{name}");
    });
    let [one] = &found[..] else { panic!("{name}: {found:?}") };
    assert!(one.starts_with(&format!("api: {name} is Some(")), "{one}");
    assert!(one.ends_with(&format!("Some({value:?}) in Kubernetes")), "{one}");
}

#[test]
fn a_changed_fact_is_found() {
    for (name, value) in [
        ("image", "ghcr.io/example/vulnzero-api:2.4.1"),
        ("command", "uvicorn"),
        ("entrypoint", "sh"),
        ("variable DATABASE_PORT", "5433"),
        ("variable LOG_LEVEL", "${DEBUG}"),
        ("variable LOG_LEVEL", "INFO"),
        ("variable SENTRY_DSN", "${SENTRY_DSN}"),
        ("variable REDIS_URL", "redis://redis:6379/0"),
        ("secret file /run/secrets/ssl_key", "ssl_cert"),
        ("limit of memory", "1"),
        ("limit of processor", "1"),
        ("request of memory", "1"),
        ("request of processor", "1"),
        ("user", "0:0"),
        ("read-only root", "false"),
        ("capabilities added", "NET_RAW"),
        ("replicas", "2"),
        ("mount /tmp", "volume, written"),
        ("interval of health", "16"),
        ("timeout of health", "6"),
        ("retries of health", "4"),
        ("seconds to stop", "39"),
        ("profile", "debugging"),
        ("containers", "2"),
    ] {
        fact(name, value);
    }
}

#[test]
fn a_fact_of_one_form_is_found() {
    for name in
        ["variable LOG_LEVEL", "secret file /run/secrets/ssl_key", "limit of memory", "mount /tmp"]
    {
        let only_compose = found(&VULNZERO, |environment| {
            service(environment, "api").facts.remove(name).unwrap();
        });
        let [one] = &only_compose[..] else { panic!("{name}: {only_compose:?}") };
        assert!(one.starts_with(&format!("api: {name} is Some(")), "{one}");
        assert!(one.ends_with("in Compose, None in Kubernetes"), "{one}");
        let only_kubernetes = found(&VULNZERO, |environment| {
            let api = environment.compose.services.get_mut("api").unwrap();
            api.facts.remove(name).unwrap();
        });
        // What others refer to may be there for that alone; of these, nothing is.
        let [one] = &only_kubernetes[..] else { panic!("{name}: {only_kubernetes:?}") };
        assert!(one.starts_with(&format!("api: {name} is None in Compose")), "{one}");
    }
}

#[test]
fn a_changed_port_is_found_on_either_side() {
    let found = found(&VULNZERO, |environment| {
        service(environment, "api").ports = [8001].into();
        // Nothing is published, but others address it.
        service(environment, "redis-exporter").ports.insert(9122);
        service(environment, "postgres").ports.clear();
    });
    assert_eq!(
        found,
        [
            "api: port 8000 is not opened in Kubernetes",
            "api: port 8001 is unknown in Compose",
            "postgres: port 5432 is not opened in Kubernetes",
            "redis-exporter: port 9122 is unknown in Compose",
        ]
    );
}

#[test]
fn a_changed_health_check_is_found() {
    let postgres = "import urllib.request";
    for (name, health) in [
        ("api", Some(Health::Get(8000, "/health".to_owned()))),
        ("api", Some(Health::Get(8000, "/health/ready/".to_owned()))),
        ("api", Some(Health::Get(800, "/health/ready".to_owned()))),
        ("api", Some(Health::Connect(80))),
        ("api", None),
        ("postgres", Some(Health::Command(vec![postgres.to_owned()]))),
    ] {
        let found = found(&VULNZERO, |environment| {
            service(environment, name).health.clone_from(&health);
        });
        let [one] = &found[..] else { panic!("{health:?}: {found:?}") };
        assert!(one.starts_with(&format!("{name}: health is ")), "{one}");
    }
}

#[test]
fn a_changed_setting_is_found() {
    let other = found(&VULNZERO, |environment| {
        environment.kubernetes.settings.insert("LOG_LEVEL".to_owned(), "DEBUG".to_owned()).unwrap();
    });
    assert_eq!(other, ["LOG_LEVEL: is Some(\"INFO\") in Compose, \"DEBUG\" in Kubernetes"]);
    let missing = found(&VULNZERO, |environment| {
        environment.compose.settings.remove("LOG_LEVEL").unwrap();
    });
    assert_eq!(missing, ["LOG_LEVEL: is None in Compose, \"INFO\" in Kubernetes"]);
}

#[test]
fn a_service_of_one_form_that_is_not_in_the_table_is_found() {
    let only_compose = found(&VULNZERO, |environment| {
        environment.kubernetes.services.remove("redis").unwrap();
    });
    assert_eq!(only_compose, ["redis: stands in Compose only"]);
    let only_kubernetes = found(&VULNZERO, |environment| {
        environment.compose.services.remove("api").unwrap();
    });
    assert_eq!(only_kubernetes, ["api: stands in Kubernetes only"]);
}

/// A program of somebody's own is not the edge for being called so, and the edge has to have a successor.
#[test]
fn the_table_excuses_what_it_names_and_no_more() {
    let other_image = found(&AGENTHUB, |environment| {
        let edge = environment.compose.services.get_mut("nginx").unwrap();
        edge.say("image", "ghcr.io/example/nginx:1.0.0");
    });
    assert_eq!(other_image, ["nginx: stands in Compose only"]);
    let kind = |object: &serde_yaml::Value| object["kind"].as_str().unwrap().to_owned();
    let no_successor = found(&AGENTHUB, |environment| {
        environment.kubernetes.objects.retain(|object| kind(object) != "HTTPRoute");
    });
    assert!(
        no_successor
            .iter()
            .any(|one| one.starts_with("nginx: stands in Compose only, without Object("))
    );
    let no_certificates = found(&AGENTHUB, |environment| {
        environment.kubernetes.objects.retain(|object| kind(object) != "Gateway");
    });
    let expected = "certbot: stands in Compose only, without Annotation(\"cert-manager.io/\")";
    assert_eq!(no_certificates, [expected]);
    let root = found(&AGENTHUB, |environment| service(environment, "alloy").say("user", "0:0"));
    assert_eq!(root.len(), 0, "then both are the same: {root:?}");
    let other_user =
        found(&AGENTHUB, |environment| service(environment, "alloy").say("user", "1:1"));
    assert_eq!(
        other_user,
        ["alloy: user is Some(\"0:0\") in Compose, Some(\"1:1\") in Kubernetes"]
    );
    let other_row = found(&VULNZERO, |environment| {
        service(environment, "api").say("replicas", "one on every node");
    });
    assert_eq!(
        other_row,
        ["api: replicas is Some(\"1\") in Compose, Some(\"one on every node\") in Kubernetes"]
    );
}
