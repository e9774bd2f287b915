//! Holds objects that carry settings: configuration, secrets, accounts, and the list of what is applied.

use crate::map::IndexMap;
use serde::{Serialize, Serializer};

#[derive(Debug, Serialize)]
pub(crate) struct ConfigMap<'a> {
    #[serde(serialize_with = "as_map")]
    pub(crate) data: Vec<(&'a str, &'a str)>,
}

fn as_map<S: Serializer>(pairs: &[(&str, &str)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(pairs.iter().copied())
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

/// What the External Secrets Operator reads (external-secrets/external-secrets:apis/externalsecrets/v1).
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ExternalSecret {
    pub(crate) refresh_interval: String,
    pub(crate) secret_store_ref: StoreRef,
    pub(crate) target: SecretTarget,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) data_from: Vec<DataFrom>,
    pub(crate) data: Vec<SecretData>,
}

#[derive(Debug, Serialize)]
pub(crate) struct StoreRef {
    pub(crate) name: String,
    pub(crate) kind: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SecretTarget {
    pub(crate) name: String,
    pub(crate) creation_policy: &'static str,
}

#[derive(Debug, Serialize)]
pub(crate) struct DataFrom {
    pub(crate) extract: RemoteKey,
}

#[derive(Debug, Serialize)]
pub(crate) struct RemoteKey {
    pub(crate) key: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SecretData {
    pub(crate) secret_key: String,
    pub(crate) remote_ref: RemoteRef,
}

#[derive(Debug, Serialize)]
pub(crate) struct RemoteRef {
    pub(crate) key: String,
    pub(crate) property: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct ResourceQuota {
    pub(crate) hard: IndexMap<&'static str, String>,
}

#[derive(Debug, Serialize)]
pub(crate) struct LimitRange {
    pub(crate) limits: Vec<LimitRangeItem>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LimitRangeItem {
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    pub(crate) default: IndexMap<&'static str, String>,
    pub(crate) default_request: IndexMap<&'static str, String>,
    pub(crate) max: IndexMap<&'static str, String>,
}
