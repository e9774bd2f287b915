//! Describes the pieces that an entry is made of.

use std::sync::{Arc, OnceLock};

use crate::map::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::blueprint::reference::{self, Text};
use crate::blueprint::service::Series;
use crate::catalog::parameter::Amount;
use crate::check::is_same;
use crate::value::{Name, UrlPath};

/// A version that is known to work.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// The exact tag of the image.
    // distribution/reference:regexp.go
    #[schemars(regex(pattern = r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$"))]
    pub tag: String,
}

/// A path in memory.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tmpfs {
    /// How much it may hold, as an amount or as a part of the memory limit; `64Mi` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<Amount>,
    /// Its mode in octal; `0700` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^[0-7]{3,4}$"))]
    pub mode: Option<String>,
}

/// A compiled file of a component's own.
// Each environment has a copy, so copies share it; the schema need not say so.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub enum Content {
    /// YAML: a tree whose strings may hold references.
    #[serde(rename = "yaml")]
    Yaml(#[schemars(with = "Value")] Arc<Tree>),
    /// JSON: likewise.
    #[serde(rename = "json")]
    Json(#[schemars(with = "Value")] Arc<Tree>),
    /// Any other text: a template that sees `header`, `service` (name, ports, parameters), `env`, and `edge` (service, hosts).
    #[serde(rename = "text")]
    Text(Arc<str>),
    /// An executable script: a template.
    #[serde(rename = "script")]
    Script(Arc<str>),
}

impl Content {
    /// Whether a text stands in it, keys of trees aside: those hold no references.
    pub fn holds(&self, text: &str) -> bool {
        match self {
            Self::Yaml(tree) | Self::Json(tree) => {
                any(&tree.value, &|node| node.as_str().is_some_and(|leaf| leaf.contains(text)))
            }
            Self::Text(template) | Self::Script(template) => template.contains(text),
        }
    }

    /// Whether both are the same tree of the same kind, to the order of their keys.
    pub fn is_same_tree(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Yaml(one), Self::Yaml(other)) | (Self::Json(one), Self::Json(other)) => {
                Arc::ptr_eq(one, other) || is_same(&one.value, &other.value)
            }
            _ => false,
        }
    }

    /// Whether it is a tree with an item for each member of a collection.
    pub fn lists(&self, collection: &str) -> bool {
        match self {
            Self::Yaml(tree) | Self::Json(tree) => any(&tree.value, &|node| {
                node.get("for_each").is_some_and(|name| name == collection)
            }),
            Self::Text(_) | Self::Script(_) => false,
        }
    }
}

/// The tree of a file.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Tree {
    /// What stands in it.
    pub value: Value,
    /// Whether it is fixed, once that is asked for: entries of the program's own are read once for many systems.
    #[serde(skip)]
    known: OnceLock<bool>,
}

impl Tree {
    /// Whether it stands for itself in every system, so that all can share it.
    pub fn is_fixed(&self) -> bool {
        let is_open = |node: &Value| match node {
            Value::String(text) => reference::is_open(text),
            Value::Object(map) => map.contains_key("for_each"),
            _ => false,
        };
        *self.known.get_or_init(|| !any(&self.value, &is_open))
    }
}

impl From<Value> for Tree {
    fn from(value: Value) -> Self {
        Self { value, known: OnceLock::new() }
    }
}

/// Whether any node of a tree is such a one.
fn any(tree: &Value, is: &dyn Fn(&Value) -> bool) -> bool {
    is(tree)
        || match tree {
            Value::Array(items) => items.iter().any(|item| any(item, is)),
            Value::Object(map) => map.values().any(|value| any(value, is)),
            _ => false,
        }
}

/// Where a component exposes metrics.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Exposed {
    /// The path; `/metrics` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<UrlPath>,
    /// The name of the port; the first when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<Name>,
    /// The series that it exposes.
    #[serde(default)]
    pub series: IndexMap<String, Series>,
}

/// How many connections a component takes.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Connections {
    /// The parameter that says how many.
    pub limit: String,
    /// How many of them programs cannot have, such as those that are kept for an administrator.
    #[serde(default)]
    pub reserved: u32,
}

/// How dashboards ask a component for what it keeps.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Datasource {
    /// What people read.
    pub title: String,
    /// The kind, as the dashboards' program names it.
    #[serde(rename = "type")]
    pub kind: String,
    /// Where it answers.
    pub url: Text,
    /// Further settings: a tree whose strings may hold references.
    #[serde(default = "no_settings")]
    pub json: Value,
}

fn no_settings() -> Value {
    Value::Object(serde_json::Map::new())
}

/// A rule that a component cannot keep.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Exception {
    /// Why.
    pub reason: String,
    /// Where that is known from.
    pub source: String,
}
