//! Compiles blueprints and writes what changed.

use std::path::Path;
use std::process::ExitCode;

use crate::cli::BuildArgs;
use crate::compile::{Failure, compile};
use crate::console;
use crate::diagnostic::render;
use crate::project::{self, Project};
use crate::tree::compare::compare;
use crate::tree::lock::Lock;
use crate::tree::path::ArtifactPath;
use crate::tree::write::{Options, write};

/// Compiles and writes.
///
/// # Errors
/// I/O, or a broken template.
pub fn run(args: &BuildArgs) -> anyhow::Result<ExitCode> {
    let named = &args.common.blueprints;
    let blueprints =
        if named.is_empty() { project::blueprints(Path::new("")) } else { named.clone() };
    for blueprint in blueprints {
        let project = match Project::read(&blueprint, args.common.out.as_deref()) {
            Ok(project) => project,
            Err(unreadable) => {
                let found = unreadable.diagnostics.sorted(&unreadable.sources);
                console::error(&render::text(&unreadable.sources, &found, false));
                return Ok(ExitCode::from(2));
            }
        };
        let compiled = match compile(&project.inputs) {
            Ok(compiled) => compiled,
            Err(Failure::Invalid(found)) => {
                console::error(&render::text(&project.inputs.sources, &found, false));
                return Ok(ExitCode::from(2));
            }
            Err(Failure::Broken(error)) => return Err(error.into()),
        };
        console::error(&render::text(&project.inputs.sources, &compiled.remarks, false));
        let lock = Lock::read(&project.output)?;
        let changes = compare(&compiled.tree, &project.output, &lock)?;
        let force: Vec<ArtifactPath> =
            args.force.iter().map(|path| ArtifactPath::parse(path)).collect::<Result<_, _>>()?;
        let written =
            write(&project.output, &changes, &Options { force: &force, adopt: args.adopt })?;
        console::print(&format!("{written:?}\n"));
    }
    Ok(ExitCode::SUCCESS)
}
