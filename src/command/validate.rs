//! Turns blueprints into what is wrong with them.

use std::process::ExitCode;

use serde_json::json;

use crate::cli::{Format, ValidateArgs};
use crate::command::NO;
use crate::command::session::Session;
use crate::console;

/// Reads and compiles, and writes nothing.
///
/// # Errors
/// Usage, or a broken template.
pub fn run(args: &ValidateArgs) -> anyhow::Result<ExitCode> {
    let session = Session::read(&args.blueprints, None)?.annotated();
    session.tell(args.format);
    match args.format {
        Format::Json => session.print_json(json!({ "valid": !session.invalid })),
        Format::Sarif => session.print_sarif(&[]),
        Format::Text if !session.invalid => {
            for system in &session.systems {
                let blueprint = system.project.blueprint.display();
                console::print(&format!("`{blueprint}` is valid\n"));
            }
        }
        Format::Text | Format::Github => {}
    }
    Ok(if session.invalid { ExitCode::from(NO) } else { ExitCode::SUCCESS })
}
