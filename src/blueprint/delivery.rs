//! Describes who is told of alerts, and how.

use crate::map::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::blueprint::monitoring::AlertSeverity;
use crate::blueprint::reference::Text;
use crate::value::keyed::Keyed;
use crate::value::{Duration, Name};

/// Somebody who is told of alerts, in one or several ways.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Receiver {
    /// The addresses that get e-mail; `monitoring.mail` says how it is sent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub email: Vec<Text>,
    /// A channel of Slack.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slack: Option<Slack>,
    /// A service of `PagerDuty`: its integration key (Events API v2), which is a secret variable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = Text("${var.PAGERDUTY_KEY}".to_owned()))]
    pub pagerduty: Option<Text>,
    /// A program that is called over HTTP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub webhook: Option<Webhook>,
}

/// A channel of Slack.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Slack {
    /// The channel, such as `#alerts`.
    pub channel: Text,
    /// The incoming webhook, which is a secret variable.
    #[schemars(example = Text("${var.SLACK_WEBHOOK_URL}".to_owned()))]
    pub url: Text,
}

/// A program that is called over HTTP.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Webhook {
    /// The service or external that answers.
    pub via: Name,
    /// The whole address; a secret variable where it holds a token.
    pub url: Text,
}

/// How e-mail is sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// The external that takes the messages; it must speak TLS.
    pub via: Name,
    /// The address that they come from.
    pub from: Text,
    /// The name to log in with; nobody logs in when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<Text>,
    /// The password, which is a secret variable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<Text>,
}

/// Which alerts reach whom. A severity that is not named goes where the next lower one goes that is; what is below all of
/// them reaches nobody and is seen on dashboards only, as does one that is given to `[]`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Routing {
    /// Who is told of critical alerts (priority P0).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub critical: Option<Way>,
    /// Who is told of alerts of high severity (P1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high: Option<Way>,
    /// Who is told of warnings (P2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warning: Option<Way>,
    /// Who is told of what is merely worth knowing (P3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub info: Option<Way>,
    /// Who is told beside them, by the team that the alert or its service names.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    #[schemars(with = "Keyed<Name, Vec<Name>>")]
    pub teams: IndexMap<Name, Vec<Name>>,
    /// How long the first message waits for further alerts of its group; `30s` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait: Option<Duration>,
    /// How long a message about further alerts of a group waits; `5m` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<Duration>,
    /// When a message is sent again; `3h` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeat: Option<Duration>,
}

/// Who is told of alerts of one severity.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Way {
    /// The receivers.
    pub to: Vec<Name>,
    /// Whether the first message waits for no further alerts.
    #[serde(default)]
    pub at_once: bool,
    /// In place of the `repeat` for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeat: Option<Duration>,
}

impl Routing {
    /// Who is told of alerts of a severity: those who are named, else those who are told of lesser ones.
    pub fn told(&self, severity: AlertSeverity) -> Option<&Way> {
        let lower = AlertSeverity::ALL.iter().skip_while(|one| **one != severity);
        lower.copied().find_map(|one| self.of(one))
    }

    /// What is said of a severity.
    pub fn of(&self, severity: AlertSeverity) -> Option<&Way> {
        match severity {
            AlertSeverity::Critical => self.critical.as_ref(),
            AlertSeverity::High => self.high.as_ref(),
            AlertSeverity::Warning => self.warning.as_ref(),
            AlertSeverity::Info => self.info.as_ref(),
        }
    }
}
