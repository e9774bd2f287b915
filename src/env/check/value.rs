//! Turns the value of one variable into everything that is wrong with it.

use super::Check;
use crate::blueprint::url::PLAIN;
use crate::diagnostic::{Code, Diagnostic};
use crate::format::quote::dotenv::{Entry, Value, quote};
use crate::format::quote::url;
use crate::model::Variable;

/// Longer plain values are not shown.
const SHOWN: usize = 60;

impl Check<'_> {
    /// Everything that is wrong with one variable.
    pub(super) fn variable(&self, variable: &Variable, found: &mut Vec<Diagnostic>) {
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
                if !variable.may_be_empty() {
                    let empty = Diagnostic::error(Code::EnvMissing, format!("`{name}` is empty"));
                    found.push(empty.at(at_name, "").help(self.way_out(variable)));
                }
            }
            Value::Literal(value) => self.value(variable, entry, value, found),
        }
    }

    /// How a variable with a bad value gets a better one: what is there, `env fill` keeps.
    fn another(&self, variable: &Variable) -> String {
        match variable.generate {
            Some(generator) => format!("make another one: {}", generator.command()),
            None => self.way_out(variable),
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
            None if variable.may_be_empty() => {
                format!("add the line `{name}=`; its value may be empty")
            }
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
            say(Code::EnvForbidden, message, self.another(variable));
        }
        if value.chars().count() < variable.min_length as usize {
            let message = format!(
                "`{name}` is too short: it needs at least {} characters",
                variable.min_length
            );
            say(Code::EnvTooShort, message, self.another(variable));
        }
        if let Err(noun) = variable.kind.check(value) {
            let message = match self.shown(variable, value) {
                Some(shown) => format!("`{name}` is `{shown}`, not {noun}"),
                None => format!("`{name}` is not {noun}"),
            };
            say(Code::EnvType, message, format!("set it to {noun}"));
        }
        self.requirement(variable, value, &mut say);
        if variable.url_safe && !url::is_plain(value) {
            let message =
                format!("`{name}` has a character that has a meaning of its own in a URL");
            say(Code::EnvCharset, message, PLAIN.to_owned());
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
}

/// Whether a value must not stay: one that the blueprint forbids, or a placeholder with something round it.
fn is_forbidden(variable: &Variable, value: &str) -> bool {
    let plain: String =
        value.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let placeholder = plain.contains("changeme") && (variable.secret || plain == "changeme");
    placeholder
        || variable.forbidden().any(|refused| refused.to_lowercase() == value.to_lowercase())
}
