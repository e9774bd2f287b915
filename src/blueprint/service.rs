//! Describes a service: one program that runs, own or ready-made.

use crate::map::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::blueprint::Mount;
use crate::blueprint::migrate::Migrate;
use crate::blueprint::need::Need;
use crate::blueprint::reference::Text;
use crate::blueprint::scaling::Autoscale;
use crate::value::keyed::Keyed;
use crate::value::only::Only;
use crate::value::{
    ContainerPath, CpuRange, DatabaseName, Duration, GroupName, HealthPath, Image, Live, Memory,
    MemoryRange, Name, PortNumber, Publish, RelativePath, Signal, UrlPath, UserId, Uses,
    VariableName,
};

/// A program that runs.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// What it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// The catalogue component it is, with its major version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"postgres@17")]
    pub uses: Option<Uses>,
    /// The image of an own program; that of a component stands under `images`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<Image>,
    /// How the image is built.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub build: Option<Build>,
    /// The values of a component's parameters, such as `user` and `database` of a database.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub with: IndexMap<String, Text>,
    /// The databases that a component makes at its first start beside its own, each with a user of its own: name, then
    /// parameters such as `user` and `password`. A list of names is short for a map. Others refer to
    /// `${db.databases.NAME.url}`.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    #[schemars(with = "Keyed<DatabaseName, IndexMap<String, Text>>")]
    pub databases: IndexMap<DatabaseName, IndexMap<String, Text>>,
    /// How the tables of its database are brought up to date before it starts, such as `alembic`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub migrate: Option<Migrate>,
    /// The command, in place of the image's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<Vec<Text>>,
    /// User and group id it runs as.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<UserId>,
    /// The ports it listens on, by name. `port: 8000` is short for `ports: { http: 8000 }`. Who names no port talks to
    /// `http`; without one, to the first by name. `ports: {}` says that it listens on none, such as a worker on a stack
    /// that otherwise listens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Keyed<Name, PortNumber>>")]
    pub ports: Option<IndexMap<Name, PortNumber>>,
    /// Ports opened on the host. `127.0.0.1:5432` opens there the port that others talk to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub publish: Vec<Publish>,
    /// How its health is asked for. A path alone is short for `{ ready: PATH }`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health: Option<Health>,
    /// Where it exposes metrics, and which. A path alone is short for `{ path: PATH }`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metrics: Option<Metrics>,
    /// What it may use: request and limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resources: Option<Resources>,
    /// What it talks to: services and externals. `"redis?"` works without it; start order, network policies
    /// and scrapes follow. A list of names is short for a map.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    #[schemars(with = "Keyed<Name, Need>")]
    pub needs: IndexMap<Name, Need>,
    /// The variable groups that it may read, and nothing else.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variables: Vec<GroupName>,
    /// Variables that only this service has.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    #[schemars(with = "Keyed<VariableName, Text>")]
    pub environment: IndexMap<VariableName, Text>,
    /// The volumes it mounts, by name.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    #[schemars(with = "Keyed<Name, Mount>")]
    pub volumes: IndexMap<Name, Mount>,
    /// Paths in memory that it may write; the root file system is read-only. The value is the size.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    #[schemars(with = "Keyed<ContainerPath, Memory>")]
    pub tmpfs: IndexMap<ContainerPath, Memory>,
    /// How much a component's data volume claims in Kubernetes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub storage: Option<Memory>,
    /// Runs only where this profile is on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<Name>,
    /// How many run at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 1000))]
    pub replicas: Option<u32>,
    /// How many run at once under load (Kubernetes).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub autoscale: Option<Autoscale>,
    /// The networks it joins. Left out, the only one there is, or the one named `main`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub networks: Option<Vec<Name>>,
    /// How it is stopped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop: Option<Stop>,
    /// Linux capabilities added back after all are dropped.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub capabilities: Vec<String>,
    /// Whether its root file system may be written; needs a waiver for `writable-root`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub writable_root: Option<bool>,
    /// How many of them a drain may take at once (Kubernetes); 1 when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_unavailable: Option<u32>,
    /// The class of alerts sent to a team: label `team`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<Name>,
}

/// How an image is built.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Build {
    /// The folder with the program, relative to the blueprint.
    pub context: RelativePath,
    /// The application stack whose Dockerfile is written, with its version. Left out, the context has a Dockerfile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"fastapi@3.13")]
    pub stack: Option<Uses>,
    /// The author's own Dockerfile, relative to the context.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dockerfile: Option<RelativePath>,
    /// The stage to build; left out, the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// The values of the stack's parameters, such as `module` or `workers`.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub with: IndexMap<String, Text>,
}

/// How the health of a service is asked for.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Health {
    /// The path that decides about restarts, or `none`; left out, the port must accept connections.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub live: Option<Live>,
    /// A command that decides about restarts in place of a path: it exits 0 as long as a restart would mend nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub live_command: Option<Vec<Text>>,
    /// The path that decides about traffic, and the container's health check.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ready: Option<HealthPath>,
    /// The path that tells people how it is and what it misses. Nothing is decided by its answer: it is named in the
    /// description of the service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<HealthPath>,
    /// The name of the port that answers paths; the one that others talk to when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<Name>,
    /// How paths are asked for; `http` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheme: Option<Scheme>,
    /// A command that exits 0 when all is well, for programs that do not speak HTTP. Beside `ready`, it is the
    /// container's health check, and Kubernetes asks for the path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<Vec<Text>>,
    /// How long it may take to start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<Duration>,
    /// How often it is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<Duration>,
    /// How long an answer may take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<Duration>,
    /// How many failures in a row count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 100))]
    pub retries: Option<u32>,
    /// The program in the image that asks over HTTP; the stack's own when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool: Option<Tool>,
}

/// How a path is asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Scheme {
    /// In the clear.
    #[default]
    Http,
    /// Over TLS; nobody looks at the certificate.
    Https,
}

/// A program in the image that can ask a path over HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Tool {
    /// curl.
    Curl,
    /// wget, also that of `BusyBox`.
    Wget,
    /// Python's standard library.
    Python,
    /// Node.js.
    Node,
}

/// Where metrics are exposed, and which.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Metrics {
    /// The path; `/metrics` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<UrlPath>,
    /// The name of the port; the one that others talk to when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<Name>,
    /// The series of its own that it exposes, beside those of its stack: an alert may use no other.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub series: IndexMap<String, Series>,
}

/// A metric.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Series {
    /// What kind it is; a histogram also has `_bucket`, `_sum` and `_count`.
    #[serde(rename = "type")]
    pub kind: SeriesKind,
    /// Its labels, beside `job` and `instance`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<String>,
    /// What it counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// The only target in which it is exposed; all when left out. Alerts and panels that read it are only there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = Only::Compose)]
    pub only: Option<Only>,
}

/// The kinds of metric that Prometheus knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SeriesKind {
    /// Only grows.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Counts in buckets.
    Histogram,
    /// Has quantiles.
    Summary,
    /// Is not said to be any of these.
    Untyped,
}

/// What a service may use, each as `request..limit`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Resources {
    /// Processor time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu: Option<CpuRange>,
    /// Memory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<MemoryRange>,
    /// How many processes and threads at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pids: Option<u32>,
}

/// How a service is stopped.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Stop {
    /// The signal; `SIGTERM` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signal: Option<Signal>,
    /// How long it may take before it is killed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grace: Option<Duration>,
}
