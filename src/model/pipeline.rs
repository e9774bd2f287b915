//! Describes the pipeline, everything decided.

use serde::Serialize;

pub use crate::blueprint::ci::{Platform, Ssh, Trigger};
pub use crate::catalog::checks::{Checks, Language};
use crate::map::IndexMap;
use crate::model::text::Text;
use crate::value::{HostName, Image, Name, VariableName};

/// The pipeline.
#[derive(Debug, Clone, Serialize)]
pub struct Pipeline {
    /// The environment whose images are built, and which is deployed last.
    pub of: Name,
    /// The branch whose pushes are built and deployed.
    pub branch: String,
    /// The tags that deploy too.
    pub tags: String,
    /// The processors that images are built for.
    pub platforms: Vec<Platform>,
    /// How Formwork gets on to the machine that checks.
    pub install: String,
    /// The secret that holds the webhook of a channel of Slack.
    pub slack: Option<VariableName>,
    /// The output folder, from the root of the repository.
    pub root: String,
    /// The blueprint, from there.
    pub blueprint: String,
    /// What is built.
    pub builds: Vec<Built>,
    /// What tests run against; none where they run against nothing, and in other environments than that.
    pub rehearsals: Vec<Beside>,
    /// The milliseconds that 95 % of the requests to a route may take, where an objective says.
    pub max_p95: Option<u64>,
    /// Where it is deployed, in order.
    pub deploys: Vec<Deployment>,
}

/// Something that is built.
#[derive(Debug, Clone, Serialize)]
pub struct Built {
    /// The service.
    pub service: Name,
    /// The image.
    pub image: Image,
    /// The folder with the program, from the root of the repository.
    pub context: String,
    /// The Dockerfile, from there.
    pub dockerfile: String,
    /// The stage; empty for the last.
    pub target: String,
    /// The variables that are read while building, which the repository must have.
    pub arguments: Vec<VariableName>,
    /// The version of its stack; empty where it has none.
    pub version: String,
    /// How the program is checked, where its stack says, with commands that can be run; not in other environments than
    /// the pipeline's.
    pub checks: Option<Checks>,
    /// The variables by which its tests find what runs beside them: those that the program itself reads.
    pub rehearsed: IndexMap<VariableName, Text>,
}

/// Something that tests run against.
#[derive(Debug, Clone, Serialize)]
pub struct Beside {
    /// The service.
    pub service: Name,
    /// Its image.
    pub image: Image,
    /// Its ports that tests need, and at which port of the machine each is found.
    pub ports: IndexMap<u16, u16>,
    /// Its environment; variables have values that are thrown away.
    pub environment: IndexMap<VariableName, Text>,
    /// What is run within it once it is ready; empty for nothing.
    pub prepare: Vec<Text>,
    /// The command that tells whether it is ready, as one line.
    pub health: String,
}

/// How an environment is deployed.
#[derive(Debug, Clone, Serialize)]
pub struct Deployment {
    /// The environment.
    pub environment: Name,
    /// The domain under which it is reached, where it has one.
    pub domain: Option<HostName>,
    /// What deploys it.
    pub on: Trigger,
    /// How.
    pub way: Way,
}

/// How an environment is reached.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// A machine that runs Docker Compose.
    Ssh {
        /// The machine.
        to: Ssh,
        /// Whether the new version starts beside the old one.
        blue_green: bool,
    },
    /// A cluster: the secret that holds the `kubeconfig`.
    Kubernetes(VariableName),
}
