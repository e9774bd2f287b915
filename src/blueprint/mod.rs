//! Describes what an author may write: the typed form of a blueprint, section by section.

pub mod backup;
pub mod broken;
mod canonical;
pub mod ci;
pub mod dashboard;
pub mod delivery;
pub mod edge;
pub mod environment;
pub mod expand;
mod fill;
mod include;
pub mod locate;
pub mod logs;
pub mod mend;
pub mod merge;
pub mod migrate;
pub mod monitoring;
pub mod need;
pub mod options;
pub mod pointed;
pub mod read;
pub mod reference;
mod rename;
pub mod report;
pub mod retyped;
pub mod route;
pub mod scaling;
pub mod schema;
pub mod service;
pub mod slo;
pub mod splice;
pub mod url;
pub mod variable;

use std::sync::Arc;

use crate::map::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::value::keyed::Keyed;
use crate::value::{
    ContainerPath, GroupName, Host, Image, ImageKey, Memory, Name, PortNumber, RelativePath,
    Subnet, VariableName,
};

/// One system, described once: what runs, how it is reached, what it needs, where it differs by environment.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Blueprint {
    /// The version of the language.
    pub blueprint: Version,
    /// The system's name: prefix of every project, namespace, volume and network.
    pub name: Name,
    /// What the system is, in one sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Further files whose sections are merged into this one, relative to it; no key may occur twice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub include: Vec<RelativePath>,
    /// Where and how files are written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<options::Output>,
    /// Where the system runs. Left out, there is one: `production`.
    #[serde(default)]
    #[schemars(with = "Keyed<Name, environment::Environment>")]
    pub environments: IndexMap<Name, environment::Environment>,
    /// The exact image of each component, by service: the one place that an update bot edits. `SERVICE.IMAGE` is one
    /// that the service's stack takes something from, such as `frontend.bun`.
    #[serde(default)]
    #[schemars(with = "Keyed<ImageKey, Image>")]
    pub images: IndexMap<ImageKey, Image>,
    /// What runs: own programs and ready-made components, by name. The name is the host name in every target.
    #[serde(default)]
    #[schemars(with = "Keyed<Name, service::Service>")]
    pub services: IndexMap<Name, Arc<service::Service>>,
    /// What lies outside and is talked to: the only ways out.
    #[serde(default)]
    #[schemars(with = "Keyed<Name, External>")]
    pub external: IndexMap<Name, External>,
    /// What is reachable from outside: host name, then path, then the service that answers.
    #[serde(default)]
    pub routes: IndexMap<String, IndexMap<String, route::Route>>,
    /// The server in front: TLS, headers, limits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edge: Option<edge::Edge>,
    /// The variables that services read, in groups; a service names the groups that it may read.
    #[serde(default)]
    #[schemars(with = "Keyed<GroupName, Keyed<VariableName, variable::Variable>>")]
    pub variables: IndexMap<GroupName, IndexMap<VariableName, variable::Variable>>,
    /// Volumes whose defaults need changing; a volume that a service mounts need not be listed.
    #[serde(default)]
    #[schemars(with = "Keyed<Name, Volume>")]
    pub volumes: IndexMap<Name, Volume>,
    /// Networks. Left out, there is one that all services share. One named `main` is joined by all that name none.
    #[serde(default)]
    #[schemars(with = "Keyed<Name, Network>")]
    pub networks: IndexMap<Name, Network>,
    /// Metrics, alerts and dashboards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub monitoring: Option<monitoring::Monitoring>,
    /// What may be expected of services: availability, errors, latency. Alerts follow.
    #[serde(default)]
    #[schemars(with = "Keyed<Name, slo::Objectives>")]
    pub slo: IndexMap<Name, slo::Objectives>,
    /// What is backed up: a service that keeps data, or a volume, by its name.
    #[serde(default)]
    #[schemars(with = "Keyed<Name, backup::Backup>")]
    pub backups: IndexMap<Name, backup::Backup>,
    /// Object storage that backups are copied to, by a name of your own.
    #[serde(default)]
    #[schemars(with = "Keyed<Name, backup::Bucket>")]
    pub buckets: IndexMap<Name, backup::Bucket>,
    /// What may be expected of a recovery: how much may be lost, how long it may take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovery: Option<backup::Recovery>,
    /// The logs of all services.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logs: Option<logs::Logs>,
    /// What is checked, built and deployed when something is pushed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ci: Option<ci::Ci>,
    /// What only Kubernetes needs to know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kubernetes: Option<options::Kubernetes>,
    /// What only Docker Compose needs to know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compose: Option<options::Compose>,
    /// Changes to compiled objects that the language does not model, by a name of your own. They are made in the order of
    /// these names.
    #[serde(default)]
    #[schemars(with = "Keyed<Name, options::Patch>")]
    pub patches: IndexMap<Name, options::Patch>,
    /// Rules that this system breaks on purpose: rule, then the reason.
    #[serde(default)]
    pub waivers: IndexMap<String, options::Waiver>,
}

/// The version of the language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Version {
    /// The first.
    V1,
}

/// A system that is not ours; written short as `host:port`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct External {
    /// What it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// Its host name.
    pub host: Host,
    /// Its port.
    #[serde(default = "https")]
    pub port: PortNumber,
    /// The private network that it lies in. Network policies open public addresses where this is left out, or the
    /// address itself where `host` is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cidr: Option<Subnet>,
}

fn https() -> PortNumber {
    PortNumber::HTTPS
}

/// Storage that outlives its service.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Volume {
    /// What lies in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// How much is claimed in Kubernetes; `1Gi` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<Memory>,
    /// Whether several pods may mount it at once (`ReadWriteMany`).
    #[serde(default)]
    pub shared: bool,
}

/// A network that services share.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Network {
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// Whether it has no way out; ports cannot be published on it.
    #[serde(default)]
    pub internal: bool,
    /// Its address range; left out, the container engine chooses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subnet: Option<Subnet>,
}

/// Where a volume is mounted; written short as the path.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mount {
    /// The path in the container.
    pub path: ContainerPath,
    /// Whether the service only reads it.
    #[serde(default)]
    pub read_only: bool,
}
