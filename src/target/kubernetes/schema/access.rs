//! Holds who may ask what of the Kubernetes API, and who answers for it.

use serde::Serialize;

#[derive(Debug, Serialize)]
pub(crate) struct Role {
    pub(crate) rules: Vec<Rule>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Rule {
    pub(crate) api_groups: Vec<String>,
    pub(crate) resources: Vec<String>,
    pub(crate) verbs: Vec<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Binding {
    pub(crate) role_ref: RoleRef,
    pub(crate) subjects: Vec<Subject>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RoleRef {
    pub(crate) api_group: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) name: String,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Subject {
    pub(crate) kind: &'static str,
    pub(crate) name: String,
    pub(crate) namespace: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ApiService {
    pub(crate) group: String,
    pub(crate) version: String,
    pub(crate) group_priority_minimum: u32,
    pub(crate) version_priority: u32,
    #[serde(rename = "insecureSkipTLSVerify", skip_serializing_if = "std::ops::Not::not")]
    pub(crate) insecure: bool,
    pub(crate) service: ServiceRef,
}

#[derive(Debug, Serialize)]
pub(crate) struct ServiceRef {
    pub(crate) name: String,
    pub(crate) namespace: String,
    pub(crate) port: u16,
}
