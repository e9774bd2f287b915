//! Holds what each Prometheus and each Grafana is given below `out/` against what that Prometheus scrapes: in Compose
//! and in a cluster alike, an alert, a recording rule or a panel reads nothing that is not there.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use promql_parser::label::Matcher;
use promql_parser::parser::{self, Expr};
use serde::Deserialize as _;
use serde_yaml::Value;

/// What a server loads and shows where one target runs.
#[derive(Default)]
struct Place {
    shown: String,
    /// The jobs, with the image that answers where it is known.
    jobs: BTreeSet<String>,
    images: BTreeMap<String, String>,
    rules: Vec<Value>,
    dashboards: Vec<(String, serde_json::Value)>,
    /// What collectors of logs are configured with.
    collectors: String,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn below(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut found: Vec<PathBuf> = entries
        .flat_map(|entry| {
            let path = entry.unwrap().path();
            if path.is_dir() { below(&path) } else { vec![path] }
        })
        .collect();
    found.sort();
    found
}

fn yaml(path: &Path) -> Value {
    let text = fs::read_to_string(path).unwrap();
    serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The entries of the catalogue, each with its file's name.
fn entries() -> Vec<(String, Value)> {
    let mut found = Vec::new();
    for path in below(&root().join("src/catalog/entries")) {
        let text = fs::read_to_string(&path).unwrap();
        for document in serde_yaml::Deserializer::from_str(&text) {
            found.push((path.display().to_string(), Value::deserialize(document).unwrap()));
        }
    }
    found
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_sequence().into_iter().flatten()
}

fn string(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn folders(path: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(path) else { return Vec::new() };
    let mut found: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    found.sort();
    found
}

impl Place {
    fn config(&mut self, config: &Value) {
        let jobs = items(&config["scrape_configs"]).map(|job| string(&job["job_name"]));
        self.jobs.extend(jobs);
    }

    fn rules(&mut self, file: &Value) {
        self.rules.extend(items(&file["groups"]).flat_map(|group| items(&group["rules"])).cloned());
    }

    fn dashboard(&mut self, name: &str, text: &str) {
        self.dashboards.push((name.to_owned(), serde_json::from_str(text).unwrap()));
    }
}

fn composed(system: &Path, environment: &str) -> Place {
    let mut place =
        Place { shown: format!("{} {environment}, Compose", system.display()), ..Place::default() };
    let folder = system.join("prometheus").join(environment);
    place.config(&yaml(&folder.join("prometheus.yml")));
    for path in below(&folder.join("rules")) {
        place.rules(&yaml(&path));
    }
    for path in below(&system.join("grafana").join(environment).join("dashboards")) {
        place.dashboard(&path.display().to_string(), &fs::read_to_string(&path).unwrap());
    }
    for short in [environment, "prod", "dev"] {
        let path = system.join(format!("docker-compose.{short}.yml"));
        if (short == environment || environment.starts_with(short)) && path.exists() {
            for (name, service) in yaml(&path)["services"].as_mapping().unwrap() {
                place.images.insert(string(name), string(&service["image"]));
            }
        }
    }
    for path in below(&system.join("alloy").join(environment)) {
        if path.ends_with("docker.alloy") {
            place.collectors += &fs::read_to_string(path).unwrap();
        }
    }
    place
}

fn clustered(system: &Path, environment: &str) -> Place {
    let mut place =
        Place { shown: format!("{} {environment}, cluster", system.display()), ..Place::default() };
    for path in below(&system.join("kubernetes").join(environment)) {
        if path.extension().is_none_or(|extension| extension != "yaml") {
            continue;
        }
        let object = yaml(&path);
        let spec = &object["spec"];
        match object["kind"].as_str().unwrap_or_default() {
            "ConfigMap" => {
                for (key, text) in object["data"].as_mapping().into_iter().flatten() {
                    let (key, text) = (string(key), string(text));
                    match key.as_str() {
                        "prometheus.yml" if text.contains("scrape_configs") => {
                            place.config(&serde_yaml::from_str(&text).unwrap());
                        }
                        _ if key.ends_with("_rules.yml") => {
                            place.rules(&serde_yaml::from_str(&text).unwrap());
                        }
                        _ if is(&key, "json") && text.contains("\"panels\"") => {
                            place.dashboard(&format!("{} {key}", path.display()), &text);
                        }
                        _ if is(&key, "alloy") => place.collectors += &text,
                        _ => {}
                    }
                }
            }
            "PrometheusRule" => {
                place.rules(spec);
                // A cluster with the operator reads its kubelets itself
                // (prometheus-operator/kube-prometheus:manifests/kubernetesControlPlane-serviceMonitorKubelet.yaml).
                place.jobs.insert("kubelet".to_owned());
            }
            "Probe" => {
                place.jobs.insert(string(&spec["jobName"]));
            }
            "ServiceMonitor" => {
                let relabelings =
                    items(&spec["endpoints"]).flat_map(|one| items(&one["relabelings"]));
                let jobs = relabelings.filter(|one| one["targetLabel"] == "job");
                place.jobs.extend(jobs.map(|one| string(&one["replacement"])));
            }
            "Deployment" | "StatefulSet" | "DaemonSet" => {
                let containers = items(&spec["template"]["spec"]["containers"]);
                let images: Vec<String> = containers.map(|one| string(&one["image"])).collect();
                place.images.insert(string(&object["metadata"]["name"]), images.concat());
            }
            _ => {}
        }
    }
    place
}

/// What the catalogue's entries expose, as their files say.
struct Exposed {
    /// By image.
    known: Vec<(String, BTreeSet<String>)>,
    /// Of programs of one's own.
    own: BTreeSet<String>,
    /// What kubelets expose, by job.
    kubelets: BTreeMap<String, BTreeSet<String>>,
}

fn series(of: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (name, one) in of.as_mapping().into_iter().flatten() {
        let name = string(name);
        if let Some("histogram" | "summary") = one["type"].as_str() {
            found.extend(["_bucket", "_sum", "_count"].map(|end| format!("{name}{end}")));
        }
        found.insert(name);
    }
    found
}

/// Every `series:` of a file.
fn all_series(value: &Value, found: &mut BTreeSet<String>) {
    for (key, value) in value.as_mapping().into_iter().flatten() {
        if key == "series" {
            found.extend(series(value));
        }
        all_series(value, found);
    }
}

impl Exposed {
    fn read() -> Self {
        let (mut known, mut own) = (Vec::new(), BTreeSet::new());
        let mut kubelets = BTreeMap::new();
        for (_, entry) in entries() {
            let mut all = series(&entry["metrics"]["series"]);
            all.extend(series(&entry["probe"]["series"]));
            let kubelet = &entry["kubernetes"]["kubelet"];
            if !kubelet.is_null() {
                kubelets.insert(string(&kubelet["job"]), series(&kubelet["series"]));
            }
            if entry.get("dockerfile").is_some() {
                own.extend(all);
            } else {
                known.push((string(&entry["image"]), all));
            }
        }
        for path in below(&root().join("blueprints")) {
            if path.extension().is_some_and(|extension| extension == "yaml") {
                all_series(&yaml(&path), &mut own);
            }
        }
        Self { known, own, kubelets }
    }

    /// Whether what answers for a job exposes a series.
    fn has(&self, place: &Place, job: &str, series: &str) -> bool {
        if series == "up" || series.starts_with("scrape_") {
            return true;
        }
        if series.starts_with("loki_process_custom_") {
            return place.collectors.contains("stage.metrics");
        }
        if let Some(all) = self.kubelets.get(job) {
            return all.contains(series);
        }
        let service = job.strip_suffix("-probe").unwrap_or(job);
        let image = place.images.get(service).unwrap_or_else(|| panic!("{}: {job}", place.shown));
        let repository = image.split('@').next().unwrap();
        let repository = repository.rsplit_once(':').map_or(repository, |(name, _)| name);
        match self.known.iter().filter(|(known, _)| known == repository).collect::<Vec<_>>() {
            found if found.is_empty() => self.own.contains(series),
            found => found.iter().any(|(_, all)| all.contains(series)),
        }
    }
}

/// The names that an expression reads, each with what it asks of labels.
fn selectors(expr: &Expr, found: &mut Vec<(Option<String>, Vec<Matcher>)>) {
    match expr {
        Expr::VectorSelector(one) => {
            found.push((one.name.clone(), one.matchers.matchers.clone()));
        }
        Expr::MatrixSelector(one) => {
            found.push((one.vs.name.clone(), one.vs.matchers.matchers.clone()));
        }
        Expr::Subquery(one) => selectors(&one.expr, found),
        Expr::Aggregate(one) => selectors(&one.expr, found),
        Expr::Call(one) => one.args.args.iter().for_each(|one| selectors(one, found)),
        Expr::Binary(one) => [&one.lhs, &one.rhs].into_iter().for_each(|one| selectors(one, found)),
        Expr::Unary(one) => selectors(&one.expr, found),
        Expr::Paren(one) => selectors(&one.expr, found),
        _ => {}
    }
}

/// What of an expression is not scraped.
fn missing(
    place: &Place,
    exposed: &Exposed,
    records: &BTreeSet<String>,
    expr: &str,
) -> Vec<String> {
    let expr = expr.replace("$__rate_interval", "1m").replace("$__range", "1h");
    let mut found = Vec::new();
    selectors(&parser::parse(&expr).unwrap_or_else(|error| panic!("{expr}: {error}")), &mut found);
    assert!(!found.is_empty() || expr.starts_with("vector("), "{expr}");
    let is_there = |(name, matchers): &&(Option<String>, Vec<Matcher>)| {
        let fits = |label: &str, value: &str| {
            // What a dashboard lets its reader choose.
            let chosen = |one: &&Matcher| one.name == label && !one.value.starts_with('$');
            matchers.iter().filter(chosen).all(|one| one.is_match(value))
        };
        let mut jobs = place.jobs.iter().filter(|job| fits("job", job));
        match name {
            Some(name) if name.starts_with("ALERTS") || records.contains(name) => true,
            Some(name) => jobs.any(|job| exposed.has(place, job, name)),
            None => jobs.next().is_some(),
        }
    };
    found.iter().filter(|one| !is_there(one)).map(|one| format!("{one:?} of {expr}")).collect()
}

fn places() -> Vec<Place> {
    let mut found = Vec::new();
    for system in folders(&root().join("out")) {
        let system = root().join("out").join(system);
        for environment in folders(&system.join("prometheus")) {
            found.push(composed(&system, &environment));
        }
        for environment in folders(&system.join("kubernetes")) {
            let place = clustered(&system, &environment);
            found.extend((!place.jobs.is_empty()).then_some(place));
        }
    }
    assert!(found.len() >= 20, "{}", found.len());
    found
}

#[test]
fn every_rule_reads_what_its_own_prometheus_scrapes() {
    let exposed = Exposed::read();
    let (mut wrong, mut checked) = (Vec::new(), 0);
    for place in places() {
        assert!(!place.rules.is_empty(), "{}", place.shown);
        let records: BTreeSet<String> =
            place.rules.iter().map(|rule| string(&rule["record"])).collect();
        for rule in &place.rules {
            let name = rule["alert"].as_str().or(rule["record"].as_str()).unwrap();
            let lacks = missing(&place, &exposed, &records, rule["expr"].as_str().unwrap());
            wrong.extend(lacks.iter().map(|one| format!("{}: {name}: {one}", place.shown)));
            checked += 1;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(checked > 500, "{checked}");
}

#[test]
fn every_panel_reads_what_its_own_prometheus_scrapes() {
    let exposed = Exposed::read();
    let (mut wrong, mut checked) = (Vec::new(), 0);
    for place in places() {
        assert!(!place.dashboards.is_empty(), "{}", place.shown);
        let records: BTreeSet<String> =
            place.rules.iter().map(|rule| string(&rule["record"])).collect();
        for (path, dashboard) in &place.dashboards {
            let panels = dashboard["panels"].as_array().unwrap();
            assert!(!panels.is_empty(), "{path} is empty");
            for panel in panels {
                for target in panel["targets"].as_array().unwrap() {
                    let lacks =
                        missing(&place, &exposed, &records, target["expr"].as_str().unwrap());
                    wrong.extend(
                        lacks.iter().map(|one| format!("{path}: {}: {one}", panel["title"])),
                    );
                    checked += 1;
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(checked > 500, "{checked}");
}

/// Whatever a service is made with, nobody is told of its symptoms while it is known to be down.
#[test]
fn every_alert_that_a_service_is_down_holds_the_others_back() {
    let mut found = BTreeSet::new();
    for (path, entry) in entries() {
        for (name, alert) in entry["alerts"].as_mapping().into_iter().flatten() {
            let expr = alert["expr"].as_str().unwrap();
            let down = "up{job=\"$job\"} == 0";
            if expr != down && !expr.ends_with(&format!(" or {down}")) {
                assert_ne!(alert["mutes"], Value::from(true), "{path}: {name:?}");
                continue;
            }
            assert_eq!(alert["mutes"], Value::from(true), "{path}: {name:?}");
            found.insert(string(name));
        }
    }
    for name in
        ["APIDown", "MongodbDown", "RabbitmqDown", "ClickhouseDown", "KongDown", "RedisDown"]
    {
        assert!(found.contains(name), "{name} of {found:?}");
    }
}

/// Whether a file is of a kind.
fn is(name: &str, extension: &str) -> bool {
    Path::new(name).extension().is_some_and(|found| found == extension)
}
