//! Holds what keeps pods running, and how many.

use crate::map::IndexMap;
use serde::Serialize;

use crate::target::kubernetes::schema::meta::{Labels, Pairs, Selector};
use crate::target::kubernetes::schema::pod::Pod;
use crate::target::kubernetes::schema::storage::ClaimTemplate;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Deployment<'a> {
    /// Nothing where an autoscaler decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) replicas: Option<u32>,
    pub(crate) revision_history_limit: u32,
    pub(crate) selector: Selector,
    pub(crate) strategy: Strategy,
    pub(crate) template: Template<'a>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StatefulSet<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) replicas: Option<u32>,
    pub(crate) service_name: String,
    pub(crate) revision_history_limit: u32,
    pub(crate) selector: Selector,
    pub(crate) update_strategy: Strategy,
    pub(crate) persistent_volume_claim_retention_policy: Retention,
    pub(crate) template: Template<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) volume_claim_templates: Vec<ClaimTemplate>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DaemonSet<'a> {
    pub(crate) revision_history_limit: u32,
    pub(crate) selector: Selector,
    pub(crate) update_strategy: Strategy,
    pub(crate) template: Template<'a>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Strategy {
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) rolling_update: Option<RollingUpdate>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RollingUpdate {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_surge: Option<u32>,
    pub(crate) max_unavailable: u32,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Retention {
    pub(crate) when_deleted: &'static str,
    pub(crate) when_scaled: &'static str,
}

#[derive(Debug, Serialize)]
pub(crate) struct Template<'a> {
    pub(crate) metadata: TemplateMetadata,
    pub(crate) spec: Pod<'a>,
}

#[derive(Debug, Serialize)]
pub(crate) struct TemplateMetadata {
    pub(crate) labels: Labels,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub(crate) annotations: Pairs,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DisruptionBudget {
    pub(crate) max_unavailable: u32,
    pub(crate) unhealthy_pod_eviction_policy: &'static str,
    pub(crate) selector: Selector,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CronJob<'a> {
    pub(crate) schedule: String,
    pub(crate) time_zone: &'static str,
    pub(crate) concurrency_policy: &'static str,
    pub(crate) starting_deadline_seconds: u64,
    pub(crate) successful_jobs_history_limit: u32,
    pub(crate) failed_jobs_history_limit: u32,
    pub(crate) job_template: JobTemplate<'a>,
}

#[derive(Debug, Serialize)]
pub(crate) struct JobTemplate<'a> {
    pub(crate) metadata: TemplateMetadata,
    pub(crate) spec: Job<'a>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Job<'a> {
    pub(crate) backoff_limit: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) active_deadline_seconds: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ttl_seconds_after_finished: Option<u64>,
    pub(crate) template: Template<'a>,
}
