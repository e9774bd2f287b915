//! Turns a service into its pods: who they run as, what they mount, where they run.

use std::borrow::Cow;

use crate::model::InCluster;
use crate::model::naming;
use crate::model::service::Service;
use crate::target::kubernetes::cluster::{Cluster, label, slug};
use crate::target::kubernetes::container::{container, drain, stop_signal};
use crate::target::kubernetes::environment::Environment;
use crate::target::kubernetes::files::Files;
use crate::target::kubernetes::schema::pod::{
    Affinity, AffinityTerm, AntiAffinity, Os, Pod, PodSecurity, Seccomp, Spread, Sysctl,
    Toleration, WeightedTerm,
};
use crate::target::kubernetes::schema::volume::{
    ClaimVolume, HostVolume, Item, MemoryVolume, SecretVolume, Volume, VolumeMount, VolumeSource,
};

/// The folder in which files with variables lie.
const SECRETS: &str = "/run/secrets";

/// Ports below this one are for root, unless a pod asks for others (kernel: Documentation/networking/ip-sysctl.rst).
const FIRST_FREE_PORT: u16 = 1024;

pub(super) fn pod<'a>(cluster: &'a Cluster<'_>, service: &'a Service, files: Files<'a>) -> Pod<'a> {
    let (mut volumes, mut mounts) = data(cluster, service);
    // Volumes of our own step aside for the author's: the names of those are the names of claims.
    let mut names = Names(mounts.iter().map(|mount| mount.name.clone()).collect());
    in_memory(service, &mut names, &mut volumes, &mut mounts);
    secrets(cluster, service, &mut names, &mut volumes, &mut mounts);
    for (volume, mount) in files.volumes.into_iter().zip(files.mounts) {
        let name = names.take(volume.name);
        volumes.push(Volume { name: name.clone(), ..volume });
        mounts.push(VolumeMount { name, ..mount });
    }
    host(service, &mut names, &mut volumes, &mut mounts);
    let every_node = cluster.model.in_cluster(service) == InCluster::EveryNode;
    let environment = Environment::new(cluster, service);
    Pod {
        service_account_name: service.name.as_str(),
        automount_service_account_token: service.kubernetes.asks(),
        enable_service_links: false,
        os: stop_signal(service).map(|_| Os { name: "linux" }),
        host_pid: service.kubernetes.host.as_ref().is_some_and(|host| host.pid),
        tolerations: every_node
            .then_some(Toleration { operator: "Exists", effect: "NoSchedule" })
            .into_iter()
            .collect(),
        affinity: (service.is_replicated() && !every_node).then(|| apart(cluster, service)),
        topology_spread_constraints: if service.is_replicated() && !every_node {
            ["topology.kubernetes.io/zone", "kubernetes.io/hostname"]
                .map(|key| spread(cluster, service, key))
                .into()
        } else {
            Vec::new()
        },
        security_context: security(service),
        restart_policy: None,
        termination_grace_period_seconds: service.stop_grace.seconds()
            + drain(service).unwrap_or_default(),
        readiness_gates: Vec::new(),
        containers: vec![container(service, environment, mounts)],
        volumes,
    }
}

fn security(service: &Service) -> PodSecurity {
    let privileged_port = service.ports.values().any(|port| *port < FIRST_FREE_PORT);
    PodSecurity {
        run_as_non_root: !service.kubernetes.user.is_root(),
        run_as_user: service.kubernetes.user.uid,
        run_as_group: service.kubernetes.user.gid,
        fs_group: service.kubernetes.user.gid,
        fs_group_change_policy: "OnRootMismatch",
        seccomp_profile: Seccomp { kind: "RuntimeDefault" },
        sysctls: (privileged_port && !service.kubernetes.user.is_root())
            .then_some(Sysctl { name: "net.ipv4.ip_unprivileged_port_start", value: "0" })
            .into_iter()
            .collect(),
    }
}

/// Replicas on different nodes where there are several.
fn apart(cluster: &Cluster<'_>, service: &Service) -> Affinity {
    let term = AffinityTerm {
        topology_key: "kubernetes.io/hostname",
        label_selector: cluster.selector(service),
    };
    Affinity {
        pod_affinity: None,
        pod_anti_affinity: Some(AntiAffinity {
            preferred_during_scheduling_ignored_during_execution: vec![WeightedTerm {
                weight: 100,
                pod_affinity_term: term,
            }],
        }),
    }
}

fn spread(cluster: &Cluster<'_>, service: &Service, topology_key: &'static str) -> Spread {
    Spread {
        max_skew: 1,
        topology_key,
        when_unsatisfiable: "ScheduleAnyway",
        label_selector: cluster.selector(service),
    }
}

fn mount<'a>(name: &str, path: impl Into<Cow<'a, str>>, read_only: bool) -> VolumeMount<'a> {
    VolumeMount {
        name: name.to_owned(),
        mount_path: path.into(),
        sub_path: None,
        read_only,
        mount_propagation: None,
    }
}

/// What outlives the pod. A `StatefulSet` adds the volumes of its own claims itself.
fn data<'a>(cluster: &Cluster<'_>, service: &'a Service) -> (Vec<Volume>, Vec<VolumeMount<'a>>) {
    let named = |mounted: &crate::model::mount::VolumeMount| label(mounted.volume.as_str());
    let mounted: Vec<_> =
        service.volumes.iter().filter(|one| !cluster.model.is_composes(&one.volume)).collect();
    let claims = mounted.iter().filter(|one| !cluster.is_own(service, &one.volume));
    let volumes = claims.map(|one| Volume {
        name: named(one),
        source: VolumeSource::PersistentVolumeClaim(ClaimVolume {
            claim_name: one.volume.to_string(),
        }),
    });
    let mounts = mounted.iter().map(|one| mount(&named(one), one.path.as_str(), one.read_only));
    (volumes.collect(), mounts.collect())
}

/// The names of a pod's volumes, each of which is given once.
struct Names(Vec<String>);

impl Names {
    /// The name, or the next one that is free.
    fn take(&mut self, name: String) -> String {
        let is_free = |name: &String| !self.0.contains(name);
        let mut numbered = (2..).map(|number| label(&format!("{name}-{number}")));
        let other = if is_free(&name) { None } else { numbered.find(is_free) };
        let free = other.unwrap_or(name);
        self.0.push(free.clone());
        free
    }
}

/// Paths in memory; what they hold counts as the container's memory, as it does in Compose.
fn in_memory<'a>(
    service: &'a Service,
    names: &mut Names,
    volumes: &mut Vec<Volume>,
    mounts: &mut Vec<VolumeMount<'a>>,
) {
    for tmpfs in &service.tmpfs {
        let name = names.take(slug(&["memory", tmpfs.path.as_str()]));
        mounts.push(mount(&name, tmpfs.path.as_str(), false));
        let source = MemoryVolume { medium: "Memory", size_limit: tmpfs.size.kubernetes() };
        volumes.push(Volume { name, source: VolumeSource::EmptyDir(source) });
    }
}

/// Variables that are read as files. They belong to root, and the pod's group may read them.
fn secrets(
    cluster: &Cluster<'_>,
    service: &Service,
    names: &mut Names,
    volumes: &mut Vec<Volume>,
    mounts: &mut Vec<VolumeMount<'_>>,
) {
    if service.secrets.is_empty() {
        return;
    }
    let items = service.secrets.keys().map(|variable| Item {
        key: variable.to_string(),
        path: naming::secret_file(variable),
        mode: None,
    });
    let source = SecretVolume {
        secret_name: cluster.secret_name.clone(),
        default_mode: 0o440,
        items: items.collect(),
    };
    let name = names.take("secrets".to_owned());
    mounts.push(mount(&name, SECRETS, true));
    volumes.push(Volume { name, source: VolumeSource::Secret(source) });
}

fn host<'a>(
    service: &'a Service,
    names: &mut Names,
    volumes: &mut Vec<Volume>,
    mounts: &mut Vec<VolumeMount<'a>>,
) {
    for (path, target) in service.kubernetes.host.iter().flat_map(|host| &host.paths) {
        let name = names.take(slug(&["host", path.as_str()]));
        let propagation = Some("HostToContainer");
        mounts.push(VolumeMount {
            mount_propagation: propagation,
            ..mount(&name, target.as_str(), true)
        });
        let source = HostVolume { path: path.clone(), kind: "Directory" };
        volumes.push(Volume { name, source: VolumeSource::HostPath(source) });
    }
}
