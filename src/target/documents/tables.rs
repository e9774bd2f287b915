//! Turns a system into the tables that people look things up in: variables, ports, files, volumes, networks, waivers.

use std::collections::BTreeMap;

use crate::map::IndexMap;
use serde::Serialize;

use crate::format::quote::markdown::{code, escape};
use crate::model::service::{Published, Service};
use crate::model::{Model, Variable, Waiver};
use crate::target::documents::system::{Place, System};
use crate::value::Name;

/// Everything that can be looked up.
#[derive(Serialize)]
pub(super) struct Tables<'a> {
    variables: Vec<Group<'a>>,
    published: Vec<Open<'a>>,
    listening: Vec<Listening<'a>>,
    files: Vec<File>,
    mounts: Vec<Mount<'a>>,
    volumes: Vec<Kept<'a>>,
    networks: Vec<Net<'a>>,
    waivers: Vec<Waived<'a>>,
}

/// Variables that belong together.
#[derive(Serialize)]
struct Group<'a> {
    title: &'a str,
    /// The cells of each: who sets it, and to what. Never the value of a secret.
    variables: Vec<String>,
}

/// A port of a machine.
#[derive(Serialize)]
struct Open<'a> {
    environment: &'a str,
    address: String,
    port: String,
    service: &'a str,
    inner: u16,
    /// Whether other machines reach it.
    public: bool,
}

/// A port of a service.
#[derive(Serialize)]
struct Listening<'a> {
    service: &'a str,
    ports: String,
    metrics: String,
    talks: String,
}

/// A file or folder of the output.
#[derive(Serialize)]
struct File {
    path: String,
    what: String,
}

/// A compiled file in a container.
#[derive(Serialize)]
struct Mount<'a> {
    service: &'a str,
    artifact: &'a str,
    path: &'a str,
}

/// A volume.
#[derive(Serialize)]
struct Kept<'a> {
    name: &'a str,
    about: &'a str,
    size: String,
    mounted: String,
}

/// A network.
#[derive(Serialize)]
struct Net<'a> {
    name: &'a str,
    way_out: &'static str,
    subnet: String,
    services: String,
}

/// A rule broken on purpose.
#[derive(Serialize)]
struct Waived<'a> {
    rule: &'a str,
    services: String,
    reason: &'a str,
    source: &'a str,
}

/// Everything that can be looked up of a system.
pub(super) fn tables<'a>(system: &System<'a>, files: Vec<(String, String)>) -> Tables<'a> {
    let main = system.main().model;
    Tables {
        variables: variables(system),
        published: system.places.iter().flat_map(published).collect(),
        listening: system.services().iter().map(|(_, service)| listening(service)).collect(),
        files: files.into_iter().map(|(path, what)| File { path, what }).collect(),
        mounts: mounts(main),
        volumes: volumes(main),
        networks: networks(main),
        waivers: waivers(system),
    }
}

/// Variables by name, each as it is in the environments that have it.
type Alike<'a> = IndexMap<&'a str, Vec<(&'a str, &'a Variable)>>;

/// The variables of all environments: the same name stands once.
fn variables<'a>(system: &System<'a>) -> Vec<Group<'a>> {
    let mut groups: IndexMap<&str, Alike<'a>> = IndexMap::default();
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
    let places = system.places.len();
    let rows =
        |variables: Alike<'a>| variables.into_values().map(|alike| row(&alike, places)).collect();
    groups.into_iter().map(|(title, all)| Group { title, variables: rows(all) }).collect()
}

/// The cells of a variable, which stands in some or all places.
fn row(alike: &[(&str, &Variable)], places: usize) -> String {
    let Some((_, variable)) = alike.first() else { return String::new() };
    let readers: Vec<&str> = variable.read_by.iter().map(Name::as_str).collect();
    format!(
        "{} | {} | {} | {}",
        code(variable.name.as_str()),
        value(alike, places),
        readers.join(", "),
        escape(&variable.about)
    )
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

fn published<'a>(place: &Place<'a>) -> impl Iterator<Item = Open<'a>> {
    let (environment, model) = (place.name, place.model);
    let services = model.services.values().filter(|service| service.is_composed());
    services.flat_map(move |service| {
        service.publish.iter().map(move |one| Open {
            environment,
            address: one.address.to_string(),
            port: port(one),
            service: service.name.as_str(),
            inner: one.container,
            public: !one.address.is_loopback(),
        })
    })
}

/// A port of the host, as it is said.
pub(super) fn port(published: &Published) -> String {
    format!("{}{}", published.host, if published.udp { "/udp" } else { "" })
}

fn listening(service: &Service) -> Listening<'_> {
    let ports = service.ports.iter().map(|(name, port)| format!("{port} ({name})"));
    let talks = service.flows.iter().map(|flow| format!("{}:{}", flow.to, flow.port));
    Listening {
        service: service.name.as_str(),
        ports: ports.collect::<Vec<_>>().join(", "),
        metrics: service
            .metrics
            .as_ref()
            .map(|metrics| code(&format!(":{}{}", metrics.port, metrics.path)))
            .unwrap_or_default(),
        talks: talks.collect::<Vec<_>>().join(", "),
    }
}

fn mounts(model: &Model) -> Vec<Mount<'_>> {
    let services = model.services.values();
    let mounts = services.flat_map(|service| {
        service.files.iter().map(|file| Mount {
            service: service.name.as_str(),
            artifact: &file.artifact,
            path: file.path.as_str(),
        })
    });
    mounts.collect()
}

fn volumes(model: &Model) -> Vec<Kept<'_>> {
    let kept = model.volumes.iter().map(|(name, volume)| {
        let mounts = model.services.values().flat_map(|service| {
            let mounts = service.volumes.iter().filter(|mount| mount.volume == *name);
            mounts.map(|mount| code(&format!("{}:{}", service.name, mount.path)))
        });
        Kept {
            name: name.as_str(),
            about: &volume.about,
            size: volume.size.to_string(),
            mounted: mounts.collect::<Vec<_>>().join(", "),
        }
    });
    kept.collect()
}

fn networks(model: &Model) -> Vec<Net<'_>> {
    let nets = model.networks.iter().map(|(name, network)| {
        let on = model.services.values().filter(|service| service.networks.contains(name));
        Net {
            name: name.as_str(),
            way_out: if network.internal { "no" } else { "yes" },
            subnet: network.subnet.map(|subnet| code(&subnet.to_string())).unwrap_or_default(),
            services: on.map(|service| service.name.as_str()).collect::<Vec<_>>().join(", "),
        }
    });
    nets.collect()
}

/// The waivers of all environments, each once.
fn waivers<'a>(system: &System<'a>) -> Vec<Waived<'a>> {
    let mut all: Vec<&Waiver> = Vec::new();
    for waiver in system.main_first().flat_map(|place| &place.model.waivers) {
        if !all.contains(&waiver) {
            all.push(waiver);
        }
    }
    let waived = |waiver: &'a Waiver| Waived {
        rule: &waiver.rule,
        services: waiver.services.iter().map(Name::as_str).collect::<Vec<_>>().join(", "),
        reason: &waiver.reason,
        source: &waiver.source,
    };
    all.into_iter().map(waived).collect()
}
