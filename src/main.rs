//! Runs the command line.

use std::process::ExitCode;

use clap::Parser;

use formwork::{cli, command, console};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let code = match command::run(&cli::Cli::parse()) {
        Ok(code) => code,
        Err(error) => fail(&format!("{error:#}")),
    };
    match console::finish() {
        Ok(()) => code,
        Err(error) => fail(&format!(
            "the answer could not be written to standard output: {error}; what is there is not whole"
        )),
    }
}

fn fail(why: &str) -> ExitCode {
    console::error(&format!("error: {why}\n"));
    ExitCode::from(2)
}
