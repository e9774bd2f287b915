//! Compiles ready-made components, and reads back who may reach whom on which port, and how their health is asked for.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::compiled::{codes, tree, yaml};

const BUS: &str = r#"
blueprint: v1
name: shop
environments:
  production: { domain: shop.example.com }
services:
  bus: { uses: nats }
  traces: { uses: jaeger }
  auth: { uses: keycloak, with: { database_host: "${db.host}", database_port: "${db.port}" } }
  db: { uses: postgres@17 }
  api:
    image: ghcr.io/example/api:1.0.0
    port: 8000
    health: /health
    needs: [bus, traces]
    environment: { OTEL_EXPORTER_OTLP_ENDPOINT: "${traces.otlp_grpc}" }
monitoring: {}
"#;

/// The ports of a service that a policy lets another out to.
fn ports(tree: &formwork::tree::Tree, policy: &str, to: &str) -> BTreeSet<u64> {
    let policy = yaml(tree, policy);
    let rules = policy["spec"]["egress"].as_array().unwrap();
    let named = |rule: &&Value| {
        let label = "app.kubernetes.io/name";
        rule["to"][0]["podSelector"]["matchLabels"][label] == to
    };
    let ports = rules.iter().filter(named).flat_map(|rule| rule["ports"].as_array().unwrap());
    ports.map(|port| port["port"].as_u64().unwrap()).collect()
}

fn policy(service: &str) -> String {
    format!("kubernetes/production/{service}/networkpolicy-{service}.yaml")
}

/// An exporter that reads another port than the first could read nothing.
#[test]
fn the_ports_that_a_text_names_are_open() {
    let tree = tree(BUS);
    assert_eq!(ports(&tree, &policy("bus-exporter"), "bus"), BTreeSet::from([8222]));
    assert_eq!(ports(&tree, &policy("api"), "traces"), BTreeSet::from([4317]));
    assert_eq!(ports(&tree, &policy("api"), "bus"), BTreeSet::from([4222]));
}

#[test]
fn a_need_may_name_its_ports() {
    let text = BUS.replace("needs: [bus, traces]", "needs: { bus: { ports: [nats, monitor] } }");
    assert_eq!(ports(&tree(&text), &policy("api"), "bus"), BTreeSet::from([4222, 8222]));
    let text = BUS.replace("needs: [bus, traces]", "needs: { bus: { ports: [amqp] } }");
    assert_eq!(codes(&text), ["error unknown-port"]);
}

/// What a component refers to it talks to; nobody has to say so again.
#[test]
fn a_component_needs_what_it_refers_to() {
    let tree = tree(BUS);
    let compose = yaml(&tree, "docker-compose.production.yml");
    let waits = &compose["services"]["auth"]["depends_on"];
    assert_eq!(*waits, json!({ "db": { "condition": "service_healthy" } }));
    assert_eq!(ports(&tree, &policy("auth"), "db"), BTreeSet::from([5432]));
}

/// Kubernetes asks over HTTP; in Compose, a program of the image does.
#[test]
fn health_is_asked_for_on_a_port_of_its_own() {
    let tree = tree(BUS);
    let compose = yaml(&tree, "docker-compose.production.yml");
    for (service, kind, port, live, ready) in [
        ("auth", "deployment", "management", "/health/live", "/health/ready"),
        (
            "bus",
            "statefulset",
            "monitor",
            "/healthz?js-enabled-only=true",
            "/healthz?js-server-only=true",
        ),
    ] {
        let workload =
            yaml(&tree, &format!("kubernetes/production/{service}/{kind}-{service}.yaml"));
        let container = &workload["spec"]["template"]["spec"]["containers"][0];
        let asked = |path: &str| json!({ "path": path, "port": port });
        assert_eq!(container["livenessProbe"]["httpGet"], asked(live));
        assert_eq!(container["readinessProbe"]["httpGet"], asked(ready));
        let test = compose["services"][service]["healthcheck"]["test"].as_array().unwrap();
        assert_eq!(test[0], "CMD");
        assert!(test.len() > 3, "{test:?}");
    }
    assert_eq!(
        codes(&BUS.replace("health: /health", "health: { ready: /, port: other }")),
        ["error unknown-port"]
    );
    let text = BUS.replace("health: /health", "health: { ready: /, scheme: https }");
    let api = yaml(&crate::compiled::tree(&text), "kubernetes/production/api/deployment-api.yaml");
    let probe = &api["spec"]["template"]["spec"]["containers"][0]["readinessProbe"];
    assert_eq!(probe["httpGet"]["scheme"], "HTTPS");
}

const TASKS: &str = r#"
blueprint: v1
name: shop
environments:
  production: {}
services:
  queue: { uses: redis@8 }
  mail:
    build: { context: mail, stack: celery-worker, with: { broker: "${var.BROKER}" } }
    needs: [queue]
    variables: [tasks]
  scan:
    build: { context: scan, stack: celery-worker, with: { broker: "${var.BROKER}" } }
    needs: [queue]
    variables: [tasks]
variables:
  tasks: { BROKER: "${queue.url}" }
monitoring: {}
"#;

/// What reads the broker instead of the workers has their broker's address, and a way there; one of it is enough.
#[test]
fn workers_share_what_counts_their_tasks() {
    let tree = tree(TASKS);
    let compose = yaml(&tree, "docker-compose.production.yml");
    let services = compose["services"].as_object().unwrap();
    assert!(services.contains_key("mail-exporter") && !services.contains_key("scan-exporter"));
    let exporter = &services["mail-exporter"];
    assert!(exporter["environment"]["CE_BROKER_URL"].as_str().unwrap().contains("@queue:6379"));
    assert!(exporter["depends_on"].get("queue").is_some());
    assert_eq!(ports(&tree, &policy("mail-exporter"), "queue"), BTreeSet::from([6379]));
    let without = TASKS.replace(r#", with: { broker: "${var.BROKER}" }"#, "");
    let compose = yaml(&crate::compiled::tree(&without), "docker-compose.production.yml");
    assert!(compose["services"].get("mail-exporter").is_none());
}

/// A ready-made program is no program of the author's: it is scraped without being told to, and its alerts hold.
#[test]
fn a_platform_is_scraped_and_has_alerts() {
    let tree = tree(BUS);
    let config = yaml(&tree, "prometheus/production/prometheus.yml");
    let jobs = config["scrape_configs"].as_array().unwrap();
    let job = jobs.iter().find(|job| job["job_name"] == "traces").unwrap();
    assert_eq!(job["static_configs"][0]["targets"], json!(["traces:8888"]));
    let rules = yaml(&tree, "prometheus/production/rules/alert_rules.yml");
    let groups = rules["groups"].as_array().unwrap();
    assert!(groups.iter().any(|group| group["name"] == "auth"), "{groups:?}");
    assert!(tree.get("env/api.production.template").is_some());
    assert!(tree.get("env/auth.production.template").is_none());
}
