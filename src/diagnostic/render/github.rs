//! Turns diagnostics into the workflow commands that GitHub shows as annotations of a change.

use super::{Place, printable};
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::Sources;

/// One line for each.
pub fn github(sources: &Sources, found: &[Diagnostic]) -> String {
    found.iter().map(|one| command(sources, one)).collect()
}

fn command(sources: &Sources, found: &Diagnostic) -> String {
    let kind = match found.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let mut properties = Vec::new();
    if let Some(label) = found.labels.first() {
        let Place { path, start, end } = Place::of(sources, label.span);
        properties.push(format!("file={}", property(path)));
        properties.push(format!("line={}", start.line));
        // Annotations over several lines may not name columns.
        if start.line == end.line {
            properties.push(format!("col={}", start.column));
            properties.push(format!("endLine={}", end.line));
            properties.push(format!("endColumn={}", end.column));
        } else {
            properties.push(format!("endLine={}", end.line));
        }
    } else if let Some(path) = &found.path {
        properties.push(format!("file={}", property(path)));
    }
    properties.push(format!("title={}", property(found.code.id())));
    let mut message = found.message.clone();
    if let Some(label) = found.labels.first().filter(|label| !label.text.is_empty()) {
        message.push_str(": ");
        message.push_str(&label.text);
    }
    for help in &found.help {
        message.push_str("\nhelp: ");
        message.push_str(help);
    }
    format!("::{kind} {}::{}\n", properties.join(","), data(&message))
}

/// The annotation of a whole file; `kind` is `error`, `warning` or `notice`.
pub fn annotation(kind: &str, file: &str, title: &str, message: &str) -> String {
    format!("::{kind} file={},title={}::{}\n", property(file), property(title), data(message))
}

/// A message, escaped as the runner undoes it.
fn data(text: &str) -> String {
    printable(text).replace('%', "%25").replace('\n', "%0A")
}

/// A property, in which `:` and `,` mean something too. It has one line.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Code;
    use crate::source::{Source, Span};

    #[test]
    fn annotations_for_a_code_host() {
        let mut sources = Sources::default();
        let source = sources.add(Source::new("a, b:c%.yaml", "a: 1\n"));
        let found = Diagnostic::warning(Code::InvalidValue, "50% of\r\nwhat, ::error::?")
            .at(Span { source, start: 3, end: 4 }, "this")
            .help("100%");
        insta::assert_snapshot!(github(&sources, &[found]), @r"::warning file=a%2C b%3Ac%25.yaml,line=1,col=4,endLine=1,endColumn=5,title=invalid-value::50%25 of\r%0Awhat, ::error::?: this%0Ahelp: 100%25");
    }
}
