//! Finds panels of dashboards that would stay empty.

use std::borrow::Cow;

use crate::blueprint::locate::Locator;
use crate::diagnostic::Diagnostics;
use crate::model::Model;
use crate::rules::promql::{Reads, Series};
use crate::source::pointer;

/// What Grafana puts in, with values that `PromQL` reads (grafana, "Global variables").
const GRAFANAS: &[(&str, &str)] =
    &[("$__rate_interval", "1m"), ("$__interval", "1m"), ("$__range", "1h")];

/// Checks the panels of one environment.
pub(super) fn check(
    model: &Model,
    series: &Series<'_>,
    locator: Locator<'_>,
    diagnostics: &mut Diagnostics,
) {
    let (Some(monitoring), Some(exposed)) = (&model.monitoring, &series.exposed) else { return };
    for dashboard in &monitoring.dashboards {
        for panel in &dashboard.panels {
            for (legend, expr) in &panel.queries {
                let place = || {
                    let at = format!("/monitoring/dashboards/{}/panels", dashboard.name);
                    let at = pointer::push(&at, panel.name.as_str());
                    locator.value(&pointer::push(&pointer::push(&at, "queries"), legend))
                };
                let mut reads = Reads {
                    what: &|| format!("the panel `{}` of `{}`", panel.name, dashboard.name),
                    so: "so that it stays empty",
                    place: &place,
                    readings: series.readings,
                    exposed,
                    sure: series.sure,
                    diagnostics,
                };
                reads.check(&without_grafanas(expr));
            }
        }
    }
}

/// An expression as Prometheus gets it.
pub(super) fn without_grafanas(expr: &str) -> Cow<'_, str> {
    let dollar = |rest: &str| memchr::memchr(b'$', rest.as_bytes());
    if dollar(expr).is_none() {
        return Cow::Borrowed(expr);
    }
    let mut put_in = String::with_capacity(expr.len());
    let mut rest = expr;
    while let Some(at) = dollar(rest) {
        let (before, from) = rest.split_at(at);
        let known = GRAFANAS.iter().find(|(name, _)| from.starts_with(name));
        let (name, value) = known.copied().unwrap_or(("$", "$"));
        put_in.push_str(before);
        put_in.push_str(value);
        rest = &from[name.len()..];
    }
    Cow::Owned(put_in + rest)
}
