//! Turns what runs beside tests into containers of a job, and into the variables by which its program finds them.

use std::borrow::Cow;

use crate::blueprint::variable::VariableKind;
use crate::format::quote::{github, shell};
use crate::map::IndexMap;
use crate::model::pipeline::{Beside, Built, Pipeline};
use crate::model::{Model, Text, Variable};
use crate::target::workflow::schema::{Container, Pairs, Step};
use crate::target::workflow::{expression, pairs, runs};
use crate::value::VariableName;

/// What a value that is thrown away is made of. Nothing of it is anybody's password.
const PLAIN: &str = "integration";

/// A value for tests: its text, and whether the number of the run follows. By that a password is another in every run, and
/// stands nowhere.
struct Value {
    text: String,
    numbered: bool,
}

impl Value {
    /// The value of a variable, by its own rules.
    fn of(model: &Model, name: &VariableName) -> Self {
        let variable = model.variable(name);
        let text = |text: String| Self { text, numbered: false };
        let proposed = variable.map_or("", Variable::proposed);
        if !proposed.is_empty() || variable.is_some_and(Variable::may_be_empty) {
            return text(proposed.to_owned());
        }
        let kind = variable.filter(|variable| !variable.secret).map(|variable| variable.kind);
        if let Some(one) = kind.and_then(of_kind) {
            return text(one.to_owned());
        }
        let prefix = variable.and_then(|variable| variable.requirement.prefix.as_deref());
        let mut made = prefix.unwrap_or_default().to_owned();
        let least = variable.map_or(0, |variable| variable.min_length) as usize;
        made.push_str(PLAIN);
        while made.chars().count() < least {
            made.push('-');
            made.push_str(PLAIN);
        }
        if variable.is_none_or(|variable| variable.secret) {
            made.push('-');
            return Self { text: made, numbered: true };
        }
        let forbidden = |value: &str| {
            variable.is_some_and(|it| it.forbidden().any(|one| one.eq_ignore_ascii_case(value)))
        };
        while forbidden(&made) {
            made.push('1');
        }
        text(made)
    }

    /// As a value of the workflow.
    fn yaml(&self) -> String {
        let number = if self.numbered { expression("github.run_id") } else { String::new() };
        format!("{}{number}", github::literal(&self.text))
    }

    /// As a part of a word of a command.
    fn word(&self) -> String {
        let number = if self.numbered { "\"${GITHUB_RUN_ID}\"" } else { "" };
        format!("{}{number}", shell::quote(&self.text))
    }
}

/// A value of a kind that is more than text.
fn of_kind(kind: VariableKind) -> Option<&'static str> {
    match kind {
        VariableKind::Text => None,
        VariableKind::Integer | VariableKind::Number | VariableKind::Port => Some("1"),
        VariableKind::Bool => Some("true"),
        VariableKind::Url => Some("http://127.0.0.1"),
        VariableKind::Email => Some("tests@example.com"),
        VariableKind::Host => Some("127.0.0.1"),
        VariableKind::Cron => Some("0 0 * * *"),
        VariableKind::Json => Some("{}"),
    }
}

fn yaml(model: &Model, text: &Text) -> String {
    text.render(github::literal, |name| Value::of(model, name).yaml()).into_owned()
}

/// The containers of a job.
pub(super) fn containers(model: &Model, pipeline: &Pipeline) -> IndexMap<String, Container> {
    let one = |beside: &Beside| (beside.service.to_string(), container(model, beside));
    pipeline.rehearsals.iter().map(one).collect()
}

fn container(model: &Model, beside: &Beside) -> Container {
    let variables = beside.environment.iter();
    let ports = beside.ports.iter();
    Container {
        image: beside.image.to_string(),
        env: variables
            .map(|(name, text)| (name.to_string().into(), yaml(model, text).into()))
            .collect(),
        ports: ports.map(|(port, reached)| format!("{reached}:{port}")).collect(),
        options: format!(
            "--health-cmd {} --health-interval 5s --health-timeout 5s --health-retries 20",
            github::literal(&option(&beside.health))
        ),
    }
}

/// A word of the options of a container, which the runner hands to the engine without a shell, and takes apart as on
/// Windows: a single quote is a character like others (dotnet/runtime#29857).
fn option(word: &str) -> String {
    let mut quoted = String::from("\"");
    let mut backslashes = 0;
    for character in word.chars() {
        match character {
            '\\' => backslashes += 1,
            '"' => {
                quoted.push_str(&"\\".repeat(backslashes + 1));
                backslashes = 0;
            }
            _ => backslashes = 0,
        }
        quoted.push(character);
    }
    quoted.push_str(&"\\".repeat(backslashes));
    quoted.push('"');
    quoted
}

fn word<'t>(model: &Model, text: &'t Text) -> Cow<'t, str> {
    text.render(|text| shell::quote(text).into(), |name| Value::of(model, name).word())
}

/// The steps that make ready what its environment could not say.
pub(super) fn prepared(model: &Model, pipeline: &Pipeline) -> Vec<Step> {
    let step = |beside: &Beside| {
        let words: Vec<_> = beside.prepare.iter().map(|text| word(model, text)).collect();
        let container = expression(&format!("job.services['{}'].id", beside.service));
        Step {
            env: pairs([("CONTAINER", container)]),
            ..runs(
                format!("Prepare {}", beside.service),
                format!("docker exec \"${{CONTAINER}}\" {}", github::literal(&words.join(" "))),
            )
        }
    };
    pipeline.rehearsals.iter().filter(|one| !one.prepare.is_empty()).map(step).collect()
}

/// The variables of the tests of programs that are tested alike: for the step, and for the row of each program what is not
/// the same for all that read it.
pub(super) fn variables(model: &Model, builds: &[&Built]) -> (Pairs, Vec<Pairs>) {
    let mut step = Pairs::default();
    let mut rows = vec![Pairs::default(); builds.len()];
    for name in builds.iter().flat_map(|build| build.rehearsed.keys()) {
        let of = |build: &&Built| Some(yaml(model, build.rehearsed.get(name)?));
        let values: Vec<Option<String>> = builds.iter().map(of).collect();
        let mut known = values.iter().flatten();
        let Some(first) = known.next() else { continue };
        if known.all(|other| other == first) {
            step.insert(name.to_string(), first.clone());
            continue;
        }
        for (row, value) in rows.iter_mut().zip(values) {
            row.insert(name.to_string(), value.unwrap_or_default());
        }
        step.insert(name.to_string(), expression(&format!("matrix.{name}")));
    }
    (step, rows)
}

#[cfg(test)]
mod tests {
    use super::option;

    #[test]
    fn an_option_is_one_word_to_the_runner() {
        assert_eq!(option("pg_isready -h 127.0.0.1"), "\"pg_isready -h 127.0.0.1\"");
        assert_eq!(option("say \"it's\""), "\"say \\\"it's\\\"\"");
        assert_eq!(option("a\\b c\\"), "\"a\\b c\\\\\"");
        assert_eq!(option("\\\""), "\"\\\\\\\"\"");
    }
}
