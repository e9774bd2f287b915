//! Describes what a service needs of another one.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::blueprint::reference::Text;
use crate::value::Name;

/// How a need is meant.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Need {
    /// Whether the service works without it.
    #[serde(default)]
    pub optional: bool,
    /// The names of the ports that it talks to; left out, those that it refers to, else the first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ports: Vec<Name>,
    /// How many connections each of its processes opens there at most: a number, or a sum such as
    /// `${var.DB_POOL_SIZE} + ${var.DB_MAX_OVERFLOW}`. A variable counts as this service has it, with the value that
    /// the template proposes; `env check` counts the operator's. A stack knows its processes, an own program is one.
    /// All that a component is asked for must fit into what it takes, such as `max_connections` of a database.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"${var.DB_POOL_SIZE} + ${var.DB_MAX_OVERFLOW}")]
    pub pool: Option<Text>,
}
