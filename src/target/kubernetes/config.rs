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

pub(super) fn emit(cluster: &Cluster<'_>, folder: &mut Folder<'_, '_>) -> Result<(), Error> {
    let data = cluster.config();
    if data.is_empty() {
        return Ok(());
    }
    let about = |variable: &&Variable| !variable.about.is_empty();
    let comments: Comments = cluster
        .variables()
        .filter(about)
        .map(|variable| (format!("/data/{}", variable.name), variable.about.clone()))
        .collect();
    let metadata = cluster.common_metadata(cluster.config_name());
    let object =
        Object { api_version: "v1", kind: "ConfigMap", metadata, body: ConfigMap { data } };
    folder.add(&Place::common(), &object, comments)
}
