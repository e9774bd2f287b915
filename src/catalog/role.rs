//! Names the parts that components play.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What part a component plays; targets treat parts alike, not components.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// An own program.
    Application,
    /// A ready-made program that others use, such as a gateway.
    Platform,
    /// Keeps the system's data.
    Database,
    /// Keeps what can be made again.
    Cache,
    /// Passes messages on.
    Queue,
    /// Stands in front; in Kubernetes the cluster's gateway or ingress controller takes its place.
    Edge,
    /// Gets certificates; in Kubernetes cert-manager takes its place.
    Certificates,
    /// Reads and keeps metrics, and evaluates alerts.
    Metrics,
    /// Sends alerts on.
    Alerts,
    /// Keeps logs.
    Logs,
    /// Reads the logs of all others, and sends them on.
    Collector,
    /// Shows metrics and logs.
    Dashboards,
    /// Exposes metrics for another service.
    Exporter,
    /// Exposes metrics of the host; in Kubernetes it runs on every node.
    HostAgent,
    /// Gives volumes to their users before the others start; in Kubernetes `fsGroup` does that.
    Preparation,
    /// Makes backups when they are due; in Kubernetes each is a `CronJob`.
    Backup,
    /// Keeps what a database writes between two backups.
    Archive,
}
