//! Describes a connection between services.

use std::fmt;

use serde::Serialize;

use crate::value::Name;

/// A connection that a service opens to another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Flow {
    /// The service that answers.
    pub to: Name,
    /// Its port.
    pub port: u16,
}

impl fmt::Display for Flow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.to, self.port)
    }
}
