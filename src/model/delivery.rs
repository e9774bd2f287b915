//! Describes who is told of which alerts, everything decided.

use serde::Serialize;

use crate::blueprint::monitoring::AlertSeverity;
use crate::value::{ContainerPath, Duration, Name};

/// What a message in Slack says of each alert.
pub const SLACK_TEXT: &str = "{{ range .Alerts }}*{{ .Annotations.summary }}*\n{{ .Annotations.description }}\n{{ with .Annotations.runbook_url }}{{ . }}\n{{ end }}{{ end }}";
/// What `PagerDuty` calls the severities (`PagerDuty`, "Send an Alert Event", `payload.severity`).
pub const PAGERDUTY_SEVERITY: &str = r#"{{ if eq .CommonLabels.severity "high" }}error{{ else if .CommonLabels.severity }}{{ .CommonLabels.severity }}{{ else }}critical{{ end }}"#;

/// Who is told of which alerts.
#[derive(Debug, Clone, Serialize)]
pub struct Delivery {
    /// How e-mail is sent, where somebody gets any.
    pub mail: Option<Mail>,
    /// Everybody who can be told.
    pub receivers: Vec<Receiver>,
    /// Which alerts reach whom; those of a team first.
    pub routes: Vec<Route>,
    /// How long the first message waits for further alerts of its group.
    pub wait: Duration,
    /// How long a message about further alerts of a group waits.
    pub interval: Duration,
    /// When a message is sent again.
    pub repeat: Duration,
}

/// How e-mail is sent.
#[derive(Debug, Clone, Serialize)]
pub struct Mail {
    /// The server and its port.
    pub server: (String, u16),
    /// The address that messages come from.
    pub from: String,
    /// The name to log in with, where somebody does.
    pub user: Option<String>,
    /// The file that holds the password.
    pub password: Option<ContainerPath>,
}

/// Somebody who can be told.
#[derive(Debug, Clone, Serialize)]
pub struct Receiver {
    /// The name.
    pub name: Name,
    /// Addresses that get e-mail.
    pub email: Vec<String>,
    /// A channel of Slack, and the file that holds the webhook.
    pub slack: Option<(String, ContainerPath)>,
    /// The file that holds an integration key of `PagerDuty`.
    pub pagerduty: Option<ContainerPath>,
    /// A program that is called.
    pub webhook: Option<Address>,
}

/// An address that is known, or stands in a file.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Address {
    /// The address itself.
    Known(String),
    /// The file that holds it.
    File(ContainerPath),
}

/// Which alerts reach whom.
#[derive(Debug, Clone, Serialize)]
pub struct Route {
    /// The team whose alerts are meant; all when `None`.
    pub team: Option<Name>,
    /// The severities that are meant; all when empty.
    pub severities: Vec<AlertSeverity>,
    /// The receivers.
    pub to: Vec<Name>,
    /// Whether the first message does not wait at all.
    pub at_once: bool,
    /// In place of [`Delivery::repeat`].
    pub repeat: Option<Duration>,
}
