//! Asks Prometheus itself what it makes of the job that probes routes, and whether its alerts do what they say.

use std::process::Command;

use serde_json::{Value, json};

use crate::compiled::{codes, written};
use crate::judge::judge;
use crate::support::of_file;

const BLUEPRINT: &str = "tests/suite/kubernetes/scaled.yaml";

/// What Prometheus finds for a job, before and after its labels are rewritten.
fn discovered(tool: &std::path::Path, folder: &std::path::Path, environment: &str) -> Vec<Value> {
    let config = format!("prometheus/{environment}/prometheus.yml");
    let job = "blackbox-exporter-probe";
    let output = Command::new(tool)
        .args(["check", "service-discovery", "--timeout=2s", &config, job])
        .current_dir(folder)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_str(&text[text.find('[').unwrap()..]).unwrap()
}

#[test]
fn every_route_that_has_an_address_is_probed_by_its_public_name() {
    let Some(tool) = judge("promtool") else { return };
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(BLUEPRINT);
    let compiled = &of_file(&path).compiled;
    let folder = written(&compiled.tree);
    for (environment, domain, module) in
        [("production", "example.com", "files"), ("trial", "trial.example.com", "self-signed")]
    {
        let found = discovered(&tool, folder.path(), environment);
        let mut targets: Vec<Value> = found.iter().map(|one| one["labels"].clone()).collect();
        targets.sort_by_key(ToString::to_string);
        let label = |target: &Value, name: &str| target[name].as_str().unwrap().to_owned();
        let mut seen: Vec<(String, String)> =
            targets.iter().map(|one| (label(one, "instance"), label(one, "service"))).collect();
        seen.sort();
        let api = (format!("https://api.{domain}/v1/"), "api".to_owned());
        let site = (format!("https://{domain}/"), "site".to_owned());
        // The wildcard stands for names that nobody can list.
        assert_eq!(seen, [api, site]);
        for target in &targets {
            assert_eq!(target["__address__"], "blackbox-exporter:9115");
            assert_eq!(target["__metrics_path__"], "/probe");
            assert_eq!(target["__param_target"], target["instance"]);
            assert_eq!(target["__param_module"], json!(module));
        }
        let config = compiled.tree.get(&format!("blackbox-exporter/{environment}/config.yml"));
        let config: Value = serde_yaml::from_str(config.unwrap().text()).unwrap();
        assert_eq!(config["modules"][module]["http"]["fail_if_not_ssl"], true);
    }
}

#[test]
fn the_alerts_about_routes_containers_and_the_cluster_fire_and_stay_quiet() {
    let Some(tool) = judge("promtool") else { return };
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(BLUEPRINT);
    let compiled = &of_file(&path).compiled;
    let folder = written(&compiled.tree);
    let run = |arguments: &[&str]| {
        let output =
            Command::new(&tool).args(arguments).current_dir(folder.path()).output().unwrap();
        let text = [output.stdout, output.stderr].concat();
        let text = String::from_utf8_lossy(&text).into_owned();
        assert!(output.status.success(), "{text}");
    };
    run(&["check", "config", "--syntax-only", "prometheus/production/prometheus.yml"]);
    run(&["test", "rules", "prometheus/production/tests/alert_rules_test.yml"]);
    run(&["test", "rules", "prometheus/production/tests/cluster_rules_test.yml"]);
    for (file, alert) in [
        ("rules", "CertificateExpires"),
        ("rules", "ContainerMemoryNearLimit"),
        ("cluster", "KubePodCrashLooping"),
    ] {
        let path = format!("prometheus/production/{file}/alert_rules.yml");
        let rules = compiled.tree.get(&path).unwrap().text();
        assert!(rules.contains(&format!("alert: {alert}\n")), "{alert}");
        assert!(!rules.contains("$probe"));
    }
}

const SCALED: &str = "
blueprint: v1
name: shop
services:
  api:
    image: ghcr.io/example/api:1.0.0
    port: 8000
    metrics: { series: { jobs_waiting: { type: gauge } } }
    autoscale: { min: 2, max: 4, metrics: { waiting: { expr: 'sum(jobs_waiting{job=\"$job\"})', per_replica: 5 } } }
monitoring: {}
";

#[test]
fn a_measure_that_nobody_takes_is_refused() {
    assert_eq!(codes(SCALED), [""; 0]);
    let unwatched = SCALED.replace("monitoring: {}\n", "");
    assert_eq!(codes(&unwatched), ["error missing-key"]);
    let unknown = SCALED.replace("sum(jobs_waiting", "sum(jobs_weighting");
    assert_eq!(codes(&unknown), ["error unknown-metric"]);
    let elsewhere = SCALED.replace("per_replica: 5", "per_replica: 5, of: prometheus");
    assert_eq!(codes(&elsewhere), ["error unknown-metric"]);
    let broken = SCALED.replace("\"})'", "\"}'");
    assert_eq!(codes(&broken), ["error invalid-expression"]);
}
