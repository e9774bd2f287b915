//! Holds what connects pods and what keeps them apart.

use std::borrow::Cow;

use serde::Serialize;

use crate::target::kubernetes::schema::meta::{Labels, Selector};

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Service<'a> {
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    /// `None` as a word: no address of its own, the name leads to the pods.
    #[serde(rename = "clusterIP", skip_serializing_if = "Option::is_none")]
    pub(crate) cluster_ip: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) external_name: Option<String>,
    #[serde(skip_serializing_if = "Labels::is_empty")]
    pub(crate) selector: Labels,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) ports: Vec<ServicePort<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ServicePort<'a> {
    pub(crate) name: Cow<'a, str>,
    pub(crate) port: u16,
    pub(crate) target_port: Cow<'a, str>,
    pub(crate) protocol: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Policy {
    pub(crate) pod_selector: Selector,
    pub(crate) policy_types: &'static [&'static str],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) ingress: Vec<Ingress>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) egress: Vec<Egress>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Ingress {
    /// Empty for everybody.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) from: Vec<Peer>,
    pub(crate) ports: Vec<PolicyPort>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Egress {
    /// Empty for everybody.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) to: Vec<Peer>,
    /// Empty for every port.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) ports: Vec<PolicyPort>,
}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Peer {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) namespace_selector: Option<Selector>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) pod_selector: Option<Selector>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ip_block: Option<IpBlock>,
}

#[derive(Debug, Serialize)]
pub(crate) struct IpBlock {
    pub(crate) cidr: Cow<'static, str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(crate) except: &'static [&'static str],
}

#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct PolicyPort {
    pub(crate) port: u16,
    pub(crate) protocol: &'static str,
}
