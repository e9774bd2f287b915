//! Finds bare numbers that YAML gives back in another form than they were written in.

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::Sources;
use crate::source::document::{Kind, Node};

/// The places whose text is passed on as it is; `*` stands for any key.
const PLACES: &[&[&str]] = &[
    &["variables", "*", "*"],
    &["variables", "*", "*", "fixed"],
    &["variables", "*", "*", "default"],
    &["variables", "*", "*", "require", "development", "equals"],
    &["variables", "*", "*", "require", "staging", "equals"],
    &["variables", "*", "*", "require", "production", "equals"],
    &["services", "*", "environment", "*"],
    &["services", "*", "with", "*"],
    &["services", "*", "build", "with", "*"],
];

/// Warns of every number that would be passed on otherwise than it is written, in overrides too.
pub fn numbers(sources: &Sources, root: &Node, diagnostics: &mut Diagnostics) {
    let environments = root.get("environments").map_or(&[][..], Node::entries);
    let overrides = environments.iter().filter_map(|(_, node)| node.get("override"));
    for text in overrides.chain([root]) {
        for place in PLACES {
            each("", text, place, &mut |name, node| {
                diagnostics.extend(retyped(sources, name, node));
            });
        }
    }
}

/// Calls `see` with each node at a place, and with the last name on the way there that the author chose.
fn each<'a>(name: &'a str, node: &'a Node, place: &[&str], see: &mut dyn FnMut(&'a str, &'a Node)) {
    let Some((key, below)) = place.split_first() else { return see(name, node) };
    for (found, node) in node.entries() {
        match *key {
            "*" => each(&found.name, node, below, see),
            key if key == found.name => each(name, node, below, see),
            _ => {}
        }
    }
}

fn retyped(sources: &Sources, name: &str, node: &Node) -> Option<Diagnostic> {
    let Kind::Number(number) = &node.kind else { return None };
    let (written, read) = (sources.slice(node.span), number.to_string());
    if written == read || written.starts_with('*') {
        return None;
    }
    let message = format!("`{name}` is passed on as `{read}`, not as `{written}`");
    Some(
        Diagnostic::warning(Code::RetypedNumber, message)
            .at(node.span, "a bare number loses how it is written")
            .help(format!("put it in quotes: `\"{written}\"`")),
    )
}
