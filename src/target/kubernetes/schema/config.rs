//! Holds objects that carry settings: configuration, secrets, accounts, and the list of what is applied.

use indexmap::IndexMap;
use serde::Serialize;

#[derive(Debug, Serialize)]
pub(crate) struct ConfigMap {
    pub(crate) data: IndexMap<String, String>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Secret {
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ServiceAccount {
    pub(crate) automount_service_account_token: bool,
}

/// What `kubectl apply -k` reads (kubernetes-sigs/kustomize:api/types/kustomization.go).
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Kustomization {
    pub(crate) api_version: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) resources: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) components: Vec<String>,
}
