//! Gives every object of an environment its namespace, its labels and its name.

use std::collections::{BTreeMap, BTreeSet};

pub(super) use crate::model::naming::label;
use crate::model::service::Service;
use crate::model::{InCluster, Model};
use crate::target::kubernetes::schema::meta::{Labels, Metadata, Object, Pairs, Selector, Spec};
use crate::target::kubernetes::waiver;
use crate::value::{Name, VariableName};

/// One environment in a cluster.
pub(super) struct Cluster<'a> {
    /// The model.
    pub(super) model: &'a Model,
    /// What runs in pods, in the model's order.
    pub(super) services: Vec<&'a Service>,
    /// Who talks to whom: for each service those that do, in the model's order.
    callers: BTreeMap<&'a Name, Vec<&'a Service>>,
    /// The namespaces whose pods read each of the operator's variables.
    pub(super) reading: BTreeMap<&'a VariableName, Vec<String>>,
    /// The labels of what belongs to the whole environment.
    common_labels: Labels,
    /// The labels of what belongs to each service.
    labels: BTreeMap<&'a Name, ServiceLabels>,
}

/// The labels of what belongs to a service.
struct ServiceLabels {
    /// Those that never change.
    pairs: Labels,
    /// Those that all of it has.
    all: Labels,
    /// Those of what runs it.
    versioned: Labels,
}

impl<'a> Cluster<'a> {
    pub(super) fn new(model: &'a Model) -> Self {
        let runs = |service: &&Service| model.in_cluster(service) != InCluster::Platform;
        let services: Vec<&Service> = model.services.values().filter(runs).collect();
        let mut callers: BTreeMap<&Name, Vec<&Service>> = BTreeMap::new();
        for service in &services {
            let targets: BTreeSet<&Name> = service.flows.iter().map(|flow| &flow.to).collect();
            for to in targets {
                callers.entry(to).or_default().push(service);
            }
        }
        let common_labels = common_labels(model);
        let labels = model.services.values();
        let labels = labels.map(|one| (&one.name, ServiceLabels::of(model, one, &common_labels)));
        let reading = model.variables().filter(|one| one.is_operators());
        let reading = reading.map(|one| (&one.name, model.namespaces_reading(one)));
        let (labels, reading) = (labels.collect(), reading.collect());
        Self { model, services, callers, reading, common_labels, labels }
    }

    /// The service of that name, if it runs in pods.
    pub(super) fn service(&self, name: &Name) -> Option<&'a Service> {
        let runs = |service: &&Service| self.model.in_cluster(service) != InCluster::Platform;
        self.model.services.get(name).filter(runs)
    }

    /// Those that talk to a service, in the model's order.
    pub(super) fn callers(&self, name: &Name) -> &[&'a Service] {
        self.callers.get(name).map_or(&[], Vec::as_slice)
    }

    /// The namespace of what may be restricted.
    pub(super) fn namespace(&self) -> String {
        self.model.kubernetes.namespace.to_string()
    }

    /// The namespace of what sees the host, which no restricted namespace admits.
    pub(super) fn agents_namespace(&self) -> String {
        self.model.agents_namespace()
    }

    /// The namespace of a service.
    pub(super) fn namespace_of(&self, service: &Service) -> String {
        if self.is_agent(service) { self.agents_namespace() } else { self.namespace() }
    }

    /// Whether a service sees the host.
    pub(super) fn is_agent(&self, service: &Service) -> bool {
        self.model.is_agent(service)
    }

    /// What sees the host.
    pub(super) fn agents(&self) -> impl Iterator<Item = &'a Service> {
        self.services.iter().copied().filter(|service| self.is_agent(service))
    }

    /// The labels of what belongs to the whole environment.
    pub(super) fn common_labels(&self) -> Labels {
        self.common_labels.clone()
    }

    /// The labels by which pods are found: those that never change.
    pub(super) fn pairs(&self, service: &Service) -> Labels {
        self.of(service, |labels| &labels.pairs)
    }

    /// Selects the pods of a service.
    pub(super) fn selector(&self, service: &Service) -> Selector {
        Selector { match_labels: self.pairs(service) }
    }

    /// The labels of what runs a service, its version among them: a new one changes this one file.
    pub(super) fn versioned_labels(&self, service: &Service) -> Labels {
        self.of(service, |labels| &labels.versioned)
    }

    fn of(&self, service: &Service, which: impl Fn(&ServiceLabels) -> &Labels) -> Labels {
        self.labels.get(&service.name).map(which).cloned().unwrap_or_default()
    }

    /// What is said of an object of a service.
    pub(super) fn metadata(&self, service: &Service, name: impl Into<String>) -> Metadata {
        Metadata {
            name: name.into(),
            namespace: Some(self.namespace_of(service)),
            labels: self.of(service, |labels| &labels.all),
            annotations: Pairs::default(),
        }
    }

    /// What is said of an object of the whole environment.
    pub(super) fn common_metadata(&self, name: impl Into<String>) -> Metadata {
        Metadata {
            name: name.into(),
            namespace: Some(self.namespace()),
            labels: self.common_labels(),
            annotations: Pairs::default(),
        }
    }

    /// What is said of a workload: what it does, and which rules it breaks on purpose.
    pub(super) fn workload_metadata(&self, service: &Service) -> Metadata {
        let mut metadata = self.metadata(service, service.name.to_string());
        metadata.labels = self.versioned_labels(service);
        metadata.annotations.extend(description(&service.description()));
        metadata.annotations.extend(waiver::annotations(self.model, service));
        metadata
    }
}

fn common_labels(model: &Model) -> Labels {
    [
        ("instance", model.kubernetes.namespace.to_string()),
        ("part-of", model.name.to_string()),
        ("managed-by", "formwork".to_owned()),
    ]
    .map(|(key, value)| (format!("app.kubernetes.io/{key}"), value))
    .into_iter()
    .collect()
}

impl ServiceLabels {
    fn of(model: &Model, service: &Service, common: &Labels) -> Self {
        let own = |key: &str, value: String| (format!("app.kubernetes.io/{key}"), value);
        let instance = model.kubernetes.namespace.to_string();
        let pairs: Labels = [own("name", service.name.to_string()), own("instance", instance)]
            .into_iter()
            .collect();
        let mut all = pairs.clone();
        let component = serde_json::to_value(service.role).ok();
        let component = component.as_ref().and_then(|role| role.as_str());
        all.extend(component.map(|role| own("component", role.to_owned())));
        all.extend(common.iter().map(|(key, value)| (key.clone(), value.clone())));
        let mut versioned = all.clone();
        versioned.extend(service.image.tag().map(|tag| own("version", label(tag))));
        Self { pairs, all, versioned }
    }
}

/// The annotation that says what an object is for, where anybody says.
pub(super) fn description(about: &str) -> Option<(String, String)> {
    (!about.is_empty()).then(|| ("kubernetes.io/description".to_owned(), about.to_owned()))
}

/// An object that is a specification.
pub(super) fn object<T>(
    api_version: &'static str,
    kind: &'static str,
    metadata: Metadata,
    spec: T,
) -> Object<Spec<T>> {
    Object { api_version, kind, metadata, body: Spec { spec } }
}

/// Texts as one name: lower case, joined by hyphens.
pub(super) fn slug(parts: &[&str]) -> String {
    let words = parts.iter().flat_map(|part| part.split(|c: char| !c.is_ascii_alphanumeric()));
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    label(&words.join("-").to_lowercase())
}

/// The name of a port, of which Kubernetes takes 15 characters without two hyphens in a row (IANA, RFC 6335).
pub(super) fn port_name(name: &str, number: u16) -> String {
    if name.len() <= 15 && !name.contains("--") {
        name.to_owned()
    } else {
        format!("port-{number}")
    }
}

/// The name of the port of that number.
pub(super) fn port_by_number(service: &Service, number: u16) -> String {
    let named = service.ports.iter().find(|(_, known)| **known == number);
    named.map_or_else(|| number.to_string(), |(name, number)| port_name(name.as_str(), *number))
}

#[cfg(test)]
mod tests {
    use super::{label, port_name, slug};

    #[test]
    fn labels_stay_within_their_limit_and_apart() {
        let long = |end: &str| label(&format!("{}{end}", "x".repeat(70)));
        assert_eq!(long("a").len(), 63);
        assert_ne!(long("a"), long("b"));
        assert_eq!(label("1.4.2"), "1.4.2");
        assert_eq!(slug(&["api", "/etc/App.d/x.yml"]), "api-etc-app-d-x-yml");
    }

    #[test]
    fn port_names_are_what_kubernetes_takes() {
        assert_eq!(port_name("http", 80), "http");
        assert_eq!(port_name("administration-interface", 81), "port-81");
        assert_eq!(port_name("a--b", 82), "port-82");
    }
}
