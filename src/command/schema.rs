//! Prints the JSON Schema of what authors write.

use std::process::ExitCode;

use crate::blueprint;
use crate::catalog;
use crate::cli::{SchemaArgs, SchemaOf};
use crate::console;
use crate::format::json;

/// Prints.
///
/// # Errors
/// None.
pub fn run(args: &SchemaArgs) -> anyhow::Result<ExitCode> {
    let schema = match args.of {
        SchemaOf::Blueprint => blueprint::schema::editor(),
        SchemaOf::Catalogue => catalog::schema(),
    };
    console::raw(&json::to_string(&schema));
    Ok(ExitCode::SUCCESS)
}
