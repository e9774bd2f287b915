//! Describes a workflow of GitHub Actions as it is written, fields in output order.

use crate::map::IndexMap;
use serde::Serialize;

/// Text by name, in order.
pub(super) type Pairs = IndexMap<String, String>;

/// A workflow.
#[derive(Debug, Serialize)]
pub(super) struct Workflow {
    pub(super) name: String,
    pub(super) on: On,
    /// None at all: each job says what it needs.
    pub(super) permissions: Pairs,
    pub(super) concurrency: Concurrency,
    pub(super) jobs: IndexMap<String, Job>,
}

/// What starts it.
#[derive(Debug, Serialize)]
pub(super) struct On {
    pub(super) push: Push,
    pub(super) pull_request: Branches,
}

#[derive(Debug, Serialize)]
pub(super) struct Push {
    pub(super) branches: Vec<String>,
    pub(super) tags: Vec<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct Branches {
    pub(super) branches: Vec<String>,
}

/// What does not run beside itself.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Concurrency {
    pub(super) group: String,
    pub(super) cancel_in_progress: Flag,
}

/// Known, or an expression.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Flag {
    Known(bool),
    Expression(String),
}

/// A job.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Job {
    pub(super) name: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) needs: Vec<String>,
    #[serde(rename = "if", skip_serializing_if = "String::is_empty")]
    pub(super) condition: String,
    pub(super) runs_on: &'static str,
    pub(super) timeout_minutes: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) environment: Option<Environment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) concurrency: Option<Concurrency>,
    pub(super) permissions: Pairs,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) strategy: Option<Strategy>,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub(super) services: IndexMap<String, Container>,
    pub(super) steps: Vec<Step>,
}

/// An environment, whose rules may ask for an approval.
#[derive(Debug, Serialize)]
pub(super) struct Environment {
    pub(super) name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) url: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Strategy {
    pub(super) fail_fast: bool,
    pub(super) matrix: Matrix,
}

#[derive(Debug, Serialize)]
pub(super) struct Matrix {
    pub(super) include: Vec<Pairs>,
}

/// A container beside the steps.
#[derive(Debug, Serialize)]
pub(super) struct Container {
    pub(super) image: String,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub(super) env: Pairs,
    pub(super) ports: Vec<String>,
    pub(super) options: String,
}

/// A step.
#[derive(Debug, Default, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Step {
    pub(super) name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) id: String,
    #[serde(rename = "if", skip_serializing_if = "String::is_empty")]
    pub(super) condition: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) uses: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) working_directory: String,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub(super) with: Pairs,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub(super) env: Pairs,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) run: String,
}
