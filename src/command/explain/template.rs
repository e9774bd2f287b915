//! Tells what an author's own templates see and how they quote.

use super::{entry, heading, wrapped};

/// The filters that quote, and for what.
const FILTERS: &[(&str, &str)] = &[
    ("comment", "every line behind `# `"),
    ("sh_quote", "a word of a shell command"),
    ("dotenv_quote", "a value of an env file, as Compose reads it"),
    ("nginx_quote, nginx_pattern", "a parameter of nginx; one in which `$` keeps its meaning"),
    (
        "dockerfile_quote, dockerfile_exec",
        "a value of `ENV` or `LABEL`; a list of words in exec form",
    ),
    ("markdown_escape", "running text or a cell"),
    ("markdown_code, markdown_span", "code in a cell; code in running text"),
    ("markdown_comment", "a comment of a page"),
    ("markdown_fence(language)", "a code block"),
    ("commands, commands(width)", "a command or a list of them as a code block, so far in"),
    ("promql_string", "a string literal of PromQL"),
    ("json_string", "a string literal of JSON, which YAML takes as well"),
    ("indent(width), join(separator)", "lines further in; the items of a list"),
];

/// Everything that there is to know.
pub(super) fn explain() -> String {
    let mut text = format!("{}\n\n", heading("templates of your own"));
    for paragraph in [
        "Each file `templates/**/*.j2` beside the blueprint is a minijinja template, compiled to the path that it has \
         there, less `.j2`: it is written, checked and compared like every other file. Where `{environment}` stands in \
         the path there is one for each environment; otherwise there is one for all.",
        "One for each environment sees what `formwork show --format json` prints of it: `name`, `environment`, \
         `services`, `variables`, `edge` and the rest. One for all sees `name`, `description` and `environments`, \
         which holds the same by name. Both see `header`, the lines that head compiled files. Values that the \
         operator sets are never seen: they are written `${var.NAME}`.",
        "A file that ends in `.yml`, `.yaml` or `.json` is refused if it could not be read as that; one that begins \
         with `#!` can be run. An undefined name stops a template, and so does printing a list or a mapping.",
    ] {
        text.push_str(&wrapped(paragraph, 0));
        text.push('\n');
    }
    text.push_str(&format!("{}\n\n", heading("filters that quote")));
    for (filter, about) in FILTERS {
        text.push_str(&entry(filter, about));
    }
    text
}
