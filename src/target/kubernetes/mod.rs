//! Emits the Kubernetes manifests of an environment: fully rendered, one object a file.

mod access;
mod accounts;
mod cluster;
mod config;
mod container;
mod delivery;
mod edge;
mod environment;
mod files;
mod folder;
mod gateway;
mod ingress;
mod jobs;
mod migrate;
mod namespace;
mod operator;
mod pod;
mod policies;
mod policy;
mod probe;
mod quota;
mod scale;
mod schema;
mod secret;
mod service;
mod storage;
mod waiver;
mod workload;

use crate::model::Model;
use crate::target::{Error, Output};
use cluster::Cluster;
use folder::Folder;

/// Emits `kubernetes/<environment>/`. Read by: `kubectl apply -k`.
///
/// # Errors
/// When a path is taken, or when a compiled file is too large for any object.
pub fn emit(model: &Model, output: &mut Output<'_>) -> Result<(), Error> {
    let cluster = Cluster::new(model);
    let mut folder = Folder::new(model, output);
    namespace::emit(&cluster, &mut folder)?;
    quota::emit(&cluster, &mut folder)?;
    config::emit(&cluster, &mut folder)?;
    secret::emit(&cluster, &mut folder)?;
    storage::emit(&cluster, &mut folder)?;
    edge::emit(&cluster, &mut folder)?;
    for service in &cluster.services {
        accounts::emit(&cluster, service, &mut folder)?;
        access::emit(&cluster, service, &mut folder)?;
        let files = files::emit(&cluster, service, &mut folder)?;
        workload::emit(&cluster, service, files, &mut folder)?;
        service::emit(&cluster, service, &mut folder)?;
        scale::emit(&cluster, service, &mut folder)?;
        policy::emit(&cluster, service, &mut folder)?;
    }
    operator::emit(&cluster, &mut folder)?;
    policies::emit(&cluster, &mut folder)?;
    folder.finish(model)
}
