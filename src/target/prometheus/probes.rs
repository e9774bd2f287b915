//! Turns what an exporter is asked about other things into a job: each target is passed on, and the exporter asked.

use crate::map::IndexMap;

use crate::model::monitoring::{ProbeGroup, ProbeJob};
use crate::target::prometheus::schema::{Relabel, ScrapeConfig, StaticConfig};
use crate::value::Duration;

pub(super) fn scrape(job: &ProbeJob, usual: Duration) -> ScrapeConfig {
    let params = common(&job.groups);
    ScrapeConfig {
        scrape_interval: (job.interval != usual).then(|| job.interval.prometheus()),
        metrics_path: Some(job.path.to_string()),
        static_configs: job.groups.iter().map(|group| targets(group, &params)).collect(),
        // As prometheus/blackbox_exporter:README.md, "Prometheus Configuration", has it.
        relabel_configs: vec![
            Relabel::from("__address__", "__param_target"),
            Relabel::from("__param_target", "instance"),
            Relabel::to("__address__", format!("{}:{}", job.exporter, job.port)),
        ],
        params: params.into_iter().map(|(key, value)| (key, vec![value])).collect(),
        ..ScrapeConfig::of(&job.name)
    }
}

/// The parameters that are the same for all.
fn common(groups: &[ProbeGroup]) -> IndexMap<String, String> {
    let Some((first, rest)) = groups.split_first() else { return IndexMap::default() };
    let mut params = first.params.clone();
    params.retain(|key, value| rest.iter().all(|group| group.params.get(key) == Some(&*value)));
    params
}

/// A label `__param_NAME` is the parameter of that name (prometheus/prometheus:scrape/target.go, `URL`).
fn targets(group: &ProbeGroup, common: &IndexMap<String, String>) -> StaticConfig {
    let own = group.params.iter().filter(|(key, _)| !common.contains_key(*key));
    let own = own.map(|(key, value)| (format!("__param_{key}"), value.clone()));
    StaticConfig {
        targets: group.targets.clone(),
        labels: group.labels.clone().into_iter().chain(own).collect(),
    }
}
