//! Finds what contradicts itself in a model, or between the models of several environments.

use crate::blueprint::Blueprint;
use crate::blueprint::locate::Locator;
use crate::blueprint::read::Written;
use crate::catalog::Catalog;
use crate::diagnostic::Diagnostics;
use crate::model::Model;

/// Checks one environment.
pub fn check(
    _model: &Model,
    _blueprint: &Blueprint,
    _catalog: &Catalog,
    _locator: Locator<'_>,
    _diagnostics: &mut Diagnostics,
) {
}

/// Checks the environments against each other.
pub fn across(_models: &[Model], _written: &Written, _diagnostics: &mut Diagnostics) {}
