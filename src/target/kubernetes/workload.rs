//! Turns a service into what keeps its pods running: a `Deployment`, a `StatefulSet`, or a `DaemonSet`.

use crate::format::digest;
use crate::format::yaml::Comments;
use crate::model::InCluster;
use crate::model::naming;
use crate::model::service::Service;
use crate::target::Error;
use crate::target::kubernetes::cluster::{Cluster, object};
use crate::target::kubernetes::files::Files;
use crate::target::kubernetes::folder::{Folder, Place};
use crate::target::kubernetes::jobs;
use crate::target::kubernetes::migrate;
use crate::target::kubernetes::pod::pod;
use crate::target::kubernetes::schema::meta::Pairs;
use crate::target::kubernetes::schema::volume::VolumeSource;
use crate::target::kubernetes::schema::workload::{
    DaemonSet, Deployment, Retention, RollingUpdate, StatefulSet, Strategy, Template,
    TemplateMetadata,
};

/// How many versions are kept to go back to.
const HISTORY: u32 = 3;

pub(super) fn emit(
    cluster: &Cluster<'_>,
    service: &Service,
    files: Files<'_>,
    folder: &mut Folder<'_, '_>,
) -> Result<(), Error> {
    if cluster.model.in_cluster(service) == InCluster::Jobs {
        return jobs::emit(cluster, service, &files, folder);
    }
    migrate::emit(cluster, service, &files, folder)?;
    let place = Place::of(service);
    let template = template(cluster, service, files);
    let comments = comments(&template);
    let metadata = cluster.workload_metadata(service);
    let selector = cluster.selector(service);
    let replicas = service.autoscale.is_none().then_some(service.replicas);
    match cluster.kind(service) {
        Kind::DaemonSet => {
            let spec = DaemonSet {
                revision_history_limit: HISTORY,
                selector,
                update_strategy: rolling(None, 1),
                template,
            };
            folder.add(&place, &object("apps/v1", "DaemonSet", metadata, spec), comments)
        }
        Kind::StatefulSet => {
            let spec = StatefulSet {
                replicas,
                service_name: naming::replicas_host(&service.name),
                revision_history_limit: HISTORY,
                selector,
                update_strategy: Strategy { kind: "RollingUpdate", rolling_update: None },
                persistent_volume_claim_retention_policy: Retention {
                    when_deleted: "Retain",
                    when_scaled: "Retain",
                },
                template,
                volume_claim_templates: cluster.claim_templates(service),
            };
            folder.add(&place, &object("apps/v1", "StatefulSet", metadata, spec), comments)
        }
        Kind::Deployment => {
            let strategy = if service.single {
                // The next pod must not run beside the last one.
                Strategy { kind: "Recreate", rolling_update: None }
            } else {
                rolling(Some(1), 0)
            };
            let spec = Deployment {
                replicas,
                revision_history_limit: HISTORY,
                selector,
                strategy,
                template,
            };
            folder.add(&place, &object("apps/v1", "Deployment", metadata, spec), comments)
        }
    }
}

/// What keeps pods running.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Any number of pods that are alike.
    Deployment,
    /// Pods with names and storage of their own.
    StatefulSet,
    /// A pod on every node.
    DaemonSet,
}

impl Kind {
    /// Its name.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Deployment => "Deployment",
            Self::StatefulSet => "StatefulSet",
            Self::DaemonSet => "DaemonSet",
        }
    }
}

impl Cluster<'_> {
    /// What keeps the pods of a service running.
    pub(super) fn kind(&self, service: &Service) -> Kind {
        if self.model.in_cluster(service) == InCluster::EveryNode {
            Kind::DaemonSet
        } else if self.is_stateful(service) {
            Kind::StatefulSet
        } else {
            Kind::Deployment
        }
    }
}

fn rolling(max_surge: Option<u32>, max_unavailable: u32) -> Strategy {
    Strategy {
        kind: "RollingUpdate",
        rolling_update: Some(RollingUpdate { max_surge, max_unavailable }),
    }
}

pub(super) fn template<'a>(
    cluster: &'a Cluster<'_>,
    service: &'a Service,
    mut files: Files<'a>,
) -> Template<'a> {
    let read = std::mem::take(&mut files.parts);
    let mut parts: Vec<&[u8]> = Vec::with_capacity(2 * read.len());
    for (path, hash) in &read {
        parts.extend([path.as_bytes(), hash.as_ref()]);
    }
    let namespace = cluster.namespace_of(service);
    for variable in service.texts().flat_map(crate::model::Text::variables) {
        if let Some(value) = cluster.configured(variable, namespace) {
            parts.extend([variable.as_str().as_bytes(), value.as_bytes()]);
        }
    }
    let checksum = (!parts.is_empty()).then(|| digest::short(parts));
    let annotations: Pairs =
        checksum.map(|hash| ("checksum/config".to_owned(), hash)).into_iter().collect();
    Template {
        metadata: TemplateMetadata { labels: cluster.versioned_labels(service), annotations },
        spec: pod(cluster, service, files),
    }
}

pub(super) fn comments(template: &Template<'_>) -> Comments {
    let mut comments = Comments::new();
    if template.metadata.annotations.contains_key("checksum/config") {
        comments.insert(
            "/spec/template/metadata/annotations",
            "Pods read configuration when they start: a change of it changes this, and so rolls them.",
        );
    }
    for (index, volume) in template.spec.volumes.iter().enumerate() {
        if matches!(volume.source, VolumeSource::Secret(_)) {
            let at = format!("/spec/template/spec/volumes/{index}/secret/defaultMode");
            comments.insert(at, "0440: for the pod's group and nobody else");
        }
    }
    if template.spec.os.is_some() {
        comments.insert(
            "/spec/template/spec/containers/0/lifecycle/stopSignal",
            "A cluster without the feature ContainerStopSignals leaves this out and sends the image's own STOPSIGNAL.",
        );
    }
    comments
}
