//! Turns the text of a project's own entry into the entry, or into what is wrong with it.

use crate::blueprint::locate::Locator;
use crate::blueprint::monitoring::Subject;
use crate::blueprint::reference::{self, Part, Reference};
use crate::blueprint::report;
use crate::catalog::entry::{Entry, Role};
use crate::catalog::parameter::{Kind, Parameter, Preset};
use crate::catalog::{CHECKER, Catalog, Own, samples};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, suggest};
use crate::format::{annotation, template};
use crate::source::document::{Kind as NodeKind, Node};
use crate::source::{Sources, Span, pointer};

/// What is read by others than the compiler, or is prose.
const WITHOUT_REFERENCES: &[&str] =
    &["about", "retired", "alerts", "dockerfile", "objectives", "panels"];

/// What any component offers, beside ports, parameters and what its entry says.
const ALWAYS_OFFERED: &[&str] = &["host", "published", "backup_days", "backup_schedule"];

/// Reads a document in a project's own file: an entry.
pub(super) fn read(sources: &Sources, root: &Node) -> Result<Entry, Diagnostics> {
    let value = root.without_extensions();
    let mut diagnostics = Diagnostics::default();
    let locator = Locator::of_document(root);
    for finding in CHECKER.check(&value) {
        diagnostics.push(report::finding(&finding, &value, &locator));
    }
    if diagnostics.has_errors() {
        return Err(diagnostics);
    }
    let entry: Entry = serde_json::from_value(value).map_err(|error| {
        Diagnostic::error(
            Code::InvalidValue,
            format!("the catalogue entry cannot be read: {error}"),
        )
        .at(root.span, "")
    })?;
    for (name, parameter) in &entry.parameters {
        let Some(why) = contradiction(parameter) else { continue };
        let at = pointer::push("/parameters", name);
        diagnostics.push(
            Diagnostic::error(Code::InvalidValue, format!("the parameter `{name}` {why}"))
                .at(locator.value(&at), ""),
        );
    }
    for (key, parameter) in counts(&entry) {
        let known = entry.parameters.get(parameter);
        if known.is_none_or(|known| known.kind != Kind::Integer) {
            let message = format!("`{parameter}` is no parameter with `type: integer`");
            let found = Diagnostic::error(Code::InvalidValue, message);
            diagnostics.push(found.at(locator.value(key), ""));
        }
    }
    for (at, parameter) in takes_unknown(&entry) {
        let message = format!("the entry has no parameter `{parameter}`");
        diagnostics.push(Diagnostic::error(Code::InvalidValue, message).at(locator.key(&at), ""));
    }
    if !entry.versions.contains_key(&entry.default) {
        let known: Vec<String> = entry.versions.keys().map(|known| format!("`{known}`")).collect();
        let help = match known.as_slice() {
            [] => format!("add it: `versions: {{ \"{}\": {{ tag: … }} }}`", entry.default),
            known => format!("write one of {}, or add it to `versions`", known.join(", ")),
        };
        let message = format!("the default `{}` is none of the versions", entry.default);
        diagnostics.push(
            Diagnostic::error(Code::UnknownVersion, message)
                .at(locator.value("/default"), "")
                .help(help),
        );
    }
    annotations(&entry, locator, &mut diagnostics);
    tests(&entry, locator, &mut diagnostics);
    templates(sources, root, &mut diagnostics);
    let texts = root.entries().iter().filter(|(key, _)| !WITHOUT_REFERENCES.contains(&&*key.name));
    texts.for_each(|(_, node)| references(&entry, node, &mut diagnostics));
    if diagnostics.has_errors() { Err(diagnostics) } else { Ok(entry) }
}

/// The parameters that an entry counts with, and where it names them.
fn counts(entry: &Entry) -> impl Iterator<Item = (&'static str, &String)> {
    let limit = entry.connections.iter().map(|one| ("/connections/limit", &one.limit));
    limit.chain(entry.processes.iter().map(|name| ("/processes", name)))
}

/// The parameters that an entry takes from what it needs or reads, and does not have, each with its place.
pub(super) fn takes_unknown(entry: &Entry) -> impl Iterator<Item = (String, &String)> {
    let needed = entry.needs.iter().flat_map(|(component, taken)| {
        let at = pointer::push("/needs", component);
        taken.keys().map(move |parameter| (pointer::push(&at, parameter), parameter))
    });
    let read = entry.reads.iter().filter_map(|(variable, reads)| {
        let at = pointer::push("/reads", variable.as_str());
        reads.parameter.as_ref().map(|parameter| (pointer::push(&at, "parameter"), parameter))
    });
    needed.chain(read).filter(|(_, parameter)| !entry.parameters.contains_key(*parameter))
}

/// What contradicts itself in a parameter.
pub(super) fn contradiction(parameter: &Parameter) -> Option<&'static str> {
    match &parameter.default {
        Some(Preset::Share(_)) if !matches!(parameter.kind, Kind::Memory | Kind::Size) => {
            Some("is no amount of memory, so that its default cannot be a share of it")
        }
        Some(Preset::Text(text)) if !text.refers() && parameter.check(&text.0).is_err() => {
            Some("has a default that is not of its type")
        }
        _ if parameter.kind == Kind::Choice && parameter.values.is_empty() => {
            Some("is a choice without `values`")
        }
        _ => None,
    }
}

/// One template that cannot be read keeps Prometheus from starting.
fn annotations(entry: &Entry, locator: Locator<'_>, diagnostics: &mut Diagnostics) {
    for (name, alert) in &entry.alerts {
        for (key, text) in [("summary", &alert.summary), ("description", &alert.description)] {
            let Some(Err(fault)) = text.as_deref().map(annotation::check) else { continue };
            let place = pointer::push(&pointer::push("/alerts", name.as_str()), key);
            diagnostics.push(broken_text(name.as_str(), key, &fault, locator.value(&place)));
        }
    }
}

/// One sample that cannot be read keeps all tests of alerts from running.
fn tests(entry: &Entry, locator: Locator<'_>, diagnostics: &mut Diagnostics) {
    let kubelet = entry.kubernetes.kubelet.as_ref().map(|there| &there.alerts);
    let archive = entry.backup.as_ref().and_then(|backup| backup.archive.as_ref());
    let all = [
        ("/alerts", Some(&entry.alerts)),
        ("/kubernetes/kubelet/alerts", kubelet),
        ("/backup/archive/alerts", archive.map(|archive| &archive.alerts)),
    ];
    for (section, alerts) in all {
        for (name, alert) in alerts.into_iter().flatten() {
            let at = pointer::push(section, name.as_str());
            // Only these are filled in.
            let is_filled = section == "/alerts" && alert.tells_of == Some(Subject::Backups);
            let place = (at.as_str(), locator);
            samples::check(
                name.as_str(),
                alert,
                is_filled,
                place,
                &samples::is_series,
                diagnostics,
            );
        }
    }
}

/// A text of an alert that Prometheus could not read.
pub fn broken_text(alert: &str, key: &str, fault: &str, place: Span) -> Diagnostic {
    let message = format!("the {key} of the alert `{alert}` is not a template");
    let found = Diagnostic::error(Code::InvalidTemplate, message).at(place, fault);
    let function = fault.strip_prefix("no function is named `");
    let near = function
        .and_then(|name| suggest::nearest(name.trim_end_matches('`'), annotation::functions()));
    match near {
        Some(near) => found.help(format!("did you mean `{near}`?")),
        None => {
            found.help("write `{{ $labels.NAME }}` for a label and `{{ $value }}` for the value")
        }
    }
}

/// Says where a template in an entry cannot be read.
fn templates(sources: &Sources, root: &Node, diagnostics: &mut Diagnostics) {
    let files = ["/files", "/databases/files"].into_iter().filter_map(|at| root.at(at));
    let forms = files.flat_map(Node::entries).flat_map(|(_, content)| content.entries());
    let texts = forms.filter(|(form, _)| matches!(&*form.name, "text" | "script"));
    let archived = root.at("/backup/archive/files").into_iter().flat_map(Node::entries);
    let tools = ["/dockerfile", "/backup/tools"].into_iter().filter_map(|at| root.at(at));
    let checks = root.get("checks").into_iter().flat_map(Node::entries);
    let checks = checks.flat_map(|(_, node)| match &node.kind {
        NodeKind::Mapping(tools) => tools.iter().map(|(_, command)| command).collect(),
        _ => vec![node],
    });
    let texts = texts.chain(archived).map(|(_, node)| node).chain(tools).chain(checks);
    for node in texts {
        let NodeKind::String(text) = &node.kind else { continue };
        let Err(error) = template::check(text) else { continue };
        let place = line(sources, node.span, error.line.unwrap_or(1));
        diagnostics.push(
            Diagnostic::error(Code::BrokenTemplate, error.message)
                .at(place, "")
                .help("mend the template; its language is that of Jinja"),
        );
    }
}

/// A line of a text in a source: a block's first line is the one after its mark.
fn line(sources: &Sources, span: Span, line: usize) -> Span {
    let source = sources.get(span.source);
    if !sources.slice(span).starts_with(['|', '>']) {
        return span;
    }
    let bytes = source.line_range(source.position(span.start).line + line);
    let text = source.text.get(bytes.clone()).unwrap_or_default();
    let start = bytes.start + text.len() - text.trim_start().len();
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Span { source: span.source, start: offset(start), end: offset(bytes.end) }
}

/// Says where a text refers to what the entry itself does not offer.
fn references(entry: &Entry, node: &Node, diagnostics: &mut Diagnostics) {
    match &node.kind {
        NodeKind::Mapping(entries) => {
            for (_, value) in entries {
                references(entry, value, diagnostics);
            }
        }
        NodeKind::Sequence(items) => {
            for item in items {
                references(entry, item, diagnostics);
            }
        }
        NodeKind::String(text) if text.contains("${self.") => {
            // Scripts may hold a shell's own `${…}`, which stays theirs.
            let parts = reference::parse(text).unwrap_or_default();
            let own = parts.iter().filter_map(|part| match part {
                Part::Reference(Reference { owner: "self", key }) => Some(key),
                _ => None,
            });
            diagnostics.extend(own.filter_map(|key| not_offered(entry, key, node.span)));
        }
        _ => {}
    }
}

fn not_offered(entry: &Entry, key: &str, place: Span) -> Option<Diagnostic> {
    let name = key.strip_suffix(".file").unwrap_or(key);
    let is_known = ALWAYS_OFFERED.contains(&key)
        || entry.offers.contains_key(key)
        || entry.parameters.contains_key(name)
        || key == "port"
        || ["port.", "databases."].iter().any(|group| key.starts_with(group))
        || (key == "url" && entry.role == Role::Application);
    if is_known {
        return None;
    }
    let own = entry.parameters.keys().chain(entry.offers.keys()).map(String::as_str);
    let offers = own.chain(["host", "port", "published"]);
    let message =
        format!("`${{self.{key}}}` stands for nothing: `{}` offers no `{key}`", entry.component);
    let found = Diagnostic::error(Code::UnknownReference, message).at(place, "");
    Some(match suggest::nearest(name, offers.clone()) {
        Some(near) => found.help(format!("did you mean `${{self.{near}}}`?")),
        None => found.help(format!("it offers {}", offers.collect::<Vec<_>>().join(", "))),
    })
}

/// The components that an entry brings along or is watched by, and that the catalogue does not have.
pub(super) fn strangers(catalog: &Catalog, own: &Own) -> Vec<Diagnostic> {
    let Own { entry, root } = own;
    let locator = Locator::of_document(root);
    let exporter = entry.exporter.iter().map(|name| ("/exporter".to_owned(), name));
    let brought = entry.brings.iter().enumerate();
    let named = exporter.chain(brought.map(|(at, name)| (format!("/brings/{at}"), name)));
    let is_strange =
        |name: &str| catalog.names().all(|known| known != name) && !catalog.is_faulty(name);
    named
        .filter(|(_, name)| is_strange(name))
        .map(|(at, name)| {
            let message =
                format!("the catalogue has no `{name}`, which `{}` asks for", entry.component);
            let found =
                Diagnostic::error(Code::UnknownComponent, message).at(locator.value(&at), "");
            match suggest::nearest(name, catalog.names()) {
                Some(near) => found.help(format!("did you mean `{near}`?")),
                None => found.help(format!(
                    "add `catalog/{name}.yaml` or a document of the same file, or take the key out"
                )),
            }
        })
        .collect()
}
