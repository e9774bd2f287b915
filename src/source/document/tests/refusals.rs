//! What is refused, where and with which words.

use std::fmt::Write;
use std::time::{Duration, Instant};

use super::*;

pub(super) fn refuse(text: &str) -> (Sources, Vec<Diagnostic>) {
    let mut sources = Sources::default();
    let id = sources.add(Source::new("a.yaml", text));
    let start = Instant::now();
    let found = parse(&sources, id).unwrap_err().sorted(&sources);
    // A second in a release build; unoptimised, on a busy machine, it takes longer.
    let limit = Duration::from_secs(if cfg!(debug_assertions) { 20 } else { 1 });
    assert!(start.elapsed() < limit, "took {:?}", start.elapsed());
    (sources, found)
}

/// Code, line, column, marked text and message of the first fault.
pub(super) fn first(text: &str) -> String {
    let (sources, found) = refuse(text);
    let mut said = format!("{}: {}", found[0].code, found[0].message);
    for label in &found[0].labels {
        let place = sources.position(label.span);
        let marked = sources.slice(label.span);
        let _ = write!(said, "\n{}:{} `{marked}` {}", place.line, place.column, label.text);
    }
    for help in &found[0].help {
        let _ = write!(said, "\nhelp: {help}");
    }
    said.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

pub(super) fn code(text: &str) -> Code {
    refuse(text).1[0].code
}

#[test]
fn nothing_is_empty() {
    for text in ["", "\n", "# only a comment\n", "---\n", "~\n", "...\n", "\u{feff}"] {
        assert_eq!(code(text), Code::EmptyFile, "{text:?}");
    }
}

#[test]
fn the_root_is_a_mapping() {
    insta::assert_snapshot!(first("- a\n- b\n"), @"
    wrong-type: the file holds a list, not a mapping
    1:1 `- a
    - b` expected `key: value`
    ");
    insta::assert_snapshot!(first("just text\n"), @"
    wrong-type: the file holds text, not a mapping
    1:1 `just text` expected `key: value`
    ");
}

#[test]
fn nul_characters() {
    insta::assert_snapshot!(first(r#"a: "x\0y""#), @r#"
    unsupported-yaml: a text holds a NUL character
    1:4 `"x\0y"` no program takes it
    help: leave `\0` out
    "#);
    for text in [r#""a\x00": 1"#, r#"a: ["\u0000"]"#] {
        assert_eq!(code(text), Code::UnsupportedYaml, "{text}");
    }
}

#[test]
fn tabs() {
    insta::assert_snapshot!(first("a:\n\tb: 1\n"), @"
    syntax-error: a tab is used for indentation
    2:1 `	`
    help: indent with spaces: YAML allows no tabs there
    ");
    insta::assert_snapshot!(first("a:\n  b: 1\n\tc: 2\n"), @"
    syntax-error: a tab is used for indentation
    3:1 `	`
    help: indent with spaces: YAML allows no tabs there
    ");
}

#[test]
fn references_in_flow_collections() {
    insta::assert_snapshot!(first("u: { a: ${x.y} }\n"), @r#"
    syntax-error: a reference within `{ }` or `[ ]` must stand in quotes
    1:9 `${x.y}`
    help: write `"${x.y}"`
    "#);
    insta::assert_snapshot!(first("u: [http://${env.domain}/x/${b}, c]\n"), @r#"
    syntax-error: a reference within `{ }` or `[ ]` must stand in quotes
    1:5 `http://${env.domain}/x/${b}`
    help: write `"http://${env.domain}/x/${b}"`
    "#);
}

#[test]
fn open_brackets_and_quotes() {
    insta::assert_snapshot!(first("a: {b: 1\n"), @"
    syntax-error: the bracket `{` is not closed
    1:4 `{`
    help: close it with `}`
    ");
    insta::assert_snapshot!(first("a: [1, 2\nb: 3\n"), @"
    syntax-error: expected `,` or `]`
    2:2 `:`
    1:4 `[` this bracket is still open
    help: separate entries with `,` and close the bracket with `]`
    ");
    insta::assert_snapshot!(first("a: { b: 1\n  c: 2 }\n"), @"
    syntax-error: expected `,` or `}`
    2:4 `:`
    1:4 `{` this bracket is still open
    help: separate entries with `,` and close the bracket with `}`
    ");
    insta::assert_snapshot!(first("a: [1 2] 3\n"), @"
    syntax-error: the indentation fits nothing above
    1:10 `3`
    help: keys that belong together start in the same column
    ");
    insta::assert_snapshot!(first("a: \"foo\nb: 2\n"), @r#"
    syntax-error: a quote is not closed
    1:4 `"` opened here
    help: close the text with `"`
    "#);
    insta::assert_snapshot!(first("a: 1 # it's\nb: 'foo\n"), @"
    syntax-error: a quote is not closed
    2:4 `'` opened here
    help: close the text with `'`
    ");
    insta::assert_snapshot!(first("a: 'it's'\n"), @"
    syntax-error: text follows the closing quote
    1:8 `s`
    help: within single quotes a single quote is written twice: `'it''s'`
    ");
    insta::assert_snapshot!(first("a: \"\\d+\"\n"), @r#"
    syntax-error: a backslash starts an escape that YAML does not know
    1:4 `"` within these quotes
    help: use single quotes, where a backslash is itself, or write `\\`
    "#);
    insta::assert_snapshot!(first("a: ]\n"), @"
    syntax-error: a closing bracket without an opening one
    1:4 `]`
    help: if it is text, put it in quotes
    ");
}

#[test]
fn characters_that_mean_something() {
    insta::assert_snapshot!(first("a: @daily\n"), @r#"
    syntax-error: a value cannot start with `@`
    1:4 `@`
    help: if it is text, put it in quotes: `"@daily"`
    "#);
    insta::assert_snapshot!(first("a: * * * * *\n"), @"
    syntax-error: a value cannot start with `*` or `&`
    1:4 `*`
    help: if it is text, such as a cron schedule, put it in quotes
    ");
    insta::assert_snapshot!(first("a: *.example.com\n"), @r#"
    syntax-error: the alias `*.example.com` has no anchor before it
    1:4 `*.example.com`
    help: if it is text, put it in quotes: `"*.example.com"`
    "#);
    insta::assert_snapshot!(first("a: x\u{1}\n"), @"
    syntax-error: the text holds the control character U+0001
    1:5 ``
    help: remove it, or write it as an escape in double quotes
    ");
}

#[test]
fn layout() {
    insta::assert_snapshot!(first("a: b: c\n"), @"
    syntax-error: a `:` is not expected here
    1:5 `:`
    help: if it belongs to a text, quote the text; if it ends a key, start the key on a new line, in the column of the keys beside it
    ");
    insta::assert_snapshot!(first("a: 1\n b: 2\n"), @"
    syntax-error: a `:` is not expected here
    2:3 `:`
    help: if it belongs to a text, quote the text; if it ends a key, start the key on a new line, in the column of the keys beside it
    ");
    insta::assert_snapshot!(first("a:\n    b: 1\n  c: 2\n"), @"
    syntax-error: the indentation fits nothing above
    3:3 `c`
    help: keys that belong together start in the same column
    ");
    insta::assert_snapshot!(first("a: - b\n"), @"
    syntax-error: a list item cannot start here
    1:4 `-`
    help: start it on a line of its own
    ");
    insta::assert_snapshot!(first("a: 1\nb\nc: 2\n"), @"
    syntax-error: a key without its `:`
    2:1 `b`
    help: write `key: value`, with a space after the colon
    ");
    insta::assert_snapshot!(first("a: 1\n---\nb: 2\n"), @"
    syntax-error: the file holds more than one document
    2:1 `---` a second one starts here
    help: keep each in a file of its own
    ");
}

#[test]
fn what_is_yaml_but_not_supported() {
    insta::assert_snapshot!(first("? [a, b]\n: 1\n"), @"
    unsupported-yaml: a list cannot be a key
    1:3 `[a, b]`
    ");
    insta::assert_snapshot!(first("a: !secret x\n"), @"
    unsupported-yaml: the tag `!secret` has no meaning here
    1:4 `!secret`
    help: remove the tag
    ");
    insta::assert_snapshot!(first("a: !!int x\n"), @"
    wrong-type: the value is not what its tag `!!int` says
    1:10 `x`
    ");
    insta::assert_snapshot!(first("a: &x [*x]\n"), @"
    unsupported-yaml: an alias stands within the node that its anchor names
    1:8 `*x`
    ");
    insta::assert_snapshot!(first("<<: 1\n"), @"
    wrong-type: `<<` merges mappings, not a number
    1:5 `1`
    help: give it an alias of a mapping, or a list of them: `<<: [*one, *other]`
    ");
}

#[test]
fn duplicate_keys_are_all_found() {
    let (sources, found) = refuse("a: 1\nb: { c: 1, d: 2, 'c': 3 }\na: 2\na: 3\n");
    let places = found.iter().map(|found| {
        let line = |index: usize| sources.position(found.labels[index].span);
        (found.message.as_str(), line(0).line, line(0).column, line(1).line, line(1).column)
    });
    assert_eq!(
        places.collect::<Vec<_>>(),
        [
            ("the key `c` is written twice", 2, 18, 2, 6),
            ("the key `a` is written twice", 3, 1, 1, 1),
            ("the key `a` is written twice", 4, 1, 3, 1),
        ]
    );
}

proptest::proptest! {
    /// Whatever the text, there is an answer, and every place that it names can be cut out.
    #[test]
    fn any_text_gets_an_answer(text in "[ \t\n:,&*!|>'\"%@#?~<${}\\[\\]\\-.0-9a-cé\u{85}\u{1f600}\r]{0,60}") {
        let mut sources = Sources::default();
        let id = sources.add(Source::new("a.yaml", &text));
        let whole = sources.get(id).text.clone();
        let cut = |span: Span| whole.get(span.start as usize..span.end as usize).is_some();
        match parse(&sources, id) {
            Ok(node) => assert!(every(&node, &cut)),
            Err(found) => {
                let mut labels = found.into_iter().flat_map(|found| found.labels);
                assert!(labels.all(|label| cut(label.span)));
            }
        }
    }
}

fn every(node: &Node, holds: &impl Fn(Span) -> bool) -> bool {
    let inner = match &node.kind {
        Kind::Sequence(items) => items.iter().all(|item| every(item, holds)),
        _ => node.entries().iter().all(|(key, value)| holds(key.span) && every(value, holds)),
    };
    holds(node.span) && inner
}
