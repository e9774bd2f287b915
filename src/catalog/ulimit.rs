//! Describes the limits of the kernel that a component needs raised.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A limit of `setrlimit(2)`, as container engines name it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Resource {
    /// How many files and connections may be open.
    Nofile,
    /// How many processes and threads its user may have.
    Nproc,
    /// How many bytes may be locked in memory.
    Memlock,
}

/// How far a limit reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ulimit {
    /// What holds at the start.
    #[schemars(range(min = 0))]
    pub soft: u64,
    /// How far the program may raise it.
    #[schemars(range(min = 0))]
    pub hard: u64,
}
