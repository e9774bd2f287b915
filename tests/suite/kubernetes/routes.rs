//! Reads routes back with structs that know what Gateway API knows and nothing else: no schema of it is at hand.
//!
//! Source: kubernetes-sigs/gateway-api:apis/v1/`gateway_types.go` and `httproute_types.go` at version 1.5.

#![allow(dead_code, reason = "fields are there to be the only ones that are read")]

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Manifests, list, text};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Gateway {
    gateway_class_name: String,
    listeners: Vec<Listener>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Listener {
    name: String,
    hostname: Option<String>,
    port: u16,
    protocol: String,
    tls: Option<Tls>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Tls {
    mode: String,
    certificate_refs: Vec<Named>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct HttpRoute {
    parent_refs: Vec<Parent>,
    #[serde(default)]
    hostnames: Vec<String>,
    rules: Vec<Rule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Parent {
    name: String,
    section_name: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Rule {
    #[serde(default)]
    matches: Vec<Match>,
    #[serde(default)]
    filters: Vec<Filter>,
    timeouts: Option<Timeouts>,
    #[serde(default)]
    backend_refs: Vec<Backend>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Match {
    path: PathMatch,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PathMatch {
    #[serde(rename = "type")]
    kind: PathKind,
    value: String,
}

#[derive(Deserialize, PartialEq)]
enum PathKind {
    Exact,
    PathPrefix,
    RegularExpression,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, tag = "type")]
enum Filter {
    #[serde(rename_all = "camelCase")]
    RequestRedirect { request_redirect: Redirect },
    #[serde(rename_all = "camelCase")]
    ResponseHeaderModifier { response_header_modifier: Modifier },
    #[serde(rename = "URLRewrite", rename_all = "camelCase")]
    UrlRewrite { url_rewrite: Rewrite },
    #[serde(rename = "CORS")]
    Cors { cors: Cors },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Redirect {
    scheme: String,
    status_code: u16,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Modifier {
    #[serde(default)]
    set: Vec<Header>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    name: String,
    value: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rewrite {
    path: RewritePath,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, tag = "type")]
enum RewritePath {
    #[serde(rename_all = "camelCase")]
    ReplacePrefixMatch { replace_prefix_match: String },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Cors {
    allow_origins: Vec<String>,
    allow_methods: Vec<String>,
    #[serde(default)]
    allow_headers: Vec<String>,
    allow_credentials: bool,
    max_age: i32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Timeouts {
    request: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Backend {
    name: String,
    port: u16,
}

fn spec<T: for<'de> Deserialize<'de>>(object: &Value) -> T {
    let error = |error| panic!("{}: {error}", text(&object["metadata"]["name"]));
    serde_json::from_value(object["spec"].clone()).unwrap_or_else(error)
}

#[test]
fn a_gateway_listens_for_each_host_with_a_certificate_of_its_own() {
    let manifests = Manifests::shop();
    let object = manifests.object("Gateway", "shop");
    assert_eq!(object["apiVersion"], "gateway.networking.k8s.io/v1");
    let annotations = &object["metadata"]["annotations"];
    assert_eq!(annotations["cert-manager.io/cluster-issuer"], "letsencrypt");
    let gateway: Gateway = spec(object);
    let listeners: Vec<_> = gateway
        .listeners
        .iter()
        .map(|one| (one.name.as_str(), one.hostname.as_deref(), one.port, one.protocol.as_str()))
        .collect();
    let expected = [
        ("http", None, 80, "HTTP"),
        ("https-api-ourshop-com", Some("api.ourshop.com"), 443, "HTTPS"),
        ("https-ourshop-com", Some("ourshop.com"), 443, "HTTPS"),
    ];
    assert_eq!(listeners, expected);
    let tls = gateway.listeners[1].tls.as_ref().expect("TLS");
    assert_eq!(
        (tls.mode.as_str(), tls.certificate_refs[0].name.as_str()),
        ("Terminate", "api-ourshop-com-tls")
    );
}

#[test]
fn routes_lead_to_services_that_listen_and_answer_as_the_edge_does() {
    let manifests = Manifests::shop();
    let edge = manifests.known.compiled.models[0].edge.as_ref().expect("an edge");
    let mut led = 0;
    for object in manifests.of_kind("HTTPRoute") {
        let route: HttpRoute = spec(object);
        let gateway: Gateway = spec(manifests.object("Gateway", &route.parent_refs[0].name));
        let section = &route.parent_refs[0].section_name;
        assert!(gateway.listeners.iter().any(|listener| listener.name == *section), "{section}");
        for rule in route.rules.iter().filter(|rule| !rule.backend_refs.is_empty()) {
            let backend = &rule.backend_refs[0];
            let service = manifests.object("Service", &backend.name);
            assert!(
                list(&service["spec"]["ports"]).iter().any(|port| port["port"] == backend.port)
            );
            let Filter::ResponseHeaderModifier { response_header_modifier: headers } =
                &rule.filters[0]
            else {
                panic!("no headers")
            };
            let set = headers.set.iter().map(|one| (one.name.clone(), one.value.clone()));
            assert!(set.zip(&edge.headers).all(|(set, wanted)| set == *wanted));
            assert!(headers.set.len() >= edge.headers.len());
            led += 1;
        }
    }
    assert_eq!(led, 4);
}

#[test]
fn what_a_route_asks_for_is_said_or_told() {
    let manifests = Manifests::shop();
    let route: HttpRoute = spec(manifests.object("HTTPRoute", "api-ourshop-com"));
    let [all, first] = &route.rules[..] else { panic!("two rules") };
    assert!(all.matches[0].path.kind == PathKind::PathPrefix && all.matches[0].path.value == "/");
    assert_eq!(all.timeouts.as_ref().map(|one| one.request.as_str()), Some("1m"));
    let cors = all.filters.iter().find_map(|filter| match filter {
        Filter::Cors { cors } => Some(cors),
        _ => None,
    });
    let cors = cors.expect("a filter");
    assert_eq!(cors.allow_origins, ["https://ourshop.com"]);
    assert_eq!((cors.allow_credentials, cors.max_age), (false, 7200));
    // What streams is never cut off.
    assert_eq!(first.timeouts.as_ref().map(|one| one.request.as_str()), Some("0s"));
    assert!(first.filters.iter().any(|filter| matches!(
        filter,
        Filter::UrlRewrite { url_rewrite: Rewrite { path: RewritePath::ReplacePrefixMatch { replace_prefix_match } } }
            if replace_prefix_match == "/"
    )));
    let path = "kubernetes/production/_namespace/httproute-api-ourshop-com.yaml";
    let text = manifests.known.compiled.tree.get(path).expect("the file").text();
    assert!(
        text.contains("# Not part of Gateway API: at most 10r/s burst 10 for a client"),
        "{text}"
    );
    let cached: HttpRoute = spec(manifests.object("HTTPRoute", "ourshop-com"));
    let Filter::ResponseHeaderModifier { response_header_modifier } = &cached.rules[1].filters[0]
    else {
        panic!("headers")
    };
    // Gateway API would set it on errors too, and browsers would keep those.
    let names: Vec<&str> =
        response_header_modifier.set.iter().map(|header| header.name.as_str()).collect();
    assert!(
        !names.contains(&"Cache-Control") && names.contains(&"X-Content-Type-Options"),
        "{names:?}"
    );
    let path = "kubernetes/production/_namespace/httproute-ourshop-com.yaml";
    let text = manifests.known.compiled.tree.get(path).expect("the route").text();
    assert!(text.contains("Nor is `Cache-Control` on good answers alone"), "{text}");
}

#[test]
fn plain_http_is_sent_to_https() {
    let manifests = Manifests::shop();
    let route: HttpRoute = spec(manifests.object("HTTPRoute", "https-redirect"));
    assert_eq!(route.parent_refs[0].section_name, "http");
    let Filter::RequestRedirect { request_redirect } = &route.rules[0].filters[0] else {
        panic!("no redirect")
    };
    assert_eq!((request_redirect.scheme.as_str(), request_redirect.status_code), ("https", 301));
}

#[test]
fn an_ingress_has_a_class_a_certificate_and_services_that_listen() {
    let manifests = Manifests::of(super::SHOP, "staging");
    assert!(manifests.of_kind("Gateway").next().is_none());
    let ingress = manifests.object("Ingress", "shop");
    assert_eq!(
        ingress["metadata"]["annotations"],
        json!({
            "cert-manager.io/issuer": "self-signed",
            "traefik.ingress.kubernetes.io/router.middlewares":
                "shop-staging-security-headers@kubernetescrd",
        })
    );
    manifests.object("Issuer", "self-signed");
    let spec = &ingress["spec"];
    assert_eq!(spec["ingressClassName"], "traefik");
    for (rule, tls) in list(&spec["rules"]).iter().zip(list(&spec["tls"])) {
        assert_eq!(tls["hosts"], json!([rule["host"]]));
        for path in list(&rule["http"]["paths"]) {
            let to = &path["backend"]["service"];
            let service = manifests.object("Service", text(&to["name"]));
            let ports = list(&service["spec"]["ports"]);
            assert!(ports.iter().any(|port| port["port"] == to["port"]["number"]), "{path}");
        }
    }
    assert_eq!(list(&spec["rules"]).len(), 2);
}

#[test]
fn traefik_sets_the_headers_that_the_gateway_sets() {
    let gateway = Manifests::shop();
    let route: HttpRoute =
        spec(gateway.of_kind("HTTPRoute").find(|one| one["spec"]["hostnames"].is_array()).unwrap());
    let set = route.rules[0].filters.iter().find_map(|filter| match filter {
        Filter::ResponseHeaderModifier { response_header_modifier } => {
            Some(&response_header_modifier.set)
        }
        _ => None,
    });
    let names: Vec<&str> = set.unwrap().iter().map(|header| header.name.as_str()).collect();
    let ingress = Manifests::of(super::SHOP, "staging");
    let middleware = ingress.object("Middleware", "security-headers");
    let headers = middleware["spec"]["headers"]["customResponseHeaders"].as_object().unwrap();
    assert!(headers.keys().all(|name| names.contains(&name.as_str())), "{names:?}");
    assert_eq!(headers["X-Frame-Options"], "DENY");
    assert!(text(&headers["Strict-Transport-Security"]).starts_with("max-age=31536000"));
    assert_eq!(middleware["metadata"]["namespace"], "shop-staging", "that of the Ingress");
}

/// Another controller does not know the object, and is told in words what is left to it.
#[test]
fn other_controllers_are_told_which_headers_to_set() {
    let blueprint = "blueprint: v1\nname: shop\nenvironments: { production: { domain: a.example.com } }\n\
                     services: { api: { image: \"api:1\", port: 80, health: / } }\n\
                     routes: { \"${env.domain}\": { /: api } }\n\
                     kubernetes: { routes: ingress, class: haproxy }\n\
                     waivers: { no-rate-limit: another machine limits clients }\n";
    let tree = crate::compiled::tree(blueprint);
    let folder = "kubernetes/production/_namespace";
    assert!(tree.get(&format!("{folder}/middleware-security-headers.yaml")).is_none());
    let ingress = tree.get(&format!("{folder}/ingress-shop.yaml")).unwrap().text();
    assert!(ingress.contains("on every answer Strict-Transport-Security, X-Frame-Options"));
    assert!(!ingress.contains("traefik"));
}
