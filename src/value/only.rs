//! Reads the only target that something is for.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The only target that a component stands in.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Only {
    /// Docker Compose; a cluster does by itself what it is for.
    Compose,
    /// Kubernetes; a single machine has nothing that it could be of use to.
    Kubernetes,
}
