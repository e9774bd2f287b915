//! Describes by which series a component's objectives are measured.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What can be measured of a component.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Measures {
    /// Whether it answers at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub availability: Option<Measure>,
    /// Whether requests succeed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub errors: Option<Measure>,
    /// Whether requests are answered in time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency: Option<Measure>,
}

/// What counts as good, and of what. In both `$job` is the job and `$window` the time looked back; in a measure of
/// latency `$le` is a pattern for the bound of the bucket. Neither may leave a label.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// What is good, in `PromQL`.
    pub good: String,
    /// All of it, in `PromQL`.
    pub total: String,
    /// The bounds of the buckets in seconds, where it is one of latency.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buckets: Vec<f64>,
    /// What the rule tests are made of.
    pub samples: Events,
}

/// The series of a rule test; `$job` is the job, and `$le` the bound.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Events {
    /// Counters: those that what is good raises, and those that what is bad raises.
    Counted {
        /// Raised by what is good.
        good: Vec<String>,
        /// Raised by what is bad.
        bad: Vec<String>,
    },
    /// A gauge that is 1 while all is well, and 0 while not.
    State(String),
}
