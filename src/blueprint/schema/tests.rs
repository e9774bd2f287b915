//! Asks the schemas: what they accept must be read by the types, and examples must be what they are examples of.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde_json::{Value, json};

use super::*;
use crate::blueprint::read::Written;
use crate::source::{Source, Sources};
use crate::value::{HostName, Name, PortNumber};

/// A blueprint with something in every section, in long form.
fn full() -> Value {
    json!({
        "blueprint": "v1",
        "name": "shop",
        "description": "a shop",
        "environments": { "production": { "domain": "example.com" } },
        "images": { "db": "postgres:17.6" },
        "services": {
            "db": { "uses": "postgres@17", "storage": "20Gi", "with": { "user": "shop" } },
            "api": {
                "image": "ghcr.io/example/api:1.0", "user": 1000, "ports": { "http": 8000 },
                "publish": ["127.0.0.1:8000"], "health": { "ready": "/ready", "start": "40s", "retries": 3 },
                "metrics": { "path": "/metrics", "series": { "x_total": { "type": "counter" } } },
                "resources": { "cpu": "500m..2", "memory": "512Mi..2Gi", "pids": 100 },
                "needs": { "db": { "optional": true } }, "variables": ["app"], "replicas": 2,
                "environment": { "A": "b" }, "volumes": { "up": { "path": "/up" } }, "tmpfs": { "/x": "1Mi" },
                "autoscale": { "min": 1, "max": 3, "cpu": 70 }, "stop": { "signal": "SIGINT", "grace": "5s" },
            },
        },
        "external": { "ai": { "host": "api.example.com", "port": 443 } },
        "routes": { "example.com": { "/": { "to": "api", "limit": { "rate": "10r/s burst 5" }, "cors": { "origins": ["*"] } } } },
        "edge": { "uses": "nginx", "tls": { "min": "1.2" }, "hsts": { "age": "365d" }, "headers": { "frame": "deny" } },
        "variables": { "app": { "KEY": { "secret": true, "generate": "hex 32", "require": { "production": { "prefix": "x" } } } } },
        "volumes": { "up": { "size": "1Gi" } },
        "networks": { "main": { "subnet": "172.20.0.0/16" } },
        "monitoring": { "scrape": "15s", "alerts": { "Down": { "expr": "up == 0", "for": "5m" }, "Gone": null } },
        "kubernetes": { "routes": "ingress" },
        "compose": { "log_size": "10Mi" },
        "patches": { "one": { "file": "a.yml", "merge": { "a": null } } },
        "waivers": { "rule": { "reason": "because it is so" } },
    })
}

/// What a mutation puts in place of a value: the right, the wrong and the nearly right.
fn replacements() -> impl Strategy<Value = Value> {
    let texts = [
        "",
        "a",
        "api",
        "env",
        "8000",
        "0",
        "99999",
        "512Mi",
        "512M",
        "2..1",
        "10s",
        "10",
        "/",
        "//",
        "../x",
        "example.com",
        "EXAMPLE",
        "*",
        "postgres:17",
        "nginx",
        "hex 32",
        "true",
        "1.2",
        "${env.domain}",
        "$${x",
        "10r/s",
        "172.20.0.0/16",
        "172.20.0.1/16",
        "50%",
        "SIGTERM",
        "v1",
        "é",
        "x y",
        "-1",
        "1e3",
    ];
    prop_oneof![
        prop::sample::select(texts.to_vec()).prop_map(Value::from),
        prop::sample::select(vec![0i64, 1, 3, -1, 80, 65536, 100_000, i64::MAX])
            .prop_map(Value::from),
        prop::sample::select(vec![0.5, -0.5, 1.5, 1e300]).prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        Just(Value::Null),
        Just(json!([])),
        Just(json!(["a"])),
        Just(json!({})),
        Just(json!({ "a": 1 })),
    ]
}

/// The pointers of all values below the root.
fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    let escape = crate::source::pointer::push;
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| {
            found.push(escape(at, key));
            pointers(value, &escape(at, key), found);
        }),
        Value::Array(items) => items.iter().enumerate().for_each(|(index, value)| {
            found.push(format!("{at}/{index}"));
            pointers(value, &format!("{at}/{index}"), found);
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn the_full_blueprint_is_accepted_by_both() {
    assert_eq!(LONG.check(&full()), []);
    assert_eq!(editor_checker().check(&full()), []);
    serde_json::from_value::<Blueprint>(full()).unwrap();
}

fn editor_checker() -> &'static Checker {
    static EDITOR: LazyLock<Checker> = LazyLock::new(|| {
        let need = |text: &str| Name::parse(text.strip_suffix('?').unwrap_or(text)).is_ok();
        let place = |text: &str| {
            let (host, port) = text.split_once(':').unwrap_or((text, "443"));
            HostName::parse(host).is_ok() && PortNumber::parse(port).is_ok()
        };
        Checker::new(editor(), &[("text", is_text), ("need", need), ("host-and-port", place)])
    });
    &EDITOR
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() })]

    /// Whatever the schema accepts, the types read: the schema forgets nothing.
    #[test]
    fn what_the_schema_accepts_is_read(
        edits in prop::collection::vec((any::<prop::sample::Index>(), replacements(), any::<bool>()), 1..4),
    ) {
        let mut value = full();
        for (index, replacement, removes) in edits {
            let mut all = Vec::new();
            pointers(&value, "", &mut all);
            let pointer = index.get(&all).clone();
            let (parent, key) = pointer.rsplit_once('/').unwrap();
            let key = key.replace("~1", "/").replace("~0", "~");
            match value.pointer_mut(parent).unwrap() {
                Value::Object(map) if removes => drop(map.shift_remove(&key)),
                _ => *value.pointer_mut(&pointer).unwrap() = replacement,
            }
        }
        if LONG.accepts(&value) {
            let read = serde_json::from_value::<Blueprint>(value.clone());
            prop_assert!(read.is_ok(), "{}\n{value:#}", read.unwrap_err());
        }
        // What an editor shows no fault in is read too: short forms are expanded, references filled in.
        if editor_checker().accepts(&value) && !value.to_string().contains("${") {
            let mut sources = Sources::default();
            let root = sources.add(Source::new("a.yaml", &value.to_string()));
            let written = Written::read(&sources, root, &[]).unwrap();
            for name in &written.environments {
                let found = written.environment(name).found;
                prop_assert!(found.is_empty(), "{found:#?}\n{value:#}");
            }
        }
    }
}

/// Every definition's examples are accepted by the definition.
#[test]
fn examples_are_what_they_are_examples_of() {
    let schema = editor();
    for (name, definition) in schema["$defs"].as_object().unwrap() {
        let mut own = definition.clone();
        own["$defs"] = schema["$defs"].clone();
        let checker = Checker::new(own, &[("text", is_text)]);
        for example in definition["examples"].as_array().into_iter().flatten() {
            assert_eq!(checker.check(example), [], "{name}: {example}");
        }
    }
}

/// An editor shows a description for whatever can be completed.
#[test]
fn every_property_has_a_description() {
    let schema = editor();
    let parts = schema["$defs"].as_object().unwrap().iter();
    for (name, part) in parts.map(|(name, part)| (name.as_str(), part)).chain([("", &schema)]) {
        for (key, property) in part["properties"].as_object().into_iter().flatten() {
            assert!(property["description"].is_string(), "{name}.{key}");
        }
    }
}

fn finding(value: &Value) -> Vec<crate::check::Finding> {
    LONG.check(value)
}

/// Whoever writes no fault does not wait for a validator.
#[test]
fn a_blueprint_without_faults_is_known_to_have_none_at_once() {
    let mut value = full();
    value["services"]["db"]["with"] = json!({ "workers": 4, "ratio": 0.5, "on": true });
    value["monitoring"]["runbooks"] = json!("https://git.example.com/runbooks");
    assert!(LONG.is_quick(&value));
    // What is blank beyond ASCII is left to the validator.
    value["monitoring"]["runbooks"] = json!("https://git.example.com/ä");
    assert!(!LONG.is_quick(&value));
}

#[test]
fn an_unknown_key_comes_with_those_that_are_known() {
    use crate::check::Fault;
    let mut value = full();
    value["services"]["api"]["imge"] = json!("x");
    let [found] = finding(&value).try_into().unwrap();
    assert_eq!(found.pointer, "/services/api");
    let Fault::UnknownKey { key, known } = found.fault else { panic!("{found:?}") };
    assert_eq!(key, "imge");
    assert!(
        known.iter().any(|one| one == "image") && known.iter().any(|one| one == "health"),
        "{known:?}"
    );
}

#[test]
fn a_bad_key_and_a_bad_scalar_are_told_once_with_their_own_reason() {
    use crate::check::Fault;
    let mut value = full();
    value["services"]["My_Api"] = json!({ "image": "x:1" });
    value["services"]["api"]["ports"]["http"] = json!(99999);
    value["services"]["db"]["storage"] = json!("20G");
    let found = finding(&value);
    assert_eq!(found.len(), 3, "{found:#?}");
    let reasons: Vec<String> = found
        .iter()
        .map(|found| match &found.fault {
            Fault::Malformed { malformed: Some(malformed), .. }
            | Fault::MalformedKey { malformed: Some(malformed), .. } => malformed.to_string(),
            other => panic!("{other:?}"),
        })
        .collect();
    for said in ["write `my-api`", "`99999` is not a port", "`20G`"] {
        assert!(reasons.iter().any(|reason| reason.contains(said)), "{said}: {reasons:?}");
    }
}
