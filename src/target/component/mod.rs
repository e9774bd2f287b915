//! Emits the configuration files that catalogue components bring along.

use crate::map::IndexMap;
use serde::Serialize;

use crate::format::yaml::Comments;
use crate::model::service::{Content, Service};
use crate::model::{Environment, Model};
use crate::target::{Error, Output};
use crate::tree::Mode;

/// Emits `<component>/<environment>/...`, what the catalogue lists under `files:`. Read by: the components.
///
/// # Errors
/// A broken template or a path that is taken.
pub fn emit(model: &Model, output: &mut Output<'_>) -> Result<(), Error> {
    for service in model.services.values() {
        for (at, (path, content)) in service.contents.iter().enumerate() {
            let twin = || twin(output, service, at);
            match content {
                Content::Yaml(tree) => output.again_or(path, twin(), |output| {
                    output.yaml(path, &tree.value, Comments::new())
                })?,
                Content::Json(tree) => {
                    output.again_or(path, twin(), |output| output.json(path, &tree.value))?;
                }
                Content::Text(template) => {
                    let context = Context::of(model, service, output);
                    output.brought((path, Mode::Plain), template, &context)?;
                }
                Content::Script(template) => {
                    let context = Context::of(model, service, output);
                    output.brought((path, Mode::Executable), template, &context)?;
                }
            }
        }
    }
    Ok(())
}

/// Where an environment before has the same tree among the files of a service.
fn twin<'a>(output: &Output<'a>, service: &Service, at: usize) -> Option<&'a str> {
    let (_, content) = service.contents.get_index(at)?;
    output.earlier().iter().find_map(|other| {
        let (path, there) = other.services.get(&service.name)?.contents.get_index(at)?;
        content.is_same_tree(there).then_some(path.as_str())
    })
}

/// What the template of a component's file sees.
#[derive(Debug, Serialize)]
struct Context<'a> {
    /// The lines that head the file, without comment signs.
    header: String,
    /// The component itself.
    service: Own<'a>,
    /// The system's name.
    system: &'a str,
    /// The project's name in Docker Compose.
    project: &'a str,
    /// The label `app.kubernetes.io/instance` of the system's pods.
    instance: &'a str,
    /// The system's namespaces in Kubernetes.
    namespaces: Vec<String>,
    /// The environment.
    env: &'a Environment,
    /// The server in front; a template that asks for it where there is none stops.
    #[serde(skip_serializing_if = "Option::is_none")]
    edge: Option<Front<'a>>,
}

/// The component itself.
#[derive(Debug, Serialize)]
struct Own<'a> {
    name: &'a str,
    /// The ports by name.
    ports: IndexMap<&'a str, u16>,
    /// The parameters that are known; those of the operator's are read at run time, from the environment.
    parameters: IndexMap<&'a str, &'a str>,
    /// The databases that it makes beside its own.
    databases: Vec<&'a IndexMap<String, String>>,
}

/// The server in front.
#[derive(Debug, Serialize)]
struct Front<'a> {
    /// The service that plays the part in Docker Compose.
    service: &'a str,
    /// The hosts that answer.
    hosts: Vec<&'a str>,
}

impl<'a> Context<'a> {
    fn of(model: &'a Model, service: &'a Service, output: &Output<'_>) -> Self {
        let parameters = service.parameters.iter();
        Self {
            header: output.header(),
            service: Own {
                name: service.name.as_str(),
                ports: service.ports.iter().map(|(name, port)| (name.as_str(), *port)).collect(),
                parameters: parameters
                    .filter_map(|(name, text)| Some((name.as_str(), text.as_literal()?)))
                    .collect(),
                databases: service.databases.values().collect(),
            },
            system: model.name.as_str(),
            project: model.compose.project.as_str(),
            instance: model.kubernetes.namespace.as_str(),
            namespaces: model.namespaces(),
            env: &model.environment,
            edge: model.edge.as_ref().map(|edge| Front {
                service: edge.service.as_str(),
                hosts: edge.sites.iter().map(|site| site.host.as_str()).collect(),
            }),
        }
    }
}
