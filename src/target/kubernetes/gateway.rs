//! Turns routes into Gateway API: a gateway with a listener for each host, and a route for each host.

use crate::format::yaml::Comments;
use crate::model::edge::{Cors as Shared, Edge, Route};
use crate::model::naming::{certificate, host_slug};
use crate::target::Error;
use crate::target::kubernetes::cluster::{Cluster, label, object};
use crate::target::kubernetes::edge::{by_hand, issuer, tls_min, unsaid};
use crate::target::kubernetes::folder::{Folder, Place};
use crate::target::kubernetes::schema::edge::{
    BackendRef, CertificateRef, Cors, Filter, Gateway, Header, Headers, HttpMatch, HttpRoute,
    HttpRule, Listener, ListenerTls, ParentRef, PathMatch, Redirect, Rewrite, RewritePath,
    Timeouts,
};

const API: &str = "gateway.networking.k8s.io/v1";

/// How many rules a route may have (`HTTPRouteSpec.Rules`).
const MOST_RULES: usize = 16;

pub(super) fn emit(
    cluster: &Cluster<'_>,
    edge: &Edge,
    folder: &mut Folder<'_, '_>,
) -> Result<(), Error> {
    gateway(cluster, edge, folder)?;
    redirect(cluster, folder)?;
    for (site, routes) in cluster.sites() {
        let host = host_slug(&site.host);
        for (index, routes) in routes.chunks(MOST_RULES).enumerate() {
            let name =
                if index == 0 { host.clone() } else { label(&format!("{host}-{}", index + 1)) };
            let mut comments = Comments::new();
            for (index, route) in routes.iter().enumerate() {
                let about = format!("Not part of Gateway API: {}.", unsaid(edge, route));
                let about = match &route.cache {
                    // A filter sets a header whatever the status is: an error would be kept as long as the page.
                    Some(time) => format!(
                        "{about} Nor is `Cache-Control` on good answers alone: the service sets it, for {}.",
                        time.words()
                    ),
                    None => about,
                };
                comments.insert(format!("/spec/rules/{index}"), about);
            }
            let spec = HttpRoute {
                parent_refs: vec![parent(cluster, &listener(&host))],
                hostnames: vec![site.host.to_string()],
                rules: routes.iter().map(|route| rule(edge, route)).collect(),
            };
            let object = object(API, "HTTPRoute", cluster.common_metadata(name), spec);
            folder.add(&Place::host(&site.host), &object, comments)?;
        }
    }
    Ok(())
}

fn gateway(cluster: &Cluster<'_>, edge: &Edge, folder: &mut Folder<'_, '_>) -> Result<(), Error> {
    let plain =
        Listener { name: "http".to_owned(), hostname: None, port: 80, protocol: "HTTP", tls: None };
    let secure = cluster.sites().map(|(site, _)| Listener {
        name: listener(&host_slug(&site.host)),
        hostname: Some(site.host.to_string()),
        port: 443,
        protocol: "HTTPS",
        tls: Some(ListenerTls {
            mode: "Terminate",
            certificate_refs: vec![CertificateRef { name: certificate(&site.host) }],
        }),
    });
    let spec = Gateway {
        gateway_class_name: cluster.model.kubernetes.class.to_string(),
        listeners: std::iter::once(plain).chain(secure).collect(),
    };
    let mut metadata = cluster.common_metadata(&cluster.model.name);
    metadata.annotations.extend(issuer(cluster, edge));
    let about = format!(
        "The lowest version of TLS is no part of Gateway API: the class must ask for {} or later.",
        tls_min(edge)
    );
    let mut comments = Comments::from([("/spec/gatewayClassName", about)]);
    comments.extend(by_hand(edge).map(|about| ("/spec/listeners", about)));
    folder.add(&Place::common(), &object(API, "Gateway", metadata, spec), comments)
}

/// Sends everything that comes without TLS to where it comes with. The answer to a certificate authority's challenge is
/// a route of its own, with an exact path, and so goes first.
fn redirect(cluster: &Cluster<'_>, folder: &mut Folder<'_, '_>) -> Result<(), Error> {
    let redirect =
        Filter::Redirect { request_redirect: Redirect { scheme: "https", status_code: 301 } };
    let spec = HttpRoute {
        parent_refs: vec![parent(cluster, "http")],
        hostnames: Vec::new(),
        rules: vec![HttpRule {
            matches: Vec::new(),
            filters: vec![redirect],
            timeouts: None,
            backend_refs: Vec::new(),
        }],
    };
    let metadata = cluster.common_metadata("https-redirect");
    folder.add(&Place::common(), &object(API, "HTTPRoute", metadata, spec), Comments::new())
}

fn listener(host: &str) -> String {
    label(&format!("https-{host}"))
}

fn parent(cluster: &Cluster<'_>, section: &str) -> ParentRef {
    ParentRef { name: cluster.model.name.to_string(), section_name: section.to_owned() }
}

fn rule(edge: &Edge, route: &Route) -> HttpRule {
    // What is never over must not be cut off; `0s` is no limit (`HTTPRouteTimeouts`).
    let endless = route.websocket || route.stream;
    let timeout = if endless { "0s".to_owned() } else { route.timeout.go() };
    HttpRule {
        matches: vec![HttpMatch {
            path: PathMatch { kind: "PathPrefix", value: route.path.to_string() },
        }],
        filters: filters(edge, route),
        timeouts: Some(Timeouts { request: timeout }),
        backend_refs: vec![BackendRef { name: route.service.to_string(), port: route.port }],
    }
}

fn filters(edge: &Edge, route: &Route) -> Vec<Filter> {
    let header =
        |(name, value): &(String, String)| Header { name: name.clone(), value: value.clone() };
    let set: Vec<Header> = edge.headers.iter().map(header).collect();
    let mut filters = vec![Filter::Headers { response_header_modifier: Headers { set } }];
    if let Some(rewrite) = &route.rewrite {
        let path =
            RewritePath { kind: "ReplacePrefixMatch", replace_prefix_match: rewrite.to_string() };
        filters.push(Filter::Rewrite { url_rewrite: Rewrite { path } });
    }
    filters.extend(route.cors.as_ref().map(|cors| Filter::Cors { cors: shared(cors) }));
    filters
}

fn shared(cors: &Shared) -> Cors {
    Cors {
        allow_origins: cors.origins.clone(),
        allow_methods: cors.methods.clone(),
        allow_headers: cors.headers.clone(),
        allow_credentials: cors.credentials,
        max_age: cors.max_age.seconds(),
    }
}
