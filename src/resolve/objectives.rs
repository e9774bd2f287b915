//! Turns what may be expected of services into what is recorded and the alerts on how fast the rest is used up.

mod samples;
mod written;

use crate::map::IndexMap;

use crate::blueprint::monitoring::Monitoring as Written;
use crate::blueprint::slo::{InTime, Objectives};
use crate::catalog::entry::Entry;
use crate::catalog::objective::Measure;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::alert::Rule;
use crate::model::naming;
use crate::model::objective::{BURN_RATES, BurnAlert, BurnRate, GOOD, Objective, TOTAL};
use crate::model::service::Service;
use crate::resolve::edge::unknown_service;
use crate::resolve::monitoring::{labels, retention};
use crate::resolve::scope::Scope;
use crate::source::Span;
use crate::value::{Duration, Name, Percent};
use samples::Shape;
use written::{Share, often, pascal, pattern, tenths, time};

/// All of it, in millionths.
const WHOLE: u64 = 1_000_000;
/// What is recorded looks back so far.
const RECORDED: &str = "5m";
/// Metrics must be kept for as long as the longest window.
const LOOKS_BACK: Duration = Duration::from_seconds(3 * 86_400);

/// The objectives of all services.
pub(super) fn objectives(
    scope: &Scope<'_>,
    written: &Written,
    services: &IndexMap<Name, Service>,
    diagnostics: &mut Diagnostics,
) -> Vec<Objective> {
    let mut found = Vec::new();
    for (name, wanted) in &scope.blueprint.slo {
        let Some(service) = services.get(name) else {
            diagnostics.extend(unknown_service(scope, name, &format!("/slo/{name}")));
            continue;
        };
        let entry = scope.parts.get(name).and_then(|part| part.entry.as_deref());
        let mut one = One { scope, service, entry, diagnostics };
        found.extend(one.all(wanted));
    }
    if let Some(kept) =
        written.retention.filter(|_| !found.is_empty() && retention(Some(written)) < LOOKS_BACK)
    {
        diagnostics.push(
            Diagnostic::error(
                Code::UnmeasuredObjective,
                format!("objectives look back over {LOOKS_BACK}, and metrics are kept for {kept}"),
            )
            .at(scope.context.locator.value("/monitoring/retention"), "")
            .help(format!("write `retention: {LOOKS_BACK}` or more")),
        );
    }
    found
}

/// Says that objectives are written where nothing is measured.
pub(super) fn unwatched(scope: &Scope<'_>, diagnostics: &mut Diagnostics) {
    if scope.blueprint.slo.is_empty() || scope.context.broken.touches("/monitoring") {
        return;
    }
    diagnostics.push(
        Diagnostic::error(
            Code::UnmeasuredObjective,
            "nothing measures whether the objectives are met".to_owned(),
        )
        .at(scope.context.locator.key("/slo"), "")
        .help("add `monitoring: {}`"),
    );
}

/// The objectives of one service.
struct One<'a, 'b> {
    scope: &'a Scope<'a>,
    service: &'a Service,
    entry: Option<&'a Entry>,
    diagnostics: &'b mut Diagnostics,
}

impl One<'_, '_> {
    fn all(&mut self, wanted: &Objectives) -> Vec<Objective> {
        let mut found = Vec::new();
        let measures = self.entry.map(|entry| &entry.objectives);
        if let Some(share) = wanted.availability {
            let measure = measures.and_then(|known| known.availability.as_ref());
            found.extend(self.one("availability", rest(share), measure, None));
        }
        if let Some(share) = wanted.errors {
            let measure = measures.and_then(|known| known.errors.as_ref());
            found.extend(self.one("errors", share.of(WHOLE), measure, None));
        }
        if let Some(in_time) = &wanted.latency {
            let measure = measures.and_then(|known| known.latency.as_ref());
            found.extend(self.one("latency", rest(in_time.share), measure, Some(in_time)));
        }
        found
    }

    fn one(
        &mut self,
        kind: &'static str,
        budget: u64,
        measure: Option<&Measure>,
        in_time: Option<&InTime>,
    ) -> Option<Objective> {
        let name = &self.service.name;
        let place = self.scope.context.locator.value(&format!("/slo/{name}/{kind}"));
        if budget == 0 || budget >= WHOLE {
            self.refuse(
                place,
                format!("`{kind}` of `{name}` leaves all or nothing to go wrong"),
                "write a share between the two, such as `99.9%` of good, `0.1%` of errors",
            );
            return None;
        }
        let (Some(measure), Some(metrics)) = (measure, &self.service.metrics) else {
            if !self.scope.is_unsure(name, &["uses", "build", "metrics"]) {
                self.unmeasured(kind, place);
            }
            return None;
        };
        let bound = match in_time {
            Some(in_time) => Some(self.bound(measure, in_time.under, place)?),
            None => None,
        };
        let fill = |text: &str| {
            let le = bound.as_deref().map(pattern).unwrap_or_default();
            text.replace("$job", &metrics.job).replace("$window", RECORDED).replace("$le", &le)
        };
        let what = match in_time {
            Some(in_time) => format!("requests take longer than {}", in_time.under.words()),
            None if kind == "errors" => "requests fail".to_owned(),
            None => "it does not answer".to_owned(),
        };
        let shape = Shape { events: &measure.samples, job: &metrics.job, bound: bound.as_deref() };
        let burns =
            BURN_RATES.iter().filter_map(|rate| self.alert(kind, budget, rate, &what, &shape));
        Some(Objective {
            service: name.clone(),
            kind,
            budget,
            good: fill(&measure.good),
            total: fill(&measure.total),
            alerts: burns.collect(),
        })
    }

    /// An alert; none where not even a service that does nothing right burns so fast.
    fn alert(
        &self,
        kind: &'static str,
        budget: u64,
        rate: &BurnRate,
        what: &str,
        shape: &Shape<'_>,
    ) -> Option<BurnAlert> {
        let name = &self.service.name;
        let limit = budget * rate.tenths / 10;
        if limit >= WHOLE {
            return None;
        }
        let mut labels = labels(rate.severity, self.service.team.as_str(), Some(name));
        labels.insert("objective".to_owned(), kind.to_owned());
        let times = tenths(rate.tenths);
        let burnt = |minutes| share_of(name, kind, minutes);
        let limit_text = match times.as_str() {
            "1" => Share(budget).to_string(),
            times => format!("{times} * {}", Share(budget)),
        };
        let expr = format!(
            "{} > {limit_text}\nand\n{} > {limit_text}",
            burnt(rate.long),
            burnt(rate.short)
        );
        let samples = shape.samples(limit, rate);
        let alert = format!("{}{}Budget{}", pascal(name.as_str()), pascal(kind), rate.name);
        let documents = self.scope.blueprint.monitoring.as_ref();
        let documents = documents.and_then(|written| written.runbooks.as_deref());
        let rule = Rule {
            runbook: naming::runbook(documents, &alert),
            name: alert,
            expr,
            hold: None,
            severity: rate.severity,
            only: None,
            labels,
            tells_of: None,
            mutes: false,
            summary: format!("{name}: {what}, {}", often(rate.tenths)),
            description: format!(
                "Of all that may go wrong in 30 days, {} is gone when this lasts {}. It was so over that time, and \
                 still is. See what has changed, and take it back before you look for the reason.",
                rate.spent,
                Duration::from_seconds(rate.long * 60).words()
            ),
            fires: Some(samples.fires),
            quiet: None,
        };
        Some(BurnAlert { rule, quiet: samples.quiet })
    }

    /// The bound of the bucket that counts what is in time.
    fn bound(&mut self, measure: &Measure, under: Duration, place: Span) -> Option<String> {
        #[allow(clippy::cast_precision_loss, reason = "a time that someone waits for")]
        let wanted = under.millis() as f64 / 1000.0;
        if let Some(bound) = measure.buckets.iter().find(|bound| (**bound - wanted).abs() < 1e-9) {
            return Some(bound.to_string());
        }
        let known: Vec<String> =
            measure.buckets.iter().map(|bound| format!("`{}`", time(*bound))).collect();
        let message =
            format!("`{}` does not count what takes less than {under}", self.service.name);
        self.refuse(place, message, &format!("it counts by {}", known.join(", ")));
        None
    }

    fn unmeasured(&mut self, kind: &str, place: Span) {
        let name = &self.service.name;
        let message = format!("nothing measures `{kind}` of `{name}`");
        let help = match self.entry {
            Some(entry) if self.service.metrics.is_none() => {
                format!(
                    "say where it exposes what `{}` measures: `metrics: /metrics`",
                    entry.component
                )
            }
            Some(entry) => format!(
                "the catalogue's `{}` has no `objectives: {{ {kind}: … }}`; an entry of your own may",
                entry.component
            ),
            None => "name the stack it is built with, or write an entry with `objectives` for it"
                .to_owned(),
        };
        self.refuse(place, message, &help);
    }

    fn refuse(&mut self, place: Span, message: String, help: &str) {
        self.diagnostics
            .push(Diagnostic::error(Code::UnmeasuredObjective, message).at(place, "").help(help));
    }
}

/// What is left of all.
fn rest(share: Percent) -> u64 {
    WHOLE.saturating_sub(share.of(WHOLE))
}

/// The share that went wrong, over so many minutes. What is recorded looks back by itself.
fn share_of(service: &Name, kind: &str, minutes: u64) -> String {
    let of = format!("{{service=\"{service}\",objective=\"{kind}\"}}");
    if minutes == 5 {
        return format!("1 - {GOOD}{of} / {TOTAL}{of}");
    }
    let window = Duration::from_seconds(minutes * 60).prometheus();
    format!("1 - sum_over_time({GOOD}{of}[{window}]) / sum_over_time({TOTAL}{of}[{window}])")
}
