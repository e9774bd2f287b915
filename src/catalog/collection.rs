//! Names the collections of a system that `for_each` runs over.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What members are taken from, by name.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
pub enum Collection {
    /// The routes: `name`, `host`, `path`, `scheme`, `url`, `certificates`, `service`, `to.host`, `to.port`, `rewrite`,
    /// `rewritten`, `buffered`, `websocket`, `timeout.milliseconds`; `below`, the path with `/` at its end, and `pattern`, a
    /// regular expression that matches the path alone, where it has none.
    #[serde(rename = "routes")]
    Routes,
    /// The routes that go through the component: what makes it a gateway.
    #[serde(rename = "passed")]
    Passed,
    /// The hosts that have routes: `name`, `host`, `certificates`.
    #[serde(rename = "hosts")]
    Hosts,
    /// What dashboards can ask: `name`, `title`, `type`, `url`, `json`, and `default`, true for what keeps metrics.
    #[serde(rename = "datasources")]
    Datasources,
    /// What services scale by beside processor time and memory: `name`, `job`, `expr`.
    #[serde(rename = "autoscale.metrics")]
    AutoscaleMetrics,
    /// What runs: `name`, `host`, `port`.
    #[serde(rename = "services")]
    Services,
}
