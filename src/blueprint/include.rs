//! Merges the sections of an included file into a blueprint.

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::document::{Key, Kind, Node};

/// How deep mappings merge: sections, and the entries of a section.
const DEPTH: usize = 2;

/// Adds the sections of an included file; mappings merge one and two levels deep, no entry may come twice.
pub(super) fn include(into: &mut Node, part: Node, depth: usize, diagnostics: &mut Diagnostics) {
    let (Kind::Mapping(entries), Kind::Mapping(more)) = (&mut into.kind, part.kind) else { return };
    let places: BTreeMap<String, usize> =
        entries.iter().enumerate().map(|(at, (key, _))| (key.name.clone(), at)).collect();
    for (key, node) in more {
        if depth == 0 && key.name == "include" {
            diagnostics.push(nested(&key));
            continue;
        }
        match places.get(&key.name).and_then(|at| entries.get_mut(*at)) {
            None => entries.push((key, node)),
            Some((_, present)) if depth < DEPTH && both_mappings(present, &node) => {
                include(present, node, depth + 1, diagnostics);
            }
            Some((present, _)) => diagnostics.push(twice(present, &key)),
        }
    }
}

fn nested(key: &Key) -> Diagnostic {
    Diagnostic::error(Code::UnknownKey, "a file that is included cannot include others")
        .at(key.span, "stands in the blueprint's own file only")
        .help("name those files in the `include` of the blueprint itself")
}

fn both_mappings(a: &Node, b: &Node) -> bool {
    matches!((&a.kind, &b.kind), (Kind::Mapping(_), Kind::Mapping(_)))
}

fn twice(first: &Key, second: &Key) -> Diagnostic {
    Diagnostic::error(Code::DuplicateKey, format!("`{}` is said in two files", second.name))
        .at(second.span, "said again here")
        .at(first.span, "first said here")
        .help("keep one of the two")
}
