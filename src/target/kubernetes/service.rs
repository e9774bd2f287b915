//! Turns the ports of a service into the names under which others reach it: the same as under Compose.

use crate::format::yaml::Comments;
use crate::model::naming;
use crate::model::service::Service as Modelled;
use crate::target::Error;
use crate::target::kubernetes::cluster::{Cluster, object, port_name};
use crate::target::kubernetes::folder::{Folder, Place};
use crate::target::kubernetes::schema::meta::{Labels, Metadata, Object, Spec};
use crate::target::kubernetes::schema::network::{Service, ServicePort};
use crate::value::Name;

/// The domain of a cluster, which an `ExternalName` must spell out; patch it where the cluster has another.
pub(super) const CLUSTER_DOMAIN: &str = "cluster.local";

impl Cluster<'_> {
    /// Whether a second name leads to every pod of a service.
    pub(super) fn has_replicas_service(&self, service: &Modelled) -> bool {
        let scraped = service.metrics.is_some() && service.is_replicated();
        !self.is_agent(service) && (scraped || self.is_stateful(service))
    }
}

pub(super) fn emit(
    cluster: &Cluster<'_>,
    service: &Modelled,
    folder: &mut Folder<'_, '_>,
) -> Result<(), Error> {
    if cluster.is_agent(service) {
        return agent(cluster, service, folder);
    }
    let place = Place::of(service);
    let name = service.name.to_string();
    if !service.ports.is_empty() {
        let own = to_pods(cluster, service, name, None);
        folder.add(&place, &own, Comments::new())?;
    }
    if cluster.has_replicas_service(service) {
        let name = naming::replicas_host(&service.name);
        let each = to_pods(cluster, service, name, Some("None"));
        let about = "Leads to every pod instead of to any.".to_owned();
        folder.add(&place, &each, Comments::from([("/spec/clusterIP", about)]))?;
    }
    Ok(())
}

/// What runs on every node is reached pod by pod, under the name that it has elsewhere too.
fn agent(
    cluster: &Cluster<'_>,
    service: &Modelled,
    folder: &mut Folder<'_, '_>,
) -> Result<(), Error> {
    if service.ports.is_empty() {
        return Ok(());
    }
    let place = Place::of(service);
    let name = service.name.to_string();
    let each = to_pods(cluster, service, name.clone(), Some("None"));
    folder.add(&place, &each, Comments::new())?;
    let there = cluster.agents_namespace();
    let alias = Service {
        kind: "ExternalName",
        cluster_ip: None,
        external_name: Some(format!("{name}.{there}.svc.{CLUSTER_DOMAIN}")),
        selector: Labels::default(),
        ports: Vec::new(),
    };
    let metadata =
        Metadata { namespace: Some(cluster.namespace().into()), ..cluster.metadata(service, name) };
    let about = format!("The pods stand in the namespace {there}: this is their name in this one.");
    let alias = object("v1", "Service", metadata, alias);
    folder.add(&place.below("alias"), &alias, Comments::from([("/spec", about)]))
}

fn to_pods<'a>(
    cluster: &Cluster<'_>,
    service: &'a Modelled,
    name: String,
    cluster_ip: Option<&'static str>,
) -> Object<Spec<Service<'a>>> {
    let port = |(name, number): (&'a Name, &u16)| {
        let name = port_name(name.as_str(), *number);
        ServicePort { target_port: name.clone(), name, port: *number, protocol: "TCP" }
    };
    let spec = Service {
        kind: "ClusterIP",
        cluster_ip,
        external_name: None,
        selector: cluster.pairs(service),
        ports: service.ports.iter().map(port).collect(),
    };
    object("v1", "Service", cluster.metadata(service, name), spec)
}
