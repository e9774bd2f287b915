//! Turns the ports that a service listens on into those that are open on the host, asked for health, and scraped.

use std::net::Ipv4Addr;

use crate::blueprint::service as written;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::Role;
use crate::model::service::{Health, Metrics, Probe, Published};
use crate::resolve::scope::Found;
use crate::resolve::services::Builder;
use crate::value::{Duration, HealthPath, Live, Name, PortNumber, Protocol, UrlPath};

impl Builder<'_, '_> {
    pub(super) fn publish(&mut self) -> Vec<Published> {
        if self.part.role() == Role::Edge && self.part.written.publish.is_empty() {
            return self.front_door();
        }
        let first = self.part.first_port();
        let mut published = Vec::new();
        for one in &self.part.written.publish {
            let Some(container) = one.container.map(PortNumber::get).or(first) else {
                if self.has_unsure_ports() {
                    continue;
                }
                self.diagnostics.push(
                    Diagnostic::error(
                        Code::UnknownPort,
                        format!("`{}` listens on no port", self.name),
                    )
                    .at(self.place("publish"), "nothing answers here")
                    .help("name the port with `port:`, or write `HOST_PORT:CONTAINER_PORT`"),
                );
                continue;
            };
            if one.container.is_some() && !self.listens_on(container) {
                self.unanswered(container);
            }
            let shift = self.scaling.shift;
            let Some(host) = one.host.get().checked_add(shift) else {
                self.beyond(one.host.get(), shift);
                continue;
            };
            let udp = one.protocol == Protocol::Udp;
            published.push(Published { address: one.host_ip, host, container, udp });
        }
        published
    }

    /// Whether something may answer at a port; a service that names none may listen wherever it likes.
    fn listens_on(&self, port: u16) -> bool {
        let ports = self.part.ports();
        ports.is_empty() || ports.values().any(|known| *known == port) || self.has_unsure_ports()
    }

    fn unanswered(&mut self, port: u16) {
        let known: Vec<String> = self.part.ports().values().map(u16::to_string).collect();
        let message = format!("`{}` does not listen on port {port}", self.name);
        let found = Diagnostic::error(Code::UnknownPort, message)
            .at(self.place("publish"), "nothing answers there")
            .help(format!(
                "it listens on {}; add the port under `ports`, or publish one of those",
                known.join(", ")
            ));
        self.diagnostics.push(found);
    }

    fn beyond(&mut self, port: u16, shift: u16) {
        let sum = u32::from(port) + u32::from(shift);
        let environment = &self.scope.environment.name;
        let message = format!(
            "port {port}, shifted by {shift} in `{environment}`, is {sum}, and 65535 is the last"
        );
        let shifted = format!("/environments/{environment}/shift_ports");
        let found = Diagnostic::error(Code::InvalidPort, message)
            .at(self.place("publish"), "published here")
            .at(self.scope.context.locator.value(&shifted), "shifted here")
            .help("write a smaller `shift_ports`");
        self.diagnostics.push(found);
    }

    fn has_unsure_ports(&self) -> bool {
        self.scope.is_unsure(self.name, &["ports", "uses", "build"])
    }

    /// The edge is what everybody reaches: its HTTP and HTTPS ports on all addresses, in every environment the same.
    fn front_door(&self) -> Vec<Published> {
        let ports = self.part.ports();
        let open = ["http", "https"].into_iter().filter_map(|name| ports.get(name).copied());
        open.map(|port| Published {
            address: Ipv4Addr::UNSPECIFIED.into(),
            host: port,
            container: port,
            udp: false,
        })
        .collect()
    }

    pub(super) fn health(&mut self, found: &mut Found) -> Option<Health> {
        let own = self.part.written.health.clone();
        let known = self.part.entry.as_ref().and_then(|entry| entry.health.clone());
        let known = known.filter(|known| own.is_some() || known.asks());
        if own.is_none() && known.is_none() {
            return None;
        }
        let (own, mut known) = (own.unwrap_or_default(), known.unwrap_or_default());
        known.start = self.part.stage().and_then(|stage| stage.start).or(known.start);
        let port = self.port(own.port.as_ref().or(known.port.as_ref()), "health", "answers paths");
        let silent = self.part.entry.as_ref().is_some_and(|entry| entry.no_health_tool);
        let tool = own.tool.or(known.tool).or(Some(written::Tool::Wget)).filter(|_| !silent);
        let scheme = own.scheme.or(known.scheme).unwrap_or_default();
        let http = |path: &HealthPath| {
            port.map(|port| Probe::Http { port, path: path.clone(), scheme, tool })
        };
        // What the author asks with takes the place of what the catalogue asks with.
        let command =
            own.command.as_ref().or(known.command.as_ref().filter(|_| own.ready.is_none()));
        let path = own.ready.as_ref().or(known.ready.as_ref().filter(|_| own.command.is_none()));
        let command = command.map(|command| self.texts(Some(command), "health", found));
        let (ready, check) = match (command, path) {
            (command, Some(path)) => (http(path)?, command),
            (Some(command), None) => (Probe::Command(command), None),
            (None, None) => (Probe::Tcp { port: port? }, None),
        };
        let asked = |health: &written::Health| {
            (health.live.is_some() || health.live_command.is_some()).then(|| health.clone())
        };
        let asked = asked(&own).or_else(|| asked(&known)).unwrap_or_default();
        let live = match (&asked.live_command, &asked.live, port) {
            (Some(command), ..) => Some(Probe::Command(self.texts(Some(command), "health", found))),
            (None, Some(Live::Nothing), _) => None,
            (None, Some(Live::Path(path)), _) => Some(http(path)?),
            (None, None, Some(port)) => Some(Probe::Tcp { port }),
            (None, None, None) => Some(ready.clone()),
        };
        let or = |own: Option<Duration>, known: Option<Duration>, seconds: u64| {
            own.or(known).unwrap_or(Duration::from_seconds(seconds))
        };
        Some(Health {
            live,
            ready,
            check,
            details: own.details.or(known.details),
            start: or(own.start, known.start, 30),
            interval: or(own.interval, known.interval, 15),
            timeout: or(own.timeout, known.timeout, 5),
            retries: own.retries.or(known.retries).unwrap_or(3),
        })
    }

    /// The port of a name, else the first. A name that stands for none is told at `key`.
    fn port(&mut self, name: Option<&Name>, key: &str, what: &str) -> Option<u16> {
        let Some(name) = name else { return self.part.first_port() };
        let found = self.part.port(name.as_str());
        if found.is_none() {
            let ports = self.part.ports();
            let message = format!("`{}` {what} on no port `{name}`", self.name);
            let known: Vec<String> = ports.keys().map(|known| format!("`{known}`")).collect();
            let found = Diagnostic::error(Code::UnknownPort, message).at(self.place(key), "");
            self.diagnostics.push(match known.as_slice() {
                [] => found.help("name it under `ports:`"),
                known => found.help(format!("it has {}", known.join(", "))),
            });
        }
        found
    }

    pub(super) fn metrics(&mut self) -> Option<Metrics> {
        let own = self.part.written.metrics.as_ref();
        let known = self.part.entry.as_ref().and_then(|entry| entry.metrics.as_ref());
        if own.is_none() && (known.is_none() || self.part.role() == Role::Application) {
            return None;
        }
        let path =
            own.and_then(|own| own.path.clone()).or(known.and_then(|known| known.path.clone()));
        let port =
            own.and_then(|own| own.port.as_ref()).or(known.and_then(|known| known.port.as_ref()));
        let port = match port {
            Some(name) => self.part.port(name.as_str()),
            None => self.part.first_port(),
        };
        let Some(port) = port else {
            if self.has_unsure_ports() {
                return None;
            }
            self.diagnostics.push(
                Diagnostic::error(
                    Code::UnknownPort,
                    format!("`{}` exposes metrics on no port", self.name),
                )
                .at(self.place("metrics"), "nothing answers here")
                .help("name the port with `port:`"),
            );
            return None;
        };
        let path = path.unwrap_or_else(|| UrlPath::known("/metrics"));
        Some(Metrics { port, path, job: self.name.to_string() })
    }
}

impl written::Health {
    /// Whether it says how to ask; a stack's entry may only say with which tool.
    fn asks(&self) -> bool {
        self.ready.is_some()
            || self.live.is_some()
            || self.live_command.is_some()
            || self.command.is_some()
    }
}
