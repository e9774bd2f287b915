//! Shows the layout of the emitted text by examples.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::json;

use super::{Comments, serialized, to_string};

fn comments<const N: usize>(entries: [(&str, &str); N]) -> Comments {
    entries.map(|(pointer, text)| (pointer.to_owned(), text.to_owned())).into()
}

#[test]
fn nests_by_two_and_starts_items_beside_their_dash() {
    let value = json!({
        "services": { "db": { "image": "postgres:17.6", "ports": ["5432:5432"], "empty": {} } },
        "list": [{ "name": "x", "image": "nginx", "args": ["a", ["b", "c"], {}, []] }, "z"],
        "scalars": [1, 1.5, 1e20, true, null, "yes", "a: b"],
    });
    let text = "\
services:
  db:
    image: postgres:17.6
    ports:
      - \"5432:5432\"
    empty: {}
list:
  - name: x
    image: nginx
    args:
      - a
      - - b
        - c
      - {}
      - []
  - z
scalars:
  - 1
  - 1.5
  - 1.0e+20
  - true
  - null
  - \"yes\"
  - \"a: b\"
";
    assert_eq!(to_string(&value, &Comments::new()), text);
}

#[test]
fn writes_lines_as_a_literal_block_unless_it_would_end_the_file_in_blank_lines() {
    let value = json!({ "clip": "a\n  b\n", "list": ["a\n\nb"], "keep": "a\n\n", "last": "a\n\n" });
    let text = "\
clip: |
  a
    b
list:
  - |-
    a

    b
keep: |+
  a

last: \"a\\n\\n\"
";
    assert_eq!(to_string(&value, &Comments::new()), text);
}

#[test]
fn puts_comments_above_their_nodes() {
    let value = json!({ "a": { "b/c": 1 }, "list": [{ "name": "x", "image": "nginx" }, "z"] });
    let comments = comments([
        ("", "Compiled from a blueprint.\n\nDo not edit."),
        ("/a", "above a\n"),
        ("/a/b~1c", "above b"),
        ("/list/0", "above the item"),
        ("/list/0/name", "above\nits name"),
        ("/list/1", "above z"),
    ]);
    let text = "\
# Compiled from a blueprint.
#
# Do not edit.

# above a
a:
  # above b
  b/c: 1
list:
  # above the item
  - # above
    # its name
    name: x
    image: nginx
  # above z
  - z
";
    assert_eq!(to_string(&value, &comments), text);
}

#[test]
fn puts_comments_beside_scalars() {
    let value = json!({ "steps": [{ "uses": "a@b", "with": { "x": 1 } }], "uses": "c" });
    let comments =
        comments([("/steps/0/uses~#", "v1.2.3"), ("/uses", "above"), ("/uses~#", "a\nb")]);
    let text = "\
steps:
  - uses: a@b # v1.2.3
    with:
      x: 1
# above
uses: c # a
";
    assert_eq!(to_string(&value, &comments), text);
}

#[test]
fn tells_nodes_apart_whose_names_begin_alike() {
    let value = json!({ "a": { "x": 1 }, "a-b": 2, "a/b": 3, "aé": { "": 4 }, "~": 5, "b": 6 });
    let comments = comments([
        ("/a", "1"),
        ("/a/x", "2"),
        ("/a/y", "of nothing"),
        ("/a-b", "3"),
        ("/a~1b", "4"),
        ("/aé", "5"),
        ("/aé/", "6"),
        ("/~0", "7"),
    ]);
    let text = "\
# 1
a:
  # 2
  x: 1
# 3
a-b: 2
# 4
a/b: 3
# 5
aé:
  # 6
  \"\": 4
# 7
\"~\": 5
b: 6
";
    assert_eq!(to_string(&value, &comments), text);
}

#[test]
fn no_comment_can_break_out_of_its_line() {
    let comments = comments([("", "a\r\nb\u{85}c\u{2028}d: 1\u{7}")]);
    let text = "# a\n#\n# b\n# c\n# d: 1\u{fffd}\n\n{}\n";
    assert_eq!(to_string(&json!({}), &comments), text);
}

#[test]
fn moves_a_key_that_is_too_long_to_a_line_of_its_own() {
    let key = "k".repeat(1025);
    let value = json!({ "a": { key.as_str(): ["v"] } });
    let text = format!("a:\n  ? {key}\n  :\n    - v\n");
    assert_eq!(to_string(&value, &Comments::new()), text);
}

#[test]
fn leaves_bare_what_is_a_string_to_everyone() {
    for string in [
        "api",
        "ghcr.io/example/api:1.4.2",
        "https://example.com/a?b=c#d",
        "sum(rate(http_requests_total{job=\"api\"}[5m])) by (le) > 0",
        "${db.url:?set it}",
        "/var/lib/data:/data:ro",
        "../context",
        "Größe",
        "it's, [well], {known}",
    ] {
        assert_eq!(to_string(&json!(string), &Comments::new()), format!("{string}\n"));
    }
}

#[test]
fn quotes_what_is_something_else_to_someone() {
    for string in ["", "~", "n", "Off", "22:22", "8080", "1.20", "30s", "a: b", "a #b", "*", "- a"]
    {
        assert_eq!(to_string(&json!(string), &Comments::new()), format!("\"{string}\"\n"));
    }
    let unseen = "\u{0}\u{85}\u{2028}\u{202e}\u{feff}\u{1fffe}\t\\";
    let escaped = "\"\\x00\\x85\\u2028\\u202e\\ufeff\\U0001fffe\\t\\\\\"\n";
    assert_eq!(to_string(&json!(unseen), &Comments::new()), escaped);
}

/// What serde can say of a type.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum Said {
    Unit,
    Newtype(u8),
    Tuple(i64, f32, char),
    Struct { some: Option<bool>, none: Option<bool>, unit: () },
    Maps(BTreeMap<u16, Said>, BTreeMap<char, Vec<u8>>, BTreeMap<bool, String>),
}

#[test]
fn a_type_is_written_as_its_tree_is() {
    let inner = BTreeMap::from([(8080, Said::Newtype(1)), (443, Said::Unit)]);
    let said = [
        Said::Unit,
        Said::Newtype(u8::MAX),
        Said::Tuple(-1, 0.5, ':'),
        Said::Struct { some: Some(true), none: None, unit: () },
        Said::Maps(inner, BTreeMap::from([('a', Vec::new())]), BTreeMap::new()),
        Said::Maps(BTreeMap::new(), BTreeMap::new(), BTreeMap::from([(true, "a\n\n".to_owned())])),
    ];
    let comments =
        comments([("/1/newtype", "a"), ("/3/struct/none", "b"), ("/4/maps/0/8080", "c")]);
    let tree = serde_json::to_value(&said).unwrap();
    assert_eq!(
        serialized(&said, "", &comments, String::new()).unwrap(),
        to_string(&tree, &comments)
    );
    assert!(serialized(&BTreeMap::from([((), 1)]), "", &comments, String::new()).is_err());
}
