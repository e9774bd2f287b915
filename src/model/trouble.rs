//! Describes what can be wrong with a service, and what people look at then.

use serde::Serialize;

pub use crate::catalog::trouble::Place;
use crate::model::text::Text;

/// Something that can be wrong with a service.
#[derive(Debug, Clone, Serialize)]
pub struct Trouble {
    /// What people see.
    pub symptom: String,
    /// The command that shows more.
    pub command: Vec<Text>,
    /// Where that is run.
    pub on: Place,
    /// What to do about what it shows.
    pub then: String,
}
