//! Turns a system into the tables that people look things up in: variables, ports, files, volumes, networks, waivers.

use std::borrow::Cow;
use std::fmt::{self, Display, Formatter};

use crate::map::IndexMap;
use serde::Serialize;

use crate::format::quote::markdown::{code, escape};
use crate::model::service::Published;
use crate::model::{Model, Variable, Waiver};
use crate::target::documents::page::{Listed, row};
use crate::target::documents::system::{Place, System};
use crate::value::{Generator, VariableName};

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
pub(super) fn tables(system: &System<'_>, files: Vec<(String, Cow<'static, str>)>) -> Tables {
    let main = system.main().model;
    Tables {
        variables: variables(system),
        published: published(system),
        listening: listening(system),
        files: rows(files, |out, (path, what)| {
            row(out, [&format_args!("[{path}]({path})"), &what]);
        }),
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

/// The variables of all environments: the same name stands once, in the group that it has first. Never the value of a
/// secret.
fn variables(system: &System<'_>) -> String {
    let mut groups: IndexMap<&str, String> = IndexMap::default();
    for (at, place) in system.main_first().enumerate() {
        let before = || system.main_first().take(at);
        for group in &place.model.groups {
            for variable in group.variables.iter().filter(|variable| variable.is_used()) {
                if before().any(|place| used(place, &variable.name).is_some()) {
                    continue;
                }
                let rows = groups.entry(group.name.as_str()).or_insert_with(|| {
                    let mut rows = String::with_capacity(4096);
                    row(&mut rows, [&"variable", &"value", &"read by", &"what it is for"]);
                    row(&mut rows, [&"---"; 4]);
                    rows
                });
                let readers = Listed(&variable.read_by);
                let (name, value) = (code(variable.name.as_str()), Values { system, variable });
                row(rows, [&name, &value, &readers, &escape(&variable.about)]);
            }
        }
    }
    let mut out = String::with_capacity(16 << 10);
    for (title, rows) in groups {
        for part in ["\n#### Variables: ", title, "\n\n", &rows] {
            out.push_str(part);
        }
    }
    out
}

/// A variable of an environment, where it is of use there.
fn used<'a>(place: &Place<'a>, name: &VariableName) -> Option<&'a Variable> {
    place.model.variable(name).filter(|variable| variable.is_used())
}

/// Who sets a variable, and what to, in each environment where that differs.
struct Values<'a> {
    system: &'a System<'a>,
    variable: &'a Variable,
}

impl Display for Values<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut said: Vec<(Said<'_>, Vec<&str>)> = Vec::new();
        for place in self.system.main_first() {
            let Some(variable) = used(place, &self.variable.name) else { continue };
            let text = Said::of(variable);
            match said.iter_mut().find(|(known, _)| *known == text) {
                Some((_, places)) => places.push(place.name),
                None => said.push((text, vec![place.name])),
            }
        }
        if let [(text, here)] = said.as_slice()
            && here.len() == self.system.places.len()
        {
            return text.fmt(f);
        }
        for (at, (text, places)) in said.iter().enumerate() {
            let before = if at == 0 { "" } else { "; " };
            write!(f, "{before}{text} ({})", Listed(places))?;
        }
        Ok(())
    }
}

/// Who sets a variable in one environment, and what to.
#[derive(PartialEq, Eq)]
enum Said<'a> {
    Secret { is_optional: bool, made: Option<Generator> },
    Words(&'static str),
    Proposed(&'a str),
}

impl<'a> Said<'a> {
    fn of(variable: &'a Variable) -> Self {
        let is_optional = variable.may_be_empty();
        match variable.proposed() {
            _ if variable.secret => Self::Secret { is_optional, made: variable.generate },
            _ if !variable.is_operators() => Self::Words("set by the blueprint"),
            "" if is_optional => Self::Words("optional"),
            "" => Self::Words("required"),
            default => Self::Proposed(default),
        }
    }
}

impl Display for Said<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Secret { is_optional, made } => {
                f.write_str(if *is_optional { "optional secret" } else { "secret" })?;
                made.map_or(Ok(()), |one| write!(f, ": {}", code(&one.command())))
            }
            Self::Words(words) => f.write_str(words),
            Self::Proposed(default) => code(default).fmt(f),
        }
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
                let address = one.address.to_string();
                let inner = format_args!("{}:{}", service.name, one.container);
                row(&mut out, [&place.name, &code(&address), &port(one), &inner, &reached]);
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
        let ports: Vec<String> =
            service.ports.iter().map(|(name, port)| format!("{port} ({name})")).collect();
        let metrics = service.metrics.as_ref();
        let metrics = metrics.map(|one| format!(":{}{}", one.port, one.path)).unwrap_or_default();
        let cells: [&dyn Display; 4] =
            [&service.name, &Listed(&ports), &code(&metrics), &Listed(&service.flows)];
        row(out, cells);
    })
}

/// The compiled files in containers.
fn mounts(model: &Model) -> String {
    let services = model.services.values();
    let files = services.flat_map(|service| service.files.iter().map(move |file| (service, file)));
    rows(files, |out, (service, file)| {
        row(out, [&code(&file.artifact), &service.name, &code(file.path.as_str())]);
    })
}

fn volumes(model: &Model) -> String {
    rows(&model.volumes, |out, (name, volume)| {
        let mounts = model.services.values().flat_map(|service| {
            let mounts = service.volumes.iter().filter(|mount| mount.volume == *name);
            mounts.map(|mount| code(&format!("{}:{}", service.name, mount.path)).to_string())
        });
        row(out, [name, &volume.size, &Listed(mounts), &escape(&volume.about)]);
    })
}

fn networks(model: &Model) -> String {
    rows(&model.networks, |out, (name, network)| {
        let on = model.services.values().filter(|service| service.networks.contains(name));
        let way_out = if network.internal { "no" } else { "yes" };
        let subnet = network.subnet.map(|subnet| subnet.to_string()).unwrap_or_default();
        row(out, [name, &way_out, &code(&subnet), &Listed(on.map(|service| &service.name))]);
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
        let services = Listed(&waiver.services);
        let of: &dyn Display = if waiver.services.is_empty() { &"all" } else { &services };
        row(out, [&code(&waiver.rule), of, &escape(&waiver.reason), &escape(&waiver.source)]);
    })
}
