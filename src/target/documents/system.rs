//! Turns the models of a system into what every document names alike: its environments and the commands for each.

use std::borrow::Cow;
use std::cell::OnceCell;

use serde::Serialize;

use crate::format::quote::shell;
use crate::model::service::Service;
use crate::model::{Model, Text, Tier, naming};
use crate::target::Output;
use crate::target::documents::recovery;
use crate::target::rollout::{self, Rollout};
use crate::value::{HostName, Name};

/// The folder of the scripts.
const SCRIPTS: &str = "scripts";

/// A system with all its environments.
pub(super) struct System<'a> {
    /// The environments, the real thing before its rehearsals.
    pub(super) places: Vec<Place<'a>>,
    /// The environment that commands are shown for where one must stand for all.
    pub(super) main: usize,
    /// The scripts that the tree has, by file name.
    scripts: Vec<String>,
}

/// An environment, as documents name it.
#[derive(Debug, Serialize)]
pub(super) struct Place<'a> {
    /// What is decided of it.
    #[serde(skip)]
    pub(super) model: &'a Model,
    /// Its name.
    pub(super) name: &'a str,
    /// Its tier.
    pub(super) tier: &'static str,
    /// Its domain; empty where it has none.
    pub(super) domain: &'a str,
    /// The machine it runs on; empty where nobody names one.
    pub(super) machine: &'a str,
    /// The compose file.
    pub(super) compose_file: String,
    /// The env file that the operator fills in; empty where nothing is asked.
    pub(super) env_file: String,
    /// The template of that file.
    pub(super) template: String,
    /// The folder with the variables that are read as files; empty where there are none.
    pub(super) secrets: String,
    /// The project in Docker Compose.
    pub(super) project: &'a str,
    /// Docker Compose with the files and profiles of this environment.
    pub(super) compose: String,
    /// The folder with the manifests; empty where there are none.
    pub(super) manifests: String,
    /// The namespace.
    pub(super) namespace: &'a str,
    /// `kubectl` in that namespace.
    #[serde(skip)]
    kubectl: String,
    /// The same in that of what sees the host.
    #[serde(skip)]
    kubectl_of_agents: String,
    /// The manifests that restore data, which nobody applies but whoever wants that.
    #[serde(skip)]
    restoring: Vec<String>,
    /// What a deployment to the cluster consists of.
    #[serde(skip)]
    pub(super) rollout: Rollout,
    /// The command that asks each service how it is, as a shell reads it, where there is one; made when first wanted.
    #[serde(skip)]
    questions: OnceCell<Vec<Option<String>>>,
}

impl<'a> System<'a> {
    pub(super) fn new(models: &'a [Model], output: &Output<'_>) -> Self {
        let places: Vec<Place<'a>> = models.iter().map(|model| Place::new(model, output)).collect();
        let is_main = |place: &Place<'_>| place.model.environment.tier == Tier::Production;
        let main = places.iter().position(is_main).unwrap_or_default();
        let scripts = output.emitted_below(SCRIPTS).map(|(path, _)| path.as_str());
        let scripts = scripts.filter_map(|path| path.strip_prefix(SCRIPTS)?.strip_prefix('/'));
        Self { places, main, scripts: scripts.map(str::to_owned).collect() }
    }

    /// A run of a script for an environment; empty where the tree has no such script.
    pub(super) fn run(&self, script: &str, place: &Place<'_>, options: &str) -> String {
        if !self.scripts.iter().any(|known| known == script) {
            return String::new();
        }
        let blank = if options.is_empty() { "" } else { " " };
        [SCRIPTS, "/", script, " ", place.name, blank, options].concat()
    }

    /// The commands that back up an environment; none where nothing is backed up.
    pub(super) fn back_up(&self, place: &Place<'_>) -> Vec<String> {
        let script = self.run("backup.sh", place, "");
        if script.is_empty() || place.model.backups.is_none() {
            return recovery::back_up(place);
        }
        vec![script]
    }

    /// The environment that stands for all.
    pub(super) fn main(&self) -> &Place<'a> {
        &self.places[self.main]
    }

    /// The main environment, then the others.
    pub(super) fn main_first(&self) -> impl Iterator<Item = &Place<'a>> {
        let others = self.places.iter().enumerate().filter(|(index, _)| *index != self.main);
        std::iter::once(self.main()).chain(others.map(|(_, place)| place))
    }

    /// All services, each with the first environment that has it, the main one before others.
    pub(super) fn services(&self) -> Vec<(&Place<'a>, &'a Service)> {
        let mut found: Vec<(&Place<'a>, &'a Service)> = Vec::new();
        for place in self.main_first() {
            for service in place.model.services.values() {
                if found.iter().all(|(_, known)| known.name != service.name) {
                    found.push((place, service));
                }
            }
        }
        found
    }

    /// The environments for which something holds, in words; empty where it holds for all.
    pub(super) fn only(&self, holds: impl Fn(&Model) -> bool) -> String {
        let with: Vec<&str> =
            self.places.iter().filter(|place| holds(place.model)).map(|place| place.name).collect();
        if with.len() == self.places.len() { String::new() } else { with.join(", ") }
    }
}

impl<'a> Place<'a> {
    fn new(model: &'a Model, output: &Output<'_>) -> Self {
        let environment = &model.environment;
        let asks = model.asks_the_operator();
        let env_file = if asks { naming::env_file(&environment.name) } else { String::new() };
        let compose_file = naming::compose_file(&environment.short);
        let manifests = naming::manifests(&environment.name);
        let is_applied = output.emitted(&format!("{manifests}/kustomization.yaml")).is_some();
        let reads_files = model.variables().any(|variable| variable.file_owner.is_some());
        Self {
            name: environment.name.as_str(),
            tier: environment.tier.as_str(),
            domain: environment.domain.as_ref().map(HostName::as_str).unwrap_or_default(),
            machine: environment.host.as_ref().map(Name::as_str).unwrap_or_default(),
            compose: model.profiled_command(asks.then_some(&env_file), &compose_file),
            template: naming::env_template(&environment.name, &environment.env_suffix),
            secrets: if reads_files {
                naming::secrets_folder(&environment.name)
            } else {
                String::new()
            },
            project: model.compose.project.as_str(),
            namespace: model.kubernetes.namespace.as_str(),
            kubectl: ["kubectl --namespace ", model.kubernetes.namespace.as_str()].concat(),
            kubectl_of_agents: ["kubectl --namespace ", &model.agents_namespace()].concat(),
            restoring: output
                .emitted_below(&format!("{manifests}/{}", naming::RESTORES))
                .map(|(path, _)| path.as_str().to_owned())
                .collect(),
            rollout: Rollout::of(model, &rollout::manifests(model, output)),
            questions: OnceCell::new(),
            manifests: if is_applied { manifests } else { String::new() },
            compose_file,
            env_file,
            model,
        }
    }

    /// Docker Compose as a service needs it: with its profile, where that is not on anyway.
    pub(super) fn compose_for(&self, service: &Service) -> Cow<'_, str> {
        match &service.profile {
            Some(profile) if !self.model.is_on(service) => {
                format!("{} --profile {profile}", self.compose).into()
            }
            _ => self.compose.as_str().into(),
        }
    }

    /// Puts certificates in place that the operator brings; nothing where they come in another way.
    pub(super) fn certificates(&self) -> Vec<String> {
        let env_file = (!self.env_file.is_empty()).then_some(self.env_file.as_str());
        let compose = Model::compose_command(env_file, &self.compose_file);
        self.model.certificates_into_volume(&compose)
    }

    /// The command that starts everything.
    pub(super) fn start(&self) -> String {
        let env_file = (!self.env_file.is_empty()).then_some(self.env_file.as_str());
        self.model.start_command(env_file, &self.compose_file)
    }

    /// A command for the env file.
    pub(super) fn env(&self, command: &str) -> String {
        format!(
            "formwork env {command} {} --env {}",
            shell::quote(&self.model.blueprint),
            self.name
        )
    }

    /// `kubectl` in the namespace of a service.
    pub(super) fn kubectl(&self, service: &Service) -> &str {
        if self.model.is_agent(service) { &self.kubectl_of_agents } else { &self.kubectl }
    }

    /// The manifests that restore something that is backed up.
    pub(super) fn restores(&self, store: &Name) -> Vec<String> {
        let named = |path: &&String| {
            ["restore", "recover"]
                .iter()
                .any(|word| path.ends_with(&format!("/job-{word}-{store}.yaml")))
        };
        self.restoring.iter().filter(named).cloned().collect()
    }

    /// What runs a service in the cluster, as `kubectl` names it; `None` where the cluster itself stands in.
    pub(super) fn workload(&self, service: &Service) -> Option<&str> {
        self.rollout.workload(service)
    }

    /// The command that asks a service how it is, as its health check does; `None` where nothing can be asked, or a
    /// word of it is known at run time only.
    pub(super) fn question(&self, service: &Service) -> Option<&str> {
        let question = |service: &Service| words(&service.health.as_ref()?.command()?);
        let services = &self.model.services;
        let questions = self.questions.get_or_init(|| services.values().map(question).collect());
        questions.get(services.get_index_of(&service.name)?)?.as_deref()
    }

    /// The services that Docker Compose runs here, with the environment's profiles.
    pub(super) fn composed(&self) -> impl Iterator<Item = &'a Service> {
        let model = self.model;
        model.services.values().filter(|service| service.is_composed() && model.is_on(service))
    }
}

/// Words as a shell reads them; `None` where one is known at run time only.
pub(super) fn words(words: &[Text]) -> Option<String> {
    let mut out = String::with_capacity(64);
    for (at, word) in words.iter().enumerate() {
        out.push_str(if at == 0 { "" } else { " " });
        shell::push(&mut out, word.as_literal()?);
    }
    Some(out)
}
