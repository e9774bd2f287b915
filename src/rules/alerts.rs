//! Finds alerts that could not be loaded, would never fire, or would fire at every hiccup.

mod samples;
mod scaling;

use std::rc::Rc;

use crate::blueprint::Blueprint;
use crate::blueprint::broken::Broken;
use crate::blueprint::locate::Locator;
use crate::catalog::{Catalog, own, samples as test_samples};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::format::annotation;
use crate::model::Model;
use crate::model::alert::Rule;
use crate::rules::promql::exposed::Exposed;
use crate::rules::promql::expression::Reading;
use crate::rules::promql::{Readings, Reads, Series};
use crate::source::{Span, pointer};
use crate::value::Duration;

/// How many scrapes a condition must hold: one that fails alone is no outage.
const SCRAPES_TO_HOLD: u64 = 2;
/// How many scrapes a window must cover, so that one that fails leaves enough of it.
const SCRAPES_IN_WINDOW: u64 = 4;

/// Checks the alerts of one environment.
pub(super) fn check(
    model: &Model,
    (blueprint, catalog, broken): (&Blueprint, &Catalog, &Broken),
    series: &Series<'_>,
    locator: Locator<'_>,
    diagnostics: &mut Diagnostics,
) {
    if !broken.touches_any(&["monitoring"]) {
        scaling::check(model, blueprint, series, locator, diagnostics);
    }
    let Series { exposed, sure, readings } = series;
    let (Some(monitoring), Some(exposed)) = (&model.monitoring, exposed) else { return };
    let knows_scrape = !broken.touches_any(&["monitoring/scrape"]);
    let written = blueprint.monitoring.as_ref().map(|monitoring| &monitoring.alerts);
    let rules = monitoring.rules.iter().flat_map(|group| {
        let service = model.services.get(group.name.as_str());
        let entry = service.and_then(|service| catalog.locator(&service.component.as_ref()?.name));
        group.rules.iter().map(move |rule| (rule, entry))
    });
    for (rule, entry) in rules {
        let written = written.and_then(|alerts| alerts.get(rule.name.as_str())?.as_ref());
        let is_own = written.is_some_and(|alert| alert.expr.is_some());
        if let Some(written) = written {
            let at = pointer::push("/monitoring/alerts", &rule.name);
            let is_series = |text: &str| readings.is_series(text);
            let place = (at.as_str(), locator);
            test_samples::check(&rule.name, written, false, place, &is_series, diagnostics);
        }
        let alert = Alert { rule, locator, entry, readings };
        let there = (exposed, *sure);
        alert.texts(there, diagnostics);
        let reading = alert.condition(there, diagnostics);
        if let Some(reading) = reading.filter(|_| knows_scrape) {
            alert.times(&reading, monitoring.scrape, diagnostics);
        }
        if is_own {
            alert.samples(diagnostics);
            alert.series(there, diagnostics);
        }
    }
}

/// What there is to be read, and whether that is all.
type There<'a> = (&'a Exposed<'a>, bool);

/// An alert that is checked.
struct Alert<'a> {
    rule: &'a Rule,
    locator: Locator<'a>,
    /// Finds places in the entry that it comes from, where that is the project's own.
    entry: Option<Locator<'a>>,
    readings: &'a Readings,
}

impl Alert<'_> {
    fn place(&self, key: &str) -> Span {
        self.place_of(&[key])
    }

    fn place_of(&self, keys: &[&str]) -> Span {
        let within = |section: &str| {
            let at = pointer::push(section, &self.rule.name);
            keys.iter().fold(at, |at, key| pointer::push(&at, key))
        };
        let own = within("/monitoring/alerts");
        match self.entry.filter(|_| self.locator.entry(&own).is_none()) {
            Some(entry) => entry.value(&within("/alerts")),
            None => self.locator.value(&own),
        }
    }

    fn name(&self) -> Span {
        let own = pointer::push("/monitoring/alerts", &self.rule.name);
        match self.entry.filter(|_| self.locator.entry(&own).is_none()) {
            Some(entry) => entry.key(&pointer::push("/alerts", &self.rule.name)),
            None => self.locator.key(&own),
        }
    }

    /// One template that cannot be read keeps the server from starting; what it asks for on its own must be there too,
    /// or it says nothing.
    fn texts(&self, (exposed, sure): There<'_>, diagnostics: &mut Diagnostics) {
        let rule = self.rule;
        for (key, text) in [("summary", &rule.summary), ("description", &rule.description)] {
            if let Err(fault) = annotation::check(text) {
                diagnostics.push(own::broken_text(&rule.name, key, &fault, self.place(key)));
            }
        }
        for (key, text) in [("summary", &rule.summary), ("description", &rule.description)] {
            for query in annotation::queries(text) {
                let mut reads = Reads {
                    what: &|| format!("the {key} of the alert `{}`", rule.name),
                    so: "so that it says nothing",
                    place: &|| self.place(key),
                    readings: self.readings,
                    exposed,
                    sure,
                    diagnostics,
                };
                reads.check(&query);
            }
        }
    }

    fn condition(
        &self,
        (exposed, sure): There<'_>,
        diagnostics: &mut Diagnostics,
    ) -> Option<Rc<Reading>> {
        let mut reads = Reads {
            what: &|| format!("the alert `{}`", self.rule.name),
            so: "so that it never fires",
            place: &|| self.place("expr"),
            readings: self.readings,
            exposed,
            sure,
            diagnostics,
        };
        reads.check(&self.rule.expr)
    }

    fn times(&self, reading: &Reading, scrape: Duration, diagnostics: &mut Diagnostics) {
        let name = &self.rule.name;
        let said = || format!("metrics are read every {}", scrape.words());
        let held = self.rule.hold.map_or(0, Duration::millis);
        // A window smooths as well as waiting does.
        let waits = self.rule.hold.is_some() || !reading.looks_back;
        if waits && held < scrape.millis() * SCRAPES_TO_HOLD {
            let needed = Duration::from_seconds(scrape.seconds() * SCRAPES_TO_HOLD);
            let message = format!("the alert `{name}` fires when a single scrape fails");
            let place = if self.rule.hold.is_some() { self.place("for") } else { self.name() };
            diagnostics.push(
                Diagnostic::warning(Code::HastyAlert, message)
                    .at(place, said())
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
            diagnostics.push(
                Diagnostic::warning(Code::ShortWindow, message)
                    .at(self.place("expr"), said())
                    .help(format!("write `[{needed}]` or more")),
            );
        }
    }

    /// The catalogue's alerts have samples; the author's should.
    fn samples(&self, diagnostics: &mut Diagnostics) {
        let missing: Vec<&str> = [("fires", &self.rule.fires), ("quiet", &self.rule.quiet)]
            .into_iter()
            .filter(|(_, samples)| samples.is_none())
            .map(|(key, _)| key)
            .collect();
        if missing.is_empty() {
            return;
        }
        let message = format!("nothing shows that the alert `{}` works", self.rule.name);
        diagnostics.push(
            Diagnostic::note(Code::UntestedAlert, message)
                .at(self.name(), format!("has no samples under `{}`", missing.join("` and `")))
                .help("write a few samples, and `promtool test rules` runs them"),
        );
    }
}
