//! Finds what is read from Prometheus and is not there: by alerts, and by panels of dashboards.

pub(super) mod exposed;
pub(super) mod expression;
pub(super) mod known;
mod readings;
mod selector;
mod series;

use std::rc::Rc;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, suggest};
use crate::source::Span;
use exposed::{Exposed, Labels, Scraped, is_of_every_series, labels};
use expression::Reading;
pub use readings::Readings;
use selector::Selector;

/// What decides which series there are.
pub(super) const DECIDES_SERIES: &[&str] = &[
    "services/*/uses",
    "services/*/build",
    "services/*/metrics",
    "services/*/ports",
    "monitoring/uses",
    "monitoring/packs",
];

/// The series that there are.
pub(super) struct Series<'a> {
    /// What is scraped; `None` where nothing is.
    pub(super) exposed: Option<Exposed<'a>>,
    /// Whether that is all there is: a fault may hide some.
    pub(super) sure: bool,
    /// What was read before.
    pub(super) readings: &'a Readings,
}

/// Something that reads series.
pub(super) struct Reads<'a> {
    /// What it is: ``the alert `X` ``.
    pub(super) what: &'a dyn Fn() -> String,
    /// What follows from a series that is not there.
    pub(super) so: &'static str,
    /// Where the expression is written.
    pub(super) place: &'a dyn Fn() -> Span,
    /// What was read before.
    pub(super) readings: &'a Readings,
    /// What there is to be read.
    pub(super) exposed: &'a Exposed<'a>,
    /// Whether that is all there is: a fault may hide some.
    pub(super) sure: bool,
    /// What is found.
    pub(super) diagnostics: &'a mut Diagnostics,
}

impl<'e> Reads<'e> {
    /// Checks an expression; gives what it reads, where that can be told.
    pub(super) fn check(&mut self, expr: &str) -> Option<Rc<Reading>> {
        match self.readings.read(expr) {
            Ok(reading) => {
                if self.sure {
                    reading.selectors.iter().for_each(|selector| self.selector(selector));
                    self.groupings(&reading);
                }
                Some(reading)
            }
            Err(fault) => {
                self.unreadable(&fault);
                None
            }
        }
    }

    fn unreadable(&mut self, fault: &str) {
        let message = format!("what {} reads is not PromQL", (self.what)());
        self.diagnostics.push(
            Diagnostic::error(Code::InvalidExpression, message)
                .at((self.place)(), fault.trim_end_matches('.').to_owned())
                .help("write a condition in PromQL, such as `rate(errors_total[5m]) > 0.1`"),
        );
    }

    fn selector(&mut self, selector: &Selector) {
        if selector.name.as_deref().is_some_and(Exposed::is_of_alerts) {
            return;
        }
        let jobs = self.jobs(selector);
        if let Some(asked) = selector.asked_of("job").filter(|_| jobs.is_empty()) {
            self.unknown_job(asked);
            return;
        }
        let Some(jobs) = self.scraped(selector, jobs) else { return };
        let Some(name) = selector.name.as_deref() else {
            let mut all = jobs.iter().flat_map(|job| job.names());
            if !all.any(|series| selector.fits("__name__", &series)) {
                let pattern = selector.asked_of("__name__").unwrap_or_default();
                self.unknown_metric(pattern, selector.asked_of("job"));
            }
            return;
        };
        self.labels(selector, name, labels(name, jobs));
    }

    /// Checks a series as samples have it: where it is scraped from is made up.
    pub(super) fn sample(&mut self, selector: &Selector) {
        let Some(name) = selector.name.as_deref() else { return };
        if !Exposed::is_of_alerts(name) {
            self.labels(selector, name, labels(name, self.jobs(selector)));
        }
    }

    /// The jobs that a selector takes.
    fn jobs(&self, selector: &Selector) -> Vec<&'e Scraped<'e>> {
        match selector.only("job") {
            Some(name) => self.exposed.job(name).into_iter().collect(),
            None => self.exposed.jobs().filter(|job| selector.fits("job", job.job)).collect(),
        }
    }

    /// Whether what a selector takes has a label.
    fn takes_label(&self, selector: &Selector, label: &str) -> bool {
        let known = selector.name.as_deref().and_then(|name| labels(name, self.jobs(selector)));
        known.is_some_and(|known| known.contains(label))
    }

    /// Checks the labels that a selector asks of a series; `None` where nothing exposes that.
    fn labels(&mut self, selector: &Selector, name: &str, known: Option<Labels<'_>>) {
        match known {
            Some(known) => {
                for label in selector.labels().filter(|label| !known.contains(label)) {
                    self.unknown_label(label, name, known.names());
                }
            }
            None => self.unknown_metric(name, selector.asked_of("job")),
        }
    }

    /// The jobs whose scrape gives the labels that are asked for; `None` where there is none, which is told.
    fn scraped<'j>(
        &mut self,
        selector: &Selector,
        mut jobs: Vec<&'j Scraped<'j>>,
    ) -> Option<Vec<&'j Scraped<'j>>> {
        for label in ["service", "instance"] {
            let Some(asked) = selector.asked_of(label) else { continue };
            let values = jobs.iter().filter_map(|job| job.of_scrape(label)).flatten();
            let values: Vec<&str> = values.collect();
            jobs.retain(|job| match job.of_scrape(label) {
                Some(known) => known.into_iter().any(|one| selector.fits(label, one)),
                None => may_be_address(asked),
            });
            if !jobs.is_empty() {
                continue;
            }
            let message = format!("{} asks for `{label}=\"{asked}\"`", (self.what)());
            let found = Diagnostic::error(Code::UnmatchedLabel, message)
                .at((self.place)(), format!("nothing that is scraped has it, {}", self.so));
            self.diagnostics.push(match suggest::nearest(asked, values.iter().copied()) {
                Some(near) => found.help(format!("did you mean `{near}`?")),
                None => found.help(format!("there are {}", values.join(", "))),
            });
            return None;
        }
        Some(jobs)
    }

    fn unknown_job(&mut self, asked: &str) {
        let message = format!("{} asks for a job `{asked}`", (self.what)());
        let found = Diagnostic::error(Code::UnknownJob, message)
            .at((self.place)(), format!("no job has this name, {}", self.so));
        let jobs: Vec<&str> = self.exposed.jobs().map(|job| job.job).collect();
        self.diagnostics.push(match suggest::nearest(asked, jobs.iter().copied()) {
            Some(near) => found.help(format!("did you mean `{near}`?")),
            None => found.help(format!("the jobs are {}", jobs.join(", "))),
        });
    }

    fn unknown_metric(&mut self, name: &str, job: Option<&str>) {
        let elsewhere: Vec<&str> = self.exposed.jobs_of(name).collect();
        let message = format!("{} reads `{name}`", (self.what)());
        let found = Diagnostic::error(Code::UnknownMetric, message);
        let place = (self.place)();
        if let Some(job) = job.filter(|_| !elsewhere.is_empty()) {
            let help = format!("`{name}` is exposed by {}", elsewhere.join(", "));
            let label = format!("the job `{job}` does not expose it, {}", self.so);
            self.diagnostics.push(found.at(place, label).help(help));
            return;
        }
        let found = found.at(place, format!("nothing that runs here exposes it, {}", self.so));
        let all: Vec<_> = self.exposed.series().collect();
        self.diagnostics.push(match suggest::nearest(name, all.iter().map(AsRef::as_ref)) {
            Some(near) => found.help(format!("did you mean `{near}`?")),
            None => found.help(
                "declare what a program of yours exposes: `metrics: { series: { NAME: { type: counter } } }`",
            ),
        });
    }

    fn unknown_label<'s>(
        &mut self,
        label: &str,
        series: &str,
        known: impl IntoIterator<Item = &'s str>,
    ) {
        let known: Vec<&str> = known.into_iter().collect();
        let message = format!("`{series}` has no label `{label}`");
        let found = Diagnostic::warning(Code::UnknownLabel, message)
            .at((self.place)(), format!("{} asks for it", (self.what)()));
        self.diagnostics.push(match suggest::nearest(label, known.iter().copied()) {
            Some(near) => found.help(format!("did you mean `{near}`?")),
            None => found.help(format!("it has {}", known.join(", "))),
        });
    }

    /// A label that is grouped by must be one of a series inside.
    fn groupings(&mut self, reading: &Reading) {
        for (by, inside) in &reading.groupings {
            let is_there = |label: &String| {
                is_of_every_series(label)
                    || inside.iter().any(|&at| self.takes_label(&reading.selectors[at], label))
            };
            if by.iter().all(is_there) {
                continue;
            }
            let names = inside.iter().map(|&at| reading.selectors[at].name.as_deref());
            let known: Option<Vec<_>> =
                names.map(|name| labels(name?, self.exposed.jobs())).collect();
            // A series that is not known may have any label.
            let Some(known) = known.filter(|known| !known.is_empty()) else { continue };
            for label in by.iter().filter(|by| known.iter().all(|known| !known.contains(by))) {
                let first = inside.first().and_then(|&at| reading.selectors[at].name.as_deref());
                let names = known.iter().flat_map(Labels::names);
                self.unknown_label(label, first.unwrap_or_default(), names);
            }
        }
    }
}

/// Whether an instance could be one that is looked up: those are addresses, not names.
fn may_be_address(asked: &str) -> bool {
    let host = asked.rsplit_once(':').map_or(asked, |(host, _)| host);
    let is_pattern = asked.contains(['*', '+', '?', '[', '(', '|']);
    is_pattern || host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok()
}
