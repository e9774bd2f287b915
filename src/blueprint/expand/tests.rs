//! Turns short forms into long ones, as authors write them.

use super::*;

#[test]
fn short_forms_become_long() {
    let mut value = json!({
        "services": { "api": {
            "port": 8000, "health": "/ready", "needs": ["db", "redis?"], "publish": 8000,
            "volumes": { "uploads": "/data" }, "autoscale": "2..5",
        } },
        "external": { "ai": "api.example.com:443" },
        "variables": { "app": { "DEBUG": false, "X": { "default": "1" } } },
    });
    expand(&mut value);
    assert_eq!(
        value["services"]["api"],
        json!({
            "ports": { "http": 8000 }, "health": { "ready": "/ready" },
            "needs": { "db": { "optional": false }, "redis": { "optional": true } }, "publish": [8000],
            "volumes": { "uploads": { "path": "/data" } }, "autoscale": { "min": 2, "max": 5, "cpu": 70 },
        })
    );
    assert_eq!(value["external"]["ai"], json!({ "host": "api.example.com", "port": 443 }));
    assert_eq!(
        value["variables"]["app"],
        json!({ "DEBUG": { "fixed": false }, "X": { "default": "1" } })
    );
}

#[test]
fn in_an_override_null_stays() {
    let mut value = json!({ "volumes": { "a": null }, "services": { "x": { "health": null } } });
    let before = value.clone();
    expand_override(&mut value);
    assert_eq!(value, before);
}
