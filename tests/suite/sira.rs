//! Holds the compiled files of `sira` against the rows that describe it: each test names its row, takes its figures
//! from there, and reads the files with another parser than ours.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_yaml::Value;

use crate::harness::Folder;

fn out(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("out/sira").join(path)
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

fn strings(value: &Value) -> Vec<&str> {
    value.as_sequence().unwrap().iter().map(|item| item.as_str().unwrap()).collect()
}

/// The assignments of an env template: name, then value.
fn template(path: &str) -> BTreeMap<String, String> {
    let lines = text(path);
    let assignments =
        lines.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('='));
    let mut found = BTreeMap::new();
    for (name, value) in assignments {
        assert!(found.insert(name.to_owned(), value.to_owned()).is_none(), "{name} stands twice");
    }
    found
}

/// The names of the variables whose comment says that they are required.
fn required(path: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut is_required = false;
    for line in text(path).lines() {
        if line.starts_with("# Required") && !line.contains("with the profile") {
            is_required = true;
        }
        if line.is_empty() {
            is_required = false;
        }
        if let Some((name, _)) =
            line.split_once('=').filter(|_| is_required && !line.starts_with('#'))
        {
            found.insert(name.to_owned());
        }
    }
    found
}

#[test]
fn s1_the_template_names_18_required_variables_under_the_suffix_that_the_blueprint_chose() {
    let names: BTreeSet<String> = [
        "CLERK_JWKS_URL",
        "CLERK_SECRET_KEY",
        "CORS_ORIGINS",
        "DEBUG",
        "ENVIRONMENT",
        "MISTRAL_API_KEY",
        "MISTRAL_EMBEDDING_MODEL",
        "MISTRAL_LLM_MODEL",
        "NEXT_PUBLIC_API_BASE_URL",
        "NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY",
        "PINECONE_API_KEY",
        "PINECONE_ENVIRONMENT",
        "PINECONE_INDEX_NAME",
        "POSTGRES_DB",
        "POSTGRES_PASSWORD",
        "POSTGRES_USER",
        "REDIS_PASSWORD",
        "SECRET_KEY",
    ]
    .map(str::to_owned)
    .into();
    assert_eq!(names.len(), 18);
    for file in [".env.production.example", ".env.staging.example"] {
        assert_eq!(required(file), names, "{file}");
    }
    let production = template(".env.production.example");
    for secret in ["POSTGRES_PASSWORD", "SECRET_KEY", "CLERK_SECRET_KEY", "MISTRAL_API_KEY"] {
        assert_eq!(production[secret], "", "{secret} has no default");
    }
    assert_eq!(template(".env.staging.example")["LOG_LEVEL"], "DEBUG");
}

/// A filled file with every fault that the row names: each is told, none of the secrets is.
#[test]
fn s1_a_filled_file_is_held_against_length_forbidden_defaults_and_the_rules_of_production() {
    let folder = Folder::empty();
    let mut filled = template(".env.production.example");
    filled
        .values_mut()
        .filter(|value| value.is_empty())
        .for_each(|value| "something".clone_into(value));
    for (name, value) in [
        ("POSTGRES_USER", "postgres"),
        ("POSTGRES_PASSWORD", "shortpw7"),
        ("SECRET_KEY", "0123456789abcdef0123456789abcde"),
        ("POSTGRES_DB", "CHANGE_ME"),
        ("CLERK_SECRET_KEY", "sk_test_0123456789abcdef0123456789abcdef"),
        ("CLERK_JWKS_URL", "http://clerk.example/jwks"),
        ("NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY", "pk_test_x"),
        ("NEXT_PUBLIC_API_BASE_URL", "http://api.yourdomain.com"),
        ("DEBUG", "true"),
    ] {
        filled.insert(name.to_owned(), value.to_owned());
    }
    filled.remove("PINECONE_INDEX_NAME");
    let lines: String = filled.iter().map(|(name, value)| format!("{name}='{value}'\n")).collect();
    folder.write("filled.env", &lines);
    let blueprint = Path::new(env!("CARGO_MANIFEST_DIR")).join("blueprints/sira.yaml");
    let file = folder.file("filled.env");
    let arguments = [
        "env",
        "check",
        file.to_str().unwrap(),
        blueprint.to_str().unwrap(),
        "--env",
        "production",
    ];
    let run = folder.run(&arguments).exits(1);
    let said = format!("{}{}", run.stdout, run.stderr);
    for told in [
        "error[env-forbidden]: `POSTGRES_USER` must not be `postgres`",
        "error[env-forbidden]: `POSTGRES_DB` must not be `CHANGE_ME`",
        "error[env-too-short]: `POSTGRES_PASSWORD` is too short: it needs at least 12 characters",
        "error[env-too-short]: `SECRET_KEY` is too short: it needs at least 32 characters",
        "error[env-required-value]: `CLERK_SECRET_KEY` must begin with `sk_live_`",
        "error[env-required-value]: `CLERK_JWKS_URL` must begin with `https://`",
        "error[env-required-value]: `NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY` must begin with `pk_live_`",
        "error[env-required-value]: `NEXT_PUBLIC_API_BASE_URL` is `http://api.yourdomain.com`",
        "error[env-required-value]: `DEBUG` is `true`; in production it must be `false`",
        "error[env-missing]: `PINECONE_INDEX_NAME` is missing",
    ] {
        assert!(said.contains(told), "{told}:\n{said}");
    }
    for secret in ["shortpw7", "0123456789abcdef0123456789abcde", "sk_test_0123"] {
        assert!(!said.contains(secret), "{secret} is echoed");
    }
}

#[test]
fn s2_the_start_order_is_db_backend_frontend_nginx_by_health() {
    for file in ["docker-compose.prod.yml", "docker-compose.staging.yml"] {
        let file = yaml(file);
        for (later, earlier) in [("backend", "db"), ("frontend", "backend"), ("nginx", "frontend")]
        {
            let condition = at(&file, &["services", later, "depends_on", earlier, "condition"]);
            assert_eq!(condition, "service_healthy", "{later} waits for {earlier}");
        }
        let profile =
            |service: &str| strings(at(&file, &["services", service, "profiles"])).concat();
        assert_eq!(profile("redis"), "with-redis");
        for service in [
            "prometheus",
            "grafana",
            "alertmanager",
            "db-exporter",
            "nginx-exporter",
            "node-exporter",
        ] {
            assert_eq!(profile(service), "monitoring", "{service}");
        }
        let test = |service: &str| {
            strings(at(&file, &["services", service, "healthcheck", "test"])).join(" ")
        };
        assert!(test("backend").starts_with("CMD curl "), "{}", test("backend"));
        assert!(test("backend").ends_with("http://127.0.0.1:8000/health/ready"));
        assert!(test("frontend").starts_with("CMD wget "), "{}", test("frontend"));
        assert_eq!(at(&file, &["networks"]).as_mapping().unwrap().len(), 1, "one isolated network");
        for (service, user) in [("backend", "1000:1000"), ("frontend", "1001:1001")] {
            assert_eq!(at(&file, &["services", service, "user"]), user);
        }
    }
}

#[test]
fn s2_limits_are_those_of_the_system() {
    let file = yaml("docker-compose.prod.yml");
    let limit =
        |service, what| at(&file, &["services", service, "deploy", "resources", "limits", what]);
    assert_eq!((limit("db", "cpus"), limit("db", "memory")), (&"2".into(), &"2G".into()));
    assert_eq!((limit("redis", "cpus"), limit("redis", "memory")), (&"0.5".into(), &"512M".into()));
    assert_eq!(
        at(&file, &["services", "backend", "environment", "WEB_CONCURRENCY"]),
        "4",
        "4 workers"
    );
}

/// What of the row stands in the file itself; that nginx answers so is shown by the tests that run it.
#[test]
fn s3_the_edge_has_the_rows_figures() {
    let main = text("nginx/production/nginx.conf");
    let lines: Vec<&str> = main.lines().map(str::trim).collect();
    for line in [
        "ssl_protocols TLSv1.2 TLSv1.3;",
        "ssl_session_cache shared:TLS:10m;",
        "ssl_session_timeout 1d;",
        "limit_req_zone $binary_remote_addr zone=rate_all:10m rate=50r/s;",
        "limit_req_zone $binary_remote_addr zone=rate_api.yourdomain.com_1:10m rate=10r/s;",
    ] {
        assert!(lines.contains(&line), "{line}");
    }
    let api = text("nginx/production/conf.d/api.yourdomain.com.conf");
    assert!(api.contains("return 301 https://api.yourdomain.com$request_uri;"));
    assert!(api.contains("limit_req zone=rate_api.yourdomain.com_1 burst=10 nodelay;"));
    let headers = text("nginx/production/snippets/shared.conf");
    for header in [
        "Strict-Transport-Security \"max-age=31536000; includeSubDomains\"",
        "X-Frame-Options DENY",
        "X-Content-Type-Options nosniff",
        "Content-Security-Policy \"default-src 'self';",
    ] {
        assert!(headers.contains(&format!("add_header {header}")), "{header}:\n{headers}");
    }
}

#[test]
fn s7_prometheus_scrapes_every_15_seconds_and_keeps_15_days() {
    let file = yaml("prometheus/production/prometheus.yml");
    assert_eq!(at(&file, &["global", "scrape_interval"]), "15s");
    let jobs: BTreeMap<&str, &Value> = at(&file, &["scrape_configs"])
        .as_sequence()
        .unwrap()
        .iter()
        .map(|job| (at(job, &["job_name"]).as_str().unwrap(), job))
        .collect();
    for job in ["backend", "db-exporter", "nginx-exporter", "node-exporter", "redis-exporter"] {
        assert!(jobs.contains_key(job), "{job} is scraped");
    }
    let backend = jobs["backend"];
    assert_eq!(
        backend.get("metrics_path").and_then(Value::as_str).unwrap_or("/metrics"),
        "/metrics"
    );
    assert_eq!(strings(at(&at(backend, &["static_configs"])[0], &["targets"])), ["backend:8000"]);
    let command =
        |file: &str| strings(at(&yaml(file), &["services", "prometheus", "command"])).join(" ");
    assert!(command("docker-compose.prod.yml").contains("--storage.tsdb.retention.time=15d"));
    assert!(command("docker-compose.staging.yml").contains("--storage.tsdb.retention.time=7d"));
}

#[test]
fn s8_there_are_12_alerts_with_their_thresholds_times_and_severities() {
    let file = yaml("prometheus/production/rules/alert_rules.yml");
    let groups = at(&file, &["groups"]).as_sequence().unwrap();
    let rules = groups.iter().flat_map(|group| at(group, &["rules"]).as_sequence().unwrap());
    let rules: BTreeMap<&str, &Value> =
        rules.map(|rule| (at(rule, &["alert"]).as_str().unwrap(), rule)).collect();
    let expected = [
        ("HighErrorRate", "5m", "critical", "> 0.05"),
        ("HighResponseTime", "5m", "warning", "> 2"),
        ("APIDown", "1m", "critical", "== 0"),
        ("DatabaseDown", "1m", "critical", "== 0"),
        ("TooManyDatabaseConnections", "5m", "warning", "> 0.8"),
        ("SlowDatabaseQueries", "10m", "warning", "< 0.9"),
        ("HighCPUUsage", "10m", "warning", "> 0.8"),
        ("HighMemoryUsage", "10m", "warning", "> 0.8"),
        ("DiskSpaceLow", "5m", "critical", "< 0.2"),
        ("RecommendationGenerationFailures", "10m", "warning", "> 0.1"),
        ("SlowRecommendationGeneration", "5m", "warning", "> 5"),
        ("NoRecommendationsGenerated", "30m", "warning", "== 0"),
    ];
    assert_eq!(rules.len(), 12, "{:?}", rules.keys());
    for (name, hold, severity, comparison) in expected {
        let rule = rules[name];
        assert_eq!(at(rule, &["for"]), hold, "{name}");
        assert_eq!(at(rule, &["labels", "severity"]), severity, "{name}");
        let condition = at(rule, &["expr"]).as_str().unwrap();
        let flat = condition.split_whitespace().collect::<Vec<_>>().join(" ");
        let compared = flat.split(" unless ").next().unwrap();
        assert!(compared.ends_with(comparison), "{name}: {flat}");
    }
}

/// Who is told, as the file says it: critical alerts go to the pager and by e-mail, warnings by e-mail.
#[test]
fn s9_alerts_go_where_their_severity_and_their_team_say() {
    let file = yaml("alertmanager/production/alertmanager.yml");
    let route = at(&file, &["route"]);
    assert_eq!(at(route, &["group_wait"]), "30s");
    assert_eq!(at(route, &["repeat_interval"]), "3h");
    let receivers = at(&file, &["receivers"]).as_sequence().unwrap();
    let receiver = |name: &Value| receivers.iter().find(|one| at(one, &["name"]) == name).unwrap();
    let told = |label: &str| -> Vec<String> {
        let routes = at(route, &["routes"]).as_sequence().unwrap();
        let taken = routes.iter().filter(|route| strings(at(route, &["matchers"]))[0] == label);
        let ways = taken.flat_map(|route| {
            assert!(at(route, &["continue"]).as_bool().unwrap());
            receiver(at(route, &["receiver"])).as_mapping().unwrap().keys()
        });
        ways.map(|key| key.as_str().unwrap().to_owned()).filter(|key| key != "name").collect()
    };
    assert_eq!(told("severity=\"critical\""), ["pagerduty_configs", "email_configs"]);
    assert_eq!(told("severity=\"warning\""), ["email_configs"]);
    for (team, address) in
        [("database", "database@yourdomain.com"), ("backend", "backend@yourdomain.com")]
    {
        assert_eq!(told(&format!("team=\"{team}\"")), ["email_configs"]);
        let one = receiver(&format!("{team}-team").into());
        assert_eq!(at(&at(one, &["email_configs"])[0], &["to"]), address);
    }
    assert!(!at(&file, &["inhibit_rules"]).as_sequence().unwrap().is_empty());
}

#[test]
fn s10_the_dashboard_has_8_panels_and_is_read_from_a_source_that_is_provisioned() {
    let found: serde_json::Value =
        serde_json::from_str(&text("grafana/production/dashboards/sira.json")).unwrap();
    assert_eq!(found["refresh"], "10s");
    assert_eq!(found["time"]["from"], "now-1h");
    let panels = found["panels"].as_array().unwrap();
    let shown: Vec<(&str, &str, Vec<&str>)> = panels
        .iter()
        .map(|panel| {
            let targets = panel["targets"].as_array().unwrap().iter();
            let legends = targets.map(|target| target["legendFormat"].as_str().unwrap_or_default());
            (panel["title"].as_str().unwrap(), panel["type"].as_str().unwrap(), legends.collect())
        })
        .collect();
    assert_eq!(shown.len(), 8);
    let quantiles = vec!["p50", "p95", "p99"];
    assert!(shown.contains(&("Response time", "timeseries", quantiles)), "{shown:?}");
    assert!(shown.contains(&("Errors", "gauge", vec!["errors"])), "{shown:?}");
    let reads = |metric: &str| {
        let mut targets = panels.iter().flat_map(|panel| panel["targets"].as_array().unwrap());
        targets.any(|target| target["expr"].as_str().unwrap().contains(metric))
    };
    for metric in [
        "rate(http_requests_total{job=\"backend\"}",
        "pg_stat_activity_count",
        "up{job=\"backend\"}",
        "pg_up",
        "recommendation_duration_seconds_bucket",
        "recommendations_generated_total",
        "recommendations_failed_total",
    ] {
        assert!(reads(metric), "{metric}");
    }
    let sources = yaml("grafana/production/datasources/prometheus.yml");
    assert_eq!(at(&at(&sources, &["datasources"])[0], &["type"]), "prometheus");
    let compose = yaml("docker-compose.prod.yml");
    let password = at(&compose, &["services", "grafana", "environment"]);
    assert!(password.get("GF_SECURITY_ADMIN_PASSWORD__FILE").is_some());
    assert_eq!(template(".env.production.example")["GRAFANA_ADMIN_PASSWORD"], "");
}

#[test]
fn s12_monitoring_is_reachable_on_the_machine_itself_only() {
    let file = yaml("docker-compose.prod.yml");
    let ports = |service| strings(at(&file, &["services", service, "ports"])).concat();
    assert_eq!(ports("grafana"), "127.0.0.1:3001:3000");
    assert_eq!(ports("prometheus"), "127.0.0.1:9090:9090");
    assert_eq!(ports("alertmanager"), "127.0.0.1:9093:9093");
    for service in at(&file, &["services"]).as_mapping().unwrap().values() {
        for port in service.get("ports").map(strings).unwrap_or_default() {
            let open = port.starts_with("80:") || port.starts_with("443:");
            assert!(open || port.starts_with("127.0.0.1:"), "{port} is open to everybody");
        }
    }
    let database = at(&file, &["services", "db", "environment", "POSTGRES_INITDB_ARGS"]);
    assert!(database.as_str().unwrap().contains("--encoding=UTF8"));
}

#[test]
fn s12_backups_and_logs_lie_on_volumes_and_the_edge_starts_before_there_is_a_certificate() {
    for file in ["docker-compose.prod.yml", "docker-compose.staging.yml"] {
        let file = yaml(file);
        let volumes = at(&file, &["volumes"]).as_mapping().unwrap();
        for (service, volume) in [("backup", "backup-data"), ("backend", "logs")] {
            assert!(volumes.contains_key(volume), "{volume}");
            let mounted = at(&file, &["services", service, "volumes"]).as_sequence().unwrap();
            let mounted =
                mounted.iter().find(|one| one.get("source").is_some_and(|source| source == volume));
            let mounted = mounted.unwrap_or_else(|| panic!("{service} has no {volume}"));
            assert!(
                mounted.get("read_only").is_none_or(|only| *only == false),
                "{volume} is written to"
            );
        }
        // A bare server has no certificate yet: the edge makes a placeholder, and waits for nobody who would get one.
        let after = at(&file, &["services", "nginx"]).get("depends_on").and_then(Value::as_mapping);
        assert!(after.is_none_or(|after| !after.contains_key("certbot")), "{after:?}");
        let certbot = at(&file, &["services", "certbot", "depends_on", "nginx", "condition"]);
        assert_eq!(certbot, "service_healthy");
    }
}

/// The same system stands in a cluster: what answers there is what answers under Compose.
#[test]
fn s2_in_a_cluster_the_database_is_stateful_and_routes_lead_to_the_same_services() {
    let set = yaml("kubernetes/production/db/statefulset-db.yaml");
    assert_eq!(at(&set, &["kind"]), "StatefulSet");
    let claim = &at(&set, &["spec", "volumeClaimTemplates"])[0];
    assert_eq!(at(claim, &["spec", "resources", "requests", "storage"]), "20Gi");
    for (file, service, port) in [
        ("kubernetes/production/_namespace/httproute-yourdomain-com.yaml", "frontend", 3000),
        ("kubernetes/production/_namespace/httproute-api-yourdomain-com.yaml", "backend", 8000),
    ] {
        let route = yaml(file);
        let rules = at(&route, &["spec", "rules"]).as_sequence().unwrap();
        for rule in rules {
            let backend = &at(rule, &["backendRefs"])[0];
            assert_eq!(at(backend, &["name"]), service);
            assert_eq!(at(backend, &["port"]), port);
        }
    }
}
