//! Turns a variable into the lines of documentation above it.

use std::borrow::Cow;

use crate::blueprint::variable::VariableKind;
use crate::format::quote::dotenv::quote;
use crate::model::{Text, Variable, naming};
use crate::value::Name;

/// An operator's variable: what it is for, what its value must be like, how it is made, who reads it.
pub(super) fn operators(variable: &Variable, environment: &Name) -> String {
    let mut lines = value(variable);
    for change in &variable.changes {
        add(&mut lines, &["When it changes: ", change]);
    }
    if variable.file_owner.is_some() {
        let folder = naming::secrets_folder(environment);
        let file = naming::secret_file(&variable.name);
        add(&mut lines, &["Read from ", &folder, "/", &file, ", which `formwork env fill` writes"]);
    }
    let readers: Vec<&str> = variable.read_by.iter().map(Name::as_str).collect();
    add(&mut lines, &["Read by ", &readers.join(", ")]);
    lines
}

/// Writes a line.
fn add(lines: &mut String, parts: &[&str]) {
    for part in parts {
        lines.push_str(part);
    }
    lines.push('\n');
}

/// As [`operators`], without the readers.
pub(super) fn value(variable: &Variable) -> String {
    let mut lines = String::with_capacity(256);
    if !variable.about.is_empty() {
        add(&mut lines, &[variable.about.trim_end()]);
    }
    let mut rules = need(variable);
    rules.extend(shape(variable));
    add(&mut lines, &[&capitalised(&rules.join("; "))]);
    if let Some(generator) = variable.generate {
        add(&mut lines, &["Make one with: ", &generator.command()]);
    }
    if variable.profile.is_some() && !variable.may_be_empty() {
        // Compose interpolates the services of every profile, whether it is on or not.
        add(&mut lines, &["Compose asks for it without the profile too"]);
    }
    if variable.build {
        let seen = "Read while the image is built, and visible to whoever has the image";
        add(&mut lines, &[seen]);
    }
    lines
}

/// A variable that the operator does not set.
pub(super) fn fixed(about: &str, name: &str, value: &Text) -> String {
    let value = value.render(str::to_owned, |name| format!("${{{name}}}"));
    let said = match value.as_str() {
        "" => format!("{name} is empty, set by the blueprint"),
        value => format!("{name} is {value}, set by the blueprint"),
    };
    if about.is_empty() { said } else { format!("{}\n{said}", about.trim_end()) }
}

/// Whether it must be set, and what to.
fn need(variable: &Variable) -> Vec<Cow<'static, str>> {
    let mut rules = Vec::new();
    match &variable.profile {
        _ if variable.may_be_empty() => rules.push("optional".into()),
        _ if !variable.is_required() => {}
        Some(profile) => rules.push(format!("required with the profile {profile}").into()),
        None => rules.push("required".into()),
    }
    match &variable.requirement.equals {
        Some(only) => rules.push(format!("must be {} here", quote(&only.0)).into()),
        None if variable.default().is_empty() => {}
        None => rules.push(format!("default {}", quote(variable.default())).into()),
    }
    if variable.secret {
        rules.push("secret".into());
    }
    rules
}

/// What its value must be like.
fn shape(variable: &Variable) -> Vec<Cow<'static, str>> {
    let mut rules = Vec::new();
    if variable.kind != VariableKind::Text {
        rules.push(variable.kind.noun().replace('`', "").into());
    }
    if let Some(prefix) = &variable.requirement.prefix {
        rules.push(format!("begins with {prefix}").into());
    }
    if variable.min_length > 1 {
        rules.push(format!("at least {} characters", variable.min_length).into());
    }
    if variable.url_safe {
        rules.push("letters, digits and . _ ~ - only, since it ends in a URL".into());
    }
    // What no secret may be goes without saying.
    let refused: Vec<&str> =
        if variable.secret { Vec::new() } else { variable.forbidden().collect() };
    if !refused.is_empty() {
        rules.push(format!("not {}", refused.join(", ")).into());
    }
    rules
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
