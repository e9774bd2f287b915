//! Runs the command line.

use std::process::ExitCode;

use clap::Parser;

use formwork::{cli, command, console};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match command::run(&cli::Cli::parse()) {
        Ok(code) => code,
        Err(error) => {
            console::error(&format!("error: {error:#}\n"));
            ExitCode::from(2)
        }
    }
}
