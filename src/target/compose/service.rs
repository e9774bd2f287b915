//! Turns a service of the model into one of Docker Compose.

use std::borrow::Cow;

use crate::map::IndexMap;

use crate::format::quote::compose::escape;
use crate::model::mount::Tmpfs;
use crate::model::service::{self, Dockerfile, Until};
use crate::model::variable::Origin;
use crate::model::{Model, Role, Text, Variable, naming};
use crate::target::Output;
use crate::target::compose::schema::{
    Bind, Build, Dependency, Deploy, HealthCheck, Limits, Logging, Membership, Mount, Reservations,
    Resources, Service,
};
use crate::value::{Name, VariableName};

/// The label that makes Compose recreate a container when a file that it reads has changed.
const CONFIG_LABEL: &str = "formwork.config";

/// What all services of an environment have alike.
pub(super) struct Shared<'a> {
    model: &'a Model,
    /// The file that holds the operator's variables.
    env_file: String,
    log_options: IndexMap<&'static str, String>,
}

impl<'a> Shared<'a> {
    pub(super) fn of(model: &'a Model) -> Self {
        let env_file = naming::env_file(&model.environment.name);
        Self { model, env_file, log_options: log_options(model) }
    }

    fn write<'t>(&self, text: &'t Text) -> Cow<'t, str> {
        text.render(escape, |name| self.required(name))
    }

    /// A variable as Compose reads it from the env file: its absence stops the start, with a message that names it.
    /// No default stands here: the template has it, so that targets cannot disagree.
    fn required(&self, name: &VariableName) -> String {
        let may_be_empty = self.model.variable(name).is_some_and(Variable::may_be_empty);
        let set = if may_be_empty { "?set " } else { ":?set " };
        ["${", name.as_str(), set, name.as_str(), " in ", &self.env_file, "}"].concat()
    }
}

pub(super) fn service<'a>(
    shared: &'a Shared<'a>,
    service: &'a service::Service,
    output: &Output<'_>,
) -> Service<'a> {
    let (model, write) = (shared.model, |text| shared.write(text));
    Service {
        image: escape(service.image.as_str()),
        build: service.build.as_ref().map(|written| build(shared, written)),
        profiles: service.profile.iter().map(Name::as_str).collect(),
        entrypoint: service.entrypoint.iter().map(write).collect(),
        command: service.command.iter().map(write).collect(),
        environment: service
            .environment
            .iter()
            .map(|(name, text)| (name.as_str(), write(text)))
            .collect(),
        secrets: service.secrets.keys().map(naming::secret_file).collect(),
        ports: service.publish.iter().map(published).collect(),
        depends_on: service
            .after
            .iter()
            .filter(|after| runs(model, after))
            .map(dependency)
            .collect(),
        healthcheck: service.health.as_ref().and_then(|health| health_check(shared, health)),
        network_mode: service.networks.is_empty().then_some("none"),
        networks: memberships(service),
        volumes: mounts(service),
        tmpfs: service.tmpfs.iter().map(|tmpfs| in_memory(tmpfs, service)).collect(),
        user: service.user.both(),
        pid: service.host.as_ref().filter(|host| host.pid).map(|_| "host"),
        read_only: !service.writable_root,
        cap_drop: ["ALL"],
        cap_add: &service.capabilities,
        ulimits: &service.ulimits,
        security_opt: ["no-new-privileges:true"],
        init: true,
        deploy: deploy(service),
        logging: Logging { driver: "json-file", options: &shared.log_options },
        // What ends when it is done is not started again.
        restart: match service.role {
            Role::Preparation => "no",
            _ => model.compose.restart.as_str(),
        },
        stop_signal: service.stop_signal,
        stop_grace_period: service.stop_grace.go(),
        labels: output
            .digest_below(service.files.iter().map(|mount| mount.artifact.as_str()))
            .map(|hash| (CONFIG_LABEL, hash))
            .into_iter()
            .collect(),
    }
}

/// How log files are rotated; where something reads them, each line says whose it is ("JSON File logging driver",
/// Docker's documentation).
fn log_options(model: &Model) -> IndexMap<&'static str, String> {
    let rotation = [
        ("max-size", model.compose.log_size.nginx()),
        ("max-file", model.compose.log_files.to_string()),
    ];
    let read = model.services.values().any(|service| service.role == Role::Collector);
    let labels = "com.docker.compose.project,com.docker.compose.service";
    rotation.into_iter().chain(read.then(|| ("labels", labels.to_owned()))).collect()
}

fn build<'a>(shared: &Shared<'a>, written: &'a service::Build) -> Build<'a> {
    let dockerfile = match &written.dockerfile {
        Dockerfile::Compiled { from_context, .. } => from_context,
        Dockerfile::Own(path) => path,
    };
    let argument = |name: &'a VariableName| {
        let origin = shared.model.variable(name).map(|variable| &variable.origin);
        let value = match origin {
            Some(Origin::Fixed(text)) => shared.write(text),
            _ => shared.required(name).into(),
        };
        (name.as_str(), value)
    };
    Build {
        context: escape(&written.context),
        dockerfile: escape(dockerfile),
        target: escape(&written.target),
        args: written.arguments.iter().map(argument).collect(),
    }
}

fn published(port: &service::Published) -> String {
    let protocol = if port.udp { "/udp" } else { "" };
    match port.address {
        std::net::IpAddr::V4(address) if address.is_unspecified() => {
            format!("{}:{}{protocol}", port.host, port.container)
        }
        std::net::IpAddr::V4(address) => {
            format!("{address}:{}:{}{protocol}", port.host, port.container)
        }
        std::net::IpAddr::V6(address) => {
            format!("[{address}]:{}:{}{protocol}", port.host, port.container)
        }
    }
}

fn runs(model: &Model, after: &service::After) -> bool {
    model.services.get(&after.service).is_none_or(service::Service::is_composed)
}

fn dependency(after: &service::After) -> (&str, Dependency) {
    let condition = match after.until {
        Until::Started => "service_started",
        Until::Healthy => "service_healthy",
        Until::Completed => "service_completed_successfully",
    };
    let required = (!after.required).then_some(false);
    (after.service.as_str(), Dependency { condition, required })
}

fn health_check<'a>(shared: &Shared<'_>, health: &'a service::Health) -> Option<HealthCheck<'a>> {
    let words: Vec<Cow<'a, str>> = match health.command()? {
        Cow::Borrowed(command) => command.iter().map(|word| shared.write(word)).collect(),
        Cow::Owned(command) => {
            command.iter().map(|word| shared.write(word).into_owned().into()).collect()
        }
    };
    Some(HealthCheck {
        test: std::iter::once("CMD".into()).chain(words).collect(),
        interval: health.interval.go(),
        timeout: health.timeout.go(),
        retries: health.retries,
        start_period: health.start.go(),
    })
}

fn memberships(service: &service::Service) -> IndexMap<&str, Membership> {
    let aliases = match (&service.metrics, service.is_replicated()) {
        (Some(_), true) => vec![naming::replicas_host(&service.name)],
        _ => Vec::new(),
    };
    let joined = service.networks.iter();
    joined.map(|network| (network.as_str(), Membership { aliases: aliases.clone() })).collect()
}

fn mounts(service: &service::Service) -> Vec<Mount<'_>> {
    let volumes = service.volumes.iter().map(|mount| Mount {
        kind: "volume",
        source: mount.volume.as_str().into(),
        target: escape(mount.path.as_str()),
        read_only: mount.read_only,
        bind: None,
    });
    let files = service.files.iter().map(|mount| Mount {
        kind: "bind",
        source: ["./", &mount.artifact].concat().into(),
        target: escape(mount.path.as_str()),
        read_only: true,
        bind: Some(Bind { propagation: None, create_host_path: false }),
    });
    let host = service.host.iter().flat_map(|host| &host.paths).map(|(path, target)| Mount {
        kind: "bind",
        source: path.into(),
        target: target.as_str().into(),
        read_only: true,
        bind: Some(Bind { propagation: Some("rslave"), create_host_path: false }),
    });
    volumes.chain(files).chain(host).collect()
}

/// `uid=` and `gid=` make it the user's own: the mode alone is not honoured by every runtime (moby#39466).
fn in_memory(tmpfs: &Tmpfs, service: &service::Service) -> String {
    let (uid, gid) = (service.user.uid, service.user.gid);
    format!("{}:size={},uid={uid},gid={gid},mode={}", tmpfs.path, tmpfs.size.nginx(), tmpfs.mode)
}

fn deploy(service: &service::Service) -> Deploy {
    let (cpu, memory) = (service.resources.cpu, service.resources.memory);
    let reserved = cpu.request().is_some() || memory.request().is_some();
    Deploy {
        replicas: (service.replicas > 1).then_some(service.replicas),
        resources: Resources {
            limits: Limits {
                cpus: cpu.limit().compose(),
                memory: memory.limit().compose(),
                pids: service.resources.pids,
            },
            reservations: reserved.then(|| Reservations {
                cpus: cpu.request().map(crate::value::Cpu::compose),
                memory: memory.request().map(crate::value::Memory::compose),
            }),
        },
    }
}
