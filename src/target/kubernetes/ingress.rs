//! Turns routes into an `Ingress`, for controllers that know nothing else.

use crate::format::yaml::Comments;
use crate::model::edge::{Edge, Route};
use crate::model::naming::certificate;
use crate::target::Error;
use crate::target::kubernetes::cluster::{Cluster, object};
use crate::target::kubernetes::edge::{by_hand, issuer, tls_min, unsaid};
use crate::target::kubernetes::folder::{Folder, Place};
use crate::target::kubernetes::schema::edge::{
    Ingress, IngressBackend, IngressPath, IngressPaths, IngressPort, IngressRule, IngressService,
    IngressTls, Middleware, MiddlewareHeaders,
};
use crate::target::kubernetes::schema::meta::Pairs;

/// The name of the object that holds the headers.
const HEADERS: &str = "security-headers";

pub(super) fn emit(
    cluster: &Cluster<'_>,
    edge: &Edge,
    folder: &mut Folder<'_, '_>,
) -> Result<(), Error> {
    let tls = cluster.sites().map(|(site, _)| IngressTls {
        hosts: vec![site.host.to_string()],
        secret_name: certificate(&site.host),
    });
    let rules = cluster.sites().map(|(site, routes)| IngressRule {
        host: site.host.to_string(),
        http: IngressPaths { paths: routes.into_iter().map(path).collect() },
    });
    let spec = Ingress {
        ingress_class_name: cluster.model.kubernetes.class.to_string(),
        tls: tls.collect(),
        rules: rules.collect(),
    };
    let mut metadata = cluster.common_metadata(&cluster.model.name);
    metadata.annotations.extend(issuer(cluster, edge));
    if cluster.model.kubernetes.sets_headers() {
        metadata.annotations.extend(headers(cluster, edge, folder)?);
    }
    let object = object("networking.k8s.io/v1", "Ingress", metadata, spec);
    folder.add(&Place::common(), &object, comments(cluster, edge))
}

/// The headers of every answer, and the annotation that has them set (doc.traefik.io: "Headers", "Traefik Kubernetes
/// Ingress Routing Configuration").
fn headers(
    cluster: &Cluster<'_>,
    edge: &Edge,
    folder: &mut Folder<'_, '_>,
) -> Result<Pairs, Error> {
    let spec = Middleware {
        headers: MiddlewareHeaders {
            custom_response_headers: edge.headers.iter().cloned().collect(),
        },
    };
    let metadata = cluster.common_metadata(HEADERS);
    let middleware = object("traefik.io/v1alpha1", "Middleware", metadata, spec);
    folder.add(&Place::common(), &middleware, Comments::new())?;
    let reference = format!("{}-{HEADERS}@kubernetescrd", cluster.namespace());
    Ok([("traefik.ingress.kubernetes.io/router.middlewares".to_owned(), reference)]
        .into_iter()
        .collect())
}

fn path(route: &Route) -> IngressPath {
    IngressPath {
        path: route.path.to_string(),
        path_type: "Prefix",
        backend: IngressBackend {
            service: IngressService {
                name: route.service.to_string(),
                port: IngressPort { number: route.port },
            },
        },
    }
}

/// What an `Ingress` cannot say, said to whoever sets up the controller.
fn comments(cluster: &Cluster<'_>, edge: &Edge) -> Comments {
    let headers: Vec<&str> = edge.headers.iter().map(|(name, _)| name.as_str()).collect();
    let headers = if cluster.model.kubernetes.sets_headers() {
        String::new()
    } else {
        format!(", and on every answer {}", headers.join(", "))
    };
    let mut comments = Comments::from([(
        "/spec/ingressClassName",
        format!(
            "Not part of Ingress, and so the controller's: TLS {} or later, the way from HTTP to HTTPS{headers}.",
            tls_min(edge)
        ),
    )]);
    comments.extend(by_hand(edge).map(|about| ("/spec/tls", about)));
    for (rule, (_, routes)) in cluster.sites().enumerate() {
        for (index, route) in routes.iter().enumerate() {
            let open = if route.websocket || route.stream {
                "may be silent for"
            } else {
                "answers within"
            };
            let mut unsaid = vec![unsaid(edge, route), format!("{open} {}", route.timeout.words())];
            unsaid.extend(route.rewrite.as_ref().map(|to| format!("the prefix replaced by {to}")));
            unsaid.extend(
                route.cors.as_ref().map(|cors| format!("answers for {}", cors.origins.join(", "))),
            );
            unsaid.extend(route.cache.as_ref().map(|cache| format!("kept for {}", cache.words())));
            let at = format!("/spec/rules/{rule}/http/paths/{index}");
            comments.insert(at, format!("Not part of Ingress: {}.", unsaid.join(", ")));
        }
    }
    comments
}
