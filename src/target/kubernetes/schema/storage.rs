//! Holds claims of storage.

use serde::Serialize;

use crate::target::kubernetes::schema::meta::{Metadata, Spec};

/// A claim inside of a `StatefulSet`, where each pod gets its own.
#[derive(Debug, Serialize)]
pub(crate) struct ClaimTemplate {
    pub(crate) metadata: Metadata,
    #[serde(flatten)]
    pub(crate) body: Spec<Claim>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Claim {
    pub(crate) access_modes: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) storage_class_name: Option<String>,
    pub(crate) resources: ClaimResources,
}

#[derive(Debug, Serialize)]
pub(crate) struct ClaimResources {
    pub(crate) requests: ClaimRequests,
}

#[derive(Debug, Serialize)]
pub(crate) struct ClaimRequests {
    pub(crate) storage: String,
}
