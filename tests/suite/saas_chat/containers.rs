//! Holds the files of Docker Compose against rows C1 and C7.

use std::collections::BTreeSet;

use super::{APPLICATIONS, ENVIRONMENTS, INFRASTRUCTURE, at, entries, services, string, yaml};

/// Nobody signs certificates for a developer's machine.
fn expected(environment: &str) -> impl Iterator<Item = &'static str> {
    let developer = environment == "development";
    let all = APPLICATIONS.into_iter().chain(INFRASTRUCTURE);
    all.filter(move |name| !(developer && *name == "certbot"))
}

#[test]
fn c1_all_run_with_limits_health_checks_and_restart_policies() {
    for (environment, path) in ENVIRONMENTS {
        let file = yaml(path);
        let services = services(&file);
        for name in expected(environment) {
            let service =
                services.get(name).unwrap_or_else(|| panic!("{environment} has no {name}"));
            for what in ["cpus", "memory"] {
                at(service, &["deploy", "resources", "limits", what]);
                at(service, &["deploy", "resources", "reservations", what]);
            }
            for what in ["test", "interval", "timeout", "retries", "start_period"] {
                at(service, &["healthcheck", what]);
            }
            assert_eq!(at(service, &["restart"]), "unless-stopped", "{name}");
        }
    }
}

#[test]
fn c1_what_is_needed_is_healthy_first() {
    for (_, path) in ENVIRONMENTS {
        let file = yaml(path);
        let services = services(&file);
        for (name, first) in [
            ("auth-service", &["postgres", "redis", "jaeger"][..]),
            ("chat-service", &["postgres", "mongodb", "redis", "auth-service", "billing-service"]),
            ("billing-service", &["postgres", "redis", "auth-service"]),
            ("analytics-service", &["clickhouse", "rabbitmq", "redis", "auth-service"]),
            ("orchestrator-service", &["postgres", "redis", "auth-service", "billing-service"]),
            ("email-worker", &["rabbitmq", "redis"]),
            ("kong", &APPLICATIONS[..5]),
            ("nginx", &["kong", "chat-service"]),
        ] {
            let after = entries(at(services[name], &["depends_on"]));
            for one in first {
                let how =
                    after.get(one).unwrap_or_else(|| panic!("{name} does not wait for {one}"));
                assert_eq!(at(how, &["condition"]), "service_healthy", "{name} and {one}");
            }
        }
    }
}

#[test]
fn c1_there_are_3_networks_and_13_volumes() {
    for (environment, path) in ENVIRONMENTS {
        let file = yaml(path);
        let networks = entries(at(&file, &["networks"]));
        let names: Vec<&str> = networks.keys().copied().collect();
        assert_eq!(names, ["backend", "frontend", "monitoring"]);
        // Without certbot there is no account with a certificate authority to be kept.
        let volumes = if environment == "development" { 12 } else { 13 };
        let declared: BTreeSet<&str> = entries(at(&file, &["volumes"])).into_keys().collect();
        // Beside what the system keeps: what is kept of that for a disaster, and how old it is.
        let of_backups = ["backup-data", "backup-metrics", "postgres-archive-data"];
        let own = declared.iter().filter(|name| !of_backups.contains(name)).count();
        assert_eq!(own, volumes, "{declared:?}");
        let mounts = services(&file);
        let mounted: BTreeSet<&str> = mounts
            .values()
            .filter_map(|service| service.get("volumes")?.as_sequence())
            .flatten()
            .filter(|mount| mount.get("type").is_some_and(|kind| kind == "volume"))
            .map(|mount| string(at(mount, &["source"])))
            .collect();
        assert_eq!(declared, mounted, "each is mounted, and nothing else");
    }
}

/// Stores are where nothing leads out; programs are where they reach providers and each other.
#[test]
fn c1_each_is_on_the_networks_that_it_needs() {
    for (environment, path) in ENVIRONMENTS {
        let file = yaml(path);
        let internal = at(&file, &["networks", "backend", "internal"]);
        assert_eq!(internal.as_bool(), Some(true));
        for (name, service) in services(&file) {
            let Some(networks) = service.get("networks") else { continue };
            let joined: Vec<&str> = entries(networks).into_keys().collect();
            let wanted: &[&str] = match name {
                "postgres" | "mongodb" | "redis" | "clickhouse" | "rabbitmq" => &["backend"],
                "nginx" | "certbot" | "kong" => &["frontend"],
                "jaeger" => &["backend", "monitoring"],
                "prometheus" => &["backend", "frontend", "monitoring"],
                "grafana" | "alertmanager" => &["monitoring"],
                name if APPLICATIONS.contains(&name) => &["backend", "frontend"],
                _ => continue,
            };
            assert_eq!(joined, wanted, "{name} in {environment}");
        }
    }
}

/// CPU from and to in thousandths, memory from and to in MB.
const FIGURES: [(&str, [u64; 2], [u64; 2]); 5] = [
    ("auth-service", [500, 1000], [256, 512]),
    ("chat-service", [500, 1500], [384, 768]),
    ("billing-service", [500, 1000], [256, 512]),
    ("analytics-service", [500, 1500], [384, 768]),
    ("orchestrator-service", [1000, 2000], [512, 1024]),
];

fn megabytes(text: &str) -> u64 {
    let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let factor = match &text[number.len()..] {
        "M" | "Mi" => 1,
        "G" | "Gi" => 1024,
        other => panic!("{text} is in {other}"),
    };
    number.parse::<u64>().unwrap() * factor
}

/// Thousandths of a processor: `500m`, `0.5`, `1`.
fn milli(text: &str) -> u64 {
    if let Some(milli) = text.strip_suffix('m') {
        return milli.parse().unwrap();
    }
    let (whole, rest) = text.split_once('.').unwrap_or((text, "0"));
    whole.parse::<u64>().unwrap() * 1000 + format!("{rest:0<3}").parse::<u64>().unwrap()
}

#[test]
fn c7_resources_are_those_of_the_row() {
    let file = yaml("docker-compose.prod.yml");
    for (name, cpu, memory) in FIGURES {
        let of = |part: &str, what: &str| {
            string(at(&file, &["services", name, "deploy", "resources", part, what])).to_owned()
        };
        let (from, to) = (of("reservations", "cpus"), of("limits", "cpus"));
        assert_eq!([milli(&from), milli(&to)], cpu, "{name}");
        let (from, to) = (of("reservations", "memory"), of("limits", "memory"));
        assert_eq!([megabytes(&from), megabytes(&to)], memory, "{name}");
    }
}

#[test]
fn c7_kubernetes_gives_the_same() {
    for (name, cpu, memory) in FIGURES {
        let kind = if name == "chat-service" { "statefulset" } else { "deployment" };
        let workload = yaml(&format!("kubernetes/production/{name}/{kind}-{name}.yaml"));
        let containers = at(&workload, &["spec", "template", "spec", "containers"]);
        let of = |part: &str, what: &str| {
            string(at(&containers[0], &["resources", part, what])).to_owned()
        };
        let (from, to) = (of("requests", "cpu"), of("limits", "cpu"));
        assert_eq!([milli(&from), milli(&to)], cpu, "{name}");
        let (from, to) = (of("requests", "memory"), of("limits", "memory"));
        assert_eq!([megabytes(&from), megabytes(&to)], memory, "{name}");
    }
}
