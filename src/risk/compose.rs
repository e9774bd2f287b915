//! Turns two Compose files into what the change does.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::quantity::weaker;
use super::{Effect, Notes, Side, image, kept, listed, parsed};

/// What Compose leaves out when it compares a container with its service (docker/compose: pkg/compose/hash.go).
const NOT_HASHED: &[&str] = &["build", "depends_on", "profiles", "pull_policy", "scale"];

pub(super) fn assess(sides: &[(&str, Side<'_>)], notes: &mut Notes) {
    for (_, side) in sides {
        let (old, new) = (parsed(side.old), parsed(side.new));
        if !old.is_object() {
            continue;
        }
        project(&old, &new, notes);
        networks(&old, &new, notes);
        volumes(&old, &new, notes);
        let (before, after) = (map(&old["services"]), map(&new["services"]));
        for (name, old) in &before {
            match after.get(name) {
                Some(new) => service(name, old, new, notes),
                None => notes.add(Effect::Stops, name, "does not run any more"),
            }
        }
        for (name, new) in after.iter().filter(|(name, _)| !before.contains_key(*name)) {
            ports(name, &Value::Null, new, notes);
        }
    }
}

fn map(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

fn texts(value: &Value) -> BTreeSet<&str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// Volumes bear the project's name: under another one they start empty.
fn project(old: &Value, new: &Value, notes: &mut Notes) {
    if let (Some(before), Some(after)) = (old["name"].as_str(), new["name"].as_str())
        && before != after
    {
        let says = format!(
            "the project `{before}` becomes `{after}`: every volume starts empty, and the old containers keep running"
        );
        notes.add(Effect::LosesData, "", says);
    }
}

fn networks(old: &Value, new: &Value, notes: &mut Notes) {
    let (before, after) = (map(&old["networks"]), map(&new["networks"]));
    for (name, old) in &before {
        let Some(new) = after.get(name) else { continue };
        if old["internal"] == true && new["internal"] != true {
            notes.add(Effect::Exposes, "", format!("the network `{name}` gets a way out"));
        }
        if old != new {
            let says =
                format!("the network `{name}` is made again, and every service on it restarts");
            notes.add(Effect::Recreates, "", says);
        }
    }
}

fn volumes(old: &Value, new: &Value, notes: &mut Notes) {
    let (before, after) = (map(&old["volumes"]), map(&new["volumes"]));
    for name in before.keys().filter(|name| !after.contains_key(*name)) {
        let services = map(&old["services"]);
        let user = services
            .iter()
            .find(|(_, service)| mounted(service).values().any(|source| source == name));
        let says = format!("the volume `{name}` is left behind with what is in it");
        notes.add(Effect::LosesData, user.map_or("", |(name, _)| name), says);
    }
}

/// The volumes of a service: path in the container to volume.
fn mounted(service: &Value) -> BTreeMap<String, String> {
    let mounts = service["volumes"].as_array().into_iter().flatten();
    mounts
        .filter(|mount| mount["type"] == "volume")
        .filter_map(|mount| {
            Some((mount["target"].as_str()?.to_owned(), mount["source"].as_str()?.to_owned()))
        })
        .collect()
}

fn service(name: &str, old: &Value, new: &Value, notes: &mut Notes) {
    restarts(name, old, new, notes);
    data(name, old, new, notes);
    kept::arguments(name, &old["command"], &new["command"], notes);
    ports(name, old, new, notes);
    limits(name, old, new, notes);
    hardening(name, old, new, notes);
    host(name, old, new, notes);
}

fn restarts(name: &str, old: &Value, new: &Value, notes: &mut Notes) {
    let (mut before, mut after) = (map(old), map(new));
    for service in [&mut before, &mut after] {
        service.retain(|key, _| !NOT_HASHED.contains(&key.as_str()));
        if let Some(Value::Object(deploy)) = service.get_mut("deploy") {
            deploy.shift_remove("replicas");
        }
    }
    let keys: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let changed = keys.into_iter().filter(|key| before.get(*key) != after.get(*key));
    let changed = listed(changed.map(String::as_str));
    if !changed.is_empty() {
        notes.add(Effect::Restarts, name, format!("its container is replaced: {changed}"));
    }
    if old["build"] != new["build"] && !new["build"].is_null() {
        notes.add(Effect::Restarts, name, "its image is built in another way");
    }
}

fn data(name: &str, old: &Value, new: &Value, notes: &mut Notes) {
    let (before, after) = (mounted(old), mounted(new));
    for (target, volume) in &before {
        match after.get(target) {
            Some(other) if other != volume => {
                let says = format!("`{target}` is on `{other}` in place of `{volume}`");
                notes.add(Effect::LosesData, name, says);
            }
            _ => {}
        }
    }
    if let (Some(before), Some(after), Some(volume)) =
        (old["image"].as_str(), new["image"].as_str(), before.values().next())
        && let Some(says) = image::data_risk(before, after, volume)
    {
        notes.add(Effect::LosesData, name, says);
    }
}

/// Ports that are published beyond the host itself.
fn public(service: &Value) -> BTreeSet<&str> {
    let own = |port: &&str| port.starts_with("127.") || port.starts_with("[::1]");
    texts(&service["ports"]).into_iter().filter(|port| !own(port)).collect()
}

fn ports(name: &str, old: &Value, new: &Value, notes: &mut Notes) {
    let before = public(old);
    for port in public(new).into_iter().filter(|port| !before.contains(port)) {
        notes.add(
            Effect::Exposes,
            name,
            format!("its port is published beyond the host: `{port}`"),
        );
    }
}

fn limits(name: &str, old: &Value, new: &Value, notes: &mut Notes) {
    let limit = |service: &Value, key: &str| service["deploy"]["resources"]["limits"][key].clone();
    for (key, what) in [("memory", "memory"), ("cpus", "processor time"), ("pids", "processes")] {
        if let Some(says) = weaker(what, &limit(old, key), &limit(new, key)) {
            notes.add(Effect::Loosens, name, says);
        }
    }
}

fn hardening(name: &str, old: &Value, new: &Value, notes: &mut Notes) {
    let mut loosens = |says: String| notes.add(Effect::Loosens, name, says);
    if old["read_only"] == true && new["read_only"] != true {
        loosens("its root file system may be written".to_owned());
    }
    if new["privileged"] == true && old["privileged"] != true {
        loosens("runs privileged".to_owned());
    }
    if is_root(new) && !is_root(old) {
        loosens("runs as root".to_owned());
    }
    let lost = |key: &str| -> Vec<String> {
        let kept = texts(&new[key]);
        texts(&old[key]).into_iter().filter(|one| !kept.contains(one)).map(str::to_owned).collect()
    };
    for capability in lost("cap_drop") {
        loosens(format!("does not drop the capability `{capability}` any more"));
    }
    for option in lost("security_opt") {
        loosens(format!("gives up `{option}`"));
    }
    let had = texts(&old["cap_add"]);
    for capability in texts(&new["cap_add"]).into_iter().filter(|one| !had.contains(one)) {
        loosens(format!("gets the capability `{capability}`"));
    }
    if old["healthcheck"].is_object()
        && (!new["healthcheck"].is_object() || new["healthcheck"]["disable"] == true)
    {
        loosens("is not asked for its health any more".to_owned());
    }
}

fn is_root(service: &Value) -> bool {
    match &service["user"] {
        Value::String(user) => matches!(user.split(':').next(), Some("0" | "root")),
        Value::Number(user) => user.as_u64() == Some(0),
        _ => true,
    }
}

/// What of the host a service gets to see.
fn host(name: &str, old: &Value, new: &Value, notes: &mut Notes) {
    for key in ["pid", "ipc", "network_mode"] {
        if new[key] == "host" && old[key] != "host" {
            notes.add(Effect::Loosens, name, format!("shares the host's `{key}`"));
        }
    }
    let sources = |service: &Value| -> BTreeSet<String> {
        let mounts = service["volumes"].as_array().into_iter().flatten();
        let sources = mounts.filter_map(|mount| match mount {
            // The short form: source, path, options.
            Value::String(short) => short.split(':').next(),
            _ => mount["source"].as_str().filter(|_| mount["type"] == "bind"),
        });
        sources.filter(|source| source.starts_with('/')).map(str::to_owned).collect()
    };
    let devices = |service: &Value| service["devices"].as_array().map_or(0, Vec::len);
    if devices(new) > devices(old) {
        notes.add(Effect::Loosens, name, "gets a device of the host");
    }
    for source in sources(new).difference(&sources(old)) {
        notes.add(Effect::Loosens, name, format!("sees the host's `{source}`"));
    }
}
