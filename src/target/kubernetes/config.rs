//! Turns the operator's variables that have a default into one `ConfigMap`, and says where each variable stands.

use indexmap::IndexMap;

use crate::format::yaml::Comments;
use crate::model::Variable;
use crate::model::variable::Origin;
use crate::target::Error;
use crate::target::kubernetes::cluster::Cluster;
use crate::target::kubernetes::folder::{Folder, Place};
use crate::target::kubernetes::schema::config::ConfigMap;
use crate::target::kubernetes::schema::meta::Object;

/// Where the value of an operator's variable stands in a cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Home {
    /// In the `ConfigMap`: it has a default and may be seen.
    Config,
    /// In the `Secret`, with whatever else only the operator knows; the flag says whether it may be absent.
    Secret { optional: bool },
}

impl Cluster<'_> {
    /// The name of the `ConfigMap` with variables.
    pub(super) fn config_name(&self) -> String {
        format!("{}-config", self.model.name)
    }

    /// The name of the `Secret` with variables.
    pub(super) fn secret_name(&self) -> String {
        format!("{}-env", self.model.name)
    }

    /// The operator's variables that pods read.
    pub(super) fn variables(&self) -> impl Iterator<Item = &Variable> {
        self.model.variables().filter(|variable| {
            let read = |service: &&crate::model::Service| variable.read_by.contains(&service.name);
            variable.is_operators() && !variable.build && self.services.iter().any(read)
        })
    }

    /// What the `ConfigMap` holds.
    pub(super) fn config(&self) -> IndexMap<String, String> {
        let held = self.variables().filter(|variable| home(variable) == Home::Config);
        held.map(|variable| (variable.name.to_string(), variable.default().to_owned())).collect()
    }
}

/// Where the value of an operator's variable stands.
pub(super) fn home(variable: &Variable) -> Home {
    match &variable.origin {
        Origin::Operator { default: Some(_), .. }
            if !variable.secret && variable.file_owner.is_none() =>
        {
            Home::Config
        }
        Origin::Operator { optional, .. } => Home::Secret { optional: *optional },
        Origin::Fixed(_) => Home::Secret { optional: false },
    }
}

/// Whether something that sees the host reads a variable: it stands in a namespace of its own, and so needs its own copy.
pub(super) fn is_read_by_agents(cluster: &Cluster<'_>, variable: &Variable) -> bool {
    cluster.agents().any(|agent| variable.read_by.contains(&agent.name))
}

pub(super) fn emit(cluster: &Cluster<'_>, folder: &mut Folder<'_, '_>) -> Result<(), Error> {
    let held = || cluster.variables().filter(|variable| home(variable) == Home::Config);
    if held().next().is_none() {
        return Ok(());
    }
    let comments: Comments = held()
        .filter(|variable| !variable.about.is_empty())
        .map(|variable| (format!("/data/{}", variable.name), variable.about.clone()))
        .collect();
    let mut object = Object {
        api_version: "v1",
        kind: "ConfigMap",
        metadata: cluster.common_metadata(cluster.config_name()),
        body: ConfigMap { data: cluster.config() },
    };
    folder.add(&Place::common(), &object, comments.clone())?;
    if held().any(|variable| is_read_by_agents(cluster, variable)) {
        object.metadata.namespace = Some(cluster.agents_namespace());
        folder.add(&cluster.agents_place(), &object, comments)?;
    }
    Ok(())
}
