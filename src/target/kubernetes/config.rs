//! Turns the operator's variables that have a default into one `ConfigMap`, and says where each variable stands.

use crate::format::yaml::Comments;
use crate::model::Variable;
use crate::model::variable::Origin;
use crate::target::Error;
use crate::target::kubernetes::cluster::Cluster;
use crate::target::kubernetes::folder::{Folder, Place};
use crate::target::kubernetes::schema::config::ConfigMap;
use crate::target::kubernetes::schema::meta::Object;
use crate::value::VariableName;

/// Where the value of an operator's variable stands in a cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Home {
    /// In the `ConfigMap`: it has a default and may be seen.
    Config,
    /// In the `Secret`, with whatever else only the operator knows; the flag says whether it may be absent.
    Secret { optional: bool },
}

impl<'a> Cluster<'a> {
    /// The operator's variables that pods of a namespace read.
    pub(super) fn variables_in(&self, namespace: &str) -> impl Iterator<Item = &'a Variable> {
        let all = self.variables.iter();
        let read = all.filter(move |(_, reading)| reading.iter().any(|one| one == namespace));
        read.map(|(variable, _)| *variable)
    }

    /// What the `ConfigMap` of a namespace holds.
    pub(super) fn config_in(&self, namespace: &str) -> impl Iterator<Item = &'a Variable> {
        self.variables_in(namespace).filter(|one| home(one) == Home::Config)
    }

    /// What the `ConfigMap` of a namespace holds for one variable.
    pub(super) fn configured(&self, name: &VariableName, namespace: &str) -> Option<&'a str> {
        let (variable, reading) = self.variable(name)?;
        let held = home(variable) == Home::Config && reading.iter().any(|one| one == namespace);
        held.then(|| variable.proposed())
    }
}

/// Where the value of an operator's variable stands.
pub(super) fn home(variable: &Variable) -> Home {
    if variable.is_operators() && !variable.lives_in_secret() {
        return Home::Config;
    }
    let optional = matches!(variable.origin, Origin::Operator { optional: true, .. });
    Home::Secret { optional }
}

pub(super) fn emit(cluster: &Cluster<'_>, folder: &mut Folder<'_, '_>) -> Result<(), Error> {
    let places = [
        (cluster.namespace(), Place::common()),
        (cluster.agents_namespace(), cluster.agents_place()),
    ];
    for (namespace, place) in places {
        let data: Vec<(&str, &str)> = cluster
            .config_in(namespace)
            .map(|variable| (variable.name.as_str(), variable.proposed()))
            .collect();
        if data.is_empty() {
            continue;
        }
        let comments: Comments = cluster
            .variables_in(namespace)
            .filter(|variable| !variable.about.is_empty())
            .map(|variable| (format!("/data/{}", variable.name), variable.about.clone()))
            .collect();
        let mut metadata = cluster.common_metadata(&cluster.config_name);
        metadata.namespace = Some(namespace.into());
        let object =
            Object { api_version: "v1", kind: "ConfigMap", metadata, body: ConfigMap { data } };
        folder.add(&place, &object, comments)?;
    }
    Ok(())
}
