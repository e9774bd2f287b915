//! Finds measures to scale by that nobody takes.

use crate::blueprint::Blueprint;
use crate::blueprint::locate::Locator;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::Model;
use crate::model::scaling::CustomMetric;
use crate::rules::alerts::exposed::Exposed;
use crate::rules::alerts::expression;
use crate::source::{Span, pointer};

/// The API that autoscalers ask for measures that are no object's (kubernetes/metrics:pkg/apis/external_metrics).
const API: &str = "external.metrics.k8s.io";

/// Checks what services scale by; `exposed` is what is scraped, where anything is.
pub(super) fn check(
    model: &Model,
    blueprint: &Blueprint,
    exposed: Option<&Exposed>,
    locator: Locator<'_>,
    diagnostics: &mut Diagnostics,
) {
    let mut served = model.services.values().flat_map(|service| &service.kubernetes.serves);
    let answered = served.any(|api| api.group == API);
    for (name, service) in &model.services {
        let written = blueprint.services.get(name).and_then(|own| own.autoscale.as_ref());
        let metrics = service.autoscale.iter().flat_map(|autoscale| &autoscale.metrics);
        let keys = written.into_iter().flat_map(|autoscale| autoscale.metrics.keys());
        for (metric, key) in metrics.zip(keys) {
            let at = pointer::push(&format!("/services/{name}/autoscale/metrics"), &key.0);
            let key = locator.key(&at);
            match exposed.filter(|_| answered) {
                Some(exposed) => {
                    let place = locator.value(&pointer::push(&at, "expr"));
                    diagnostics.extend(faults(metric, exposed, place));
                }
                None => diagnostics.push(
                    Diagnostic::error(
                        Code::MissingKey,
                        format!("`{name}` scales by a measure that nobody takes"),
                    )
                    .at(key, "Prometheus would take it")
                    .help("add `monitoring: {}`"),
                ),
            }
        }
    }
}

fn faults(metric: &CustomMetric, exposed: &Exposed, place: Span) -> Diagnostics {
    let mut found = Diagnostics::default();
    let reading = match expression::read(&metric.expr) {
        Ok(reading) => reading,
        Err(fault) => {
            let message = "the measure to scale by is not PromQL".to_owned();
            let label = fault.trim_end_matches('.').to_owned();
            found.push(Diagnostic::error(Code::InvalidExpression, message).at(place, label));
            return found;
        }
    };
    for selector in &reading.selectors {
        let Some(name) = selector.name.as_deref() else { continue };
        let jobs: Vec<&str> = exposed.jobs().filter(|job| selector.takes(job)).collect();
        if exposed.labels(name, &jobs).is_some() {
            continue;
        }
        let elsewhere: Vec<&str> = exposed.jobs_of(name).collect();
        let message = format!("the measure to scale by reads `{name}`");
        let unknown = Diagnostic::error(Code::UnknownMetric, message)
            .at(place, "the jobs that it asks do not expose it");
        found.push(if elsewhere.is_empty() {
            unknown.help(
                "declare what a program of yours exposes: `metrics: { series: { NAME: { type: counter } } }`",
            )
        } else {
            unknown.help(format!("`{name}` is exposed by {}: name it under `of`", elsewhere.join(", ")))
        });
    }
    found
}
