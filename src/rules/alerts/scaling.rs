//! Finds measures to scale by that nobody takes.

use crate::blueprint::Blueprint;
use crate::blueprint::locate::Locator;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::Model;
use crate::rules::promql::{Reads, Series};
use crate::source::pointer;

/// The API that autoscalers ask for measures that are no object's (`kubernetes/metrics:pkg/apis/external_metrics`).
const API: &str = "external.metrics.k8s.io";

/// Checks what services scale by.
pub(super) fn check(
    model: &Model,
    blueprint: &Blueprint,
    series: &Series<'_>,
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
            match series.exposed.as_ref().filter(|_| answered) {
                Some(exposed) => {
                    let mut reads = Reads {
                        what: &|| format!("the measure that `{name}` scales by"),
                        so: "so that nothing scales",
                        place: &|| locator.value(&pointer::push(&at, "expr")),
                        exposed,
                        readings: series.readings,
                        sure: series.sure,
                        diagnostics,
                    };
                    reads.check(&metric.expr);
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
