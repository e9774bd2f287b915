//! Reads a Compose file into what it says of each service.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex_lite::{Captures, Regex};
use serde_yaml::Value;

use super::side::{
    Health, Service, Side, at, bytes, entries, list, plain, processor, seconds, text,
};

pub(super) fn read(file: &Value) -> Side {
    let services = entries(file, "services").into_iter();
    Side {
        services: services.map(|(name, one)| (name.to_owned(), service(one))).collect(),
        ..Side::default()
    }
}

/// The values of the template of an env file; those with blanks, quotes, `#` or `$` stand in single quotes.
pub(super) fn settings(file: &str) -> BTreeMap<String, String> {
    let lines = file.lines().filter(|line| !line.starts_with('#'));
    let lines = lines.filter_map(|line| line.split_once('='));
    let bare = |value: &str| value.trim_matches('\'').to_owned();
    lines.map(|(name, value)| (name.to_owned(), bare(value))).collect()
}

fn service(one: &Value) -> Service {
    let mut said = Service::default();
    said.say("image", text(one, "image").unwrap());
    said.say("entrypoint", words(one, "entrypoint").join("\n"));
    said.say("command", words(one, "command").join("\n"));
    for (name, value) in entries(one, "environment") {
        said.say(format!("variable {name}"), interpolated(&plain(value)));
    }
    for name in list(one, "secrets") {
        let name = name.as_str().unwrap();
        said.say(format!("secret file /run/secrets/{name}"), name);
    }
    said.ports = list(one, "ports").iter().map(|port| container_port(&plain(port))).collect();
    for (ours, theirs) in [("limits", "limit"), ("reservations", "request")] {
        let amount = |of: &str| text(one, &format!("deploy.resources.{ours}.{of}"));
        said.may_say(format!("{theirs} of processor"), amount("cpus").map(|one| processor(&one)));
        said.may_say(format!("{theirs} of memory"), amount("memory").map(|one| bytes(&one)));
    }
    said.may_say("user", text(one, "user"));
    said.may_say("read-only root", text(one, "read_only"));
    let added: Vec<String> = list(one, "cap_add").iter().map(plain).collect();
    said.say("capabilities added", added.join(" "));
    let dropped: Vec<String> = list(one, "cap_drop").iter().map(plain).collect();
    said.say("capabilities dropped", dropped.join(" "));
    said.say("replicas", text(one, "deploy.replicas").unwrap_or_else(|| "1".to_owned()));
    let grace = text(one, "stop_grace_period");
    said.may_say("seconds to stop", grace.map(|grace| seconds(&grace).to_string()));
    let profiles: Vec<String> = list(one, "profiles").iter().map(plain).collect();
    said.say("profile", profiles.join(" "));
    said.say("containers", "1");
    mounts(one, &mut said);
    health(one, &mut said);
    for words in said.words().cloned().collect::<Vec<_>>() {
        said.count(&words);
    }
    said
}

fn mounts(one: &Value, said: &mut Service) {
    for mount in list(one, "volumes") {
        let source = text(mount, "source").unwrap_or_default();
        let of = match text(mount, "type").unwrap().as_str() {
            "bind" if source.starts_with("./") => "files",
            "bind" => "host",
            _ => "volume",
        };
        let read_only = at(mount, "read_only").is_some_and(|is| *is == true);
        let access = if read_only { "read" } else { "written" };
        said.say(format!("mount {}", text(mount, "target").unwrap()), format!("{of}, {access}"));
    }
    for mount in list(one, "tmpfs") {
        let mount = plain(mount);
        let (path, options) = mount.split_once(':').unwrap();
        let size = options.split(',').find_map(|option| option.strip_prefix("size=")).unwrap();
        said.say(format!("mount {path}"), format!("memory, {} bytes", bytes(size)));
    }
}

fn health(one: &Value, said: &mut Service) {
    let Some(check) = at(one, "healthcheck") else { return };
    let test = words(check, "test");
    let (first, command) = test.split_first().unwrap();
    assert_eq!(first, "CMD", "no shell between Docker and the command");
    for word in command {
        said.count(word);
    }
    said.health = Some(Health::Command(command.to_vec()));
    for (ours, theirs) in [("interval", "interval"), ("timeout", "timeout")] {
        let value = seconds(&text(check, ours).unwrap()).to_string();
        said.say(format!("{theirs} of health"), value);
    }
    said.say("retries of health", text(check, "retries").unwrap());
}

/// The words of a command, as the container gets them.
fn words(one: &Value, path: &str) -> Vec<String> {
    list(one, path).iter().map(|word| interpolated(&plain(word))).collect()
}

/// `$$` is a `$`, and what must be set is `${NAME}`: with `?` at its end where it may be empty. Anything else stays, and agrees with nothing.
fn interpolated(text: &str) -> String {
    static REFERENCE: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\$\$|\$\{([A-Za-z_][A-Za-z0-9_]*)(:?)\?[^}]*\}").unwrap());
    let value = REFERENCE.replace_all(text, |found: &Captures<'_>| match found.get(1) {
        None => "$".to_owned(),
        Some(name) if found[2].is_empty() => format!("${{{}?}}", name.as_str()),
        Some(name) => format!("${{{}}}", name.as_str()),
    });
    value.into_owned()
}

/// `8000` of `127.0.0.1:80:8000/tcp`.
fn container_port(port: &str) -> u64 {
    let port = port.rsplit(':').next().unwrap().split('/').next().unwrap();
    port.parse().unwrap_or_else(|_| panic!("{port} is no single port"))
}
