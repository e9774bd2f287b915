//! Turns what services expose into the series that an alert may read, job by job.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use crate::blueprint::Blueprint;
use crate::blueprint::service::{Series, SeriesKind};
use crate::catalog::Catalog;
use crate::model::Model;
use crate::model::monitoring::Monitoring;

/// What Prometheus adds to every scrape (prometheus, scrape/scrape.go, `scrapeHealthMetricName` and the names beside
/// it).
const OF_EVERY_SCRAPE: &[&str] = &[
    "up",
    "scrape_duration_seconds",
    "scrape_samples_scraped",
    "scrape_samples_post_metric_relabeling",
    "scrape_series_added",
];

/// What Prometheus keeps about alerts (prometheus, rules/alerting.go, `alertMetricName` and the name beside it).
const OF_ALERTS: &[&str] = &["ALERTS", "ALERTS_FOR_STATE"];

/// What a scrape adds to every series. External labels are not among them: they leave the server and are not kept.
const OF_EVERY_SERIES: &[&str] = &["job", "instance", "service"];

/// The labels of the series that a job exposes.
type Labels = IndexMap<String, BTreeSet<String>>;

/// Everything that is scraped, by job.
pub(super) struct Exposed(IndexMap<String, Scraped>);

/// What one job brings.
struct Scraped {
    /// The value of the label `service`.
    service: String,
    /// The value of the label `instance`; `None` where addresses are looked up at run time.
    instance: Option<String>,
    labels: Labels,
}

impl Exposed {
    pub(super) fn of(
        model: &Model,
        monitoring: &Monitoring,
        blueprint: &Blueprint,
        catalog: &Catalog,
    ) -> Self {
        let mut jobs = IndexMap::new();
        for job in &monitoring.jobs {
            let component =
                model.services.get(&job.service).and_then(|service| service.component.as_ref());
            let entry = component.and_then(|component| catalog.get(&component.name));
            let known = entry.and_then(|entry| entry.metrics.clone()).map(|metrics| metrics.series);
            let own = blueprint.services.get(&job.service);
            let own = own.and_then(|service| service.metrics.as_ref());
            let mut labels = Labels::new();
            for name in OF_EVERY_SCRAPE {
                add(&mut labels, name, &[], None);
            }
            let known = known.iter().flatten();
            for (name, series) in known.chain(own.iter().flat_map(|metrics| &metrics.series)) {
                expand(&mut labels, name, series);
            }
            let instance = (!job.discovered).then(|| format!("{}:{}", job.host, job.port));
            let service = job.watched.to_string();
            jobs.insert(job.name.clone(), Scraped { service, instance, labels });
        }
        Self(jobs)
    }

    /// The names of all jobs.
    pub(super) fn jobs(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The jobs that expose a series.
    pub(super) fn jobs_of(&self, series: &str) -> impl Iterator<Item = &str> {
        let exposes = move |(_, job): &(&String, &Scraped)| job.labels.contains_key(series);
        self.0.iter().filter(exposes).map(|(job, _)| job.as_str())
    }

    /// The labels that a series has in any of these jobs; `None` where none of them exposes it.
    pub(super) fn labels(&self, series: &str, jobs: &[&str]) -> Option<BTreeSet<&str>> {
        let mut found =
            jobs.iter().filter_map(|job| self.0.get(*job)?.labels.get(series)).peekable();
        found.peek()?;
        let own = found.flatten().map(String::as_str);
        Some(own.chain(OF_EVERY_SERIES.iter().copied()).collect())
    }

    /// The names of all series.
    pub(super) fn series(&self) -> impl Iterator<Item = &str> {
        self.0.values().flat_map(|job| job.labels.keys().map(String::as_str))
    }

    /// The series of some jobs.
    pub(super) fn series_of<'a>(&'a self, jobs: &'a [&str]) -> impl Iterator<Item = &'a str> {
        let jobs = jobs.iter().filter_map(|job| self.0.get(*job));
        jobs.flat_map(|job| job.labels.keys().map(String::as_str))
    }

    /// The value that a label of the scrape has for a job, where it is known.
    pub(super) fn of_scrape(&self, job: &str, label: &str) -> Option<&str> {
        let scraped = self.0.get(job)?;
        match label {
            "service" => Some(&scraped.service),
            "instance" => scraped.instance.as_deref(),
            _ => None,
        }
    }

    /// Whether Prometheus makes the series itself, with whatever labels the alerts have.
    pub(super) fn is_of_alerts(series: &str) -> bool {
        OF_ALERTS.contains(&series)
    }
}

/// The series behind a metric: a histogram is counted in buckets, a summary in quantiles.
fn expand(labels: &mut Labels, name: &str, series: &Series) {
    let mut add = |suffix: &str, extra| {
        add(labels, &format!("{name}{suffix}"), &series.labels, extra);
    };
    match series.kind {
        SeriesKind::Counter | SeriesKind::Gauge => add("", None),
        SeriesKind::Histogram => add("_bucket", Some("le")),
        SeriesKind::Summary => add("", Some("quantile")),
    }
    if matches!(series.kind, SeriesKind::Histogram | SeriesKind::Summary) {
        add("_sum", None);
        add("_count", None);
    }
}

fn add(labels: &mut Labels, name: &str, own: &[String], extra: Option<&str>) {
    let all = own.iter().map(String::as_str).chain(extra);
    labels.entry(name.to_owned()).or_default().extend(all.map(str::to_owned));
}
