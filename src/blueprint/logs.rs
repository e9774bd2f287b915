//! Describes where the logs of all services go.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::value::{Duration, Name, Uses};

/// What keeps the logs of all services, and what reads them. Every service writes to its standard output; the rest
/// follows.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Logs {
    /// The profile that all of it runs under; always on when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<Name>,
    /// The components that keep and read logs, in place of Loki and Alloy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uses: Option<Vec<Uses>>,
    /// How long logs are kept; `30d` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention: Option<Duration>,
}
