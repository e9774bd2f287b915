//! Holds what all objects have: kind, name, labels.

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

use crate::map::IndexMap;
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

/// Annotations, or labels of what is no object.
pub(crate) type Pairs = IndexMap<String, String>;

/// Labels that many objects have: a copy shares them until it is changed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Labels(Rc<Vec<(Cow<'static, str>, Rc<str>)>>);

impl Labels {
    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds a label, or gives it another value.
    pub(crate) fn set(&mut self, key: impl Into<Cow<'static, str>>, value: impl Into<Rc<str>>) {
        let (key, value) = (key.into(), value.into());
        let labels = Rc::make_mut(&mut self.0);
        match labels.iter_mut().find(|(known, _)| *known == key) {
            Some((_, known)) => *known = value,
            None => labels.push((key, value)),
        }
    }

    /// The same labels and one more.
    pub(crate) fn with(
        mut self,
        key: impl Into<Cow<'static, str>>,
        value: impl Into<Rc<str>>,
    ) -> Self {
        self.set(key, value);
        self
    }

    /// The same labels and those of others whose keys are not among them.
    pub(crate) fn with_all(mut self, others: &Self, which: impl Fn(&str) -> bool) -> Self {
        let labels = Rc::make_mut(&mut self.0);
        labels.reserve_exact(others.0.len());
        let more = others.0.iter().filter(|(key, _)| which(key));
        for label in more {
            if !labels.iter().any(|(known, _)| *known == label.0) {
                labels.push(label.clone());
            }
        }
        self
    }

    /// The same labels without one.
    pub(crate) fn without(mut self, key: &str) -> Self {
        Rc::make_mut(&mut self.0).retain(|(known, _)| known != key);
        self
    }
}

impl Serialize for Labels {
    /// Keys of the program's own are fields, at whose names nobody has to look.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.iter().any(|(key, _)| matches!(key, Cow::Owned(_))) {
            return serializer.collect_map(self.0.iter().map(|(key, value)| (key, &**value)));
        }
        let mut labels = serializer.serialize_struct("Labels", self.0.len())?;
        for (key, value) in self.0.iter() {
            if let Cow::Borrowed(key) = key {
                labels.serialize_field(key, &**value)?;
            }
        }
        labels.end()
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
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Metadata {
    pub(crate) name: String,
    /// Nothing for what stands outside of all namespaces.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) namespace: Option<Arc<str>>,
    #[serde(skip_serializing_if = "Labels::is_empty")]
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
    #[serde(skip_serializing_if = "Labels::is_empty")]
    pub(crate) match_labels: Labels,
}
