//! Turns a template and its context into text, for the formats that no serialiser writes.
//!
//! A template prints text, numbers, `true` and `false`, and nothing else: a list, a mapping, `none` or an
//! undefined name stops it. It quotes by filters named for the language; nothing is escaped by itself.
//!
//! | filter | gives |
//! | --- | --- |
//! | `sh_quote` | a word of a shell command |
//! | `nginx_quote` | a parameter; `$` becomes `${dollar}`, which `quote::nginx::DOLLAR` defines |
//! | `nginx_pattern` | a parameter in which `$` keeps its meaning |
//! | `dotenv_quote` | a value as Compose reads it |
//! | `dockerfile_quote` | a value of `ENV`, `LABEL` or `ARG` |
//! | `dockerfile_exec` | a list of words in exec form |
//! | `markdown_escape` | running text or a cell |
//! | `markdown_code`, `markdown_span` | code in a cell, and in running text |
//! | `markdown_comment`, `markdown_fence(language)` | a comment, and a code block |
//! | `commands`, `commands(width)` | a command or a list of them as a code block, every line but the first behind that many spaces |
//! | `promql_string` | a string literal |
//! | `json_string` | a string literal, which YAML takes as well |
//! | `comment` | every line behind `# `, so that no line of a description is taken for a directive |
//! | `indent(width)` | every line but the first behind that many spaces |
//! | `join(separator)` | the items of a list, under the rules for printing |

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::error::Error as _;
use std::fmt::{self, Write as _};
use std::sync::{LazyLock, PoisonError, RwLock};

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value, ValueKind};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior};
use serde::Serialize;

use crate::format::digest;
use crate::format::quote::{self, Refused};

/// Instructions that one rendering may take: a hundred times what the largest system needs, and well under a
/// second.
const FUEL: u64 = 5_000_000;

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
        Ok(Self { environment: environment()?, names: BTreeMap::new(), places: BTreeMap::new() })
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
    let environment = environment().map_err(|error| told(&error))?;
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

fn environment() -> Result<Environment<'static>, Error> {
    let syntax = SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .keep_trailing_newline(true)
        .build()?;
    let mut environment = Environment::new();
    environment.set_syntax(syntax);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.set_formatter(|output, _, value| Ok(output.write_str(&text(value)?)?));
    environment.set_fuel(Some(FUEL));
    // The names are nobody's to know: no template has another in it.
    environment.set_path_join_callback(|_, _| Cow::Borrowed(""));
    // Debug information would carry the variables of the template.
    environment.set_debug(false);
    environment.add_filter("sh_quote", |value: &Value| filter(value, quote::shell::quote));
    environment.add_filter("dotenv_quote", |value: &Value| {
        Ok::<_, Error>(quote::dotenv::quote(&text(value)?).into_owned())
    });
    environment.add_filter("markdown_escape", |value: &Value| {
        let text = text(value)?;
        Ok::<_, Error>(shown(&text, quote::markdown::escape(&text)))
    });
    environment.add_filter("markdown_code", |value: &Value| {
        let text = text(value)?;
        Ok::<_, Error>(shown(&text, quote::markdown::code(&text)))
    });
    environment.add_filter("markdown_span", |value: &Value| {
        let text = text(value)?;
        Ok::<_, Error>(shown(&text, quote::markdown::span(&text)))
    });
    environment
        .add_filter("markdown_comment", |value: &Value| filter(value, quote::markdown::comment));
    environment.add_filter("markdown_fence", |value: &Value, language: &str| {
        Ok::<_, Error>(quote::markdown::fence(&text(value)?, language))
    });
    environment.add_filter("commands", |value: &Value, width: Option<usize>| {
        commands(value, width.unwrap_or_default())
    });
    environment.add_filter("promql_string", |value: &Value| filter(value, quote::promql::string));
    // In YAML 1.2 every literal of JSON is one, and those of a string mean the same in YAML 1.1.
    environment.add_filter("json_string", |value: &Value| {
        Ok::<_, Error>(serde_json::Value::from(text(value)?.as_ref()).to_string())
    });
    environment.add_filter("comment", |value: &Value| filter(value, quote::comment::lines));
    environment.add_filter("nginx_quote", |value: &Value| try_filter(value, quote::nginx::quote));
    environment
        .add_filter("nginx_pattern", |value: &Value| try_filter(value, quote::nginx::pattern));
    environment.add_filter("dockerfile_quote", |value: &Value| {
        try_filter(value, quote::dockerfile::quote)
    });
    environment.add_filter("dockerfile_exec", |value: &Value| {
        Ok::<_, Error>(quote::dockerfile::exec(&texts(value)?))
    });
    environment.add_filter("join", |value: &Value, separator: &str| joined(value, separator));
    Ok(environment)
}

/// What is shown of a text, which takes little more room than that.
fn shown(text: &str, shown: impl fmt::Display) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let _ = write!(out, "{shown}");
    out
}

fn filter(value: &Value, quote: fn(&str) -> String) -> Result<String, Error> {
    Ok(quote(&text(value)?))
}

fn try_filter(value: &Value, quote: fn(&str) -> Result<String, Refused>) -> Result<String, Error> {
    quote(&text(value)?).map_err(refuse)
}

/// A value as it is printed.
fn text(value: &Value) -> Result<Cow<'_, str>, Error> {
    if let Some(text) = value.as_str() {
        return Ok(Cow::Borrowed(text));
    }
    match value.kind() {
        // By itself the engine writes `True`, as Python does.
        ValueKind::Bool => Ok(Cow::Borrowed(if value.is_true() { "true" } else { "false" })),
        ValueKind::Number => Ok(Cow::Owned(value.to_string())),
        ValueKind::Undefined => Err(Error::from(ErrorKind::UndefinedError)),
        ValueKind::None => Err(refuse(Refused("`none` has no text"))),
        _ => Err(refuse(Refused("a list or mapping has no text"))),
    }
}

/// A command or several, as a code block within a list item as far in.
fn commands(value: &Value, width: usize) -> Result<String, Error> {
    let block = match value.kind() {
        ValueKind::Seq => quote::markdown::fence(&joined(value, "\n")?, "sh"),
        _ => quote::markdown::fence(&text(value)?, "sh"),
    };
    if width == 0 {
        return Ok(block);
    }
    let mut out = String::with_capacity(block.len() + 16 * width);
    for (at, line) in quote::lines(&block).enumerate() {
        if at > 0 {
            out.push('\n');
            let width = if line.is_empty() { 0 } else { width };
            out.extend(std::iter::repeat_n(' ', width));
        }
        out.push_str(line);
    }
    Ok(out)
}

fn joined(list: &Value, separator: &str) -> Result<String, Error> {
    let mut out = String::new();
    for (at, item) in items(list)?.enumerate() {
        out.push_str(if at == 0 { "" } else { separator });
        out.push_str(&text(&item)?);
    }
    Ok(out)
}

fn texts(list: &Value) -> Result<Vec<String>, Error> {
    items(list)?.map(|item| text(&item).map(Cow::into_owned)).collect()
}

fn items(list: &Value) -> Result<impl Iterator<Item = Value>, Error> {
    if list.kind() != ValueKind::Seq {
        return Err(refuse(Refused("this filter takes a list")));
    }
    list.try_iter()
}

fn refuse(refused: Refused) -> Error {
    Error::new(ErrorKind::InvalidOperation, refused.0).with_source(refused)
}

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
