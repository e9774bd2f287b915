//! Says what becomes of each part of a system in a Kubernetes cluster: the one table of what differs from Compose.

use indexmap::IndexMap;

use crate::model::service::Service;
use crate::model::{Model, Role};
use crate::value::Name;

/// What becomes of a service in a cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InCluster {
    /// It runs in pods.
    Pods,
    /// It runs on every node.
    EveryNode,
    /// The cluster does it: a gateway or ingress controller for the edge, cert-manager for certificates, `fsGroup` for
    /// volumes. What only
    /// watches such a part has nothing to watch.
    Platform,
}

/// What becomes of a service of a system in a cluster.
pub fn in_cluster(services: &IndexMap<Name, Service>, service: &Service) -> InCluster {
    match service.role {
        Role::Edge | Role::Certificates | Role::Preparation => InCluster::Platform,
        Role::HostAgent => InCluster::EveryNode,
        _ => match service.watches.as_ref().and_then(|watched| services.get(watched)) {
            Some(watched) if in_cluster(services, watched) == InCluster::Platform => {
                InCluster::Platform
            }
            _ => InCluster::Pods,
        },
    }
}

impl Model {
    /// What becomes of a service in a cluster.
    pub fn in_cluster(&self, service: &Service) -> InCluster {
        in_cluster(&self.services, service)
    }
}
