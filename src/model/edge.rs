//! Describes the server in front, everything decided.

use serde::Serialize;

pub use crate::blueprint::edge::{CertificateSource, TlsVersion};
pub use crate::blueprint::route::Limit;
use crate::model::text::Text;
use crate::value::{Duration, HostName, Memory, Name, Rate, UrlPath};

/// The server in front.
#[derive(Debug, Clone, Serialize)]
pub struct Edge {
    /// The service that plays the part in Docker Compose.
    pub service: Name,
    /// Where certificates come from.
    pub certificates: CertificateSource,
    /// The lowest version of TLS.
    pub tls_min: TlsVersion,
    /// The address that the certificate authority writes to; empty for none.
    pub email: Text,
    /// Headers on every answer, in order, `Strict-Transport-Security` among them.
    pub headers: Vec<(String, String)>,
    /// How many requests a client may make, over all routes.
    pub limit: Option<Rate>,
    /// How large a request may be where a route does not say.
    pub body: Memory,
    /// How long an answer may take where a route does not say.
    pub timeout: Duration,
    /// The hosts that answer.
    pub sites: Vec<Site>,
}

/// A host that answers.
#[derive(Debug, Clone, Serialize)]
pub struct Site {
    /// Its name.
    pub host: HostName,
    /// Its routes, by path.
    pub routes: Vec<Route>,
}

/// Who answers a path.
#[derive(Debug, Clone, Serialize)]
pub struct Route {
    /// The path: it and all below it.
    pub path: UrlPath,
    /// The service that answers.
    pub service: Name,
    /// Its port.
    pub port: u16,
    /// Whom it hands requests on to, where it is a gateway.
    pub behind: Option<Behind>,
    /// How long browsers and the edge may keep answers.
    pub cache: Option<Duration>,
    /// How many requests a client may make.
    pub limit: Option<Limit>,
    /// Which other origins may read answers.
    pub cors: Option<Cors>,
    /// Whether connections are upgraded to WebSocket.
    pub websocket: bool,
    /// Whether answers are passed on as they come.
    pub stream: bool,
    /// The prefix to put in place of the path, where there is one.
    pub rewrite: Option<UrlPath>,
    /// How large a request may be.
    pub body: Memory,
    /// How long an answer may take; of one that stays open, how long it may be silent.
    pub timeout: Duration,
}

/// Who answers behind a gateway.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Behind {
    /// The service.
    pub service: Name,
    /// Its port.
    pub port: u16,
}

/// Cross-origin resource sharing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cors {
    /// The origins that may read answers.
    pub origins: Vec<String>,
    /// The methods they may use.
    pub methods: Vec<&'static str>,
    /// The request headers they may set.
    pub headers: Vec<String>,
    /// Whether cookies are sent along.
    pub credentials: bool,
    /// How long a browser may keep the answer to a preflight.
    pub max_age: Duration,
}
