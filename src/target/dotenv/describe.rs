//! Turns a variable into the lines of documentation above it.

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
    lines.push_str("Read by ");
    for (at, reader) in variable.read_by.iter().enumerate() {
        lines.push_str(if at == 0 { "" } else { ", " });
        lines.push_str(reader.as_str());
    }
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
    let mut rules = Rules { from: lines.len(), lines: &mut lines };
    need(&mut rules, variable);
    shape(&mut rules, variable);
    rules.end();
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
    let value = value.render(Into::into, |name| format!("${{{name}}}"));
    let mut lines = String::with_capacity(256);
    if !about.is_empty() {
        add(&mut lines, &[about.trim_end()]);
    }
    let value = if value.is_empty() { "empty" } else { &value };
    add(&mut lines, &[name, " is ", value, ", set by the blueprint"]);
    lines
}

/// Rules, one behind the other on a line that begins like a sentence.
struct Rules<'a> {
    lines: &'a mut String,
    /// Where the line begins.
    from: usize,
}

impl Rules<'_> {
    fn add(&mut self, parts: &[&str]) {
        if self.lines.len() > self.from {
            self.lines.push_str("; ");
        }
        for part in parts {
            self.lines.push_str(part);
        }
    }

    /// Ends the line. The rules' own words begin with letters of ASCII.
    fn end(self) {
        if let Some(first) = self.lines.get_mut(self.from..=self.from) {
            first.make_ascii_uppercase();
        }
        self.lines.push('\n');
    }
}

/// Whether it must be set, and what to.
fn need(rules: &mut Rules<'_>, variable: &Variable) {
    match &variable.profile {
        _ if variable.may_be_empty() => rules.add(&["optional"]),
        _ if !variable.is_required() => {}
        Some(profile) => rules.add(&["required with the profile ", profile.as_str()]),
        None => rules.add(&["required"]),
    }
    match &variable.requirement.equals {
        Some(only) => rules.add(&["must be ", &quote(&only.0), " here"]),
        None if variable.default().is_empty() => {}
        None => rules.add(&["default ", &quote(variable.default())]),
    }
    if variable.secret {
        rules.add(&["secret"]);
    }
}

/// What its value must be like.
fn shape(rules: &mut Rules<'_>, variable: &Variable) {
    if variable.kind != VariableKind::Text {
        rules.add(&[&variable.kind.noun().replace('`', "")]);
    }
    if let Some(prefix) = &variable.requirement.prefix {
        rules.add(&["begins with ", prefix]);
    }
    if variable.min_length > 1 {
        rules.add(&["at least ", &variable.min_length.to_string(), " characters"]);
    }
    if variable.url_safe {
        rules.add(&["letters, digits and . _ ~ - only, since it ends in a URL"]);
    }
    // What no secret may be goes without saying.
    let refused: Vec<&str> =
        if variable.secret { Vec::new() } else { variable.forbidden().collect() };
    if !refused.is_empty() {
        rules.add(&["not ", &refused.join(", ")]);
    }
}
