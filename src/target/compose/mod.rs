//! Emits the Docker Compose file of an environment.

mod schema;
mod service;

use crate::map::IndexMap;

use crate::format::yaml::Comments;
use crate::model::{Model, naming};
use crate::target::{Error, Output};
use schema::{File, Ipam, Network, Pool, Secret, Volume};
use service::Shared;

/// Emits `docker-compose.<short>.yml`. Read by: `docker compose`.
///
/// # Errors
/// When the path is taken.
pub fn emit(model: &Model, output: &mut Output<'_>) -> Result<(), Error> {
    let services = model.services.values().filter(|service| service.is_composed());
    let shared = Shared::of(model);
    let file = File {
        name: model.compose.project.as_str(),
        services: services
            .map(|service| (service.name.as_str(), service::service(&shared, service, output)))
            .collect(),
        networks: networks(model),
        volumes: volumes(model),
        secrets: secrets(model),
    };
    let path = naming::compose_file(&model.environment.short);
    output.yaml(&path, &file, comments(model))
}

/// The volumes that anything here mounts.
fn volumes(model: &Model) -> IndexMap<&str, Volume> {
    let services = model.services.values().filter(|service| service.is_composed());
    let mounted: Vec<_> =
        services.flat_map(|service| &service.volumes).map(|mount| &mount.volume).collect();
    let volumes = model.volumes.keys().filter(|name| mounted.contains(name));
    volumes.map(|name| (name.as_str(), Volume {})).collect()
}

fn networks(model: &Model) -> IndexMap<&str, Network> {
    let network = |network: &crate::model::Network| Network {
        driver: "bridge",
        internal: network.internal,
        ipam: network
            .subnet
            .map(|subnet| Ipam { config: vec![Pool { subnet: subnet.to_string() }] }),
    };
    model.networks.iter().map(|(name, written)| (name.as_str(), network(written))).collect()
}

/// The files that `env fill` writes, for programs that read secrets from files only.
fn secrets(model: &Model) -> IndexMap<String, Secret> {
    let folder = naming::secrets_folder(&model.environment.name);
    let variables = model.variables_by_name();
    let read = variables.filter(|variable| variable.file_owner.is_some());
    read.map(|variable| {
        let name = naming::secret_file(&variable.name);
        let file = format!("./{folder}/{name}");
        (name, Secret { file })
    })
    .collect()
}

/// What each service does, above it.
fn comments(model: &Model) -> Comments {
    let mut comments = Comments::new();
    let (name, short) = (&model.environment.name, &model.environment.short);
    let env_file = model.asks_the_operator().then(|| naming::env_file(name));
    let start = model.start_command(env_file.as_deref(), &naming::compose_file(short));
    let usage = format!("Start: {start}");
    let head = match model.description.as_str() {
        "" => usage,
        description => format!("{description}\n{usage}"),
    };
    comments.insert(String::new(), head);
    let services = model.services.values().filter(|service| service.is_composed());
    for service in services {
        let description = service.description();
        if !description.is_empty() {
            comments.insert(format!("/services/{}", service.name), description);
        }
    }
    comments
}
