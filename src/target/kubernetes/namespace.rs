//! Emits the namespaces: how strict each is about its pods, and that nothing talks unless a policy says so.

use crate::format::yaml::Comments;
use crate::model::service::Service;
use crate::target::Error;
use crate::target::kubernetes::cluster::{Cluster, description, object};
use crate::target::kubernetes::folder::{Folder, Place};
use crate::target::kubernetes::schema::meta::{Empty, Metadata, Object, Selector};
use crate::target::kubernetes::schema::network::Policy;

/// A level of the Pod Security Standards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Restricted,
    Baseline,
    Privileged,
}

/// The capabilities that the level `baseline` lets a container add
/// (kubernetes/pod-security-admission:policy/check_capabilities_baseline.go).
const BASELINE: &[&str] = &[
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];

pub(super) fn emit(cluster: &Cluster<'_>, folder: &mut Folder<'_, '_>) -> Result<(), Error> {
    let (agents, ours): (Vec<&Service>, Vec<&Service>) =
        cluster.services.iter().partition(|service| cluster.is_agent(service));
    let about = &cluster.model.description;
    one(cluster, &Place::common(), cluster.namespace(), about, &ours, folder)?;
    if agents.is_empty() {
        return Ok(());
    }
    let about = "What sees the host, and so cannot be restricted";
    one(cluster, &cluster.agents_place(), cluster.agents_namespace(), about, &agents, folder)
}

impl Cluster<'_> {
    /// Where that goes which belongs to all that sees the host: under a profile where all of it is.
    pub(super) fn agents_place(&self) -> Place<'_> {
        let mut profiles = self.agents().map(|agent| agent.profile.as_ref());
        let first = profiles.next().flatten();
        let shared = profiles.all(|profile| profile == first);
        Place::agents(first.filter(|_| shared))
    }
}

fn one(
    cluster: &Cluster<'_>,
    place: &Place<'_>,
    name: &str,
    about: &str,
    services: &[&Service],
    folder: &mut Folder<'_, '_>,
) -> Result<(), Error> {
    let level = services.iter().map(|service| Level::of(service)).max();
    let level = level.unwrap_or(Level::Restricted);
    let mut metadata = Metadata {
        name: name.to_owned(),
        namespace: None,
        labels: cluster.common_labels(),
        annotations: description(about).into_iter().collect(),
    };
    // Where a pod cannot keep the strictest rules the namespace admits it, and warns and audits all the same.
    for (mode, level) in
        [("enforce", level), ("audit", Level::Restricted), ("warn", Level::Restricted)]
    {
        let key = format!("pod-security.kubernetes.io/{mode}");
        metadata.labels.set(key.clone(), level.as_str());
        metadata.labels.set(format!("{key}-version"), "latest");
    }
    let mut comments = Comments::new();
    if level != Level::Restricted {
        let names: Vec<String> = services
            .iter()
            .filter(|service| Level::of(service) != Level::Restricted)
            .map(|service| format!("`{}` {}", service.name, Level::reason(service)))
            .collect();
        let why = format!("Not `restricted`: {}.", names.join("; "));
        comments.insert("/metadata/labels/pod-security.kubernetes.io~1enforce".to_owned(), why);
    }
    let namespace = Object { api_version: "v1", kind: "Namespace", metadata, body: Empty {} };
    folder.add(place, &namespace, comments)?;
    let mut metadata = cluster.common_metadata("default-deny");
    metadata.namespace = Some(name.into());
    let policy = Policy {
        pod_selector: Selector::default(),
        policy_types: &["Ingress", "Egress"],
        ingress: Vec::new(),
        egress: Vec::new(),
    };
    let policy = object("networking.k8s.io/v1", "NetworkPolicy", metadata, policy);
    folder.add(place, &policy, Comments::new())
}

impl Level {
    /// The strictest level that admits a service.
    fn of(service: &Service) -> Self {
        let adds = |allowed: &[&str]| {
            service.capabilities.iter().all(|added| allowed.contains(&added.as_str()))
        };
        if service.kubernetes.host.is_some() || !adds(BASELINE) {
            Self::Privileged
        } else if service.kubernetes.user.is_root() || !adds(&["NET_BIND_SERVICE"]) {
            Self::Baseline
        } else {
            Self::Restricted
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Restricted => "restricted",
            Self::Baseline => "baseline",
            Self::Privileged => "privileged",
        }
    }

    /// Why a service is not restricted.
    fn reason(service: &Service) -> String {
        if service.kubernetes.host.is_some() {
            "sees the host's file systems".to_owned()
        } else if service.kubernetes.user.is_root() {
            "runs as root".to_owned()
        } else {
            format!("keeps the capabilities {}", service.capabilities.join(", "))
        }
    }
}
