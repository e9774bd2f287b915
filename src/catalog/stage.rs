//! Describes a stage of a stack's Dockerfile that a blueprint may build.

use crate::map::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::blueprint::service::Resources;
use crate::value::keyed::Keyed;
use crate::value::{ContainerPath, Duration, Name};

/// A stage that `build: { target: … }` may name, and what it needs otherwise than the last one.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// What it is for.
    pub about: String,
    /// Whether it runs something else than the last stage: the command that stands in it.
    #[serde(default)]
    pub own_command: bool,
    /// Volumes besides the stack's: name, then the path in the container, which its user owns in the image.
    #[serde(default)]
    #[schemars(with = "Keyed<Name, ContainerPath>")]
    pub volumes: IndexMap<Name, ContainerPath>,
    /// What it may use, when the blueprint does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resources: Option<Resources>,
    /// How long it may take to start, when the blueprint does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<Duration>,
}
