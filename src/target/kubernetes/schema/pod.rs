//! Holds pods: what runs in them, what it may do and what it sees.

use std::borrow::Cow;

use serde::Serialize;

use crate::target::kubernetes::schema::meta::Selector;
use crate::target::kubernetes::schema::volume::{Volume, VolumeMount};
use crate::value::Signal;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Pod<'a> {
    pub(crate) service_account_name: &'a str,
    pub(crate) automount_service_account_token: bool,
    pub(crate) enable_service_links: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) os: Option<Os>,
    #[serde(rename = "hostPID", skip_serializing_if = "std::ops::Not::not")]
    pub(crate) host_pid: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) tolerations: Vec<Toleration>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) affinity: Option<Affinity>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) topology_spread_constraints: Vec<Spread>,
    pub(crate) security_context: PodSecurity,
    /// Left out where it is the default, `Always`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) restart_policy: Option<&'static str>,
    pub(crate) termination_grace_period_seconds: u64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) readiness_gates: Vec<Gate>,
    pub(crate) containers: Vec<Container<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) volumes: Vec<Volume>,
}

/// A condition without which the pod gets no requests.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Gate {
    pub(crate) condition_type: &'static str,
}

#[derive(Debug, Serialize)]
pub(crate) struct Os {
    pub(crate) name: &'static str,
}

#[derive(Debug, Serialize)]
pub(crate) struct Toleration {
    pub(crate) operator: &'static str,
    pub(crate) effect: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Affinity {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) pod_affinity: Option<Beside>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) pod_anti_affinity: Option<AntiAffinity>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Beside {
    pub(crate) required_during_scheduling_ignored_during_execution: Vec<AffinityTerm>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AntiAffinity {
    pub(crate) preferred_during_scheduling_ignored_during_execution: Vec<WeightedTerm>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WeightedTerm {
    pub(crate) weight: u32,
    pub(crate) pod_affinity_term: AffinityTerm,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AffinityTerm {
    pub(crate) topology_key: &'static str,
    pub(crate) label_selector: Selector,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Spread {
    pub(crate) max_skew: u32,
    pub(crate) topology_key: &'static str,
    pub(crate) when_unsatisfiable: &'static str,
    pub(crate) label_selector: Selector,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PodSecurity {
    pub(crate) run_as_non_root: bool,
    pub(crate) run_as_user: u32,
    pub(crate) run_as_group: u32,
    pub(crate) fs_group: u32,
    pub(crate) fs_group_change_policy: &'static str,
    pub(crate) seccomp_profile: Seccomp,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) sysctls: Vec<Sysctl>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Seccomp {
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
}

#[derive(Debug, Serialize)]
pub(crate) struct Sysctl {
    pub(crate) name: &'static str,
    pub(crate) value: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Container<'a> {
    pub(crate) name: &'a str,
    pub(crate) image: &'a str,
    pub(crate) image_pull_policy: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) command: Vec<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) args: Vec<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) env: Vec<EnvVar<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) ports: Vec<ContainerPort<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) startup_probe: Option<Probe<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) liveness_probe: Option<Probe<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) readiness_probe: Option<Probe<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) lifecycle: Option<Lifecycle>,
    pub(crate) resources: Resources,
    pub(crate) security_context: Security<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) volume_mounts: Vec<VolumeMount<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EnvVar<'a> {
    pub(crate) name: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) value: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) value_from: Option<ValueFrom<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum ValueFrom<'a> {
    SecretKeyRef(KeyRef<'a>),
    ConfigMapKeyRef(KeyRef<'a>),
}

#[derive(Debug, Serialize)]
pub(crate) struct KeyRef<'a> {
    pub(crate) name: &'a str,
    pub(crate) key: &'a str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) optional: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ContainerPort<'a> {
    pub(crate) name: Cow<'a, str>,
    pub(crate) container_port: u16,
    pub(crate) protocol: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Probe<'a> {
    #[serde(flatten)]
    pub(crate) action: Action<'a>,
    pub(crate) period_seconds: u64,
    pub(crate) timeout_seconds: u64,
    pub(crate) failure_threshold: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Action<'a> {
    HttpGet(HttpGet<'a>),
    TcpSocket(TcpSocket<'a>),
    Exec(Exec<'a>),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct HttpGet<'a> {
    pub(crate) path: &'a str,
    pub(crate) port: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) scheme: Option<&'static str>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct TcpSocket<'a> {
    pub(crate) port: Cow<'a, str>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Exec<'a> {
    pub(crate) command: Vec<Cow<'a, str>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Lifecycle {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) pre_stop: Option<PreStop>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) stop_signal: Option<Signal>,
}

#[derive(Debug, Serialize)]
pub(crate) struct PreStop {
    pub(crate) sleep: Sleep,
}

#[derive(Debug, Serialize)]
pub(crate) struct Sleep {
    pub(crate) seconds: u64,
}

#[derive(Debug, Serialize)]
pub(crate) struct Resources {
    pub(crate) requests: Amounts,
    pub(crate) limits: Amounts,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct Amounts {
    pub(crate) cpu: String,
    pub(crate) memory: String,
    pub(crate) ephemeral_storage: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Security<'a> {
    pub(crate) allow_privilege_escalation: bool,
    pub(crate) read_only_root_filesystem: bool,
    pub(crate) capabilities: Capabilities<'a>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Capabilities<'a> {
    pub(crate) drop: [&'static str; 1],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(crate) add: &'a [String],
}
