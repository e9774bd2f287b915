//! Explain.

use std::process::ExitCode;

use crate::cli::ExplainArgs;

/// Explain.
pub fn run(_args: &ExplainArgs) -> anyhow::Result<ExitCode> {
    anyhow::bail!("not there yet")
}
