//! Finds amounts of memory that cannot hold together.

use crate::diagnostic::{Code, Diagnostic};
use crate::model::Service;
use crate::rules::View;
use crate::rules::findings::Findings;
use crate::value::{ContainerPath, Memory};

/// The least limit that a container engine takes (moby/moby: `daemon/daemon_unix.go`, `linuxMinMemory`).
const LEAST: Memory = Memory::from_mebibytes(6);

/// A limit below what a container can start with.
pub(super) fn too_small(view: &View<'_>, found: &mut Findings<'_>) {
    for (name, service) in &view.model.services {
        let limit = service.resources.memory.limit();
        if limit >= LEAST {
            continue;
        }
        found.push(
            Diagnostic::error(
                Code::MemoryTooSmall,
                format!("`{name}` cannot start with {limit} of memory"),
            )
            .at(view.service(name, "/resources/memory"), "")
            .help(format!(
                "Docker takes no limit below {LEAST}; most programs need `64Mi` and more"
            )),
        );
    }
}

/// What is kept in memory beside the program leaves nothing for it.
pub(super) fn overrun(view: &View<'_>, found: &mut Findings<'_>) {
    for (name, service) in &view.model.services {
        let limit = service.resources.memory.limit();
        let claims = claims(view, service);
        let sum: u64 = claims.iter().map(|(_, memory)| memory.bytes()).sum();
        if limit < LEAST || sum < limit.bytes() {
            continue;
        }
        let each = claims.iter().map(|(what, memory)| match what {
            Claim::File(path) => format!("{memory} in `{path}`"),
            Claim::Parameter(name) => format!("{memory} as `{name}`"),
        });
        let each: Vec<String> = each.collect();
        let diagnostic = Diagnostic::error(
            Code::MemoryOverrun,
            format!(
                "`{name}` may use {limit} of memory, and nothing of it is left for the program"
            ),
        )
        .at(
            view.service(name, "/resources/memory"),
            format!("{} count against it", each.join(", ")),
        )
        .help("raise the limit, or make what lies in memory smaller");
        found.push_unless_waived(name, diagnostic);
    }
}

/// What memory is for.
enum Claim<'a> {
    /// What lies at a path.
    File(&'a ContainerPath),
    /// What a program sets aside at the start.
    Parameter(&'a str),
}

/// What counts against the limit.
fn claims<'a>(view: &View<'_>, service: &'a Service) -> Vec<(Claim<'a>, Memory)> {
    let files = service.tmpfs.iter().map(|tmpfs| (Claim::File(&tmpfs.path), tmpfs.size));
    let entry = service.component.as_ref().and_then(|component| view.catalog.get(&component.name));
    let set_aside = service.parameters.iter().filter_map(|(name, text)| {
        let known = entry.as_ref()?.parameters.get(name)?;
        Some((Claim::Parameter(name), known.read_memory(text.as_literal()?)?))
    });
    files.chain(set_aside).collect()
}
