//! Turns a collection of the system, such as its routes, into members whose values `${each.…}` stands for.

use crate::map::IndexMap;

use crate::blueprint::route::Route;
use crate::catalog::collection::Collection;
use crate::format::quote;
use crate::model::Role;
use crate::model::edge::CertificateSource;
use crate::resolve::edge::timeout;
use crate::resolve::parts::Part;
use crate::resolve::scaling;
use crate::resolve::scope::{Found, Scope, Unresolved};
use crate::resolve::tree;
use crate::value::Name;

/// What `${each.KEY}` stands for, by key; `None` for what this member lacks, though others have it.
pub(super) type Member = IndexMap<&'static str, Option<String>>;

/// The members of a collection, as a service sees it.
pub(super) fn members(
    scope: &Scope<'_>,
    collection: Collection,
    of: &Name,
    found: &mut Found,
) -> Result<Vec<Member>, Unresolved> {
    Ok(match collection {
        Collection::Routes => routes(scope, |_| true),
        Collection::Passed => routes(scope, |route| route.through.as_ref() == Some(of)),
        Collection::Hosts => {
            scope.blueprint.routes.keys().map(|host| of_host(scope, host)).collect()
        }
        Collection::AutoscaleMetrics => metrics(scope),
        Collection::Services => {
            scope.parts.iter().map(|(name, part)| service(name.as_str(), part)).collect()
        }
        Collection::Datasources => sources(scope, found)?,
    })
}

/// What answers questions about metrics, logs and traces.
fn sources(scope: &Scope<'_>, found: &mut Found) -> Result<Vec<Member>, Unresolved> {
    let mut members: Vec<Member> = Vec::new();
    for (name, part) in scope.parts {
        let Some(source) = part.entry.as_ref().and_then(|entry| entry.datasource.as_ref()) else {
            continue;
        };
        let url = found.take(scope.resolve(&source.url, Some(name))?);
        let mut faults = Vec::new();
        let json = tree::resolve(scope, name, &source.json, (found, &mut faults));
        if let Some(fault) = faults.into_iter().next() {
            return Err(fault);
        }
        let taken = members.iter().any(|one| one["title"].as_ref() == Some(&source.title));
        let title = if taken { format!("{} {name}", source.title) } else { source.title.clone() };
        let first = part.role() == Role::Metrics
            && members.iter().all(|one| one["default"].as_deref() != Some("true"));
        members.push(Member::from_iter([
            ("name", Some(name.to_string())),
            ("title", Some(title)),
            ("type", Some(source.kind.clone())),
            ("url", url.as_literal().map(str::to_owned)),
            ("json", Some(json.to_string())),
            ("default", Some(first.to_string())),
        ]));
    }
    Ok(members)
}

fn routes(scope: &Scope<'_>, wanted: impl Fn(&Route) -> bool) -> Vec<Member> {
    let mut names = Vec::new();
    let mut members = Vec::new();
    for (host, routes) in &scope.blueprint.routes {
        for (path, route) in routes.iter().filter(|(_, route)| wanted(route)) {
            let name = unique(&slug(&[host, path]), &names);
            names.push(name.clone());
            let mut member = of_host(scope, host);
            member.insert("name", Some(name));
            member.extend(of_route(scope, host, path, route));
            members.push(member);
        }
    }
    members
}

fn of_host(scope: &Scope<'_>, host: &str) -> Member {
    let tls = scope.blueprint.edge.as_ref().and_then(|edge| edge.tls.as_ref());
    let certificates = match tls.map(|tls| tls.by).unwrap_or_default() {
        CertificateSource::Letsencrypt => "letsencrypt",
        CertificateSource::Files => "files",
        CertificateSource::SelfSigned => "self-signed",
    };
    let name = slug(&[host]);
    [("name", name), ("host", host.to_owned()), ("certificates", certificates.to_owned())]
        .map(|(key, value)| (key, Some(value)))
        .into_iter()
        .collect()
}

fn of_route(scope: &Scope<'_>, host: &str, path: &str, route: &Route) -> Member {
    let target = scope.parts.get(&route.to);
    let port = target.and_then(|part| match &route.port {
        Some(name) => part.port(name.as_str()),
        None => part.first_port(),
    });
    let timeout = timeout(route, scope.blueprint.edge.as_ref().and_then(|edge| edge.timeout));
    // A wildcard stands for names that nobody can list.
    let url = (!host.starts_with("*.")).then(|| format!("https://{host}{path}"));
    Member::from_iter([
        ("path", Some(path.to_owned())),
        ("below", Some(format!("{}/", path.trim_end_matches('/')))),
        ("pattern", (!path.ends_with('/')).then(|| quote::regex::literally(path))),
        ("scheme", Some("https".to_owned())),
        ("url", url),
        ("service", Some(route.to.to_string())),
        ("to.host", Some(route.to.to_string())),
        ("to.port", port.map(|port| port.to_string())),
        ("rewrite", route.rewrite.as_ref().map(|to| prefix(to.as_str()))),
        ("rewritten", Some(route.rewrite.is_some().to_string())),
        ("buffered", Some((!route.stream).to_string())),
        ("websocket", Some(route.websocket.to_string())),
        ("timeout.milliseconds", Some(timeout.millis().to_string())),
    ])
}

fn metrics(scope: &Scope<'_>) -> Vec<Member> {
    let mut members = Vec::new();
    for (name, part) in scope.parts {
        let metrics = part.written.autoscale.iter().flat_map(|autoscale| &autoscale.metrics);
        members.extend(metrics.map(|(metric, written)| {
            let one = scaling::metric(name, metric, written);
            let values = [("name", one.name), ("job", one.job), ("expr", one.expr)];
            values.map(|(key, value)| (key, Some(value))).into_iter().collect()
        }));
    }
    members
}

fn service(name: &str, part: &Part) -> Member {
    Member::from_iter([
        ("name", Some(name.to_owned())),
        ("host", Some(name.to_owned())),
        ("port", part.first_port().map(|port| port.to_string())),
    ])
}

/// A prefix without `/` at its end, unless it is nothing else.
fn prefix(path: &str) -> String {
    let prefix = path.trim_end_matches('/');
    if prefix.is_empty() { "/" } else { prefix }.to_owned()
}

/// Texts as one name: lower case, joined by hyphens.
fn slug(parts: &[&str]) -> String {
    let words = parts.iter().flat_map(|part| part.split(|c: char| !c.is_ascii_alphanumeric()));
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    words.join("-").to_lowercase()
}

/// The name, with a number behind it where it is taken.
fn unique(name: &str, taken: &[String]) -> String {
    let numbered = (2..).map(|number| format!("{name}-{number}"));
    let mut names = std::iter::once(name.to_owned()).chain(numbered);
    names.find(|name| !taken.contains(name)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{slug, unique};

    #[test]
    fn names_are_apart() {
        assert_eq!(slug(&["api.example.com", "/v1/"]), "api-example-com-v1");
        let taken = ["a".to_owned(), "a-2".to_owned()];
        assert_eq!(unique("a", &taken), "a-3");
        assert_eq!(unique("b", &taken), "b");
    }
}
