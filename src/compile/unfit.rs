//! Finds the component or stack whose file could not be emitted: it has nothing to do in this system, or its entry is faulty.

use crate::blueprint::locate::Locator;
use crate::blueprint::read::Written;
use crate::catalog::Catalog;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::service::{Dockerfile, Service};
use crate::model::{Model, Role};
use crate::source::pointer;
use crate::target::Error;

/// What to tell the author of a file that could not be emitted, if it is a component's.
pub(super) fn component(
    error: &Error,
    models: &[Model],
    (written, catalog): (&Written, &Catalog),
) -> Option<Diagnostic> {
    let mut services = models.iter().flat_map(|model| {
        model.services.values().map(move |service| (&model.environment.name, service))
    });
    let (environment, service) = services.find(|(_, service)| {
        service.contents.contains_key(&error.path)
            || service.files.iter().any(|mount| mount.artifact == error.path)
            || is_built_with(service, &error.path)
    })?;
    let is_built = is_built_with(service, &error.path);
    let locator = Locator::new(written, Some(environment));
    let at = pointer::push("/services", service.name.as_str());
    let place = ["uses", "build"].iter().find_map(|key| locator.entry(&pointer::push(&at, key)));
    let does = if is_built { "is built with" } else { "reads" };
    let message = format!("`{}`, which `{}` {does}, cannot be written", error.path, service.name);
    let found = Diagnostic::error(Code::UnfitComponent, message);
    let own = service.component.as_ref().and_then(|component| catalog.locator(&component.name));
    // Between the folder and the file stands the environment.
    let mut parts = error.path.as_str().splitn(3, '/');
    let folder = parts.next().unwrap_or_default();
    let file = parts.nth(1).unwrap_or_default();
    let entry = |own: Locator<'_>| {
        if is_built {
            return own.entry("/dockerfile");
        }
        let mounted = pointer::push("/mounts", &format!("{folder}/{file}"));
        own.entry(&pointer::push("/files", file)).or_else(|| own.entry(&mounted))
    };
    if let Some(place) = own.and_then(entry) {
        return Some(found.at(place, error.cause.clone()).help("mend what the entry says there"));
    }
    let found = found.at(place.unwrap_or_else(|| locator.key(&at)), error.cause.clone());
    Some(match lacks(service.role) {
        Some(lacks) => {
            found.help(format!("add `{lacks}`, which this component serves, or remove the service"))
        }
        None => found
            .help("mend the component's entry in the catalogue: its `files`, and what it mounts"),
    })
}

/// Whether a path is that of a Dockerfile which a stack's template comes to.
fn is_built_with(service: &Service, path: &str) -> bool {
    let build = service.build.as_ref().map(|build| &build.dockerfile);
    matches!(build, Some(Dockerfile::Compiled { path: own, .. }) if own == path)
}

/// The part of a blueprint that gives a component of that role something to do.
fn lacks(role: Role) -> Option<&'static str> {
    match role {
        Role::Edge | Role::Certificates => Some("routes"),
        Role::Metrics | Role::Alerts | Role::Dashboards => Some("monitoring"),
        Role::Logs | Role::Collector => Some("logs"),
        Role::Backup | Role::Archive => Some("backups"),
        _ => None,
    }
}
