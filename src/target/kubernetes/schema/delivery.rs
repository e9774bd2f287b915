//! Holds who is told of alerts, as the Prometheus Operator reads it
//! (prometheus-operator/prometheus-operator:pkg/apis/monitoring/v1alpha1/alertmanager_config_types.go).

use serde::Serialize;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AlertmanagerConfig {
    pub(crate) route: TopRoute,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) inhibit_rules: Vec<Inhibition>,
    pub(crate) receivers: Vec<Receiver>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TopRoute {
    pub(crate) receiver: String,
    pub(crate) group_by: Vec<&'static str>,
    pub(crate) group_wait: String,
    pub(crate) group_interval: String,
    pub(crate) repeat_interval: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) routes: Vec<SubRoute>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SubRoute {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) matchers: Vec<Matcher>,
    pub(crate) receiver: String,
    #[serde(rename = "continue")]
    pub(crate) proceed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) group_wait: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) repeat_interval: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Matcher {
    pub(crate) name: &'static str,
    pub(crate) match_type: &'static str,
    pub(crate) value: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Inhibition {
    pub(crate) source_match: Vec<Matcher>,
    pub(crate) target_match: Vec<Matcher>,
    pub(crate) equal: Vec<&'static str>,
}

#[derive(Debug, Default, Serialize)]
pub(crate) struct Receiver {
    pub(crate) name: String,
    #[serde(rename = "emailConfigs", skip_serializing_if = "Vec::is_empty")]
    pub(crate) email: Vec<Email>,
    #[serde(rename = "slackConfigs", skip_serializing_if = "Vec::is_empty")]
    pub(crate) slack: Vec<Slack>,
    #[serde(rename = "pagerdutyConfigs", skip_serializing_if = "Vec::is_empty")]
    pub(crate) pagerduty: Vec<PagerDuty>,
    #[serde(rename = "webhookConfigs", skip_serializing_if = "Vec::is_empty")]
    pub(crate) webhook: Vec<Webhook>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Email {
    pub(crate) to: String,
    pub(crate) from: String,
    pub(crate) smarthost: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) auth_username: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) auth_password: Option<SecretKey>,
    #[serde(rename = "requireTLS")]
    pub(crate) require_tls: bool,
    pub(crate) send_resolved: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Slack {
    #[serde(rename = "apiURL")]
    pub(crate) api_url: SecretKey,
    pub(crate) channel: String,
    pub(crate) text: &'static str,
    pub(crate) send_resolved: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PagerDuty {
    pub(crate) routing_key: SecretKey,
    pub(crate) severity: &'static str,
    pub(crate) send_resolved: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Webhook {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) url_secret: Option<SecretKey>,
    pub(crate) send_resolved: bool,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct SecretKey {
    pub(crate) name: String,
    pub(crate) key: String,
}
