//! Takes out of what was found what only follows from the rest.

use std::collections::BTreeSet;

use crate::check::{Fault, Finding};
use crate::source::pointer;

/// Takes out what is said of the value of a key that is none.
pub(super) fn forget(findings: &mut Vec<Finding>) {
    let refused = findings.iter().filter_map(|finding| match &finding.fault {
        Fault::UnknownKey { key, .. } => Some(pointer::push(&finding.pointer, key)),
        _ => None,
    });
    let refused: BTreeSet<String> = refused.collect();
    let follows = |place: &str| {
        let ends = place.match_indices('/').map(|(at, _)| at).chain([place.len()]);
        ends.into_iter().any(|end| refused.contains(&place[..end]))
    };
    findings.retain(|finding| !follows(&finding.pointer));
}
