//! Collects the names that commands may use from the compiled files, with another reader than our writer.

use std::collections::{BTreeMap, BTreeSet};

use formwork::tree::Tree;
use serde_yaml::Value;

use super::{Compiled, is};

/// The names of a tree.
pub(super) struct Names {
    /// By compose file.
    pub(super) composed: BTreeMap<String, Composed>,
    pub(super) objects: Objects,
}

/// What a compose file has.
pub(super) struct Composed {
    pub(super) services: BTreeSet<String>,
    pub(super) profiles: BTreeSet<String>,
    pub(super) networks: BTreeSet<String>,
}

/// What the manifests hold.
#[derive(Default)]
pub(super) struct Objects {
    /// Kind, name and namespace.
    pub(super) all: BTreeSet<(String, String, String)>,
    pub(super) namespaces: BTreeSet<String>,
    /// The names of pods, as their labels say.
    pub(super) pods: BTreeSet<String>,
}

impl Compiled {
    pub(super) fn composed(&self, file: &str) -> &Composed {
        self.names.composed.get(file).unwrap_or_else(|| panic!("{file} is not compiled"))
    }
}

impl Names {
    pub(super) fn of(tree: &Tree) -> Self {
        let mut names = Self { composed: BTreeMap::new(), objects: Objects::default() };
        for (path, artifact) in tree.iter() {
            let path = path.as_str();
            if path.starts_with("docker-compose.") {
                let value = serde_yaml::from_str(artifact.text()).unwrap();
                names.composed.insert(path.to_owned(), Composed::of(&value));
            }
            if path.starts_with("kubernetes/") && is(path, "yaml") {
                names.objects.add(&serde_yaml::from_str(artifact.text()).unwrap());
            }
        }
        names
    }
}

impl Composed {
    fn of(value: &Value) -> Self {
        let project = value["name"].as_str().unwrap();
        let keys = |key: &str| -> BTreeSet<String> {
            let map = value.get(key).and_then(Value::as_mapping);
            map.into_iter().flatten().map(|(name, _)| name.as_str().unwrap().to_owned()).collect()
        };
        let services = value["services"].as_mapping().unwrap();
        let profiles =
            services.values().filter_map(|service| service.get("profiles")?.as_sequence());
        Self {
            services: keys("services"),
            profiles: profiles.flatten().map(|name| name.as_str().unwrap().to_owned()).collect(),
            networks: keys("networks").iter().map(|name| format!("{project}_{name}")).collect(),
        }
    }
}

impl Objects {
    fn add(&mut self, value: &Value) {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let (kind, metadata) = (text(&value["kind"]).to_lowercase(), &value["metadata"]);
        if kind == "namespace" {
            self.namespaces.insert(text(&metadata["name"]));
        }
        self.all.insert((kind, text(&metadata["name"]), text(&metadata["namespace"])));
        let labels = value.get("spec").and_then(|spec| {
            spec.get("template")?.get("metadata")?.get("labels")?.get("app.kubernetes.io/name")
        });
        self.pods.extend(labels.map(text));
    }
}
