//! Describes the server in front: TLS, headers and limits for all routes.

use crate::map::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::blueprint::reference::Text;
use crate::value::{Duration, Memory, Rate, Uses};

/// The server in front of all routes.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Edge {
    /// The catalogue component; `nginx` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"nginx")]
    pub uses: Option<Uses>,
    /// How connections are encrypted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls: Option<Tls>,
    /// How long browsers must insist on HTTPS; a duration alone is short for `{ age: DURATION }`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hsts: Option<Hsts>,
    /// Security headers on every answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headers: Option<Headers>,
    /// How many requests a client may make, over all routes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<Rate>,
    /// How large a request may be; `10Mi` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Memory>,
    /// How long an answer may take; `60s` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<Duration>,
}

/// How long browsers must insist on HTTPS.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Hsts {
    /// For how long after each answer; 365 days when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age: Option<Duration>,
    /// Whether every subdomain of each host must speak HTTPS too, those included that are no part of this system.
    #[serde(default)]
    pub subdomains: bool,
}

/// How connections are encrypted.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// Where certificates come from; `letsencrypt` when left out.
    #[serde(default)]
    pub by: CertificateSource,
    /// The lowest version of TLS; `"1.2"` when left out.
    #[serde(default)]
    pub min: TlsVersion,
    /// The address that the certificate authority writes to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Text>,
}

/// Where certificates come from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CertificateSource {
    /// Let's Encrypt, through the HTTP challenge, renewed by itself.
    #[default]
    Letsencrypt,
    /// Files that the operator puts into the volume `certificates`: for each host a folder of its name (with `_wildcard`
    /// for `*`) that holds `fullchain.pem`, the certificate with its chain, and `privkey.pem`. They belong to the edge's
    /// user (`101:101` of nginx) and have mode `0600`. The edge waits for them, and reloads when they change. `build` and
    /// `env fill` end with the commands that copy them from `certificates/HOST/`, also for Kubernetes, where the files of
    /// a host are a Secret.
    Files,
    /// Made at the first start, for machines that nobody else visits.
    SelfSigned,
}

/// A version of TLS.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
pub enum TlsVersion {
    /// TLS 1.2.
    #[default]
    #[serde(rename = "1.2")]
    V1_2,
    /// TLS 1.3.
    #[serde(rename = "1.3")]
    V1_3,
}

/// Security headers on every answer; `X-Content-Type-Options: nosniff` is always set.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Headers {
    /// Who may show the pages in a frame; nobody when left out.
    #[serde(default)]
    pub frame: Frame,
    /// The content security policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub csp: Option<Text>,
    /// The referrer policy; `strict-origin-when-cross-origin` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub referrer: Option<Text>,
    /// The permissions policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permissions: Option<Text>,
    /// Further headers by name.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub extra: IndexMap<String, Text>,
}

/// Who may show the pages in a frame.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Frame {
    /// Nobody.
    #[default]
    Deny,
    /// Pages of the same origin.
    Sameorigin,
}
