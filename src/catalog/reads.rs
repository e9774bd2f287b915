//! Says whose address a program on a stack reads, and under which name.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::catalog::{Entry, Role};
use crate::value::VariableName;

/// Whose address a variable takes.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reads {
    /// What it is to the program, in a word: the broker.
    pub what: String,
    /// What plays that part.
    pub of: Vec<Role>,
    /// The parameter that takes the same address, where what watches the program needs it too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameter: Option<String>,
}

impl Entry {
    /// What a program reads the address of such a component by, where it cannot do without.
    pub fn reads_of(&self, role: Role) -> Option<(&VariableName, &Reads)> {
        self.reads.iter().find(|(_, reads)| reads.of.contains(&role))
    }
}
