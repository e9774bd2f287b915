//! Describes what single targets need to know, and the ways round the language: patches and waivers.

use crate::map::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::value::keyed::Keyed;
use crate::value::{Duration, Memory, Name, RelativePath};

/// Where and how files are written.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Output {
    /// The folder that holds the files, relative to the blueprint. Left out, `out/<name>` beside the folder
    /// `blueprints`, or the blueprint's own folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root: Option<RelativePath>,
    /// The last part of the names of env templates: `.env.production.<suffix>`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^[a-z]+$"))]
    pub env_suffix: Option<String>,
    /// Whether `.gitignore` is written, which keeps what the operator fills in out of git; on when left out. Turn it
    /// off where the folder has one of its own, and add `.env.*` and `secrets/` to that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gitignore: Option<bool>,
}

/// What only Kubernetes needs to know.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Kubernetes {
    /// The namespace; `<name>-<environment>` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<Name>,
    /// How routes are written; Gateway API when left out, since ingress-nginx is retired.
    #[serde(default)]
    pub routes: RouteKind,
    /// The gateway class or ingress class that serves the routes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<Name>,
    /// The namespace that the gateway's or ingress controller's pods run in: who may reach the routed services.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub controller_namespace: Option<Name>,
    /// The cluster issuer of cert-manager that signs certificates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<Name>,
    /// The storage class of volumes; the cluster's default when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub storage_class: Option<Name>,
    /// Where the values of secrets come from, through the External Secrets Operator; when left out, the operator makes
    /// the Secret from the filled env file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secrets: Option<SecretStore>,
    /// Whether each namespace gets a quota and default limits; both follow from what runs in it.
    #[serde(default)]
    pub quota: bool,
    /// The Prometheus Operator of the cluster, whose Prometheus and Alertmanager watch the system in place of its own:
    /// it gets a `ServiceMonitor` for each job, a `PrometheusRule` and an `AlertmanagerConfig`. Where several systems or
    /// environments share that Prometheus, it must keep them apart (`enforcedNamespaceLabel`). `{}` takes the defaults.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator: Option<Operator>,
    /// The guards of the cluster that get policies of their own, which follow from the images, users and ports of what
    /// runs. Each set is applied by itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub policies: Vec<Guard>,
}

/// A guard of a cluster beside Kubernetes itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Guard {
    /// Gatekeeper: refuses pods with other images, users or ports.
    Gatekeeper,
    /// `OpenShift`: a `SecurityContextConstraints` for each service.
    Openshift,
    /// Falco: tells of what runs otherwise than is declared.
    Falco,
}

impl Guard {
    /// The name as it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Gatekeeper => "gatekeeper",
            Self::Openshift => "openshift",
            Self::Falco => "falco",
        }
    }
}

/// The Prometheus Operator of the cluster.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Operator {
    /// The namespace of its Prometheus and Alertmanager: who may read metrics; `monitoring` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<Name>,
    /// The labels by which its Prometheus and Alertmanager find what they are told.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    #[schemars(with = "Keyed<LabelKey, LabelValue>")]
    pub labels: IndexMap<LabelKey, LabelValue>,
    /// The `Service` of its Prometheus, which must listen on the port of the component in its place;
    /// `prometheus-operated` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<Name>,
    /// The `Service` of its Alertmanager, likewise; `alertmanager-operated` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alertmanager: Option<Name>,
    /// Whether its Prometheus reads what the cluster's kubelets tell of containers, in a job `kubelet`, as
    /// kube-prometheus and its chart set it up. Alerts about memory and processor time rest on that, and one tells when
    /// it is not there. `true` when left out; `false` leaves them out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kubelet: Option<bool>,
}

/// The key of a label of Kubernetes: up to 63 letters, digits, `-`, `_` and `.`, a letter or digit first and last,
/// perhaps behind a lower-case domain and a `/`.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct LabelKey(
    #[schemars(regex(
        pattern = r"^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$"
    ))]
    pub String,
);

/// The value of a label of Kubernetes: up to 63 letters, digits, `-`, `_` and `.`, a letter or digit first and last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct LabelValue(
    #[schemars(regex(pattern = r"^([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$"))] pub String,
);

/// Where the values of secrets come from; written short as the store's name.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SecretStore {
    /// The name of the store.
    pub store: Name,
    /// What kind of store it is.
    #[serde(default)]
    pub kind: StoreKind,
    /// The entry in the store that has a property for each variable; `<name>/<environment>` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = "shop/production")]
    pub key: Option<String>,
    /// How often values are fetched anew; `1h` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh: Option<Duration>,
}

/// A kind of store.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum StoreKind {
    /// One for the whole cluster.
    #[default]
    ClusterSecretStore,
    /// One in the environment's own namespace.
    SecretStore,
}

impl StoreKind {
    /// The kind as the API names it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ClusterSecretStore => "ClusterSecretStore",
            Self::SecretStore => "SecretStore",
        }
    }
}

/// How routes are written in Kubernetes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RouteKind {
    /// Gateway API: `Gateway` and `HTTPRoute`.
    #[default]
    Gateway,
    /// `Ingress`.
    Ingress,
}

/// What only Docker Compose needs to know.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Compose {
    /// The project's name; `<name>` in production, `<name>-<short>` elsewhere, when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<Name>,
    /// When containers are started again; `unless-stopped` when left out.
    #[serde(default)]
    pub restart: Restart,
    /// The size at which a log file is rotated; `10Mi` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_size: Option<Memory>,
    /// How many log files are kept; 3 when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_files: Option<u32>,
    /// How long a service gets to stop, when it does not say; `30s` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop_grace: Option<Duration>,
}

/// When containers are started again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Restart {
    /// Unless they were stopped by hand.
    #[default]
    UnlessStopped,
    /// Always.
    Always,
}

impl Restart {
    /// The name as Compose reads it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UnlessStopped => "unless-stopped",
            Self::Always => "always",
        }
    }
}

/// A change to a compiled object that the language does not model.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Patch {
    /// The file that is changed, relative to the output folder; `*` stands for any part of a path segment.
    pub file: String,
    /// The object in the file as a JSON Pointer; the whole document when left out.
    #[serde(default)]
    #[schemars(regex(pattern = r"^(/.*)?$"))]
    pub at: String,
    /// What is merged there: maps by key, scalars and lists replaced, `null` removes (RFC 7396).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merge: Option<Value>,
    /// The text that is put in at the named insertion point, for files that are neither YAML nor JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub insert: Option<String>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
}

/// Why a rule is broken on purpose; written short as the reason.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Waiver {
    /// The reason, for whoever reads it in a year.
    #[schemars(length(min = 10))]
    pub reason: String,
    /// The services it covers; all when left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<Name>,
}
