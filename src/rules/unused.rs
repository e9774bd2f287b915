//! Finds what is declared and used by no environment.

use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};

use crate::blueprint::locate::Locator;
use crate::blueprint::read::Written;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, suggest};
use crate::model::Model;
use crate::model::service::Dockerfile;
use crate::source::Span;
use crate::source::document::{Key, Kind, Node};
use crate::value::Name;

/// What nothing uses, of all kinds that only a use makes sense of.
pub(super) fn check(models: &[Model], written: &Written, diagnostics: &mut Diagnostics) {
    volumes(models, written, diagnostics);
    externals(models, written, diagnostics);
    groups(models, written, diagnostics);
    variables(models, written, diagnostics);
    edge(models, written, diagnostics);
}

/// An image for something that runs nowhere.
pub(super) fn images(models: &[Model], written: &Written, diagnostics: &mut Diagnostics) {
    for (key, _) in section(written, "images") {
        let runs = |model: &Model| match key.name.split_once('.') {
            None => model.services.contains_key(key.name.as_str()),
            Some((service, image)) => takes(model, service, image),
        };
        if models.iter().any(runs) {
            continue;
        }
        let found =
            Diagnostic::error(Code::UnknownService, format!("no service is named `{}`", key.name))
                .at(key.span, "the image would be used by nothing");
        let known = models.iter().flat_map(|model| model.services.keys()).map(Name::as_str);
        diagnostics.push(match suggest::nearest(&key.name, known) {
            Some(near) => found.help(format!("did you mean `{near}`?")),
            None => found.help("remove the line; an own program names its image with `image:`"),
        });
    }
}

/// Whether the image of a service is built from that other one.
fn takes(model: &Model, service: &str, image: &str) -> bool {
    let build = model.services.get(service).and_then(|service| service.build.as_ref());
    build.is_some_and(|build| match &build.dockerfile {
        Dockerfile::Compiled { images, .. } => images.contains_key(image),
        Dockerfile::Own(_) => false,
    })
}

/// A volume that nothing mounts.
fn volumes(models: &[Model], written: &Written, diagnostics: &mut Diagnostics) {
    for (key, _) in section(written, "volumes") {
        if !models.iter().any(|model| model.volumes.contains_key(key.name.as_str())) {
            let help = format!(
                "mount it in a service: `volumes: {{ {}: /path }}`, or remove it",
                key.name
            );
            diagnostics.push(
                unused(key.span, &format!("no service mounts the volume `{}`", key.name))
                    .help(help),
            );
        }
    }
}

/// An external that nothing talks to.
fn externals(models: &[Model], written: &Written, diagnostics: &mut Diagnostics) {
    for (key, _) in section(written, "external") {
        let needs = |model: &Model| {
            model
                .services
                .values()
                .any(|service| service.egress.iter().any(|name| name.as_str() == key.name))
        };
        if !models.iter().any(needs) {
            let message = format!("no service needs the external `{}`", key.name);
            let help =
                format!("add `{}` to the `needs` of whoever talks to it, or remove it", key.name);
            diagnostics.push(unused(key.span, &message).help(help));
        }
    }
}

/// A group of variables that nothing reads.
fn groups(models: &[Model], written: &Written, diagnostics: &mut Diagnostics) {
    let named = LazyCell::new(|| {
        let mut named = BTreeSet::new();
        collect(&written.root, &mut named);
        named
    });
    for (key, group) in section(written, "variables") {
        let is_read = |model: &Model| {
            let group = model.groups.iter().find(|group| group.name.as_str() == key.name);
            group.is_some_and(|group| group.variables.iter().any(|one| !one.read_by.is_empty()))
        };
        let is_listed = || lists(&written.root, &key.name);
        let is_named = || {
            let referred =
                |name: &str| named.iter().any(|text| text.contains(&format!("${{var.{name}")));
            group.entries().iter().any(|(variable, _)| referred(&variable.name))
        };
        if models.iter().any(is_read) || is_listed() || is_named() {
            continue;
        }
        let message = format!("no service reads the variables of `{}`", key.name);
        let help = format!("add `variables: [{}]` to a service, or remove the group", key.name);
        diagnostics.push(unused(key.span, &message).help(help));
    }
}

/// A variable of use in some environments and not in others, or one of a group that is of use but not itself.
fn variables(models: &[Model], written: &Written, diagnostics: &mut Diagnostics) {
    let known: Vec<(&Model, BTreeMap<&str, bool>)> =
        models.iter().map(|model| (model, uses(model))).collect();
    for (group, entries) in section(written, "variables") {
        let is_used = |uses: &BTreeMap<&str, bool>, name: &str| uses.get(name) == Some(&true);
        let names = || entries.entries().iter().map(|(key, _)| key);
        // A group that nothing reads anywhere is told of as a whole.
        if !names().any(|key| known.iter().any(|(_, uses)| is_used(uses, &key.name))) {
            continue;
        }
        for key in names() {
            // Where an override removes it, it is not there.
            let unread: Vec<&str> = known
                .iter()
                .filter(|(_, uses)| uses.get(key.name.as_str()) == Some(&false))
                .map(|(model, _)| model.environment.name.as_str())
                .collect();
            if !unread.is_empty() {
                diagnostics.push(unread_variable(&group.name, key, &unread, models.len()));
            }
        }
    }
}

/// The variables of an environment, and whether each is used.
fn uses(model: &Model) -> BTreeMap<&str, bool> {
    let mut uses = BTreeMap::new();
    for variable in model.variables() {
        *uses.entry(variable.name.as_str()).or_default() |= variable.is_used();
    }
    uses
}

fn unread_variable(group: &str, key: &Key, unread: &[&str], all: usize) -> Diagnostic {
    let name = &key.name;
    if unread.len() == all {
        let message = format!("nothing reads the variable `{name}`");
        return Diagnostic::warning(Code::UnusedVariable, message)
            .at(key.span, "is in no template")
            .help("remove it, or refer to it where it is meant to be read");
    }
    let list = unread.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let environment = unread.first().copied().unwrap_or_default();
    Diagnostic::warning(Code::UnusedVariable, format!("nothing reads the variable `{name}` in {list}"))
        .at(key.span, "is not in the template there")
        .help(format!(
            "say so: `environments: {{ {environment}: {{ override: {{ variables: {{ {group}: {{ {name}: null }} }} }} }} }}`"
        ))
}

/// An edge that has nothing to pass on.
fn edge(models: &[Model], written: &Written, diagnostics: &mut Diagnostics) {
    if written.root.get("edge").is_some() && models.iter().all(|model| model.edge.is_none()) {
        let place = Locator::new(written, None).key("/edge");
        let found = unused(place, "there are no routes, so that no edge runs");
        diagnostics.push(
            found.help("add `routes: { \"example.com\": { /: SERVICE } }`, or remove `edge`"),
        );
    }
}

fn unused(place: Span, message: &str) -> Diagnostic {
    Diagnostic::warning(Code::UnusedDeclaration, message).at(place, "")
}

/// The entries of a section, less the author's own keys and those that are only known in an environment.
fn section<'a>(written: &'a Written, name: &str) -> impl Iterator<Item = &'a (Key, Node)> {
    let entries = written.root.get(name).map_or(&[][..], Node::entries);
    entries.iter().filter(|(key, _)| !key.name.starts_with("x-") && !key.name.contains("${"))
}

/// Whether a list of groups of a service, in an override too, names this one.
fn lists(node: &Node, group: &str) -> bool {
    node.entries().iter().any(|(key, value)| match &value.kind {
        Kind::Sequence(items) if key.name == "variables" => {
            items.iter().any(|item| matches!(&item.kind, Kind::String(text) if text == group))
        }
        _ => lists(value, group),
    })
}

/// Every text that holds a reference, keys too.
fn collect<'a>(node: &'a Node, found: &mut BTreeSet<&'a str>) {
    match &node.kind {
        Kind::String(text) if text.contains("${") => {
            found.insert(text);
        }
        Kind::Sequence(items) => items.iter().for_each(|item| collect(item, found)),
        Kind::Mapping(entries) => {
            for (key, value) in entries {
                found.extend(Some(key.name.as_str()).filter(|name| name.contains("${")));
                collect(value, found);
            }
        }
        _ => {}
    }
}
