//! Diff.

use std::process::ExitCode;

use crate::cli::DiffArgs;

/// Diff.
pub fn run(_args: &DiffArgs) -> anyhow::Result<ExitCode> {
    anyhow::bail!("not there yet")
}
