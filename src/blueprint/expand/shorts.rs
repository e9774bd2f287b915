//! Lists the short forms of the language, and what each is short for.

use serde_json::{Map, Value, json};

use crate::value::Host;

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
        takes: || definition("uses"),
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

fn definition(name: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}") })
}

fn scalar() -> Value {
    json!({ "type": ["string", "number", "boolean"] })
}

fn null() -> Value {
    json!({ "type": "null" })
}

/// One where several may stand.
fn alone(value: &Value) -> Option<Value> {
    (value.is_string() || value.is_number()).then(|| json!([value]))
}

fn wrap(value: &Value, key: &str) -> Option<Value> {
    value.is_string().then(|| json!({ key: value }))
}

fn path(value: &Value) -> Option<Value> {
    wrap(value, "path")
}

/// In an override a `null` removes, and is kept for that by [`expand_override`].
fn empty(value: &Value) -> Option<Value> {
    value.is_null().then(|| json!({}))
}

fn fixed(value: &Value) -> Option<Value> {
    (value.is_string() || value.is_number() || value.is_boolean())
        .then(|| json!({ "fixed": value }))
}

fn cors(value: &Value) -> Option<Value> {
    value.is_array().then(|| json!({ "origins": value }))
}

fn external(value: &Value) -> Option<Value> {
    let text = value.as_str()?;
    if text.contains("://") {
        return Some(json!({ "host": text }));
    }
    let number = |port: &str| port.parse::<u32>().map_or_else(|_| json!(port), |port| json!(port));
    Some(match Host::with_port(text) {
        (host, Some(port)) => json!({ "host": host, "port": number(port) }),
        (host, None) => json!({ "host": host }),
    })
}

fn autoscale(value: &Value) -> Option<Value> {
    let (min, max) = value.as_str()?.split_once("..")?;
    let number = |text: &str| text.trim().parse::<u32>().ok();
    Some(json!({ "min": number(min)?, "max": number(max)?, "cpu": 70 }))
}

/// A list of names, each with a `?` when the service works without it.
fn needs(value: &Value) -> Option<Value> {
    let names = value.as_array()?;
    let mut map = Map::new();
    for name in names {
        let name = name.as_str()?;
        let (name, optional) = name.strip_suffix('?').map_or((name, false), |name| (name, true));
        map.insert(name.to_owned(), json!({ "optional": optional }));
    }
    Some(Value::Object(map))
}

/// A list of names of which nothing more is said.
fn names(value: &Value) -> Option<Value> {
    let names = value.as_array()?.iter();
    let map: Option<Map<_, _>> =
        names.map(|name| Some((name.as_str()?.to_owned(), json!({})))).collect();
    map.map(Value::Object)
}
