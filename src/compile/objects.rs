//! Finds objects of a cluster that would have one name.

use crate::blueprint::locate::Locator;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::pointer;
use crate::target::clash::{Clash, Origin};

/// Two objects of a cluster with one name: each is told where that was written which it follows from.
pub(super) fn taken(clashes: &[Clash], locator: Locator<'_>, diagnostics: &mut Diagnostics) {
    let place = |origin: &Origin| match origin {
        Origin::Service(name) => (locator.key(&format!("/services/{name}")), format!("`{name}`")),
        Origin::Host(host) => {
            (locator.key(&pointer::push("/routes", host.as_str())), format!("the host `{host}`"))
        }
        Origin::Environment => (locator.value("/name"), "the environment itself".to_owned()),
    };
    // Whatever clashes with a service or host clashes in many objects: one is enough.
    let mut told: Vec<(&Origin, &Origin)> = Vec::new();
    for Clash { object, first, second } in clashes {
        if told.contains(&(first, second)) {
            continue;
        }
        told.push((first, second));
        let ((one, who), (other, second_who)) = (place(first), place(second));
        let named = [second, first].into_iter().find_map(|origin| match origin {
            Origin::Service(name) => Some(format!("rename `{name}`")),
            Origin::Host(_) | Origin::Environment => None,
        });
        diagnostics.push(
            Diagnostic::error(
                Code::ObjectTaken,
                format!(
                    "in a cluster, {who} and {second_who} would both have the object `{object}`"
                ),
            )
            .at(other, format!("{second_who} has it"))
            .at(one, format!("{who} has it too"))
            .help(named.unwrap_or_else(|| "choose another host".to_owned())),
        );
    }
}
