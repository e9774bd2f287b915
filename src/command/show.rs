//! Show.

use std::process::ExitCode;

use crate::cli::ShowArgs;

/// Show.
pub fn run(_args: &ShowArgs) -> anyhow::Result<ExitCode> {
    anyhow::bail!("not there yet")
}
