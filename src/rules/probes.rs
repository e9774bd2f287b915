//! Finds health checks that ask the wrong thing.

use crate::diagnostic::{Code, Diagnostic};
use crate::model::service::Probe;
use crate::rules::View;
use crate::rules::findings::Findings;

/// One path that decides about restarts and about traffic.
pub(super) fn same_probe_path(view: &View<'_>, found: &mut Findings<'_>) {
    for (name, service) in &view.model.services {
        let Some(health) = &service.health else { continue };
        let written = view.blueprint.services.get(name).and_then(|own| own.health.as_ref());
        if !written.is_some_and(|own| own.live.is_some() && own.ready.is_some()) {
            continue;
        }
        let path = |probe: &Probe| match probe {
            Probe::Http { path, .. } => Some(path.clone()),
            Probe::Command(_) | Probe::Tcp { .. } => None,
        };
        let Some(live) = health
            .live
            .as_ref()
            .and_then(path)
            .filter(|live| path(&health.ready).as_ref() == Some(live))
        else {
            continue;
        };
        let said = format!("`{live}` decides about restarts and about traffic");
        found.push(
            Diagnostic::note(Code::SameProbePath, said)
                .at(view.service(name, "/health/live"), "a failure here restarts the service")
                .at(
                    view.service(name, "/health/ready"),
                    "a failure here takes it out of the traffic",
                )
                .help("let `live` answer for the process alone, or leave it out"),
        );
    }
}
