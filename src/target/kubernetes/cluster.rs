//! Gives every object of an environment its namespace, its labels and its name.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;

use crate::map::IndexMap;
use crate::model::naming::LONGEST_LABEL;
pub(super) use crate::model::naming::label;
use crate::model::service::Service;
use crate::model::{InCluster, Model, Variable, naming};
use crate::target::kubernetes::schema::meta::{Labels, Metadata, Object, Pairs, Selector, Spec};
use crate::target::kubernetes::waiver;
use crate::value::{Name, VariableName};

/// The label that tells the environments of a system apart.
pub(super) const INSTANCE: &str = "app.kubernetes.io/instance";
/// The label with the name of the system.
pub(super) const PART_OF: &str = "app.kubernetes.io/part-of";

/// One environment in a cluster.
pub(super) struct Cluster<'a> {
    /// The model.
    pub(super) model: &'a Model,
    /// What runs in pods, in the model's order.
    pub(super) services: Vec<&'a Service>,
    /// Who talks to whom: for each service those that do, in the model's order.
    callers: IndexMap<&'a Name, Vec<&'a Service>>,
    /// All variables by their names, each with the namespaces whose pods read it, where it is the operator's.
    pub(super) variables: Vec<(&'a Variable, Vec<String>)>,
    /// The services that mount each volume.
    users: IndexMap<&'a Name, Vec<&'a Service>>,
    namespace: Arc<str>,
    agents_namespace: Arc<str>,
    /// The name of the `ConfigMap` with variables.
    pub(super) config_name: String,
    /// The name of the `Secret` with variables.
    pub(super) secret_name: String,
    /// The labels of what belongs to the whole environment.
    common_labels: Labels,
    /// The labels of what belongs to each service.
    labels: IndexMap<&'a Name, ServiceLabels>,
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
        let mut callers: IndexMap<&Name, Vec<&Service>> = IndexMap::default();
        for service in &services {
            let targets: BTreeSet<&Name> = service.flows.iter().map(|flow| &flow.to).collect();
            for to in targets {
                callers.entry(to).or_default().push(service);
            }
        }
        let common_labels = common(model);
        let labels = model.services.values();
        let labels =
            labels.map(|one| (&one.name, ServiceLabels::of(one, &common_labels))).collect();
        let mut users: IndexMap<&Name, Vec<&Service>> = IndexMap::default();
        for service in &services {
            for mount in &service.volumes {
                let users = users.entry(&mount.volume).or_default();
                if users.last().is_none_or(|last| last.name != service.name) {
                    users.push(service);
                }
            }
        }
        // A job that copies what another service keeps runs beside that, on its node.
        let keeps = |service: &&Service| model.in_cluster(service) != InCluster::Jobs;
        for users in users.values_mut().filter(|users| users.iter().any(keeps)) {
            users.retain(keeps);
        }
        let reading = |variable: &'a Variable| {
            let operators = variable.is_operators().then(|| model.namespaces_reading(variable));
            (variable, operators.unwrap_or_default())
        };
        Self {
            model,
            callers,
            variables: model.variables_by_name().map(reading).collect(),
            users,
            namespace: model.kubernetes.namespace.as_str().into(),
            agents_namespace: model.agents_namespace().into(),
            config_name: format!("{}-config", model.name),
            secret_name: naming::env_secret(&model.name),
            common_labels,
            labels,
            services,
        }
    }

    /// The variable of that name, with the namespaces whose pods read it.
    pub(super) fn variable(&self, name: &VariableName) -> Option<&(&'a Variable, Vec<String>)> {
        let at = self.variables.binary_search_by(|(variable, _)| variable.name.cmp(name));
        self.variables.get(at.ok()?)
    }

    /// The services that mount a volume.
    pub(super) fn users(&self, volume: &Name) -> &[&'a Service] {
        self.users.get(volume).map_or(&[], Vec::as_slice)
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
    pub(super) fn namespace(&self) -> &str {
        &self.namespace
    }

    /// The namespace of what sees the host, which no restricted namespace admits.
    pub(super) fn agents_namespace(&self) -> &str {
        &self.agents_namespace
    }

    /// The namespace of a service.
    pub(super) fn namespace_of(&self, service: &Service) -> &str {
        self.shared_namespace_of(service)
    }

    fn shared_namespace_of(&self, service: &Service) -> &Arc<str> {
        if self.is_agent(service) { &self.agents_namespace } else { &self.namespace }
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
            namespace: Some(Arc::clone(self.shared_namespace_of(service))),
            labels: self.of(service, |labels| &labels.all),
            annotations: Pairs::default(),
        }
    }

    /// What is said of an object of the whole environment.
    pub(super) fn common_metadata(&self, name: impl Into<String>) -> Metadata {
        Metadata {
            name: name.into(),
            namespace: Some(Arc::clone(&self.namespace)),
            labels: self.common_labels(),
            annotations: Pairs::default(),
        }
    }

    /// What is said of a workload: what it does, and which rules it breaks on purpose.
    pub(super) fn workload_metadata(&self, service: &Service) -> Metadata {
        let mut metadata = self.metadata(service, &service.name);
        metadata.labels = self.versioned_labels(service);
        metadata.annotations.extend(description(&service.description()));
        metadata.annotations.extend(waiver::annotations(self.model, service));
        metadata
    }
}

impl ServiceLabels {
    fn of(service: &Service, common: &Labels) -> Self {
        let name = Labels::default().with("app.kubernetes.io/name", service.name.as_str());
        let pairs = name.with_all(common, |key| key == INSTANCE);
        let mut all = pairs.clone();
        if let Ok(Value::String(role)) = serde_json::to_value(service.role) {
            all.set("app.kubernetes.io/component", role);
        }
        let all = all.with_all(common, |_| true);
        let mut versioned = all.clone();
        if let Some(tag) = service.image.tag() {
            versioned.set("app.kubernetes.io/version", label(tag));
        }
        Self { pairs, all, versioned }
    }
}

/// The labels of the whole environment.
fn common(model: &Model) -> Labels {
    Labels::default()
        .with(INSTANCE, model.kubernetes.namespace.as_str())
        .with(PART_OF, model.name.as_str())
        .with("app.kubernetes.io/managed-by", "formwork")
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
    let mut slug = String::with_capacity(LONGEST_LABEL);
    for word in words.filter(|word| !word.is_empty()) {
        slug.push_str(if slug.is_empty() { "" } else { "-" });
        slug.push_str(word);
    }
    slug.make_ascii_lowercase();
    if slug.len() <= LONGEST_LABEL { slug } else { label(&slug) }
}

/// The name of a port, of which Kubernetes takes 15 characters without two hyphens in a row (IANA, RFC 6335).
pub(super) fn port_name(name: &str, number: u16) -> Cow<'_, str> {
    if name.len() <= 15 && !name.contains("--") {
        name.into()
    } else {
        format!("port-{number}").into()
    }
}

/// The name of the port of that number.
pub(super) fn port_by_number(service: &Service, number: u16) -> Cow<'_, str> {
    let named = service.ports.iter().find(|(_, known)| **known == number);
    let known = named.map(|(name, number)| port_name(name.as_str(), *number));
    known.unwrap_or_else(|| number.to_string().into())
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
