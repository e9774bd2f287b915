//! Turns what an exporter is asked about other things into a job: each target is passed on, and the exporter asked.

use crate::map::IndexMap;

use crate::model::monitoring::{ProbeGroup, ProbeJob};
use crate::target::prometheus::schema::{Relabel, ScrapeConfig, StaticConfig};
use crate::value::Duration;

pub(super) fn scrape(job: &ProbeJob, usual: Duration) -> ScrapeConfig<'_> {
    let params = common(&job.groups);
    ScrapeConfig {
        scrape_interval: (job.interval != usual).then(|| job.interval.prometheus()),
        metrics_path: Some(job.path.as_str()),
        static_configs: job.groups.iter().map(|group| targets(group, &params)).collect(),
        // As prometheus/blackbox_exporter:README.md, "Prometheus Configuration", has it.
        relabel_configs: vec![
            Relabel::from("__address__", "__param_target"),
            Relabel::from("__param_target", "instance"),
            Relabel::to("__address__", format!("{}:{}", job.exporter, job.port)),
        ],
        params: params.into_iter().map(|(key, value)| (key, [value])).collect(),
        ..ScrapeConfig::of(&job.name)
    }
}

/// The parameters that are the same for all.
fn common(groups: &[ProbeGroup]) -> IndexMap<&str, &str> {
    let Some((first, rest)) = groups.split_first() else { return IndexMap::default() };
    let params = first.params.iter();
    let common = params
        .filter(|(key, value)| rest.iter().all(|group| group.params.get(*key) == Some(*value)));
    common.map(|(key, value)| (key.as_str(), value.as_str())).collect()
}

/// A label `__param_NAME` is the parameter of that name (prometheus/prometheus:scrape/target.go, `URL`).
fn targets<'a>(group: &'a ProbeGroup, common: &IndexMap<&str, &str>) -> StaticConfig<'a> {
    let own = group.params.iter().filter(|(key, _)| !common.contains_key(key.as_str()));
    let own = own.map(|(key, value)| (format!("__param_{key}").into(), value.as_str()));
    let labels = group.labels.iter().map(|(name, value)| (name.into(), value.as_str()));
    StaticConfig {
        targets: group.targets.iter().map(Into::into).collect(),
        labels: labels.chain(own).collect(),
    }
}
