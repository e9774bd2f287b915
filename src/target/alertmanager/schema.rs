//! Mirrors the file that Alertmanager reads, as typed structs in output order
//! (alertmanager, docs/configuration.md).

use serde::Serialize;

/// `alertmanager.yml`.
#[derive(Debug, Serialize)]
pub(super) struct Config {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) global: Option<Global>,
    pub(super) route: TopRoute,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) inhibit_rules: Vec<Inhibition>,
    pub(super) receivers: Vec<Receiver>,
}

/// How e-mail is sent.
#[derive(Debug, Serialize)]
pub(super) struct Global {
    #[serde(rename = "smtp_smarthost")]
    pub(super) smarthost: String,
    #[serde(rename = "smtp_from")]
    pub(super) from: String,
    #[serde(rename = "smtp_auth_username", skip_serializing_if = "Option::is_none")]
    pub(super) username: Option<String>,
    #[serde(rename = "smtp_auth_password_file", skip_serializing_if = "Option::is_none")]
    pub(super) password_file: Option<String>,
    #[serde(rename = "smtp_require_tls")]
    pub(super) require_tls: bool,
}

/// The route that every alert enters.
#[derive(Debug, Serialize)]
pub(super) struct TopRoute {
    pub(super) receiver: String,
    pub(super) group_by: Vec<&'static str>,
    pub(super) group_wait: String,
    pub(super) group_interval: String,
    pub(super) repeat_interval: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) routes: Vec<SubRoute>,
}

/// A route for some of them.
#[derive(Debug, Serialize)]
pub(super) struct SubRoute {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) matchers: Vec<String>,
    pub(super) receiver: String,
    #[serde(rename = "continue")]
    pub(super) proceed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) group_wait: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) repeat_interval: Option<String>,
}

/// Alerts that hold others back.
#[derive(Debug, Serialize)]
pub(super) struct Inhibition {
    pub(super) source_matchers: Vec<String>,
    pub(super) target_matchers: Vec<String>,
    pub(super) equal: Vec<&'static str>,
}

/// Somebody who is told.
#[derive(Debug, Serialize)]
pub(super) struct Receiver {
    pub(super) name: String,
    #[serde(flatten)]
    pub(super) integrations: Integrations,
}

/// The ways in which somebody is told.
#[derive(Debug, Default, Serialize)]
pub(super) struct Integrations {
    #[serde(rename = "email_configs", skip_serializing_if = "Vec::is_empty")]
    pub(super) email: Vec<Email>,
    #[serde(rename = "slack_configs", skip_serializing_if = "Vec::is_empty")]
    pub(super) slack: Vec<Slack>,
    #[serde(rename = "pagerduty_configs", skip_serializing_if = "Vec::is_empty")]
    pub(super) pagerduty: Vec<PagerDuty>,
    #[serde(rename = "webhook_configs", skip_serializing_if = "Vec::is_empty")]
    pub(super) webhook: Vec<Webhook>,
}

/// By e-mail.
#[derive(Debug, Serialize)]
pub(super) struct Email {
    pub(super) to: String,
    pub(super) send_resolved: bool,
}

/// By Slack.
#[derive(Debug, Serialize)]
pub(super) struct Slack {
    pub(super) api_url_file: String,
    pub(super) channel: String,
    pub(super) send_resolved: bool,
    pub(super) text: &'static str,
}

/// By `PagerDuty`.
#[derive(Debug, Serialize)]
pub(super) struct PagerDuty {
    pub(super) routing_key_file: String,
    pub(super) severity: &'static str,
    pub(super) send_resolved: bool,
}

/// By a call over HTTP.
#[derive(Debug, Serialize)]
pub(super) struct Webhook {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) url_file: Option<String>,
    pub(super) send_resolved: bool,
}
