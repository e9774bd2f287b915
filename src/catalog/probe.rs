//! Describes what a catalogue entry asks about other things than itself, member by member of a collection.

use crate::map::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::blueprint::reference::Text;
use crate::blueprint::service::Series;
use crate::catalog::collection::Collection;
use crate::value::{Duration, UrlPath};

/// One more scrape job, `<job>-probe`: the exporter is asked about each member of a collection. Texts may refer to
/// `${each.X}`; a member for which the target stands for nothing is left out.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Probe {
    /// What it is asked about.
    pub for_each: Collection,
    /// What the exporter gets as `target`, and what the series have as `instance`.
    pub target: Text,
    /// The path at which the exporter is asked.
    pub path: UrlPath,
    /// What else it gets.
    #[serde(default)]
    pub params: IndexMap<String, Text>,
    /// How often it is asked; as often as all else when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<Duration>,
    /// Labels of the series.
    #[serde(default)]
    pub labels: IndexMap<String, Text>,
    /// The series that an answer holds.
    #[serde(default)]
    pub series: IndexMap<String, Series>,
}
