//! Describes a variable: who sets it, what it may be, and what it may not be where.

use crate::map::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::blueprint::environment::Tier;
use crate::blueprint::reference::Text;
use crate::value::keyed::Keyed;
use crate::value::{Cron, Generator, Host, HostName, PortNumber};

/// A variable that services read. A plain value is short for `{ fixed: VALUE }`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Variable {
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// What kind of value it takes.
    #[serde(default, rename = "type")]
    pub kind: VariableKind,
    /// The value, set here and not by the operator; may hold references.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixed: Option<Text>,
    /// The value that the template proposes to the operator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Text>,
    /// Whether the operator may leave it empty.
    #[serde(default)]
    pub optional: bool,
    /// Whether nobody but the services may see it.
    #[serde(default)]
    pub secret: bool,
    /// The fewest characters it may have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_length: Option<u32>,
    /// How `env fill` makes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generate: Option<Generator>,
    /// Whether it is read while the image is built; then it is public.
    #[serde(default)]
    pub build: bool,
    /// What the value must be like, by tier.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    #[schemars(with = "Keyed<Tier, Requirement>")]
    pub require: IndexMap<Tier, Requirement>,
    /// Values that are refused everywhere, such as `changeme`; compared without regard to case.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub forbid: Vec<String>,
}

/// What kind of value a variable takes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum VariableKind {
    /// Any text.
    #[default]
    Text,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// `true` or `false`.
    Bool,
    /// An absolute URL.
    Url,
    /// An e-mail address.
    Email,
    /// A host name or an address.
    Host,
    /// A port.
    Port,
    /// A schedule in five fields, as cron and Kubernetes read it.
    Cron,
    /// JSON.
    Json,
}

/// What a value must be like.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// It must be this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub equals: Option<Scalar>,
    /// It must start with this, such as `https://` or `sk_live_`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
    /// It must be none of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub forbid: Vec<String>,
}

/// A plain value: text, number or truth value; kept as text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Scalar(pub String);

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Text::deserialize(deserializer).map(|text| Self(text.0))
    }
}

impl JsonSchema for Scalar {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Scalar".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": ["string", "number", "boolean"] })
    }
}

impl VariableKind {
    /// What such a value is, as a noun with its article.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Integer => "a whole number",
            Self::Number => "a number",
            Self::Bool => "`true` or `false`",
            Self::Url => "an absolute URL",
            Self::Email => "an e-mail address",
            Self::Host => "a host name or an address",
            Self::Port => "a port from 1 to 65535",
            Self::Cron => "a schedule such as `0 2 * * *`",
            Self::Json => "JSON",
        }
    }

    /// Whether a value of this kind can start with a text.
    pub fn can_start_with(self, prefix: &str) -> bool {
        match self {
            Self::Bool => ["true", "false"].iter().any(|value| value.starts_with(prefix)),
            Self::Integer | Self::Number | Self::Port => {
                prefix.chars().all(|next| next.is_ascii_digit() || "+-.eE".contains(next))
            }
            _ => true,
        }
    }

    /// Whether a value is of this kind.
    ///
    /// # Errors
    /// What is expected, as a noun with its article.
    pub fn check(self, value: &str) -> Result<(), &'static str> {
        let good = match self {
            Self::Text => true,
            Self::Integer => value.parse::<i64>().is_ok(),
            Self::Number => value.parse::<f64>().is_ok_and(f64::is_finite),
            Self::Bool => matches!(value, "true" | "false"),
            Self::Url => is_url(value),
            Self::Email => is_email(value),
            Self::Host => Host::parse(value).is_ok(),
            Self::Port => PortNumber::parse(value).is_ok(),
            Self::Cron => Cron::parse(value).is_ok(),
            Self::Json => serde_json::from_str::<serde_json::Value>(value).is_ok(),
        };
        if good { Ok(()) } else { Err(self.noun()) }
    }
}

/// A scheme, `://`, and something after it without blanks: whether the place exists is not ours to know.
fn is_url(value: &str) -> bool {
    value.split_once("://").is_some_and(|(scheme, rest)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+.-".contains(c))
            && !rest.is_empty()
            && !rest.contains(|c: char| c.is_whitespace() || c.is_control())
    })
}

fn is_email(value: &str) -> bool {
    value.rsplit_once('@').is_some_and(|(local, host)| {
        !local.is_empty() && !local.contains(char::is_whitespace) && HostName::parse(host).is_ok()
    })
}
