//! Answers `env`: which files are meant, and what is said of them.

mod check;
mod fill;
mod secret;
mod which;

use std::process::ExitCode;

use crate::cli::env::EnvCommand;

/// The answer is no.
const NO: u8 = 1;
/// There is no answer.
const UNANSWERED: u8 = 2;

/// Runs `env check`, `env fill` or `env secret`.
///
/// # Errors
/// What kept the command from being answered: I/O, usage, or a broken template.
pub fn run(command: &EnvCommand) -> anyhow::Result<ExitCode> {
    match command {
        EnvCommand::Check(args) => check::run(args),
        EnvCommand::Fill(args) => fill::run(args),
        EnvCommand::Secret(args) => secret::run(args),
    }
}

/// A number and its noun.
fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}
