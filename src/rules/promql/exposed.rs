//! Turns what services expose into the series that an alert may read, job by job.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::map::IndexMap;

use crate::blueprint::Blueprint;
use crate::blueprint::service::{Series, SeriesKind};
use crate::catalog::{Catalog, Entry};
use crate::model::monitoring::Monitoring;
use crate::model::{Model, Service};
use crate::value::Name;

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
type Labels<'a> = IndexMap<Cow<'a, str>, Vec<&'a str>>;

/// Everything that is scraped, by job.
pub(in crate::rules) struct Exposed<'a>(IndexMap<&'a str, Scraped<'a>>);

/// What one job brings.
struct Scraped<'a> {
    /// The values of the label `service`.
    services: Vec<&'a str>,
    /// The values of the label `instance`; `None` where addresses are looked up at run time.
    instances: Option<Vec<String>>,
    labels: Labels<'a>,
}

/// The catalogue entries of all that runs, by service.
pub(in crate::rules) fn entries<'a>(
    model: &'a Model,
    catalog: &Catalog,
) -> BTreeMap<&'a Name, Arc<Entry>> {
    let entry = |service: &Service| catalog.get(&service.component.as_ref()?.name);
    let services = model.services.iter();
    services.filter_map(|(name, service)| Some((name, entry(service)?))).collect()
}

impl<'a> Exposed<'a> {
    pub(in crate::rules) fn of(
        monitoring: &'a Monitoring,
        blueprint: &'a Blueprint,
        entries: &'a BTreeMap<&Name, Arc<Entry>>,
    ) -> Self {
        let mut jobs = IndexMap::default();
        for job in &monitoring.jobs {
            let entry = entries.get(&job.service);
            let known = entry.and_then(|entry| entry.metrics.as_ref());
            let known = known.map(|metrics| &metrics.series);
            let own = blueprint.services.get(&job.service);
            let own = own.and_then(|service| service.metrics.as_ref());
            let mut labels = of_every_scrape();
            let known = known.into_iter().flatten();
            for (name, series) in known.chain(own.iter().flat_map(|metrics| &metrics.series)) {
                expand(&mut labels, name, series);
            }
            let instances = (!job.discovered).then(|| vec![format!("{}:{}", job.host, job.port)]);
            let services = vec![job.watched.as_str()];
            jobs.insert(job.name.as_str(), Scraped { services, instances, labels });
        }
        for job in &monitoring.probes {
            let probe = entries.get(&job.exporter).and_then(|entry| entry.probe.as_ref());
            let mut labels = of_every_scrape();
            for (name, series) in probe.into_iter().flat_map(|probe| &probe.series) {
                expand(&mut labels, name, series);
            }
            let services = job.groups.iter().filter_map(|group| group.labels.get("service"));
            let services = services.map(String::as_str).collect();
            let targets = job.groups.iter().flat_map(|group| &group.targets);
            let instances = Some(targets.cloned().collect());
            jobs.insert(job.name.as_str(), Scraped { services, instances, labels });
        }
        for job in &monitoring.kubelets {
            let kubelet = entries.get(&job.service).and_then(|one| one.kubernetes.kubelet.as_ref());
            let mut labels = of_every_scrape();
            for (name, series) in kubelet.into_iter().flat_map(|kubelet| &kubelet.series) {
                expand(&mut labels, name, series);
            }
            let services = vec![job.name.as_str()];
            jobs.insert(job.name.as_str(), Scraped { services, instances: None, labels });
        }
        Self(jobs)
    }

    /// The names of all jobs.
    pub(in crate::rules) fn jobs(&self) -> impl Iterator<Item = &str> {
        self.0.keys().copied()
    }

    /// The jobs that expose a series.
    pub(in crate::rules) fn jobs_of(&self, series: &str) -> impl Iterator<Item = &str> {
        let exposes = move |(_, job): &(&&str, &Scraped<'_>)| job.labels.contains_key(series);
        self.0.iter().filter(exposes).map(|(job, _)| *job)
    }

    /// The labels that a series has in any of these jobs; `None` where none of them exposes it.
    pub(in crate::rules) fn labels(&self, series: &str, jobs: &[&str]) -> Option<BTreeSet<&str>> {
        let mut found =
            jobs.iter().filter_map(|job| self.0.get(*job)?.labels.get(series)).peekable();
        found.peek()?;
        let own = found.flatten().copied();
        Some(own.chain(OF_EVERY_SERIES.iter().copied()).collect())
    }

    /// The names of all series.
    pub(in crate::rules) fn series(&self) -> impl Iterator<Item = &str> {
        self.0.values().flat_map(|job| job.labels.keys().map(Cow::as_ref))
    }

    /// The series of some jobs.
    pub(in crate::rules) fn series_of(&self, jobs: &[&str]) -> impl Iterator<Item = &str> {
        let jobs = jobs.iter().filter_map(|job| self.0.get(*job));
        jobs.flat_map(|job| job.labels.keys().map(Cow::as_ref))
    }

    /// The values that a label of the scrape has for a job, where they are known.
    pub(in crate::rules) fn of_scrape(&self, job: &str, label: &str) -> Option<Vec<&str>> {
        let scraped = self.0.get(job)?;
        match label {
            "service" => Some(scraped.services.clone()),
            "instance" => {
                scraped.instances.as_ref().map(|all| all.iter().map(String::as_str).collect())
            }
            _ => None,
        }
    }

    /// Whether Prometheus makes the series itself, with whatever labels the alerts have.
    pub(in crate::rules) fn is_of_alerts(series: &str) -> bool {
        OF_ALERTS.contains(&series)
    }
}

fn of_every_scrape<'a>() -> Labels<'a> {
    OF_EVERY_SCRAPE.iter().map(|name| (Cow::Borrowed(*name), Vec::new())).collect()
}

/// The series behind a metric: a histogram is counted in buckets, a summary in quantiles.
fn expand<'a>(labels: &mut Labels<'a>, name: &'a str, series: &'a Series) {
    let mut add = |suffix: &str, extra| {
        let name = match suffix {
            "" => Cow::Borrowed(name),
            suffix => Cow::Owned(format!("{name}{suffix}")),
        };
        add(labels, name, &series.labels, extra);
    };
    match series.kind {
        SeriesKind::Counter | SeriesKind::Gauge | SeriesKind::Untyped => add("", None),
        SeriesKind::Histogram => add("_bucket", Some("le")),
        SeriesKind::Summary => add("", Some("quantile")),
    }
    if matches!(series.kind, SeriesKind::Histogram | SeriesKind::Summary) {
        add("_sum", None);
        add("_count", None);
    }
}

fn add<'a>(
    labels: &mut Labels<'a>,
    name: Cow<'a, str>,
    own: &'a [String],
    extra: Option<&'static str>,
) {
    labels.entry(name).or_default().extend(own.iter().map(String::as_str).chain(extra));
}
