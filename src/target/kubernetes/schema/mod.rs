//! Holds the structs of Kubernetes objects, with fields in the order in which they are written.
//!
//! Source of names and forms: the API reference of Kubernetes 1.36 (kubernetes/kubernetes:staging/src/k8s.io/api) and of
//! Gateway API 1.5 (kubernetes-sigs/gateway-api:apis/v1).

#![allow(clippy::struct_field_names, reason = "the names are those of the API")]

pub(super) mod access;
pub(super) mod config;
pub(super) mod delivery;
pub(super) mod edge;
pub(super) mod guard;
pub(super) mod meta;
pub(super) mod network;
pub(super) mod operator;
pub(super) mod pod;
pub(super) mod scale;
pub(super) mod storage;
pub(super) mod volume;
pub(super) mod workload;
