//! Turns what the system declares into policies of the cluster's own guards, each in a folder that is applied by itself.

mod falco;
mod gatekeeper;
mod openshift;

use serde::Serialize;

use crate::format::yaml::Comments;
use crate::model::Guard;
use crate::target::Error;
use crate::target::kubernetes::cluster::Cluster;
use crate::target::kubernetes::folder::Folder;
use crate::target::kubernetes::schema::config::Kustomization;
use crate::target::kubernetes::schema::meta::Object;

pub(super) fn emit(cluster: &Cluster<'_>, folder: &mut Folder<'_, '_>) -> Result<(), Error> {
    for guard in &cluster.model.kubernetes.policies {
        let at =
            format!("kubernetes/{}/policies/{}", cluster.model.environment.name, guard.as_str());
        let policies = Policies { at, listed: Vec::new(), folder };
        match guard {
            Guard::Gatekeeper => gatekeeper::emit(cluster, policies)?,
            Guard::Openshift => openshift::emit(cluster, policies)?,
            Guard::Falco => falco::emit(cluster, policies)?,
        }
    }
    Ok(())
}

/// The folder of one guard.
struct Policies<'f, 'o, 'm> {
    at: String,
    listed: Vec<String>,
    folder: &'f mut Folder<'o, 'm>,
}

impl Policies<'_, '_, '_> {
    fn add<T: Serialize>(&mut self, object: &Object<T>, comments: Comments) -> Result<(), Error> {
        let file = format!("{}-{}.yaml", object.kind.to_lowercase(), object.metadata.name);
        self.folder.output.yaml(&format!("{}/{file}", self.at), object, comments)?;
        self.listed.push(file);
        Ok(())
    }

    /// Writes a file that is no object.
    fn file(&mut self, name: &str, value: &impl Serialize, about: &str) -> Result<(), Error> {
        let head = Comments::from([(String::new(), about.to_owned())]);
        self.folder.output.yaml(&format!("{}/{name}", self.at), value, head)
    }

    /// Writes the list of what is applied.
    fn finish(mut self, about: &str) -> Result<(), Error> {
        let list = Kustomization {
            api_version: "kustomize.config.k8s.io/v1beta1",
            kind: "Kustomization",
            resources: std::mem::take(&mut self.listed),
            components: Vec::new(),
        };
        let usage = format!("Apply: kubectl apply -k {}\n{about}", self.at);
        self.file("kustomization.yaml", &list, &usage)
    }
}
