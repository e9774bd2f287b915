//! Finds in patches what is refused in a blueprint: alerts that read nothing, and passwords as they are.

use serde_json::Value;

use crate::blueprint::locate::Locator;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::format::annotation;
use crate::model::{Model, Patch, Text};
use crate::rules::View;
use crate::rules::credentials;
use crate::rules::findings::Findings;
use crate::rules::promql::{Reads, Series};
use crate::value::Name;

/// Calls with every text in a value, and the key that it stands under; a list of `name` and `value` is a mapping.
fn texts<'a>(key: &'a str, value: &'a Value, found: &mut impl FnMut(&'a str, &'a str)) {
    match value {
        Value::String(text) => match text.split_once('=') {
            Some((name, text)) if key == "environment" => found(name, text),
            _ => found(key, text),
        },
        Value::Array(items) => items.iter().for_each(|item| texts(key, item, found)),
        Value::Object(map) => match (&value["name"], &value["value"]) {
            (Value::String(name), Value::String(text)) => found(name, text),
            _ => map.iter().for_each(|(key, below)| texts(key, below, found)),
        },
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Each patch with the key that its change stands under.
fn patches(model: &Model) -> impl Iterator<Item = (&Name, &Patch, &str, &Value)> {
    model.patches.iter().filter_map(|(name, patch)| {
        let key = patch.at.rsplit('/').next().unwrap_or_default();
        Some((name, patch, key, patch.merge.as_ref()?))
    })
}

/// A credential as a plain value.
pub(super) fn literal_secret(view: &View<'_>, found: &mut Findings<'_>) {
    for (name, _, key, merge) in patches(view.model) {
        let place = || view.locator.value(&format!("/patches/{name}/merge"));
        texts(key, merge, &mut |key, text| {
            let is_open = text.contains("${") || text.contains("$(");
            let named = !is_open && credentials::is_secret(key, text);
            let hidden = text.replace("${", "\u{1}").replace("$(", "\u{1}");
            credentials::report(key, named, &Text::literal(hidden), (&place, &[]), found);
        });
    }
}

/// Alerts and panels that a patch changes read what there is.
pub(super) fn expressions(
    model: &Model,
    series: &Series<'_>,
    locator: Locator<'_>,
    diagnostics: &mut Diagnostics,
) {
    let Some(exposed) = &series.exposed else { return };
    for (name, _, key, merge) in patches(model) {
        let place = locator.value(&format!("/patches/{name}/merge"));
        texts(key, merge, &mut |key, text| match key {
            "expr" => {
                let mut reads = Reads {
                    what: &|| format!("the patch `{name}`"),
                    so: "so that it says nothing",
                    place: &|| place,
                    readings: series.readings,
                    exposed,
                    sure: series.sure,
                    diagnostics: &mut *diagnostics,
                };
                reads.check(&super::dashboards::without_grafanas(text));
            }
            "summary" | "description" => {
                if let Err(fault) = annotation::check(text) {
                    let message = format!("the {key} in the patch `{name}` is not a template");
                    let found = Diagnostic::error(Code::InvalidTemplate, message);
                    diagnostics.push(found.at(place, &*fault));
                }
            }
            _ => {}
        });
    }
}
