//! What each format makes of the same diagnostics.

use std::time::{Duration, Instant};

use super::*;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{Source, SourceId};

const BLUEPRINT: &str = "\
blueprint: v1
name: shop
services:
  api:
    image: ghcr.io/example/api:1.4.2
    prot: 8000
    needs: [db]
  api:
    image: x
";

fn sources() -> (Sources, SourceId) {
    let mut sources = Sources::default();
    let id = sources.add(Source::new("blueprints/shop.yaml", BLUEPRINT));
    (sources, id)
}

/// The place of the nth occurrence of a text.
fn span(sources: &Sources, source: SourceId, text: &str, nth: usize) -> Span {
    let whole = &sources.get(source).text;
    let start = whole.match_indices(text).nth(nth).unwrap().0;
    let cut = |at: usize| u32::try_from(at).unwrap();
    Span { source, start: cut(start), end: cut(start + text.len()) }
}

fn unknown_key(sources: &Sources, id: SourceId) -> Diagnostic {
    Diagnostic::error(Code::UnknownKey, "a service has no key `prot`")
        .at(span(sources, id, "prot", 0), "not a key of a service")
        .help("did you mean `port`?")
}

#[test]
fn a_typo() {
    let (sources, id) = sources();
    insta::assert_snapshot!(text(&sources, &[unknown_key(&sources, id)], false), @"
    error[unknown-key]: a service has no key `prot`
     --> blueprints/shop.yaml:6:5
      |
    6 |     prot: 8000
      |     ^^^^ not a key of a service
      |
      = help: did you mean `port`?
    ");
}

#[test]
fn two_places_and_two_diagnostics() {
    let (sources, id) = sources();
    let twice = Diagnostic::warning(Code::DuplicateKey, "the key `api` is written twice")
        .at(span(&sources, id, "api:\n", 1), "written again here")
        .at(span(&sources, id, "api", 0), "first written here");
    insta::assert_snapshot!(text(&sources, &[twice, unknown_key(&sources, id)], false), @"
    warning[duplicate-key]: the key `api` is written twice
     --> blueprints/shop.yaml:8:3
      |
    4 |   api:
      |   --- first written here
    ...
    8 |   api:
      |   ^^^^ written again here

    error[unknown-key]: a service has no key `prot`
     --> blueprints/shop.yaml:6:5
      |
    6 |     prot: 8000
      |     ^^^^ not a key of a service
      |
      = help: did you mean `port`?
    ");
}

#[test]
fn places_in_two_files() {
    let (mut sources, id) = sources();
    let other = sources.add(Source::new("blueprints/common.yaml", "\n\nservices: { api: {} }\n"));
    let twice = Diagnostic::error(Code::DuplicateKey, "the service `api` is described twice")
        .at(span(&sources, id, "api", 0), "here")
        .at(span(&sources, other, "api", 0), "and here")
        .help("rename one of them\nor write one of them under `override:`")
        .help("or remove the `include`");
    insta::assert_snapshot!(text(&sources, &[twice], false), @"
    error[duplicate-key]: the service `api` is described twice
     --> blueprints/shop.yaml:4:3
      |
    4 |   api:
      |   ^^^ here
      |
     ::: blueprints/common.yaml:3:13
      |
    3 | services: { api: {} }
      |             --- and here
      |
      = help: rename one of them
              or write one of them under `override:`
      = help: or remove the `include`
    ");
}

#[test]
fn several_lines_are_marked_by_their_first() {
    let (sources, id) = sources();
    let span = Span { end: 1000, ..span(&sources, id, "image", 0) };
    let found = Diagnostic::note(Code::MissingKey, "no port").at(span, "");
    insta::assert_snapshot!(text(&sources, std::slice::from_ref(&found), false), @"
    note[missing-key]: no port
     --> blueprints/shop.yaml:5:5
      |
    5 |     image: ghcr.io/example/api:1.4.2
      |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    ");
    insta::assert_snapshot!(github(&sources, &[found]), @"::notice file=blueprints/shop.yaml,line=5,endLine=10,title=missing-key::no port");
}

#[test]
fn a_missing_value_is_marked_by_its_spot() {
    let mut sources = Sources::default();
    let id = sources.add(Source::new("a.yaml", "a:\nb:"));
    let spot = |at| Span { source: id, start: at, end: at };
    let found = Diagnostic::error(Code::WrongType, "nothing").at(spot(2), "").at(spot(5), "end");
    insta::assert_snapshot!(text(&sources, &[found], false), @"
    error[wrong-type]: nothing
     --> a.yaml:1:3
      |
    1 | a:
      |   ^
    2 | b:
      |   - end
    ");
}

#[test]
fn files_without_a_place() {
    let sources = Sources::default();
    let found = Diagnostic::error(Code::EmptyFile, "`a.yaml` is empty").in_file("a.yaml");
    let found = [found.help("`formwork init` writes one"), Diagnostic::note(Code::TooLarge, "so")];
    insta::assert_snapshot!(text(&sources, &found, false), @"
    error[empty-file]: `a.yaml` is empty
    --> a.yaml
     = help: `formwork init` writes one

    note[too-large]: so
    ");
    insta::assert_snapshot!(github(&sources, &found), @"
    ::error file=a.yaml,title=empty-file::`a.yaml` is empty%0Ahelp: `formwork init` writes one
    ::notice title=too-large::so
    ");
}

#[test]
fn lines_with_secrets_are_never_shown() {
    let (mut sources, id) = sources();
    let mut env = Source::new(".env.production", "A=1\nPASSWORD='hunter2'\nPASSWORD=hunter3\n");
    env.confidential = true;
    let env = sources.add(env);
    let found = Diagnostic::error(Code::DuplicateKey, "`PASSWORD` is set twice")
        .at(span(&sources, env, "PASSWORD", 1), "set again here")
        .at(span(&sources, env, "PASSWORD='hunter2'", 0), "")
        .at(span(&sources, id, "db", 0), "used here");
    let all = [found];
    insta::assert_snapshot!(text(&sources, &all, false), @"
    error[duplicate-key]: `PASSWORD` is set twice
     --> .env.production:3:1
      = note: set again here
     ::: .env.production:2:1
      |
     ::: blueprints/shop.yaml:7:13
      |
    7 |     needs: [db]
      |             -- used here
    ");
    for shown in [text(&sources, &all, true), json(&sources, &all), github(&sources, &all)] {
        assert!(!shown.contains("hunter"), "{shown}");
    }
}

#[test]
fn nothing_in_a_file_steers_the_terminal() {
    let mut sources = Sources::default();
    let evil = "k\u{1b}[31m\u{9b}2J\u{202e}\u{7}: x";
    let id = sources.add(Source::new("a\u{1b}c.yaml", evil));
    let found = Diagnostic::error(Code::UnknownKey, format!("no key `{evil}`"))
        .at(span(&sources, id, "x", 0), evil)
        .help(evil);
    let shown = text(&sources, std::slice::from_ref(&found), false);
    assert!(!shown.contains(steers), "{shown:?}");
    insta::assert_snapshot!(shown, @r"
    error[unknown-key]: no key `k\u{1b}[31m\u{9b}2J\u{202e}\u{7}: x`
     --> a\u{1b}c.yaml:1:14
      |
    1 | k␛[31m·2J�␇: x
      |              ^ k\u{1b}[31m\u{9b}2J\u{202e}\u{7}: x
      |
      = help: k\u{1b}[31m\u{9b}2J\u{202e}\u{7}: x
    ");
    let shown = github(&sources, &[found]);
    assert!(!shown.contains(steers), "{shown:?}");
}

#[test]
fn long_lines_are_cut_around_the_mark() {
    let mut sources = Sources::default();
    let line = format!("a: \"{} needle {}\"\n", "é".repeat(3000), "ü".repeat(3000));
    let id = sources.add(Source::new("a.yaml", &line));
    let found =
        Diagnostic::error(Code::InvalidValue, "no").at(span(&sources, id, "needle", 0), "x");
    insta::assert_snapshot!(text(&sources, &[found], false), @"
    error[invalid-value]: no
     --> a.yaml:1:3006
      |
    1 | ...éééééééééééééééééééééééééééééééééééééééééééééééééé needle üüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüü...
      |                                                       ^^^^^^ x
    ");
}

#[test]
fn places_far_apart_in_a_long_file_are_found_quickly() {
    let mut sources = Sources::default();
    let lines: Vec<_> = (0..50_000).map(|line| format!("key{line}: 1")).collect();
    let id = sources.add(Source::new("a.yaml", &lines.join("\n")));
    let found = Diagnostic::error(Code::DuplicateKey, "twice")
        .at(span(&sources, id, "key49998", 0), "again")
        .at(span(&sources, id, "key7:", 0), "first")
        .at(span(&sources, id, "key49990", 0), "near");
    let start = Instant::now();
    let all = vec![found; 100];
    let shown = text(&sources, &all, false);
    assert!(start.elapsed() < Duration::from_secs(2), "took {:?}", start.elapsed());
    insta::assert_snapshot!(shown.split("\n\n").next().unwrap(), @"
    error[duplicate-key]: twice
         --> a.yaml:49999:1
          |
    49991 | key49990: 1
          | -------- near
    ...
    49999 | key49998: 1
          | ^^^^^^^^ again
          |
         ::: a.yaml:8:1
          |
        8 | key7: 1
          | ----- first
    ");
}

#[test]
fn colour_is_optional() {
    let (sources, id) = sources();
    let found = [unknown_key(&sources, id)];
    assert!(text(&sources, &found, true).contains("\u{1b}[1m"));
    assert!(!text(&sources, &found, false).contains('\u{1b}'));
    assert_eq!(text(&sources, &[], true), "");
}

#[test]
fn of_many_the_first_hundred_are_shown_and_the_rest_is_counted() {
    let (sources, id) = sources();
    let at = |nth: usize| {
        let start = u32::try_from(nth % 100).unwrap();
        Span { source: id, start, end: start + 1 }
    };
    let warning =
        |nth| Diagnostic::warning(Code::ImageLatest, format!("warning {nth}")).at(at(nth), "");
    let mut found: Vec<Diagnostic> = (0..120).map(warning).collect();
    found.push(Diagnostic::error(Code::UnknownKey, "what matters most").at(at(0), ""));
    let shown = text(&sources, &found, false);
    assert_eq!(shown.matches("\nwarning[").count() + 1, 99);
    assert!(shown.contains("error[unknown-key]: what matters most"), "{shown}");
    assert!(shown.ends_with("\nand 21 more; `--format json` tells all\n"), "{shown}");
    assert_eq!(values(&sources, &found).len(), 121);
    assert!(!text(&sources, &found[..100], false).contains(" more;"));
}
