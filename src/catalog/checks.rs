//! Describes how a program of a stack is checked before its image is built, and what tests run against.

use crate::map::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::blueprint::reference::Text;
use crate::value::keyed::Keyed;
use crate::value::{Name, VariableName};

/// How a program of a stack is checked. Commands run in its build context; they are templates that see `parameters`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Checks {
    /// What must be set up.
    pub language: Language,
    /// The version of Bun that is set up beside; none where the template gives nothing.
    #[serde(default)]
    pub bun: String,
    /// Installs the program's packages and the tools.
    pub install: String,
    /// How well it is written: tool, then command.
    #[schemars(with = "Keyed<Name, String>")]
    pub quality: IndexMap<Name, String>,
    /// What is dangerous in it: tool, then command.
    #[serde(default)]
    #[schemars(with = "Keyed<Name, String>")]
    pub security: IndexMap<Name, String>,
    /// Tests without anything else, with coverage.
    pub test: String,
    /// Tests against databases, caches and queues.
    pub integration: String,
}

/// What a runner must have for a language.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Python, in the stack's version.
    Python,
    /// Node.js, in the stack's version.
    Node,
    /// Rust, in the stack's version.
    Rust,
}

impl Language {
    /// The name as it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::Node => "node",
            Self::Rust => "rust",
        }
    }
}

/// How a component runs beside tests, by itself and with throw-away data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rehearsal {
    /// Its environment: what makes it know the user, the password and the database that programs are told.
    #[serde(default)]
    #[schemars(with = "Keyed<VariableName, Text>")]
    pub environment: IndexMap<VariableName, Text>,
    /// The command that tells whether it is ready, as one line.
    pub health: String,
    /// A command that is run within it once it is ready, where its environment cannot say everything.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prepare: Vec<Text>,
}
