//! Emits the scripts that deploy, verify and roll back, and what they know of each environment.

mod asked;
mod cluster;
mod facts;
mod list;
mod objects;
mod start;
mod stores;

use crate::format::quote::comment;
use crate::model::Model;
use crate::target::{Error, Output};
use facts::Facts;

/// A script whose text is the same for every system; what differs stands in the file of the environment.
#[derive(Debug)]
struct Script {
    path: &'static str,
    body: &'static str,
    /// Whether it is run, and not sourced by others.
    runnable: bool,
    /// Whether it is there only where something is backed up.
    of_backups: bool,
}

impl Script {
    const fn of_backups(self) -> Self {
        Self { of_backups: true, ..self }
    }
}

/// What every script says messages by.
const MESSAGES: &str = include_str!("shared/messages.sh");

/// Every script.
const SCRIPTS: &[Script] = &[
    runnable("scripts/deploy.sh", include_str!("deploy.sh")),
    runnable("scripts/deploy-kubernetes.sh", include_str!("deploy-kubernetes.sh")),
    runnable("scripts/rollback.sh", include_str!("rollback.sh")),
    runnable("scripts/health-check.sh", include_str!("health-check.sh")),
    runnable("scripts/smoke-test.sh", include_str!("smoke-test.sh")),
    runnable("scripts/test-migration.sh", include_str!("test-migration.sh")),
    runnable("scripts/generate-secrets.sh", include_str!("generate-secrets.sh")),
    runnable("scripts/secure-build.sh", include_str!("secure-build.sh")),
    runnable("scripts/validate-kubernetes.sh", include_str!("validate-kubernetes.sh")),
    sourced("scripts/shared/messages.sh", MESSAGES),
    sourced("scripts/shared/common.sh", include_str!("shared/common.sh")),
    sourced("scripts/shared/findings.sh", include_str!("shared/findings.sh")),
    sourced("scripts/shared/ages.sh", include_str!("shared/ages.sh")),
    sourced("scripts/shared/jobs.sh", include_str!("shared/jobs.sh")),
    sourced("scripts/shared/probes.sh", include_str!("shared/probes.sh")),
    sourced("scripts/shared/versions.sh", include_str!("shared/versions.sh")),
    runnable("scripts/backup.sh", include_str!("backup.sh")).of_backups(),
    runnable("scripts/restore.sh", include_str!("restore.sh")).of_backups(),
    runnable("scripts/restore-kubernetes.sh", include_str!("restore-kubernetes.sh")).of_backups(),
    sourced("scripts/shared/backups.sh", include_str!("shared/backups.sh")).of_backups(),
];

const fn runnable(path: &'static str, body: &'static str) -> Script {
    Script { path, body, runnable: true, of_backups: false }
}

const fn sourced(path: &'static str, body: &'static str) -> Script {
    Script { path, body, runnable: false, of_backups: false }
}

/// Emits the functions by which scripts say something, at a path of others' choice. Read by: bash.
///
/// # Errors
/// When the path is taken.
pub(super) fn emit_messages(path: &str, output: &mut Output<'_>) -> Result<(), Error> {
    let mut header = String::new();
    comment::push(&mut header, &output.header());
    output.plain(path, text(&[&header], MESSAGES))
}

/// Emits `scripts/environments/<environment>.sh`, all that the scripts know of an environment. Read by: bash.
///
/// # Errors
/// A broken template or a path that is taken.
pub fn emit(model: &Model, output: &mut Output<'_>) -> Result<(), Error> {
    let path = format!("scripts/environments/{}.sh", model.environment.name);
    let facts = Facts::of(model, output);
    output.template(&path, include_str!("environment.sh.j2"), &facts)
}

/// Emits the scripts in `scripts/`, which are the same for every environment. Read by: bash.
///
/// # Errors
/// As [`emit`].
pub fn emit_whole(models: &[Model], output: &mut Output<'_>) -> Result<(), Error> {
    let mut header = String::new();
    comment::push(&mut header, &output.header());
    let has_backups = models.iter().any(|model| model.backups.is_some());
    for &Script { path, body, runnable, of_backups } in SCRIPTS {
        if of_backups && !has_backups {
            continue;
        }
        if runnable {
            output.executable(path, text(&["#!/usr/bin/env bash\n", &header], body))?;
        } else {
            output.plain(path, text(&[&header], body))?;
        }
    }
    Ok(())
}

/// The text of a script below its header.
fn text(header: &[&str], body: &str) -> String {
    let mut text = String::with_capacity(body.len() + 256);
    for part in header {
        text.push_str(part);
    }
    text.push_str("\n\n");
    text.push_str(body.trim());
    text
}

#[cfg(test)]
mod tests {
    use crate::target::rollout::NOTE;

    /// The guide reads what the script writes.
    #[test]
    fn the_script_notes_what_it_changed_under_the_name_that_others_read() {
        let script = include_str!("deploy-kubernetes.sh");
        assert!(script.contains(&format!("\nreadonly NOTE={NOTE}\n")));
    }
}
