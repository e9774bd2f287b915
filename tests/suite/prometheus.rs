//! Compiles what watches a system, and has Prometheus' own tools read and run it.

use std::fs;
use std::process::Command;

use formwork::target::Target;
use serde_json::{Value, json};

use crate::compiled::{codes, of_target, tree, written, yaml};
use crate::judge::judge;
use crate::matrix;
use crate::promtool::judge_folders;

/// A system whose alerts are the catalogue's and one of its own.
const WATCHED: &str = r#"
blueprint: v1
name: shop
environments:
  production: {}
  staging: { tier: staging, override: { monitoring: { retention: 7d } } }
services:
  db: { uses: postgres@17, team: database }
  redis: { uses: redis@8, profile: with-redis }
  api:
    image: ghcr.io/example/api:1.4.2
    build: { context: api, stack: fastapi@3.13 }
    port: 8000
    team: backend
    replicas: 2
    health: /health/ready
    metrics:
      path: /internal/metrics
      series: { orders_failed_total: { type: counter, labels: [reason] } }
    needs: [db, "redis?"]
monitoring:
  scrape: 15s
  alerts:
    OrdersFail:
      expr: sum by (job) (rate(orders_failed_total[5m])) > $threshold
      threshold: 0.1
      for: 10m
      severity: critical
      team: backend
      summary: '{{ $labels.job }} fails "orders"'
      fires:
        series: { 'orders_failed_total{job="api",instance="one",reason="stock"}': 0+15x120 }
        at: 20m
        labels: { job: api }
      quiet:
        series: { 'orders_failed_total{job="api",instance="one",reason="stock"}': 0+1x120 }
        at: 20m
"#;

/// The rule of that name.
fn rule(tree: &formwork::tree::Tree, name: &str) -> Value {
    let file = yaml(tree, "prometheus/production/rules/alert_rules.yml");
    let groups = file["groups"].as_array().unwrap();
    let mut rules = groups.iter().flat_map(|group| group["rules"].as_array().unwrap());
    rules.find(|rule| rule["alert"] == name).unwrap_or_else(|| panic!("no {name}")).clone()
}

#[test]
fn every_service_with_metrics_is_a_job() {
    let tree = tree(WATCHED);
    let config = yaml(&tree, "prometheus/production/prometheus.yml");
    assert_eq!(
        config["global"],
        json!({
            "scrape_interval": "15s", "scrape_timeout": "10s", "evaluation_interval": "15s",
            "external_labels": { "system": "shop", "environment": "production" },
        })
    );
    assert_eq!(config["rule_files"], json!(["/etc/prometheus/rules/*.yml"]));
    assert_eq!(
        config["alerting"]["alertmanagers"][0]["static_configs"][0]["targets"],
        json!(["alertmanager:9093"])
    );
    let jobs = config["scrape_configs"].as_array().unwrap();
    let names: Vec<&str> = jobs.iter().map(|job| job["job_name"].as_str().unwrap()).collect();
    let expected = [
        "api",
        "prometheus",
        "alertmanager",
        "grafana",
        "node-exporter",
        "cadvisor",
        "db-exporter",
        "redis-exporter",
    ];
    assert_eq!(names, expected, "and nothing that stands in a cluster only");
    let exporter = jobs.iter().find(|job| job["job_name"] == "db-exporter").unwrap();
    let target = json!([{ "targets": ["db-exporter:9187"], "labels": { "service": "db" } }]);
    assert_eq!(exporter["static_configs"], target);
}

/// One address would reach one replica, and a name that stands for nothing would be an error at every scrape.
#[test]
fn replicas_and_what_may_be_off_are_looked_up() {
    let tree = tree(WATCHED);
    let config = yaml(&tree, "prometheus/production/prometheus.yml");
    let jobs = config["scrape_configs"].as_array().unwrap();
    assert_eq!(
        jobs[0],
        json!({
            "job_name": "api", "metrics_path": "/internal/metrics",
            "dns_sd_configs": [
                { "names": ["api-replicas"], "type": "A", "port": 8000, "refresh_interval": "15s" },
            ],
            "relabel_configs": [{ "target_label": "service", "replacement": "api" }],
        })
    );
    let redis = jobs.iter().find(|job| job["job_name"] == "redis-exporter").unwrap();
    assert_eq!(redis["dns_sd_configs"][0]["names"], json!(["redis-exporter"]));
}

#[test]
fn a_scrape_ends_before_the_next() {
    let tree = tree(&WATCHED.replace("scrape: 15s", "scrape: 5s"));
    let config = yaml(&tree, "prometheus/production/prometheus.yml");
    assert_eq!(config["global"]["scrape_timeout"], "5s");
}

#[test]
fn alerts_have_the_thresholds_of_the_catalogue() {
    let tree = tree(WATCHED);
    for (name, severity, hold, threshold) in [
        ("HighErrorRate", "critical", "5m", "> 0.05"),
        ("HighResponseTime", "warning", "5m", "> 2"),
        ("APIDown", "critical", "1m", "== 0"),
        ("DatabaseDown", "critical", "1m", "== 0"),
        ("TooManyDatabaseConnections", "warning", "5m", "> 0.8"),
        ("SlowDatabaseQueries", "warning", "10m", "< 0.9"),
        ("HighCPUUsage", "warning", "10m", "> 0.8"),
        ("HighMemoryUsage", "warning", "10m", "> 0.8"),
        ("DiskSpaceLow", "critical", "5m", "< 0.2"),
        ("OrdersFail", "critical", "10m", "> 0.1"),
    ] {
        let rule = rule(&tree, name);
        assert_eq!((&rule["labels"]["severity"], &rule["for"]), (&json!(severity), &json!(hold)));
        let expr = rule["expr"].as_str().unwrap();
        assert!(expr.contains(threshold), "{name}: {expr}");
    }
}

#[test]
fn alerts_say_whose_they_are() {
    let tree = tree(WATCHED);
    let labels = |name| rule(&tree, name)["labels"].clone();
    let expected =
        json!({ "severity": "critical", "priority": "P0", "team": "database", "service": "db" });
    assert_eq!(labels("DatabaseDown"), expected);
    let expected =
        json!({ "severity": "critical", "priority": "P0", "team": "backend", "service": "api" });
    assert_eq!(labels("HighErrorRate"), expected);
    // It looks at every job, and each series says which service it tells of.
    assert_eq!(labels("PrometheusTargetDown"), json!({ "severity": "warning", "priority": "P2" }));
    assert_eq!(
        rule(&tree, "OrdersFail")["annotations"]["summary"],
        "{{ $labels.job }} fails \"orders\""
    );
}

#[test]
fn the_catalogues_alerts_fit_what_runs() {
    assert_eq!(codes(WATCHED), [""; 0]);
    // One scrape in a minute leaves too little for alerts that wait for a minute.
    let found = codes(&WATCHED.replace("scrape: 15s", "scrape: 1m"));
    assert!(!found.is_empty() && found.iter().all(|one| one == "warning hasty-alert"), "{found:?}");
}

#[test]
fn nothing_is_written_where_nothing_is_watched() {
    let text = WATCHED.split("monitoring:\n  scrape").next().unwrap();
    let text = text.replace(", override: { monitoring: { retention: 7d } }", "");
    assert!(of_target(&text, Target::Prometheus).is_empty());
}

#[test]
fn promtool_reads_all_files_and_every_alert_fires() {
    let Some(tool) = judge("promtool") else { return };
    let folder = written(&tree(WATCHED));
    let path = |environment: &str| folder.path().join("prometheus").join(environment);
    let folders = ["production", "staging"].map(|name| (name.to_owned(), path(name)));
    let judged = judge_folders(&tool, &folders);
    assert_eq!((judged.rules, judged.tests), (4, 4));
    for (file, count) in [("rules/alert_rules.yml", 22), ("cluster/alert_rules.yml", 14)] {
        let rules = path("production").join(file);
        let output = Command::new(&tool).args(["check", "rules"]).arg(rules).output().unwrap();
        let found = String::from_utf8_lossy(&output.stdout);
        assert!(found.contains(&format!("{count} rules found")), "{found}");
    }
}

/// For every environment of every system, example and scaffold that watches something.
#[test]
fn promtool_reads_and_runs_what_is_committed() {
    let Some(tool) = judge("promtool") else { return };
    let mut folders = Vec::new();
    let mut written_sets = Vec::new();
    for set in matrix::sets() {
        let folder = written(&set.known.compiled.tree);
        let environments = fs::read_dir(folder.path().join("prometheus")).into_iter().flatten();
        for environment in environments.map(|entry| entry.unwrap().path()) {
            let name = environment.file_name().unwrap().to_str().unwrap();
            folders.push((format!("{} {name}", set.name), environment));
        }
        written_sets.push(folder);
    }
    let judged = judge_folders(&tool, &folders);
    assert!(judged.tests == judged.rules && judged.tests >= folders.len(), "all are tested");
    matrix::record("promtool check config", folders.len(), 0);
    matrix::record("promtool check rules", judged.files, 0);
    matrix::record("promtool test rules", judged.tests, 0);
}

/// The tests would be worth nothing if they passed whatever the rules said.
#[test]
fn promtool_refuses_rules_that_were_changed() {
    let Some(tool) = judge("promtool") else { return };
    // The alerts that are changed here and few others: each test evaluates all rules.
    let text = WATCHED.replace("  scrape: 15s\n", "  scrape: 15s\n  packs: [api, database]\n");
    let folder = written(&tree(&text));
    let path = folder.path().join("prometheus/production/rules/alert_rules.yml");
    let rules = fs::read_to_string(&path).unwrap();
    // Whether the tests of an alert pass.
    let passes = |rules: &str, alert: &str| {
        fs::write(&path, rules).unwrap();
        let tests = "prometheus/production/tests/alert_rules_test.yml";
        let run = ["test", "rules", "--run", &format!("^{alert} "), tests];
        let run = Command::new(&tool).args(run).current_dir(&folder).output().unwrap();
        run.status.success()
    };
    for (alert, right, wrong) in [
        ("HighErrorRate", "> 0.05", "> 0.5"),
        ("HighErrorRate", "> 0.05", "> 0.01"),
        ("DatabaseDown", "pg_up{job=\"db-exporter\"} == 0", "pg_up{job=\"db-exporter\"} == 2"),
        ("DatabaseDown", "team: database", "team: backend"),
        ("DatabaseDown", "cannot be reached", "can be reached"),
        ("OrdersFail", "fails \\\"orders\\\"", "fails"),
    ] {
        assert!(rules.contains(right), "{right}");
        assert!(passes(&rules, alert), "{alert}");
        assert!(!passes(&rules.replace(right, wrong), alert), "{right} as {wrong} passes");
    }
}

/// Each of these blueprints brings about what it is named for, and nothing worse.
#[test]
fn alerts_that_cannot_work_are_refused() {
    for (code, severity) in [
        ("invalid-expression", "error"),
        ("invalid-template", "error"),
        ("unknown-metric", "error"),
        ("unknown-job", "error"),
        ("unknown-label", "warning"),
        ("hasty-alert", "warning"),
        ("short-window", "warning"),
        ("untested-alert", "note"),
        ("image-differs", "error"),
    ] {
        let path = format!("{}/tests/diagnostics/{code}.yaml", env!("CARGO_MANIFEST_DIR"));
        let text = fs::read_to_string(&path).unwrap();
        let found = codes(&text);
        assert!(found.contains(&format!("{severity} {code}")), "{path}: {found:?}");
        assert!(found.iter().all(|one| one.ends_with(code)), "{path}: {found:?}");
    }
}
