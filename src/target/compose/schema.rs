//! Holds the structs of a Docker Compose file, with fields in the order in which they are written.
//!
//! Source of names and forms: the Compose Specification (compose-spec/compose-spec: spec.md, deploy.md, build.md).

use std::borrow::Cow;

use crate::map::IndexMap;
use serde::Serialize;

use crate::model::service::{KernelLimit, Ulimit};
use crate::value::Signal;

/// A whole file.
#[derive(Debug, Serialize)]
pub(super) struct File<'a> {
    pub(super) name: &'a str,
    pub(super) services: IndexMap<&'a str, Service<'a>>,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub(super) networks: IndexMap<&'a str, Network>,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub(super) volumes: IndexMap<&'a str, Volume>,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub(super) secrets: IndexMap<String, Secret>,
}

#[derive(Debug, Serialize)]
pub(super) struct Service<'a> {
    pub(super) image: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) build: Option<Build<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) profiles: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) entrypoint: Vec<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) command: Vec<Cow<'a, str>>,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub(super) environment: IndexMap<&'a str, Cow<'a, str>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) secrets: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) ports: Vec<String>,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub(super) depends_on: IndexMap<&'a str, Dependency>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) healthcheck: Option<HealthCheck<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) network_mode: Option<&'static str>,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub(super) networks: IndexMap<&'a str, Membership>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) volumes: Vec<Mount<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) tmpfs: Vec<String>,
    pub(super) user: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) pid: Option<&'static str>,
    pub(super) read_only: bool,
    pub(super) cap_drop: [&'static str; 1],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(super) cap_add: &'a [String],
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub(super) ulimits: &'a IndexMap<KernelLimit, Ulimit>,
    pub(super) security_opt: [&'static str; 1],
    pub(super) init: bool,
    pub(super) deploy: Deploy,
    pub(super) logging: Logging<'a>,
    pub(super) restart: &'static str,
    pub(super) stop_signal: Signal,
    pub(super) stop_grace_period: String,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub(super) labels: IndexMap<&'static str, String>,
}

#[derive(Debug, Serialize)]
pub(super) struct Build<'a> {
    pub(super) context: Cow<'a, str>,
    pub(super) dockerfile: Cow<'a, str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) target: Cow<'a, str>,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub(super) args: IndexMap<&'a str, Cow<'a, str>>,
}

#[derive(Debug, Serialize)]
pub(super) struct Dependency {
    pub(super) condition: &'static str,
    /// Left out where it is the default, `true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) required: Option<bool>,
}

#[derive(Debug, Serialize)]
pub(super) struct HealthCheck<'a> {
    pub(super) test: Vec<Cow<'a, str>>,
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
pub(super) struct Mount<'a> {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) source: Cow<'a, str>,
    pub(super) target: Cow<'a, str>,
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
pub(super) struct Logging<'a> {
    pub(super) driver: &'static str,
    pub(super) options: &'a IndexMap<&'static str, String>,
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
