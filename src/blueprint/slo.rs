//! Describes what the people who use a service may expect of it: its objectives.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::value::{Duration, Percent};

/// What may be expected of a service over 30 days. Alerts follow: they say how fast the share that may go wrong is used
/// up, not that something went wrong.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Objectives {
    /// The least share of time in which it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"99.9%")]
    pub availability: Option<Percent>,
    /// The greatest share of requests that may fail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"0.1%")]
    pub errors: Option<Percent>,
    /// The least share of requests that are answered in time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency: Option<InTime>,
}

/// How many requests are answered how fast: `{ share: 95%, under: 2s }` is the 95th percentile below two seconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InTime {
    /// The least share of requests.
    pub share: Percent,
    /// The time; a bound that the program counts by.
    pub under: Duration,
}
