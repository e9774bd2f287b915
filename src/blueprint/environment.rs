//! Describes an environment: where the system runs and how it differs there.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::value::{HostName, Name, Percent};

/// A place where the system runs.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Environment {
    /// What rules ask for: how strict they are. Left out, `production`.
    #[serde(default)]
    pub tier: Tier,
    /// The part of file names: `docker-compose.<short>.yml`. Left out, the environment's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub short: Option<Name>,
    /// The domain under which it is reached: `${env.domain}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain: Option<HostName>,
    /// The machine it runs on. Environments on one machine must not share ports, subnets or names. Left out,
    /// all environments are taken to share one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<Name>,
    /// Added to every published host port but the edge's 80 and 443.
    #[serde(default)]
    pub shift_ports: u16,
    /// Scales every request and limit, before overrides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resources: Option<Percent>,
    /// The profiles that this environment runs; in Kubernetes the others stay out of the base.
    #[serde(default)]
    pub profiles: Vec<Name>,
    /// Any part of this blueprint, merged over it: maps by key, scalars and lists replaced, `null` removes.
    #[serde(default, rename = "override", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<crate::blueprint::schema::Partial>")]
    pub overrides: Option<Map<String, Value>>,
}

/// How strict the rules are.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// A developer's own machine.
    Development,
    /// Production's rehearsal.
    Staging,
    /// The real thing.
    #[default]
    Production,
}

impl Tier {
    /// The name as it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Development => "development",
            Self::Staging => "staging",
            Self::Production => "production",
        }
    }
}
