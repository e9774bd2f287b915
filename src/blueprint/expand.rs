//! Turns the short forms of the language into their long forms, before anything else looks at them.

mod shorts;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value, json};

use crate::source::pointer;
<<<<<<< HEAD
pub use shorts::{SHORTS, Short};
=======

/// A short form: where it may stand and what it is short for.
pub struct Short {
    /// The place, from the root of a blueprint; `*` stands for any key.
    pub place: &'static [&'static str],
    /// The definition in the schema that also takes the short form, and the property of it, if only one does.
    pub schema: (&'static str, Option<&'static str>),
    /// What the short form looks like, as a JSON Schema.
    pub takes: fn() -> Value,
    /// Gives the long form, or `None` where the value is not in short form.
    pub expand: fn(&Value) -> Option<Value>,
}

/// A severity's receivers, where nothing else is said of it.
macro_rules! way {
    ($severity:literal) => {
        Short {
            place: &["monitoring", "routing", $severity],
            schema: ("Way", None),
            takes: || json!({ "type": "array", "items": definition("name") }),
            expand: |v| v.is_array().then(|| json!({ "to": v })),
        }
    };
}

/// Every short form. Those that stand higher come first.
pub const SHORTS: &[Short] = &[
    Short {
        place: &["environments", "*"],
        schema: ("Environment", None),
        takes: null,
        expand: empty,
    },
    Short {
        place: &["edge"],
        schema: ("Edge", None),
        takes: || definition("Uses"),
        expand: |v| wrap(v, "uses"),
    },
    Short {
        place: &["edge", "tls"],
        schema: ("Tls", None),
        takes: || definition("CertificateSource"),
        expand: |v| wrap(v, "by"),
    },
    Short {
        place: &["edge", "hsts"],
        schema: ("Hsts", None),
        takes: || definition("time-span"),
        expand: |v| wrap(v, "age"),
    },
    Short {
        place: &["external", "*"],
        schema: ("External", None),
        takes: || json!({ "type": "string", "pattern": r"^([a-z0-9.-]+|\[[0-9a-f:]+\])(:[1-9][0-9]{0,4})?$", "format": "host-and-port" }),
        expand: external,
    },
    Short {
        place: &["routes", "*", "*"],
        schema: ("Route", None),
        takes: || definition("name"),
        expand: |v| wrap(v, "to"),
    },
    Short {
        place: &["routes", "*", "*", "cors"],
        schema: ("Cors", None),
        takes: || json!({ "type": "array", "items": definition("Text") }),
        expand: cors,
    },
    Short {
        place: &["routes", "*", "*", "limit"],
        schema: ("Limit", None),
        takes: || definition("rate"),
        expand: |v| wrap(v, "rate"),
    },
    Short {
        place: &["services", "*", "build"],
        schema: ("Build", None),
        takes: || definition("relative-path"),
        expand: |v| wrap(v, "context"),
    },
    Short {
        place: &["services", "*", "migrate"],
        schema: ("Migrate", None),
        takes: || json!({ "type": "string" }),
        expand: |v| wrap(v, "by"),
    },
    Short {
        place: &["services", "*", "health"],
        schema: ("Health", None),
        takes: || definition("health-path"),
        expand: |v| wrap(v, "ready"),
    },
    Short {
        place: &["services", "*", "metrics"],
        schema: ("Metrics", None),
        takes: || definition("url-path"),
        expand: path,
    },
    Short {
        place: &["services", "*", "publish"],
        schema: ("Service", Some("publish")),
        takes: || definition("publish"),
        expand: alone,
    },
    Short {
        place: &["services", "*", "needs"],
        schema: ("Service", Some("needs")),
        takes: || json!({ "type": "array", "items": { "type": "string", "pattern": r"^[a-z][a-z0-9-]{0,38}[a-z0-9]\??$", "format": "need" } }),
        expand: needs,
    },
    Short {
        place: &["services", "*", "databases"],
        schema: ("Service", Some("databases")),
        takes: || json!({ "type": "array", "items": definition("database-name") }),
        expand: names,
    },
    Short {
        place: &["services", "*", "needs", "*"],
        schema: ("Need", None),
        takes: null,
        expand: empty,
    },
    Short {
        place: &["services", "*", "autoscale"],
        schema: ("Autoscale", None),
        takes: || json!({ "type": "string", "pattern": r"^[1-9][0-9]{0,2}\.\.[1-9][0-9]{0,2}$" }),
        expand: autoscale,
    },
    Short {
        place: &["services", "*", "volumes", "*"],
        schema: ("Mount", None),
        takes: || definition("container-path"),
        expand: path,
    },
    Short {
        place: &["monitoring", "dashboards", "*", "panels", "*"],
        schema: ("Panel", None),
        takes: || definition("name"),
        expand: |v| wrap(v, "of"),
    },
    Short {
        place: &["kubernetes", "secrets"],
        schema: ("SecretStore", None),
        takes: || definition("name"),
        expand: |v| wrap(v, "store"),
    },
    Short {
        place: &["monitoring", "receivers", "*", "email"],
        schema: ("Receiver", Some("email")),
        takes: || definition("Text"),
        expand: alone,
    },
    way!("critical"),
    way!("high"),
    way!("warning"),
    way!("info"),
    Short {
        place: &["variables", "*", "*"],
        schema: ("Variable", None),
        takes: scalar,
        expand: fixed,
    },
    Short { place: &["backups", "*"], schema: ("Backup", None), takes: null, expand: empty },
    Short {
        place: &["backups", "*", "to"],
        schema: ("Backup", Some("to")),
        takes: || definition("name"),
        expand: alone,
    },
    Short {
        place: &["backups", "*", "weekly"],
        schema: ("Weekly", None),
        takes: || definition("time-span"),
        expand: |v| wrap(v, "keep"),
    },
    Short {
        place: &["backups", "*", "archive"],
        schema: ("Archive", None),
        takes: || definition("time-span"),
        expand: |v| wrap(v, "timeout"),
    },
    Short { place: &["volumes", "*"], schema: ("Volume", None), takes: null, expand: empty },
    Short { place: &["networks", "*"], schema: ("Network", None), takes: null, expand: empty },
    Short {
        place: &["waivers", "*"],
        schema: ("Waiver", None),
        takes: || json!({ "type": "string", "minLength": 10 }),
        expand: |v| wrap(v, "reason"),
    },
];
>>>>>>> main

/// The short forms that may stand at a place.
pub fn at(pointer: &str) -> impl Iterator<Item = &'static Short> {
    let fits = move |short: &&Short| {
        let mut names = pointer::segments(pointer);
        let each = short
            .place
            .iter()
            .all(|part| names.next().is_some_and(|name| *part == "*" || *part == name));
        each && names.next().is_none()
    };
    SHORTS.iter().filter(fits)
}

/// Expands every short form in a blueprint, or in an override of one.
pub fn expand(blueprint: &mut Value) {
    if let Some(services) = blueprint.get_mut("services").and_then(Value::as_object_mut) {
        services.values_mut().filter_map(Value::as_object_mut).for_each(port);
    }
    for short in SHORTS {
        expand_at(blueprint, short.place, short.expand);
    }
}

fn expand_at(value: &mut Value, place: &[&str], expand: fn(&Value) -> Option<Value>) {
    let Some((key, below)) = place.split_first() else {
        if let Some(long) = expand(value) {
            *value = long;
        }
        return;
    };
    let Some(map) = value.as_object_mut() else { return };
    if *key == "*" {
        map.values_mut().for_each(|value| expand_at(value, below, expand));
    } else if let Some(value) = map.get_mut(*key) {
        expand_at(value, below, expand);
    }
}

/// `port: 8000` is short for `ports: { http: 8000 }`.
fn port(service: &mut Map<String, Value>) {
    if service.contains_key("ports") {
        return; // Both forms at once: the schema names `port` as unknown beside `ports`.
    }
    if let Some(port) = service.get("port").filter(|port| !port.is_object()).cloned() {
        let service_entries = std::mem::take(service);
        for (key, value) in service_entries {
            if key == "port" {
                service.insert("ports".to_owned(), json!({ "http": port }));
            } else {
                service.insert(key, value);
            }
        }
    }
}

/// Expands an override: as [`expand`], but a `null` stays, since it removes.
pub fn expand_override(over: &mut Value) {
    let mut nulls = Vec::new();
    collect_nulls(over, &mut String::new(), &mut nulls);
    expand(over);
    for pointer in nulls {
        if let Some(value) = over.pointer_mut(&pointer) {
            *value = Value::Null;
        }
    }
}

fn collect_nulls(value: &Value, pointer: &mut String, found: &mut Vec<String>) {
    match value {
        Value::Null => found.push(pointer.clone()),
        Value::Object(map) => {
            for (key, value) in map {
                let length = pointer.len();
                pointer.push('/');
                pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
                collect_nulls(value, pointer, found);
                pointer.truncate(length);
            }
        }
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {}
    }
}
