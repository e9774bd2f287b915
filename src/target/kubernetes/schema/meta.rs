//! Holds what all objects have: kind, name, labels.

use std::ops::{Deref, DerefMut};
use std::rc::Rc;

use crate::map::IndexMap;
use serde::{Serialize, Serializer};

/// Labels or annotations.
pub(crate) type Pairs = IndexMap<String, String>;

/// Labels that many objects have: a copy shares them until it is changed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Labels(Rc<Pairs>);

impl FromIterator<(String, String)> for Labels {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(pairs: I) -> Self {
        Self(Rc::new(pairs.into_iter().collect()))
    }
}

impl Deref for Labels {
    type Target = Pairs;

    fn deref(&self) -> &Pairs {
        &self.0
    }
}

impl DerefMut for Labels {
    fn deref_mut(&mut self) -> &mut Pairs {
        Rc::make_mut(&mut self.0)
    }
}

impl Serialize for Labels {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

/// An object.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Object<T> {
    pub(crate) api_version: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) metadata: Metadata,
    #[serde(flatten)]
    pub(crate) body: T,
}

/// What is said of an object.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Metadata {
    pub(crate) name: String,
    /// Nothing for what stands outside of all namespaces.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) namespace: Option<String>,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub(crate) labels: Labels,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub(crate) annotations: Pairs,
}

/// The body of an object that is a specification and nothing else.
#[derive(Debug, Serialize)]
pub(crate) struct Spec<T> {
    pub(crate) spec: T,
}

/// The body of an object that has none.
#[derive(Debug, Serialize)]
pub(crate) struct Empty {}

/// Objects by their labels.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Selector {
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub(crate) match_labels: Labels,
}
