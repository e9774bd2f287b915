//! Emits the configuration of Prometheus, its alert rules, and the unit tests of those.

mod kubelets;
mod probes;
mod rules;
mod schema;
mod tests;

use crate::format::yaml::Comments;
use crate::model::cluster::Only;
use crate::model::monitoring::{Job, Monitoring, RuleGroup};
use crate::model::{Model, naming};
use crate::target::{Error, Output};
use crate::value::{Duration, Name};
use schema::{
    Alerting, Alertmanager, Config, DnsConfig, Global, Relabel, ScrapeConfig, StaticConfig,
    TestFile,
};

/// The tests of the alerts that can fire in Compose, below the folder of an environment.
const TESTS: &str = "tests/alert_rules_test.yml";

/// The longest that a scrape may take; Prometheus' own default.
const SCRAPE_TIMEOUT: Duration = Duration::from_seconds(10);

/// Emits `prometheus/<environment>/`: `prometheus.yml` and `rules/{alert,slo}_rules.yml`, read by `prometheus`, and
/// `tests/{alert,cluster,slo}_rules_test.yml`, read by `promtool test rules`. The alerts about what stands in a cluster
/// only are loaded there alone, so that no server has alerts about what it does not scrape.
///
/// # Errors
/// When a path is taken.
pub fn emit(model: &Model, output: &mut Output<'_>) -> Result<(), Error> {
    let Some(monitoring) = &model.monitoring else { return Ok(()) };
    let Some(server) = &monitoring.metrics else { return Ok(()) };
    let folder = folder(model);
    let path = format!("{folder}/prometheus.yml");
    let slo_path = format!("{folder}/{}", naming::SLO_RULES);
    let composed = model.watched_in_compose(monitoring);
    let here = model.watched_in_cluster(monitoring);
    let alone: Vec<RuleGroup> =
        monitoring.rules.iter().filter_map(|group| alone(model, group)).collect();
    let alone: Vec<&RuleGroup> = alone.iter().collect();
    output.yaml(&path, &config(model, &composed, server, &folder), Comments::new())?;
    output.yaml_in_cluster(&path, &config(model, &here, server, &folder), Comments::new())?;
    alerts(&folder, &composed.rules, output)?;
    let in_cluster = model.alerts_in_cluster(monitoring);
    if *in_cluster != *composed.rules {
        let path = format!("{folder}/{}", naming::ALERT_RULES);
        output.yaml_in_cluster(&path, &rules::file(in_cluster.iter()), Comments::new())?;
    }
    if !alone.is_empty() {
        let path = format!("{folder}/{}", naming::CLUSTER_RULES);
        output.yaml(&path, &rules::file(alone.iter().copied()), Comments::new())?;
    }
    if let Some(file) = rules::objectives(&composed) {
        output.yaml(&slo_path, &file, Comments::new())?;
    }
    if let Some(file) = rules::objectives(&here) {
        output.yaml_in_cluster(&slo_path, &file, Comments::new())?;
    }
    for (name, file) in [
        ("cluster_rules_test.yml", tests::file(naming::CLUSTER_RULES, &alone)),
        ("slo_rules_test.yml", tests::objectives(monitoring)),
    ] {
        tested(&format!("{folder}/tests/{name}"), file, output)?;
    }
    Ok(())
}

fn folder(model: &Model) -> String {
    format!("prometheus/{}", model.environment.name)
}

/// The alerts that can fire in Compose and their tests, as an environment before has them where those are the very same.
fn alerts(folder: &str, groups: &[RuleGroup], output: &mut Output<'_>) -> Result<(), Error> {
    let twin = twin(groups, output);
    let path = |file: &str| format!("{folder}/{file}");
    let from = |file: &str| twin.as_ref().map(|twin| format!("{twin}/{file}"));
    let rules = path(naming::ALERT_RULES);
    output.again_or(&rules, from(naming::ALERT_RULES).as_deref(), |output| {
        output.yaml(&rules, &rules::file(groups), Comments::new())
    })?;
    match (path(TESTS), from(TESTS)) {
        (path, Some(from)) if output.again_named(&path, &from)? => Ok(()),
        (path, _) => {
            let groups: Vec<&RuleGroup> = groups.iter().collect();
            tested(&path, tests::file(naming::ALERT_RULES, &groups), output)
        }
    }
}

/// The folder of an environment before with the very same alerts.
fn twin(groups: &[RuleGroup], output: &Output<'_>) -> Option<String> {
    let has = |other: &&Model| {
        let monitoring = other.monitoring.as_ref();
        monitoring.is_some_and(|one| other.watched_in_compose(one).rules == groups)
    };
    output.earlier().iter().find(has).map(folder)
}

fn tested(path: &str, file: Option<TestFile<'_>>, output: &mut Output<'_>) -> Result<(), Error> {
    let Some(file) = file else { return Ok(()) };
    let usage = format!("Run: promtool test rules {path}");
    output.yaml(path, &file, Comments::from([(String::new(), usage)]))
}

/// The alerts of a group that can fire in a cluster only.
fn alone(model: &Model, group: &RuleGroup) -> Option<RuleGroup> {
    let all = model.is_of_cluster(group);
    group.with(|rule| all || rule.only == Some(Only::Kubernetes))
}

fn config<'a>(
    model: &'a Model,
    monitoring: &'a Monitoring,
    server: &Name,
    folder: &str,
) -> Config<'a> {
    let interval = monitoring.scrape.prometheus();
    Config {
        global: Global {
            scrape_timeout: monitoring.scrape.min(SCRAPE_TIMEOUT).prometheus(),
            evaluation_interval: interval.clone(),
            scrape_interval: interval,
            external_labels: [
                ("system", model.name.as_str()),
                ("environment", model.environment.name.as_str()),
            ],
        },
        rule_files: rule_files(model, server, folder),
        alerting: monitoring.alerts.as_ref().map(|(name, port)| Alerting {
            alertmanagers: vec![Alertmanager {
                static_configs: vec![StaticConfig {
                    targets: vec![format!("{name}:{port}").into()],
                    labels: Vec::new(),
                }],
            }],
        }),
        scrape_configs: monitoring
            .jobs
            .iter()
            .map(|job| scrape(job, monitoring.scrape))
            .chain(monitoring.probes.iter().map(|job| probes::scrape(job, monitoring.scrape)))
            .chain(monitoring.kubelets.iter().map(kubelets::scrape))
            .collect(),
    }
}

/// The rule files, as the server sees them: where the folder that holds ours is mounted.
fn rule_files(model: &Model, server: &Name, folder: &str) -> Vec<String> {
    let files = model.services.get(server).map_or(&[][..], |service| &service.files);
    let rules = format!("{folder}/{}", naming::ALERT_RULES);
    let seen = files.iter().filter_map(|mount| {
        let rest = rules.strip_prefix(mount.artifact.as_str())?;
        match rest.strip_prefix('/') {
            Some(_) => Some(format!("{}/*.yml", mount.path)),
            None => rest.is_empty().then(|| mount.path.to_string()),
        }
    });
    seen.collect()
}

fn scrape(job: &Job, interval: Duration) -> ScrapeConfig<'_> {
    let path = job.path.as_str();
    let mut config = ScrapeConfig {
        metrics_path: (path != "/metrics").then_some(path),
        ..ScrapeConfig::of(&job.name)
    };
    let watched = job.watched.as_str();
    if job.discovered {
        config.dns_sd_configs.push(DnsConfig {
            names: [&job.host],
            kind: "A",
            port: job.port,
            refresh_interval: interval.prometheus(),
        });
        config.relabel_configs.push(Relabel::to("service", watched));
    } else {
        config.static_configs.push(StaticConfig {
            targets: vec![format!("{}:{}", job.host, job.port).into()],
            labels: vec![("service".into(), watched)],
        });
    }
    config
}
