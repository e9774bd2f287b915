//! Describes what a catalogue entry says of single targets: where it stands, and what differs in a cluster.

use std::sync::Arc;

use crate::map::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::blueprint::dashboard::Panel;
use crate::blueprint::monitoring::Alert;
use crate::blueprint::service::Series;
use crate::value::AlertName;
use crate::value::keyed::Keyed;
use crate::value::{ContainerPath, Name, PortNumber, UrlPath, UserId};

/// What of the host a component must see.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HostAccess {
    /// Whether it sees the host's processes.
    #[serde(default)]
    pub pid: bool,
    /// The host's paths that it reads: path there, then path in the container.
    #[serde(default)]
    pub paths: IndexMap<String, ContainerPath>,
}

/// What of a component differs in Kubernetes.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Differences {
    /// User and group id, where it is another there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<UserId>,
    /// `none` where it need not see the host there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<NoHost>,
    /// The compiled files that it reads there, in place of `mounts`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mounts: Option<IndexMap<String, ContainerPath>>,
    /// What it may ask of the Kubernetes API. What asks gets a token and a way to the API; nothing else has either.
    #[serde(default)]
    pub access: Vec<Access>,
    /// The APIs that it answers in the cluster's name.
    #[serde(default)]
    pub serves: Vec<Api>,
    /// What the kubelet of each node exposes in its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kubelet: Option<Kubelet>,
}

/// What the kubelet of each node exposes in a component's place, and the alerts that rest on it. The system's own
/// Prometheus reads it at every node; that of a cluster with the Prometheus Operator has a job for it already.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Kubelet {
    /// The name of the job: the one that clusters with the Prometheus Operator give theirs.
    pub job: Name,
    /// The port that kubelets listen on.
    pub port: PortNumber,
    /// The path.
    pub path: UrlPath,
    /// What whoever reads it may ask for.
    pub access: Vec<AccessRule>,
    /// The components whose metrics the alerts read beside; without them nothing of this is watched.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub with: Vec<Name>,
    /// The series, by name.
    #[schemars(with = "Keyed<String, Series>")]
    pub series: IndexMap<String, Series>,
    /// The alerts, by name. `$job` stands for the job, `$namespaces` for a regular expression of the system's own
    /// namespaces, `$namespace` for the first of them.
    #[schemars(with = "Keyed<AlertName, Alert>")]
    pub alerts: IndexMap<AlertName, Arc<Alert>>,
    /// Panels of a dashboard of their own, by name, in the order in which they are shown. `$job` and `$namespaces` stand
    /// for the same as in alerts.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    #[schemars(with = "Keyed<Name, Panel>")]
    pub panels: IndexMap<Name, Panel>,
}

/// That a component need not see the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum NoHost {
    /// Nothing of it.
    None,
}

/// What may be asked of the Kubernetes API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Access {
    /// Rules of a role of its own.
    Rule(AccessRule),
    /// A role that the cluster has.
    Bound(Bound),
}

/// What may be done with which objects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AccessRule {
    /// The API groups; the core group is the empty text.
    #[schemars(inner(regex(pattern = r"^[a-z0-9.-]*$")))]
    pub groups: Vec<String>,
    /// The kinds of object, in lower case and the plural.
    #[schemars(inner(regex(pattern = r"^[a-z0-9*/.-]+$")))]
    pub resources: Vec<String>,
    /// What may be done with them.
    #[schemars(inner(regex(pattern = r"^([a-z]+|[*])$")))]
    pub verbs: Vec<String>,
    /// Where; in the system's own namespaces when left out.
    #[serde(default)]
    pub scope: Scope,
    /// Who may, where it is not the component itself.
    #[serde(default, rename = "for", skip_serializing_if = "Option::is_none")]
    pub subject: Option<Subject>,
}

/// Where something may be done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// In the system's own namespaces.
    #[default]
    Namespace,
    /// In the whole cluster.
    Cluster,
}

/// Somebody else's account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// Its name.
    #[schemars(regex(pattern = r"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"))]
    pub service_account: String,
    /// The namespace that it is in.
    #[schemars(regex(pattern = r"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"))]
    pub namespace: String,
}

/// That a component is given a role which the cluster has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bound {
    /// The role.
    pub bind: ClusterRole,
}

/// A role that the cluster has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum ClusterRole {
    /// One for the whole cluster.
    Everywhere(EveryNamespace),
    /// One of a namespace.
    Within(OneNamespace),
}

/// A role for the whole cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EveryNamespace {
    /// Its name.
    // Role names are names of a path's part (kubernetes.io, "Object Names and IDs"), and part of a file's name here.
    #[schemars(regex(pattern = r"^[A-Za-z0-9]([A-Za-z0-9:._-]*[A-Za-z0-9])?$"))]
    pub cluster_role: String,
}

/// A role of a namespace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OneNamespace {
    /// Its name.
    // Role names are names of a path's part (kubernetes.io, "Object Names and IDs"), and part of a file's name here.
    #[schemars(regex(pattern = r"^[A-Za-z0-9]([A-Za-z0-9:._-]*[A-Za-z0-9])?$"))]
    pub role: String,
    /// The namespace.
    #[schemars(regex(pattern = r"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"))]
    pub namespace: String,
}

/// An API that a component answers; one component in each cluster can.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Api {
    /// The API group: a domain name, which is part of a file's name.
    #[schemars(regex(
        pattern = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)+$"
    ))]
    pub group: String,
    /// Its version, such as `v1beta1`.
    #[schemars(regex(pattern = r"^v[0-9]+((alpha|beta)[0-9]+)?$"))]
    pub version: String,
    /// Whether the API server cannot check its certificate, because it makes it itself.
    #[serde(default)]
    pub insecure: bool,
}
