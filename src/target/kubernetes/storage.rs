//! Turns volumes into claims: inside of a `StatefulSet` where it alone has them, else objects of their own.

use crate::format::yaml::Comments;
use crate::model::service::Service;
use crate::model::{InCluster, Volume};
use crate::target::Error;
use crate::target::kubernetes::cluster::{Cluster, description, label, object};
use crate::target::kubernetes::folder::{Folder, Place};
use crate::target::kubernetes::schema::meta::{Metadata, Pairs, Spec};
use crate::target::kubernetes::schema::storage::{
    Claim, ClaimRequests, ClaimResources, ClaimTemplate,
};
use crate::value::Name;

impl Cluster<'_> {
    /// Whether several pods may mount a volume at once.
    pub(super) fn is_shared(&self, volume: &Name) -> bool {
        let shared = self.model.volumes.get(volume).is_some_and(|volume| volume.shared);
        shared || self.users(volume).len() > 1
    }

    /// Whether a service is a `StatefulSet`: it keeps what no other pod may mount.
    pub(super) fn is_stateful(&self, service: &Service) -> bool {
        self.model.in_cluster(service) == InCluster::Pods
            && service.volumes.iter().any(|mount| !self.is_shared(&mount.volume))
    }

    /// Whether each pod of a service gets a claim of its own for a volume.
    pub(super) fn is_own(&self, service: &Service, volume: &Name) -> bool {
        self.is_stateful(service) && !self.is_shared(volume) && !self.model.is_composes(volume)
    }

    /// The claims inside of a `StatefulSet`. They carry the labels that never change: the rest of a `StatefulSet`'s
    /// claims cannot be edited.
    pub(super) fn claim_templates(&self, service: &Service) -> Vec<ClaimTemplate> {
        let own = service.volumes.iter().filter(|mount| self.is_own(service, &mount.volume));
        own.filter_map(|mount| {
            let volume = self.model.volumes.get(&mount.volume)?;
            let metadata = Metadata {
                name: label(mount.volume.as_str()),
                namespace: None,
                labels: self.pairs(service),
                annotations: Pairs::default(),
            };
            let body = Spec { spec: self.claim(&mount.volume, volume) };
            Some(ClaimTemplate { metadata, body })
        })
        .collect()
    }

    fn claim(&self, name: &Name, volume: &Volume) -> Claim {
        let mode = if self.is_shared(name) { "ReadWriteMany" } else { "ReadWriteOnce" };
        Claim {
            access_modes: vec![mode],
            storage_class_name: self.model.kubernetes.storage_class.as_ref().map(Name::to_string),
            resources: ClaimResources {
                requests: ClaimRequests { storage: volume.size.kubernetes() },
            },
        }
    }
}

pub(super) fn emit(cluster: &Cluster<'_>, folder: &mut Folder<'_, '_>) -> Result<(), Error> {
    for (name, volume) in &cluster.model.volumes {
        if cluster.model.is_composes(name) {
            continue;
        }
        let (place, mut metadata) = match cluster.users(name) {
            [] => continue,
            [only] if cluster.is_own(only, name) => continue,
            [only] => (Place::of(only), cluster.metadata(only, name)),
            _ => (Place::common(), cluster.common_metadata(name)),
        };
        metadata.annotations.extend(description(&volume.about));
        let claim = object("v1", "PersistentVolumeClaim", metadata, cluster.claim(name, volume));
        folder.add(&place, &claim, Comments::new())?;
    }
    Ok(())
}
