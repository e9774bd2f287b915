//! Turns a model into the command lines of Docker Compose for it.

use crate::format::quote::shell;
use crate::model::{Model, Variable};

impl Model {
    /// Docker Compose with the files of this environment, as seen from where it is run; what is to be done follows.
    pub fn compose_command(env_file: Option<&str>, compose_file: &str) -> String {
        let mut command = "docker compose".to_owned();
        if let Some(file) = env_file {
            command.push_str(" --env-file ");
            shell::push(&mut command, file);
        }
        command.push_str(" -f ");
        shell::push(&mut command, compose_file);
        command
    }

    /// As [`Self::compose_command`], for all that this environment runs.
    pub fn profiled_command(&self, env_file: Option<&str>, compose_file: &str) -> String {
        let mut command = Self::compose_command(env_file, compose_file);
        for profile in &self.environment.profiles {
            command.push_str(" --profile ");
            command.push_str(profile.as_str());
        }
        command
    }

    /// Builds what is built, starts everything that this environment runs and waits until it is healthy. Both files
    /// are named as seen from where the command is run.
    pub fn start_command(&self, env_file: Option<&str>, compose_file: &str) -> String {
        let build = if self.is_built() { " --build" } else { "" };
        format!("{} up -d --wait{build}", self.profiled_command(env_file, compose_file))
    }

    /// Whether any image is built here.
    pub fn is_built(&self) -> bool {
        self.services.values().any(|service| service.build.is_some())
    }

    /// Whether an env file must be filled in before the start.
    pub fn asks_the_operator(&self) -> bool {
        self.variables().any(Variable::is_operators)
    }
}
