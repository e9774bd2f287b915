//! Describes one environment of a system with everything decided: the only input of a target.

pub mod alert;
pub mod backup;
pub mod build;
pub mod certificates;
pub mod circles;
pub mod cluster;
pub mod dashboard;
pub mod delivery;
pub mod edge;
mod flow;
mod groups;
pub mod matcher;
pub mod monitoring;
pub mod mount;
pub mod naming;
pub mod objective;
pub mod pool;
pub mod pipeline;
pub mod probe;
mod readable;
pub mod scaling;
pub mod service;
mod start;
pub mod text;
pub mod trouble;
pub mod variable;

use crate::map::IndexMap;
pub use groups::Groups;
use serde::Serialize;

pub use crate::blueprint::environment::Tier;
pub use crate::blueprint::options::{Guard, Patch, Restart, RouteKind, StoreKind};
pub use crate::catalog::entry::Role;
pub use crate::model::backup::Backups;
pub use crate::model::cluster::InCluster;
pub use crate::model::edge::Edge;
pub use crate::model::monitoring::Monitoring;
pub use crate::model::service::Service;
pub use crate::model::text::{Part, Text};
pub use crate::model::variable::{Group, Variable};
use crate::value::{Duration, Host, HostName, Memory, Name, Subnet};

/// One environment of a system, everything decided.
#[derive(Debug, Clone, Serialize)]
pub struct Model {
    /// The system's name.
    pub name: Name,
    /// What the system is; empty when the author does not say.
    pub description: String,
    /// The blueprint, as the header of each file names it: relative to the output folder.
    pub blueprint: String,
    /// The environment.
    pub environment: Environment,
    /// What runs, by name, what was derived after it.
    pub services: IndexMap<Name, Service>,
    /// What lies outside.
    pub externals: IndexMap<Name, External>,
    /// The networks of the container engine.
    pub networks: IndexMap<Name, Network>,
    /// The volumes that services mount.
    pub volumes: IndexMap<Name, Volume>,
    /// The variables, in groups.
    pub groups: Groups,
    /// The server in front, where there is one.
    pub edge: Option<Edge>,
    /// What is watched, where something is.
    pub monitoring: Option<Monitoring>,
    /// What is backed up, where anything is.
    pub backups: Option<Backups>,
    /// The pipeline, where there is one.
    pub pipeline: Option<pipeline::Pipeline>,
    /// What only Docker Compose needs to know.
    pub compose: Compose,
    /// What only Kubernetes needs to know.
    pub kubernetes: Kubernetes,
    /// Changes to compiled objects.
    pub patches: IndexMap<Name, Patch>,
    /// Rules broken on purpose, with the reason: the author's and those of the components.
    pub waivers: Vec<Waiver>,
}

/// An environment.
#[derive(Debug, Clone, Serialize)]
pub struct Environment {
    /// Its name.
    pub name: Name,
    /// The part of file names.
    pub short: Name,
    /// How strict the rules are.
    pub tier: Tier,
    /// The domain under which it is reached, where it has one.
    pub domain: Option<HostName>,
    /// The machine it runs on; environments that name none share one.
    pub host: Option<Name>,
    /// The profiles that it runs.
    pub profiles: Vec<Name>,
    /// The last part of the names of env templates.
    pub env_suffix: String,
    /// Whether `.gitignore` is written.
    pub gitignore: bool,
}

/// A system that is not ours.
#[derive(Debug, Clone, Serialize)]
pub struct External {
    /// What it is; empty when the author does not say.
    pub about: String,
    /// Its host name, or its address.
    pub host: Host,
    /// Its port.
    pub port: u16,
    /// The private network that it lies in, where the author names one.
    pub cidr: Option<Subnet>,
}

/// A network of the container engine.
#[derive(Debug, Clone, Serialize)]
pub struct Network {
    /// Whether it has no way out.
    pub internal: bool,
    /// Its address range, where the author chose one.
    pub subnet: Option<Subnet>,
}

/// Storage that outlives its service.
#[derive(Debug, Clone, Serialize)]
pub struct Volume {
    /// What lies in it; empty when nobody says.
    pub about: String,
    /// How much is claimed in Kubernetes.
    pub size: Memory,
    /// Whether several pods may mount it at once.
    pub shared: bool,
}

/// What only Docker Compose needs to know.
#[derive(Debug, Clone, Serialize)]
pub struct Compose {
    /// The project's name.
    pub project: Name,
    /// When containers are started again.
    pub restart: Restart,
    /// The size at which a log file is rotated.
    pub log_size: Memory,
    /// How many log files are kept.
    pub log_files: u32,
}

/// What only Kubernetes needs to know.
#[derive(Debug, Clone, Serialize)]
pub struct Kubernetes {
    /// The namespace.
    pub namespace: Name,
    /// How routes are written.
    pub routes: RouteKind,
    /// The gateway class or ingress class.
    pub class: Name,
    /// The namespace of the gateway's or ingress controller's pods.
    pub controller_namespace: Name,
    /// The cluster issuer of cert-manager.
    pub issuer: Name,
    /// The storage class, where the author chose one.
    pub storage_class: Option<Name>,
    /// Where the values of secrets come from; `None` where the operator makes the Secret.
    pub secrets: Option<SecretStore>,
    /// Whether namespaces have quotas.
    pub quota: bool,
    /// The cluster's own Prometheus and Alertmanager, where they watch in place of the system's.
    pub operator: Option<Operator>,
    /// The guards of the cluster that get policies of their own.
    pub policies: Vec<Guard>,
}

/// The cluster's own Prometheus and Alertmanager.
#[derive(Debug, Clone, Serialize)]
pub struct Operator {
    /// Their namespace.
    pub namespace: Name,
    /// The labels by which they find what they are told.
    pub labels: IndexMap<String, String>,
    /// The `Service` of Prometheus.
    pub server: Name,
    /// The `Service` of Alertmanager.
    pub alertmanager: Name,
}

/// Where the values of secrets come from.
#[derive(Debug, Clone, Serialize)]
pub struct SecretStore {
    /// The store's name.
    pub name: Name,
    /// What kind of store it is.
    pub kind: StoreKind,
    /// The entry in the store.
    pub key: String,
    /// How often values are fetched anew.
    pub refresh: Duration,
}

/// A rule broken on purpose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Waiver {
    /// The rule.
    pub rule: String,
    /// The services that it covers; empty for all.
    pub services: Vec<Name>,
    /// Why.
    pub reason: String,
    /// Where that is known from; empty for the author's own.
    pub source: String,
}

/// How long something may take when nobody says.
pub const DEFAULT_STOP_GRACE: Duration = Duration::from_seconds(30);

/// The class of Traefik, as its chart names it.
const TRAEFIK: &str = "traefik";

impl Kubernetes {
    /// Whether what serves the routes can be told the headers of every answer: an `Ingress` cannot say them, but
    /// Traefik takes them from an object of its own.
    pub fn sets_headers(&self) -> bool {
        self.routes == RouteKind::Gateway || self.class.as_str() == TRAEFIK
    }
}

impl Model {
    /// All variables, by name: what programs read has them in this order, whatever the author's is.
    pub fn variables_by_name(&self) -> impl Iterator<Item = &Variable> {
        self.groups.by_name()
    }

    /// All variables in the author's order.
    pub fn variables(&self) -> impl Iterator<Item = &Variable> {
        self.groups.iter().flat_map(|group| &group.variables)
    }

    /// The variable of that name.
    pub fn variable(&self, name: &crate::value::VariableName) -> Option<&Variable> {
        self.groups.get(name)
    }

    /// Whether a service runs where only the environment's own profiles are on.
    pub fn is_on(&self, service: &Service) -> bool {
        service.profile.as_ref().is_none_or(|profile| self.environment.profiles.contains(profile))
    }
}
