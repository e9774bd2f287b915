//! Describes the pipeline: what is checked, built and deployed when something is pushed.

use crate::map::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::value::keyed::Keyed;
use crate::value::{ContainerPath, Host, Name, PortNumber, VariableName};

/// The pipeline, as a workflow of GitHub Actions: checks, tests, images for several processors, scans, deployments. Secrets
/// are those of the repository or of the environment there, and never part of this.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ci {
    /// The branch whose pushes are built and deployed; `main` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^[A-Za-z0-9][A-Za-z0-9._/-]*$"))]
    pub branch: Option<String>,
    /// The tags that deploy where `on: tag` is said; `v*` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^[A-Za-z0-9*][A-Za-z0-9.*_/-]*$"))]
    pub tags: Option<String>,
    /// The processors that images are built for; both when left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub platforms: Vec<Platform>,
    /// How Formwork gets on to the machine that checks; `cargo install --locked formwork@VERSION` when left out, with
    /// the version that compiled the files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub install: Option<String>,
    /// Whether tests run against the databases, caches and queues of this system.
    #[serde(default)]
    pub integration: bool,
    /// The secret that holds the webhook of a channel of Slack that is told how a run ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"SLACK_WEBHOOK")]
    pub slack: Option<VariableName>,
    /// Where it is deployed, by environment. Each waits for the one before: staging comes before production, and of two
    /// of one tier the first by name.
    #[serde(default)]
    #[schemars(with = "Keyed<Name, DeployTo>")]
    pub deploy: IndexMap<Name, DeployTo>,
}

/// A processor that images are built for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Platform {
    /// x86-64.
    #[serde(rename = "linux/amd64")]
    Amd64,
    /// 64-bit ARM.
    #[serde(rename = "linux/arm64")]
    Arm64,
}

impl Platform {
    /// The name as builders know it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Amd64 => "linux/amd64",
            Self::Arm64 => "linux/arm64",
        }
    }
}

/// How an environment is deployed.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeployTo {
    /// What deploys it.
    #[serde(default)]
    pub on: Trigger,
    /// A machine that is reached by SSH and runs Docker Compose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ssh: Option<Ssh>,
    /// A cluster: the secret that holds the `kubeconfig`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"PRODUCTION_KUBECONFIG")]
    pub kubeconfig: Option<VariableName>,
    /// Whether the new version of what has no port of its own starts beside the old one, which goes when the new one
    /// is healthy (Docker Compose; a cluster does so by itself).
    #[serde(default)]
    pub blue_green: bool,
}

/// What deploys an environment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Trigger {
    /// A push to the branch, and a tag too.
    #[default]
    Push,
    /// A tag only.
    Tag,
}

/// A machine that is reached by SSH.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ssh {
    /// Its name or address.
    pub host: Host,
    /// The port; 22 when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<PortNumber>,
    /// Who logs in there.
    #[schemars(regex(pattern = r"^[a-z_][a-z0-9_-]*$"))]
    pub user: String,
    /// The folder of the compiled files there.
    pub folder: ContainerPath,
    /// The secret that holds the private key.
    #[schemars(example = &"PRODUCTION_SSH_KEY")]
    pub key: VariableName,
}
