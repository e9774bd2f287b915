//! Turns a system into the tables that people look things up in: variables, ports, files, volumes, networks, waivers.

use std::collections::BTreeMap;

use crate::map::IndexMap;
use serde::Serialize;

use crate::format::quote::markdown::{code, escape};
use crate::model::service::{Published, Service};
use crate::model::{Model, Variable, Waiver};
use crate::target::documents::page::row;
use crate::target::documents::system::System;
use crate::value::Name;

/// Everything that can be looked up, as the rows of tables.
#[derive(Serialize)]
pub(super) struct Tables {
    /// A table for each group, with its title.
    variables: String,
    published: String,
    listening: String,
    files: String,
    mounts: String,
    volumes: String,
    networks: String,
    waivers: String,
}

/// Everything that can be looked up of a system.
pub(super) fn tables(system: &System<'_>, files: Vec<(String, String)>) -> Tables {
    let main = system.main().model;
    Tables {
        variables: variables(system),
        published: published(system),
        listening: listening(system),
        files: rows(files, |out, (path, what)| row(out, [&format!("[{path}]({path})"), &what])),
        mounts: mounts(main),
        volumes: volumes(main),
        networks: networks(main),
        waivers: waivers(system),
    }
}

fn rows<T>(all: impl IntoIterator<Item = T>, one: impl Fn(&mut String, T)) -> String {
    let mut out = String::with_capacity(4096);
    all.into_iter().for_each(|next| one(&mut out, next));
    out
}

/// Variables by name, each as it is in the environments that have it.
type Alike<'a> = IndexMap<&'a str, Vec<(&'a str, &'a Variable)>>;

/// The variables of all environments: the same name stands once. Never the value of a secret.
fn variables(system: &System<'_>) -> String {
    let mut groups: IndexMap<&str, Alike<'_>> = IndexMap::default();
    // A variable may stand in another group elsewhere.
    let mut homes: BTreeMap<&str, &str> = BTreeMap::new();
    for place in system.main_first() {
        for group in &place.model.groups {
            for variable in group.variables.iter().filter(|variable| variable.is_used()) {
                let name = variable.name.as_str();
                let home = homes.entry(name).or_insert(group.name.as_str());
                let known = groups.entry(*home).or_default().entry(name).or_default();
                known.push((place.name, variable));
            }
        }
    }
    let mut out = String::with_capacity(16 << 10);
    for (title, variables) in groups {
        for part in ["\n#### Variables: ", title, "\n\n"] {
            out.push_str(part);
        }
        row(&mut out, ["variable", "value", "read by", "what it is for"]);
        row(&mut out, ["---"; 4]);
        for alike in variables.values() {
            variable(&mut out, alike, system.places.len());
        }
    }
    out
}

/// Writes the row of a variable, which stands in some or all places.
fn variable(out: &mut String, alike: &[(&str, &Variable)], places: usize) {
    let Some((_, variable)) = alike.first() else { return };
    let readers: Vec<&str> = variable.read_by.iter().map(Name::as_str).collect();
    let cells = [
        &*code(variable.name.as_str()),
        &value(alike, places),
        &readers.join(", "),
        &escape(&variable.about),
    ];
    row(out, cells);
}

/// Who sets a variable, and what to, in each environment where that differs.
fn value(alike: &[(&str, &Variable)], places: usize) -> String {
    let mut said: Vec<(String, Vec<&str>)> = Vec::new();
    for (place, variable) in alike {
        let text = said_of(variable);
        match said.iter_mut().find(|(known, _)| *known == text) {
            Some((_, places)) => places.push(place),
            None => said.push((text, vec![place])),
        }
    }
    match said.as_slice() {
        [(text, here)] if here.len() == places => text.clone(),
        all => all
            .iter()
            .map(|(text, places)| format!("{text} ({})", places.join(", ")))
            .collect::<Vec<_>>()
            .join("; "),
    }
}

fn said_of(variable: &Variable) -> String {
    if variable.secret {
        let make = variable.generate.map(|one| format!(": {}", code(&one.command())));
        let need = if variable.may_be_empty() { "optional secret" } else { "secret" };
        return format!("{need}{}", make.unwrap_or_default());
    }
    if !variable.is_operators() {
        return "set by the blueprint".to_owned();
    }
    match variable.proposed() {
        "" if variable.may_be_empty() => "optional".to_owned(),
        "" => "required".to_owned(),
        default => code(default),
    }
}

/// The ports of machines.
fn published(system: &System<'_>) -> String {
    let mut out = String::with_capacity(4096);
    for place in &system.places {
        for service in place.model.services.values().filter(|service| service.is_composed()) {
            for one in &service.publish {
                let reached =
                    if one.address.is_loopback() { "the machine alone" } else { "everywhere" };
                let address = code(&one.address.to_string());
                let inner = format!("{}:{}", service.name, one.container);
                row(&mut out, [place.name, &address, &port(one), &inner, reached]);
            }
        }
    }
    out
}

/// A port of the host, as it is said.
pub(super) fn port(published: &Published) -> String {
    format!("{}{}", published.host, if published.udp { "/udp" } else { "" })
}

/// The ports of services.
fn listening(system: &System<'_>) -> String {
    rows(system.services(), |out, (_, service)| {
        let ports = service.ports.iter().map(|(name, port)| format!("{port} ({name})"));
        let metrics = service.metrics.as_ref();
        let metrics = metrics.map(|one| code(&format!(":{}{}", one.port, one.path)));
        let cells = [
            service.name.as_str(),
            &ports.collect::<Vec<_>>().join(", "),
            &metrics.unwrap_or_default(),
            &talks(service).join(", "),
        ];
        row(out, cells);
    })
}

/// What a service talks to, each with its port.
pub(super) fn talks(service: &Service) -> Vec<String> {
    service.flows.iter().map(|flow| format!("{}:{}", flow.to, flow.port)).collect()
}

/// The compiled files in containers.
fn mounts(model: &Model) -> String {
    let services = model.services.values();
    let files = services.flat_map(|service| service.files.iter().map(move |file| (service, file)));
    rows(files, |out, (service, file)| {
        row(out, [&code(&file.artifact), service.name.as_str(), &code(file.path.as_str())]);
    })
}

fn volumes(model: &Model) -> String {
    rows(&model.volumes, |out, (name, volume)| {
        let mounts = model.services.values().flat_map(|service| {
            let mounts = service.volumes.iter().filter(|mount| mount.volume == *name);
            mounts.map(|mount| code(&format!("{}:{}", service.name, mount.path)))
        });
        let mounted = mounts.collect::<Vec<_>>().join(", ");
        row(out, [name.as_str(), &volume.size.to_string(), &mounted, &escape(&volume.about)]);
    })
}

fn networks(model: &Model) -> String {
    rows(&model.networks, |out, (name, network)| {
        let on = model.services.values().filter(|service| service.networks.contains(name));
        let cells = [
            name.as_str(),
            if network.internal { "no" } else { "yes" },
            &network.subnet.map(|subnet| code(&subnet.to_string())).unwrap_or_default(),
            &on.map(|service| service.name.as_str()).collect::<Vec<_>>().join(", "),
        ];
        row(out, cells);
    })
}

/// The waivers of all environments, each once.
fn waivers(system: &System<'_>) -> String {
    let mut all: Vec<&Waiver> = Vec::new();
    for waiver in system.main_first().flat_map(|place| &place.model.waivers) {
        if !all.contains(&waiver) {
            all.push(waiver);
        }
    }
    rows(all, |out, waiver| {
        let services = waiver.services.iter().map(Name::as_str).collect::<Vec<_>>().join(", ");
        let of = if services.is_empty() { "all" } else { &services };
        row(out, [&code(&waiver.rule), of, &escape(&waiver.reason), &escape(&waiver.source)]);
    })
}
