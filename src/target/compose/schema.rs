//! Holds the structs of a Docker Compose file, with fields in the order in which they are written.
//!
//! Source of names and forms: the Compose Specification (compose-spec/compose-spec: spec.md, deploy.md, build.md).

use crate::map::IndexMap;
use serde::Serialize;

use crate::model::service::{KernelLimit, Ulimit};
use crate::value::Signal;

/// A whole file.
#[derive(Debug, Serialize)]
pub(super) struct File {
    pub(super) name: String,
    pub(super) services: IndexMap<String, Service>,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub(super) networks: IndexMap<String, Network>,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub(super) volumes: IndexMap<String, Volume>,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub(super) secrets: IndexMap<String, Secret>,
}

#[derive(Debug, Serialize)]
pub(super) struct Service {
    pub(super) image: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) build: Option<Build>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) profiles: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) entrypoint: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) command: Vec<String>,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub(super) environment: IndexMap<String, String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) secrets: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) ports: Vec<String>,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub(super) depends_on: IndexMap<String, Dependency>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) healthcheck: Option<HealthCheck>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) network_mode: Option<&'static str>,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub(super) networks: IndexMap<String, Membership>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) volumes: Vec<Mount>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) tmpfs: Vec<String>,
    pub(super) user: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) pid: Option<&'static str>,
    pub(super) read_only: bool,
    pub(super) cap_drop: Vec<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) cap_add: Vec<String>,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub(super) ulimits: IndexMap<KernelLimit, Ulimit>,
    pub(super) security_opt: Vec<&'static str>,
    pub(super) init: bool,
    pub(super) deploy: Deploy,
    pub(super) logging: Logging,
    pub(super) restart: &'static str,
    pub(super) stop_signal: Signal,
    pub(super) stop_grace_period: String,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub(super) labels: IndexMap<String, String>,
}

#[derive(Debug, Serialize)]
pub(super) struct Build {
    pub(super) context: String,
    pub(super) dockerfile: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) target: String,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub(super) args: IndexMap<String, String>,
}

#[derive(Debug, Serialize)]
pub(super) struct Dependency {
    pub(super) condition: &'static str,
    /// Left out where it is the default, `true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) required: Option<bool>,
}

#[derive(Debug, Serialize)]
pub(super) struct HealthCheck {
    pub(super) test: Vec<String>,
    pub(super) interval: String,
    pub(super) timeout: String,
    pub(super) retries: u32,
    pub(super) start_period: String,
}

#[derive(Debug, Serialize)]
pub(super) struct Membership {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) aliases: Vec<String>,
}

/// A mount in its long form: the short one reads `:` and a missing source in ways of its own.
#[derive(Debug, Serialize)]
pub(super) struct Mount {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) source: String,
    pub(super) target: String,
    pub(super) read_only: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) bind: Option<Bind>,
}

#[derive(Debug, Serialize)]
pub(super) struct Bind {
    /// Left out where the engine decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) propagation: Option<&'static str>,
    pub(super) create_host_path: bool,
}

#[derive(Debug, Serialize)]
pub(super) struct Deploy {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) replicas: Option<u32>,
    pub(super) resources: Resources,
}

#[derive(Debug, Serialize)]
pub(super) struct Resources {
    pub(super) limits: Limits,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reservations: Option<Reservations>,
}

#[derive(Debug, Serialize)]
pub(super) struct Limits {
    pub(super) cpus: String,
    pub(super) memory: String,
    pub(super) pids: u32,
}

#[derive(Debug, Serialize)]
pub(super) struct Reservations {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cpus: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) memory: Option<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct Logging {
    pub(super) driver: &'static str,
    pub(super) options: IndexMap<&'static str, String>,
}

#[derive(Debug, Serialize)]
pub(super) struct Network {
    pub(super) driver: &'static str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) internal: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) ipam: Option<Ipam>,
}

#[derive(Debug, Serialize)]
pub(super) struct Ipam {
    pub(super) config: Vec<Pool>,
}

#[derive(Debug, Serialize)]
pub(super) struct Pool {
    pub(super) subnet: String,
}

#[derive(Debug, Serialize)]
pub(super) struct Volume {}

#[derive(Debug, Serialize)]
pub(super) struct Secret {
    pub(super) file: String,
}
