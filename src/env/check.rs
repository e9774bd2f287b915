//! Turns a filled env file into everything that is wrong with it, without ever telling a secret.

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostic, suggest};
use crate::env::file::EnvFile;
use crate::format::quote::dotenv::{Entry, Value, quote};
use crate::model::variable::Origin;
use crate::model::{Model, Variable};

/// So many statements of one kind are told one by one: more are not a filled file but another one.
const TOLD: usize = 50;
/// Longer plain values are not shown.
const SHOWN: usize = 60;

/// Everything that is wrong with the values of a file, and with the file as a reader of secrets sees it.
pub fn check(model: &Model, file: &EnvFile) -> Vec<Diagnostic> {
    let check = Check { model, file };
    let mut found = syntax(file);
    check.unknown(&mut found);
    check.duplicates(&mut found);
    for variable in model.variables().filter(|one| one.is_operators() && one.is_read()) {
        check.variable(variable, &mut found);
    }
    check.same_secrets(&mut found);
    check.mode(&mut found);
    found
}

/// The statements of a file that Compose refuses.
pub fn syntax(file: &EnvFile) -> Vec<Diagnostic> {
    let told = file.errors.iter().take(TOLD).map(|error| {
        Diagnostic::error(Code::EnvSyntax, error.reason.to_string())
            .at(file.span(&error.span), "")
            .help("put a value with blanks, quotes, `#` or `$` in single quotes")
    });
    let rest = more(file, file.errors.len(), Code::EnvSyntax, "cannot be read");
    told.chain(rest).collect()
}

/// That there are more statements of one kind than were told.
fn more(file: &EnvFile, count: usize, code: Code, what: &str) -> Option<Diagnostic> {
    let message =
        format!("{} more lines {what}", count.checked_sub(TOLD).filter(|rest| *rest > 0)?);
    Some(Diagnostic::warning(code, message).in_file(file.path()))
}

struct Check<'a> {
    model: &'a Model,
    file: &'a EnvFile,
}

impl Check<'_> {
    /// Names that are not expected are not shown: in a broken file they can be pieces of a secret.
    fn unknown(&self, found: &mut Vec<Diagnostic>) {
        let names =
            || self.model.variables().filter(|one| one.is_operators()).map(|one| one.name.as_str());
        let mut count = 0;
        for entry in &self.file.entries {
            let declared = self.model.variables().find(|one| one.name.as_str() == entry.name);
            let said = match declared {
                Some(variable) if variable.is_operators() => continue,
                Some(variable) => Diagnostic::warning(
                    Code::EnvUnknown,
                    format!(
                        "`{}` is set by the blueprint: this line changes nothing",
                        variable.name
                    ),
                )
                .help("remove the line"),
                // What Compose itself reads from the file (docs.docker.com, "Set or change pre-defined environment variables").
                None if entry.name.starts_with("COMPOSE_") => continue,
                None => {
                    count += 1;
                    if count > TOLD {
                        continue;
                    }
                    match suggest::nearest(&entry.name, names()) {
                        Some(near) => Diagnostic::warning(
                            Code::EnvUnknown,
                            format!("nothing reads the variable `{}`", entry.name),
                        )
                        .help(format!("did you mean `{near}`?")),
                        None => Diagnostic::warning(
                            Code::EnvUnknown,
                            "nothing reads the variable on this line",
                        )
                        .help("remove the line, or declare the variable in the blueprint"),
                    }
                }
            };
            found.push(said.at(self.file.span(&entry.name_span), ""));
        }
        found.extend(more(self.file, count, Code::EnvUnknown, "set variables that nothing reads"));
    }

    fn duplicates(&self, found: &mut Vec<Diagnostic>) {
        let mut seen: BTreeMap<&str, &Entry> = BTreeMap::new();
        for entry in &self.file.entries {
            let expected = self.model.variables().any(|one| one.name.as_str() == entry.name);
            if !expected {
                continue;
            }
            if let Some(first) = seen.insert(&entry.name, entry) {
                found.push(
                    Diagnostic::error(Code::EnvDuplicate, format!("`{}` is set twice", entry.name))
                        .at(self.file.span(&entry.name_span), "set again here")
                        .at(self.file.span(&first.name_span), "set before here")
                        .help("keep one of the two; Compose takes the last one"),
                );
            }
        }
    }

    fn variable(&self, variable: &Variable, found: &mut Vec<Diagnostic>) {
        let name = &variable.name;
        let Some(entry) = self.file.entry(name.as_str()) else {
            let missing = Diagnostic::error(Code::EnvMissing, format!("`{name}` is missing"));
            found.push(missing.in_file(self.file.path()).help(self.way_out(variable)));
            return;
        };
        let at_name = self.file.span(&entry.name_span);
        match &entry.value {
            Value::Inherited => found.push(
                Diagnostic::error(
                    Code::EnvInterpolated,
                    format!("`{name}` has no `=`: Compose takes it from the shell that calls it"),
                )
                .at(at_name, "")
                .help(self.way_out(variable)),
            ),
            Value::Interpolated(_) => found.push(
                Diagnostic::error(
                    Code::EnvInterpolated,
                    format!("the value of `{name}` holds a `$`, and Compose would replace what follows it"),
                )
                .at(self.file.span(&entry.value_span), "")
                .help("put the value in single quotes, or write out what the `$` stands for"),
            ),
            Value::Literal(value) if value.trim().is_empty() => {
                if !matches!(variable.origin, Origin::Operator { optional: true, .. }) {
                    let empty = Diagnostic::error(Code::EnvMissing, format!("`{name}` is empty"));
                    found.push(empty.at(at_name, "").help(self.way_out(variable)));
                }
            }
            Value::Literal(value) => self.value(variable, entry, value, found),
        }
    }

    /// How a variable that is missing gets its value.
    fn way_out(&self, variable: &Variable) -> String {
        let (name, proposed) = (&variable.name, variable.proposed());
        let about = variable.about.trim_end();
        let environment = &self.model.environment.name;
        match variable.generate {
            Some(generator) => format!(
                "`formwork env fill --env {environment}` makes one; by hand: {}",
                generator.command()
            ),
            None if !proposed.is_empty() => format!("set it: {name}={}", quote(proposed)),
            None if about.is_empty() => format!("set it: {name}=..."),
            None => format!("set it: {name}=... ({about})"),
        }
    }

    fn value(&self, variable: &Variable, entry: &Entry, value: &str, found: &mut Vec<Diagnostic>) {
        let name = &variable.name;
        let place = self.file.span(&entry.value_span);
        let mut say = |code: Code, message: String, help: String| {
            found.push(Diagnostic::error(code, message).at(place, "").help(help));
        };
        if self.file.text()[entry.value_span.clone()].starts_with('#') {
            let message = format!("Compose takes the comment behind `{name}=` for its value");
            say(
                Code::EnvComment,
                message,
                "put the comment on a line of its own, or the value in single quotes".to_owned(),
            );
        }
        if is_forbidden(variable, value) {
            let message = match self.shown(variable, value) {
                Some(shown) => format!("`{name}` must not be `{shown}`"),
                None => format!("`{name}` has a value that is forbidden, such as a placeholder"),
            };
            say(Code::EnvForbidden, message, self.way_out(variable));
        }
        if value.chars().count() < variable.min_length as usize {
            let message = format!(
                "`{name}` is too short: it has at least {} characters",
                variable.min_length
            );
            say(Code::EnvTooShort, message, self.way_out(variable));
        }
        if let Err(noun) = variable.kind.check(value) {
            let message = match self.shown(variable, value) {
                Some(shown) => format!("`{name}` is `{shown}`, not {noun}"),
                None => format!("`{name}` is not {noun}"),
            };
            say(Code::EnvType, message, format!("set it to {noun}"));
        }
        self.requirement(variable, value, &mut say);
        let safe = |c: char| c.is_ascii_alphanumeric() || "._~-".contains(c);
        if variable.url_safe && !value.chars().all(safe) {
            let message =
                format!("`{name}` has a character that has a meaning of its own in a URL");
            say(
                Code::EnvCharset,
                message,
                "use letters, digits and `.`, `_`, `~`, `-` only".to_owned(),
            );
        }
    }

    fn requirement(
        &self,
        variable: &Variable,
        value: &str,
        say: &mut dyn FnMut(Code, String, String),
    ) {
        let name = &variable.name;
        let environment = &self.model.environment.name;
        if let Some(only) = &variable.requirement.equals
            && only.0 != value
        {
            let message = match self.shown(variable, value) {
                Some(shown) => {
                    format!("`{name}` is `{shown}`; in {environment} it must be `{}`", only.0)
                }
                None => format!("`{name}` must be `{}` in {environment}", only.0),
            };
            say(Code::EnvRequiredValue, message, format!("set it: {name}={}", quote(&only.0)));
        }
        if let Some(prefix) = &variable.requirement.prefix
            && !value.starts_with(prefix.as_str())
        {
            let message = format!("`{name}` must begin with `{prefix}` in {environment}");
            let help = "use the value that is meant for this environment".to_owned();
            say(Code::EnvRequiredValue, message, help);
        }
    }

    /// A plain value, as far as it can be shown: a value that swallowed other lines can hold a secret, and so can one
    /// that was put in the wrong place.
    fn shown<'v>(&self, variable: &Variable, value: &'v str) -> Option<&'v str> {
        let short = value.chars().count() <= SHOWN && !value.contains(char::is_control);
        let holds = |one: &Variable| {
            self.file
                .value(one.name.as_str())
                .is_some_and(|secret| !secret.is_empty() && value.contains(secret))
        };
        let secret = variable.secret || self.model.variables().filter(|one| one.secret).any(holds);
        (short && !secret).then_some(value)
    }

    fn same_secrets(&self, found: &mut Vec<Diagnostic>) {
        let mut seen: BTreeMap<&str, &Variable> = BTreeMap::new();
        for variable in
            self.model.variables().filter(|one| one.secret && one.is_operators() && one.is_read())
        {
            let Some(entry) = self.file.entry(variable.name.as_str()) else { continue };
            let Value::Literal(value) = &entry.value else { continue };
            if value.trim().is_empty() {
                continue;
            }
            if let Some(first) = seen.get(value.as_str()) {
                let message =
                    format!("`{}` and `{}` have the same value", first.name, variable.name);
                found.push(
                    Diagnostic::warning(Code::EnvSameSecret, message)
                        .at(self.file.span(&entry.name_span), "")
                        .help("give each its own, so that whoever learns one does not have both"),
                );
            } else {
                seen.insert(value, variable);
            }
        }
    }

    fn mode(&self, found: &mut Vec<Diagnostic>) {
        let Some(mode) = self.file.mode.filter(|mode| mode & 0o077 != 0) else { return };
        let path = self.file.path();
        let message =
            format!("`{path}` can be read or written by other users: its mode is {mode:04o}");
        found.push(
            Diagnostic::warning(Code::EnvFileMode, message)
                .in_file(path)
                .help(format!("run `chmod 600 {}`", crate::format::quote::shell::quote(path))),
        );
    }
}

/// Whether a value must not stay: one that the blueprint forbids, or a placeholder with something round it.
fn is_forbidden(variable: &Variable, value: &str) -> bool {
    let plain: String =
        value.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let placeholder = plain.contains("changeme") && (variable.secret || plain == "changeme");
    placeholder
        || variable.forbidden().any(|refused| refused.to_lowercase() == value.to_lowercase())
}
