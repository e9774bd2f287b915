//! Turns diagnostics into one JSON document for editors and scripts.

use serde::Serialize;
use serde_json::Value;

use super::Place;
use crate::diagnostic::{Diagnostic, Label};
use crate::source::Sources;

/// One object for each, as in [`json`]: for documents that say more.
pub fn values(sources: &Sources, found: &[Diagnostic]) -> Vec<Value> {
    let value = |one| serde_json::to_value(Found::of(sources, one)).unwrap_or_default();
    found.iter().map(value).collect()
}

/// An array with one object for each; lines and columns count from 1, ends are exclusive, and what
/// is not known is null.
pub fn json(sources: &Sources, found: &[Diagnostic]) -> String {
    let all: Vec<_> = found.iter().map(|one| Found::of(sources, one)).collect();
    // Strings and numbers under fixed names: there is nothing in it that JSON cannot hold.
    let mut document = serde_json::to_string_pretty(&all).unwrap_or_default();
    document.push('\n');
    document
}

#[derive(Serialize)]
struct Found<'a> {
    code: &'static str,
    severity: &'static str,
    message: &'a str,
    path: Option<&'a str>,
    line: Option<usize>,
    column: Option<usize>,
    end_line: Option<usize>,
    end_column: Option<usize>,
    labels: Vec<Marked<'a>>,
    help: &'a [String],
}

#[derive(Serialize)]
struct Marked<'a> {
    path: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    text: &'a str,
}

impl<'a> Found<'a> {
    fn of(sources: &'a Sources, found: &'a Diagnostic) -> Self {
        let place = found.labels.first().map(|label| Place::of(sources, label.span));
        let place = place.as_ref();
        Self {
            code: found.code.id(),
            severity: found.severity.name(),
            message: &found.message,
            path: place.map(|place| place.path).or(found.path.as_deref()),
            line: place.map(|place| place.start.line),
            column: place.map(|place| place.start.column),
            end_line: place.map(|place| place.end.line),
            end_column: place.map(|place| place.end.column),
            labels: found.labels.iter().map(|label| Marked::of(sources, label)).collect(),
            help: &found.help,
        }
    }
}

impl<'a> Marked<'a> {
    fn of(sources: &'a Sources, label: &'a Label) -> Self {
        let Place { path, start, end } = Place::of(sources, label.span);
        Self {
            path,
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
            text: &label.text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Code;
    use crate::source::{Source, Span};

    #[test]
    fn json_for_editors() {
        let mut sources = Sources::default();
        let source = sources.add(Source::new("blueprints/shop.yaml", "api:\n  prot: 8000\n"));
        let prot = Span { source, start: 7, end: 11 };
        let found = [
            Diagnostic::error(Code::UnknownKey, "a service has no key `prot`")
                .at(prot, "not a key of a service")
                .help("did you mean `port`?"),
            Diagnostic::error(Code::EmptyFile, "empty").in_file("b.yaml"),
        ];
        insta::assert_snapshot!(json(&sources, &found), @r#"
        [
          {
            "code": "unknown-key",
            "severity": "error",
            "message": "a service has no key `prot`",
            "path": "blueprints/shop.yaml",
            "line": 2,
            "column": 3,
            "end_line": 2,
            "end_column": 7,
            "labels": [
              {
                "path": "blueprints/shop.yaml",
                "line": 2,
                "column": 3,
                "end_line": 2,
                "end_column": 7,
                "text": "not a key of a service"
              }
            ],
            "help": [
              "did you mean `port`?"
            ]
          },
          {
            "code": "empty-file",
            "severity": "error",
            "message": "empty",
            "path": "b.yaml",
            "line": null,
            "column": null,
            "end_line": null,
            "end_column": null,
            "labels": [],
            "help": []
          }
        ]
        "#);
        assert_eq!(json(&sources, &[]), "[]\n");
    }
}
