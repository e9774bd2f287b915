//! Turns a model into what the scripts know of its environment: lists of words.

use std::net::IpAddr;

use serde::Serialize;

use crate::model::backup::Store;
use crate::model::service::{Health, Probe, Published, Scheme};
use crate::model::{Edge, Model, Role, Service, Text, naming};
use crate::target::scripts::start;

/// What the template of an environment's file sees.
#[derive(Debug, Serialize)]
pub(super) struct Facts {
    header: String,
    system: String,
    environment: String,
    tier: &'static str,
    project: String,
    compose_file: String,
    /// Empty where nothing is asked of the operator.
    env_file: String,
    blueprint: String,
    start_seconds: u64,
    /// Whether `scripts/backup.sh` is there and has something to do.
    backups: bool,
    lists: Vec<List>,
}

/// Things of one kind, each as the words of a call.
#[derive(Debug, Serialize)]
struct List {
    name: &'static str,
    about: &'static str,
    items: Vec<Vec<String>>,
}

impl Facts {
    /// What is known of an environment.
    pub(super) fn of(model: &Model, header: String) -> Self {
        let environment = &model.environment;
        Self {
            header,
            system: model.name.to_string(),
            environment: environment.name.to_string(),
            tier: environment.tier.as_str(),
            project: model.compose.project.to_string(),
            compose_file: naming::compose_file(&environment.short),
            env_file: if model.asks_the_operator() {
                naming::env_file(&environment.name)
            } else {
                String::new()
            },
            blueprint: model.blueprint.clone(),
            start_seconds: start::seconds(model),
            backups: model.backups.is_some(),
            lists: lists(model),
        }
    }
}

fn lists(model: &Model) -> Vec<List> {
    let list = |name, about, items| List { name, about, items };
    vec![
        list(
            "profile",
            "The profiles that run.",
            model.environment.profiles.iter().map(|profile| vec![profile.to_string()]).collect(),
        ),
        list(
            "service",
            "What runs: name, role, how many, whether it has a health check (health or none),\nwhether it ends (once or stays).",
            running(model).map(service).collect(),
        ),
        list(
            "backup",
            "What is backed up: name, service that keeps it, service that keeps its archive, its volume, that of the\narchive, the folder on the volume, the user it belongs to; - for what there is not.",
            backups(model),
        ),
        list("file", "The compiled files and folders that containers read.", files(model)),
        list("secret", "The files that hold what containers read as files.", secrets(model)),
        list(
            "migration",
            "What brings a database up to date: service, then the command in its container.",
            Vec::new(),
        ),
        list(
            "probe",
            "How health is asked for: endpoints, data or monitoring; service; what is asked; its URL on this\nmachine, or empty; then the command inside a container.",
            running(model).flat_map(probes).collect(),
        ),
        list(
            "route",
            "What is routed: host, HTTPS port, HTTP port, address on this machine, path, service that answers.",
            routes(model),
        ),
    ]
}

/// What is backed up, and what a recovery needs to know of it.
fn backups(model: &Model) -> Vec<Vec<String>> {
    let full = |volume: &str| format!("{}_{volume}", model.compose.project);
    let stores = model.backups.iter().flat_map(|backups| &backups.stores);
    let line = |(name, store): (&crate::value::Name, &Store)| {
        let mut line = vec![name.to_string(), store.keeper.to_string()];
        let known = store.archive.as_ref().zip(store.commands.archive.as_ref());
        let user = model.services.get(&store.keeper).map(|keeper| keeper.user.both());
        let mut more: [String; 5] = std::array::from_fn(|_| "-".to_owned());
        if let Some((archive, commands)) = known {
            more = [
                archive.service.to_string(),
                full(&naming::volume(name, &commands.volume)),
                full(&format!("{}-data", archive.service)),
                commands.folder.clone(),
                user.unwrap_or_default(),
            ];
        } else if let Some(volume) = &store.volume {
            more[1] = full(volume.as_str());
        }
        line.extend(more);
        line
    };
    stores.map(line).collect()
}

/// What this environment runs with Docker Compose.
fn running(model: &Model) -> impl Iterator<Item = &Service> {
    model.services.values().filter(|service| service.is_composed() && model.is_on(service))
}

fn service(service: &Service) -> Vec<String> {
    let checked = service.health.as_ref().is_some_and(|health| health.command().is_some());
    vec![
        service.name.to_string(),
        role(service.role).to_owned(),
        service.replicas.to_string(),
        if checked { "health" } else { "none" }.to_owned(),
        if service.role == Role::Preparation { "once" } else { "stays" }.to_owned(),
    ]
}

fn role(role: Role) -> &'static str {
    match role {
        Role::Application => "application",
        Role::Platform => "platform",
        Role::Database => "database",
        Role::Cache => "cache",
        Role::Queue => "queue",
        Role::Edge => "edge",
        Role::Certificates => "certificates",
        Role::Metrics => "metrics",
        Role::Alerts => "alerts",
        Role::Logs => "logs",
        Role::Collector => "collector",
        Role::Dashboards => "dashboards",
        Role::Exporter => "exporter",
        Role::HostAgent => "host-agent",
        Role::Preparation => "preparation",
        Role::Backup => "backup",
        Role::Archive => "archive",
    }
}

fn files(model: &Model) -> Vec<Vec<String>> {
    let files = model.services.values().filter(|service| service.is_composed());
    let mut paths: Vec<_> =
        files.flat_map(|service| &service.files).map(|mount| mount.artifact.clone()).collect();
    paths.sort();
    paths.dedup();
    paths.into_iter().map(|path| vec![path]).collect()
}

/// As the Compose file names them.
fn secrets(model: &Model) -> Vec<Vec<String>> {
    let folder = naming::secrets_folder(&model.environment.name);
    let read = model.variables().filter(|variable| {
        // What only a profile reads that is off need not be there, and what may be empty may be.
        let on = variable.profile.as_ref();
        let on = on.is_none_or(|profile| model.environment.profiles.contains(profile));
        variable.file_owner.is_some() && on && !variable.may_be_empty()
    });
    read.map(|variable| vec![format!("{folder}/{}", naming::secret_file(&variable.name))]).collect()
}

/// Every way of asking a service, and what it tells of.
fn probes(service: &Service) -> Vec<Vec<String>> {
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
    let asked = |(name, url, command): (&str, Option<String>, Option<Vec<String>>)| {
        let head = [kind.to_owned(), service.name.to_string(), name.to_owned()];
        let words = head.into_iter().chain([url.unwrap_or_default()]);
        words.chain(command.into_iter().flatten()).collect::<Vec<_>>()
    };
    let mut found: Vec<Vec<String>> = Vec::new();
    for question in questions(service, health).map(asked) {
        // Live and ready may be asked in one way.
        if !found.iter().any(|known| known[3..] == question[3..]) && question[3..] != [""] {
            found.push(question);
        }
    }
    found
}

type Question<'a> = (&'a str, Option<String>, Option<Vec<String>>);

fn questions<'a>(
    service: &'a Service,
    health: &'a Health,
) -> impl Iterator<Item = Question<'a>> + 'a {
    let live = health.live.iter().map(|probe| ("live", probe));
    let probes = live.chain([("ready", &health.ready)]).map(|(name, probe)| {
        let command = probe.command().as_deref().and_then(literals);
        (name, url(service, probe), command)
    });
    let check = health.check.as_deref().map(|check| ("check", None, literals(check)));
    let details = health.details.iter().filter_map(|path| {
        let Probe::Http { port, scheme, tool, .. } = &health.ready else { return None };
        let probe = Probe::Http { port: *port, path: path.clone(), scheme: *scheme, tool: *tool };
        let command = probe.command().as_deref().and_then(literals);
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
fn literals(words: &[Text]) -> Option<Vec<String>> {
    words.iter().map(|word| word.as_literal().map(str::to_owned)).collect()
}

/// Every route as it is reached on the machine; none where the edge is not there.
fn routes(model: &Model) -> Vec<Vec<String>> {
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
            let ports = [host, https.host.to_string(), http.clone(), written(local(https))];
            ports.into_iter().chain([path, service]).collect()
        })
        .collect()
}

/// Host, path and service; a wildcard by one of the names that it stands for.
fn routed(edge: &Edge) -> impl Iterator<Item = (String, String, String)> {
    edge.sites.iter().flat_map(|site| {
        site.routes.iter().map(|route| {
            let host = site.host.as_str().replacen('*', "smoke-test", 1);
            (host, route.path.to_string(), route.service.to_string())
        })
    })
}
