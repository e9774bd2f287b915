//! Init.

use std::process::ExitCode;

use crate::cli::InitArgs;

/// Init.
pub fn run(_args: &InitArgs) -> anyhow::Result<ExitCode> {
    anyhow::bail!("not there yet")
}
