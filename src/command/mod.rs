//! Turns the arguments of each subcommand into what it does, and into an exit status.

pub mod add;
pub mod build;
pub mod check;
mod choice;
pub mod completions;
pub mod diff;
pub mod env;
pub mod explain;
pub mod init;
mod inputs;
pub mod next;
mod repository;
pub mod revision;
pub mod schema;
pub mod selection;
pub mod session;
pub mod show;
pub mod validate;
pub mod verdict;

use std::process::ExitCode;

use crate::cli::{Cli, Command};

/// The answer is no.
const NO: u8 = 1;
/// There is no answer.
const UNANSWERED: u8 = 2;

/// Runs a command line.
///
/// # Errors
/// What kept the command from being answered: I/O, usage, or a broken template.
pub fn run(cli: &Cli) -> anyhow::Result<ExitCode> {
    match &cli.command {
        Command::Init(args) => init::run(args),
        Command::Add(command) => add::run(command),
        Command::Build(args) => build::run(args),
        Command::Check(args) => check::run(args),
        Command::Diff(args) => diff::run(args),
        Command::Validate(args) => validate::run(args),
        Command::Show(args) => show::run(args),
        Command::Env(command) => env::run(command),
        Command::Schema(args) => schema::run(args),
        Command::Explain(args) => explain::run(args),
        Command::Completions(args) => completions::run(args),
    }
}
