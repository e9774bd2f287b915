//! Turns needs, routes and scrapes into start order and flows.

use crate::map::IndexMap;

use crate::blueprint::need::Need;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::Role;
use crate::model::circles::Circles;
use crate::model::edge::Edge;
use crate::model::service::{After, Flow, Health, Service, Until};
use crate::resolve::edge::unknown_service;
use crate::resolve::parts::Part;
use crate::resolve::scope::{Reached, Scope};
use crate::value::Name;

/// Fills in what every service waits for and talks to; `reached` holds the ports that its texts name.
pub(super) fn connect(
    scope: &Scope<'_>,
    edge: Option<&Edge>,
    reached: &IndexMap<Name, Reached>,
    services: &mut IndexMap<Name, Service>,
    diagnostics: &mut Diagnostics,
) {
    let facts: IndexMap<Name, Facts> =
        services.iter().map(|(name, service)| (name.clone(), Facts::of(service))).collect();
    let nothing = Reached::default();
    for (name, part) in scope.parts {
        let Some(service) = services.get_mut(name) else { continue };
        let reached = reached.get(name).unwrap_or(&nothing);
        let mut one = One { scope, name, part, facts: &facts, reached, service };
        one.needs(diagnostics);
        one.watched();
        one.referred_to();
        if let Some(edge) = edge {
            one.routes(edge);
        }
        one.by_role();
    }
    open_circles(services);
}

/// One service and what is known of the others.
struct One<'a> {
    scope: &'a Scope<'a>,
    name: &'a Name,
    part: &'a Part,
    facts: &'a IndexMap<Name, Facts>,
    reached: &'a Reached,
    service: &'a mut Service,
}

impl One<'_> {
    /// What the author says that it talks to.
    fn needs(&mut self, diagnostics: &mut Diagnostics) {
        for (need, how) in &self.part.written.needs {
            if let Some(target) = self.facts.get(need) {
                self.service.wait_for(need, target, how.optional);
                self.named(need, how, diagnostics);
                self.talk_to(need, target);
            } else if self.scope.blueprint.external.contains_key(need) {
                self.service.egress.push(need.clone());
            } else {
                let at = format!("/services/{}/needs/{need}", self.name);
                diagnostics.extend(unknown_service(self.scope, need, &at));
            }
        }
    }

    /// The ports that a need names.
    fn named(&mut self, need: &Name, how: &Need, diagnostics: &mut Diagnostics) {
        let ports = self.scope.parts.get(need).map(Part::ports).unwrap_or_default();
        for (index, name) in how.ports.iter().enumerate() {
            if let Some(port) = ports.get(name) {
                self.service.flow(need, *port);
                continue;
            }
            let at = format!("/services/{}/needs/{need}/ports/{index}", self.name);
            let message = format!("`{need}` listens on no port `{name}`");
            let place = self.scope.context.locator.value(&at);
            let known: Vec<String> = ports.keys().map(|name| format!("`{name}`")).collect();
            let found = Diagnostic::error(Code::UnknownPort, message).at(place, "");
            diagnostics.push(found.help(format!("it has {}", known.join(", "))));
        }
    }

    /// Talks to the ports that texts or the author name, else to the first.
    fn talk_to(&mut self, name: &Name, target: &Facts) {
        for port in self.reached.get(name).into_iter().flatten() {
            self.service.flow(name, *port);
        }
        if self.service.flows.iter().all(|flow| flow.to != *name) {
            self.service.talk_to(name, target);
        }
    }

    /// What an exporter watches.
    fn watched(&mut self) {
        let watched = self.part.watches.as_ref();
        if let Some((watched, target)) = watched.and_then(|name| self.facts.get_key_value(name)) {
            self.service.wait_for(watched, target, false);
            self.talk_to(watched, target);
        }
    }

    /// A component has no use for another's port but to talk to it. An own program may name one in a text that it
    /// hands on: it says itself what it needs.
    fn referred_to(&mut self) {
        if self.part.role() == Role::Application {
            return;
        }
        let (reached, own) = (self.reached, self.name);
        for name in reached.keys().filter(|name| *name != own) {
            if let Some(target) = self.facts.get(name) {
                // What only shows what others keep works while they are away.
                if self.part.role() != Role::Dashboards {
                    self.service.wait_for(name, target, false);
                }
                self.talk_to(name, target);
            }
        }
    }

    /// What the edge and gateways pass requests on to.
    fn routes(&mut self, edge: &Edge) {
        for route in edge.sites.iter().flat_map(|site| &site.routes) {
            if let Some(behind) = route.behind.as_ref().filter(|_| route.service == *self.name) {
                self.service.wait_for(&behind.service, &self.facts[&behind.service], false);
                self.service.flow(&behind.service, behind.port);
            }
            if edge.service == *self.name {
                self.service.wait_for(&route.service, &self.facts[&route.service], false);
                self.service.flow(&route.service, route.port);
            }
        }
    }

    /// What follows from the part that it plays.
    fn by_role(&mut self) {
        let entry = self.part.entry.as_ref();
        let asks_metrics = entry.is_some_and(|entry| entry.asks_metrics());
        for (other, target) in self.facts {
            match (self.part.role(), target.role) {
                (Role::Dashboards, Role::Metrics | Role::Logs) | (Role::Metrics, Role::Alerts) => {
                    self.service.talk_to(other, target);
                }
                (Role::Metrics, _) => {
                    if let Some(port) = target.metrics
                        && other != self.name
                    {
                        self.service.flow(other, port);
                    }
                }
                // The authority asks the edge at once, and a refusal costs one of few attempts.
                (Role::Certificates, Role::Edge) => self.service.wait_for(other, target, false),
                (_, Role::Metrics) if asks_metrics => self.service.talk_to(other, target),
                _ => {}
            }
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
    metrics: Option<u16>,
    healthy: bool,
    profile: Option<Name>,
}

impl Facts {
    fn of(service: &Service) -> Self {
        let asked = service.health.as_ref().is_some_and(Health::has_command);
        Self {
            role: service.role,
            port: service.port(),
            metrics: service.metrics.as_ref().map(|metrics| metrics.port),
            healthy: asked,
            profile: service.profile.clone(),
        }
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
