//! Turns a template and its context into text, for the formats that no serialiser writes.
//!
//! A template prints text, numbers, `true` and `false`, and nothing else: a list, a mapping, `none` or an
//! undefined name stops it. It quotes by filters named for the language (`filters`); nothing is escaped by itself.

mod filters;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::error::Error as _;
use std::fmt;
use std::sync::{LazyLock, PoisonError, RwLock};

use minijinja::value::{Serde, Value};
use minijinja::{Environment, Error, ErrorKind};
use serde::Serialize;

use crate::format::digest;
use crate::format::quote::Refused;

/// How many templates are kept parsed: more than the program and its catalogue have.
const KEPT: usize = 256;

/// Renders a template; the name is what its errors are told by, and its folder and extension mean nothing. Each
/// template is parsed once, and known by its text.
pub fn render<T: Serialize>(
    name: &str,
    source: &str,
    context: &T,
) -> Result<String, TemplateError> {
    if !source.contains('{') {
        // Nothing stands for anything else.
        return Ok(source.to_owned());
    }
    render_value(name, (source, None), &Value::from(Serde(context)))
}

/// As [`render`], for a template that is part of the program: it is known by where it lies, and its text is not compared.
pub fn render_built_in<T: Serialize>(
    name: &str,
    source: &'static str,
    context: &T,
) -> Result<String, TemplateError> {
    let place = (source.as_ptr().addr(), source.len());
    render_value(name, (source, Some(place)), &Value::from(Serde(context)))
}

/// Where a text lies as long as the program runs: its address and its length in bytes.
type Place = (usize, usize);

fn render_value(
    name: &str,
    (source, place): (&str, Option<Place>),
    context: &Value,
) -> Result<String, TemplateError> {
    static KNOWN: LazyLock<Result<RwLock<Known>, Error>> =
        LazyLock::new(|| Known::new().map(RwLock::new));
    let told = |error: &Error| TemplateError::new(name, source, error);
    let known = KNOWN.as_ref().map_err(told)?;
    let read = || known.read().unwrap_or_else(PoisonError::into_inner);
    let rendered = |known: &Known| {
        let known_as = place.map_or_else(|| known.names.get(source), |at| known.places.get(&at));
        let template = known.environment.get_template(known_as?);
        Some(template.and_then(|template| template.render(context)))
    };
    if let Some(text) = rendered(&read()) {
        return text.map_err(|error| told(&error));
    }
    if read().names.len() < KEPT {
        let mut known = known.write().unwrap_or_else(PoisonError::into_inner);
        known.add(source, place).map_err(|error| told(&error))?;
    }
    let known = read();
    let text = rendered(&known).unwrap_or_else(|| {
        known.environment.template_from_named_str(name, source)?.render(context)
    });
    text.map_err(|error| told(&error))
}

/// The templates that are parsed.
struct Known {
    environment: Environment<'static>,
    /// What the environment calls each, by its text: it looks for names by a hash, and texts are long.
    names: BTreeMap<String, String>,
    /// The same of those that are part of the program, by where they lie.
    places: BTreeMap<Place, String>,
}

impl Known {
    fn new() -> Result<Self, Error> {
        Ok(Self {
            environment: filters::environment()?,
            names: BTreeMap::new(),
            places: BTreeMap::new(),
        })
    }

    /// No template holds another: a name that one could guess would mean another template in each run.
    fn add(&mut self, source: &str, place: Option<Place>) -> Result<(), Error> {
        let name = digest::short([source]);
        self.environment.add_template_owned(name.clone(), source.to_owned())?;
        if let Some(place) = place {
            self.places.insert(place, name.clone());
        }
        self.names.insert(source.to_owned(), name);
        Ok(())
    }
}

/// Reads a template and renders nothing.
///
/// # Errors
/// When it is not one.
pub fn check(source: &str) -> Result<(), TemplateError> {
    let told = |error: &Error| TemplateError::new("template", source, error);
    let environment = filters::environment().map_err(|error| told(&error))?;
    environment.template_from_str(source).map(drop).map_err(|error| told(&error))
}

/// A template that could not be rendered. It quotes the template, which is part of the program, and never the
/// context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateError {
    /// The template.
    pub template: String,
    /// Its line, counted from 1, where one is known.
    pub line: Option<usize>,
    /// What is wrong.
    pub message: String,
}

impl TemplateError {
    fn new(template: &str, source: &str, error: &Error) -> Self {
        let line = error.line();
        let mut message = match refusal(error) {
            Some(refused) => refused.to_string(),
            None => error.kind().to_string(),
        };
        // Other kinds may quote a value in their detail.
        let about_the_template = matches!(
            error.kind(),
            ErrorKind::SyntaxError
                | ErrorKind::UnknownFilter
                | ErrorKind::UnknownTest
                | ErrorKind::UnknownFunction
        );
        if let Some(detail) = error.detail().filter(|_| about_the_template) {
            message = format!("{message}: {detail}");
        }
        if let Some(text) = line.and_then(|line| source.lines().nth(line.checked_sub(1)?)) {
            message = format!("{message}, in `{}`", text.trim());
        }
        Self { template: template.to_owned(), line, message }
    }
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.template, self.message),
            None => write!(f, "{}: {}", self.template, self.message),
        }
    }
}

impl std::error::Error for TemplateError {}

/// The refusal that an error stems from, through any blocks and macros around it.
fn refusal(error: &Error) -> Option<Refused> {
    let mut source = error.source();
    while let Some(cause) = source {
        if let Some(refused) = cause.downcast_ref::<Refused>() {
            return Some(*refused);
        }
        source = cause.source();
    }
    None
}
