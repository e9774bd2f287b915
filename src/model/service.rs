//! Describes a service of one environment, everything decided.

use crate::map::IndexMap;
use serde::Serialize;

pub use crate::blueprint::migrate::Steps;
pub use crate::blueprint::service::{Scheme, Tool};
pub use crate::catalog::entry::Content;
use crate::catalog::entry::Role;
pub use crate::catalog::ulimit::{Resource as KernelLimit, Ulimit};
pub use crate::model::build::{Build, Dockerfile};
use crate::model::cluster::Differences;
pub use crate::model::flow::Flow;
use crate::model::mount::{FileMount, HostAccess, Tmpfs, VolumeMount};
pub use crate::model::pool::{Connections, Pool};
use crate::model::scaling::Autoscale;
use crate::model::text::Text;
use crate::model::trouble::Trouble;
pub use crate::value::only::Only;
use crate::value::{
    ContainerPath, CpuRange, DatabaseName, Duration, HealthPath, Image, MemoryRange, Name, Signal,
    UrlPath, UserId, VariableName,
};

/// A program that runs.
#[derive(Debug, Clone, Serialize)]
pub struct Service {
    /// Its name, which is its host name in every target.
    pub name: Name,
    /// What it does.
    pub about: String,
    /// What part it plays.
    pub role: Role,
    /// The only target that it stands in, where it is not all.
    pub only: Option<Only>,
    /// The service that it watches, for an exporter.
    pub watches: Option<Name>,
    /// The catalogue entry and version behind it; `None` for an own program without a stack.
    pub component: Option<Component>,
    /// Its image.
    pub image: Image,
    /// How the image is built, where it is.
    pub build: Option<Build>,
    /// The entry point in place of the image's own; empty for the image's own.
    pub entrypoint: Vec<Text>,
    /// The command in place of the image's own; empty for the image's own.
    pub command: Vec<Text>,
    /// User and group id.
    pub user: UserId,
    /// Environment variables.
    pub environment: IndexMap<VariableName, Text>,
    /// Variables that it reads as files, and where.
    pub secrets: IndexMap<VariableName, ContainerPath>,
    /// The ports it listens on, by name; the first is the one that others talk to.
    pub ports: IndexMap<Name, u16>,
    /// Ports opened on the host.
    pub publish: Vec<Published>,
    /// How its health is asked for.
    pub health: Option<Health>,
    /// Where it exposes metrics.
    pub metrics: Option<Metrics>,
    /// What it may use.
    pub resources: Resources,
    /// Which services must be up before it starts.
    pub after: Vec<After>,
    /// Which services it talks to, and on which port: what networks and policies must let through.
    pub flows: Vec<Flow>,
    /// How many connections each of its processes opens to others.
    pub pools: Vec<Pool>,
    /// How many of its processes open connections of their own; empty where nothing says.
    pub processes: Text,
    /// How many connections it takes, where its component has a limit.
    pub connections: Option<Connections>,
    /// Which externals it talks to.
    pub egress: Vec<Name>,
    /// The ports that it calls at any address.
    pub reaches_out: Vec<u16>,
    /// The volumes that it mounts.
    pub volumes: Vec<VolumeMount>,
    /// Paths in memory that it may write.
    pub tmpfs: Vec<Tmpfs>,
    /// Compiled files that it reads.
    pub files: Vec<FileMount>,
    /// Compiled files of its own, by path relative to the output folder; references in their trees are resolved.
    pub contents: IndexMap<String, Content>,
    /// What of the host it sees.
    pub host: Option<HostAccess>,
    /// What of this is other in Kubernetes.
    pub kubernetes: Differences,
    /// The profile without which it does not run.
    pub profile: Option<Name>,
    /// How many run at once.
    pub replicas: u32,
    /// How many run at once under load, where that changes.
    pub autoscale: Option<Autoscale>,
    /// The networks that it joins; none at all where there is nothing to talk to.
    pub networks: Vec<Name>,
    /// The signal that stops it.
    pub stop_signal: Signal,
    /// How long it may take to stop.
    pub stop_grace: Duration,
    /// Linux capabilities that it keeps.
    pub capabilities: Vec<String>,
    /// Limits of the kernel that it needs raised; Kubernetes cannot.
    pub ulimits: IndexMap<KernelLimit, Ulimit>,
    /// Whether its root file system may be written.
    pub writable_root: bool,
    /// Whether two of it must never run at once, not even for a moment.
    pub single: bool,
    /// The commands that bring the tables of its database up to date; none where nothing does.
    pub migrations: Steps,
    /// How many of them a drain may take at once.
    pub max_unavailable: u32,
    /// The team that its alerts go to; empty for none.
    pub team: String,
    /// What can be wrong with it and is worth a look.
    pub troubles: Vec<Trouble>,
    /// The parameters of its component or stack, resolved.
    pub parameters: IndexMap<String, Text>,
    /// The databases that it makes beside its own: the parameters of each; a secret is the path of its file.
    pub databases: IndexMap<DatabaseName, IndexMap<String, String>>,
}

/// A catalogue entry and version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Component {
    /// The entry's name.
    pub name: String,
    /// The version.
    pub version: String,
}

/// A port opened on the host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Published {
    /// The host's address.
    pub address: std::net::IpAddr,
    /// The host's port.
    pub host: u16,
    /// The container's port.
    pub container: u16,
    /// Whether it is UDP.
    pub udp: bool,
}

/// How health is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Health {
    /// Decides about restarts (Kubernetes), where anything does.
    pub live: Option<Probe>,
    /// Decides about traffic (Kubernetes), and the container's health check where that has no command of its own.
    pub ready: Probe,
    /// The command of the container's health check, where it asks in another way than Kubernetes.
    pub check: Option<Vec<Text>>,
    /// Tells people how it is, where a path does; nothing is decided by it.
    pub details: Option<HealthPath>,
    /// How long it may take to start.
    pub start: Duration,
    /// How often it is asked.
    pub interval: Duration,
    /// How long an answer may take.
    pub timeout: Duration,
    /// How many failures in a row count.
    pub retries: u32,
}

/// One way of asking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Probe {
    /// A path must answer with success.
    Http {
        /// The port.
        port: u16,
        /// The path.
        path: HealthPath,
        /// Whether it is asked for over TLS.
        scheme: Scheme,
        /// The program in the image that asks; `None` where there is none, and only Kubernetes can ask.
        tool: Option<Tool>,
    },
    /// A command must exit 0.
    Command(Vec<Text>),
    /// A port must accept connections (Kubernetes).
    Tcp {
        /// The port.
        port: u16,
    },
}

/// Where metrics are exposed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Metrics {
    /// The port.
    pub port: u16,
    /// The path.
    pub path: UrlPath,
    /// The scrape job.
    pub job: String,
}

/// What a service may use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Resources {
    /// Processor time.
    pub cpu: CpuRange,
    /// Memory.
    pub memory: MemoryRange,
    /// How many processes and threads at most.
    pub pids: u32,
}

/// A service that must be up first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct After {
    /// The service.
    pub service: Name,
    /// What is waited for.
    pub until: Until,
    /// Whether the start waits even if it does not run at all.
    pub required: bool,
}

/// What is waited for before a service starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Until {
    /// The other runs.
    Started,
    /// The other is healthy.
    Healthy,
    /// The other has ended well.
    Completed,
}

impl Service {
    /// What it does, and where people see how it is.
    pub fn description(&self) -> String {
        let details = self.health.as_ref().and_then(|health| health.details.as_ref());
        match details {
            None => self.about.clone(),
            Some(path) if self.about.is_empty() => format!("How it is: {path}"),
            Some(path) => format!("{}. How it is: {path}", self.about),
        }
    }

    /// The port that others talk to.
    pub fn port(&self) -> Option<u16> {
        self.ports.values().next().copied()
    }

    /// Whether it keeps data of its own, and so has an identity.
    pub fn is_stateful(&self) -> bool {
        matches!(
            self.role,
            Role::Database
                | Role::Cache
                | Role::Queue
                | Role::Metrics
                | Role::Logs
                | Role::Collector
        ) && !self.volumes.is_empty()
    }

    /// Whether Docker Compose runs it.
    pub fn is_composed(&self) -> bool {
        self.only != Some(Only::Kubernetes)
    }

    /// Whether there can be more than one of it at once.
    pub fn is_replicated(&self) -> bool {
        self.replicas > 1 || self.autoscale.is_some()
    }
}

impl Service {
    /// Every text that may hold variables.
    pub fn texts(&self) -> impl Iterator<Item = &Text> {
        let probes =
            self.health.iter().flat_map(|health| health.live.iter().chain([&health.ready]));
        let commands = probes.filter_map(|probe| match probe {
            Probe::Command(command) => Some(command),
            Probe::Http { .. } | Probe::Tcp { .. } => None,
        });
        let checks = self.health.iter().filter_map(|health| health.check.as_ref());
        let lists = [&self.entrypoint, &self.command].into_iter().chain(commands).chain(checks);
        self.environment.values().chain(lists.flatten())
    }
}
