//! Emits the Dockerfile of each service that is built with a stack, and what stays out of its image.

use crate::map::IndexMap;
use serde::Serialize;

use crate::model::service::{Build, Dockerfile, Health, Service};
use crate::model::{Model, Text};
use crate::target::{Error, Output};
use crate::value::VariableName;

/// Emits `docker/<service>.Dockerfile`, the same for every environment, and `docker/<service>.Dockerfile.dockerignore`,
/// which the builder prefers to the context's own. Read by: `docker build`.
///
/// # Errors
/// A broken template, or environments that want different images.
pub fn emit(model: &Model, output: &mut Output<'_>) -> Result<(), Error> {
    for service in model.services.values() {
        let Some(build) = &service.build else { continue };
        let Dockerfile::Compiled { path, template, base, images, command, ignore, .. } =
            &build.dockerfile
        else {
            continue;
        };
        let template = format!("{}{template}", include_str!("header.j2"));
        let image = Image { base: base.to_string(), images, command, header: output.header() };
        let context = Context::of(service, build, image);
        output.template(path, &template, &context)?;
        let ignored = Ignored { header: output.header(), patterns: ignore };
        let template = include_str!("dockerignore.j2");
        output.template(&format!("{path}.dockerignore"), template, &ignored)?;
    }
    Ok(())
}

/// What the template of a Dockerfile sees.
#[derive(Debug, Serialize)]
struct Context<'a> {
    /// The lines that head the file, without comment signs.
    header: String,
    /// The base image with its exact tag.
    base: String,
    /// Other images that it takes something from, with their exact tags.
    images: IndexMap<&'a str, String>,
    /// The parameters of the stack.
    parameters: IndexMap<&'a str, &'a str>,
    /// The variables that are read while building.
    build_arguments: Vec<&'a str>,
    /// User and group id.
    user: User,
    /// The port that others talk to, where there is one.
    port: Option<u16>,
    /// How health is asked for, where anything in the image can ask.
    health: Option<Check>,
    /// The command.
    command: Vec<String>,
}

/// What an image begins and ends with.
struct Image<'a> {
    base: String,
    images: &'a IndexMap<String, crate::value::Image>,
    command: &'a [Text],
    header: String,
}

/// User and group id.
#[derive(Debug, Serialize)]
struct User {
    uid: u32,
    gid: u32,
}

/// How health is asked for.
#[derive(Debug, Serialize)]
struct Check {
    interval: String,
    timeout: String,
    start: String,
    retries: u32,
    command: Vec<String>,
}

/// What stays out of an image.
#[derive(Debug, Serialize)]
struct Ignored<'a> {
    header: String,
    patterns: &'a [String],
}

impl<'a> Context<'a> {
    fn of(service: &'a Service, build: &'a Build, image: Image<'a>) -> Self {
        let parameters = service.parameters.iter();
        Self {
            header: image.header,
            base: image.base,
            images: image
                .images
                .iter()
                .map(|(name, one)| (name.as_str(), one.to_string()))
                .collect(),
            parameters: parameters
                .filter_map(|(name, text)| Some((name.as_str(), text.as_literal()?)))
                .collect(),
            build_arguments: build.arguments.iter().map(VariableName::as_str).collect(),
            user: User { uid: service.user.uid, gid: service.user.gid },
            port: service.port(),
            health: service.health.as_ref().and_then(check),
            command: literals(image.command).unwrap_or_default(),
        }
    }
}

/// The image's own health check; what reads the operator's variables is left to the container engine's.
fn check(health: &Health) -> Option<Check> {
    Some(Check {
        interval: health.interval.go(),
        timeout: health.timeout.go(),
        start: health.start.go(),
        retries: health.retries,
        command: literals(&health.command()?)?,
    })
}

/// The words of a command, if all are known.
fn literals(words: &[Text]) -> Option<Vec<String>> {
    words.iter().map(|word| word.as_literal().map(str::to_owned)).collect()
}
