//! Emits the Dockerfile of each service that is built with a stack, and what stays out of its image.

use crate::map::IndexMap;
use serde::Serialize;

use crate::model::service::{Dockerfile, Health, Service};
use crate::model::{Model, Text};
use crate::target::{Error, Output};
use crate::tree::Mode;
use crate::value::VariableName;

/// Emits `docker/<service>.Dockerfile`, the same for every environment, and `docker/<service>.Dockerfile.dockerignore`,
/// which the builder prefers to the context's own. Read by: `docker build`.
///
/// # Errors
/// A broken template, or environments that want different images.
pub fn emit(model: &Model, output: &mut Output<'_>) -> Result<(), Error> {
    let header = output.header();
    for service in model.services.values() {
        let Some(image) = Image::of(service, &header) else { continue };
        let is_same = |other: &&Model| {
            let other = other.services.get(&service.name);
            other.and_then(|other| Image::of(other, &header)).is_some_and(|other| other == image)
        };
        let is_there = output.earlier().iter().find(is_same).is_some();
        let from = |path| Some(path).filter(|_| is_there);
        output.again_or(image.path, from(image.path), |output| {
            let template = format!("{}{}", include_str!("header.j2"), image.template);
            output.brought((image.path, Mode::Plain), &template, &image.context)
        })?;
        let path = format!("{}.dockerignore", image.path);
        let ignored = Ignored { header: &header, patterns: image.ignore };
        output.again_or(&path, from(&path), |output| {
            output.template(&path, include_str!("dockerignore.j2"), &ignored)
        })?;
    }
    Ok(())
}

/// All that an image is built from.
#[derive(PartialEq)]
struct Image<'a> {
    path: &'a str,
    template: &'a str,
    context: Context<'a>,
    ignore: &'a [String],
}

impl<'a> Image<'a> {
    /// The image of a service; `None` where no stack builds it.
    fn of(service: &'a Service, header: &'a str) -> Option<Self> {
        let build = service.build.as_ref()?;
        let Dockerfile::Compiled { path, template, base, images, command, ignore, .. } =
            &build.dockerfile
        else {
            return None;
        };
        let parameters = service.parameters.iter();
        let context = Context {
            header,
            base: base.as_str(),
            images: images.iter().map(|(name, one)| (name.as_str(), one.as_str())).collect(),
            parameters: parameters
                .filter_map(|(name, text)| Some((name.as_str(), text.as_literal()?)))
                .collect(),
            build_arguments: build.arguments.iter().map(VariableName::as_str).collect(),
            user: User { uid: service.user.uid, gid: service.user.gid },
            port: service.port(),
            health: service.health.as_ref().and_then(check),
            command: command
                .iter()
                .map(Text::as_literal)
                .collect::<Option<_>>()
                .unwrap_or_default(),
        };
        Some(Self { path, template, context, ignore })
    }
}

/// What the template of a Dockerfile sees.
#[derive(Debug, PartialEq, Serialize)]
struct Context<'a> {
    /// The lines that head the file, without comment signs.
    header: &'a str,
    /// The base image with its exact tag.
    base: &'a str,
    /// Other images that it takes something from, with their exact tags.
    images: IndexMap<&'a str, &'a str>,
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
    command: Vec<&'a str>,
}

/// User and group id.
#[derive(Debug, PartialEq, Serialize)]
struct User {
    uid: u32,
    gid: u32,
}

/// How health is asked for.
#[derive(Debug, PartialEq, Serialize)]
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
    header: &'a str,
    patterns: &'a [String],
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
