//! Turns what is watched into what the cluster's Prometheus Operator reads: where metrics are, and which alerts there are.

use crate::format::yaml::Comments;
use crate::model::monitoring::{Job, Monitoring, ProbeGroup, ProbeJob};
use crate::model::objective::Objective;
use crate::model::service::Service;
use crate::model::{Operator, alert};
use crate::target::Error;
use crate::target::kubernetes::cluster::{Cluster, object, port_by_number, slug};
use crate::target::kubernetes::delivery;
use crate::target::kubernetes::folder::{Folder, Place};
use crate::target::kubernetes::schema::meta::{Labels, Metadata};
use crate::target::kubernetes::schema::network::Service as Alias;
use crate::target::kubernetes::schema::operator::{
    Endpoint, Entry, Group, Namespaces, Param, Probe, Prober, PrometheusRule, Relabeling, Rule,
    ServiceMonitor, StaticTargets, Targets,
};
use crate::target::kubernetes::service::CLUSTER_DOMAIN;
use crate::value::Duration;

const API: &str = "monitoring.coreos.com/v1";

/// The longest that a scrape may take; Prometheus' own default.
const SCRAPE_TIMEOUT: Duration = Duration::from_seconds(10);

/// The label by which a rule's alerts find the `AlertmanagerConfig` of their namespace
/// (docs.openshift.com, "AlertmanagerConfig": it "only applies to alerts for which the namespace label is equal to the
/// namespace of the `AlertmanagerConfig` resource").
const NAMESPACE: &str = "namespace";

/// What a target found by the operator has beside the labels of a job
/// (prometheus-operator/prometheus-operator:pkg/prometheus/promcfg_test.go).
const EXTRA_LABELS: &str = "container|endpoint|namespace|node|pod";

pub(super) fn emit(cluster: &Cluster<'_>, folder: &mut Folder<'_, '_>) -> Result<(), Error> {
    let model = cluster.model;
    let (Some(operator), Some(monitoring)) = (&model.kubernetes.operator, &model.monitoring) else {
        return Ok(());
    };
    let rules = model.alerts_in_cluster(monitoring).into_owned();
    let monitoring = &Monitoring { rules, ..model.watched_in_cluster(monitoring) };
    let server = monitoring.metrics.as_ref().and_then(|name| model.services.get(name));
    let place = server.map_or_else(Place::common, Place::of);
    let emitter = Emitter { cluster, operator, monitoring, place };
    emitter.monitors(folder)?;
    emitter.probes(folder)?;
    emitter.rules(folder)?;
    for service in model.services.values().filter(|one| model.operator_of(one).is_some()) {
        emitter.alias(service, folder)?;
    }
    delivery::emit(cluster, operator, monitoring, folder)
}

struct Emitter<'a> {
    cluster: &'a Cluster<'a>,
    operator: &'a Operator,
    monitoring: &'a Monitoring,
    place: Place<'a>,
}

impl Emitter<'_> {
    fn monitors(&self, folder: &mut Folder<'_, '_>) -> Result<(), Error> {
        for job in &self.monitoring.jobs {
            let Some(service) = self.cluster.service(&job.service) else { continue };
            let spec = ServiceMonitor {
                namespace_selector: Namespaces {
                    match_names: vec![self.cluster.namespace_of(service).to_owned()],
                },
                selector: self.cluster.selector(service),
                endpoints: vec![self.endpoint(job, service)],
            };
            let monitor = object(API, "ServiceMonitor", self.metadata(&job.name), spec);
            let about = "The labels of the system's own jobs, on which the alerts rest.".to_owned();
            let at = "/spec/endpoints/0/relabelings".to_owned();
            folder.add(&self.place, &monitor, Comments::from([(at, about)]))?;
        }
        Ok(())
    }

    fn endpoint(&self, job: &Job, service: &Service) -> Endpoint {
        let set = |label, text: String| Relabeling {
            target_label: Some(label),
            replacement: Some(text),
            ..Relabeling::default()
        };
        // Where two names lead to the same pods, one is enough.
        let one = self.cluster.has_replicas_service(service).then(|| Relabeling {
            action: Some("keep"),
            source_labels: vec!["__meta_kubernetes_service_name"],
            regex: Some(crate::model::naming::replicas_host(&service.name)),
            ..Relabeling::default()
        });
        let extra = Relabeling {
            action: Some("labeldrop"),
            regex: Some(EXTRA_LABELS.to_owned()),
            ..Relabeling::default()
        };
        let labels = [set("job", job.name.clone()), set("service", job.watched.to_string()), extra];
        Endpoint {
            port: port_by_number(service, job.port).into_owned(),
            path: job.path.to_string(),
            interval: self.monitoring.scrape.prometheus(),
            scrape_timeout: self.monitoring.scrape.min(SCRAPE_TIMEOUT).prometheus(),
            relabelings: one.into_iter().chain(labels).collect(),
        }
    }

    fn probes(&self, folder: &mut Folder<'_, '_>) -> Result<(), Error> {
        for job in &self.monitoring.probes {
            let Some(exporter) = self.cluster.service(&job.exporter) else { continue };
            for (index, group) in job.groups.iter().enumerate() {
                let number = (index + 1).to_string();
                let name = if index == 0 { job.name.clone() } else { slug(&[&job.name, &number]) };
                let probe =
                    object(API, "Probe", self.metadata(&name), self.probe(job, group, exporter));
                folder.add(&self.place, &probe, Comments::new())?;
            }
        }
        Ok(())
    }

    fn probe(&self, job: &ProbeJob, group: &ProbeGroup, exporter: &Service) -> Probe {
        let there = self.cluster.namespace_of(exporter);
        let others = group.params.iter().filter(|(name, _)| *name != "module");
        let param = |(name, value): (&String, &String)| Param {
            name: name.clone(),
            values: vec![value.clone()],
        };
        Probe {
            job_name: job.name.clone(),
            interval: job.interval.prometheus(),
            module: group.params.get("module").cloned(),
            prober: Prober {
                url: format!("{}.{there}.svc:{}", job.exporter, job.port),
                path: job.path.to_string(),
            },
            params: others.map(param).collect(),
            targets: Targets {
                static_config: StaticTargets {
                    targets: group.targets.clone(),
                    labels: group.labels.clone(),
                },
            },
        }
    }

    /// All alerts of what runs here, those of the author among them.
    fn rules(&self, folder: &mut Folder<'_, '_>) -> Result<(), Error> {
        let groups: Vec<Group> = self
            .monitoring
            .rules
            .iter()
            .map(|group| Group {
                name: group.name.clone(),
                rules: group.rules.iter().map(|rule| Entry::Alert(self.rule(rule))).collect(),
            })
            .chain(self.monitoring.objectives.iter().map(|objective| self.objective(objective)))
            .collect();
        if groups.is_empty() {
            return Ok(());
        }
        let metadata = self.metadata(self.cluster.model.name.as_str());
        let rules = object(API, "PrometheusRule", metadata, PrometheusRule { groups });
        folder.add(&self.place, &rules, Comments::new())
    }

    fn objective(&self, objective: &Objective) -> Group {
        let record = |(record, expr)| Entry::Record {
            record,
            expr,
            labels: objective.labels().into_iter().collect(),
        };
        let alerts = objective.alerts.iter().map(|alert| Entry::Alert(self.rule(&alert.rule)));
        Group {
            name: objective.group(),
            rules: objective.records().into_iter().map(record).chain(alerts).collect(),
        }
    }

    fn rule(&self, rule: &alert::Rule) -> Rule {
        let mut labels = rule.labels.clone();
        labels.insert(NAMESPACE.to_owned(), self.cluster.namespace().to_owned());
        let annotations = rule.annotations().into_iter();
        Rule {
            alert: rule.name.clone(),
            expr: rule.expr.clone(),
            hold: rule.hold.map(Duration::prometheus),
            labels,
            annotations: annotations.map(|(key, text)| (key, text.to_owned())).collect(),
        }
    }

    /// Keeps the name of a service that the cluster's stands in for, where something talks to it.
    fn alias(&self, service: &Service, folder: &mut Folder<'_, '_>) -> Result<(), Error> {
        let flows = self.cluster.services.iter().flat_map(|other| &other.flows);
        if flows.into_iter().all(|flow| flow.to != service.name) {
            return Ok(());
        }
        let is_server = self.monitoring.metrics.as_ref() == Some(&service.name);
        let there = if is_server { &self.operator.server } else { &self.operator.alertmanager };
        let spec = Alias {
            kind: "ExternalName",
            cluster_ip: None,
            external_name: Some(format!(
                "{there}.{}.svc.{CLUSTER_DOMAIN}",
                self.operator.namespace
            )),
            selector: Labels::default(),
            ports: Vec::new(),
        };
        let alias = object("v1", "Service", self.cluster.metadata(service, &service.name), spec);
        let about = "The cluster's own, under the name that the system's own would have.";
        let comments = Comments::from([("/spec", about)]);
        folder.add(&Place::of(service), &alias, comments)
    }

    /// What is said of an object, with the labels by which it is found.
    fn metadata(&self, name: &str) -> Metadata {
        found_by(self.cluster, self.operator, name)
    }
}

/// What is said of an object that the operator has to find.
pub(super) fn found_by(cluster: &Cluster<'_>, operator: &Operator, name: &str) -> Metadata {
    let mut metadata = cluster.common_metadata(name);
    for (key, value) in &operator.labels {
        metadata.labels.set(key.clone(), value.as_str());
    }
    metadata
}
