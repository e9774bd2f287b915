//! Schema.

use std::process::ExitCode;

use crate::cli::SchemaArgs;

/// Schema.
pub fn run(_args: &SchemaArgs) -> anyhow::Result<ExitCode> {
    anyhow::bail!("not there yet")
}
