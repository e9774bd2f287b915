//! Turns a model into the commands that bring it up.

use std::path::Path;

use crate::command::selection::Selection;
use crate::command::session::{System, shown};
use crate::format::quote::shell;
use crate::model::{Model, Monitoring, Tier, Variable, naming};
use crate::target::Target;

/// How the user named what is compiled, so that the commands name it likewise.
#[derive(Debug, Clone, Copy, Default)]
pub struct Named<'a> {
    /// Whether the blueprint was an argument.
    pub blueprint: bool,
    /// The folder given with `--out`.
    pub out: Option<&'a Path>,
}

/// The commands that are still needed.
#[derive(Debug, Clone, Default)]
pub struct Next {
    /// In order, one a line: those that every way has in common, and those of Docker Compose where that is meant.
    pub commands: Vec<String>,
    /// In place of those of Docker Compose, on Kubernetes.
    pub on_kubernetes: Vec<String>,
    /// The environments in production of whose alerts nobody is told, and the file to say it in.
    pub untold: Vec<(String, String)>,
}

/// What has alerts told by e-mail: to be written into a blueprint, with a mail server and addresses of one's own.
const TOLD: &str = r#"
  external: { smtp: smtp.example.com:587 }
  variables: { alerting: { ALERT_MAIL_PASSWORD: { secret: true } } }
  monitoring:
    mail: { via: smtp, from: "alerts@${env.domain}", user: "alerts@${env.domain}", password: "${var.ALERT_MAIL_PASSWORD}" }
    receivers: { people: { email: ["ops@${env.domain}"] } }
    routing: { critical: { to: [people], at_once: true }, high: [people], warning: [people] }
"#;

impl Next {
    /// Adds the commands of another system; one that is there already is needed once.
    pub fn extend(&mut self, other: Self) {
        let add = |known: &mut Vec<String>, more: Vec<String>| {
            for command in more {
                if !known.contains(&command) {
                    known.push(command);
                }
            }
        };
        add(&mut self.commands, other.commands);
        add(&mut self.on_kubernetes, other.on_kubernetes);
        self.untold.extend(other.untold);
    }

    /// What a run ends with; nothing where nothing is needed.
    pub fn text(&self) -> String {
        let list = |commands: &[String]| format!("  {}\n", commands.join("\n  "));
        let mut text = String::new();
        if !self.commands.is_empty() {
            text.push_str(&format!("\nnext:\n{}", list(&self.commands)));
        }
        if !self.on_kubernetes.is_empty() {
            let filled = self.commands.iter().any(|command| command.starts_with(FILL));
            let what = if filled {
                "in place of `docker compose`, on Kubernetes"
            } else {
                "on Kubernetes"
            };
            text.push_str(&format!("\n{what}:\n{}", list(&self.on_kubernetes)));
        }
        for (environment, blueprint) in &self.untold {
            text.push_str(&format!(
                "\nof the alerts of {environment} nobody is told yet: Alertmanager keeps them to itself. For e-mail, put \
                 these among what stands in `{blueprint}`; `formwork explain receivers` names other ways:\n{TOLD}"
            ));
        }
        text
    }
}

/// How a command begins that fills an env file.
const FILL: &str = "formwork env fill";

/// The commands that are still needed; `written` says whether compiled files have changed.
pub fn commands(
    system: &System,
    selection: &Selection<'_>,
    named: Named<'_>,
    written: bool,
) -> Next {
    let mut next = Next::default();
    let models = &system.compiled.models;
    // Of nothing there is nothing to start: Docker Compose answers "no service selected".
    let has_any = |model: &&Model| !model.services.is_empty();
    for model in models.iter().filter(|model| selection.takes_environment(model)).filter(has_any) {
        let env_file = naming::env_file(&model.environment.name);
        let asks = model.asks_the_operator();
        let fill = asks && !system.root().join(&env_file).exists();
        // Compose alone mounts what other targets write: with a part of them it may not start. A cluster's manifests hold
        // all that they need.
        let compose = !selection.is_partial();
        let kubernetes =
            selection.takes_target(Target::Kubernetes) && is_on_kubernetes(system, model);
        if fill && (compose || kubernetes) {
            next.commands.push(env("fill", system, model, named));
        }
        // Told once, before the first start: whoever goes on without it means it so.
        if fill && is_untold(model) {
            let environment = model.environment.name.to_string();
            next.untold.push((environment, shown(&system.project.blueprint)));
        }
        if !(fill || written) {
            continue;
        }
        let path = system.path(&env_file);
        let env_file = asks.then_some(path.as_str());
        if compose {
            next.commands.extend(start(system, model, env_file, fill || !asks));
        }
        if kubernetes {
            next.on_kubernetes.extend(apply(system, model, named, fill || !asks));
        }
    }
    next
}

/// Whether there are alerts in production, an Alertmanager, and nobody whom it tells.
fn is_untold(model: &Model) -> bool {
    let of_nobody = |monitoring: &Monitoring| {
        monitoring.alerts.is_some()
            && !monitoring.rules.is_empty()
            && monitoring.delivery.routes.is_empty()
    };
    model.environment.tier == Tier::Production && model.monitoring.as_ref().is_some_and(of_nobody)
}

fn is_on_kubernetes(system: &System, model: &Model) -> bool {
    let list = format!("{}/kustomization.yaml", naming::manifests(&model.environment.name));
    system.compiled.tree.get(&list).is_some()
}

/// Brings everything up on Docker Compose; the first time, with what the operator brings.
pub fn start(system: &System, model: &Model, env_file: Option<&str>, first: bool) -> Vec<String> {
    let compose = || compose(system, model, env_file);
    let certificates = first.then(|| model.certificates_into_volume(&compose()));
    let up = up(system, model, env_file);
    certificates.into_iter().flatten().chain([up]).collect()
}

/// Applies the manifests. The namespace is among them, so what the operator brings comes after; pods wait for it.
fn apply(system: &System, model: &Model, named: Named<'_>, first: bool) -> Vec<String> {
    let folder = system.path(&naming::manifests(&model.environment.name));
    let mut commands = vec![format!("kubectl apply -k {}", shell::quote(&folder))];
    let is_kept = |variable: &Variable| {
        variable.is_operators()
            && variable.lives_in_secret()
            && !model.namespaces_reading(variable).is_empty()
    };
    if model.variables().any(is_kept) {
        let secret = env("secret", system, model, named);
        commands.push(format!("{secret} | kubectl apply --server-side -f -"));
    }
    if first {
        commands.extend(model.certificates_into_cluster());
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
fn up(system: &System, model: &Model, env_file: Option<&str>) -> String {
    let file = naming::compose_file(&model.environment.short);
    model.start_command(env_file, &system.path(&file))
}

/// Docker Compose with the files of an environment.
fn compose(system: &System, model: &Model, env_file: Option<&str>) -> String {
    let file = system.path(&naming::compose_file(&model.environment.short));
    Model::compose_command(env_file, &file)
}
