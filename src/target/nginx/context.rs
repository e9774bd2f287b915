//! Says what the templates of all hosts together need to know.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::format::quote::{self, Refused};
use crate::model::edge::{CertificateSource, Cors, Edge, Route, TlsVersion};
use crate::model::service::Service;
use crate::model::{Model, naming};
use crate::target::nginx::upstreams::{self, Group};
use crate::target::nginx::{ACME, CACHE, CERTIFICATES};
use crate::value::{Duration, LimitKey, Memory, Rate};

/// From here on an answer is taken to be one that never changes: a year is what servers say for ever with.
const FOR_EVER: Duration = Duration::from_seconds(365 * 86_400);

/// The variable that holds a client's address.
const ADDRESS: &str = "binary_remote_addr";

/// What `nginx.conf.j2` needs to know.
#[derive(Debug, Serialize)]
pub(super) struct Main {
    header: String,
    workers: u64,
    http: u16,
    https: u16,
    status: u16,
    /// From where the figures are read.
    networks: Vec<String>,
    groups: Vec<Group>,
    keepalive: u32,
    temp: &'static str,
    body: String,
    timeout: String,
    protocols: &'static str,
    old_ciphers: bool,
    /// Defines `$dollar`; empty where no value holds a `$`.
    dollar: String,
    websocket: bool,
    rates: Vec<Zone>,
    clients: Vec<Client>,
    /// How much of the folder in memory kept answers may fill; empty where none are kept.
    cache_size: String,
    kept: Vec<Kept>,
    sharing: Vec<Sharing>,
    /// What patches put in, at the top and in the block `http`.
    pub(super) at_top: String,
    pub(super) in_http: String,
}

/// A count of requests for each client.
#[derive(Debug, Serialize)]
struct Zone {
    about: String,
    name: String,
    rate: String,
    /// The variable whose values are counted apart.
    key: String,
    size: &'static str,
}

/// What tells clients apart, where a request has it.
#[derive(Debug, Serialize)]
struct Client {
    variable: String,
    source: String,
}

/// What browsers are told about answers that are kept for so long.
#[derive(Debug, Serialize)]
struct Kept {
    variable: String,
    value: String,
}

/// Which origins may read answers, and how.
#[derive(Debug, Serialize)]
struct Sharing {
    variable: String,
    origins: Vec<String>,
    methods: String,
    headers: String,
    credentials: bool,
    max_age: u64,
}

impl Main {
    /// Whatever more than one host shares.
    pub(super) fn new(header: &str, model: &Model, edge: &Edge, service: &Service) -> Self {
        let kept: BTreeSet<u64> =
            routes(edge).filter_map(|route| route.cache.map(Duration::seconds)).collect();
        let room = room(service).mebibytes() / 2;
        Self {
            header: header.to_owned(),
            workers: service.resources.cpu.limit().milli().div_ceil(1000),
            http: port(service, "http", 80),
            https: port(service, "https", 443),
            status: port(service, "status", 8080),
            networks: neighbours(model, service),
            groups: upstreams::groups(edge),
            keepalive: upstreams::IDLE_CONNECTIONS,
            temp: CACHE,
            body: edge.body.nginx(),
            timeout: edge.timeout.nginx(),
            protocols: match edge.tls_min {
                TlsVersion::V1_2 => "TLSv1.2 TLSv1.3",
                TlsVersion::V1_3 => "TLSv1.3",
            },
            old_ciphers: edge.tls_min == TlsVersion::V1_2,
            dollar: dollar(edge),
            websocket: routes(edge).any(|route| route.websocket),
            rates: zones(edge),
            clients: clients(edge),
            cache_size: if kept.is_empty() { String::new() } else { format!("{room}m") },
            kept: kept.into_iter().map(Kept::new).collect(),
            sharing: shared(edge).into_iter().enumerate().map(Sharing::new).collect(),
            at_top: String::new(),
            in_http: String::new(),
        }
    }
}

impl Kept {
    fn new(seconds: u64) -> Self {
        let for_ever = if seconds >= FOR_EVER.seconds() { ", immutable" } else { "" };
        Self {
            variable: kept_variable(seconds),
            value: format!("public, max-age={seconds}{for_ever}"),
        }
    }
}

impl Sharing {
    fn new((at, cors): (usize, &Cors)) -> Self {
        Self {
            variable: cors_variable(at),
            origins: cors.origins.clone(),
            methods: cors.methods.join(", "),
            headers: cors.headers.join(", "),
            credentials: cors.credentials,
            max_age: cors.max_age.seconds(),
        }
    }
}

/// What `shared.conf.j2` needs to know.
#[derive(Debug, Serialize)]
pub(super) struct Snippet {
    header: String,
    /// The directives that set headers, and those that keep others from setting them.
    headers: String,
    hidden: String,
    /// What patches put in.
    pub(super) insert: String,
}

impl Snippet {
    /// The headers of every answer.
    pub(super) fn new(header: &str, edge: &Edge) -> Result<Self, Refused> {
        let (mut headers, mut hidden) = (String::new(), String::new());
        for (name, value) in &edge.headers {
            let (name, value) = (quote::nginx::quote(name)?, quote::nginx::quote(value)?);
            for part in ["add_header ", &name, " ", &value, " always;\n"] {
                headers.push_str(part);
            }
            for part in ["proxy_hide_header ", &name, ";\n"] {
                hidden.push_str(part);
            }
        }
        Ok(Self { header: header.to_owned(), headers, hidden, insert: String::new() })
    }
}

/// What `certificates.sh.j2` needs to know.
#[derive(Debug, Serialize)]
pub(super) struct Hook {
    header: String,
    certificates: &'static str,
    hosts: Vec<Host>,
    /// Whether the operator brings them.
    files: bool,
    /// Whether the ones that are made here are there to stay.
    lasting: bool,
}

/// A host with a certificate of its own.
#[derive(Debug, Serialize)]
struct Host {
    name: String,
    folder: String,
}

impl Hook {
    /// All hosts, each with a certificate of its own.
    pub(super) fn new(header: &str, edge: &Edge) -> Self {
        let host = |site: &crate::model::edge::Site| Host {
            name: site.host.to_string(),
            folder: naming::host(&site.host),
        };
        Self {
            header: header.to_owned(),
            certificates: CERTIFICATES,
            hosts: edge.sites.iter().map(host).collect(),
            files: edge.certificates == CertificateSource::Files,
            lasting: edge.certificates == CertificateSource::SelfSigned,
        }
    }
}

/// The folder that the certificate client answers challenges from, where there is one.
pub(super) fn challenges(edge: &Edge) -> &'static str {
    match edge.certificates {
        CertificateSource::Letsencrypt => ACME,
        CertificateSource::Files | CertificateSource::SelfSigned => "",
    }
}

/// A port of the edge by its name in the catalogue.
pub(super) fn port(service: &Service, name: &str, otherwise: u16) -> u16 {
    let found = service.ports.iter().find(|(known, _)| known.as_str() == name);
    found.map_or(otherwise, |(_, port)| *port)
}

/// The addresses of containers: private ones (RFC 1918), and what the author chose for the networks that it joins.
fn neighbours(model: &Model, service: &Service) -> Vec<String> {
    let private = ["127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];
    let networks = service.networks.iter().filter_map(|name| model.networks.get(name));
    let chosen = networks.filter_map(|network| network.subnet.map(|subnet| subnet.to_string()));
    private.map(str::to_owned).into_iter().chain(chosen).collect()
}

/// How much fits into the folder of temporary files and kept answers.
pub(super) fn room(service: &Service) -> Memory {
    let folder = service.tmpfs.iter().find(|tmpfs| tmpfs.path.as_str() == CACHE);
    folder.map_or(service.resources.memory.limit(), |tmpfs| tmpfs.size)
}

/// The variable that holds what browsers are told about answers that are kept for so long.
pub(super) fn kept_variable(seconds: u64) -> String {
    format!("cache_control_{seconds}")
}

/// The variable that holds the origin that may read an answer.
pub(super) fn cors_variable(at: usize) -> String {
    format!("cors_{}", at + 1)
}

/// The rules about origins, each once.
pub(super) fn shared(edge: &Edge) -> Vec<&Cors> {
    let mut found: Vec<&Cors> = Vec::new();
    for cors in routes(edge).filter_map(|route| route.cors.as_ref()) {
        if !found.contains(&cors) {
            found.push(cors);
        }
    }
    found
}

/// The zone that counts all requests of a client.
pub(super) const GENERAL: &str = "rate_all";

/// The zone that counts a client's requests to a route. Zones of all kinds share one name space, so each kind has a
/// prefix of its own.
pub(super) fn zone(host: &str, at: usize) -> String {
    format!("rate_{}_{}", host.replace('*', "_"), at + 1)
}

fn zones(edge: &Edge) -> Vec<Zone> {
    let made = |about: String, name: String, rate: Rate, by: Option<&LimitKey>| Zone {
        about,
        name,
        rate: rate.nginx(),
        key: by.map_or_else(|| ADDRESS.to_owned(), client_variable),
        // A key may be a token of a kilobyte; an address is a few bytes.
        size: if by.is_some() { "32m" } else { "10m" },
    };
    let all = edge.limit.map(|rate| made("all routes".to_owned(), GENERAL.to_owned(), rate, None));
    let own = edge.sites.iter().flat_map(|site| {
        site.routes.iter().enumerate().filter_map(move |(at, route)| {
            let about = format!("{}{}", site.host, route.path);
            let limit = route.limit.as_ref()?;
            Some(made(about, zone(site.host.as_str(), at), limit.rate, limit.by.as_ref()))
        })
    });
    all.into_iter().chain(own).collect()
}

/// What tells clients apart, each once.
fn clients(edge: &Edge) -> Vec<Client> {
    let keys: BTreeSet<&LimitKey> =
        routes(edge).filter_map(|route| route.limit.as_ref()?.by.as_ref()).collect();
    let made = |by: &LimitKey| Client { variable: client_variable(by), source: by.nginx() };
    keys.into_iter().map(made).collect()
}

fn client_variable(by: &LimitKey) -> String {
    format!("client_by_{}", by.nginx())
}

/// Every route of every host.
pub(super) fn routes(edge: &Edge) -> impl Iterator<Item = &Route> {
    edge.sites.iter().flat_map(|site| &site.routes)
}

fn dollar(edge: &Edge) -> String {
    let needed = edge.headers.iter().any(|(_, value)| quote::nginx::holds_dollar(value));
    if needed { quote::nginx::DOLLAR.to_owned() } else { String::new() }
}
