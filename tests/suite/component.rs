//! Compiles the files that components bring along, and has their readers judge them.

use std::path::Path;
use std::process::Command;

use formwork::target::Target;
use serde_json::{Value, json};

use crate::compiled::{of_target, text, tree, with_entry, written, yaml};
use crate::judge::judge;

const ROUTED: &str = r#"
blueprint: v1
name: shop
environments:
  production: { domain: shop.example.com }
services:
  web: { image: "ghcr.io/example/web:1.4.2", port: 3000, health: / }
routes:
  "${env.domain}": { /: web }
  "www.${env.domain}": { /: web }
edge: { limit: 50r/s, tls: { by: letsencrypt, email: "${var.CONTACT}" } }
variables:
  tls: { CONTACT: { about: who is told } }
monitoring: { scrape: 20s }
"#;

fn passes(command: &mut Command) {
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(output.status.success(), "{command:?}: {text}");
}

#[test]
fn the_path_that_tells_people_more_is_named_where_they_look() {
    let more = ROUTED.replace("health: / }", "health: { ready: /ready, details: /health } }");
    let tree = tree(&more);
    assert!(
        text(&tree, "docker-compose.production.yml").contains("  # How it is: /health\n  web:")
    );
    let deployment = yaml(&tree, "kubernetes/production/web/deployment-web.yaml");
    let about = &deployment["metadata"]["annotations"]["kubernetes.io/description"];
    assert_eq!(about, "How it is: /health");
    let probes = deployment["spec"]["template"]["spec"]["containers"][0].to_string();
    assert!(!probes.contains("\"/health\""), "nothing is decided by it");
}

#[test]
fn references_in_trees_are_resolved() {
    let tree = of_target(ROUTED, Target::Component);
    let source = yaml(&tree, "grafana/production/datasources/prometheus.yml");
    let source = &source["datasources"][0];
    assert_eq!(source["url"], "http://prometheus:9090");
    assert_eq!(source["jsonData"]["timeInterval"], "20s");
}

#[test]
fn dashboards_lie_where_the_provider_looks_and_name_a_data_source_that_exists() {
    let tree = of_target(ROUTED, Target::Component);
    let provider = yaml(&tree, "grafana/production/provider.yml");
    assert_eq!(provider["providers"][0]["options"]["path"], "/etc/grafana/dashboards");
    let dashboard = text(&tree, "grafana/production/dashboards/overview.json");
    let dashboard: Value = serde_json::from_str(dashboard).unwrap();
    assert!(dashboard["panels"].as_array().is_some_and(|panels| !panels.is_empty()));
    let source = yaml(&tree, "grafana/production/datasources/prometheus.yml");
    let current = &dashboard["templating"]["list"][0]["current"]["text"];
    assert_eq!(*current, source["datasources"][0]["name"]);
}

#[test]
fn a_script_can_be_run_and_names_every_host() {
    let tree = of_target(ROUTED, Target::Component);
    let script = tree.get("certbot/production/renew.sh").unwrap();
    assert_eq!(script.mode().bits(), 0o755);
    assert!(script.text().starts_with("#!/bin/sh\n# Compiled by Formwork"));
    assert!(script.text().contains("\nset -- shop.example.com www.shop.example.com\n"));
}

/// Its value is known to the operator alone, and no target fills in a mounted file.
#[test]
fn a_script_reads_the_operators_variables_at_run_time() {
    let script = of_target(ROUTED, Target::Component);
    let script = text(&script, "certbot/production/renew.sh");
    assert!(!script.contains("CONTACT"), "{script}");
    let compose = of_target(ROUTED, Target::Compose);
    let compose = yaml(&compose, "docker-compose.production.yml");
    let email = &compose["services"]["certbot"]["environment"]["ACME_EMAIL"];
    assert!(email.as_str().is_some_and(|email| email.starts_with("${CONTACT:?")), "{email}");
}

/// The first certificate comes right after the edge answers; a failure is tried again as soon as the authority takes it.
#[test]
fn certificates_are_asked_for_when_the_edge_answers() {
    let compose = yaml(&of_target(ROUTED, Target::Compose), "docker-compose.production.yml");
    let after = &compose["services"]["certbot"]["depends_on"]["nginx"];
    assert_eq!(*after, json!({ "condition": "service_healthy" }));
    let edge = &compose["services"]["nginx"]["depends_on"];
    assert!(edge["certbot"].is_null(), "{edge}");
    let script = of_target(ROUTED, Target::Component);
    let script = text(&script, "certbot/production/renew.sh");
    assert!(script.contains("\n      pause=900\n"), "{script}");
}

#[test]
fn shell_linters_find_nothing() {
    let folder = written(&of_target(ROUTED, Target::Component));
    let script = Path::new("certbot/production/renew.sh");
    if let Some(tool) = judge("shellcheck") {
        passes(Command::new(tool).args(["-o", "all"]).arg(script).current_dir(&folder));
    }
    if let Some(tool) = judge("shfmt") {
        passes(Command::new(tool).args(["-d", "-i", "2", "-ci"]).arg(script).current_dir(&folder));
    }
}

/// A folder that is mounted and absent is created empty, by root, and the component starts without its files.
#[test]
fn whatever_is_mounted_is_written() {
    let text = ROUTED.split("routes:").next().unwrap().to_owned() + "monitoring: {}\n";
    let tree = tree(&text);
    let compose = yaml(&tree, "docker-compose.production.yml");
    let services = compose["services"].as_object().unwrap();
    let mut seen = 0;
    for volume in services.values().filter_map(|service| service["volumes"].as_array()).flatten() {
        let Some(source) = volume["source"].as_str().and_then(|path| path.strip_prefix("./"))
        else {
            continue;
        };
        seen += 1;
        let below = format!("{source}/");
        let written = tree
            .iter()
            .any(|(path, _)| path.as_str() == source || path.as_str().starts_with(&below));
        assert!(written, "{source}");
    }
    assert_eq!(seen, 6);
}

#[test]
fn a_file_that_would_hold_a_run_time_variable_is_refused() {
    let entry = "
component: greeter
about: Greets
role: application
image: docker.io/example/greeter
versions: { '1': { tag: 1.0.0 } }
default: '1'
user: 1000:1000
ports: { http: 8080 }
parameters: { name: { about: whom, default: world } }
mounts: { greeter/greeter.json: /etc/greeter.json }
files: { greeter.json: { json: { port: '${self.port}', name: 'Hello ${self.name}' } } }
resources: { cpu: 10m..100m, memory: 16Mi..64Mi }
";
    let blueprint = |name: &str| {
        format!(
            "blueprint: v1\nname: shop\nservices: {{ greeter: {{ uses: greeter, with: {{ name: {name} }} }} }}\n\
             variables: {{ app: {{ WHOM: {{ about: whom }} }} }}\n"
        )
    };
    let tree = with_entry(&blueprint("you"), entry).unwrap();
    let file: Value = serde_json::from_str(text(&tree, "greeter/production/greeter.json")).unwrap();
    assert_eq!(file, json!({ "port": 8080, "name": "Hello you" }));
    let found = with_entry(&blueprint("'${var.WHOM}'"), entry).unwrap_err();
    assert_eq!(found, ["error run-time-reference"]);
}
