//! Finds stacks whose image could not be one and the same everywhere: it is built once, and configured where it runs.

use crate::blueprint::broken::Broken;
use crate::blueprint::locate::Locator;
use crate::blueprint::read::Written;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::service::{Dockerfile, Service};
use crate::model::{Model, Text};

/// Refuses what stands in an image and is known at run time only.
pub(super) fn check(
    model: &Model,
    broken: &Broken,
    locator: Locator<'_>,
    diagnostics: &mut Diagnostics,
) {
    for (service, template) in model.services.values().filter_map(stack) {
        let used = |name: &str| template.contains(&format!("parameters.{name}"));
        let parameters = service.parameters.iter().filter(|(name, _)| used(name));
        let parameters = parameters.map(|(name, text)| (format!("build/with/{name}"), text));
        let command = service.command.iter().map(|word| ("command".to_owned(), word));
        for (key, text) in command.chain(parameters) {
            let Some(variable) = text.variables().next() else { continue };
            let at = format!("/services/{}/{key}", service.name);
            if broken.touches(&at) {
                continue;
            }
            let place = locator.value(&at);
            let message = format!(
                "the image of `{}` holds `{variable}`, which the operator sets",
                service.name
            );
            diagnostics.push(
                Diagnostic::error(Code::RunTimeReference, message)
                    .at(place, "is fixed when the image is built")
                    .help("let the program read it from its environment"),
            );
        }
    }
}

/// Refuses environments that want different images under one name.
pub(super) fn across(models: &[Model], written: &Written, diagnostics: &mut Diagnostics) {
    for (at, model) in models.iter().enumerate() {
        for (service, _) in model.services.values().filter_map(stack) {
            let earlier = models[..at].iter().find_map(|other| {
                let same = other.services.get(&service.name).and_then(stack)?.0;
                // Another stage is another image, and may have a file of its own.
                (file(same) == file(service) || same.image == service.image)
                    .then_some((other, same))
            });
            let Some((other, first)) = earlier else { continue };
            let Some((what, key)) = difference(first, service) else { continue };
            let (one, two) = (&other.environment.name, &model.environment.name);
            let locator = Locator::new(written, Some(two));
            let message = format!(
                "the image of `{}` has another {what} in `{two}` than in `{one}`",
                service.name
            );
            diagnostics.push(
                Diagnostic::error(Code::ImageDiffers, message)
                    .at(locator.value(&format!("/services/{}/{key}", service.name)), "")
                    .help("one image serves all environments: say what differs in a variable"),
            );
        }
    }
}

/// A service whose Dockerfile is compiled, with the template.
fn stack(service: &Service) -> Option<(&Service, &str)> {
    match &service.build.as_ref()?.dockerfile {
        Dockerfile::Compiled { template, .. } => Some((service, template)),
        Dockerfile::Own(_) => None,
    }
}

/// The path of the Dockerfile.
fn file(service: &Service) -> Option<&str> {
    match &service.build.as_ref()?.dockerfile {
        Dockerfile::Compiled { path, .. } => Some(path),
        Dockerfile::Own(_) => None,
    }
}

/// What of the images of two services differs, and where it is written; `None` where they are the same.
fn difference(one: &Service, two: &Service) -> Option<(&'static str, &'static str)> {
    let template = stack(one).map(|(_, template)| template)?;
    let parameters = |service: &Service| -> Vec<(String, Text)> {
        let used = |name: &str| template.contains(&format!("parameters.{name}"));
        let all = service.parameters.iter().filter(|(name, _)| used(name));
        all.map(|(name, text)| (name.clone(), text.clone())).collect()
    };
    let base = |service: &Service| match service.build.as_ref().map(|build| &build.dockerfile) {
        Some(Dockerfile::Compiled { base, .. }) => Some(base.clone()),
        _ => None,
    };
    let images = |service: &Service| match service.build.as_ref().map(|build| &build.dockerfile) {
        Some(Dockerfile::Compiled { images, .. }) => Some(images.clone()),
        _ => None,
    };
    let arguments = |service: &Service| service.build.as_ref().map(|build| build.arguments.clone());
    let port = |service: &Service| service.port();
    // Of one file, each stage may have an image of its own name.
    let apart = file(one) == file(two) && one.image != two.image;
    let target = |service: &Service| {
        service.build.as_ref().filter(|_| !apart).map(|build| build.target.clone())
    };
    [
        ("target", "build/target", target(one) != target(two)),
        ("stack", "build/stack", stack(two).map(|(_, template)| template) != Some(template)),
        ("base", "build/stack", base(one) != base(two)),
        ("image to take from", "build/stack", images(one) != images(two)),
        ("parameter", "build/with", parameters(one) != parameters(two)),
        ("list of build arguments", "variables", arguments(one) != arguments(two)),
        ("user", "user", one.user != two.user),
        ("port", "ports", port(one) != port(two)),
        ("health check", "health", one.health != two.health),
        ("command", "command", one.command != two.command),
    ]
    .into_iter()
    .find_map(|(what, key, differs)| differs.then_some((what, key)))
}
