//! Prints the script with which a shell completes command lines.

use std::process::ExitCode;

use clap::CommandFactory as _;

use crate::cli::{Cli, CompletionsArgs};
use crate::console;

/// Prints.
///
/// # Errors
/// None.
pub fn run(args: &CompletionsArgs) -> anyhow::Result<ExitCode> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "formwork", &mut script);
    console::raw(&String::from_utf8_lossy(&script));
    Ok(ExitCode::SUCCESS)
}
