//! Describes a route: who answers a path, and under which conditions.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::blueprint::reference::Text;
use crate::value::{Duration, LimitKey, Memory, Name, Rate, UrlPath};

/// Who answers a path; written short as the service's name.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// The service that answers.
    pub to: Name,
    /// The name of its port; its first when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<Name>,
    /// The gateway that stands between the edge and the service, such as Kong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub through: Option<Name>,
    /// How long browsers and the edge may keep answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache: Option<Duration>,
    /// How many requests a client may make. A rate alone is short for `{ rate: RATE }`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<Limit>,
    /// Which other origins may read answers in a browser.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cors: Option<Cors>,
    /// Whether connections are upgraded to WebSocket.
    #[serde(default)]
    pub websocket: bool,
    /// Whether answers are passed on as they come, such as server-sent events.
    #[serde(default)]
    pub stream: bool,
    /// The prefix to put in place of the path; `/` strips it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rewrite: Option<UrlPath>,
    /// How large a request may be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Memory>,
    /// How long an answer may take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<Duration>,
}

/// How many requests a client may make.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// How many, and how many more at once.
    pub rate: Rate,
    /// What tells clients apart: a header, such as `authorization`, or `cookie NAME`; the address when left out, and
    /// for requests without one. A client can make up as many as it likes: the edge's own limit, by address, stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<LimitKey>,
}

/// Cross-origin resource sharing.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cors {
    /// The origins that may read answers, such as `https://example.com`.
    pub origins: Vec<Text>,
    /// The methods they may use.
    #[serde(default = "methods")]
    pub methods: Vec<Method>,
    /// The request headers they may set.
    #[serde(default = "headers")]
    #[schemars(inner(regex(pattern = r"^[A-Za-z0-9-]+$")))]
    pub headers: Vec<String>,
    /// Whether cookies are sent along.
    #[serde(default)]
    pub credentials: bool,
    /// How long a browser may keep the answer to a preflight.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age: Option<Duration>,
}

fn methods() -> Vec<Method> {
    vec![Method::Get, Method::Post, Method::Put, Method::Patch, Method::Delete]
}

fn headers() -> Vec<String> {
    ["Authorization", "Content-Type"].map(str::to_owned).to_vec()
}

/// A method of HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
#[allow(missing_docs, reason = "the methods are the standard's")]
pub enum Method {
    Get,
    Head,
    Post,
    Put,
    Patch,
    Delete,
}

impl Method {
    /// The name as it is sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}
