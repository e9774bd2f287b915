//! Turns a system into a picture of what runs and who talks to whom, as Mermaid and as SVG.

mod mermaid;
mod svg;

use std::borrow::Cow;
use std::fmt::Display;

use serde::Serialize;

use crate::format::quote::markdown::{code, escape};
use crate::model::service::Service;
use crate::model::{External, Model, Role};
use crate::target::documents::page::{Listed, row};
use crate::target::documents::system::{Place, System};
use crate::value::Name;
use mermaid::mermaid;
pub(super) use svg::picture;

/// What the page is rendered from.
#[derive(Serialize)]
pub(super) struct Architecture<'a> {
    header: String,
    system: &'a str,
    main: &'a Place<'a>,
    picture: &'static str,
    mermaid: String,
    layers: Vec<Table>,
    routes: Vec<Routed<'a>>,
    outside: Vec<Outside<'a>>,
    /// Those that call addresses of which nobody knows a list: name and ports.
    anywhere: Vec<String>,
    networks: Vec<(&'a str, &'static str, String)>,
}

/// The services of a layer.
#[derive(Serialize)]
struct Table {
    title: &'static str,
    /// The rows of a table.
    services: String,
}

/// A route.
#[derive(Serialize)]
struct Routed<'a> {
    host: &'a str,
    path: &'a str,
    to: String,
    limit: String,
}

/// What lies outside.
#[derive(Serialize)]
struct Outside<'a> {
    name: &'a str,
    address: String,
    about: &'a str,
    callers: String,
}

/// A layer of a system, from those that ask to those that answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Layer {
    /// The way in.
    Edge,
    /// Programs.
    Programs,
    /// What keeps data.
    Data,
    /// What watches, keeps logs and backs up.
    Watching,
}

impl Layer {
    const ALL: [Self; 4] = [Self::Edge, Self::Programs, Self::Data, Self::Watching];

    fn of(service: &Service) -> Self {
        match service.role {
            Role::Edge | Role::Certificates => Self::Edge,
            Role::Application | Role::Platform => Self::Programs,
            Role::Database | Role::Cache | Role::Queue => Self::Data,
            Role::Metrics
            | Role::Alerts
            | Role::Logs
            | Role::Collector
            | Role::Dashboards
            | Role::Exporter
            | Role::HostAgent
            | Role::Preparation
            | Role::Backup
            | Role::Archive => Self::Watching,
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Edge => "The way in",
            Self::Programs => "Programs",
            Self::Data => "Data",
            Self::Watching => "Watching and keeping",
        }
    }
}

/// A connection that the picture shows: who, whom, and on which port.
pub(super) struct Line<'a> {
    from: &'a Name,
    to: &'a Name,
    port: u16,
}

/// The page of a system's main environment; `file` is where the picture lies.
pub(super) fn architecture<'a>(
    system: &'a System<'a>,
    header: String,
    file: &'static str,
) -> Architecture<'a> {
    let main = system.main();
    let model = main.model;
    let layer = |layer: Layer| {
        let mut services = String::new();
        let of_it = model.services.values().filter(|one| Layer::of(one) == layer);
        of_it.for_each(|service| shown(&mut services, service));
        Table { title: layer.title(), services }
    };
    Architecture {
        header,
        system: model.name.as_str(),
        main,
        picture: file,
        mermaid: mermaid(model),
        layers: Layer::ALL.map(layer).into_iter().filter(|one| !one.services.is_empty()).collect(),
        routes: routes(model),
        outside: outside(model),
        anywhere: anywhere(model),
        networks: networks(model),
    }
}

/// The connections among the way in, programs and data: what only watches talks to nearly all.
pub(super) fn lines(model: &Model) -> Vec<Line<'_>> {
    let shown = |service: &&Service| Layer::of(service) != Layer::Watching;
    let lines = model.services.values().filter(shown).flat_map(|service| {
        service.flows.iter().map(|flow| Line { from: &service.name, to: &flow.to, port: flow.port })
    });
    lines.filter(|line| model.services.get(line.to).is_some_and(|to| shown(&to))).collect()
}

/// Writes the row of a service.
fn shown(out: &mut String, service: &Service) {
    let name = match &service.profile {
        Some(profile) => format!("{} (profile {profile})", service.name).into(),
        None => Cow::Borrowed(service.name.as_str()),
    };
    let replicas = match &service.autoscale {
        Some(scale) => format!("{} to {}", scale.min, scale.max),
        None => service.replicas.to_string(),
    };
    let networks = Listed(&service.networks);
    let networks: &dyn Display = if service.networks.is_empty() { &"none" } else { &networks };
    let outside: Vec<String> =
        service.egress.iter().map(|name| format!("{name} outside")).collect();
    let to = service.flows.iter().map(|flow| flow as &dyn Display);
    let to = Listed(to.chain(outside.iter().map(|name| name as &dyn Display)));
    let (about, image) = (escape(&service.about), code(service.image.as_str()));
    row(out, [&name, &about, &image, &replicas, networks, &to]);
}

fn routes(model: &Model) -> Vec<Routed<'_>> {
    let sites = model.edge.iter().flat_map(|edge| &edge.sites);
    let routes = sites.flat_map(|site| {
        site.routes.iter().map(|route| Routed {
            host: site.host.as_str(),
            path: route.path.as_str(),
            to: match &route.behind {
                Some(behind) => {
                    format!("{}, then {}:{}", route.service, behind.service, behind.port)
                }
                None => format!("{}:{}", route.service, route.port),
            },
            limit: route.limit.as_ref().map(|limit| limit.rate.to_string()).unwrap_or_default(),
        })
    });
    routes.collect()
}

fn outside<'a>(model: &'a Model) -> Vec<Outside<'a>> {
    let one = |(name, external): (&'a Name, &'a External)| {
        let callers = model.services.values().filter(|service| service.egress.contains(name));
        Outside {
            name: name.as_str(),
            address: code(&format!("{}:{}", external.host, external.port)).to_string(),
            about: &external.about,
            callers: Listed(callers.map(|service| &service.name)).to_string(),
        }
    };
    model.externals.iter().map(one).collect()
}

fn anywhere(model: &Model) -> Vec<String> {
    let calls = model.services.values().filter(|service| !service.reaches_out.is_empty());
    let one =
        |service: &Service| format!("{} (port {})", service.name, Listed(&service.reaches_out));
    calls.map(one).collect()
}

fn networks(model: &Model) -> Vec<(&str, &'static str, String)> {
    let mut found = Vec::new();
    for (name, network) in &model.networks {
        let on = model.services.values().filter(|service| service.networks.contains(name));
        let way_out = if network.internal { "no" } else { "yes" };
        let on = Listed(on.map(|service| &service.name)).to_string();
        found.push((name.as_str(), way_out, on));
    }
    found
}

/// The routes, those from one service to another as one.
pub(super) fn routed(model: &Model) -> Vec<(&Name, &Name, String)> {
    let mut found: Vec<(&Name, &Name, Vec<&str>)> = Vec::new();
    if let Some(edge) = &model.edge {
        for route in edge.sites.iter().flat_map(|site| &site.routes) {
            let path = route.path.as_str();
            match found.iter_mut().find(|(_, to, _)| **to == route.service) {
                Some((_, _, paths)) if paths.contains(&path) => {}
                Some((_, _, paths)) => paths.push(path),
                None => found.push((&edge.service, &route.service, vec![path])),
            }
        }
    }
    found.into_iter().map(|(from, to, paths)| (from, to, paths.join(" "))).collect()
}

/// The connections that are no routes.
pub(super) fn direct(model: &Model) -> Vec<(&Name, &Name, String)> {
    let edge = model.edge.as_ref().map(|edge| &edge.service);
    let lines = lines(model).into_iter().filter(|line| Some(line.from) != edge);
    let mut found: Vec<(&Name, &Name, String)> = Vec::new();
    for line in lines {
        match found.iter_mut().find(|(from, to, _)| *from == line.from && *to == line.to) {
            Some((_, _, label)) => label.push_str(&format!(" {}", line.port)),
            None => found.push((line.from, line.to, line.port.to_string())),
        }
    }
    found
}
