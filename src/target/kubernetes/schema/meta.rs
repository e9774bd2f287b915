//! Holds what all objects have: kind, name, labels.

use crate::map::IndexMap;
use serde::Serialize;

/// Labels or annotations.
pub(crate) type Pairs = IndexMap<String, String>;

/// An object.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Object<T> {
    pub(crate) api_version: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) metadata: Metadata,
    #[serde(flatten)]
    pub(crate) body: T,
}

/// What is said of an object.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Metadata {
    pub(crate) name: String,
    /// Nothing for what stands outside of all namespaces.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) namespace: Option<String>,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub(crate) labels: Pairs,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub(crate) annotations: Pairs,
}

/// The body of an object that is a specification and nothing else.
#[derive(Debug, Serialize)]
pub(crate) struct Spec<T> {
    pub(crate) spec: T,
}

/// The body of an object that has none.
#[derive(Debug, Serialize)]
pub(crate) struct Empty {}

/// Objects by their labels.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Selector {
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub(crate) match_labels: Pairs,
}
