//! Turns the arguments of each subcommand into what it does, and into an exit status.

pub mod build;
pub mod env;

use std::process::ExitCode;

use crate::cli::{Cli, Command};

/// Runs a command line.
///
/// # Errors
/// What kept the command from being answered: I/O, or a broken template.
pub fn run(cli: &Cli) -> anyhow::Result<ExitCode> {
    match &cli.command {
        Command::Build(args) => build::run(args),
        Command::Env(command) => env::run(command),
    }
}
