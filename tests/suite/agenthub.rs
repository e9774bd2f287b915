//! Holds the compiled files of `agenthub` against the rows that describe it: each test names its row, takes its figures
//! from there, and reads the files with another parser than ours.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_yaml::Value;

use crate::compiled::codes;

const ENVIRONMENTS: [(&str, &str); 2] =
    [("production", "docker-compose.prod.yml"), ("staging", "docker-compose.staging.yml")];
/// What keeps data.
const STORES: [&str; 3] = ["postgres", "keycloak-db", "redis"];

fn out(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("out/agenthub").join(path)
}

fn text(path: &str) -> String {
    std::fs::read_to_string(out(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn yaml(path: &str) -> Value {
    serde_yaml::from_str(&text(path)).unwrap()
}

fn at<'a>(value: &'a Value, path: &[&str]) -> &'a Value {
    path.iter()
        .fold(value, |value, key| value.get(*key).unwrap_or_else(|| panic!("no {key} of {path:?}")))
}

fn list(value: &Value) -> &[Value] {
    value.as_sequence().unwrap()
}

fn strings(value: &Value) -> Vec<&str> {
    list(value).iter().map(|item| item.as_str().unwrap()).collect()
}

fn services(file: &Value) -> BTreeMap<&str, &Value> {
    let services = at(file, &["services"]).as_mapping().unwrap();
    services.iter().map(|(name, service)| (name.as_str().unwrap(), service)).collect()
}

/// The rules of a file, by alert.
fn alerts(file: &Value) -> BTreeMap<&str, Vec<&Value>> {
    let mut found: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for group in list(at(file, &["groups"])) {
        for rule in list(at(group, &["rules"])) {
            if let Some(name) = rule.get("alert").and_then(Value::as_str) {
                found.entry(name).or_default().push(rule);
            }
        }
    }
    found
}

#[test]
fn g1_every_service_is_hardened_and_its_secrets_are_not_in_the_file() {
    for (_, path) in ENVIRONMENTS {
        let file = yaml(path);
        let services = services(&file);
        for name in [
            "nginx",
            "mcp-backend",
            "frontend",
            "keycloak",
            "prometheus",
            "grafana",
            "loki",
            "alloy",
        ] {
            assert!(services.contains_key(name), "{name}");
        }
        for (name, service) in &services {
            assert_eq!(at(service, &["read_only"]), &Value::from(true), "{name}");
            assert!(
                strings(at(service, &["security_opt"])).contains(&"no-new-privileges:true"),
                "{name}"
            );
            assert_eq!(strings(at(service, &["cap_drop"])), ["ALL"], "{name}");
            for what in ["cpus", "memory"] {
                at(service, &["deploy", "resources", "limits", what]);
            }
            // The collector reads what root owns; what gives volumes away is gone before the others start.
            let user = at(service, &["user"]).as_str().unwrap();
            assert_eq!(user.starts_with("0:"), ["alloy", "volume-owner"].contains(name), "{name}");
            // The exporter's image holds nothing that could ask.
            let unasked = ["nginx-exporter", "volume-owner"].contains(name);
            assert_eq!(service.get("healthcheck").is_none(), unasked, "{name}");
        }
        let keycloak = strings(at(services["keycloak"], &["tmpfs"])).join(" ");
        assert!(keycloak.contains("/opt/keycloak/data"), "{keycloak}");
        // Only what is read from a file or interpolated; of both the file holds the name alone.
        let template = text(&format!(".env.{}.template", ENVIRONMENTS[0].0));
        for secret in
            ["DATABASE_PASSWORD", "REDIS_PASSWORD", "JWT_SECRET_KEY", "KEYCLOAK_ADMIN_PASSWORD"]
        {
            assert!(
                template.lines().any(|line| line == format!("{secret}=")),
                "{secret} has no default"
            );
        }
        for (name, service) in &services {
            let Some(environment) = service.get("environment").and_then(Value::as_mapping) else {
                continue;
            };
            for (key, value) in environment {
                let (key, value) = (key.as_str().unwrap(), value.as_str().unwrap_or_default());
                if key.ends_with("PASSWORD")
                    || key.ends_with("SECRET")
                    || key.ends_with("SECRET_KEY")
                {
                    assert!(value.starts_with("${"), "{key} of {name} is {value}");
                }
            }
        }
    }
}

#[test]
fn g2_data_stores_are_on_a_network_without_a_way_out() {
    for (_, path) in ENVIRONMENTS {
        let file = yaml(path);
        let network = |name: &str| at(&file, &["networks", name]);
        for (name, subnet, internal) in
            [("internal", "172.21.0.0/16", true), ("external", "172.22.0.0/16", false)]
        {
            let pools = list(at(network(name), &["ipam", "config"]));
            assert_eq!(at(&pools[0], &["subnet"]), subnet);
            let closed = network(name).get("internal").and_then(Value::as_bool);
            assert_eq!(closed.unwrap_or_default(), internal, "{name}");
        }
        assert_eq!(at(&file, &["networks"]).as_mapping().unwrap().len(), 2);
        for (name, service) in services(&file) {
            let Some(networks) = service.get("networks") else {
                assert_eq!(at(service, &["network_mode"]), "none", "{name}");
                continue;
            };
            let joined: BTreeSet<&str> =
                networks.as_mapping().unwrap().keys().map(|key| key.as_str().unwrap()).collect();
            let expected: &[&str] = match name {
                "nginx" | "frontend" | "certbot" | "alertmanager" | "blackbox-exporter"
                | "nginx-exporter" => &["external"],
                // The last three read the data stores and write to object storage; nothing can be asked of them.
                "mcp-backend"
                | "keycloak"
                | "prometheus"
                | "grafana"
                | "backup"
                | "postgres-archive"
                | "keycloak-db-archive" => &["external", "internal"],
                _ => &["internal"],
            };
            assert_eq!(joined, expected.iter().copied().collect(), "{name}");
            if STORES.contains(&name) {
                assert!(service.get("ports").is_none(), "{name} is published");
            }
        }
    }
}

/// What a blueprint with one fault is told, and that it is told nothing without.
#[test]
fn g3_security_rules_are_checked_when_compiling() {
    let api = "image: ghcr.io/example/api:1.0.0, port: 8000, health: /health";
    let told = |service: &str, rest: &str, code: &str| {
        let found = codes(&format!(
            "blueprint: v1\nname: shop\nservices:\n  api: {{ {api}{service} }}\n{rest}"
        ));
        assert!(found.iter().any(|one| one == code), "{code} is not in {found:?}");
    };
    let route = "routes: { shop.example.com: { /: api } }\n";
    let edge = "edge: { limit: 50r/s burst 100 }\n";
    for min in ["1.0", "1.1"] {
        told(
            "",
            &format!("{route}edge: {{ limit: 50r/s, tls: {{ min: \"{min}\" }} }}\n"),
            "error invalid-value",
        );
    }
    assert!(
        codes(&format!("blueprint: v1\nname: shop\nservices:\n  api: {{ {api} }}\n{route}{edge}"))
            .is_empty()
    );
    told("", route, "error no-rate-limit");
    let jwt = |how: &str| format!("variables: {{ jwt: {{ JWT_SECRET_KEY: {{ {how} }} }} }}\n");
    told(
        ", variables: [jwt]",
        &jwt("secret: true, default: change-me-please-0000"),
        "error secret-with-default",
    );
    told(", variables: [jwt]", &jwt("default: change-me-please-0000"), "error literal-secret");
    told(
        ", variables: [jwt]",
        &jwt("secret: true, min_length: 32, generate: hex 8"),
        "error requirement-violated",
    );
    told(", variables: [jwt]", &jwt("secret: true, min_length: 8"), "error weak-secret");
    told(", environment: { NODE_TLS_REJECT_UNAUTHORIZED: 0 }", "", "error unchecked-certificate");
}

#[test]
fn g3_what_is_compiled_keeps_the_rules() {
    for (environment, _) in ENVIRONMENTS {
        let main = text(&format!("nginx/{environment}/nginx.conf"));
        assert!(main.contains("ssl_protocols TLSv1.2 TLSv1.3;"), "{environment}");
        let template = text(&format!(".env.{environment}.template"));
        let before = template.split("\nJWT_SECRET_KEY=").next().unwrap();
        let about = before.rsplit("\n\n").next().unwrap();
        assert!(about.contains("32") && about.contains("openssl rand -hex 32"), "{about}");
    }
}

#[test]
fn g4_there_are_more_than_25_alerts_of_every_kind() {
    let file = yaml("prometheus/production/rules/alert_rules.yml");
    let alerts = alerts(&file);
    // Those that only a cluster can bring about are not counted.
    let counted = alerts.keys().filter(|name| !name.starts_with("Kube")).count();
    assert!(counted >= 25, "{counted}");
    for (kind, names) in [
        ("availability", &["APIDown", "KeycloakDown", "NginxDown", "ProbeFailed"][..]),
        ("performance", &["HighResponseTime", "HighErrorRate", "KeycloakLoginsSlow"]),
        (
            "resources",
            &["HighCPUUsage", "HighMemoryUsage", "DiskSpaceLow", "ContainerMemoryNearLimit"],
        ),
        ("database", &["DatabaseDown", "TooManyDatabaseConnections", "SlowDatabaseQueries"]),
        ("cache", &["RedisDown", "RedisMemoryHigh", "RedisRejectedConnections"]),
        ("security", &["RequestsRefused", "RateLimitHit"]),
        ("certificates", &["CertificateExpiresSoon", "CertificateExpires"]),
    ] {
        for name in names {
            assert!(alerts.contains_key(name), "{kind}: {name} of {:?}", alerts.keys());
        }
    }
    let expr = |name: &str| at(alerts[name][0], &["expr"]).as_str().unwrap();
    assert!(expr("RequestsRefused").contains(r#"status=~"401|403""#));
    assert!(expr("RateLimitHit").contains(r#"status="429""#));
    assert_eq!(alerts["DatabaseDown"].len(), 2, "one for each database");
}

/// In a cluster the edge is the platform's, whose log no collector of ours counts.
#[test]
fn g4_in_a_cluster_too_there_are_more_than_25_alerts_that_can_fire() {
    for (environment, _) in ENVIRONMENTS {
        let folder = format!("kubernetes/{environment}/prometheus");
        let map = yaml(&format!("{folder}/configmap-prometheus-rules.yaml"));
        let file = at(&map, &["data", "alert_rules.yml"]).as_str().unwrap();
        let file = serde_yaml::from_str(file).unwrap();
        let alerts = alerts(&file);
        assert!(alerts.len() >= 25, "{}", alerts.len());
        for name in [
            "APIDown",
            "KeycloakDown",
            "ProbeFailed",
            "HighResponseTime",
            "HighErrorRate",
            "DatabaseDown",
            "RedisDown",
            "KubeBackupTooOld",
        ] {
            assert!(alerts.contains_key(name), "{name} of {:?}", alerts.keys());
        }
        for name in ["RequestsRefused", "RateLimitHit", "NginxDown", "ContainerMemoryNearLimit"] {
            assert!(!alerts.contains_key(name), "{name} reads what is not scraped");
        }
    }
}

/// The counter that the alerts on refused requests read is made where the edge's log goes by.
#[test]
fn g4_the_collector_counts_what_the_edge_answers() {
    let collector = text("alloy/production/docker.alloy");
    let stage = collector.split("stage.match {").last().unwrap();
    for line in [
        r#"selector = "{service=\"nginx\"}""#,
        r#"expressions = { "status" = "" }"#,
        r#"= "edge_requests_total""#,
        r#"values = ["status"]"#,
    ] {
        assert!(stage.contains(line), "{line}\n{stage}");
    }
    assert!(text("nginx/production/nginx.conf").contains(r#""status":"$status""#));
    let scraped = yaml("prometheus/production/prometheus.yml");
    let jobs: Vec<_> =
        list(at(&scraped, &["scrape_configs"])).iter().map(|job| at(job, &["job_name"])).collect();
    assert!(jobs.contains(&&"alloy".into()), "{jobs:?}");
}

#[test]
fn g5_logs_are_kept_labelled_and_shown() {
    for (environment, kept) in [("production", "30d"), ("staging", "7d")] {
        let loki = yaml(&format!("loki/{environment}/loki.yaml"));
        assert_eq!(at(&loki, &["limits_config", "retention_period"]), kept);
        assert_eq!(at(&loki, &["compactor", "retention_enabled"]), &Value::from(true));
        let collector = text(&format!("alloy/{environment}/docker.alloy"));
        for label in [
            r#""service" = """#,
            &format!(r#""environment" = "{environment}""#),
            r#""system"      = "agenthub""#,
        ] {
            assert!(collector.contains(label), "{label}");
        }
        assert!(collector.contains(r#"url = "http://loki:3100/loki/api/v1/push""#));
        let mut kinds = BTreeSet::new();
        for name in ["loki", "prometheus"] {
            let source = yaml(&format!("grafana/{environment}/datasources/{name}.yml"));
            let source = &list(at(&source, &["datasources"]))[0];
            kinds.insert(at(source, &["type"]).as_str().unwrap().to_owned());
        }
        assert_eq!(kinds, BTreeSet::from(["loki".to_owned(), "prometheus".to_owned()]));
        let provider = yaml(&format!("grafana/{environment}/provider.yml"));
        let folder = at(&list(at(&provider, &["providers"]))[0], &["options", "path"]).clone();
        let dashboards =
            std::fs::read_dir(out(&format!("grafana/{environment}/dashboards"))).unwrap();
        let mut titles = BTreeSet::new();
        for dashboard in dashboards {
            let read = std::fs::read_to_string(dashboard.unwrap().path()).unwrap();
            let read: serde_json::Value = serde_json::from_str(&read).unwrap();
            assert!(!read["panels"].as_array().unwrap().is_empty());
            titles.insert(read["title"].as_str().unwrap().to_owned());
        }
        assert!(titles.len() > 5, "{titles:?}");
        let compose = yaml(ENVIRONMENTS.iter().find(|(name, _)| *name == environment).unwrap().1);
        let mounts = list(at(&compose, &["services", "grafana", "volumes"]));
        assert!(mounts.iter().any(|mount| mount.get("target") == Some(&folder)), "{folder:?}");
        // Docker writes the label that the collector reads.
        let options = at(&compose, &["services", "mcp-backend", "logging", "options", "labels"]);
        assert!(options.as_str().unwrap().contains("com.docker.compose.service"));
    }
}

#[test]
fn g9_alerts_reach_pagerduty_and_slack() {
    for (environment, compose) in ENVIRONMENTS {
        let file = yaml(&format!("alertmanager/{environment}/alertmanager.yml"));
        let receivers = list(at(&file, &["receivers"]));
        let ways = |severity: &str| -> BTreeSet<String> {
            let routes = list(at(&file, &["route", "routes"]));
            let matcher = format!("severity=\"{severity}\"");
            let taken =
                routes.iter().filter(|route| strings(at(route, &["matchers"]))[0] == matcher);
            let names = taken.map(|route| at(route, &["receiver"]));
            let of =
                names.map(|name| receivers.iter().find(|one| at(one, &["name"]) == name).unwrap());
            of.flat_map(|one| {
                one.as_mapping().unwrap().keys().map(|key| key.as_str().unwrap().to_owned())
            })
            .filter(|key| key != "name")
            .collect()
        };
        let both = ["pagerduty_configs", "slack_configs"].map(str::to_owned);
        assert_eq!(ways("critical"), BTreeSet::from(both));
        assert_eq!(ways("warning"), BTreeSet::from(["slack_configs".to_owned()]));
        assert!(services(&yaml(compose)).contains_key("alertmanager"));
    }
}

/// Whoever has a token is counted by it; a request without one by its address, and not together with all others.
#[test]
fn g9_the_edge_limits_each_user() {
    let main = text("nginx/production/nginx.conf");
    let words: Vec<&str> = main.split_whitespace().collect();
    let flat = words.join(" ");
    assert!(
        flat.contains(
            "map $http_authorization $client_by_http_authorization { default $http_authorization; \
             \"\" $binary_remote_addr; }"
        ),
        "{flat}"
    );
    let site = text("nginx/production/conf.d/api.agenthub.example.com.conf");
    let site = site.split("ssl_certificate_key").nth(1).unwrap();
    for (at, path) in [(1, "/"), (2, "/mcp/")] {
        let zone = format!("rate_api.agenthub.example.com_{at}");
        assert!(flat.contains(&format!(
            "limit_req_zone $client_by_http_authorization zone={zone}:32m rate=10r/s;"
        )));
        let location = site.split(&format!("location {path} {{")).nth(1).unwrap();
        let location = location.split("\n    }").next().unwrap();
        assert!(
            location.contains(&format!("limit_req zone={zone} burst=20 nodelay;")),
            "{location}"
        );
        // A client can make up tokens: its address has a limit too.
        assert!(location.contains("limit_req zone=rate_all burst=100 nodelay;"), "{location}");
    }
}

#[test]
fn g9_containers_are_measured() {
    let file = yaml("prometheus/production/prometheus.yml");
    let jobs: Vec<_> = list(at(&file, &["scrape_configs"]))
        .iter()
        .map(|job| at(job, &["job_name"]).as_str().unwrap())
        .collect();
    assert!(jobs.contains(&"cadvisor"), "{jobs:?}");
    assert!(services(&yaml("docker-compose.prod.yml")).contains_key("cadvisor"));
}

/// Factor, long window, short window, severity: Google, The Site Reliability Workbook, "Alerting on SLOs".
#[test]
fn g9_objectives_alert_on_the_rate_at_which_they_are_missed() {
    let file = yaml("prometheus/production/rules/slo_rules.yml");
    let alerts = alerts(&file);
    for (objective, budget) in [("Availability", "0.001"), ("Errors", "0.001"), ("Latency", "0.05")]
    {
        for (burns, factor, long, short, severity) in [
            ("BurnsFast", "14.4 * ", "[1h]", None, "critical"),
            ("Burns", "6 * ", "[6h]", Some("[30m]"), "critical"),
            ("BurnsSlowly", "", "[3d]", Some("[6h]"), "warning"),
        ] {
            let name = format!("McpBackend{objective}Budget{burns}");
            let rule = alerts[name.as_str()][0];
            assert_eq!(at(rule, &["labels", "severity"]), severity, "{name}");
            let expr = at(rule, &["expr"]).as_str().unwrap();
            let (over, now) = expr.split_once("\nand\n").unwrap();
            let limit = format!("> {factor}{budget}");
            assert!(over.ends_with(&limit) && now.ends_with(&limit), "{name}: {expr}");
            assert_eq!(over.matches(long).count(), 2, "{name}: {expr}");
            match short {
                Some(short) => assert_eq!(now.matches(short).count(), 2, "{name}: {expr}"),
                // What is recorded looks back over five minutes.
                None => assert!(!now.contains('['), "{name}: {expr}"),
            }
        }
    }
    let recorded: Vec<String> = list(at(&file, &["groups"]))
        .iter()
        .flat_map(|group| list(at(group, &["rules"])))
        .filter(|rule| rule.get("record").is_some())
        .map(|rule| at(rule, &["expr"]).as_str().unwrap().to_owned())
        .collect();
    assert!(recorded.iter().all(|expr| expr.contains("[5m]")), "{recorded:?}");
    // p95 under 2 s.
    assert!(recorded.iter().any(|expr| expr.contains(r#"le=~"2|2[.]0""#)), "{recorded:?}");
    let command = yaml("docker-compose.prod.yml");
    let command = strings(at(&command, &["services", "prometheus", "command"])).join(" ");
    assert!(command.contains("--storage.tsdb.retention.time=30d"), "{command}");
}
