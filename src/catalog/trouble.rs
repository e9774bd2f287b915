//! Describes how a component shows that something is wrong with it, and what people look at then.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::blueprint::reference::Text;

/// Something that can be wrong with a component.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Trouble {
    /// What people see.
    pub symptom: String,
    /// The command that shows more; where it needs a password, it reads it from where the program does.
    pub command: Vec<Text>,
    /// Where that is run.
    #[serde(default)]
    pub on: Place,
    /// What to do about what it shows.
    pub then: String,
}

/// Where a command is run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// In the component's container.
    #[default]
    Container,
    /// On the machine that runs it.
    Host,
}
