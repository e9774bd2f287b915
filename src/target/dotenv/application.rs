//! Turns an own application into the list of what it reads, and nothing else.

use crate::map::{IndexMap, IndexSet};

use crate::model::{Model, Role, Service, Text};
use crate::target::dotenv::describe;
use crate::target::dotenv::file::{Entry, File, Section};
use crate::value::VariableName;

/// The section of what belongs to no group of variables.
const OWN: &str = "of its own";

/// The applications whose authors want to know what they read.
pub(super) fn own(model: &Model) -> impl Iterator<Item = &Service> {
    model.services.values().filter(|service| service.role == Role::Application)
}

/// Everything that an application reads: environment, files, build arguments.
pub(super) fn file<'a>(model: &'a Model, service: &'a Service, header: &str) -> File<'a> {
    let mut sections: IndexMap<&str, Vec<Entry<'_>>> = IndexMap::default();
    let mut own: IndexSet<&VariableName> = service.environment.keys().collect();
    for group in &model.groups {
        let read = group.variables.iter().filter(|one| own.swap_remove(&one.name));
        let read: Vec<&VariableName> = read.map(|one| &one.name).collect();
        let entries =
            read.iter().map(|name| in_environment(model, name, &service.environment[*name]));
        if !read.is_empty() {
            sections.insert(group.name.as_str(), entries.collect());
        }
    }
    if !own.is_empty() {
        let own = service.environment.iter().filter(|(name, _)| own.contains(name));
        let entries = own.map(|(name, text)| in_environment(model, name, text));
        sections.insert(OWN, entries.collect());
    }
    for (name, path) in &service.secrets {
        let mut lines = model.variable(name).map(describe::value).unwrap_or_default();
        lines.push_str(&format!("The file {path} holds {name}"));
        sections.entry("files").or_default().push(Entry::comment(lines));
    }
    let arguments = service.build.iter().flat_map(|build| &build.arguments);
    for name in arguments.filter(|name| !service.environment.contains_key(*name)) {
        let entry = in_environment(model, name, &Text::variable(name.clone()));
        sections.entry("while the image is built").or_default().push(entry);
    }
    let usage = format!(
        "What {} of {} reads in {}. It is here to be read: no program loads it.",
        service.name, model.name, model.environment.name
    );
    let sections =
        sections.into_iter().map(|(title, entries)| Section { title, entries }).collect();
    File { header: format!("{header}\n\n{usage}"), sections }
}

/// A variable of the application's environment: the operator's under whatever name, or what the blueprint makes of
/// others.
fn in_environment<'a>(model: &'a Model, name: &'a VariableName, text: &Text) -> Entry<'a> {
    let source = text.as_variable().and_then(|source| model.variable(source));
    let Some(source) = source.filter(|source| source.is_operators()) else {
        let about = model.variable(name).map_or("", |variable| variable.about.as_str());
        return Entry::comment(describe::fixed(about, name.as_str(), text));
    };
    let mut lines = describe::value(source);
    if source.name != *name {
        lines.push_str(&format!("The value of {}", source.name));
    }
    Entry { comment: lines, name: name.as_str(), value: Some(source.proposed().into()) }
}
