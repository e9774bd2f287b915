//! Holds health, published pages and alerts against row C10.

use std::collections::BTreeSet;

use serde_yaml::Value;

use super::{APPLICATIONS, ENVIRONMENTS, INFRASTRUCTURE, at, list, services, string, text, yaml};

/// A path that decides nothing: it stands where people look a service up.
#[test]
fn c10_health_detailed_is_where_people_look() {
    for (environment, compose) in ENVIRONMENTS {
        let read = text(compose);
        let file = yaml(compose);
        for name in &APPLICATIONS[..5] {
            let before = read.split(&format!("\n  {name}:\n")).next().unwrap();
            let comment = before.lines().last().unwrap();
            assert!(comment.ends_with("How it is: /health/detailed"), "{name}: {comment}");
            let check = at(&file, &["services", name, "healthcheck", "test"]);
            let asked = string(list(check).last().unwrap());
            assert!(asked.ends_with("/health/ready"), "{name}: {asked}");
            let kind = if *name == "chat-service" { "statefulset" } else { "deployment" };
            let workload = yaml(&format!("kubernetes/{environment}/{name}/{kind}-{name}.yaml"));
            let about = at(&workload, &["metadata", "annotations", "kubernetes.io/description"]);
            assert!(string(about).ends_with("How it is: /health/detailed"), "{about:?}");
        }
    }
}

#[test]
fn c10_pages_of_what_watches_are_on_loopback() {
    for (environment, compose) in ENVIRONMENTS {
        let file = yaml(compose);
        for (name, port) in [("grafana", 3100), ("jaeger", 16686), ("prometheus", 9090)] {
            let ports = list(at(&file, &["services", name, "ports"]));
            assert_eq!(ports.len(), 1, "{name} in {environment}");
            let published = string(&ports[0]);
            assert!(published.starts_with(&format!("127.0.0.1:{port}:")), "{name}: {published}");
        }
        for (name, service) in services(&file) {
            for port in service.get("ports").map(list).unwrap_or_default() {
                let local = string(port).starts_with("127.0.0.1:");
                assert_eq!(local, name != "nginx", "{name}: {port:?}");
            }
        }
    }
}

/// Who speaks for a component: itself, its exporter, the probe that sees its certificates, or the broker whose messages it
/// takes.
fn speaker(component: &str) -> &str {
    match component {
        "postgres" => "postgres-exporter",
        "mongodb" => "mongodb-exporter",
        "redis" => "redis-exporter",
        "nginx" => "nginx-exporter",
        "certbot" => "blackbox-exporter-probe",
        "email-worker" => "rabbitmq",
        own => own,
    }
}

fn rules(environment: &str) -> Vec<Value> {
    let file = yaml(&format!("prometheus/{environment}/rules/alert_rules.yml"));
    let groups = list(at(&file, &["groups"])).to_vec();
    let rules = groups.iter().flat_map(|group| list(at(group, &["rules"])).to_vec());
    rules.filter(|rule| rule.get("alert").is_some()).collect()
}

#[test]
fn c10_every_component_has_alerts() {
    for (environment, _) in ENVIRONMENTS {
        let rules = rules(environment);
        let scraped = yaml(&format!("prometheus/{environment}/prometheus.yml"));
        let jobs: BTreeSet<&str> = list(at(&scraped, &["scrape_configs"]))
            .iter()
            .map(|job| string(at(job, &["job_name"])))
            .collect();
        for component in APPLICATIONS.into_iter().chain(INFRASTRUCTURE) {
            // Nothing from outside sees a developer's machine, and nobody signs its certificate.
            if environment == "development" && component == "certbot" {
                continue;
            }
            let job = speaker(component);
            assert!(jobs.contains(job), "{component}: {job} is not scraped");
            let named = format!("job=\"{job}\"");
            let of_its_own =
                rules.iter().filter(|rule| string(at(rule, &["expr"])).contains(&named)).count();
            // Of Grafana all that matters is whether it answers, as of everything that is scraped.
            let of_all = rules.iter().any(|rule| at(rule, &["expr"]) == "up == 0");
            assert!(of_its_own >= 1 || (component == "grafana" && of_all), "{component}");
        }
        let worker = rules.iter().find(|rule| at(rule, &["alert"]) == "ConsumersMissing");
        let expr = string(at(worker.expect("the worker's alert"), &["expr"]));
        assert_eq!(expr, "rabbitmq_consumers{job=\"rabbitmq\"} < 2");
    }
}
