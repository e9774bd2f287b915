//! Says what becomes of each part of a system in a Kubernetes cluster: the one table of what differs from Compose.

use std::borrow::Cow;

use crate::map::IndexMap;
use serde::Serialize;

pub use crate::catalog::cluster::{Access, AccessRule, Api, ClusterRole, Scope, Subject};
use crate::model::alert::Rule;
use crate::model::monitoring::RuleGroup;
use crate::model::mount::{FileMount, HostAccess};
use crate::model::service::Service;
use crate::model::{Model, Monitoring, Operator, Role, Variable, naming};
pub use crate::value::only::Only;
use crate::value::{Name, UserId};

/// What of a service is other in a cluster than in Compose.
#[derive(Debug, Clone, Serialize)]
pub struct Differences {
    /// User and group id.
    pub user: UserId,
    /// What of the host it sees.
    pub host: Option<HostAccess>,
    /// Compiled files that it reads.
    pub files: Vec<FileMount>,
    /// What it may ask of the Kubernetes API, and whoever else must so that it works.
    pub access: Vec<Access>,
    /// The APIs that it answers in the cluster's name.
    pub serves: Vec<Api>,
    /// The ports that it asks at every node.
    pub nodes: Vec<u16>,
}

impl Differences {
    /// Whether it asks the Kubernetes API itself.
    pub fn asks(&self) -> bool {
        let own = |access: &Access| match access {
            Access::Rule(rule) => rule.subject.is_none(),
            Access::Bound(_) => true,
        };
        self.access.iter().any(own)
    }
}

/// What becomes of a service in a cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InCluster {
    /// It runs in pods.
    Pods,
    /// It runs on every node.
    EveryNode,
    /// It runs in pods that start when something is due, and end.
    Jobs,
    /// The cluster does it: a gateway or ingress controller for the edge, cert-manager for certificates, `fsGroup` for
    /// the owners of volumes, whatever it may be for what stands in Compose only. What only watches such a part has nothing to watch.
    Platform,
}

/// Whether the cluster's own Prometheus Operator takes over what a service of this role does, where it has one.
pub fn is_operators(role: Role) -> bool {
    matches!(role, Role::Metrics | Role::Alerts)
}

/// What becomes of a service of a system in a cluster.
pub fn in_cluster(services: &IndexMap<Name, Service>, service: &Service) -> InCluster {
    if service.only == Some(Only::Compose) {
        return InCluster::Platform;
    }
    match service.role {
        Role::Edge | Role::Certificates | Role::Preparation => InCluster::Platform,
        Role::HostAgent => InCluster::EveryNode,
        Role::Backup => InCluster::Jobs,
        _ => match service.watches.as_ref().and_then(|watched| services.get(watched)) {
            // What runs for minutes leaves nothing that could be asked for metrics: the cluster tells of jobs itself.
            Some(watched)
                if matches!(
                    in_cluster(services, watched),
                    InCluster::Platform | InCluster::Jobs
                ) =>
            {
                InCluster::Platform
            }
            _ => InCluster::Pods,
        },
    }
}

impl Model {
    /// What becomes of a service in a cluster.
    pub fn in_cluster(&self, service: &Service) -> InCluster {
        in_cluster(&self.services, service)
    }

    /// Whether a service is one that the cluster itself stands in for.
    pub fn is_platforms(&self, name: &Name) -> bool {
        let service = self.services.get(name);
        service.is_some_and(|service| self.in_cluster(service) == InCluster::Platform)
    }

    /// Whether a volume only hands something to an exporter that a cluster does without.
    pub fn is_composes(&self, volume: &Name) -> bool {
        let mounts = |service: &&Service| service.volumes.iter().any(|one| one.volume == *volume);
        let mut users = self.services.values().filter(mounts);
        users.any(|service| service.role == Role::Exporter && self.is_platforms(&service.name))
    }

    /// What is watched in a cluster: not what the cluster does itself, and what runs on every node is looked up, since
    /// its name stands for as many addresses as there are nodes. Each dashboard says itself where it is shown, and
    /// [`Self::alerts_in_cluster`] has the alerts: they are not among it.
    pub fn watched_in_cluster(&self, monitoring: &Monitoring) -> Monitoring {
        let is_here = |name: &Name| !self.is_platforms(name);
        let jobs = monitoring.jobs.iter().filter(|job| is_here(&job.service)).cloned();
        let probes = monitoring.probes.iter().filter(|job| is_here(&job.exporter)).cloned();
        let objectives = monitoring.objectives.iter().filter(|one| is_here(&one.service)).cloned();
        let mut jobs: Vec<_> = jobs.collect();
        for job in &mut jobs {
            let service = self.services.get(&job.service);
            job.discovered |=
                service.is_some_and(|service| self.in_cluster(service) == InCluster::EveryNode);
        }
        Monitoring {
            scrape: monitoring.scrape,
            retention: monitoring.retention,
            metrics: monitoring.metrics.clone(),
            alerts: monitoring.alerts.clone(),
            dashboards: Vec::new(),
            delivery: monitoring.delivery.clone(),
            jobs,
            probes: probes.collect(),
            kubelets: monitoring.kubelets.clone(),
            objectives: objectives.collect(),
            rules: Vec::new(),
        }
    }

    /// The alerts of what is watched in a cluster.
    pub fn alerts_in_cluster<'a>(&self, monitoring: &'a Monitoring) -> Cow<'a, [RuleGroup]> {
        // The author's own alerts stand under the system's name, which a service may bear too.
        let is_here = |group: &&RuleGroup| {
            let service = self.services.get(group.name.as_str());
            group.name == self.name.as_str()
                || service.is_none_or(|one| self.in_cluster(one) != InCluster::Platform)
        };
        let mut all = monitoring.rules.iter();
        if all.all(|group| {
            is_here(&group) && group.rules.iter().all(|one| fits(one, Only::Kubernetes))
        }) {
            return Cow::Borrowed(&monitoring.rules);
        }
        Cow::Owned(kept(monitoring.rules.iter().filter(is_here), Only::Kubernetes))
    }

    /// What is watched in Compose: not what stands in a cluster only.
    pub fn watched_in_compose<'a>(&self, monitoring: &'a Monitoring) -> Cow<'a, Monitoring> {
        let mut rules = monitoring.rules.iter().flat_map(|group| &group.rules);
        if self.services.values().all(Service::is_composed)
            && monitoring.kubelets.is_empty()
            && rules.all(|rule| rule.only != Some(Only::Kubernetes))
        {
            return Cow::Borrowed(monitoring);
        }
        let mut here = monitoring.clone();
        here.jobs.retain(|job| !self.is_clusters(&job.service));
        here.probes.retain(|job| !self.is_clusters(&job.exporter));
        here.objectives.retain(|one| !self.is_clusters(&one.service));
        here.kubelets.clear();
        here.rules.retain(|group| !self.is_of_cluster(group));
        here.rules = kept(&here.rules, Only::Compose);
        Cow::Owned(here)
    }

    /// Whether alerts are about what stands in a cluster only.
    pub fn is_of_cluster(&self, group: &RuleGroup) -> bool {
        group.name != self.name.as_str()
            && self.services.get(group.name.as_str()).is_some_and(|one| !one.is_composed())
    }

    fn is_clusters(&self, name: &Name) -> bool {
        self.services.get(name).is_some_and(|service| !service.is_composed())
    }

    /// The operator whose Prometheus or Alertmanager stands in for a service.
    pub fn operator_of(&self, service: &Service) -> Option<&Operator> {
        self.kubernetes.operator.as_ref().filter(|_| is_operators(service.role))
    }

    /// Whether a service sees the host, which no restricted namespace admits.
    pub fn is_agent(&self, service: &Service) -> bool {
        service.kubernetes.host.is_some() || self.in_cluster(service) == InCluster::EveryNode
    }

    /// Whether anything sees the host.
    pub fn has_agents(&self) -> bool {
        self.services.values().any(|service| {
            self.in_cluster(service) != InCluster::Platform && self.is_agent(service)
        })
    }

    /// All namespaces, that of what sees the host last.
    pub fn namespaces(&self) -> Vec<String> {
        let agents = self.has_agents().then(|| self.agents_namespace());
        std::iter::once(self.kubernetes.namespace.to_string()).chain(agents).collect()
    }

    /// The namespace of what sees the host.
    pub fn agents_namespace(&self) -> String {
        naming::agents_namespace(&self.kubernetes.namespace)
    }

    /// The namespaces whose pods read a variable: each has its own copy of the objects that hold it. What is read
    /// while an image is built is in the image.
    pub fn namespaces_reading(&self, variable: &Variable) -> Vec<String> {
        let ours = self.is_read(variable, false).then(|| self.kubernetes.namespace.to_string());
        let agents = self.is_read(variable, true).then(|| self.agents_namespace());
        ours.into_iter().chain(agents).collect()
    }

    /// Whether pods read a variable: in the namespace of what sees the host, or in the system's own.
    pub fn is_read(&self, variable: &Variable, by_agents: bool) -> bool {
        let mut readers = variable.read_by.iter().filter_map(|name| self.services.get(name));
        !variable.build
            && readers.any(|service| {
                // What stands in for a service reads the Secret of the namespace that tells it.
                let here = self.in_cluster(service) != InCluster::Platform
                    || self.operator_of(service).is_some();
                here && self.is_agent(service) == by_agents
            })
    }
}

/// The alerts that can fire where one target runs.
fn kept<'a>(groups: impl IntoIterator<Item = &'a RuleGroup>, target: Only) -> Vec<RuleGroup> {
    groups.into_iter().filter_map(|group| group.with(|rule| fits(rule, target))).collect()
}

fn fits(rule: &Rule, target: Only) -> bool {
    rule.only.is_none_or(|only| only == target)
}
