//! Finds alerts that could not be loaded, would never fire, or would fire at every hiccup.

mod exposed;
mod expression;
mod samples;

use crate::blueprint::Blueprint;
use crate::blueprint::locate::Locator;
use crate::catalog::Catalog;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, suggest};
use crate::format::annotation;
use crate::model::Model;
use crate::model::alert::Rule;
use crate::source::{Span, pointer};
use crate::value::Duration;
use exposed::Exposed;
use expression::{Reading, Selector};

/// How many scrapes a condition must hold: one that fails alone is no outage.
const SCRAPES_TO_HOLD: u64 = 2;
/// How many scrapes a window must cover, so that one that fails leaves enough of it.
const SCRAPES_IN_WINDOW: u64 = 4;

/// Checks the alerts of one environment.
pub(super) fn check(
    model: &Model,
    blueprint: &Blueprint,
    catalog: &Catalog,
    locator: Locator<'_>,
    diagnostics: &mut Diagnostics,
) {
    let Some(monitoring) = &model.monitoring else { return };
    let exposed = Exposed::of(model, monitoring, blueprint, catalog);
    let written = blueprint.monitoring.as_ref().map(|monitoring| &monitoring.alerts);
    for rule in monitoring.rules.iter().flat_map(|group| &group.rules) {
        let written = written.and_then(|alerts| {
            let (_, alert) = alerts.iter().find(|(name, _)| name.0 == rule.name)?;
            alert.as_ref()
        });
        let is_own = written.is_some_and(|alert| alert.expr.is_some());
        let mut alert = Alert { rule, exposed: &exposed, locator, diagnostics };
        alert.texts();
        match expression::read(&rule.expr) {
            Ok(reading) => {
                reading.selectors.iter().for_each(|selector| alert.selector(selector, "expr"));
                alert.groupings(&reading);
                alert.times(&reading, monitoring.scrape);
            }
            Err(fault) => alert.unreadable(&fault),
        }
        if is_own {
            alert.samples();
        }
    }
}

/// An alert that is checked.
struct Alert<'a, 'b> {
    rule: &'a Rule,
    exposed: &'a Exposed,
    locator: Locator<'a>,
    diagnostics: &'b mut Diagnostics,
}

impl Alert<'_, '_> {
    fn place(&self, key: &str) -> Span {
        self.place_of(&[key])
    }

    fn place_of(&self, keys: &[&str]) -> Span {
        let at = pointer::push("/monitoring/alerts", &self.rule.name);
        self.locator.value(&keys.iter().fold(at, |at, key| pointer::push(&at, key)))
    }

    fn name(&self) -> Span {
        self.locator.key(&pointer::push("/monitoring/alerts", &self.rule.name))
    }

    fn unreadable(&mut self, fault: &str) {
        let message = format!("the condition of the alert `{}` is not PromQL", self.rule.name);
        self.diagnostics.push(
            Diagnostic::error(Code::InvalidExpression, message)
                .at(self.place("expr"), fault.trim_end_matches('.').to_owned()),
        );
    }

    /// One template that cannot be read keeps the server from starting.
    fn texts(&mut self) {
        let rule = self.rule;
        for (key, text) in [("summary", &rule.summary), ("description", &rule.description)] {
            let Err(fault) = annotation::check(text) else {
                self.queries(key, text);
                continue;
            };
            let message = format!("the {key} of the alert `{}` is not a template", rule.name);
            let found =
                Diagnostic::error(Code::InvalidTemplate, message).at(self.place(key), &*fault);
            let function = fault.strip_prefix("no function is named `");
            let near = function.and_then(|name| {
                suggest::nearest(name.trim_end_matches('`'), annotation::functions())
            });
            self.diagnostics.push(match near {
                Some(near) => found.help(format!("did you mean `{near}`?")),
                None => found.help(
                    "write `{{ $labels.NAME }}` for a label and `{{ $value }}` for the value",
                ),
            });
        }
    }

    /// What a text asks for on its own must be there too, or it says nothing.
    fn queries(&mut self, key: &str, text: &str) {
        for query in annotation::queries(text) {
            match expression::read(&query) {
                Ok(reading) => {
                    reading.selectors.iter().for_each(|selector| self.selector(selector, key));
                }
                Err(fault) => {
                    let message =
                        format!("the {key} of the alert `{}` asks for no PromQL", self.rule.name);
                    self.diagnostics.push(
                        Diagnostic::error(Code::InvalidExpression, message)
                            .at(self.place(key), fault.trim_end_matches('.').to_owned()),
                    );
                }
            }
        }
    }

    fn selector(&mut self, selector: &Selector, key: &str) {
        if selector.name.as_deref().is_some_and(Exposed::is_of_alerts) {
            return;
        }
        let jobs: Vec<&str> = self.exposed.jobs().filter(|job| selector.fits("job", job)).collect();
        if let Some(asked) = selector.asked_of("job").filter(|_| jobs.is_empty()) {
            self.unknown_job(asked, key);
            return;
        }
        let Some(jobs) = self.scraped(selector, jobs, key) else { return };
        let Some(name) = selector.name.as_deref() else {
            let fits = |series: &str| selector.fits("__name__", series);
            if !self.exposed.series_of(&jobs).any(fits) {
                let pattern = selector.asked_of("__name__").unwrap_or_default();
                self.unknown_metric(pattern, selector.asked_of("job"), key);
            }
            return;
        };
        let Some(known) = self.exposed.labels(name, &jobs) else {
            self.unknown_metric(name, selector.asked_of("job"), key);
            return;
        };
        for label in selector.labels().filter(|label| !known.contains(label)) {
            self.unknown_label(label, name, known.iter().copied(), key);
        }
    }

    /// The jobs whose scrape gives the labels that are asked for; `None` where there is none, which is told.
    fn scraped<'j>(
        &mut self,
        selector: &Selector,
        mut jobs: Vec<&'j str>,
        key: &str,
    ) -> Option<Vec<&'j str>> {
        for label in ["service", "instance"] {
            let Some(asked) = selector.asked_of(label) else { continue };
            let exposed = self.exposed;
            let value = |job: &&str| exposed.of_scrape(job, label);
            let values: Vec<&str> = jobs.iter().filter_map(value).collect();
            jobs.retain(|job| {
                value(job)
                    .map_or_else(|| may_be_address(asked), |value| selector.fits(label, value))
            });
            if !jobs.is_empty() {
                continue;
            }
            let message = format!("the alert `{}` asks for `{label}=\"{asked}\"`", self.rule.name);
            let found = Diagnostic::error(Code::UnmatchedLabel, message)
                .at(self.place(key), "nothing that is scraped has it, so that it never fires");
            self.diagnostics.push(match suggest::nearest(asked, values.iter().copied()) {
                Some(near) => found.help(format!("did you mean `{near}`?")),
                None => found.help(format!("there are {}", values.join(", "))),
            });
            return None;
        }
        Some(jobs)
    }

    fn unknown_job(&mut self, asked: &str, key: &str) {
        let message = format!("the alert `{}` asks for a job `{asked}`", self.rule.name);
        let found = Diagnostic::error(Code::UnknownJob, message)
            .at(self.place(key), "no job has this name, so that it never fires");
        let jobs: Vec<&str> = self.exposed.jobs().collect();
        self.diagnostics.push(match suggest::nearest(asked, jobs.iter().copied()) {
            Some(near) => found.help(format!("did you mean `{near}`?")),
            None => found.help(format!("the jobs are {}", jobs.join(", "))),
        });
    }

    fn unknown_metric(&mut self, name: &str, job: Option<&str>, key: &str) {
        let elsewhere: Vec<&str> = self.exposed.jobs_of(name).collect();
        let message = format!("the alert `{}` reads `{name}`", self.rule.name);
        let found = Diagnostic::error(Code::UnknownMetric, message);
        let place = self.place(key);
        if let Some(job) = job.filter(|_| !elsewhere.is_empty()) {
            let help = format!("`{name}` is exposed by {}", elsewhere.join(", "));
            let label = format!("the job `{job}` does not expose it, so that it never fires");
            self.diagnostics.push(found.at(place, label).help(help));
            return;
        }
        let found = found.at(place, "nothing that runs here exposes it, so that it never fires");
        self.diagnostics.push(match suggest::nearest(name, self.exposed.series()) {
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
        known: impl Iterator<Item = &'s str>,
        key: &str,
    ) {
        let known: Vec<&str> = known.collect();
        let message = format!("`{series}` has no label `{label}`");
        let found = Diagnostic::warning(Code::UnknownLabel, message)
            .at(self.place(key), format!("the alert `{}` asks for it", self.rule.name));
        self.diagnostics.push(match suggest::nearest(label, known.iter().copied()) {
            Some(near) => found.help(format!("did you mean `{near}`?")),
            None => found.help(format!("it has {}", known.join(", "))),
        });
    }

    /// A label that is grouped by must be one of a series inside.
    fn groupings(&mut self, reading: &Reading) {
        let jobs: Vec<&str> = self.exposed.jobs().collect();
        for (label, inside) in &reading.groupings {
            let names = inside.iter().map(|&at| reading.selectors[at].name.as_deref());
            let labels: Option<Vec<_>> =
                names.map(|name| self.exposed.labels(name?, &jobs)).collect();
            // A series that is not known may have any label.
            let Some(labels) = labels.filter(|labels| !labels.is_empty()) else { continue };
            if labels.iter().all(|known| !known.contains(label.as_str())) {
                let first = inside.first().and_then(|&at| reading.selectors[at].name.as_deref());
                let known = labels.iter().flatten().copied();
                self.unknown_label(label, first.unwrap_or_default(), known, "expr");
            }
        }
    }

    fn times(&mut self, reading: &Reading, scrape: Duration) {
        let name = &self.rule.name;
        let interval = scrape.words();
        let needed = Duration::from_seconds(scrape.seconds() * SCRAPES_TO_HOLD);
        let held = self.rule.hold.map_or(0, Duration::millis);
        // A window smooths as well as waiting does.
        let waits = self.rule.hold.is_some() || !reading.looks_back;
        if waits && held < scrape.millis() * SCRAPES_TO_HOLD {
            let message = format!("the alert `{name}` fires when a single scrape fails");
            let place = if self.rule.hold.is_some() { self.place("for") } else { self.name() };
            self.diagnostics.push(
                Diagnostic::warning(Code::HastyAlert, message)
                    .at(place, format!("metrics are read every {interval}"))
                    .help(format!("write `for: {needed}` or more")),
            );
        }
        let window = |(range, _): &(std::time::Duration, &str)| {
            range.as_millis() < u128::from(scrape.millis() * SCRAPES_IN_WINDOW)
        };
        if let Some((range, function)) = reading.shortest.filter(window) {
            let seconds = range.as_secs();
            let needed = Duration::from_seconds(scrape.seconds() * SCRAPES_IN_WINDOW);
            let message = format!(
                "the alert `{name}` takes `{function}` over {seconds} seconds, which hold too few samples"
            );
            self.diagnostics.push(
                Diagnostic::warning(Code::ShortWindow, message)
                    .at(self.place("expr"), format!("metrics are read every {interval}"))
                    .help(format!("write `[{needed}]` or more")),
            );
        }
    }
}

/// Whether an instance could be one that is looked up: those are addresses, not names.
fn may_be_address(asked: &str) -> bool {
    let host = asked.rsplit_once(':').map_or(asked, |(host, _)| host);
    let is_pattern = asked.contains(['*', '+', '?', '[', '(', '|']);
    is_pattern || host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok()
}
