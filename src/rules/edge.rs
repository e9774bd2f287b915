//! Finds routes that lead where nobody should come, and hosts that get no certificate.

use crate::diagnostic::{Code, Diagnostic};
use crate::model::Tier;
use crate::model::edge::CertificateSource;
use crate::rules::View;
use crate::rules::findings::Findings;
use crate::rules::hardening::is_data_store;
use crate::source::pointer;
use crate::value::{HostName, Memory, Name};

/// Top-level names that no public authority certifies: RFC 6761, RFC 6762, RFC 8375 and ICANN's `internal`.
const PRIVATE: &[&str] = &[
    "arpa",
    "corp",
    "home",
    "internal",
    "invalid",
    "lan",
    "local",
    "localhost",
    "test",
    "example",
];

/// More than a client sends in one request: at 1 Gbit/s it takes more than a minute.
const HUGE: Memory = Memory::from_mebibytes(16 * 1024);

/// A route that leads to a data store.
pub(super) fn routed_data_store(view: &View<'_>, found: &mut Findings<'_>) {
    for (host, routes) in &view.blueprint.routes {
        for (path, route) in routes {
            let Some(service) = view.model.services.get(&route.to) else { continue };
            if !is_data_store(service) {
                continue;
            }
            let at = pointer::push(&pointer::push("/routes", host), path);
            let diagnostic = Diagnostic::error(
                Code::ExposedDataStore,
                format!("a route leads to the data store `{}`", route.to),
            )
            .at(view.locator.value(&format!("{at}/to")), "everybody could reach it")
            .help("route to the service that reads and writes it");
            found.push_unless_waived(&route.to, diagnostic);
        }
    }
}

/// A request that takes hours to come in.
pub(super) fn huge_body(view: &View<'_>, found: &mut Findings<'_>) {
    let mut check = |body: Option<Memory>, at: &dyn Fn() -> String| {
        let Some(body) = body.filter(|body| *body > HUGE) else { return };
        found.push(
            Diagnostic::warning(Code::HugeBody, format!("a request may be {body} large"))
                .at(view.locator.value(&at()), "")
                .help(format!("write {HUGE} or less, and let clients send larger files in parts")),
        );
    };
    let edge = view.blueprint.edge.as_ref().and_then(|edge| edge.body);
    check(edge, &|| "/edge/body".to_owned());
    for (host, routes) in &view.blueprint.routes {
        for (path, route) in routes {
            let at = || pointer::push(&pointer::push("/routes", host), path);
            check(route.body, &|| at() + "/body");
        }
    }
}

/// A route of production that answers any number of requests.
pub(super) fn no_rate_limit(view: &View<'_>, found: &mut Findings<'_>) {
    let Some(edge) = view.model.edge.as_ref() else { return };
    if view.model.environment.tier != Tier::Production || edge.limit.is_some() {
        return;
    }
    let all = edge.sites.iter().flat_map(|site| site.routes.iter().map(move |route| (site, route)));
    let open: Vec<_> = all.filter(|(_, route)| route.limit.is_none()).collect();
    let Some((site, route)) = open.first() else { return };
    let more = match open.len() - 1 {
        0 => String::new(),
        1 => " and one more route".to_owned(),
        more => format!(" and {more} more routes"),
    };
    let services: Vec<Name> = open.iter().map(|(_, route)| route.service.clone()).collect();
    let at = pointer::push(&pointer::push("/routes", site.host.as_str()), route.path.as_str());
    let diagnostic = Diagnostic::error(
        Code::NoRateLimit,
        format!("nothing limits how often a client asks for `{}{}`{more}", site.host, route.path),
    )
    .at(view.locator.key(&at), "one client can take all there is")
    .help("write `edge: { limit: 50r/s burst 100 }`, or a `limit` for each route");
    found.push_unless_waived_for(&services, diagnostic);
}

/// A host for which Let's Encrypt gives no certificate through HTTP.
pub(super) fn not_certifiable(view: &View<'_>, found: &mut Findings<'_>) {
    let Some(edge) = view.model.edge.as_ref() else { return };
    if edge.certificates != CertificateSource::Letsencrypt {
        return;
    }
    for site in &edge.sites {
        let Some(why) = refusal(&site.host) else { continue };
        let at = pointer::push("/routes", site.host.as_str());
        found.push(
            Diagnostic::warning(
                Code::NotCertifiable,
                format!("Let's Encrypt gives no certificate for `{}`: {why}", site.host),
            )
            .at(view.locator.key(&at), "browsers would warn of this host")
            .help("write `edge: { tls: self-signed }` for a private system, or `tls: files` with a certificate of your own"),
        );
    }
}

/// Two routes of one host whose paths differ in a slash at the end: a path stands for itself and all below it, so that
/// both would answer the same requests.
pub(super) fn duplicate_route(view: &View<'_>, found: &mut Findings<'_>) {
    let Some(edge) = view.model.edge.as_ref() else { return };
    for site in &edge.sites {
        let bare = |at: usize| site.routes[at].path.as_str().trim_end_matches('/');
        for at in 0..site.routes.len() {
            let Some(first) = (0..at).find(|first| bare(*first) == bare(at)) else { continue };
            let at_host = pointer::push("/routes", site.host.as_str());
            let place = |at: usize| {
                view.locator.key(&pointer::push(&at_host, site.routes[at].path.as_str()))
            };
            let (first, at) = if place(first) < place(at) { (first, at) } else { (at, first) };
            let (one, two) = (&site.routes[first].path, &site.routes[at].path);
            found.push(
                Diagnostic::error(
                    Code::DuplicateRoute,
                    format!("`{one}` and `{two}` of `{}` are the same route", site.host),
                )
                .at(place(at), "said again here")
                .at(place(first), "first said here")
                .help(format!(
                    "keep one of the two; `{}` stands for itself and all below it",
                    bare(at)
                )),
            );
        }
    }
}

fn refusal(host: &HostName) -> Option<&'static str> {
    let last = host.as_str().rsplit('.').next().unwrap_or_default();
    if host.is_wildcard() {
        Some("a wildcard needs a challenge through DNS")
    } else if PRIVATE.contains(&last) || last == host.as_str() {
        Some("the public cannot look it up")
    } else {
        None
    }
}
