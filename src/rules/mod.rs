//! Finds what contradicts itself in a model, or between the models of several environments.

mod alerts;
mod builds;

use crate::blueprint::Blueprint;
use crate::blueprint::locate::Locator;
use crate::blueprint::read::Written;
use crate::catalog::Catalog;
use crate::diagnostic::Diagnostics;
use crate::model::Model;

/// Checks one environment.
pub fn check(
    model: &Model,
    blueprint: &Blueprint,
    catalog: &Catalog,
    locator: Locator<'_>,
    diagnostics: &mut Diagnostics,
) {
    alerts::check(model, blueprint, catalog, locator, diagnostics);
    builds::check(model, locator, diagnostics);
}

/// Checks the environments against each other.
pub fn across(models: &[Model], written: &Written, diagnostics: &mut Diagnostics) {
    builds::across(models, written, diagnostics);
}
