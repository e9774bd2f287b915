//! Describes two objects of a cluster that would be one: what each of them follows from, for the author to rename.

use crate::value::{HostName, Name};

/// Two objects of a cluster that have one kind and name: the author's fault, who named what they follow from.
#[derive(Debug, Clone)]
pub struct Clash {
    /// Kind and name.
    pub object: String,
    /// What the first follows from.
    pub first: Origin,
    /// What the second follows from.
    pub second: Origin,
}

/// What an object of a cluster follows from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A service.
    Service(Name),
    /// A host that answers.
    Host(HostName),
    /// The environment as a whole.
    Environment,
}
