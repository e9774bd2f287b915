//! Turns routes and the edge's settings into the server in front.

use crate::blueprint::route;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, suggest};
use crate::model::Role;
use crate::model::edge::{Behind, Cors, Edge, Route, Site};
use crate::resolve::headers;
use crate::resolve::scope::Scope;
use crate::source::pointer;
use crate::value::{Duration, HostName, Memory, Name, UrlPath};

/// How large a request may be when nobody says.
const BODY: Memory = Memory::from_mebibytes(10);
/// How long an answer may take when nobody says.
const TIMEOUT: Duration = Duration::from_seconds(60);
/// How long a connection may be silent that is there to stay open; clients that ping do so more often.
const SILENCE: Duration = Duration::from_seconds(3600);
/// How long a browser may keep the answer to a preflight when nobody says; Chromium keeps none longer than 2 hours.
const PREFLIGHT: Duration = Duration::from_seconds(7200);

/// The setting of the environment that a host refers to and that is not filled in: there is none.
fn unset(host: &str) -> Option<&'static str> {
    ["domain", "host"].into_iter().find(|setting| host.contains(&format!("${{env.{setting}}}")))
}

/// The server in front, where there are routes.
pub(super) fn edge(scope: &Scope<'_>, diagnostics: &mut Diagnostics) -> Option<Edge> {
    let written = scope.blueprint.edge.clone().unwrap_or_default();
    let tls = written.tls.clone().unwrap_or_default();
    let email = tls.email.unwrap_or_default();
    let email = scope.text_at(&email, "/edge/tls/email", diagnostics).unwrap_or_default();
    let mut sites = Vec::new();
    for (host, routes) in &scope.blueprint.routes {
        let at = pointer::push("/routes", host);
        match HostName::parse(host) {
            Ok(name) => {
                let routes = routes
                    .iter()
                    .filter_map(|(path, route)| {
                        let at = pointer::push(&at, path);
                        one(scope, path, route, &at, diagnostics)
                    })
                    .collect();
                sites.push(Site { host: name, routes });
            }
            Err(_) if scope.context.broken.is_referred_to(host, &scope.environment.name) => {}
            Err(_) if unset(host).is_some() => {
                let setting = unset(host).unwrap_or_default();
                let environment = &scope.environment.name;
                let why = format!("`{environment}` has no `{setting}`");
                let message = format!("`${{env.{setting}}}` stands for nothing: {why}");
                diagnostics.push(
                    Diagnostic::error(Code::UnknownReference, message)
                        .at(scope.context.locator.key(&at), "")
                        .help(format!("add `{setting}:` to `{environment}` under `environments`")),
                );
            }
            Err(malformed) => {
                let found = Diagnostic::from(malformed);
                diagnostics.push(found.at(scope.context.locator.key(&at), ""));
            }
        }
    }
    let headers = headers::headers(scope, &written, diagnostics);
    let (service, _) = scope.parts.iter().find(|(_, part)| part.role() == Role::Edge)?;
    Some(Edge {
        service: service.clone(),
        certificates: tls.by,
        tls_min: tls.min,
        email,
        headers,
        limit: written.limit,
        body: written.body.unwrap_or(BODY),
        timeout: written.timeout.unwrap_or(TIMEOUT),
        sites,
    })
}

/// Says that a text must not hold an operator's variable.
pub(super) fn run_time(scope: &Scope<'_>, name: &str, at: &str) -> Diagnostic {
    Diagnostic::error(Code::RunTimeReference, format!("`{name}` must be known when compiling"))
        .at(scope.context.locator.value(at), "this refers to a variable that the operator sets")
        .help("the edge's configuration is a file: refer to `${env.…}` or to a `fixed` variable")
}

fn one(
    scope: &Scope<'_>,
    path: &str,
    written: &route::Route,
    at: &str,
    diagnostics: &mut Diagnostics,
) -> Option<Route> {
    let locator = scope.context.locator;
    let path = match UrlPath::parse(path) {
        Ok(path) => path,
        Err(malformed) => {
            diagnostics.push(Diagnostic::from(malformed).at(locator.key(at), ""));
            return None;
        }
    };
    let port = port(scope, written, at, diagnostics)?;
    let behind = Behind { service: written.to.clone(), port };
    let gateway = match &written.through {
        Some(name) => Some(gateway(scope, name, at, diagnostics)?),
        None => None,
    };
    let passed = gateway.is_some();
    let (service, port) = gateway.unwrap_or((written.to.clone(), port));
    let edge = scope.blueprint.edge.clone().unwrap_or_default();
    Some(Route {
        path,
        service,
        port,
        behind: Some(behind).filter(|_| passed),
        cache: written.cache,
        limit: written.limit.clone(),
        cors: written.cors.as_ref().and_then(|cors| shared(scope, cors, at, diagnostics)),
        websocket: written.websocket,
        stream: written.stream,
        // The gateway does that, and so sees the path as it came.
        rewrite: written.rewrite.clone().filter(|_| !passed),
        body: written.body.or(edge.body).unwrap_or(BODY),
        timeout: timeout(written, edge.timeout),
    })
}

/// How long an answer may take; one that stays open may be silent for an hour whatever else is said.
pub(super) fn timeout(route: &route::Route, edge: Option<Duration>) -> Duration {
    let written = route.timeout.or(edge).unwrap_or(TIMEOUT);
    if route.websocket || route.stream { written.max(SILENCE) } else { written }
}

/// The port of the service that answers.
fn port(
    scope: &Scope<'_>,
    written: &route::Route,
    at: &str,
    diagnostics: &mut Diagnostics,
) -> Option<u16> {
    let locator = scope.context.locator;
    let Some(answering) = scope.parts.get(&written.to) else {
        diagnostics.extend(unknown_service(scope, &written.to, &format!("{at}/to")));
        return None;
    };
    let ports = answering.ports();
    let port = match &written.port {
        Some(name) => ports.get(name),
        None => ports.values().next(),
    };
    if port.is_none() && !scope.is_unsure(&written.to, &["ports", "uses", "build"]) {
        let message = format!("`{}` listens on no port", written.to);
        let place = locator.value(&format!("{at}/to"));
        diagnostics.push(
            Diagnostic::error(Code::RouteWithoutPort, message)
                .at(place, "the route leads nowhere")
                .help(format!("name the port of `{}` with `port:`", written.to)),
        );
    }
    port.copied()
}

/// The gateway that a route goes through, and its first port.
fn gateway(
    scope: &Scope<'_>,
    name: &Name,
    at: &str,
    diagnostics: &mut Diagnostics,
) -> Option<(Name, u16)> {
    let at = format!("{at}/through");
    let Some(part) = scope.parts.get(name) else {
        diagnostics.extend(unknown_service(scope, name, &at));
        return None;
    };
    let first =
        part.first_port().filter(|_| part.entry.as_ref().is_some_and(|entry| entry.is_gateway()));
    if first.is_none() && !scope.is_unsure(name, &["ports", "uses"]) {
        let gateways = scope
            .parts
            .iter()
            .filter(|(_, part)| part.entry.as_ref().is_some_and(|entry| entry.is_gateway()));
        let known = choice(gateways.map(|(name, _)| name.as_str()));
        let place = scope.context.locator.value(&at);
        diagnostics.push(
            Diagnostic::error(Code::UnknownService, format!("`{name}` is no gateway"))
                .at(place, "it would not know where the route leads")
                .help(format!("{known}run a gateway of the catalogue under `services`")),
        );
    }
    Some((name.clone(), first?))
}

fn shared(
    scope: &Scope<'_>,
    cors: &route::Cors,
    at: &str,
    diagnostics: &mut Diagnostics,
) -> Option<Cors> {
    let place = format!("{at}/cors");
    let mut origins = Vec::new();
    for raw in &cors.origins {
        match scope.resolve(raw, None) {
            Ok(resolved) => match resolved.text.as_literal() {
                Some(origin) if is_origin(origin) => origins.push(origin.to_owned()),
                Some(origin) => diagnostics.push(
                    Diagnostic::error(Code::InvalidHost, format!("`{origin}` is not an origin"))
                        .at(scope.context.locator.value(&place), "")
                        .help("an origin is a scheme and a host, such as `https://example.com`"),
                ),
                None => diagnostics.push(run_time(scope, "cors", &place)),
            },
            Err(unresolved) => {
                diagnostics.extend(unresolved.at(scope.context.locator.value(&place)));
            }
        }
    }
    if origins.is_empty() {
        return None;
    }
    Some(Cors {
        origins,
        methods: cors.methods.iter().map(|method| method.as_str()).collect(),
        headers: cors.headers.clone(),
        credentials: cors.credentials,
        max_age: cors.max_age.unwrap_or(PREFLIGHT),
    })
}

/// `https://host[:port]`, or `http` likewise; `*` would let everybody read answers, and is not one.
fn is_origin(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let Some(rest) = rest else { return false };
    let (host, port) = rest.rsplit_once(':').unwrap_or((rest, "443"));
    HostName::parse(host).is_ok() && port.parse::<u16>().is_ok()
}

/// Says that a name is no service, with the nearest one, or with the override that removes it; nothing where the
/// service may be missing because of another fault.
pub(super) fn unknown_service(scope: &Scope<'_>, name: &Name, at: &str) -> Option<Diagnostic> {
    if scope.may_be_missing(name.as_str()) {
        return None;
    }
    let locator = scope.context.locator;
    let found = Diagnostic::error(Code::UnknownService, format!("no service is named `{name}`"))
        .at(locator.value(at), "");
    if let Some(removed) = locator.removed(&format!("/services/{name}")) {
        let environment = &scope.environment.name;
        let found = found.at(removed, format!("`{environment}` removes it here"));
        return Some(
            found.help(format!("remove what needs it from `{environment}` too, or keep it")),
        );
    }
    let known = || scope.parts.keys().chain(scope.blueprint.external.keys()).map(Name::as_str);
    Some(match suggest::nearest(name.as_str(), known()) {
        Some(near) => found.help(format!("did you mean `{near}`?")),
        None => found.help(format!(
            "{}declare it under `services: {{ {name}: … }}`",
            choice(known().filter(|one| *one != name.as_str()))
        )),
    })
}

/// What there is to choose from, as the beginning of a sentence; nothing where that is too much to read.
pub(super) fn choice<'a>(known: impl Iterator<Item = &'a str>) -> String {
    let known: Vec<String> = known.map(|name| format!("`{name}`")).collect();
    if known.is_empty() || known.len() > 8 {
        String::new()
    } else {
        format!("there are {}; or ", known.join(", "))
    }
}
