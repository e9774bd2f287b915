//! Turns a model into the commands that bring it up.

use std::path::Path;

use crate::command::selection::Selection;
use crate::command::session::{System, shown};
use crate::format::quote::shell;
use crate::model::{Model, naming};

/// How the user named what is compiled, so that the commands name it likewise.
#[derive(Debug, Clone, Copy, Default)]
pub struct Named<'a> {
    /// Whether the blueprint was an argument.
    pub blueprint: bool,
    /// The folder given with `--out`.
    pub out: Option<&'a Path>,
}

/// The commands that are still needed, one a line; `written` says whether compiled files have changed.
pub fn commands(
    system: &System,
    selection: &Selection<'_>,
    named: Named<'_>,
    written: bool,
) -> Vec<String> {
    // Part of the targets may not be all that runs; whoever asks for a part knows what for.
    if selection.is_partial() {
        return Vec::new();
    }
    let mut commands = Vec::new();
    let models = &system.compiled.models;
    for model in models.iter().filter(|model| selection.takes_environment(model)) {
        let env_file = naming::env_file(&model.environment.name);
        let fill = model.asks_the_operator() && !system.root().join(&env_file).exists();
        if fill {
            commands.push(env("fill", system, model, named));
        }
        if fill || written {
            commands.push(up(system, model, &system.path(&env_file)));
        }
    }
    commands
}

/// A command for an environment's env file.
pub fn env(command: &str, system: &System, model: &Model, named: Named<'_>) -> String {
    let mut words = vec![format!("formwork env {command}")];
    if named.blueprint {
        words.push(shell::quote(&shown(&system.project.blueprint)));
    }
    if let Some(out) = named.out {
        words.extend(["--out".to_owned(), shell::quote(&shown(out))]);
    }
    if system.compiled.models.len() > 1 {
        words.extend(["--env".to_owned(), model.environment.name.to_string()]);
    }
    words.join(" ")
}

/// The command that starts an environment, from the working folder.
pub fn up(system: &System, model: &Model, env_file: &str) -> String {
    let file = naming::compose_file(&model.environment.short);
    model.start_command(env_file, &system.path(&file))
}
