//! Turns a model into what the scripts know of its environment: lists of words.

use std::borrow::Cow;

use serde::Serialize;

use crate::format::quote::shell;
use crate::model::backup::Store;
use crate::model::service::{Health, Until};
use crate::model::{Model, Role, Service, naming};
use crate::target::Output;
use crate::target::rollout::{self, Manifest};
use crate::target::scripts::asked::{probes, routes};
use crate::target::scripts::list::Functions;
use crate::target::scripts::stores::{
    archives, backup_job, backup_service, backups, copies, writers,
};
use crate::target::scripts::{cluster, objects, start};

/// What the template of an environment's file sees.
#[derive(Debug, Serialize)]
pub(super) struct Facts {
    header: String,
    system: String,
    environment: String,
    tier: &'static str,
    project: String,
    compose_file: String,
    /// Empty where nothing is asked of the operator.
    env_file: String,
    blueprint: String,
    start_seconds: u64,
    /// Whether anything is backed up.
    backups: bool,
    /// The service that does so; empty for none.
    backup_service: String,
    /// The program in its container.
    backup_job: String,
    /// Words of the shell, the system's own first.
    namespaces: String,
    /// The functions that call a command for each thing.
    lists: String,
}

impl Facts {
    /// What is known of an environment.
    pub(super) fn of(model: &Model, output: &Output<'_>) -> Self {
        let environment = &model.environment;
        let manifests = rollout::manifests(model, output);
        let namespaces = model.namespaces();
        let namespaces: Vec<_> = namespaces.iter().map(|one| shell::quote(one)).collect();
        Self {
            header: output.header(),
            system: model.name.to_string(),
            environment: environment.name.to_string(),
            tier: environment.tier.as_str(),
            project: model.compose.project.to_string(),
            compose_file: naming::compose_file(&environment.short),
            env_file: if model.asks_the_operator() {
                naming::env_file(&environment.name)
            } else {
                String::new()
            },
            blueprint: model.blueprint.clone(),
            start_seconds: start::seconds(model),
            backups: model.backups.as_ref().is_some_and(|backups| !backups.stores.is_empty()),
            backup_service: backup_service(model)
                .map(|one| one.name.to_string())
                .unwrap_or_default(),
            backup_job: backup_job(model),
            namespaces: namespaces.join(" "),
            lists: functions(model, &manifests),
        }
    }
}

/// The functions that call a command for each thing.
fn functions(model: &Model, manifests: &[Manifest<'_>]) -> String {
    let mut out = Functions::new();
    out.each(
        "profile",
        "The profiles that run.",
        model.environment.profiles.iter().map(|profile| [profile.as_str()]),
    );
    out.each(
        "service",
        "What runs: name, role, how many, whether it has a health check (health or none),\nwhether it ends (once or stays).",
        running(model).map(service),
    );
    out.each(
        "store",
        "What is backed up: name, service that keeps it, service that keeps its archive, its volume, that of the\narchive, the folder on the volume, the user it belongs to; - for what there is not.",
        stores(model),
    );
    out.each("file", "The compiled files and folders that containers read.", files(model));
    out.each("secret", "The files that hold what containers read as files.", secrets(model));
    out.each(
        "migration",
        "What brings a database up to date: service, step (check, upgrade, downgrade or reset), then the\ncommand in its container.",
        running(model).flat_map(migrations),
    );
    out.each("need", "What must run before something is migrated, each once.", needs(model));
    out.each(
        "backup",
        "What is backed up: store, series (daily or weekly), and the seconds after which a backup is too old.",
        backups(model),
    );
    out.each("copy", "The buckets that it is copied to: store, bucket.", copies(model));
    out.each(
        "archive",
        "What keeps what is written between two backups: store, service, the seconds that the newest part is old at\nmost where something is written, those after which it is too old, whether buckets have it (copied or here).",
        archives(model),
    );
    out.each("writer", "What writes to what is backed up.", writers(model));
    asked(&mut out, model, manifests);
    cluster::lists(&mut out, model, manifests);
    out.text()
}

/// What can be asked for, exchanged, fetched and looked up.
fn asked(out: &mut Functions, model: &Model, manifests: &[Manifest<'_>]) {
    out.each(
        "probe",
        "How health is asked for: endpoints, data or monitoring; service; what is asked; its URL on this\nmachine, or empty; then the command inside a container.",
        running(model).flat_map(probes),
    );
    out.each(
        "route",
        "What is routed: host, HTTPS port, HTTP port, address on this machine, path, service that answers.",
        routes(model),
    );
    out.each(
        "switch",
        "What can run beside itself, with no port of its own on the machine: service, how many.",
        running(model).filter(|service| switches(service)).map(switch),
    );
    out.each(
        "image",
        "The images: service, image, whether it is built or pulled.",
        running(model).map(image),
    );
    out.each(
        "object",
        "What a cluster must have: namespace, kind, name.",
        objects::objects(model, manifests),
    );
}

/// What is backed up, and what a recovery needs to know of it.
fn stores<'a>(model: &'a Model) -> impl Iterator<Item = [Cow<'a, str>; 7]> {
    let full = move |volume: &str| format!("{}_{volume}", model.compose.project);
    let stores = model.backups.iter().flat_map(|backups| &backups.stores);
    let line = move |(name, store): (&'a crate::value::Name, &'a Store)| {
        let (name_of, keeper) = (name.as_str().into(), store.keeper.as_str().into());
        let known = store.archive.as_ref().zip(store.commands.archive.as_ref());
        let user = model.services.get(&store.keeper).map(|keeper| keeper.user.both());
        let [archive, volume, of_archive, folder, user] = if let Some((archive, commands)) = known {
            [
                archive.service.as_str().into(),
                full(&naming::volume(name, &commands.volume)).into(),
                full(&format!("{}-data", archive.service)).into(),
                commands.folder.as_str().into(),
                user.unwrap_or_default().into(),
            ]
        } else {
            let volume = store.volume.as_ref().map(|volume| full(volume.as_str()));
            ["-".into(), volume.map_or("-".into(), Into::into), "-".into(), "-".into(), "-".into()]
        };
        [name_of, keeper, archive, volume, of_archive, folder, user]
    };
    stores.map(line)
}

/// What this environment runs with Docker Compose.
fn running(model: &Model) -> impl Iterator<Item = &Service> {
    model.services.values().filter(|service| service.is_composed() && model.is_on(service))
}

fn service(service: &Service) -> [Cow<'_, str>; 5] {
    let checked = service.health.as_ref().is_some_and(Health::has_command);
    [
        service.name.as_str().into(),
        role(service.role).into(),
        service.replicas.to_string().into(),
        if checked { "health" } else { "none" }.into(),
        if service.role == Role::Preparation { "once" } else { "stays" }.into(),
    ]
}

fn role(role: Role) -> &'static str {
    match role {
        Role::Application => "application",
        Role::Platform => "platform",
        Role::Database => "database",
        Role::Cache => "cache",
        Role::Queue => "queue",
        Role::Edge => "edge",
        Role::Certificates => "certificates",
        Role::Metrics => "metrics",
        Role::Alerts => "alerts",
        Role::Logs => "logs",
        Role::Collector => "collector",
        Role::Dashboards => "dashboards",
        Role::Exporter => "exporter",
        Role::HostAgent => "host-agent",
        Role::Preparation => "preparation",
        Role::Backup => "backup",
        Role::Archive => "archive",
    }
}

fn files(model: &Model) -> impl Iterator<Item = [&String; 1]> {
    let files = model.services.values().filter(|service| service.is_composed());
    let mut paths: Vec<_> =
        files.flat_map(|service| &service.files).map(|mount| &mount.artifact).collect();
    paths.sort_unstable();
    paths.dedup();
    paths.into_iter().map(|path| [path])
}

/// As the Compose file names them.
fn secrets(model: &Model) -> impl Iterator<Item = [String; 1]> {
    let folder = naming::secrets_folder(&model.environment.name);
    let read = model.variables_by_name().filter(move |variable| {
        // What only a profile reads that is off need not be there, and what may be empty may be.
        let on = variable.profile.as_ref();
        let on = on.is_none_or(|profile| model.environment.profiles.contains(profile));
        variable.file_owner.is_some() && on && !variable.may_be_empty()
    });
    read.map(move |variable| [format!("{folder}/{}", naming::secret_file(&variable.name))])
}

fn needs(model: &Model) -> impl Iterator<Item = [&str; 1]> {
    let migrating = running(model).filter(|service| service.migrations.named().next().is_some());
    let mut names: Vec<_> = migrating
        .flat_map(|service| &service.after)
        .filter(|after| after.until == Until::Healthy)
        .filter(|after| model.services.get(&after.service).is_some_and(|one| model.is_on(one)))
        .map(|after| after.service.as_str())
        .collect();
    names.sort_unstable();
    names.dedup();
    names.into_iter().map(|name| [name])
}

/// Whether a new one can stand beside an old one while they are changed over.
fn switches(service: &Service) -> bool {
    service.role == Role::Application && service.publish.is_empty() && !service.single
}

fn switch(service: &Service) -> [Cow<'_, str>; 2] {
    [service.name.as_str().into(), service.replicas.to_string().into()]
}

fn image(service: &Service) -> [&str; 3] {
    let how = if service.build.is_some() { "built" } else { "pulled" };
    [service.name.as_str(), service.image.as_str(), how]
}

fn migrations(service: &Service) -> impl Iterator<Item = impl Iterator<Item = &str>> {
    service.migrations.named().map(|(step, command)| {
        let head = [service.name.as_str(), step];
        head.into_iter().chain(command.iter().map(String::as_str))
    })
}
