//! Turns a host and its routes into what the template of its file needs to know.

use serde::Serialize;

use crate::format::quote;
use crate::model::edge::{self, Edge, Route};
use crate::model::naming;
use crate::model::service::Service;
use crate::target::nginx::CERTIFICATES;
use crate::target::nginx::context::{self, GENERAL};
use crate::target::nginx::location::{Kept, Limit, Location, Rewrite, Shared};
use crate::target::nginx::upstreams;
use crate::value::{Duration, Memory, UrlPath};

/// What `site.conf.j2` needs to know.
#[derive(Debug, Serialize)]
pub(super) struct Site {
    header: String,
    host: String,
    /// The host that clients are sent to: the name, or what they asked for where it is a wildcard.
    redirect: String,
    http: u16,
    https: u16,
    certificate: String,
    /// The folder that challenges are answered from; empty for none.
    challenges: &'static str,
    /// What holds where a location has no limit of its own.
    limits: Vec<General>,
    locations: String,
    /// Whether nothing answers the rest of the paths.
    closed: bool,
    pub(super) insert_server: String,
}

/// How many requests a client may make where nothing else is said.
#[derive(Debug, Serialize)]
struct General {
    zone: &'static str,
    burst: u32,
}

/// The locations of a host, those of longer paths before others.
pub(super) fn locations(edge: &Edge, service: &Service, site: &edge::Site) -> Vec<Location> {
    let mut routes: Vec<(usize, &Route)> = site.routes.iter().enumerate().collect();
    routes.sort_by(|(_, a), (_, b)| {
        let length = |route: &Route| route.path.as_str().len();
        length(b).cmp(&length(a)).then_with(|| a.path.cmp(&b.path))
    });
    let made = Maker { edge, service, site };
    routes.into_iter().flat_map(|(at, route)| made.locations(at, route)).collect()
}

impl Site {
    /// A host of the edge, with the text of its locations.
    pub(super) fn new(
        header: &str,
        (edge, service): (&Edge, &Service),
        site: &edge::Site,
        locations: String,
    ) -> Self {
        let https = context::port(service, "https", 443);
        let open = service.publish.iter().find(|port| port.container == https);
        let name = if site.host.is_wildcard() { "$host" } else { site.host.as_str() };
        let redirect = match open {
            Some(port) if port.host != 443 => format!("{name}:{}", port.host),
            _ => name.to_owned(),
        };
        let general = edge.limit.map(|rate| General { zone: GENERAL, burst: rate.at_once() });
        Self {
            header: header.to_owned(),
            host: site.host.to_string(),
            redirect,
            http: context::port(service, "http", 80),
            https,
            certificate: format!("{CERTIFICATES}/{}", naming::host(&site.host)),
            challenges: context::challenges(edge),
            limits: general.into_iter().collect(),
            locations,
            closed: site.routes.iter().all(|route| route.path.as_str() != "/"),
            insert_server: String::new(),
        }
    }
}

struct Maker<'a> {
    edge: &'a Edge,
    service: &'a Service,
    site: &'a edge::Site,
}

impl Maker<'_> {
    /// A path stands for itself and all below it, as in Kubernetes: `/docs` does not stand for `/docsets`.
    fn locations(&self, at: usize, route: &Route) -> Vec<Location> {
        let (path, to) = (route.path.as_str(), route.rewrite.as_ref().map(UrlPath::as_str));
        let base = path.trim_end_matches('/');
        let rewrite = to.map(|to| rewrite_below(path, to));
        let below = self.location(at, route, format!("{base}/"), rewrite);
        if path.ends_with('/') {
            return vec![below];
        }
        let itself = self.location(at, route, format!("= {base}"), to.map(rewrite_itself));
        vec![itself, below]
    }

    fn location(
        &self,
        at: usize,
        route: &Route,
        matcher: String,
        rewrite: Option<Rewrite>,
    ) -> Location {
        let cors = route.cors.as_ref().and_then(|cors| {
            let at = context::shared(self.edge).iter().position(|known| *known == cors)?;
            let variable = context::cors_variable(at);
            Some(Shared { variable, credentials: cors.credentials })
        });
        let stays_open = route.websocket || route.stream;
        let kept = route.cache.filter(|_| !stays_open);
        Location {
            route: route.path.to_string(),
            matcher,
            upstream: upstreams::group(&route.service, route.port),
            limits: self.limits(at, route),
            body: differs(route.body, self.edge.body, Memory::nginx),
            unbuffered: route.body.bytes() > context::room(self.service).bytes() / 8,
            timeout: differs(route.timeout, self.edge.timeout, Duration::nginx),
            rewrite,
            kept: kept.map(|time| Kept {
                time: time.nginx(),
                variable: context::kept_variable(time.seconds()),
            }),
            cors,
            websocket: route.websocket,
            stream: route.stream,
            insert: String::new(),
        }
    }

    fn general(&self) -> Option<Limit> {
        self.edge.limit.map(|rate| Limit { zone: GENERAL.to_owned(), burst: rate.at_once() })
    }

    /// A `limit_req` of its own takes a location out of the general limit, so that both stand there.
    fn limits(&self, at: usize, route: &Route) -> Vec<Limit> {
        let Some(limit) = &route.limit else { return Vec::new() };
        let zone = context::zone(self.site.host.as_str(), at);
        self.general().into_iter().chain([Limit { zone, burst: limit.rate.at_once() }]).collect()
    }
}

fn differs<T: PartialEq + Copy>(value: T, default: T, write: fn(T) -> String) -> String {
    if value == default { String::new() } else { write(value) }
}

fn rewrite_itself(to: &str) -> Rewrite {
    let to = to.trim_end_matches('/');
    let replacement = if to.is_empty() { "/" } else { to };
    Rewrite { pattern: "^".to_owned(), replacement: replacement.to_owned() }
}

fn rewrite_below(path: &str, to: &str) -> Rewrite {
    let base = quote::regex::literally(path.trim_end_matches('/'));
    let replacement = format!("{}$1", to.trim_end_matches('/'));
    Rewrite { pattern: format!("^{base}(/.*)$"), replacement }
}

#[cfg(test)]
mod tests {
    use super::Rewrite;

    #[test]
    fn a_prefix_makes_way_for_another() {
        for (path, to, itself, pattern, below) in [
            ("/api", "/", "/", "^/api(/.*)$", "$1"),
            ("/api", "/v2", "/v2", "^/api(/.*)$", "/v2$1"),
            ("/api/", "/v2/", "/v2", "^/api(/.*)$", "/v2$1"),
            ("/", "/v2", "/v2", "^(/.*)$", "/v2$1"),
        ] {
            let Rewrite { replacement, .. } = super::rewrite_itself(to);
            assert_eq!(replacement, itself);
            let rewrite = super::rewrite_below(path, to);
            assert_eq!((rewrite.pattern.as_str(), rewrite.replacement.as_str()), (pattern, below));
        }
    }
}
