//! Turns a word into what it means: a diagnostic's code, a key of the language, a component of the catalogue.

mod key;
mod component;
mod template;

use std::process::ExitCode;

use anyhow::bail;

use crate::blueprint;
use crate::catalog::{Catalog, Entry};
use crate::cli::ExplainArgs;
use crate::console;
use crate::diagnostic::{Code, suggest};
use crate::source::Sources;

/// How wide the texts are.
const WIDTH: usize = 96;

/// Explains.
///
/// # Errors
/// When there is no such word.
pub fn run(args: &ExplainArgs) -> anyhow::Result<ExitCode> {
    let schema = blueprint::schema::editor();
    let catalog = Catalog::new(&Sources::default(), &[]).unwrap_or_default();
    let Some(what) = args.what.as_deref() else {
        console::print(&overview(&schema));
        return Ok(ExitCode::SUCCESS);
    };
    if matches!(what, "catalogue" | "catalog") {
        console::print(&component::list(&catalog));
        return Ok(ExitCode::SUCCESS);
    }
    if what == "templates" {
        console::print(&template::explain());
        return Ok(ExitCode::SUCCESS);
    }
    let code = Code::ALL.iter().find(|code| code.id() == what);
    let name = what.split('@').next().unwrap_or(what);
    let text = code
        .map(|code| format!("{}\n\n{}", heading(code.id()), wrapped(code.explanation(), 0)))
        .or_else(|| key::explain(&schema, what))
        .or_else(|| key::explain(&crate::catalog::schema(), what))
        .or_else(|| catalog.get(name).map(|entry| component::explain(&entry)));
    if let Some((entry, (_, version))) = catalog.get(name).zip(what.split_once('@')) {
        known_version(&entry, version)?;
    }
    let Some(text) = text else {
        let codes = Code::ALL.iter().map(|code| code.id().to_owned());
        let all: Vec<String> =
            codes.chain(key::all(&schema)).chain(catalog.names().map(str::to_owned)).collect();
        match suggest::nearest(what, all.iter().map(String::as_str)) {
            Some(near) => {
                bail!("there is nothing to explain about `{what}`; did you mean `{near}`?")
            }
            None => bail!(
                "there is nothing to explain about `{what}`; `formwork explain` lists what there is"
            ),
        }
    };
    console::print(&text);
    Ok(ExitCode::SUCCESS)
}

fn known_version(entry: &Entry, version: &str) -> anyhow::Result<()> {
    if entry.versions.contains_key(version) {
        return Ok(());
    }
    let known: Vec<String> = entry.versions.keys().map(|known| format!("`{known}`")).collect();
    let component = &entry.component;
    bail!(
        "the catalogue has no version `{version}` of `{component}`; there are {}",
        known.join(", ")
    )
}

/// Everything that can be asked for.
fn overview(schema: &serde_json::Value) -> String {
    let mut text = format!("{}\n\n", heading("sections of a blueprint"));
    text.push_str(&key::sections(schema));
    text.push_str(&format!("\n{}\n\n", heading("diagnostics")));
    for code in Code::ALL {
        let first = code.explanation().split(". ").next().unwrap_or_default();
        text.push_str(&entry(code.id(), first.trim_end_matches('.')));
    }
    text.push_str("\n`formwork explain catalogue` lists components and stacks\n");
    text.push_str("`formwork explain templates` tells of templates of your own\n");
    text
}

fn heading(text: &str) -> String {
    console::paint(console::BOLD, text)
}

/// A word and what it means, the lines below it indented.
fn entry(word: &str, text: &str) -> String {
    format!("  {}\n{}", console::paint(console::GUIDE, word), wrapped(text, 6))
}

/// A text in lines that are not too long, each indented.
fn wrapped(text: &str, indent: usize) -> String {
    let margin = " ".repeat(indent);
    let mut result = String::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            if !line.is_empty() && indent + line.chars().count() + word.chars().count() >= WIDTH {
                result.push_str(&format!("{margin}{line}\n"));
                line.clear();
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        result.push_str(format!("{margin}{line}").trim_end());
        result.push('\n');
    }
    result
}
