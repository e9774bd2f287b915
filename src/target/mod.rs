//! Turns models into files: one module for each kind of reader.

pub mod alertmanager;
pub mod backup;
pub mod clash;
pub mod component;
pub mod compose;
pub mod documents;
pub mod dockerfile;
pub mod dotenv;
pub mod grafana;
pub mod kubernetes;
pub mod nginx;
pub mod output;
pub mod patched;
pub mod prometheus;
pub mod rollout;
pub mod scripts;
pub mod workflow;

use crate::model::Model;
pub use output::{Error, NamedText, Output};

/// A kind of output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum Target {
    /// nginx configuration.
    Nginx,
    /// Prometheus configuration, alert rules and their tests.
    Prometheus,
    /// Alertmanager configuration.
    Alertmanager,
    /// Grafana dashboards.
    Grafana,
    /// Configuration files of catalogue components.
    Component,
    /// Scripts that make backups and restore them.
    Backup,
    /// Dockerfiles of application stacks.
    Dockerfile,
    /// Templates of env files.
    Dotenv,
    /// Docker Compose files.
    Compose,
    /// Kubernetes manifests.
    Kubernetes,
    /// Scripts that deploy, verify and roll back.
    Scripts,
    /// Documents for whoever operates the system.
    Documents,
    /// The workflow of the pipeline.
    Workflow,
    /// Files of the author's own templates.
    Template,
}

impl Target {
    /// Every target, in the order in which they are emitted: what others mount comes first.
    pub const ALL: &[Self] = &[
        Self::Nginx,
        Self::Prometheus,
        Self::Alertmanager,
        Self::Grafana,
        Self::Component,
        Self::Backup,
        Self::Dockerfile,
        Self::Dotenv,
        Self::Compose,
        Self::Kubernetes,
        Self::Scripts,
    ];

    /// The targets that look at all environments at once, after the others: they name what those wrote.
    pub const WHOLE: &[Self] = &[Self::Scripts, Self::Workflow, Self::Documents];

    /// Emits the files of one environment.
    ///
    /// # Errors
    /// A broken template, or a path that two targets claim: the program's fault, not the author's.
    pub fn emit(self, model: &Model, output: &mut Output<'_>) -> Result<(), Error> {
        match self {
            Self::Nginx => nginx::emit(model, output),
            Self::Prometheus => prometheus::emit(model, output),
            Self::Alertmanager => alertmanager::emit(model, output),
            Self::Grafana => grafana::emit(model, output),
            Self::Component => component::emit(model, output),
            Self::Backup => backup::emit(model, output),
            Self::Dockerfile => dockerfile::emit(model, output),
            Self::Dotenv => dotenv::emit(model, output),
            Self::Compose => compose::emit(model, output),
            Self::Kubernetes => kubernetes::emit(model, output),
            Self::Scripts => scripts::emit(model, output),
            // They look at all environments at once, or may: that is done once the others are.
            Self::Documents | Self::Workflow | Self::Template => Ok(()),
        }
    }

    /// Emits the files of a whole system, where this target has any.
    ///
    /// # Errors
    /// As [`Self::emit`].
    pub fn emit_whole(self, models: &[Model], output: &mut Output<'_>) -> Result<(), Error> {
        match self {
            Self::Scripts => scripts::emit_whole(models, output),
            Self::Documents => documents::emit(models, output),
            Self::Workflow => workflow::emit(models, output),
            Self::Nginx
            | Self::Prometheus
            | Self::Alertmanager
            | Self::Grafana
            | Self::Component
            | Self::Dockerfile
            | Self::Dotenv
            | Self::Compose
            | Self::Kubernetes
            | Self::Backup
            | Self::Template => Ok(()),
        }
    }
}
