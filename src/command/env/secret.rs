//! Turns filled env files into Kubernetes Secrets on standard output.

use std::io::{IsTerminal as _, stdout};
use std::process::ExitCode;

use super::{NO, UNANSWERED, which};
use crate::cli::Format;
use crate::cli::env::EnvSecretArgs;
use crate::console;
use crate::diagnostic::{Diagnostics, render};
use crate::env::file::EnvFile;
use crate::env::{check, secret};
use crate::source::Sources;

/// Prints the Secret of every file that is meant, or of none if one of them has problems.
///
/// # Errors
/// Usage, or a broken template.
pub(super) fn run(args: &EnvSecretArgs) -> anyhow::Result<ExitCode> {
    let Some(session) = which::session(&args.of, Format::Text)? else {
        return Ok(ExitCode::from(UNANSWERED));
    };
    let mut manifests = Vec::new();
    let mut remarks = String::new();
    for meant in which::files(&session.systems, &args.of, args.file.as_deref())? {
        let file = match EnvFile::read(&meant.path) {
            Ok(file) => file,
            Err(unreadable) => {
                console::error(&render::text(&Sources::default(), &[unreadable], true));
                return Ok(ExitCode::from(UNANSWERED));
            }
        };
        let mut found = Diagnostics::default();
        found.extend(check::check(meant.model, &file));
        if found.has_errors() {
            console::error(&render::text(&file.sources, &found.sorted(&file.sources), true));
            console::error("no Secret is printed before these are mended\n");
            return Ok(ExitCode::from(NO));
        }
        for variable in secret::ignored(meant.model, &file) {
            let name = &variable.name;
            let note = "is no part of the Secret: Kubernetes has its default from the blueprint";
            remarks.extend(["note: `", name.as_str(), "` ", note, "\n"]);
        }
        manifests.push(secret::manifest(meant.model, &file));
    }
    if stdout().is_terminal() {
        remarks.push_str(
            "note: this holds secrets; pipe it into `kubectl apply --server-side -f -`\n",
        );
    }
    console::error(&remarks);
    console::raw(&manifests.join("---\n"));
    Ok(ExitCode::SUCCESS)
}
