//! Turns diagnostics into a SARIF log, which code hosts show as findings beside the text.
//!
//! The format is "Static Analysis Results Interchange Format (SARIF) Version 2.1.0" (OASIS, docs.oasis-open.org);
//! lines and columns count from 1, and the end of a region is exclusive (sections 3.30.5 to 3.30.8).

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Place, printable};
use crate::diagnostic::{Code, Diagnostic, Label, Severity};
use crate::source::Sources;

/// Where the schema of the format is published.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// A finding that has no place within a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfFile {
    /// Its name.
    pub rule: String,
    /// What it means, as for every finding of that name.
    pub about: String,
    /// The file.
    pub path: String,
    /// What is wrong and what to do.
    pub message: String,
}

/// One log of one run: what was found in texts, then what was found of whole files.
pub fn sarif(found: &[(Sources, Vec<Diagnostic>)], files: &[OfFile]) -> Value {
    let all = found.iter().flat_map(|(sources, found)| found.iter().map(move |one| (sources, one)));
    let mut rules: BTreeMap<&str, &str> =
        all.clone().map(|(_, one)| (one.code.id(), Code::explanation(one.code))).collect();
    rules.extend(files.iter().map(|one| (one.rule.as_str(), one.about.as_str())));
    let described =
        |(id, text): (&&str, &&str)| json!({ "id": id, "fullDescription": { "text": text } });
    let results = all.map(|(sources, one)| result(sources, one)).chain(files.iter().map(of_file));
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "Formwork",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules.iter().map(described).collect::<Vec<_>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "results": results.collect::<Vec<_>>(),
        }],
    })
}

fn result(sources: &Sources, found: &Diagnostic) -> Value {
    let level = match found.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    };
    let mut message = found.message.clone();
    if let Some(label) = found.labels.first().filter(|label| !label.text.is_empty()) {
        message.push_str(&format!(": {}", label.text));
    }
    for help in &found.help {
        message.push_str(&format!("\nhelp: {help}"));
    }
    let mut result = json!({
        "ruleId": found.code.id(),
        "level": level,
        "message": { "text": printable(&message) },
    });
    let mut places = found.labels.iter().map(|label| place(sources, label));
    if let Some(first) = places.next() {
        result["locations"] = json!([first]);
    } else if let Some(path) = &found.path {
        result["locations"] = json!([file(path)]);
    }
    let related: Vec<Value> = places.collect();
    if !related.is_empty() {
        result["relatedLocations"] = json!(related);
    }
    result
}

fn of_file(found: &OfFile) -> Value {
    json!({
        "ruleId": found.rule,
        "level": "error",
        "message": { "text": printable(&found.message) },
        "locations": [file(&found.path)],
    })
}

fn place(sources: &Sources, label: &Label) -> Value {
    let Place { path, start, end } = Place::of(sources, label.span);
    let mut place = file(path);
    place["physicalLocation"]["region"] = json!({
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
    });
    if !label.text.is_empty() {
        place["message"] = json!({ "text": printable(&label.text) });
    }
    place
}

fn file(path: &str) -> Value {
    json!({ "physicalLocation": { "artifactLocation": { "uri": uri(path) } } })
}

/// A path as a relative reference of RFC 3986, or as a `file` URI (RFC 8089) where it is absolute.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    if path.starts_with('/') {
        uri.push_str("file://");
    }
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/!$&'()*+,;=@".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Source, Span};

    #[test]
    fn findings_bear_their_places_as_code_scanning_reads_them() {
        let mut sources = Sources::default();
        let source = sources.add(Source::new("my blueprints/a:b.yaml", "é: 1\nb: 2\n"));
        let span = |start, end| Span { source, start, end };
        let found = vec![
            Diagnostic::warning(Code::InvalidValue, "no")
                .at(span(4, 5), "this")
                .at(span(6, 7), "for this")
                .help("write 2"),
            Diagnostic::error(Code::EmptyFile, "empty").in_file("/x/b.yaml"),
        ];
        let log = sarif(&[(sources, found)], &[]);
        let results = &log["runs"][0]["results"];
        assert_eq!(results[0]["message"]["text"], "no: this\nhelp: write 2");
        assert_eq!(results[0]["level"], "warning");
        let place = &results[0]["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "my%20blueprints/a%3Ab.yaml");
        let region = json!({ "startLine": 1, "startColumn": 4, "endLine": 1, "endColumn": 5 });
        assert_eq!(place["region"], region);
        let related = &results[0]["relatedLocations"][0];
        assert_eq!(related["physicalLocation"]["region"]["startLine"], 2);
        let file = &results[1]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
        assert_eq!(*file, "file:///x/b.yaml");
        let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
        let ids: Vec<_> = rules.iter().map(|rule| rule["id"].as_str().unwrap()).collect();
        assert_eq!(ids, ["empty-file", "invalid-value"]);
    }
}
