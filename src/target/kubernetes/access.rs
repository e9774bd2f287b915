//! Turns what a component asks of the Kubernetes API into roles and bindings, and what it answers into an `APIService`.

use serde::Serialize;

use crate::format::yaml::Comments;
use crate::model::cluster::{Access, AccessRule, Api, ClusterRole, Scope, Subject as Somebody};
use crate::model::service::Service;
use crate::target::Error;
use crate::target::kubernetes::cluster::{Cluster, object, slug};
use crate::target::kubernetes::folder::{Folder, Place};
use crate::target::kubernetes::schema::access::{
    ApiService, Binding, Role, RoleRef, Rule, ServiceRef, Subject,
};
use crate::target::kubernetes::schema::meta::{Metadata, Object};
use crate::target::kubernetes::waiver;

/// The API group of roles and bindings, and its version.
const GROUP: &str = "rbac.authorization.k8s.io";
const VERSION: &str = "rbac.authorization.k8s.io/v1";

/// Where an API that is none of the cluster's own stands among others
/// (kubernetes-sigs/prometheus-adapter:deploy/manifests/api-service.yaml).
const PRIORITY: u32 = 100;

pub(super) fn emit(
    cluster: &Cluster<'_>,
    service: &Service,
    folder: &mut Folder<'_, '_>,
) -> Result<(), Error> {
    let mut access = Emitter { cluster, service, folder };
    for (scope, subject, rules) in grouped(&service.kubernetes.access) {
        access.rules(scope, subject, &rules)?;
    }
    for one in &service.kubernetes.access {
        if let Access::Bound(bound) = one {
            access.bound(&bound.bind)?;
        }
    }
    service.kubernetes.serves.iter().try_for_each(|api| access.serves(api))
}

/// Rules of the same place and subject make one role.
fn grouped(access: &[Access]) -> Vec<(Scope, Option<&Somebody>, Vec<&AccessRule>)> {
    let mut roles: Vec<(Scope, Option<&Somebody>, Vec<&AccessRule>)> = Vec::new();
    for one in access {
        let Access::Rule(rule) = one else { continue };
        let of = (rule.scope, rule.subject.as_ref());
        match roles.iter_mut().find(|(scope, subject, _)| (*scope, *subject) == of) {
            Some((_, _, found)) => found.push(rule),
            None => roles.push((of.0, of.1, vec![rule])),
        }
    }
    roles
}

struct Emitter<'a, 'o, 'm> {
    cluster: &'a Cluster<'a>,
    service: &'a Service,
    folder: &'a mut Folder<'o, 'm>,
}

impl<'a> Emitter<'a, '_, '_> {
    fn rules(
        &mut self,
        scope: Scope,
        subject: Option<&Somebody>,
        rules: &[&AccessRule],
    ) -> Result<(), Error> {
        let written = |rule: &&AccessRule| Rule {
            api_groups: rule.groups.clone(),
            resources: rule.resources.clone(),
            verbs: rule.verbs.clone(),
        };
        let role = || Role { rules: rules.iter().map(written).collect() };
        let name = match subject {
            Some(subject) => slug(&[self.service.name.as_str(), "for", &subject.service_account]),
            None => self.service.name.to_string(),
        };
        let subject = self.subject(subject);
        if scope == Scope::Cluster {
            let name = self.everywhere(&name);
            let metadata = self.of_role(&name, None);
            self.add(&self.place(), "ClusterRole", metadata, role())?;
            return self.bind("ClusterRole", &name, &name, None, subject);
        }
        for namespace in self.namespaces() {
            let metadata = self.of_role(&name, Some(namespace));
            self.add(&self.place_in(namespace), "Role", metadata, role())?;
            self.bind("Role", &name, &name, Some(namespace), subject.clone())?;
        }
        Ok(())
    }

    fn bound(&mut self, role: &ClusterRole) -> Result<(), Error> {
        let subject = self.subject(None);
        match role {
            ClusterRole::Everywhere(role) => {
                let name =
                    self.everywhere(&slug(&[self.service.name.as_str(), &role.cluster_role]));
                self.bind("ClusterRole", &role.cluster_role, &name, None, subject)
            }
            ClusterRole::Within(role) => {
                let name = self.everywhere(&slug(&[self.service.name.as_str(), &role.role]));
                self.bind("Role", &role.role, &name, Some(&role.namespace), subject)
            }
        }
    }

    fn bind(
        &mut self,
        kind: &'static str,
        role: &str,
        name: &str,
        namespace: Option<&str>,
        subject: Subject,
    ) -> Result<(), Error> {
        let body = Binding {
            role_ref: RoleRef { api_group: GROUP, kind, name: role.to_owned() },
            subjects: vec![subject],
        };
        let metadata = self.metadata(name, namespace);
        let (place, kind) = match namespace {
            Some(namespace) => (self.place_in(namespace), "RoleBinding"),
            None => (self.place(), "ClusterRoleBinding"),
        };
        self.add(&place, kind, metadata, body)
    }

    fn serves(&mut self, api: &Api) -> Result<(), Error> {
        let name = format!("{}.{}", api.version, api.group);
        let body = ApiService {
            group: api.group.clone(),
            version: api.version.clone(),
            group_priority_minimum: PRIORITY,
            version_priority: PRIORITY,
            insecure: api.insecure,
            service: ServiceRef {
                name: self.service.name.to_string(),
                namespace: self.cluster.namespace_of(self.service).to_owned(),
                port: self.service.port().unwrap_or(443),
            },
        };
        let metadata = self.metadata(&name, None);
        let object = object("apiregistration.k8s.io/v1", "APIService", metadata, body);
        let about = "A cluster has one of this name: of two systems in one cluster, the last one applied answers.";
        let mut comments = Comments::from([("/metadata/name", about)]);
        if api.insecure {
            let about = "It makes its certificate itself, so the API server cannot check it.";
            comments.insert("/spec/insecureSkipTLSVerify", about);
        }
        self.folder.add(&self.place(), &object, comments)
    }

    fn add<T: Serialize>(
        &mut self,
        place: &Place<'_>,
        kind: &'static str,
        metadata: Metadata,
        body: T,
    ) -> Result<(), Error> {
        let object = Object { api_version: VERSION, kind, metadata, body };
        self.folder.add(place, &object, Comments::new())
    }

    /// What is said of a role: scanners look at what it lets do.
    fn of_role(&self, name: &str, namespace: Option<&str>) -> Metadata {
        Metadata {
            annotations: waiver::of_access(self.cluster.model, self.service),
            ..self.metadata(name, namespace)
        }
    }

    fn metadata(&self, name: &str, namespace: Option<&str>) -> Metadata {
        Metadata {
            namespace: namespace.map(Into::into),
            ..self.cluster.metadata(self.service, name)
        }
    }

    fn subject(&self, somebody: Option<&Somebody>) -> Subject {
        let own =
            || (self.service.name.to_string(), self.cluster.namespace_of(self.service).to_owned());
        let (name, namespace) = match somebody {
            Some(other) => (other.service_account.clone(), other.namespace.clone()),
            None => own(),
        };
        Subject { kind: "ServiceAccount", name, namespace }
    }

    /// A name that is this environment's own where others stand beside it.
    fn everywhere(&self, name: &str) -> String {
        format!("{}-{name}", self.cluster.namespace())
    }

    /// The system's own namespaces.
    fn namespaces(&self) -> Vec<&'a str> {
        let agents = self.cluster.model.has_agents().then(|| self.cluster.agents_namespace());
        std::iter::once(self.cluster.namespace()).chain(agents).collect()
    }

    fn place(&self) -> Place<'a> {
        Place::of(self.service)
    }

    /// Where an object of a namespace goes: with the namespace, where that is there under a profile only.
    fn place_in(&self, namespace: &str) -> Place<'a> {
        if namespace == self.cluster.namespace_of(self.service) {
            return self.place();
        }
        let agents = self.cluster.agents_place();
        if namespace == self.cluster.agents_namespace() && agents.is_profiled() {
            return agents;
        }
        self.place().below(&slug(&[namespace]))
    }
}
