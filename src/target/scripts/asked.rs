//! Turns health checks and routes into what a machine itself can ask for.

use std::borrow::Cow;
use std::net::IpAddr;

use crate::model::service::{Health, Probe, Published, Scheme};
use crate::model::{Edge, Model, Role, Service, Text};
use crate::target::scripts::list::Words;

/// Every way of asking a service, and what it tells of.
pub(super) fn probes<'a>(service: &'a Service) -> Vec<Words<'a>> {
    let kind = match service.role {
        Role::Application | Role::Platform | Role::Edge => "endpoints",
        Role::Database | Role::Cache | Role::Queue | Role::Backup | Role::Archive => "data",
        Role::Preparation | Role::Certificates => return Vec::new(),
        Role::Metrics
        | Role::Alerts
        | Role::Logs
        | Role::Collector
        | Role::Dashboards
        | Role::Exporter
        | Role::HostAgent => "monitoring",
    };
    let Some(health) = &service.health else { return Vec::new() };
    let asked = |(name, url, command): Question<'a>| {
        let head = [kind.into(), service.name.as_str().into(), name.into()];
        let words = head.into_iter().chain([url.unwrap_or_default().into()]);
        words.chain(command.into_iter().flatten()).collect::<Words<'a>>()
    };
    let mut found: Vec<Words<'a>> = Vec::new();
    for question in questions(service, health).map(asked) {
        // Live and ready may be asked in one way.
        if !found.iter().any(|known| known[3..] == question[3..]) && question[3..] != [""] {
            found.push(question);
        }
    }
    found
}

type Question<'a> = (&'a str, Option<String>, Option<Words<'a>>);

fn questions<'a>(
    service: &'a Service,
    health: &'a Health,
) -> impl Iterator<Item = Question<'a>> + 'a {
    let live = health.live.iter().map(|probe| ("live", probe));
    let probes = live
        .chain([("ready", &health.ready)])
        .map(|(name, probe)| (name, url(service, probe), probe.command().and_then(literals)));
    let check = health.check.as_deref().map(|check| ("check", None, literals(check.into())));
    let details = health.details.iter().filter_map(|path| {
        let Probe::Http { port, scheme, tool, .. } = &health.ready else { return None };
        let probe = Probe::Http { port: *port, path: path.clone(), scheme: *scheme, tool: *tool };
        let command = probe.command().map(Cow::into_owned);
        let command = command.and_then(|command| literals(command.into()));
        Some(("details", url(service, &probe), command))
    });
    probes.chain(check).chain(details)
}

/// Where a probe is answered on the host, over plain HTTP.
fn url(service: &Service, probe: &Probe) -> Option<String> {
    let Probe::Http { port, path, scheme: Scheme::Http, .. } = probe else { return None };
    let published = on_host(service, *port)?;
    Some(format!("http://{}:{}{path}", written(local(published)), published.host))
}

fn on_host(service: &Service, port: u16) -> Option<&Published> {
    service.publish.iter().find(|published| published.container == port && !published.udp)
}

/// The address at which the machine itself reaches a published port.
fn local(published: &Published) -> IpAddr {
    match published.address {
        IpAddr::V4(address) if address.is_unspecified() => std::net::Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(address) if address.is_unspecified() => std::net::Ipv6Addr::LOCALHOST.into(),
        address => address,
    }
}

/// An address as URLs and `curl --resolve` take it.
fn written(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    }
}

/// The words of a command, if none is known at run time only.
fn literals(words: Cow<'_, [Text]>) -> Option<Words<'_>> {
    match words {
        Cow::Borrowed(words) => words.iter().map(|word| word.as_literal().map(Cow::from)).collect(),
        Cow::Owned(words) => {
            words.iter().map(|word| Some(word.as_literal()?.to_owned().into())).collect()
        }
    }
}

/// Every route as it is reached on the machine; none where the edge is not there.
pub(super) fn routes(model: &Model) -> Vec<Words<'_>> {
    let Some(edge) = &model.edge else { return Vec::new() };
    let Some(service) = model.services.get(&edge.service) else { return Vec::new() };
    let named = |name: &str| {
        let port = service.ports.iter().find(|(known, _)| known.as_str() == name)?.1;
        on_host(service, *port)
    };
    let Some(https) = named("https") else { return Vec::new() };
    let http = named("http").map(|published| published.host.to_string()).unwrap_or_default();
    routed(edge)
        .map(|(host, path, service)| {
            let ports = [https.host.to_string(), http.clone(), written(local(https))];
            let ports = ports.map(Cow::from);
            [host].into_iter().chain(ports).chain([path, service]).collect()
        })
        .collect()
}

/// Host, path and service; a wildcard by one of the names that it stands for.
fn routed(edge: &Edge) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>, Cow<'_, str>)> {
    edge.sites.iter().flat_map(|site| {
        site.routes.iter().map(|route| {
            let host = site.host.as_str().replacen('*', "smoke-test", 1);
            (host.into(), route.path.as_str().into(), route.service.as_str().into())
        })
    })
}
