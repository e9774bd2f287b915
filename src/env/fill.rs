//! Turns an env file, or none, into one with every variable: what is there stays, secrets are made.

use std::ops::Range;

use crate::env::file::EnvFile;
use crate::format::quote::dotenv::{Value, quote};
use crate::model::{Model, Variable, naming};
use crate::target::dotenv::{self, File};
use crate::value::VariableName;

/// A filled file.
#[derive(Default)]
pub struct Filled {
    /// The whole text.
    pub text: String,
    /// The secrets that were made.
    pub made: Vec<VariableName>,
    /// The secrets that only the files of programs still had.
    pub found: Vec<VariableName>,
    /// The other variables that were added.
    pub added: Vec<VariableName>,
}

/// Fills what is missing. `random` fills a buffer with random bytes; `present` gives the secret that programs already
/// read from a file, which is taken before one is made: they may have stored what it opens.
pub fn fill(
    model: &Model,
    file: Option<&EnvFile>,
    present: &dyn Fn(&Variable) -> Option<String>,
    random: &mut dyn FnMut(&mut [u8]),
) -> Filled {
    let mut filled = Filled::default();
    let mut secret = |variable: &Variable, filled: &mut Filled| {
        let generator = variable.generate?;
        let known = present(variable);
        let list = if known.is_some() { &mut filled.found } else { &mut filled.made };
        list.push(variable.name.clone());
        known.or_else(|| Some(generator.generate(random)))
    };
    let mut edits: Vec<(Range<usize>, String)> = Vec::new();
    let sections = dotenv::sections(model, |variable| {
        if !variable.is_operators() {
            return None;
        }
        let entry = file.and_then(|file| file.entry(variable.name.as_str()));
        let Some(entry) = entry else {
            let value = secret(variable, &mut filled).unwrap_or_else(|| {
                filled.added.push(variable.name.clone());
                variable.proposed().to_owned()
            });
            return Some(dotenv::documented(model, variable, value));
        };
        // An empty line of an optional variable is the operator's choice.
        if is_empty(&entry.value)
            && !variable.may_be_empty()
            && let Some(secret) = secret(variable, &mut filled)
        {
            edits.push((entry.value_span.clone(), quote(&secret).into_owned()));
        }
        None
    });
    let mut text = file.map_or_else(String::new, |file| file.text().to_owned());
    edits.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
    for (range, value) in edits {
        text.replace_range(range, &value);
    }
    if !sections.is_empty() || file.is_none() {
        let header =
            if file.is_none() { header(model) } else { "Added by `formwork env fill`.".to_owned() };
        let added = File { header, sections }.text();
        if !text.is_empty() {
            text.push_str(if text.ends_with('\n') { "\n" } else { "\n\n" });
        }
        text.push_str(&added);
    }
    Filled { text, ..filled }
}

/// The variables that must be set and are empty or not there.
pub fn left<'a>(model: &'a Model, file: &EnvFile) -> Vec<&'a Variable> {
    let is_left = |variable: &&Variable| {
        let entry = file.entry(variable.name.as_str());
        entry.is_none_or(|entry| is_empty(&entry.value) && !variable.may_be_empty())
    };
    model.variables().filter(|one| one.is_operators() && one.is_read()).filter(is_left).collect()
}

fn is_empty(value: &Value) -> bool {
    matches!(value, Value::Literal(text) if text.trim().is_empty())
}

fn header(model: &Model) -> String {
    let (name, environment) = (&model.name, &model.environment.name);
    format!(
        "What the operator sets for {name} in {environment}. It holds secrets: keep it out of git, and readable by you alone.\n\
         \n\
         A value with blanks, quotes, `#` or `$` stands in single quotes; a comment stands on a line of its own.\n\
         formwork env check --env {environment}   says what is missing or wrong\n\
         formwork env fill --env {environment}    adds what a later blueprint asks for; run it after every change here,\n\
         since it also writes the files below {folder}/",
        folder = naming::secrets_folder(environment),
    )
}
