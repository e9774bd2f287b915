//! Holds what guards a cluster beside Kubernetes itself: Gatekeeper, `OpenShift`, Falco.

use crate::map::IndexMap;
use serde::Serialize;
use serde_json::Value;

/// open-policy-agent/gatekeeper-library:library/general/allowedrepos/template.yaml
#[derive(Debug, Serialize)]
pub(crate) struct ConstraintTemplate {
    pub(crate) crd: ConstraintDefinition,
    pub(crate) targets: Vec<ConstraintTarget>,
}

#[derive(Debug, Serialize)]
pub(crate) struct ConstraintDefinition {
    pub(crate) spec: ConstraintDefinitionSpec,
}

#[derive(Debug, Serialize)]
pub(crate) struct ConstraintDefinitionSpec {
    pub(crate) names: ConstraintNames,
    pub(crate) validation: ConstraintValidation,
}

#[derive(Debug, Serialize)]
pub(crate) struct ConstraintNames {
    pub(crate) kind: &'static str,
}

#[derive(Debug, Serialize)]
pub(crate) struct ConstraintValidation {
    #[serde(rename = "openAPIV3Schema")]
    pub(crate) schema: Value,
}

#[derive(Debug, Serialize)]
pub(crate) struct ConstraintTarget {
    pub(crate) target: &'static str,
    pub(crate) rego: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Constraint {
    pub(crate) enforcement_action: &'static str,
    #[serde(rename = "match")]
    pub(crate) matches: Match,
    pub(crate) parameters: Value,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Match {
    pub(crate) kinds: Vec<Kinds>,
    pub(crate) namespaces: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) label_selector: Option<Expressions>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Kinds {
    pub(crate) api_groups: Vec<&'static str>,
    pub(crate) kinds: Vec<&'static str>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Expressions {
    pub(crate) match_expressions: Vec<Expression>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Expression {
    pub(crate) key: &'static str,
    pub(crate) operator: &'static str,
}

/// docs.redhat.com: "`SecurityContextConstraints` [security.openshift.io/v1]"; its fields stand beside its metadata.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[allow(clippy::struct_excessive_bools, reason = "the API has them so, and requires most of them")]
pub(crate) struct SecurityContextConstraints {
    pub(crate) allow_host_dir_volume_plugin: bool,
    #[serde(rename = "allowHostIPC")]
    pub(crate) allow_host_ipc: bool,
    pub(crate) allow_host_network: bool,
    #[serde(rename = "allowHostPID")]
    pub(crate) allow_host_pid: bool,
    pub(crate) allow_host_ports: bool,
    pub(crate) allow_privilege_escalation: bool,
    pub(crate) allow_privileged_container: bool,
    pub(crate) allowed_capabilities: Vec<String>,
    pub(crate) required_drop_capabilities: Vec<&'static str>,
    pub(crate) read_only_root_filesystem: bool,
    pub(crate) run_as_user: RunAsUser,
    pub(crate) se_linux_context: Strategy,
    pub(crate) fs_group: Group,
    pub(crate) supplemental_groups: Strategy,
    pub(crate) seccomp_profiles: Vec<&'static str>,
    pub(crate) volumes: Vec<&'static str>,
    pub(crate) users: Vec<String>,
    pub(crate) groups: Vec<String>,
}

#[derive(Debug, Serialize)]
pub(crate) struct RunAsUser {
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    pub(crate) uid: u32,
}

#[derive(Debug, Serialize)]
pub(crate) struct Strategy {
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
}

#[derive(Debug, Serialize)]
pub(crate) struct Group {
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    pub(crate) ranges: Vec<Range>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Range {
    pub(crate) min: u32,
    pub(crate) max: u32,
}

/// An entry of a file of rules (falco.org: "Rules").
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum FalcoEntry {
    Macro {
        #[serde(rename = "macro")]
        name: String,
        condition: String,
    },
    List {
        list: String,
        items: Vec<String>,
    },
    Rule {
        rule: String,
        desc: String,
        condition: String,
        output: String,
        priority: &'static str,
        tags: Vec<&'static str>,
    },
}

/// What `kubectl apply -k` reads, for a folder of files that are no objects.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Generated {
    pub(crate) api_version: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) config_map_generator: Vec<ConfigMapArgs>,
    pub(crate) generator_options: IndexMap<&'static str, bool>,
}

#[derive(Debug, Serialize)]
pub(crate) struct ConfigMapArgs {
    pub(crate) name: String,
    pub(crate) namespace: &'static str,
    pub(crate) files: Vec<&'static str>,
}
