//! Turns what the author and the catalogue say of a service into the service of the model.

mod build;
mod cluster;
mod databases;
pub(super) mod environment;
mod migrations;
mod parameters;
mod pools;
mod ports;
mod storage;

use crate::map::{self, IndexMap};

use crate::blueprint::reference::Text as Raw;
use crate::blueprint::service::Stop;
use crate::catalog::entry::Entry;
use crate::diagnostic::Diagnostics;
use crate::model::service::{Component, Resources, Service};
use crate::model::trouble::Trouble;
use crate::model::{DEFAULT_STOP_GRACE, Text};
use crate::resolve::parts::Part;
use crate::resolve::scaling;
use crate::resolve::scope::{Found, Reached, Resolved, Scope, Unresolved};
use crate::source::Span;
use crate::value::{Cpu, CpuRange, Duration, Image, Memory, MemoryRange, Name, Percent, UserId};

/// How many processes and threads an own program may have when nobody says.
const PIDS: u32 = 256;
/// The processor time of an own program when nobody says.
const OWN_CPU: CpuRange = CpuRange::new(Cpu::from_milli(100), Cpu::from_milli(500));
/// The memory of an own program when nobody says.
const OWN_MEMORY: MemoryRange =
    MemoryRange::new(Memory::from_mebibytes(128), Memory::from_mebibytes(512));
/// The user of an own program that names none: no user of the host.
const OWN_USER: UserId = UserId::new(10001, 10001);

/// What an environment does to the numbers of all services.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scaling {
    /// Of every request and limit that the catalogue or a default gives.
    pub(super) scale: Percent,
    /// Added to every published host port.
    pub(super) shift: u16,
}

/// All services, and the ports of others that their texts name; what connects them is filled in later.
pub(super) fn services(
    scope: &Scope<'_>,
    scaling: Scaling,
    diagnostics: &mut Diagnostics,
) -> (IndexMap<Name, Service>, IndexMap<Name, Reached>) {
    let count = scope.parts.len();
    let mut services = map::with_room(count);
    let mut reached = map::with_room(count);
    for (name, part) in scope.parts {
        let mut builder = Builder { scope, name, part, scaling, diagnostics };
        let mut found = Found::default();
        services.insert(name.clone(), builder.service(&mut found));
        reached.insert(name.clone(), found.reached);
    }
    (services, reached)
}

struct Builder<'a, 'b> {
    scope: &'b Scope<'a>,
    name: &'b Name,
    part: &'b Part,
    scaling: Scaling,
    diagnostics: &'b mut Diagnostics,
}

impl Builder<'_, '_> {
    fn service(&mut self, found: &mut Found) -> Service {
        let written = &self.part.written;
        let entry = self.part.entry.as_ref();
        let environment = self.environment(found);
        let known = entry.and_then(|entry| entry.entrypoint.as_ref());
        let entrypoint = self.texts(known, "uses", found);
        let known = entry.and_then(|entry| entry.command.as_ref());
        let elsewhere = self.part.stage().is_some_and(|stage| stage.own_command);
        let run = written.command.as_ref().or(known.filter(|_| !elsewhere));
        let command = self.texts(run, "command", found);
        // The last stage has its command though another one is built.
        let last = if elsewhere { self.texts(known, "uses", found) } else { command.clone() };
        let health = self.health(found);
        let contents = self.contents(found);
        let parameters = self.parameters(found);
        let databases = self.databases(found);
        let pools = self.pools(&environment);
        let stop = self.stop();
        let migrations = self.migrations();
        found.files.sort_unstable_keys();
        Service {
            name: self.name.clone(),
            about: self.about(),
            role: self.part.role(),
            only: self.only(),
            watches: self.part.watches.clone(),
            component: self.component(),
            image: self.image(),
            build: self.build(last),
            entrypoint,
            command,
            user: self.user(),
            environment,
            secrets: std::mem::take(&mut found.files),
            ports: self.part.ports(),
            publish: self.publish(),
            health,
            metrics: self.metrics(),
            resources: self.resources(),
            after: Vec::new(),
            flows: Vec::new(),
            pools,
            processes: self.processes(&parameters),
            connections: self.connections(&parameters),
            egress: Vec::new(),
            reaches_out: self.reaches_out(),
            volumes: self.volumes(),
            tmpfs: self.tmpfs(),
            files: self.files(),
            contents,
            host: self.host(),
            kubernetes: self.in_cluster(),
            profile: written.profile.clone(),
            replicas: written.replicas.unwrap_or(1),
            autoscale: written.autoscale.as_ref().map(|it| scaling::autoscale(self.name, it)),
            networks: Vec::new(),
            stop_signal: stop.signal.unwrap_or_default(),
            stop_grace: stop.grace.or(self.stop_grace()).unwrap_or(DEFAULT_STOP_GRACE),
            capabilities: self.capabilities(),
            ulimits: entry.map(|entry| entry.ulimits.clone()).unwrap_or_default(),
            writable_root: written
                .writable_root
                .unwrap_or(entry.is_some_and(|entry| entry.writable_root)),
            single: entry.is_some_and(|entry| entry.single),
            migrations,
            max_unavailable: written.max_unavailable.unwrap_or(1),
            team: written.team.as_ref().map(Name::to_string).unwrap_or_default(),
            troubles: self.troubles(),
            parameters,
            databases,
        }
    }

    /// What can be wrong; what its commands name is read by whoever runs them, not by the service.
    fn troubles(&mut self) -> Vec<Trouble> {
        let part = self.part;
        let known = part.entry.iter().flat_map(|entry| entry.troubleshooting.values());
        let trouble = |one: &crate::catalog::trouble::Trouble| Trouble {
            command: self.texts(Some(&one.command), "uses", &mut Found::default()),
            symptom: one.symptom.clone(),
            on: one.on,
            then: one.then.clone(),
        };
        known.map(trouble).collect()
    }

    fn component(&self) -> Option<Component> {
        let entry = self.part.entry.as_ref()?;
        Some(Component { name: entry.component.clone(), version: self.part.version.clone() })
    }

    fn about(&self) -> String {
        let known = self.part.entry.as_ref().map(|entry| entry.about.clone());
        self.part.written.about.clone().or(known).unwrap_or_default()
    }

    fn user(&self) -> UserId {
        let known = self.part.entry.as_ref().map(|entry| entry.user);
        self.part.written.user.or(known).unwrap_or(OWN_USER)
    }

    fn stop(&self) -> Stop {
        let known = self.part.entry.as_ref().and_then(|entry| entry.stop.clone());
        self.part.written.stop.clone().or(known).unwrap_or_default()
    }

    fn stop_grace(&self) -> Option<Duration> {
        self.scope.blueprint.compose.as_ref().and_then(|compose| compose.stop_grace)
    }

    fn capabilities(&self) -> Vec<String> {
        let known = self.part.entry.iter().flat_map(|entry| &entry.capabilities);
        self.part.written.capabilities.iter().chain(known).cloned().collect()
    }

    fn reaches_out(&self) -> Vec<u16> {
        let known = self.part.entry.iter().flat_map(|entry| &entry.reaches_out);
        known.map(|port| port.get()).collect()
    }

    fn place(&self, key: &str) -> Span {
        self.scope.context.locator.value(&format!("/services/{}/{key}", self.name))
    }

    /// Resolves one text of this service; what is wrong with it is told at `key`.
    fn text(&mut self, raw: &Raw, key: &str, found: &mut Found) -> Text {
        if raw.is_plain() {
            return Text::literal(raw.0.clone());
        }
        self.told(self.scope.resolve(raw, Some(self.name)), key, found)
    }

    /// What a text came to; what is wrong with it is told at `key`.
    fn told(&mut self, text: Result<Resolved, Unresolved>, key: &str, found: &mut Found) -> Text {
        match text {
            Ok(resolved) => found.take(resolved),
            Err(unresolved) => {
                self.diagnostics.extend(unresolved.at(self.place(key)));
                Text::default()
            }
        }
    }

    fn texts(&mut self, raws: Option<&Vec<Raw>>, key: &str, found: &mut Found) -> Vec<Text> {
        raws.into_iter().flatten().map(|raw| self.text(raw, key, found)).collect()
    }

    /// The image: pinned under `images`, else the author's, else the catalogue's tag.
    fn image(&mut self) -> Image {
        let pinned = self.scope.blueprint.images.get(self.name.as_str()).or(self
            .part
            .written
            .image
            .as_ref());
        if let Some(image) = pinned {
            return image.clone();
        }
        match &self.part.entry {
            Some(entry) if self.part.written.build.is_none() => {
                base_image(entry, &self.part.version)
            }
            _ => {
                let system = &self.scope.blueprint.name;
                Image::known(&format!("{system}-{}:{}", self.name, self.scope.environment.name))
            }
        }
    }

    fn resources(&self) -> Resources {
        let own = self.part.written.resources.clone().unwrap_or_default();
        let known =
            self.part.entry.as_ref().map(|entry| entry.resources.clone()).unwrap_or_default();
        let stage = self.part.stage().and_then(|stage| stage.resources.clone()).unwrap_or_default();
        let scale = self.scaling.scale;
        let cpu = stage.cpu.or(known.cpu).unwrap_or(OWN_CPU);
        Resources {
            cpu: own.cpu.unwrap_or_else(|| cpu.scaled(scale)),
            memory: memory(self.part, scale),
            pids: own.pids.or(stage.pids).or(known.pids).unwrap_or(PIDS),
        }
    }
}

/// The image of a catalogue entry's version, with its exact tag.
pub(super) fn base_image(entry: &Entry, version: &str) -> Image {
    let tag = entry.versions.get(version).map_or("latest", |release| release.tag.as_str());
    Image::known(&format!("{}:{tag}", entry.image))
}

/// What the author says a service may use; else what the catalogue does, scaled as the environment wants.
pub(super) fn memory(part: &Part, scale: Percent) -> MemoryRange {
    let own = part.written.resources.as_ref().and_then(|own| own.memory);
    let stage = part.stage().and_then(|stage| stage.resources.as_ref()?.memory);
    let known = stage.or(part.entry.as_ref().and_then(|entry| entry.resources.memory));
    own.unwrap_or_else(|| known.unwrap_or(OWN_MEMORY).scaled(scale))
}
