//! Finds rules that Prometheus loads from an author's own files and that read what is not there.

use crate::blueprint::Blueprint;
use crate::blueprint::broken::Broken;
use crate::catalog::Catalog;
use crate::diagnostic::Diagnostics;
use crate::model::Model;
use crate::rules::promql::exposed::{self, Exposed};
use crate::rules::promql::{self, Readings, Reads};
use crate::source::Span;

/// A rule of an author's own file.
#[derive(Debug)]
pub struct Loaded {
    /// What it is called.
    pub name: String,
    /// The series that it makes, where it is no alert.
    pub makes: Option<String>,
    /// The expression that it reads.
    pub expr: String,
    /// Where that is written.
    pub place: Span,
}

/// Checks what the rules of one environment read: what is scraped, and what they make themselves.
pub fn check(
    model: &Model,
    blueprint: &Blueprint,
    catalog: &Catalog,
    (broken, readings): (&Broken, &Readings),
    rules: &[Loaded],
    diagnostics: &mut Diagnostics,
) {
    let Some(monitoring) = &model.monitoring else { return };
    let entries = exposed::entries(model, catalog);
    let exposed = Exposed::of(monitoring, blueprint, &entries);
    let made: Vec<&str> = rules.iter().filter_map(|rule| rule.makes.as_deref()).collect();
    for rule in rules {
        let reads_made = readings.read(&rule.expr).is_ok_and(|reading| {
            let mut names = reading.selectors.iter().filter_map(|one| one.name.as_deref());
            names.any(|name| made.contains(&name))
        });
        let mut reads = Reads {
            what: &|| format!("the rule `{}`", rule.name),
            so: "so that it says nothing",
            place: &|| rule.place,
            readings,
            exposed: &exposed,
            // What a rule makes has whatever labels that rule gives it.
            sure: !broken.touches_any(promql::DECIDES_SERIES) && !reads_made,
            diagnostics: &mut *diagnostics,
        };
        reads.check(&rule.expr);
    }
}
