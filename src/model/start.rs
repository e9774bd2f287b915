//! Turns a model into the command that brings it up with Docker Compose.

use crate::format::quote::shell;
use crate::model::{Model, Variable};

impl Model {
    /// Builds what is built, starts everything that this environment runs and waits until it is healthy. Both files
    /// are named as seen from where the command is run.
    pub fn start_command(&self, env_file: Option<&str>, compose_file: &str) -> String {
        let mut words = vec!["docker compose".to_owned()];
        words.extend(env_file.map(|file| format!("--env-file {}", shell::quote(file))));
        words.push(format!("-f {}", shell::quote(compose_file)));
        words
            .extend(self.environment.profiles.iter().map(|profile| format!("--profile {profile}")));
        words.push("up -d --wait".to_owned());
        if self.services.values().any(|service| service.build.is_some()) {
            words.push("--build".to_owned());
        }
        words.join(" ")
    }

    /// Whether an env file must be filled in before the start.
    pub fn asks_the_operator(&self) -> bool {
        self.variables().any(Variable::is_operators)
    }
}
