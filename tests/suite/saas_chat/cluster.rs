//! Holds the Kubernetes manifests against row C8, and those of Docker Compose against them.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_yaml::Value;

use super::{APPLICATIONS, ENVIRONMENTS, at, below, entries, list, services, string, yaml};

/// What Docker Compose runs and the cluster does otherwise: the Gateway, cert-manager and its solver, what prepares
/// volumes, jobs that run when they are due, and what the cluster measures by itself.
const PLATFORM: [&str; 7] =
    ["nginx", "nginx-exporter", "certbot", "volume-owner", "cadvisor", "backup", "backup-exporter"];

/// Every object of an environment.
fn objects(environment: &str) -> Vec<Value> {
    let files = below(&format!("kubernetes/{environment}"));
    let read = files.iter().filter(|(path, _)| path.extension().is_some_and(|end| end == "yaml"));
    read.flat_map(|(_, text)| serde_yaml::Deserializer::from_str(text))
        .map(|document| Value::deserialize(document).unwrap())
        .filter(|object| object.get("kind").is_some())
        .collect()
}

fn of_kind<'a>(objects: &'a [Value], kind: &str) -> BTreeMap<&'a str, &'a Value> {
    let found = objects.iter().filter(|object| at(object, &["kind"]) == kind);
    found.map(|object| (string(at(object, &["metadata", "name"])), object)).collect()
}

fn pod(workload: &Value) -> &Value {
    at(workload, &["spec", "template", "spec"])
}

/// The volumes that a service keeps data in: those that nothing else mounts.
fn kept(file: &Value) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (name, service) in services(file) {
        let mounts = service.get("volumes").and_then(Value::as_sequence).into_iter().flatten();
        for mount in mounts.filter(|mount| at(mount, &["type"]) == "volume") {
            if name != "volume-owner" && !PLATFORM.contains(&name) {
                let target = string(at(mount, &["target"])).to_owned();
                found.entry(name.to_owned()).or_default().insert(target);
            }
        }
    }
    found
}

#[test]
fn c8_every_stateful_part_is_a_stateful_set_with_its_volume() {
    for (environment, compose) in ENVIRONMENTS {
        let objects = objects(environment);
        let sets = of_kind(&objects, "StatefulSet");
        let mut kept = kept(&yaml(compose));
        kept.retain(|name, _| !PLATFORM.contains(&name.as_str()));
        for paths in kept.values_mut() {
            // For the exporter of backups, which stands in Compose only.
            paths.remove("/metrics");
        }
        for name in [
            "postgres",
            "mongodb",
            "redis",
            "clickhouse",
            "rabbitmq",
            "jaeger",
            "prometheus",
            "grafana",
        ] {
            assert!(kept.contains_key(name), "{name}");
        }
        let names: Vec<&str> = kept.keys().map(String::as_str).collect();
        assert_eq!(sets.keys().copied().collect::<Vec<_>>(), names, "{environment}");
        let claims = of_kind(&objects, "PersistentVolumeClaim");
        assert!(claims.keys().all(|name| *name == "backup-data"), "claims of no pod: {claims:?}");
        for (name, paths) in &kept {
            let set = sets[name.as_str()];
            let claims: BTreeSet<&str> = list(at(set, &["spec", "volumeClaimTemplates"]))
                .iter()
                .map(|claim| {
                    at(claim, &["spec", "resources", "requests", "storage"]);
                    string(at(claim, &["metadata", "name"]))
                })
                .collect();
            let mounts = list(at(&at(pod(set), &["containers"])[0], &["volumeMounts"]));
            let mounted: BTreeSet<String> = mounts
                .iter()
                .filter(|mount| claims.contains(string(at(mount, &["name"]))))
                .map(|mount| string(at(mount, &["mountPath"])).to_owned())
                .collect();
            assert_eq!(&mounted, paths, "{name} keeps what it keeps under Docker Compose");
            // Its pods have names of their own.
            let headless = string(at(set, &["spec", "serviceName"]));
            let service = of_kind(&objects, "Service")[headless];
            assert_eq!(at(service, &["spec", "clusterIP"]), "None");
        }
    }
}

#[test]
fn c8_everything_runs_in_the_cluster_too() {
    for (environment, compose) in ENVIRONMENTS {
        let objects = objects(environment);
        let workloads: BTreeMap<&str, &Value> = ["Deployment", "StatefulSet", "DaemonSet"]
            .into_iter()
            .flat_map(|kind| of_kind(&objects, kind))
            .collect();
        let file = yaml(compose);
        for (name, service) in services(&file) {
            if PLATFORM.contains(&name) {
                continue;
            }
            let workload = workloads.get(name).unwrap_or_else(|| panic!("no {name}"));
            let container = &at(pod(workload), &["containers"])[0];
            assert_eq!(at(container, &["image"]), at(service, &["image"]), "{name}");
        }
        assert_eq!(of_kind(&objects, "Gateway").len(), 1);
        let routes = of_kind(&objects, "HTTPRoute");
        let paths: BTreeSet<&str> = routes
            .values()
            .flat_map(|route| list(at(route, &["spec", "rules"])))
            .filter_map(|rule| rule.get("matches")?.as_sequence())
            .flatten()
            .map(|one| string(at(one, &["path", "value"])))
            .collect();
        let expected = [
            "/api/analytics",
            "/api/auth",
            "/api/billing",
            "/api/chat",
            "/api/orchestrator",
            "/ws",
        ];
        assert_eq!(paths, BTreeSet::from(expected));
    }
}

/// The hosts and ports that a text names as an address, such as `amqp://user:…@rabbitmq:5672/app`.
fn named<'a>(text: &'a str, known: &BTreeSet<&'a str>) -> Option<(&'a str, u16)> {
    let (_, rest) = text.split_once("://")?;
    let authority = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    let authority = authority.split('/').next()?;
    let (host, port) = authority.split_once(':')?;
    known.contains(host).then(|| port.parse().ok().map(|port| (host, port)))?
}

#[test]
fn c8_every_dependency_is_reached_by_the_same_name() {
    for (environment, compose) in ENVIRONMENTS {
        let objects = objects(environment);
        let reachable: BTreeMap<&str, BTreeSet<u64>> = of_kind(&objects, "Service")
            .into_iter()
            .map(|(name, service)| {
                let ports = service.get("spec").and_then(|spec| spec.get("ports"));
                let ports = ports.and_then(Value::as_sequence).into_iter().flatten();
                (name, ports.map(|port| at(port, &["port"]).as_u64().unwrap()).collect())
            })
            .collect();
        let file = yaml(compose);
        let services = services(&file);
        let known: BTreeSet<&str> = services.keys().copied().collect();
        let mut seen = 0;
        for (name, service) in &services {
            if PLATFORM.contains(name) {
                continue;
            }
            let needs = service.get("depends_on").map(entries).unwrap_or_default();
            for needed in needs.keys().filter(|needed| **needed != "volume-owner") {
                assert!(reachable.contains_key(needed), "{name} does not find {needed}");
            }
            let environment = service.get("environment").map(entries).unwrap_or_default();
            for value in environment.values().filter_map(|value| value.as_str()) {
                let Some((host, port)) = named(value, &known) else { continue };
                let ports = reachable.get(host).unwrap_or_else(|| panic!("{name}: no {host}"));
                assert!(ports.contains(&u64::from(port)), "{name}: {host} has no {port}");
                seen += 1;
            }
        }
        assert!(seen > 20, "{seen} addresses");
    }
}

/// The worker listens on no port, so nothing leads there.
#[test]
fn c8_only_the_worker_has_no_name() {
    for (environment, _) in ENVIRONMENTS {
        let objects = objects(environment);
        let services = of_kind(&objects, "Service");
        for name in APPLICATIONS {
            assert_eq!(services.contains_key(name), name != "email-worker", "{name}");
        }
    }
}
