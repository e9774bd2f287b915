//! Turns a model into the commands that bring it up.

use std::path::Path;

use crate::command::selection::Selection;
use crate::command::session::{System, shown};
use crate::format::quote::shell;
use crate::model::{Model, naming};
use crate::target::Target;

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
    let mut commands = Vec::new();
    if !selection.takes_target(Target::Compose) {
        return commands;
    }
    let models = &system.compiled.models;
    for model in models.iter().filter(|model| selection.takes_environment(model)) {
        let env_file = naming::env_file(&model.environment.name);
        let asks = model.variables().any(crate::model::Variable::is_operators);
        let fill = asks && !system.root().join(&env_file).exists();
        if fill {
            commands.push(env("fill", system, model, named));
        }
        if fill || written {
            let path = system.path(&env_file);
            commands.push(up(system, model, asks.then_some(path.as_str())));
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

/// Builds what is built, starts everything and waits until it is healthy.
pub fn up(system: &System, model: &Model, env_file: Option<&str>) -> String {
    let mut words = vec!["docker compose".to_owned()];
    words.extend(env_file.map(|file| format!("--env-file {}", shell::quote(file))));
    let file = system.path(&naming::compose_file(&model.environment.short));
    words.push(format!("-f {}", shell::quote(&file)));
    words.extend(model.environment.profiles.iter().map(|profile| format!("--profile {profile}")));
    words.push("up -d --wait".to_owned());
    if model.services.values().any(|service| service.build.is_some()) {
        words.push("--build".to_owned());
    }
    words.join(" ")
}
