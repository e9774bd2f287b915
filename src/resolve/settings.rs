//! Turns the smaller sections of a blueprint into their parts of the model.

use crate::map::IndexMap;

use crate::blueprint::Blueprint;
use crate::model::service::Service;
use crate::model::{
    Compose, Environment, External, Guard, Kubernetes, Network, Operator, RouteKind, SecretStore,
    Tier, Volume, Waiver, naming,
};
use crate::resolve::parts::Parts;
use crate::value::{Duration, Memory, Name};

/// How much a volume claims when nobody says.
const VOLUME_SIZE: Memory = Memory::from_mebibytes(1024);
/// The size at which a log file is rotated when nobody says.
const LOG_SIZE: Memory = Memory::from_mebibytes(10);
/// How often secrets are fetched anew when nobody says; the External Secrets Operator's own default.
const SECRETS_REFRESH: Duration = Duration::from_seconds(3600);
/// How many log files are kept when nobody says.
const LOG_FILES: u32 = 3;

pub(super) fn environment(blueprint: &Blueprint, name: &Name) -> Environment {
    let settings = blueprint.settings(name);
    let output = blueprint.output.as_ref();
    Environment {
        name: name.clone(),
        short: settings.short.clone().unwrap_or_else(|| name.clone()),
        tier: settings.tier,
        domain: settings.domain.clone(),
        host: settings.host.clone(),
        profiles: settings.profiles.clone(),
        gitignore: output.and_then(|output| output.gitignore).unwrap_or(true),
        env_suffix: output
            .and_then(|output| output.env_suffix.clone())
            .unwrap_or_else(|| "template".to_owned()),
    }
}

pub(super) fn externals(blueprint: &Blueprint) -> IndexMap<Name, External> {
    let external = |written: &crate::blueprint::External| External {
        about: written.about.clone().unwrap_or_default(),
        host: written.host.clone(),
        port: written.port.get(),
        cidr: written.cidr,
    };
    blueprint.external.iter().map(|(name, written)| (name.clone(), external(written))).collect()
}

/// The networks; one that all share where the author names none.
pub(super) fn networks(blueprint: &Blueprint) -> IndexMap<Name, Network> {
    if blueprint.networks.is_empty() {
        return [(Name::default_network(), Network { internal: false, subnet: None })]
            .into_iter()
            .collect();
    }
    let network = |written: &crate::blueprint::Network| Network {
        internal: written.internal,
        subnet: written.subnet,
    };
    blueprint.networks.iter().map(|(name, written)| (name.clone(), network(written))).collect()
}

/// The volumes that services mount; those that are only described in the blueprint are left out.
pub(super) fn volumes(
    blueprint: &Blueprint,
    parts: &Parts,
    services: &IndexMap<Name, Service>,
) -> IndexMap<Name, Volume> {
    let mut volumes = IndexMap::default();
    for (name, service) in services {
        let part = &parts[name];
        let storage = part.written.storage.or(part.entry.as_ref().and_then(|entry| entry.storage));
        for (index, mount) in service.volumes.iter().enumerate() {
            let written = blueprint.volumes.get(&mount.volume).cloned().unwrap_or_default();
            let size = written.size.or(storage.filter(|_| index == 0)).unwrap_or(VOLUME_SIZE);
            let volume =
                Volume { about: written.about.unwrap_or_default(), size, shared: written.shared };
            volumes.entry(mount.volume.clone()).or_insert(volume);
        }
    }
    volumes
}

pub(super) fn compose(blueprint: &Blueprint, environment: &Environment) -> Compose {
    let written = blueprint.compose.clone().unwrap_or_default();
    let project =
        if environment.tier == Tier::Production && environment.name.as_str() == "production" {
            blueprint.name.clone()
        } else {
            blueprint.name.joined(environment.short.as_str())
        };
    Compose {
        project: written.project.unwrap_or(project),
        restart: written.restart,
        log_size: written.log_size.unwrap_or(LOG_SIZE),
        log_files: written.log_files.unwrap_or(LOG_FILES),
    }
}

pub(super) fn kubernetes(blueprint: &Blueprint, environment: &Name) -> Kubernetes {
    let written = blueprint.kubernetes.clone().unwrap_or_default();
    let (class, controller_namespace) = match written.routes {
        RouteKind::Gateway => ("envoy", "envoy-gateway-system"),
        RouteKind::Ingress => ("traefik", "traefik"),
    };
    Kubernetes {
        namespace: written.namespace.unwrap_or_else(|| blueprint.name.joined(environment.as_str())),
        routes: written.routes,
        class: written.class.unwrap_or_else(|| Name::known(class)),
        controller_namespace: written
            .controller_namespace
            .unwrap_or_else(|| Name::known(controller_namespace)),
        issuer: written.issuer.unwrap_or_else(|| Name::known("letsencrypt")),
        storage_class: written.storage_class,
        quota: written.quota,
        policies: {
            // Naming one twice asks for no more.
            let mut once: Vec<Guard> = Vec::new();
            for guard in written.policies {
                if !once.contains(&guard) {
                    once.push(guard);
                }
            }
            once
        },
        operator: written.operator.map(|operator| Operator {
            namespace: operator.namespace.unwrap_or_else(|| Name::known("monitoring")),
            labels: operator.labels.into_iter().map(|(key, value)| (key.0, value.0)).collect(),
            // The names that lead to all pods, which the operator gives whatever else a cluster calls them.
            server: operator.server.unwrap_or_else(|| Name::known("prometheus-operated")),
            alertmanager: operator
                .alertmanager
                .unwrap_or_else(|| Name::known("alertmanager-operated")),
        }),
        secrets: written.secrets.map(|store| SecretStore {
            name: store.store,
            kind: store.kind,
            key: store.key.unwrap_or_else(|| format!("{}/{environment}", blueprint.name)),
            refresh: store.refresh.unwrap_or(SECRETS_REFRESH),
        }),
    }
}

/// The author's waivers and the components' exceptions.
pub(super) fn waivers(blueprint: &Blueprint, parts: &Parts) -> Vec<Waiver> {
    let own = blueprint.waivers.iter().map(|(rule, waiver)| Waiver {
        rule: rule.clone(),
        services: waiver.services.clone(),
        reason: waiver.reason.clone(),
        source: String::new(),
    });
    let inherent = parts.iter().flat_map(|(name, part)| {
        part.entry.iter().flat_map(|entry| &entry.exceptions).map(|(rule, exception)| Waiver {
            rule: rule.clone(),
            services: vec![name.clone()],
            reason: exception.reason.clone(),
            source: exception.source.clone(),
        })
    });
    own.chain(inherent).collect()
}

/// The volume behind a component's own volume.
pub(super) fn own_volume(service: &Name, volume: &Name) -> Name {
    Name::known(naming::volume(service, volume))
}
