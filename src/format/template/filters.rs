//! Turns values into text within templates: how they are printed, and the filters that quote them.
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

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Value, ValueKind};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior};

use crate::format::quote::{self, Refused};

/// Instructions that one rendering may take: a hundred times what the largest system needs, and well under a
/// second.
const FUEL: u64 = 5_000_000;

/// Where templates are parsed and rendered.
pub(super) fn environment() -> Result<Environment<'static>, Error> {
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
