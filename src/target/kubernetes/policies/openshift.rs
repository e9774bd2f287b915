//! Turns what each service needs into the constraint by which `OpenShift` admits its pods, and nobody else's.

use crate::format::yaml::Comments;
use crate::model::service::Service;
use crate::target::Error;
use crate::target::kubernetes::cluster::Cluster;
use crate::target::kubernetes::policies::Policies;
use crate::target::kubernetes::schema::guard::{
    Group, Range, RunAsUser, SecurityContextConstraints, Strategy,
};
use crate::target::kubernetes::schema::meta::Object;

/// The kinds of volume that pods have of ours; the host's comes beside them where a service sees it.
const VOLUMES: &[&str] = &["configMap", "emptyDir", "persistentVolumeClaim", "projected", "secret"];

pub(super) fn emit(cluster: &Cluster<'_>, mut policies: Policies<'_, '_, '_>) -> Result<(), Error> {
    for service in &cluster.services {
        let namespace = cluster.namespace_of(service);
        let mut metadata = cluster.metadata(service, format!("{namespace}-{}", service.name));
        metadata.namespace = None;
        let constraints = Object {
            api_version: "security.openshift.io/v1",
            kind: "SecurityContextConstraints",
            metadata,
            body: constraints(service, namespace),
        };
        policies.add(&constraints, Comments::new())?;
    }
    policies.finish("Without these OpenShift gives each namespace users of its own, whom the images do not know.")
}

fn constraints(service: &Service, namespace: &str) -> SecurityContextConstraints {
    let user = service.kubernetes.user;
    let host = service.kubernetes.host.as_ref();
    let sees_paths = host.is_some_and(|host| !host.paths.is_empty());
    let host_path = sees_paths.then_some("hostPath");
    SecurityContextConstraints {
        allow_host_dir_volume_plugin: sees_paths,
        allow_host_ipc: false,
        allow_host_network: false,
        allow_host_pid: host.is_some_and(|host| host.pid),
        allow_host_ports: false,
        allow_privilege_escalation: false,
        allow_privileged_container: false,
        allowed_capabilities: service.capabilities.clone(),
        required_drop_capabilities: vec!["ALL"],
        read_only_root_filesystem: !service.writable_root,
        run_as_user: RunAsUser { kind: "MustRunAs", uid: user.uid },
        se_linux_context: Strategy { kind: "MustRunAs" },
        fs_group: Group { kind: "MustRunAs", ranges: vec![Range { min: user.gid, max: user.gid }] },
        supplemental_groups: Strategy { kind: "RunAsAny" },
        seccomp_profiles: vec!["runtime/default"],
        volumes: VOLUMES.iter().copied().chain(host_path).collect(),
        users: vec![format!("system:serviceaccount:{namespace}:{}", service.name)],
        groups: Vec::new(),
    }
}
