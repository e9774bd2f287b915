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

/// Everything that is scraped, by job.
pub(in crate::rules) struct Exposed<'a>(IndexMap<&'a str, Scraped<'a>>);

/// What one job brings.
pub(in crate::rules) struct Scraped<'a> {
    /// Its name.
    pub(in crate::rules) job: &'a str,
    /// The values of the label `service`.
    services: Vec<&'a str>,
    /// The values of the label `instance`; `None` where addresses are looked up at run time.
    instances: Option<Vec<Cow<'a, str>>>,
    /// What it exposes: the catalogue's, and the author's own.
    series: Vec<&'a IndexMap<String, Series>>,
}

/// Whether a scrape adds that label to every series.
pub(in crate::rules) fn is_of_every_series(label: &str) -> bool {
    OF_EVERY_SERIES.contains(&label)
}

/// The labels of a series: what is written, and what its kind adds, for each metric that it comes from.
pub(in crate::rules) struct Labels<'a>(Vec<(&'a [String], Option<&'static str>)>);

impl<'a> Labels<'a> {
    pub(in crate::rules) fn contains(&self, label: &str) -> bool {
        let is_there = |(own, extra): &(&[String], Option<&str>)| {
            *extra == Some(label) || own.iter().any(|one| one == label)
        };
        is_of_every_series(label) || self.0.iter().any(is_there)
    }

    /// All of them, sorted.
    pub(in crate::rules) fn names(&self) -> BTreeSet<&'a str> {
        let own =
            self.0.iter().flat_map(|(own, extra)| own.iter().map(String::as_str).chain(*extra));
        own.chain(OF_EVERY_SERIES.iter().copied()).collect()
    }
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
        let jobs = monitoring.jobs.iter().map(|job| {
            let entry = entries.get(&job.service);
            let known = entry.and_then(|entry| entry.metrics.as_ref());
            let own = blueprint.services.get(&job.service);
            let own = own.and_then(|service| service.metrics.as_ref());
            let series = known.map(|metrics| &metrics.series).into_iter();
            Scraped {
                job: &job.name,
                services: vec![job.watched.as_str()],
                instances: (!job.discovered)
                    .then(|| vec![Cow::Owned(format!("{}:{}", job.host, job.port))]),
                series: series.chain(own.map(|metrics| &metrics.series)).collect(),
            }
        });
        let probes = monitoring.probes.iter().map(|job| {
            let probe = entries.get(&job.exporter).and_then(|entry| entry.probe.as_ref());
            let services = job.groups.iter().filter_map(|group| group.labels.get("service"));
            let targets = job.groups.iter().flat_map(|group| &group.targets);
            Scraped {
                job: &job.name,
                services: services.map(String::as_str).collect(),
                instances: Some(targets.map(|target| Cow::Borrowed(target.as_str())).collect()),
                series: probe.map(|probe| &probe.series).into_iter().collect(),
            }
        });
        let kubelets = monitoring.kubelets.iter().map(|job| {
            let kubelet = entries.get(&job.service).and_then(|one| one.kubernetes.kubelet.as_ref());
            Scraped {
                job: &job.name,
                services: vec![job.name.as_str()],
                instances: None,
                series: kubelet.map(|kubelet| &kubelet.series).into_iter().collect(),
            }
        });
        Self(jobs.chain(probes).chain(kubelets).map(|one| (one.job, one)).collect())
    }

    /// All jobs.
    pub(in crate::rules) fn jobs(&self) -> impl Iterator<Item = &Scraped<'a>> {
        self.0.values()
    }

    /// The job of that name.
    pub(in crate::rules) fn job(&self, name: &str) -> Option<&Scraped<'a>> {
        self.0.get(name)
    }

    /// The names of the jobs that expose a series.
    pub(in crate::rules) fn jobs_of(&self, series: &str) -> impl Iterator<Item = &str> {
        let asked = Asked::of(series);
        let exposes = move |job: &&Scraped<'_>| {
            let mut is_there = false;
            job.labels(&asked, &mut |_| is_there = true);
            is_there
        };
        self.jobs().filter(exposes).map(|job| job.job)
    }

    /// The names of all series.
    pub(in crate::rules) fn series(&self) -> impl Iterator<Item = Cow<'_, str>> {
        self.jobs().flat_map(Scraped::names)
    }

    /// Whether Prometheus makes the series itself, with whatever labels the alerts have.
    pub(in crate::rules) fn is_of_alerts(series: &str) -> bool {
        OF_ALERTS.contains(&series)
    }
}

/// The labels that a series has in any of these jobs; `None` where none of them exposes it.
pub(in crate::rules) fn labels<'j, 'a: 'j>(
    series: &str,
    jobs: impl IntoIterator<Item = &'j Scraped<'a>>,
) -> Option<Labels<'a>> {
    let asked = Asked::of(series);
    let mut found = Vec::new();
    jobs.into_iter().for_each(|job| job.labels(&asked, &mut |label| found.push(label)));
    if found.is_empty() { None } else { Some(Labels(found)) }
}

impl<'a> Scraped<'a> {
    /// The names of its series.
    pub(in crate::rules) fn names(&self) -> impl Iterator<Item = Cow<'_, str>> {
        let own = self.series.iter().copied().flatten().flat_map(|(name, series)| {
            endings(series.kind).iter().map(move |(ending, _)| match *ending {
                "" => Cow::Borrowed(name.as_str()),
                ending => Cow::Owned(format!("{name}{ending}")),
            })
        });
        OF_EVERY_SCRAPE.iter().map(|name| Cow::Borrowed(*name)).chain(own)
    }

    /// Calls `see` with the labels of a series, of each metric that it comes from.
    fn labels(&self, asked: &Asked<'_>, see: &mut dyn FnMut((&'a [String], Option<&'static str>))) {
        if asked.of_scrape {
            see((&[], None));
        }
        for (name, ending) in asked.metrics.iter().flatten() {
            for metric in self.series.iter().filter_map(|all| all.get(*name)) {
                if let Some((_, extra)) = endings(metric.kind).iter().find(|(one, _)| one == ending)
                {
                    see((&metric.labels, *extra));
                }
            }
        }
    }

    /// The values that a label of the scrape has, where they are known.
    pub(in crate::rules) fn of_scrape(&self, label: &str) -> Option<Vec<&str>> {
        match label {
            "service" => Some(self.services.clone()),
            "instance" => Some(self.instances.as_ref()?.iter().map(Cow::as_ref).collect()),
            _ => None,
        }
    }
}

/// A series by what it may come from.
struct Asked<'s> {
    /// Whether every scrape has it.
    of_scrape: bool,
    /// The metric of that name, and the one that what it ends in stands behind.
    metrics: [Option<(&'s str, &'static str)>; 2],
}

impl<'s> Asked<'s> {
    fn of(series: &'s str) -> Self {
        let metric = |ending: &&'static str| Some((series.strip_suffix(*ending)?, *ending));
        let metrics = [Some((series, "")), ENDINGS.iter().find_map(metric)];
        Self { of_scrape: OF_EVERY_SCRAPE.contains(&series), metrics }
    }
}

/// What the names of the series end in that come from one metric and bear other names.
const ENDINGS: &[&str] = &["_bucket", "_sum", "_count"];

/// The series behind a metric, by what their names end in, each with the label that it has beside: a histogram is
/// counted in buckets, a summary in quantiles.
fn endings(kind: SeriesKind) -> &'static [(&'static str, Option<&'static str>)] {
    match kind {
        SeriesKind::Counter | SeriesKind::Gauge | SeriesKind::Untyped => &[("", None)],
        SeriesKind::Histogram => &[("_bucket", Some("le")), ("_sum", None), ("_count", None)],
        SeriesKind::Summary => &[("", Some("quantile")), ("_sum", None), ("_count", None)],
    }
}
