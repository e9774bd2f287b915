//! Turns a Compose file into the names in it.

use serde_json::{Map, Value};

use super::address;
use super::end::{Facts, Kind};

/// The sections that define names.
const SECTIONS: [(&str, Kind); 4] = [
    ("networks", Kind::Network),
    ("volumes", Kind::Volume),
    ("secrets", Kind::Secret),
    ("configs", Kind::Config),
];

/// Reads a Compose file.
pub(super) fn read(value: &Value, facts: &mut Facts) {
    for (section, kind) in SECTIONS {
        for (name, definition) in map(&value[section]) {
            facts.give(kind, name);
            if let Some(file) = definition["file"].as_str() {
                path(file, facts);
            }
        }
    }
    for (name, service) in map(&value["services"]) {
        facts.give(Kind::Service, name);
        if service["healthcheck"].is_object() && service["healthcheck"]["disable"] != true {
            facts.give(Kind::Health, name);
        }
        networks(name, service, facts);
        mounts(service, facts);
        others(service, facts);
        for key in ["environment", "command", "entrypoint"] {
            address::every(&service[key], &mut |address| address::want(address, facts));
        }
    }
    interpolated(value, facts);
}

pub(super) fn map(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

pub(super) fn list<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    value[key].as_array().into_iter().flatten()
}

/// The names in a list of names, or the keys of a mapping.
fn names(value: &Value) -> impl Iterator<Item = &str> {
    let listed = value.as_array().into_iter().flatten().filter_map(Value::as_str);
    listed.chain(map(value).map(|(name, _)| name.as_str()))
}

fn networks(name: &str, service: &Value, facts: &mut Facts) {
    for network in names(&service["networks"]) {
        facts.want(Kind::Network, network);
        facts.give(Kind::Member, format!("{name} {network}"));
    }
    for (_, network) in map(&service["networks"]) {
        for alias in list(network, "aliases").filter_map(Value::as_str) {
            facts.give(Kind::Service, alias);
        }
    }
    // Without a word of networks, and without another's, it is on the project's own.
    if service.get("networks").is_none() && service.get("network_mode").is_none() {
        facts.give(Kind::Member, format!("{name} default"));
    }
}

fn mounts(service: &Value, facts: &mut Facts) {
    for mount in list(service, "volumes") {
        let (source, is_volume) = match mount {
            // The short form: source, path, options; a path alone has no source.
            Value::String(short) => match short.split_once(':') {
                Some((source, _)) => (source, !source.starts_with(['.', '/', '~', '$'])),
                None => continue,
            },
            _ => (mount["source"].as_str().unwrap_or_default(), mount["type"] == "volume"),
        };
        let short = mount.as_str().and_then(|short| short.split(':').nth(1));
        if let Some(target) = mount["target"].as_str().or(short) {
            facts.give(Kind::Mounted, format!("{target} {source}"));
        }
        match is_volume {
            true if !source.is_empty() => facts.want(Kind::Volume, source),
            true => {}
            false => path(source, facts),
        }
    }
    for (key, kind) in [("secrets", Kind::Secret), ("configs", Kind::Config)] {
        for one in list(service, key) {
            let name = one.as_str().or_else(|| one["source"].as_str());
            facts.want(kind, name.unwrap_or_default());
        }
    }
    let files = &service["env_file"];
    let listed = files.as_array().into_iter().flatten().chain([files]);
    for file in listed.filter_map(|one| one.as_str().or_else(|| one["path"].as_str())) {
        path(&format!("./{}", file.trim_start_matches("./")), facts);
    }
}

/// A path beside the file; what lies elsewhere on the host is the operator's.
fn path(path: &str, facts: &mut Facts) {
    if let Some(path) = path.strip_prefix("./") {
        facts.want(Kind::File, path);
    }
}

/// What a service says of others.
fn others(service: &Value, facts: &mut Facts) {
    for (name, how) in map(&service["depends_on"]) {
        if how["condition"] == "service_healthy" {
            facts.want(Kind::Health, name);
        }
    }
    for key in ["depends_on", "volumes_from", "links"] {
        for name in names(&service[key]) {
            facts.want(Kind::Service, name.split(':').next().unwrap_or(name));
        }
    }
    for key in ["network_mode", "pid", "ipc"] {
        let name = service[key].as_str().and_then(|mode| mode.strip_prefix("service:"));
        if let Some(name) = name {
            facts.want(Kind::Service, name);
        }
    }
}

/// The variables that Compose puts in: `$NAME` and `${NAME…}`; `$$` is a dollar sign
/// (docs.docker.com, "Set, use, and manage variables in a Compose file with interpolation").
fn interpolated(value: &Value, facts: &mut Facts) {
    match value {
        Value::String(text) => {
            let mut rest = text.as_str();
            while let Some(at) = rest.find('$') {
                rest = &rest[at + 1..];
                if let Some(after) = rest.strip_prefix('$') {
                    rest = after;
                    continue;
                }
                let open = rest.strip_prefix('{').unwrap_or(rest);
                let is_known = |c: char| c.is_ascii_alphanumeric() || c == '_';
                let end = open.find(|c: char| !is_known(c)).unwrap_or(open.len());
                // Compose itself sets those.
                if end > 0 && !open.starts_with("COMPOSE_") {
                    facts.want(Kind::Variable, &open[..end]);
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| interpolated(item, facts)),
        Value::Object(map) => map.values().for_each(|item| interpolated(item, facts)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
