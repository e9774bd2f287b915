//! Compiles blueprints to Kubernetes manifests, reads them back with a foreign parser, and asks what a cluster would.

mod access;
mod custom;
mod environment;
mod flows;
mod hardening;
mod judges;
mod names;
mod operator;
mod policies;
mod quota;
mod references;
mod roles;
mod routes;
pub(crate) mod strict;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use formwork::model::Model;
use serde_json::Value;

use crate::compiled::is_yaml;
use crate::golden;
use crate::support::{Known, of_file};

/// Whether a compiled file is an object that Kubernetes itself has a schema for.
pub(crate) fn is_core(path: &str, text: &str) -> bool {
    if path.ends_with("kustomization.yaml") || !is_yaml(path) {
        return false;
    }
    let object: Value = serde_yaml::from_str(text).expect("YAML");
    object["kind"].is_string() && !custom::is_custom(&object)
}

/// The files of one environment, read back.
struct Manifests {
    known: Arc<Known>,
    environment: String,
    /// Path below `kubernetes/<environment>/`, then the object.
    files: BTreeMap<String, Value>,
}

/// The blueprint that asks for everything.
const SHOP: &str = "tests/suite/kubernetes/shop.yaml";
/// The blueprint that scales by a measure of its own, and is watched in every way.
const SCALED: &str = "tests/suite/kubernetes/scaled.yaml";
/// The smallest blueprint.
const NOTES: &str = "examples/ten-lines.yaml";

/// Every set of manifests that the tests look at: small ones, and what every blueprint of the repository compiles to,
/// which `golden` holds to be what is committed.
fn all() -> &'static [Manifests] {
    &ALL
}

static ALL: LazyLock<Vec<Manifests>> = LazyLock::new(|| {
    let mut all = vec![
        Manifests::of(SHOP, "production"),
        Manifests::of(SHOP, "staging"),
        Manifests::of(NOTES, "production"),
        Manifests::of(SCALED, "production"),
    ];
    for known in golden::compiled() {
        let names = known.compiled.models.iter().map(|model| model.environment.name.to_string());
        all.extend(names.map(|name| Manifests::read(known.clone(), name)));
    }
    all
});

impl Manifests {
    fn of(blueprint: &str, environment: &str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(blueprint);
        Self::read(of_file(&path), environment.to_owned())
    }

    fn read(known: Arc<Known>, environment: String) -> Self {
        let folder = format!("kubernetes/{environment}/");
        let files = known
            .compiled
            .tree
            .iter()
            .filter_map(|(path, artifact)| {
                let path = path.as_str().strip_prefix(&folder)?;
                let value = serde_yaml::from_str(artifact.text()).expect("YAML");
                Some((path.to_owned(), value))
            })
            .collect();
        Self { known, environment, files }
    }

    /// The model of the environment.
    fn model(&self) -> &Model {
        let mut models = self.known.compiled.models.iter();
        let model = models.find(|one| one.environment.name.as_str() == self.environment);
        model.expect("a model")
    }

    /// What the blueprints beside these tests compile to.
    fn shops() -> Vec<Self> {
        vec![
            Self::of(SHOP, "production"),
            Self::of(SHOP, "staging"),
            Self::of(SCALED, "production"),
        ]
    }

    fn shop() -> Self {
        Self::of(SHOP, "production")
    }

    /// What is applied: all but lists and templates, and the policies for others.
    fn objects(&self) -> impl Iterator<Item = &Value> {
        self.files
            .iter()
            .filter(|(path, _)| {
                !path.ends_with("kustomization.yaml")
                    && !path.ends_with(".template.yaml")
                    && !path.starts_with("policies/")
            })
            .map(|(_, object)| object)
    }

    fn of_kind(&self, kind: &'static str) -> impl Iterator<Item = &Value> {
        self.objects().filter(move |object| object["kind"] == kind)
    }

    /// The object of that kind and name, in any namespace.
    fn find(&self, kind: &str, name: &str) -> Option<&Value> {
        self.objects().find(|object| object["kind"] == kind && object["metadata"]["name"] == name)
    }

    fn object(&self, kind: &str, name: &str) -> &Value {
        self.find(kind, name).unwrap_or_else(|| panic!("no {kind} {name}"))
    }

    /// The objects that run pods.
    fn workloads(&self) -> impl Iterator<Item = &Value> {
        let kinds = ["Deployment", "StatefulSet", "DaemonSet"];
        self.objects().filter(move |object| kinds.contains(&text(&object["kind"])))
    }

    fn workload(&self, name: &str) -> &Value {
        self.workloads()
            .find(|object| object["metadata"]["name"] == name)
            .unwrap_or_else(|| panic!("nothing runs {name}"))
    }

    /// The text of the `Secret` template.
    fn secret_template(&self) -> &str {
        let suffix = ".template.yaml";
        let path = self.files.keys().find(|path| path.ends_with(suffix)).expect("a template");
        let path = format!("kubernetes/{}/{path}", self.environment);
        self.known.compiled.tree.get(&path).expect("the file").text()
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// An object as messages name it.
fn told(object: &Value) -> String {
    format!("{} {}", text(&object["kind"]), text(&object["metadata"]["name"]))
}

fn container(workload: &Value) -> &Value {
    &workload["spec"]["template"]["spec"]["containers"][0]
}

fn pod(workload: &Value) -> &Value {
    &workload["spec"]["template"]["spec"]
}

/// Whether all labels of a selector are among an object's.
fn selects(selector: &Value, labels: &Value) -> bool {
    let selector = selector.as_object().expect("labels");
    selector.iter().all(|(key, value)| labels[key.as_str()] == *value)
}
