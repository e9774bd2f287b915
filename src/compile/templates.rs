//! Turns an author's own templates into further files: of every environment, or of all at once.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::compile::Inputs;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::format::template;
use crate::model::{Model, naming};
use crate::source::{SourceId, Span};
use crate::target::Target;
use crate::target::output::{Owner, Owners, header};
use crate::tree::path::ArtifactPath;
use crate::tree::{Artifact, Tree};
use crate::value::{Name, way};

/// What stands in a path for the name of each environment.
pub(super) const EACH: &str = "{environment}";

/// Renders every template into the tree; what is wrong with one is found in its text.
pub(super) fn emit(
    inputs: &Inputs,
    models: &[Model],
    (tree, owners): (&mut Tree, &mut Owners),
    diagnostics: &mut Diagnostics,
) {
    if inputs.templates.is_empty() {
        return;
    }
    let values: Vec<Value> = models.iter().map(Model::readable).collect();
    for (path, id) in &inputs.templates {
        let template = Template { inputs, id: *id };
        let each = path.contains(EACH);
        let rounds: Vec<(String, Value, &[Model])> = if each {
            let one = |(model, value): (&Model, &Value)| {
                (path.replace(EACH, model.environment.name.as_str()), of_one(model, value))
            };
            let models = models.chunks(1);
            let values = models.clone().flatten().zip(&values).map(one);
            values.zip(models).map(|((path, value), models)| (path, value, models)).collect()
        } else {
            vec![(path.clone(), of_all(models, &values), models)]
        };
        for (path, context, of) in rounds {
            let environments: BTreeSet<Name> =
                of.iter().map(|model| model.environment.name.clone()).collect();
            let added = template.place(&path, models).and_then(|place| {
                let artifact = template.render(&path, &context)?;
                tree.insert(place.clone(), artifact)
                    .map_err(|occupied| template.misplaced(&occupied.to_string()))?;
                let environments = environments.into();
                owners.insert(place, Owner { target: Target::Template, environments });
                Ok(())
            });
            if let Err(found) = added {
                diagnostics.push(found);
            }
        }
    }
}

/// What the template of each environment sees: its model, as `formwork show` prints it.
fn of_one(model: &Model, value: &Value) -> Value {
    let mut context = value.clone();
    context["header"] = json!(header(model));
    context
}

/// What the template of all environments sees: their models by name.
fn of_all(models: &[Model], values: &[Value]) -> Value {
    let names = models.iter().map(|model| model.environment.name.to_string());
    let environments: Map<String, Value> = names.zip(values.iter().cloned()).collect();
    let first = models.first();
    json!({
        "header": first.map(header),
        "name": first.map(|model| &model.name),
        "description": first.map(|model| &model.description),
        "environments": environments,
    })
}

struct Template<'a> {
    inputs: &'a Inputs,
    id: SourceId,
}

impl Template<'_> {
    /// The place of what it renders to, which must be nobody else's.
    fn place(&self, path: &str, models: &[Model]) -> Result<ArtifactPath, Diagnostic> {
        if path.contains(['{', '}']) {
            let known = format!("`{path}` holds a bracket; only `{EACH}` stands for something");
            return Err(self.misplaced(&known));
        }
        let place =
            ArtifactPath::parse(path).map_err(|error| self.misplaced(&error.to_string()))?;
        let operators = |model: &Model| {
            let environment = &model.environment.name;
            let folder = format!("{}/", naming::secrets_folder(environment));
            path == naming::env_file(environment) || path.starts_with(&folder)
        };
        if models.iter().any(operators) {
            return Err(self.misplaced(&format!("`{path}` is what the operator fills in")));
        }
        let mounts = |model: &&Model| {
            let mut files = model.services.values().flat_map(|service| &service.files);
            files.any(|file| path.starts_with(&format!("{}/", file.artifact)))
        };
        if let Some(model) = models.iter().find(mounts) {
            return Err(self.misplaced(&format!(
                "`{path}` lies in a folder that a service of `{}` mounts, and a cluster would not see it",
                model.environment.name
            )));
        }
        let full = way::join(&self.inputs.output, path);
        let sources = ["templates", "catalog"].map(|folder| way::join(&self.inputs.folder, folder));
        let is_source = sources.iter().any(|folder| full.starts_with(&format!("{folder}/")));
        if is_source || path == self.inputs.blueprint_path {
            return Err(self.misplaced(&format!("`{path}` is what is compiled from")));
        }
        Ok(place)
    }

    /// The file, which is what its name says.
    fn render(&self, path: &str, context: &Value) -> Result<Artifact, Diagnostic> {
        let source = self.inputs.sources.get(self.id);
        let text = template::render(&source.path, &source.text, context)
            .map_err(|error| self.broken(error.line, &error.message))?;
        let fault = match path.rsplit_once('.').map_or("", |(_, end)| end) {
            "json" => {
                serde_json::from_str::<Value>(&text).err().map(|error| ("JSON", error.to_string()))
            }
            "yml" | "yaml" => yaml_fault(&text).map(|error| ("YAML", error)),
            _ => None,
        };
        if let Some(version) = retired(&text) {
            let why = format!("`{path}` asks for {version}, which no cluster of today serves");
            return Err(self.broken(None, &why));
        }
        if let Some((language, fault)) = fault {
            return Err(self.broken(None, &format!("`{path}` would not be {language}: {fault}")));
        }
        // What begins as a script is run as one.
        Ok(if text.starts_with("#!") { Artifact::executable(text) } else { Artifact::plain(text) })
    }

    fn broken(&self, line: Option<usize>, why: &str) -> Diagnostic {
        let found = Diagnostic::error(Code::BrokenTemplate, why.to_owned());
        found
            .at(self.line(line.unwrap_or(1)), "")
            .help("`formwork explain templates` says what it sees")
    }

    fn misplaced(&self, why: &str) -> Diagnostic {
        let found = Diagnostic::error(Code::MisplacedTemplate, why.to_owned());
        found.at(self.line(1), "").help("give the template another path below `templates/`")
    }

    fn line(&self, line: usize) -> Span {
        let bytes = self.inputs.sources.get(self.id).line_range(line);
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Span { source: self.id, start: offset(bytes.start), end: offset(bytes.end) }
    }
}

/// Versions of interfaces that Kubernetes serves no more, and those that took their place
/// (kubernetes.io, "Deprecated API Migration Guide").
const RETIRED: &[&str] = &[
    "apiextensions.k8s.io/v1beta1",
    "apps/v1beta1",
    "apps/v1beta2",
    "autoscaling/v2beta1",
    "autoscaling/v2beta2",
    "batch/v1beta1",
    "discovery.k8s.io/v1beta1",
    "extensions/v1beta1",
    "policy/v1beta1",
    "rbac.authorization.k8s.io/v1beta1",
];

/// The first version in a text that is retired.
fn retired(text: &str) -> Option<&str> {
    let versions = text.lines().filter_map(|line| line.strip_prefix("apiVersion:"));
    versions.map(|one| one.trim().trim_matches(['"', '\''])).find(|one| RETIRED.contains(one))
}

/// Why a text is not YAML, where one of its documents is not.
fn yaml_fault(text: &str) -> Option<String> {
    use serde::Deserialize as _;
    let mut documents = serde_yaml::Deserializer::from_str(text);
    documents
        .find_map(|document| serde_yaml::Value::deserialize(document).err())
        .map(|error| error.to_string())
}
