//! Turns what the author and the catalogue say of a service into the service of the model.

use indexmap::IndexMap;

use crate::blueprint::reference::Text as Raw;
use crate::blueprint::service as written;
use crate::catalog::entry::{Content, Entry};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, suggest};
use crate::model::service::{
    Autoscale, Build, Component, Dockerfile, FileMount, Health, HostAccess, Metrics, Probe,
    Published, Resources, Service, Tmpfs, VolumeMount,
};
use crate::model::{DEFAULT_STOP_GRACE, Role, Text};
use crate::resolve::parts::Part;
use crate::resolve::scope::Scope;
use crate::resolve::settings;
use crate::source::Span;
use crate::value::{
    ContainerPath, Cpu, CpuRange, Duration, GroupName, Image, Memory, MemoryRange, Name, Percent,
    PortNumber, Protocol, RelativePath, UrlPath, UserId, VariableName,
};

/// How many processes and threads an own program may have when nobody says.
const PIDS: u32 = 256;
/// How much a path in memory may hold when nobody says.
const TMPFS_SIZE: Memory = Memory::from_mebibytes(64);
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

/// Variables that are read as files, and where.
type Secrets = IndexMap<VariableName, ContainerPath>;

/// All services; what connects them is filled in later.
pub(super) fn services(
    scope: &Scope<'_>,
    scaling: Scaling,
    diagnostics: &mut Diagnostics,
) -> IndexMap<Name, Service> {
    let mut services = IndexMap::new();
    for (name, part) in scope.parts {
        let mut builder = Builder { scope, name, part, scaling, diagnostics };
        services.insert(name.clone(), builder.service());
    }
    services
}

struct Builder<'a, 'b> {
    scope: &'b Scope<'a>,
    name: &'b Name,
    part: &'b Part,
    scaling: Scaling,
    diagnostics: &'b mut Diagnostics,
}

impl Builder<'_, '_> {
    fn service(&mut self) -> Service {
        let written = &self.part.written;
        let entry = self.part.entry.as_ref();
        let mut secrets = Secrets::new();
        let environment = self.environment(&mut secrets);
        let known = entry.and_then(|entry| entry.entrypoint.as_ref());
        let entrypoint = self.texts(known, "uses", &mut secrets);
        let known = entry.and_then(|entry| entry.command.as_ref());
        let command = self.texts(written.command.as_ref().or(known), "command", &mut secrets);
        let health = self.health(&mut secrets);
        let stop =
            written.stop.clone().or(entry.and_then(|entry| entry.stop.clone())).unwrap_or_default();
        Service {
            name: self.name.clone(),
            about: written
                .about
                .clone()
                .or(entry.map(|entry| entry.about.clone()))
                .unwrap_or_default(),
            role: self.part.role(),
            watches: self.part.watches.clone(),
            component: entry.map(|entry| Component {
                name: entry.component.clone(),
                version: self.part.version.clone(),
            }),
            image: self.image(),
            build: self.build(),
            entrypoint,
            command,
            user: written.user.or(entry.map(|entry| entry.user)).unwrap_or(OWN_USER),
            environment,
            secrets,
            ports: self.part.ports(),
            publish: self.publish(),
            health,
            metrics: self.metrics(),
            resources: self.resources(),
            after: Vec::new(),
            flows: Vec::new(),
            egress: Vec::new(),
            volumes: self.volumes(),
            tmpfs: self.tmpfs(),
            files: self.files(),
            contents: self.contents(),
            host: entry.and_then(|entry| entry.host.as_ref()).map(|host| HostAccess {
                pid: host.pid,
                paths: host.paths.clone().into_iter().collect(),
            }),
            profile: written.profile.clone(),
            replicas: written.replicas.unwrap_or(1),
            autoscale: written.autoscale.as_ref().map(|autoscale| Autoscale {
                min: autoscale.min,
                max: autoscale.max,
                cpu: autoscale.cpu.unwrap_or(0),
                memory: autoscale.memory.unwrap_or(0),
            }),
            networks: Vec::new(),
            stop_signal: stop.signal.unwrap_or_else(|| "SIGTERM".to_owned()),
            stop_grace: stop.grace.or(self.stop_grace()).unwrap_or(DEFAULT_STOP_GRACE),
            capabilities: self.capabilities(),
            writable_root: written
                .writable_root
                .unwrap_or(entry.is_some_and(|entry| entry.writable_root)),
            max_unavailable: written.max_unavailable.unwrap_or(1),
            team: written.team.as_ref().map(Name::to_string).unwrap_or_default(),
            parameters: self.parameters(),
        }
    }

    fn stop_grace(&self) -> Option<Duration> {
        self.scope.blueprint.compose.as_ref().and_then(|compose| compose.stop_grace)
    }

    fn capabilities(&self) -> Vec<String> {
        let known = self.part.entry.iter().flat_map(|entry| &entry.capabilities);
        self.part.written.capabilities.iter().chain(known).cloned().collect()
    }

    fn place(&self, key: &str) -> Span {
        self.scope.context.locator.value(&format!("/services/{}/{key}", self.name))
    }

    /// Resolves one text of this service; what is wrong with it is told at `key`.
    fn text(&mut self, raw: &Raw, key: &str, secrets: &mut Secrets) -> Text {
        match self.scope.resolve(raw, Some(self.name)) {
            Ok(resolved) => {
                secrets.extend(resolved.files);
                resolved.text
            }
            Err(unresolved) => {
                self.diagnostics.push(unresolved.at(self.place(key)));
                Text::default()
            }
        }
    }

    fn texts(&mut self, raws: Option<&Vec<Raw>>, key: &str, secrets: &mut Secrets) -> Vec<Text> {
        raws.into_iter().flatten().map(|raw| self.text(raw, key, secrets)).collect()
    }

    /// The environment: what the component needs, the groups that it may read, what it alone has.
    fn environment(&mut self, secrets: &mut Secrets) -> IndexMap<VariableName, Text> {
        let mut environment = IndexMap::new();
        for (name, raw) in self.part.entry.iter().flat_map(|entry| &entry.environment) {
            let text = self.text(raw, "uses", secrets);
            environment.insert(name.clone(), text);
        }
        for group in &self.part.written.variables {
            if !self.scope.blueprint.variables.contains_key(group) {
                self.unknown_group(group);
            }
        }
        for (name, declared) in self.scope.declared {
            if !self.part.written.variables.contains(&declared.group) || declared.written.build {
                continue;
            }
            let text = match &declared.fixed {
                Some(fixed) => self.text(fixed, "variables", secrets),
                None => Text::variable(name.clone()),
            };
            environment.insert(name.clone(), text);
        }
        for (name, raw) in &self.part.written.environment {
            let text = self.text(raw, &format!("environment/{name}"), secrets);
            environment.insert(name.clone(), text);
        }
        environment
    }

    fn unknown_group(&mut self, group: &GroupName) {
        let groups = self.scope.blueprint.variables.keys().map(GroupName::as_str);
        let message = format!("no group of variables is named `{group}`");
        let found =
            Diagnostic::error(Code::UnknownVariable, message).at(self.place("variables"), "");
        self.diagnostics.push(match suggest::nearest(group.as_str(), groups) {
            Some(near) => found.help(format!("did you mean `{near}`?")),
            None => found.help(format!("declare it under `variables: {{ {group}: … }}`")),
        });
    }

    /// The image: pinned under `images`, else the author's, else the catalogue's tag.
    fn image(&mut self) -> Image {
        let pinned =
            self.scope.blueprint.images.get(self.name).or(self.part.written.image.as_ref());
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

    fn build(&mut self) -> Option<Build> {
        let written = self.part.written.build.clone()?;
        let stack = self.part.entry.as_ref().filter(|_| written.stack.is_some());
        let dockerfile = match stack {
            Some(entry) => Dockerfile::Compiled {
                from_context: self.dockerfile_from(&written.context),
                path: format!("docker/{}.Dockerfile", self.name),
                template: entry.dockerfile.clone().unwrap_or_default(),
                base: base_image(entry, &self.part.version),
                ignore: entry.dockerignore.clone(),
            },
            None => Dockerfile::Own(
                written.dockerfile.map_or_else(|| "Dockerfile".to_owned(), |path| path.to_string()),
            ),
        };
        let readable = &self.part.written.variables;
        let arguments =
            self.scope.declared.iter().filter(|(_, declared)| {
                declared.written.build && readable.contains(&declared.group)
            });
        Some(Build {
            context: join(self.scope.context.to_blueprint, written.context.as_str()),
            dockerfile,
            target: written.target.unwrap_or_default(),
            arguments: arguments.map(|(name, _)| name.clone()).collect(),
        })
    }

    /// The compiled Dockerfile, as it is from a build context.
    fn dockerfile_from(&mut self, context: &RelativePath) -> String {
        let file = join(self.scope.context.to_output, &format!("docker/{}.Dockerfile", self.name));
        between(&join("", context.as_str()), &file).unwrap_or_else(|| {
            let message = format!("the build context of `{}` lies too far up", self.name);
            let found = Diagnostic::error(Code::InvalidPath, message).at(self.place("build"), "");
            let help =
                "a context must not lie above both the blueprint and the output: set `output.root`";
            self.diagnostics.push(found.help(help));
            file
        })
    }

    fn publish(&mut self) -> Vec<Published> {
        if self.part.role() == Role::Edge && self.part.written.publish.is_empty() {
            return self.front_door();
        }
        let first = self.part.ports().values().next().copied();
        let mut published = Vec::new();
        for one in &self.part.written.publish {
            let Some(container) = one.container.map(PortNumber::get).or(first) else {
                self.diagnostics.push(
                    Diagnostic::error(
                        Code::UnknownPort,
                        format!("`{}` listens on no port", self.name),
                    )
                    .at(self.place("publish"), "nothing answers here")
                    .help("name the port with `port:`, or write `HOST_PORT:CONTAINER_PORT`"),
                );
                continue;
            };
            published.push(Published {
                address: one.host_ip,
                host: one.host.get().saturating_add(self.scaling.shift),
                container,
                udp: one.protocol == Protocol::Udp,
            });
        }
        published
    }

    /// The edge is what everybody reaches: its HTTP and HTTPS ports on all addresses, in every environment the same.
    fn front_door(&self) -> Vec<Published> {
        let ports = self.part.ports();
        let open = ["http", "https"].into_iter().filter_map(|name| ports.get(name).copied());
        open.map(|port| Published {
            address: std::net::Ipv4Addr::UNSPECIFIED.into(),
            host: port,
            container: port,
            udp: false,
        })
        .collect()
    }

    fn health(&mut self, secrets: &mut Secrets) -> Option<Health> {
        let own = self.part.written.health.clone();
        let known = self.part.entry.as_ref().and_then(|entry| entry.health.clone());
        let known = known.filter(|known| own.is_some() || known.asks());
        if own.is_none() && known.is_none() {
            return None;
        }
        let (own, known) = (own.unwrap_or_default(), known.unwrap_or_default());
        let port = self.part.ports().values().next().copied();
        let silent = self.part.entry.as_ref().is_some_and(|entry| entry.no_health_tool);
        let tool = own.tool.or(known.tool).or(Some(written::Tool::Wget)).filter(|_| !silent);
        let http = |path: &UrlPath| port.map(|port| Probe::Http { port, path: path.clone(), tool });
        let command =
            own.command.as_ref().or(known.command.as_ref().filter(|_| own.ready.is_none()));
        let ready = match (command, own.ready.as_ref().or(known.ready.as_ref())) {
            (Some(command), _) => Probe::Command(self.texts(Some(command), "health", secrets)),
            (None, Some(path)) => http(path)?,
            (None, None) => Probe::Tcp { port: port? },
        };
        let live = match (own.live.as_ref().or(known.live.as_ref()), port) {
            (Some(path), _) => http(path)?,
            (None, Some(port)) => Probe::Tcp { port },
            (None, None) => ready.clone(),
        };
        let or = |own: Option<Duration>, known: Option<Duration>, seconds: u64| {
            own.or(known).unwrap_or(Duration::from_seconds(seconds))
        };
        Some(Health {
            live,
            ready,
            start: or(own.start, known.start, 30),
            interval: or(own.interval, known.interval, 15),
            timeout: or(own.timeout, known.timeout, 5),
            retries: own.retries.or(known.retries).unwrap_or(3),
        })
    }

    fn metrics(&mut self) -> Option<Metrics> {
        let own = self.part.written.metrics.as_ref();
        let known = self.part.entry.as_ref().and_then(|entry| entry.metrics.as_ref());
        if own.is_none() && (known.is_none() || self.part.role() == Role::Application) {
            return None;
        }
        let path =
            own.and_then(|own| own.path.clone()).or(known.and_then(|known| known.path.clone()));
        let port =
            own.and_then(|own| own.port.as_ref()).or(known.and_then(|known| known.port.as_ref()));
        let ports = self.part.ports();
        let port = match port {
            Some(name) => ports.get(name).copied(),
            None => ports.values().next().copied(),
        };
        let Some(port) = port else {
            self.diagnostics.push(
                Diagnostic::error(
                    Code::UnknownPort,
                    format!("`{}` exposes metrics on no port", self.name),
                )
                .at(self.place("metrics"), "nothing answers here")
                .help("name the port with `port:`"),
            );
            return None;
        };
        let path = path.unwrap_or_else(|| UrlPath::known("/metrics"));
        Some(Metrics { port, path, job: self.name.to_string() })
    }

    fn resources(&self) -> Resources {
        let own = self.part.written.resources.clone().unwrap_or_default();
        let known =
            self.part.entry.as_ref().map(|entry| entry.resources.clone()).unwrap_or_default();
        let scale = self.scaling.scale;
        let cpu = known.cpu.unwrap_or(OWN_CPU);
        let memory = known.memory.unwrap_or(OWN_MEMORY);
        Resources {
            cpu: own.cpu.unwrap_or_else(|| cpu.scaled(scale)),
            memory: own.memory.unwrap_or_else(|| memory.scaled(scale)),
            pids: own.pids.or(known.pids).unwrap_or(PIDS),
        }
    }

    fn volumes(&self) -> Vec<VolumeMount> {
        let entry = self.part.entry.as_ref();
        let own =
            entry.into_iter().flat_map(|entry| &entry.volumes).map(|(volume, path)| VolumeMount {
                volume: settings::own_volume(self.name, volume),
                path: path.clone(),
                read_only: false,
            });
        let shared = entry.into_iter().flat_map(|entry| &entry.shares).map(|(volume, path)| {
            VolumeMount { volume: volume.clone(), path: path.clone(), read_only: false }
        });
        let written = self.part.written.volumes.iter().map(|(volume, mount)| VolumeMount {
            volume: volume.clone(),
            path: mount.path.clone(),
            read_only: mount.read_only,
        });
        own.chain(shared).chain(written).collect()
    }

    fn tmpfs(&self) -> Vec<Tmpfs> {
        let written = &self.part.written.tmpfs;
        let known = self.part.entry.iter().flat_map(|entry| &entry.tmpfs);
        let known =
            known.filter(|(path, _)| !written.contains_key(*path)).map(|(path, tmpfs)| Tmpfs {
                path: path.clone(),
                size: tmpfs.size.unwrap_or(TMPFS_SIZE),
                mode: tmpfs.mode.clone().unwrap_or_else(|| "0700".to_owned()),
            });
        let written = written.iter().map(|(path, size)| Tmpfs {
            path: path.clone(),
            size: *size,
            mode: "0700".to_owned(),
        });
        let mut all: Vec<Tmpfs> = known.chain(written).collect();
        // A program of our own may always use /tmp: hardly any does without.
        let tmp = ContainerPath::known("/tmp");
        if self.part.role() == Role::Application && all.iter().all(|one| one.path != tmp) {
            all.push(Tmpfs { path: tmp, size: TMPFS_SIZE, mode: "1777".to_owned() });
        }
        all
    }

    fn files(&self) -> Vec<FileMount> {
        let mounts = self.part.entry.iter().flat_map(|entry| &entry.mounts);
        let mount = |(artifact, path): (&String, &ContainerPath)| FileMount {
            artifact: self.artifact(artifact),
            path: path.clone(),
        };
        mounts.map(mount).collect()
    }

    /// `prometheus/rules` is `prometheus/<environment>/rules` below the output folder.
    fn artifact(&self, key: &str) -> String {
        let environment = &self.scope.environment.name;
        match key.split_once('/') {
            Some((target, path)) => format!("{target}/{environment}/{path}"),
            None => format!("{key}/{environment}"),
        }
    }

    fn contents(&self) -> IndexMap<String, Content> {
        let Some(entry) = &self.part.entry else { return IndexMap::new() };
        let own = |path: &String| self.artifact(&format!("{}/{path}", entry.component));
        entry.files.iter().map(|(path, content)| (own(path), content.clone())).collect()
    }

    fn parameters(&mut self) -> IndexMap<String, Text> {
        let Some(entry) = &self.part.entry else { return IndexMap::new() };
        let written = &self.part.written;
        let built = written.build.iter().flat_map(|build| build.with.keys());
        for name in written.with.keys().chain(built) {
            if !entry.parameters.contains_key(name) {
                self.unknown_parameter(entry, name);
            }
        }
        let mut parameters = IndexMap::new();
        for name in entry.parameters.keys() {
            let text = self.text(&Raw(format!("${{self.{name}}}")), "with", &mut Secrets::new());
            parameters.insert(name.clone(), text);
        }
        parameters
    }

    fn unknown_parameter(&mut self, entry: &Entry, name: &str) {
        let known = || entry.parameters.keys().map(String::as_str);
        let message = format!("`{}` has no parameter `{name}`", entry.component);
        let place = self.scope.context.locator.key(&format!("/services/{}/with/{name}", self.name));
        let found = Diagnostic::error(Code::UnknownKey, message).at(place, "");
        self.diagnostics.push(match suggest::nearest(name, known()) {
            Some(near) => found.help(format!("did you mean `{near}`?")),
            None => found.help(format!("it has {}", known().collect::<Vec<_>>().join(", "))),
        });
    }
}

impl written::Health {
    /// Whether it says how to ask; a stack's entry may only say with which tool.
    fn asks(&self) -> bool {
        self.ready.is_some() || self.live.is_some() || self.command.is_some()
    }
}

/// The image of a catalogue entry's version, with its exact tag.
pub(super) fn base_image(entry: &Entry, version: &str) -> Image {
    let tag = entry.versions.get(version).map_or("latest", |release| release.tag.as_str());
    Image::known(&format!("{}:{tag}", entry.image))
}

/// A path relative to the blueprint, as it is from the output folder.
fn join(to_blueprint: &str, path: &str) -> String {
    let mut segments: Vec<&str> =
        to_blueprint.split('/').filter(|segment| !segment.is_empty()).collect();
    for segment in path.split('/').filter(|segment| !segment.is_empty() && *segment != ".") {
        match (segment, segments.last()) {
            ("..", Some(last)) if *last != ".." => {
                segments.pop();
            }
            _ => segments.push(segment),
        }
    }
    if segments.is_empty() { ".".to_owned() } else { segments.join("/") }
}

/// The way from a folder to a file, both relative to the same place; `None` where the folder lies above it at a
/// place whose name is not known.
fn between(folder: &str, file: &str) -> Option<String> {
    let from: Vec<&str> =
        folder.split('/').filter(|segment| *segment != "." && !segment.is_empty()).collect();
    let to: Vec<&str> = file.split('/').collect();
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    if from[shared..].contains(&"..") {
        return None;
    }
    let up = std::iter::repeat_n("..", from.len() - shared);
    Some(up.chain(to[shared..].iter().copied()).collect::<Vec<_>>().join("/"))
}

#[cfg(test)]
mod tests {
    use super::{between, join};

    #[test]
    fn the_way_from_a_context_to_its_dockerfile() {
        let way = |folder, file| between(folder, file).unwrap();
        assert_eq!(way("../backend", "../out/shop/docker/a"), "../out/shop/docker/a");
        assert_eq!(way(".", "docker/a"), "docker/a");
        assert_eq!(way("app", "docker/a"), "../docker/a");
        assert_eq!(between("../..", "../out/a"), None);
    }

    #[test]
    fn paths_are_joined_without_detours() {
        assert_eq!(join("../../blueprints", "../backend"), "../../backend");
        assert_eq!(join("", "./app"), "app");
        assert_eq!(join("", "."), ".");
        assert_eq!(join("..", "../x"), "../../x");
    }
}
