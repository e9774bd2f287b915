//! Compiles where logs go, and reads it back: what is kept, how long, and whose each line is.

use serde_json::json;

use crate::compiled::{codes, text, tree, yaml};

const SHOP: &str = r#"
blueprint: v1
name: shop
environments:
  production: {}
  staging: { tier: staging, override: { logs: { retention: 7d } } }
services:
  api: { image: "ghcr.io/example/api:1.0.0", port: 8000, health: / }
monitoring: { profile: monitoring }
logs: { retention: 30d }
"#;

/// Row G5.
#[test]
fn logs_are_kept_as_long_as_the_blueprint_says() {
    let tree = tree(SHOP);
    for (environment, retention) in [("production", "30d"), ("staging", "7d")] {
        let config = yaml(&tree, &format!("loki/{environment}/loki.yaml"));
        assert_eq!(config["limits_config"]["retention_period"], retention);
        assert_eq!(config["compactor"]["retention_enabled"], true);
    }
}

/// Row G5: the label `service` of a line is the name that Prometheus gives the service.
#[test]
fn lines_bear_the_name_of_their_service() {
    let tree = tree(SHOP);
    let compose = yaml(&tree, "docker-compose.staging.yml");
    let labels = "com.docker.compose.project,com.docker.compose.service";
    for (name, service) in compose["services"].as_object().unwrap() {
        assert_eq!(service["logging"]["options"]["labels"], labels, "{name}");
    }
    let docker = text(&tree, "alloy/staging/docker.alloy");
    assert!(docker.contains(r#"project!=\"shop-staging\""#), "{docker}");
    assert!(docker.contains(r#"url = "http://loki:3100/loki/api/v1/push""#), "{docker}");
    assert!(docker.contains(r#""environment" = "staging""#), "{docker}");
    let cluster = text(&tree, "alloy/production/kubernetes.alloy");
    assert!(cluster.contains(r#"names = ["shop-production", "shop-production-agents", ]"#));
    assert!(cluster.contains(r#"regex         = "shop-production""#), "{cluster}");
}

/// Docker's labels cost room in every line: they are there where something reads them.
#[test]
fn without_a_reader_lines_stay_as_they_are() {
    let text = SHOP.replace("logs: { retention: 30d }", "").replace(
        "staging: { tier: staging, override: { logs: { retention: 7d } } }",
        "staging: { tier: staging }",
    );
    let compose = yaml(&tree(&text), "docker-compose.production.yml");
    assert!(compose["services"]["api"]["logging"]["options"].get("labels").is_none());
}

/// Row G5: what shows metrics shows logs too, and reaches both.
#[test]
fn dashboards_know_what_keeps_metrics_and_what_keeps_logs() {
    let tree = tree(SHOP);
    let source = |name: &str| {
        let file = yaml(&tree, &format!("grafana/production/datasources/{name}.yml"));
        let sources = file["datasources"].as_array().unwrap().clone();
        assert_eq!(sources.len(), 1);
        sources[0].clone()
    };
    assert_eq!(
        source("loki"),
        json!({
            "name": "Loki", "uid": "loki", "type": "loki", "access": "proxy",
            "url": "http://loki:3100", "isDefault": false, "editable": false,
            "jsonData": { "maxLines": 1000 },
        })
    );
    assert_eq!(source("prometheus")["isDefault"], true);
    assert_eq!(source("prometheus")["jsonData"]["timeInterval"], "15s");
    let component = "kubernetes/production/components/monitoring/grafana";
    let policy = yaml(&tree, &format!("{component}/networkpolicy-grafana.yaml"));
    let egress = policy["spec"]["egress"].as_array().unwrap();
    let ports = egress.iter().filter(|rule| {
        rule["to"][0]["podSelector"]["matchLabels"]["app.kubernetes.io/name"] == "loki"
    });
    let ports: Vec<_> = ports.map(|rule| rule["ports"].clone()).collect();
    assert_eq!(ports, [json!([{ "port": 3100, "protocol": "TCP" }])]);
    let mounts = &yaml(&tree, &format!("{component}/statefulset-grafana.yaml"))["spec"]["template"];
    let mounts = mounts["spec"]["containers"][0]["volumeMounts"].as_array().unwrap();
    let folder =
        mounts.iter().find(|one| one["mountPath"] == "/etc/grafana/provisioning/datasources");
    assert!(folder.is_some_and(|one| one.get("subPath").is_none()), "{mounts:?}");
}

/// In a cluster the collector asks the API, and so needs neither root nor the host.
#[test]
fn the_collector_sees_the_host_in_compose_alone() {
    let tree = tree(SHOP);
    let compose = yaml(&tree, "docker-compose.production.yml");
    let alloy = &compose["services"]["alloy"];
    assert_eq!(alloy["user"], "0:0");
    let host = alloy["volumes"].as_array().unwrap();
    let host = host.iter().find(|mount| mount["source"] == "/var/lib/docker/containers").unwrap();
    assert_eq!(host["read_only"], true);
    assert!(alloy["depends_on"].get("loki").is_some());
    let folder = "kubernetes/production/alloy";
    let set = yaml(&tree, &format!("{folder}/statefulset-alloy.yaml"));
    assert_eq!(set["metadata"]["namespace"], "shop-production");
    let pod = &set["spec"]["template"]["spec"];
    assert_eq!(pod["securityContext"]["runAsUser"], 473);
    let volumes = pod["volumes"].as_array().unwrap();
    assert!(volumes.iter().all(|volume| volume.get("hostPath").is_none()), "{volumes:?}");
    let claims = set["spec"]["volumeClaimTemplates"].as_array().unwrap();
    assert_eq!(claims[0]["spec"]["resources"]["requests"]["storage"], "1Gi");
    assert!(tree.get("kubernetes/production/loki/statefulset-loki.yaml").is_some());
}

#[test]
fn what_reads_logs_needs_something_that_keeps_them() {
    let text = SHOP.replace("retention: 30d", "uses: [alloy]");
    assert_eq!(codes(&text)[0], "error unknown-reference");
    let text = SHOP.replace("retention: 30d", "uses: [loki, promtail]");
    let text = format!("{text}waivers: {{ retired-interface: until the machines have alloy }}\n");
    let tree = tree(&text);
    let config = yaml(&tree, "promtail/production/promtail.yaml");
    assert_eq!(config["clients"][0]["url"], "http://loki:3100/loki/api/v1/push");
    assert_eq!(config["clients"][0]["external_labels"]["system"], "shop");
    assert!(tree.get("kubernetes/production/promtail/deployment-promtail.yaml").is_none());
}
