//! Emits the files of this target.

use crate::model::Model;
use crate::target::{Error, Output};

/// Emits the files of one environment.
///
/// # Errors
/// A broken template or a path that is taken.
pub fn emit(_model: &Model, _output: &mut Output<'_>) -> Result<(), Error> {
    Ok(())
}
