//! D5, D6 and D18: rules that are not loaded, alerts that read nothing, health checks that decide nothing.

use super::{SHOP, beside, found, instead, patched, with};

#[test]
fn d05_rules_are_loaded_and_dashboards_found() {
    for patch in [
        "file: prometheus/*/prometheus.yml, merge: { rule_files: [] }",
        "file: prometheus/*/prometheus.yml, merge: { rule_files: [\"/etc/prometheus/alerts/*.yml\"] }",
        "file: grafana/*/provider.yml, merge: { providers: [{ name: files, type: file, options: { path: /var/lib/dashboards } }] }",
        "file: docker-compose.prod.yml, at: /services/prometheus, merge: { volumes: [\"./prometheus/production/rule:/etc/prometheus/rules\"] }",
    ] {
        assert!(patched(patch).contains(&"dangling-reference".to_owned()), "{patch}");
    }
    let wrapped = "file: grafana/*/dashboards/overview.json, merge: { dashboard: { title: API }, title: null }";
    assert_eq!(patched(wrapped), ["patch-contradicts"]);
}

#[test]
fn d05_own_files_do_not_hide_in_folders_that_are_mounted() {
    for path in
        ["prometheus/{environment}/rules/own.yml", "grafana/{environment}/dashboards/own.json"]
    {
        let found = beside(&format!("templates/{path}.j2"), "{}\n");
        assert_eq!(found, ["misplaced-template {}"], "{path}");
    }
}

#[test]
fn d06_alerts_read_what_is_scraped() {
    let alert = |expr: &str, summary: &str| {
        let samples = "fires: { series: { up: \"0x20\" }, at: 10m }, quiet: { series: { up: \"1x20\" }, at: 10m }";
        let alert =
            format!("expr: '{expr}', summary: '{summary}', for: 5m, severity: warning, {samples}");
        let codes = instead(
            "monitoring: {}",
            &format!("monitoring: {{ alerts: {{ Own: {{ {alert} }} }} }}"),
        );
        codes.iter().map(|one| one.split(' ').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert!(alert("orders_totl > 1", "x").contains(&"unknown-metric".to_owned()));
    assert!(alert("up{job=\"postgres\"} == 0", "x").contains(&"unknown-job".to_owned()));
    assert!(alert("up == (", "x").contains(&"invalid-expression".to_owned()));
    assert!(alert("up == 0", "{{ humanise $value }}").contains(&"invalid-template".to_owned()));
    for (rule, code) in [
        ("expr: orders_totl > 1", "unknown-metric"),
        ("expr: 'up{job=\"postgres\"} == 0'", "unknown-job"),
        ("expr: up ==", "invalid-expression"),
        ("expr: up == 0, annotations: { summary: \"{{ humanise $value }}\" }", "invalid-template"),
    ] {
        let patch = format!(
            "file: prometheus/*/rules/alert_rules.yml, at: /groups/0, merge: {{ rules: [{{ alert: Own, {rule} }}] }}"
        );
        assert!(patched(&patch).contains(&code.to_owned()), "{rule}");
    }
}

/// A file of the author's own is read where Prometheus loads it: a path that it is told, and a mount that leads there.
#[test]
fn d06_rules_of_own_templates_read_what_is_scraped() {
    let loads = "  loads: { file: prometheus/*/prometheus.yml, merge: { rule_files: [\"/etc/prometheus/rules/*.yml\", \"/etc/prometheus/own/*.yml\"] } }\n";
    let mounts = "  mounts: { file: docker-compose.prod.yml, at: /services/prometheus, merge: { volumes: [\"prometheus-data:/prometheus\", \"./prometheus/production/prometheus.yml:/etc/prometheus/prometheus.yml:ro\", \"./prometheus/production/rules:/etc/prometheus/rules:ro\", \"./own/production:/etc/prometheus/own:ro\"] } }\n";
    let rules = |place: &str, text: &str, patches: &str| {
        let blueprint = format!("{SHOP}{patches}");
        let path = format!("templates/{place}.j2");
        found(&[("blueprint.yaml", &blueprint), (&path, text)])
    };
    let group = |expr: &str| {
        format!(
            "groups:\n  - name: own\n    rules:\n      - record: shop:orders\n        expr: sum(rate(orders_total[5m]))\n      - alert: Own\n        expr: {expr}\n"
        )
    };
    let patches = format!("patches:\n{loads}{mounts}");
    let own = "own/{environment}/rules.yml";
    for (expr, code) in [
        ("orders_totl < 1", "unknown-metric orders_totl < 1"),
        ("up{job=\"postgres\"} == 0", "unknown-job up{job=\"postgres\"} == 0"),
        ("up ==", "invalid-expression up =="),
    ] {
        assert_eq!(rules(own, &group(expr), &patches), [code], "{expr}");
    }
    for expr in ["shop:orders < 1", "rate(orders_total[5m]) == 0", "up == 0"] {
        assert_eq!(rules(own, &group(expr), &patches), [""; 0], "{expr}");
    }
    let faulty = group("orders_totl < 1");
    // Nothing loads these: a path that the server is not told, and a file that is not mounted.
    let mounted = format!("patches:\n{mounts}");
    assert_eq!(rules(own, &faulty, &mounted), [""; 0]);
    let elsewhere = rules("elsewhere/{environment}/rules.yml", &faulty, &patches);
    assert_eq!(elsewhere, ["dangling-reference mounts"], "the folder that is mounted is not there");
    // The operator of Prometheus loads its objects wherever they are.
    let indented = faulty.replace('\n', "\n  ");
    let object = format!(
        "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata: {{ name: own }}\nspec:\n  {}\n",
        indented.trim_end()
    );
    assert_eq!(
        rules("own/{environment}/object.yaml", &object, ""),
        ["unknown-metric orders_totl < 1"]
    );
}

#[test]
fn d06_an_alert_does_not_outlive_its_job() {
    let jobs = "file: prometheus/*/prometheus.yml, merge: { scrape_configs: [{ job_name: prometheus, static_configs: [{ targets: [\"prometheus:9090\"] }] }] }";
    assert_eq!(patched(jobs), ["dangling-reference"]);
}

#[test]
fn d06_an_entry_is_held_to_what_it_declares() {
    let entry = |series: &str| {
        let entry = format!(
            "component: meter\nabout: counts\nrole: exporter\nimage: docker.io/example/meter\n\
             versions: {{ \"1\": {{ tag: \"1.0\" }} }}\ndefault: \"1\"\nuser: 1000:1000\nports: {{ http: 8080 }}\nresources: {{ cpu: 50m..250m, memory: 64Mi..256Mi, pids: 128 }}\n\
             metrics: {{ path: /metrics, series: {{ counted_total: {{ type: counter }} }} }}\n\
             alerts:\n  MeterStopped:\n    expr: 'rate({series}{{job=\"$job\"}}[5m]) == 0'\n    for: 10m\n    severity: warning\n    summary: it stopped\n    description: it stopped\n    \
             fires: {{ series: {{ '{series}{{job=\"$job\"}}': '5x60' }}, at: 30m }}\n    quiet: {{ series: {{ '{series}{{job=\"$job\"}}': '0+5x60' }}, at: 30m }}\n"
        );
        let blueprint = SHOP.replace("  api:\n", "  meter: { uses: meter@1 }\n  api:\n");
        found(&[("blueprint.yaml", &blueprint), ("catalog/meter.yaml", &entry)])
    };
    let faulty = entry("counted");
    assert!(faulty.iter().any(|one| one.starts_with("unknown-metric")), "{faulty:?}");
    let right = entry("counted_total");
    assert!(!right.iter().any(|one| one.starts_with("unknown-metric")), "{right:?}");
}

#[test]
fn d06_receivers_are_declared() {
    let patch = "file: alertmanager/*/alertmanager.yml, at: /route, merge: { receiver: pager }";
    assert_eq!(patched(patch), ["dangling-reference"]);
    let route = "file: alertmanager/*/alertmanager.yml, at: /route, merge: { routes: [{ receiver: nobody, matchers: ['severity=\"critcal\"'] }] }";
    assert_eq!(patched(route), ["dangling-reference"]);
    let label = "file: prometheus/*/rules/alert_rules.yml, at: /groups/0/rules/0/labels, merge: { severity: urgent }";
    assert_eq!(patched(label), ["dangling-reference"]);
    let section = "monitoring: { alerts: { InstanceDown: { receivers: [pager] } } }";
    assert!(!instead("monitoring: {}", section).is_empty());
}

#[test]
fn d18_a_health_check_can_fail_and_can_pass() {
    let health = |health: &str| instead("health: /is-well", &format!("health: {health}"));
    assert!(health("{ command: [\"true\"] }")[0].starts_with("unfit-health-command"));
    assert!(
        health("{ command: [curl, -f, \"http://localhost\", \"||\", exit, \"1\"] }")[0]
            .starts_with("unfit-health-command")
    );
    let cache = |health: &str| {
        let service = format!("  cache: {{ uses: redis@8{health} }}\n  api:\n");
        instead("  api:\n", &service)
    };
    let deaf = cache(", health: { command: [redis-cli, ping] }");
    assert_eq!(deaf, ["unfit-health-command redis-cli"]);
    assert_eq!(cache(""), [""; 0]);
    assert!(!with("").iter().any(|one| one.starts_with("unfit")));
    let gone = "file: docker-compose.prod.yml, at: /services/db, merge: { healthcheck: null }";
    assert!(patched(gone).contains(&"dangling-reference".to_owned()));
}
