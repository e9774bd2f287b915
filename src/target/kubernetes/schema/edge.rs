//! Holds what leads requests from outside to services: Gateway API, Ingress, and what signs certificates.

use serde::Serialize;

use crate::target::kubernetes::schema::meta::Pairs;

/// kubernetes-sigs/gateway-api:apis/v1/gateway_types.go
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Gateway {
    pub(crate) gateway_class_name: String,
    pub(crate) listeners: Vec<Listener>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Listener {
    pub(crate) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) hostname: Option<String>,
    pub(crate) port: u16,
    pub(crate) protocol: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tls: Option<ListenerTls>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ListenerTls {
    pub(crate) mode: &'static str,
    pub(crate) certificate_refs: Vec<CertificateRef>,
}

#[derive(Debug, Serialize)]
pub(crate) struct CertificateRef {
    pub(crate) name: String,
}

/// kubernetes-sigs/gateway-api:apis/v1/httproute_types.go
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HttpRoute {
    pub(crate) parent_refs: Vec<ParentRef>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) hostnames: Vec<String>,
    pub(crate) rules: Vec<HttpRule>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ParentRef {
    pub(crate) name: String,
    pub(crate) section_name: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HttpRule {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) matches: Vec<HttpMatch>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) filters: Vec<Filter>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) timeouts: Option<Timeouts>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) backend_refs: Vec<BackendRef>,
}

#[derive(Debug, Serialize)]
pub(crate) struct HttpMatch {
    pub(crate) path: PathMatch,
}

#[derive(Debug, Serialize)]
pub(crate) struct PathMatch {
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    pub(crate) value: String,
}

/// A filter; the name of its type stands beside it (`HTTPRouteFilterType`).
#[derive(Debug, Serialize)]
#[serde(tag = "type")]
pub(crate) enum Filter {
    #[serde(rename = "RequestRedirect", rename_all = "camelCase")]
    Redirect { request_redirect: Redirect },
    #[serde(rename = "ResponseHeaderModifier", rename_all = "camelCase")]
    Headers { response_header_modifier: Headers },
    #[serde(rename = "URLRewrite", rename_all = "camelCase")]
    Rewrite { url_rewrite: Rewrite },
    #[serde(rename = "CORS")]
    Cors { cors: Cors },
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Redirect {
    pub(crate) scheme: &'static str,
    pub(crate) status_code: u16,
}

#[derive(Debug, Serialize)]
pub(crate) struct Headers {
    pub(crate) set: Vec<Header>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Header {
    pub(crate) name: String,
    pub(crate) value: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct Rewrite {
    pub(crate) path: RewritePath,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RewritePath {
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    pub(crate) replace_prefix_match: String,
}

/// In the standard channel since Gateway API 1.5 (gateway-api.sigs.k8s.io/guides/http-cors).
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Cors {
    pub(crate) allow_origins: Vec<String>,
    pub(crate) allow_methods: Vec<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) allow_headers: Vec<String>,
    pub(crate) allow_credentials: bool,
    pub(crate) max_age: u64,
}

#[derive(Debug, Serialize)]
pub(crate) struct Timeouts {
    pub(crate) request: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct BackendRef {
    pub(crate) name: String,
    pub(crate) port: u16,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Ingress {
    pub(crate) ingress_class_name: String,
    pub(crate) tls: Vec<IngressTls>,
    pub(crate) rules: Vec<IngressRule>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct IngressTls {
    pub(crate) hosts: Vec<String>,
    pub(crate) secret_name: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct IngressRule {
    pub(crate) host: String,
    pub(crate) http: IngressPaths,
}

#[derive(Debug, Serialize)]
pub(crate) struct IngressPaths {
    pub(crate) paths: Vec<IngressPath>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct IngressPath {
    pub(crate) path: String,
    pub(crate) path_type: &'static str,
    pub(crate) backend: IngressBackend,
}

#[derive(Debug, Serialize)]
pub(crate) struct IngressBackend {
    pub(crate) service: IngressService,
}

#[derive(Debug, Serialize)]
pub(crate) struct IngressService {
    pub(crate) name: String,
    pub(crate) port: IngressPort,
}

#[derive(Debug, Serialize)]
pub(crate) struct IngressPort {
    pub(crate) number: u16,
}

/// What Traefik does to every answer (traefik/traefik:pkg/provider/kubernetes/crd/traefikio/v1alpha1/middleware.go).
#[derive(Debug, Serialize)]
pub(crate) struct Middleware {
    pub(crate) headers: MiddlewareHeaders,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MiddlewareHeaders {
    pub(crate) custom_response_headers: Pairs,
}

/// An issuer of cert-manager that needs nobody else (cert-manager/cert-manager:pkg/apis/certmanager/v1/types_issuer.go).
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Issuer {
    pub(crate) self_signed: SelfSigned,
}

#[derive(Debug, Serialize)]
pub(crate) struct SelfSigned {}
