//! Turns filled env files into everything that is wrong with them.

use std::process::ExitCode;

use super::{NO, UNANSWERED, count, which};
use crate::cli::Format;
use crate::cli::env::EnvCheckArgs;
use crate::command::repository::Repository;
use crate::console;
use crate::diagnostic::{Diagnostic, Diagnostics, Severity, render};
use crate::env::file::EnvFile;
use crate::env::{check, secret_files};
use crate::format::json;
use crate::source::Sources;

/// Checks every file that is meant.
///
/// # Errors
/// Usage, or a broken template.
pub(super) fn run(args: &EnvCheckArgs) -> anyhow::Result<ExitCode> {
    let mut args_of = args.of.clone();
    let mut file = args.file.clone();
    // A blueprint in the place of the file is a blueprint.
    let is_yaml = |extension: &std::ffi::OsStr| extension == "yaml" || extension == "yml";
    if args_of.blueprint.is_none()
        && file.as_ref().is_some_and(|file| file.extension().is_some_and(is_yaml))
    {
        args_of.blueprint = file.take();
    }
    let Some(session) = which::session(&args_of, args.format)? else {
        return Ok(ExitCode::from(UNANSWERED));
    };
    let mut worst = 0;
    let mut found = Vec::new();
    for meant in which::files(&session.systems, &args_of, file.as_deref())? {
        match EnvFile::read(&meant.path) {
            Ok(env) => {
                let mut diagnostics = Diagnostics::default();
                diagnostics.extend(check::check(meant.model, &env));
                diagnostics.extend(secret_files::check(
                    meant.model,
                    &env,
                    &meant.system.project.output,
                ));
                if diagnostics.has_errors() {
                    worst = worst.max(NO);
                }
                let all = diagnostics.sorted(&env.sources);
                let variables = env.entries.len();
                found.push(Checked {
                    path: env.path().to_owned(),
                    sources: env.sources,
                    all,
                    variables,
                });
            }
            Err(unreadable) => {
                let environment = &meant.model.environment.name;
                let help =
                    format!("`formwork env fill --env {environment}` writes a file to begin with");
                let unreadable = if meant.path.symlink_metadata().is_err() {
                    unreadable.help(help)
                } else {
                    unreadable
                };
                worst = UNANSWERED;
                let path = meant.path.display().to_string();
                found.push(Checked {
                    path,
                    sources: Sources::default(),
                    all: vec![unreadable],
                    variables: 0,
                });
            }
        }
    }
    tell(&found, args.format, worst);
    Ok(ExitCode::from(worst))
}

/// What was found in one file.
struct Checked {
    path: String,
    sources: Sources,
    all: Vec<Diagnostic>,
    variables: usize,
}

fn tell(checked: &[Checked], format: Format, worst: u8) {
    let repository = Repository::here();
    if format == Format::Sarif {
        let renamed = |one: &Checked| repository.renamed((&one.sources, &one.all));
        let found: Vec<_> = checked.iter().map(renamed).collect();
        console::raw(&json::to_string(&render::sarif(&found, &[])));
        return;
    }
    if format == Format::Json {
        let values = |one: &Checked| render::values(&one.sources, &one.all);
        let diagnostics: Vec<_> = checked.iter().flat_map(values).collect();
        let document = serde_json::json!({ "diagnostics": diagnostics, "complete": worst == 0 });
        console::raw(&json::to_string(&document));
        return;
    }
    for (index, one) in checked.iter().enumerate() {
        if format == Format::Github {
            let (sources, all) = repository.renamed((&one.sources, &one.all));
            console::error(&render::github(&sources, &all));
        } else {
            let gap = if index > 0 && !one.all.is_empty() { "\n" } else { "" };
            console::error(&format!("{gap}{}", render::text(&one.sources, &one.all, true)));
        }
        let errors = one.all.iter().filter(|found| found.severity == Severity::Error).count();
        let path = &one.path;
        let verdict = match errors {
            0 => format!("is complete: {}", count(one.variables, "variable")),
            _ if worst < UNANSWERED => format!("has {}", count(errors, "problem")),
            _ => continue,
        };
        console::print(&format!("`{path}` {verdict}\n"));
    }
}
