//! Turns needs, routes and scrapes into start order, flows and networks.

use indexmap::IndexMap;

use crate::blueprint::Blueprint;
use crate::diagnostic::Diagnostics;
use crate::model::Role;
use crate::model::circles::Circles;
use crate::model::edge::Edge;
use crate::model::service::{After, Flow, Probe, Service, Until};
use crate::resolve::edge::unknown_service;
use crate::resolve::parts::Parts;
use crate::resolve::scope::Scope;
use crate::value::Name;

/// Fills in what every service waits for and talks to.
pub(super) fn connect(
    scope: &Scope<'_>,
    edge: Option<&Edge>,
    services: &mut IndexMap<Name, Service>,
    diagnostics: &mut Diagnostics,
) {
    let facts: IndexMap<Name, Facts> =
        services.iter().map(|(name, service)| (name.clone(), Facts::of(service))).collect();
    for (name, part) in scope.parts {
        let Some(service) = services.get_mut(name) else { continue };
        for (need, how) in &part.written.needs {
            if let Some(target) = facts.get(need) {
                service.wait_for(need, target, how.optional);
                service.talk_to(need, target);
            } else if scope.blueprint.external.contains_key(need) {
                service.egress.push(need.clone());
            } else {
                let at = format!("/services/{name}/needs/{need}");
                diagnostics.extend(unknown_service(scope, need, &at));
            }
        }
        if let Some((watched, target)) =
            part.watches.as_ref().and_then(|name| facts.get_key_value(name))
        {
            service.wait_for(watched, target, false);
            service
                .flows
                .extend(target.watched_port().map(|port| Flow { to: watched.clone(), port }));
        }
        if let Some(edge) = edge.filter(|edge| edge.service == *name) {
            for route in edge.sites.iter().flat_map(|site| &site.routes) {
                let target = &facts[&route.service];
                service.wait_for(&route.service, target, false);
                service.flow(&route.service, route.port);
            }
        }
        watch(service, part.role(), &facts);
    }
    open_circles(services);
}

/// Lets those that watch the system talk to what they watch.
fn watch(service: &mut Service, role: Role, facts: &IndexMap<Name, Facts>) {
    if !matches!(role, Role::Dashboards | Role::Metrics | Role::Certificates) {
        return;
    }
    let name = service.name.clone();
    for (other, target) in facts {
        match (role, target.role) {
            (Role::Dashboards, Role::Metrics) | (Role::Metrics, Role::Alerts) => {
                service.talk_to(other, target);
            }
            // The authority asks the edge at once, and a refusal costs one of few attempts.
            (Role::Certificates, Role::Edge) => service.wait_for(other, target, false),
            (Role::Metrics, _) => {
                if let Some(port) = target.metrics
                    && *other != name
                {
                    service.flow(other, port);
                }
            }
            _ => {}
        }
    }
}

/// Two services that work without each other may talk to each other, but cannot both start first: a wait that is not
/// required and closes a circle is given up. Compose refuses circles of such waits too.
fn open_circles(services: &mut IndexMap<Name, Service>) {
    let circles = Circles::of(services);
    let given_up: Vec<(Name, Name)> = services
        .values()
        .flat_map(|service| service.after.iter().map(move |after| (&service.name, after)))
        .filter(|(name, after)| !after.required && circles.close(name, &after.service))
        .map(|(name, after)| (name.clone(), after.service.clone()))
        .collect();
    for (name, other) in given_up {
        if let Some(service) = services.get_mut(&name) {
            service.after.retain(|after| after.service != other);
        }
    }
}

/// What others need to know of a service.
struct Facts {
    role: Role,
    port: Option<u16>,
    status: Option<u16>,
    metrics: Option<u16>,
    healthy: bool,
    profile: Option<Name>,
}

impl Facts {
    fn of(service: &Service) -> Self {
        let asked = service.health.as_ref().is_some_and(|health| match &health.ready {
            Probe::Http { tool, .. } => tool.is_some(),
            Probe::Command(_) => true,
            Probe::Tcp { .. } => false,
        });
        Self {
            role: service.role,
            port: service.port(),
            status: service.ports.get("status").copied(),
            metrics: service.metrics.as_ref().map(|metrics| metrics.port),
            healthy: asked,
            profile: service.profile.clone(),
        }
    }

    /// The port that an exporter reads: one named `status`, else the first.
    fn watched_port(&self) -> Option<u16> {
        self.status.or(self.port)
    }
}

impl Service {
    fn wait_for(&mut self, name: &Name, target: &Facts, optional: bool) {
        // What runs under a profile that this service does not share may not run at all.
        let elsewhere = target.profile.is_some() && target.profile != self.profile;
        let after = After {
            service: name.clone(),
            until: if target.healthy { Until::Healthy } else { Until::Started },
            required: !optional && !elsewhere,
        };
        if self.after.iter().all(|known| known.service != *name) {
            self.after.push(after);
        }
    }

    fn talk_to(&mut self, name: &Name, target: &Facts) {
        if let Some(port) = target.port {
            self.flow(name, port);
        }
    }

    fn flow(&mut self, to: &Name, port: u16) {
        let flow = Flow { to: to.clone(), port };
        if !self.flows.contains(&flow) {
            self.flows.push(flow);
        }
    }
}

/// Decides which networks every service joins: the author's choice, else the first; derived components join what
/// they must reach.
pub(super) fn networks(
    blueprint: &Blueprint,
    parts: &Parts,
    services: &mut IndexMap<Name, Service>,
) {
    if blueprint.networks.is_empty() {
        let connected = services.values_mut().filter(|service| service.role != Role::Preparation);
        connected.for_each(|service| service.networks = vec![Name::default_network()]);
        return;
    }
    let first = blueprint.networks.keys().next().cloned();
    for (name, part) in parts {
        let Some(service) = services.get_mut(name) else { continue };
        if service.role == Role::Preparation {
            continue;
        }
        service.networks = match &part.written.networks {
            Some(networks) => networks.clone(),
            None if part.derived => Vec::new(),
            None => first.iter().cloned().collect(),
        };
    }
    let chosen: IndexMap<Name, Vec<Name>> =
        services.iter().map(|(name, service)| (name.clone(), service.networks.clone())).collect();
    for (name, part) in parts {
        let Some(service) = services.get_mut(name) else { continue };
        if !part.derived || part.written.networks.is_some() || part.role() == Role::Preparation {
            continue;
        }
        for flow in &service.flows {
            let theirs = chosen.get(&flow.to).map_or(&[][..], Vec::as_slice);
            if !theirs.iter().any(|network| service.networks.contains(network)) {
                service.networks.extend(theirs.first().cloned());
            }
        }
        let open = |network: &Name| {
            blueprint.networks.get(network).is_none_or(|network| !network.internal)
        };
        let must_be_open =
            !service.publish.is_empty() || matches!(service.role, Role::Edge | Role::Certificates);
        if must_be_open && !service.networks.iter().any(open) {
            service
                .networks
                .extend(blueprint.networks.keys().find(|network| open(network)).cloned());
        }
        if service.networks.is_empty() {
            service.networks.extend(first.clone());
        }
    }
    join_exclusively_derived(parts, services);
}

/// Two derived components that talk to each other share a network too.
fn join_exclusively_derived(parts: &Parts, services: &mut IndexMap<Name, Service>) {
    let chosen: IndexMap<Name, Vec<Name>> =
        services.iter().map(|(name, service)| (name.clone(), service.networks.clone())).collect();
    for (name, service) in services {
        if !parts[name].derived {
            continue;
        }
        for flow in &service.flows {
            let theirs = &chosen[&flow.to];
            if !theirs.iter().any(|network| service.networks.contains(network)) {
                service.networks.extend(theirs.first().cloned());
            }
        }
    }
}
