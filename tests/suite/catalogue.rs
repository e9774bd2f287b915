//! Compiles every entry of the catalogue in a small system of its own, and has the readers of the files judge them.
//! What an entry is for follows from what it says, so that a new one is judged as soon as it is there.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, LazyLock};

use formwork::catalog::collection::Collection;
use formwork::catalog::{Catalog, Entry};
use formwork::model::Role;
use formwork::tree::Tree;
use serde_json::Value;
use tempfile::TempDir;

use crate::compiled::{codes, tree, written};
use crate::judge::judge;
use crate::kubernetes::strict::judge_manifests;
use crate::parallel::in_parallel;
use crate::promtool::judge_folders;

/// What every system here is made of.
const SYSTEM: &str = r"
blueprint: v1
name: shop
environments:
  production: { domain: shop.example.com, profiles: [watched] }
";

fn entries() -> Vec<Arc<Entry>> {
    let catalog = Catalog::default();
    let names: Vec<String> = catalog.names().map(str::to_owned).collect();
    let entries: Vec<_> = names.iter().map(|name| catalog.get(name).unwrap()).collect();
    assert!(entries.len() > 20, "{names:?}");
    entries
}

/// A service that runs an entry: a component, or a program of one's own on a stack.
fn service(entry: &Entry) -> String {
    let name = &entry.component;
    if entry.dockerfile.is_none() || entry.role != Role::Application {
        let (mut needs, mut others) = (Vec::new(), String::new());
        for component in entry.needs.keys() {
            needs.push(format!("its-{component}"));
            writeln!(others, "  its-{component}: {{ uses: {component} }}").unwrap();
        }
        return format!("  subject: {{ uses: {name}, needs: [{}] }}\n{others}", needs.join(", "));
    }
    let given = entry.exporter_needs.as_ref();
    let given = given.map(|name| format!(", with: {{ {name}: \"redis://web:3000/0\" }}"));
    let given = given.unwrap_or_default();
    let port = if entry.ports.is_empty() { "port: 8000, health: /" } else { "health: /" };
    let port = match entry.metrics {
        Some(_) if !entry.ports.is_empty() => format!("{port}, metrics: /metrics"),
        _ => port.to_owned(),
    };
    let image = "image: \"ghcr.io/example/subject:1.0.0\"";
    let build = format!("build: {{ context: subject, stack: {name}{given} }}");
    format!("  subject: {{ {image}, {build}, {port} }}\n")
}

/// Names for the images that follow from `backups` and are built.
const IMAGES: &str = "images: { backup: \"ghcr.io/example/backup:1.0.0\" }\n";

/// The smallest system in which an entry has its place.
fn system(entry: &Entry, all: &[Arc<Entry>]) -> String {
    // The alerts of this entry, and few others: rule tests take long.
    let mut packs: Vec<_> = entry.pack.iter().map(ToString::to_string).collect();
    if entry.role == Role::Archive {
        packs.push("backups".to_owned()); // Nobody else tells when it stops.
    }
    let monitoring = format!("monitoring: {{ profile: watched, packs: [{}] }}\n", packs.join(", "));
    let mut text = format!("{SYSTEM}{monitoring}");
    if entry.retired.is_some() {
        text.push_str("waivers: { retired-interface: every entry is compiled }\n");
    }
    let scaled = match entry.brought_for {
        Some(Collection::AutoscaleMetrics) => {
            ", autoscale: { min: 1, max: 3, metrics: { up: { expr: sum(up), per_replica: 1 } } }"
        }
        _ => "",
    };
    let web = "  web: { image: \"ghcr.io/example/web:1.0.0\", port: 3000, health: /";
    let web = &format!("{web}{scaled} }}\n");
    let is_public = entry.parameters.values().any(|parameter| parameter.public);
    let public = if is_public { ", \"auth.${env.domain}\": { /: subject }" } else { "" };
    let routed = &format!(
        "routes: {{ \"${{env.domain}}\": {{ /: web }}{public} }}\nedge: {{ limit: 50r/s }}\n"
    );
    let name = &entry.component;
    let watched = all.iter().find(|other| other.exporter.as_ref() == Some(name));
    let services = match (entry.role, watched.map(|watched| watched.role)) {
        // These follow from `backups`.
        (Role::Backup | Role::Archive, _) | (_, Some(Role::Backup)) => {
            format!("{web}  db: {{ uses: postgres }}\n")
        }
        // It follows from what it watches, which may be an edge.
        (Role::Exporter, Some(role)) if role != Role::Edge => {
            format!("{web}{}", watched.map(|watched| service(watched)).unwrap_or_default())
        }
        (Role::Preparation, _) => web.replace("health: /", "health: /, volumes: { data: /data }"),
        // These follow from `routes`, or from `monitoring`; the next from `logs`.
        (
            Role::Edge
            | Role::Certificates
            | Role::Exporter
            | Role::Metrics
            | Role::Alerts
            | Role::Dashboards
            | Role::HostAgent,
            _,
        ) => format!("{web}{}", optional(entry)),
        (Role::Logs | Role::Collector, _) => web.to_owned(),
        _ => format!("{web}{}", service(entry)),
    };
    write!(text, "services:\n{services}{routed}{}", objectives(entry)).unwrap();
    match entry.role {
        Role::Backup | Role::Archive => {
            text.push_str("backups: { db: { schedule: \"0 3 * * *\", keep: 7d, archive: 5m } }\n");
            text.push_str(IMAGES);
        }
        _ if watched.is_some_and(|watched| watched.role == Role::Backup) => {
            text.push_str("backups: { db: { schedule: \"0 3 * * *\", keep: 7d } }\n");
            text.push_str(IMAGES);
        }
        Role::Logs => writeln!(text, "logs: {{ uses: [{name}] }}").unwrap(),
        Role::Collector => writeln!(text, "logs: {{ uses: [loki, {name}] }}").unwrap(),
        _ => {}
    }
    text
}

/// What may be expected of an entry, as far as it can be measured. How often a scrape is answered is the same for all.
fn objectives(entry: &Entry) -> String {
    let errors = entry.objectives.errors.as_ref().map(|_| "errors: 0.1%".to_owned());
    let latency = entry.objectives.latency.as_ref().map(|measure| {
        let milliseconds = measure.buckets[measure.buckets.len() / 2] * 1000.0;
        format!("latency: {{ share: 90%, under: {milliseconds}ms }}")
    });
    let all: Vec<String> = errors.into_iter().chain(latency).collect();
    if all.is_empty() {
        String::new()
    } else {
        format!("slo: {{ subject: {{ {} }} }}\n", all.join(", "))
    }
}

/// A service for what nothing brings along.
fn optional(entry: &Entry) -> String {
    let brought = ["nginx", "certbot", "prometheus", "alertmanager", "grafana"];
    let all = entries();
    let follows = brought.contains(&entry.component.as_str())
        || all.iter().any(|other| {
            other.brings.contains(&entry.component)
                || other.exporter.as_ref() == Some(&entry.component)
        });
    if follows { String::new() } else { service(entry) }
}

/// What the systems of all entries compile to: several readers judge it.
static COMPILED: LazyLock<Vec<(String, Tree)>> = LazyLock::new(|| {
    let all = entries();
    let compile = |entry: &Arc<Entry>| (entry.component.clone(), tree(&system(entry, &all)));
    all.iter().map(compile).collect()
});

/// A system on disk, with values for all that the operator sets.
struct Written {
    name: String,
    folder: TempDir,
}

impl Written {
    fn all() -> Vec<Self> {
        let write = |(name, tree): &(String, Tree)| {
            let folder = written(tree);
            fill(folder.path());
            Self { name: name.clone(), folder }
        };
        COMPILED.iter().map(write).collect()
    }

    fn file(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }
}

/// Every variable of the template gets a value, as an operator would give it one.
fn fill(folder: &Path) {
    let template = fs::read_to_string(folder.join(".env.production.template")).unwrap_or_default();
    let mut filled = String::new();
    for line in template.lines().filter(|line| !line.starts_with('#')) {
        match line.split_once('=') {
            Some((name, "" | "''")) => {
                writeln!(filled, "{name}='0123456789abcdef0123456789abcdef'")
            }
            _ => writeln!(filled, "{line}"),
        }
        .unwrap();
    }
    fs::write(folder.join(".env.production"), filled).unwrap();
}

fn passes(name: &str, command: &mut Command) {
    let output = command.output().unwrap();
    let told = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(output.status.success(), "{name}: {command:?}: {told}");
}

/// Every entry stands in the system that is made for it, and nothing there is remarked on but what the system itself
/// is for: an image of the author's own that is not built needs no digest here.
#[test]
fn what_exposes_metrics_has_panels() {
    for entry in entries() {
        let series = entry.metrics.iter().flat_map(|metrics| metrics.series.keys());
        let answers = entry.probe.iter().flat_map(|probe| probe.series.keys());
        let exposes = series.chain(answers).next().is_some();
        let panels = entry.panels.len();
        assert!(!exposes || (2..=12).contains(&panels), "{}: {panels} panels", entry.component);
        for (name, panel) in &entry.panels {
            assert!(panel.title.is_some() && panel.about.is_some(), "{} {name}", entry.component);
            let own = |expr: &String| expr.contains("$job") || expr.contains("$probe");
            assert!(panel.queries.values().all(own), "{} {name}: of any job", entry.component);
        }
    }
}

#[test]
fn every_entry_compiles_where_it_belongs() {
    let all = entries();
    for (entry, (_, tree)) in all.iter().zip(COMPILED.iter()) {
        let text = system(entry, &all);
        assert_eq!(codes(&text), [""; 0], "{}:\n{text}", entry.component);
        let compose = tree.get("docker-compose.production.yml").unwrap().text();
        let image = format!("{}:{}", entry.image, entry.versions[&entry.default].tag);
        // What is built names its base in a Dockerfile.
        let holds = |path: &str| path.starts_with("kubernetes/") || path.starts_with("docker/");
        let mut files = tree.iter().filter(|(path, _)| holds(path.as_str()));
        let found = compose.contains(&image) || files.any(|(_, file)| file.text().contains(&image));
        assert!(found, "{} is not in:\n{text}", entry.component);
    }
}

#[test]
fn compose_accepts_every_entry() {
    let Some(compose) = judge("docker-compose") else { return };
    in_parallel(&Written::all(), |system| {
        let mut command = Command::new(&compose);
        command.env_clear().current_dir(system.folder.path());
        command.args(["--env-file", ".env.production", "-f", "docker-compose.production.yml"]);
        passes(&system.name, command.args(["--profile", "*", "config", "--quiet"]));
    });
}

/// What the cluster's own schemas say nothing about.
const CUSTOM: &[&str] = &["Gateway", "HTTPRoute", "Issuer", "APIService"];

#[test]
fn kubernetes_accepts_every_entry() {
    let Some(validate) = judge("kubernetes-validate") else { return };
    let mut core = Vec::new();
    for (name, tree) in COMPILED.iter() {
        let before = core.len();
        for (path, file) in tree.iter().filter(|(path, _)| path.as_str().starts_with("kubernetes/"))
        {
            let object: Value = serde_yaml::from_str(file.text()).unwrap();
            let kind = object["kind"].as_str().unwrap();
            if !["Kustomization", "Component"].contains(&kind) && !CUSTOM.contains(&kind) {
                core.push((format!("{name}/{path}"), file.text()));
            }
        }
        assert!(core.len() > before, "{name}");
    }
    judge_manifests(&validate, core);
}

#[test]
fn prometheus_accepts_the_alerts_of_every_entry() {
    let Some(promtool) = judge("promtool") else { return };
    let systems = Written::all();
    let folder = |system: &Written| (system.name.clone(), system.file("prometheus/production"));
    let folders: Vec<_> = systems.iter().map(folder).collect();
    let judged = judge_folders(&promtool, &folders);
    assert!(judged.rules > 20 && judged.tests == judged.rules, "{} {}", judged.rules, judged.tests);
}

/// A file of the catalogue as a project would add it beside its blueprint: under names that nothing here knows.
fn as_own(file: &str, names: &[(&str, &str)]) -> String {
    let mut text = fs::read_to_string(format!("src/catalog/entries/{file}.yaml")).unwrap();
    for (name, other) in names {
        for (before, after) in [("component: ", "\n"), ("exporter: ", "\n"), ("\n  ", "/")] {
            let (from, to) = (format!("{before}{name}{after}"), format!("{before}{other}{after}"));
            text = text.replace(&from, &to);
        }
    }
    let entries = text.matches("component: ").count();
    assert_eq!(entries, names.len(), "each entry of the file is renamed");
    assert!(names.iter().all(|(name, _)| !text.contains(&format!("component: {name}\n"))));
    text
}

/// `MariaDB`, whose exporter stands in the same file.
#[test]
fn a_component_comes_with_exporter_alerts_and_backup_from_one_file_of_the_project() {
    let entry =
        as_own("mariadb", &[("mariadb", "sealion"), ("mysqld-exporter", "sealion-exporter")]);
    let blueprint = r#"
blueprint: v1
name: shop
environments: { production: { domain: shop.example.com } }
images: { backup: "ghcr.io/example/shop-backup:1.0.0" }
services: { db: { uses: sealion@11.8 } }
monitoring: {}
backups: { db: { schedule: "0 3 * * *", keep: 14d } }
"#;
    let tree = crate::compiled::with_entry(blueprint, &entry).unwrap();
    let compose = crate::compiled::yaml(&tree, "docker-compose.production.yml");
    assert!(!compose["services"]["db-exporter"].is_null(), "{}", compose["services"]);
    let backup = &compose["services"]["backup"];
    assert_eq!(backup["environment"]["BACKUP_DB_MARIADB_HOST"], "db");
    assert!(backup["secrets"].to_string().contains("db_password"), "{}", backup["secrets"]);
    let rules = crate::compiled::text(&tree, "prometheus/production/rules/alert_rules.yml");
    assert!(
        rules.contains("mysql_up{") && rules.contains("backup=\"db\",series=\"daily\""),
        "{rules}"
    );
    let image = crate::compiled::text(&tree, "docker/backup.Dockerfile");
    assert!(image.contains(" mariadb-client "), "{image}");
    let job =
        crate::compiled::yaml(&tree, "kubernetes/production/backup/cronjob-backup-db-daily.yaml");
    assert_eq!(job["spec"]["schedule"], "0 3 * * *");
    crate::compiled::yaml(&tree, "kubernetes/production/_restore/job-restore-db.yaml");
    let restore = crate::compiled::text(&tree, "backup/production/jobs/db.sh");
    assert!(restore.contains("store_restore()") && restore.contains("RENAME TABLE"), "{restore}");
}

/// NATS, whose exporter stands in the same file too; nothing backs it up.
#[test]
fn a_component_comes_with_exporter_and_alerts_from_one_file_of_the_project() {
    let entry = as_own("nats", &[("nats", "heron"), ("nats-exporter", "heron-exporter")]);
    let blueprint = r"
blueprint: v1
name: shop
environments: { production: { domain: shop.example.com } }
services: { bus: { uses: heron } }
monitoring: {}
";
    let tree = crate::compiled::with_entry(blueprint, &entry).unwrap();
    let compose = crate::compiled::yaml(&tree, "docker-compose.production.yml");
    let exporter = &compose["services"]["bus-exporter"];
    assert!(exporter["command"].to_string().contains("http://bus:8222"), "{exporter}");
    let rules = crate::compiled::text(&tree, "prometheus/production/rules/alert_rules.yml");
    assert!(rules.contains("alert: NatsDown") && rules.contains("job=\"bus-exporter\""), "{rules}");
    crate::compiled::yaml(&tree, "kubernetes/production/bus/statefulset-bus.yaml");
}

/// What checks a program and what builds it are of one version.
#[test]
fn bun_is_of_one_version_in_the_workflow_and_in_the_image() {
    let mut found = 0;
    for entry in entries() {
        let bun = entry.checks.as_ref().map_or("", |checks| checks.bun.as_str());
        let Some(version) = bun.split(['}', '{']).find(|part| part.starts_with(char::is_numeric))
        else {
            continue;
        };
        let image = entry.images.iter().find(|(name, _)| name.as_str() == "bun").unwrap().1;
        let tag = image.to_string();
        assert!(tag.contains(&format!(":{version}-")), "{}: {tag}", entry.component);
        found += 1;
    }
    assert!(found > 1, "{found}");
}
