//! Holds what pods mount, and where.

use std::borrow::Cow;

use serde::Serialize;

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct VolumeMount<'a> {
    pub(crate) name: String,
    pub(crate) mount_path: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sub_path: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) read_only: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mount_propagation: Option<&'static str>,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Volume {
    pub(crate) name: String,
    #[serde(flatten)]
    pub(crate) source: VolumeSource,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum VolumeSource {
    PersistentVolumeClaim(ClaimVolume),
    EmptyDir(MemoryVolume),
    ConfigMap(ConfigMapVolume),
    Projected(ProjectedVolume),
    Secret(SecretVolume),
    HostPath(HostVolume),
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ClaimVolume {
    pub(crate) claim_name: String,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MemoryVolume {
    pub(crate) medium: &'static str,
    pub(crate) size_limit: String,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct ProjectedVolume {
    pub(crate) sources: Vec<Projection>,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SecretVolume {
    pub(crate) secret_name: String,
    pub(crate) default_mode: u32,
    pub(crate) items: Vec<Item>,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct HostVolume {
    pub(crate) path: String,
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Projection {
    pub(crate) config_map: ConfigMapVolume,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct ConfigMapVolume {
    pub(crate) name: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) items: Vec<Item>,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Item {
    pub(crate) key: String,
    pub(crate) path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mode: Option<u32>,
}
