//! Trees and their spans; what is refused is in the modules below.

mod limits;
mod refusals;

use serde_json::json;

use super::*;
use crate::source::Source;

fn read(text: &str) -> (Sources, Node) {
    let mut sources = Sources::default();
    let id = sources.add(Source::new("a.yaml", text));
    let node = parse(&sources, id).unwrap_or_else(|found| panic!("{text}: {found:?}"));
    (sources, node)
}

/// Every pointer in a tree with the text that its span covers, and the key's after `@`.
fn spans(sources: &Sources, node: &Node, pointer: &str, all: &mut Vec<(String, String)>) {
    all.push((pointer.to_owned(), sources.slice(node.span).to_owned()));
    if let Kind::Sequence(items) = &node.kind {
        for (index, item) in items.iter().enumerate() {
            spans(sources, item, &pointer::push(pointer, &index.to_string()), all);
        }
    }
    for (key, value) in node.entries() {
        let pointer = pointer::push(pointer, &key.name);
        all.push((format!("@{pointer}"), sources.slice(key.span).to_owned()));
        spans(sources, value, &pointer, all);
    }
}

fn check(text: &str, expected: &[(&str, &str)]) {
    let (sources, node) = read(text);
    let mut all = Vec::new();
    spans(&sources, &node, "", &mut all);
    let all: Vec<_> = all.iter().map(|(one, other)| (one.as_str(), other.as_str())).collect();
    assert_eq!(all, expected, "{text}");
}

#[test]
fn spans_of_block_collections() {
    check(
        "a: 1\nb:\n  - p\n  - q: r\n    s: ~\n\n# end\nc:\nd: x y # no\n",
        &[
            ("", "a: 1\nb:\n  - p\n  - q: r\n    s: ~\n\n# end\nc:\nd: x y"),
            ("@/a", "a"),
            ("/a", "1"),
            ("@/b", "b"),
            ("/b", "- p\n  - q: r\n    s: ~"),
            ("/b/0", "p"),
            ("/b/1", "q: r\n    s: ~"),
            ("@/b/1/q", "q"),
            ("/b/1/q", "r"),
            ("@/b/1/s", "s"),
            ("/b/1/s", "~"),
            ("@/c", "c"),
            ("/c", ""),
            ("@/d", "d"),
            ("/d", "x y"),
        ],
    );
    check(
        "a:\n- b\nc: 1\n",
        &[
            ("", "a:\n- b\nc: 1"),
            ("@/a", "a"),
            ("/a", "- b"),
            ("/a/0", "b"),
            ("@/c", "c"),
            ("/c", "1"),
        ],
    );
}

#[test]
fn spans_of_flow_collections() {
    check(
        "a: { b: [1, 'x'],\n  c }\n",
        &[
            ("", "a: { b: [1, 'x'],\n  c }"),
            ("@/a", "a"),
            ("/a", "{ b: [1, 'x'],\n  c }"),
            ("@/a/b", "b"),
            ("/a/b", "[1, 'x']"),
            ("/a/b/0", "1"),
            ("/a/b/1", "'x'"),
            ("@/a/c", "c"),
            ("/a/c", ""),
        ],
    );
}

#[test]
fn spans_of_quoted_and_multi_line_scalars() {
    check(
        "\"k\": \"x\\\n  y\"\nl: | # note > x\n\n  one\n  two\n\nm: &a|b !!str >-\n    é\n    ü\np: q\n  r\n",
        &[
            (
                "",
                "\"k\": \"x\\\n  y\"\nl: | # note > x\n\n  one\n  two\n\nm: &a|b !!str >-\n    é\n    ü\np: q\n  r",
            ),
            ("@/k", "\"k\""),
            ("/k", "\"x\\\n  y\""),
            ("@/l", "l"),
            ("/l", "| # note > x\n\n  one\n  two"),
            ("@/m", "m"),
            ("/m", ">-\n    é\n    ü"),
            ("@/p", "p"),
            ("/p", "q\n  r"),
        ],
    );
}

#[test]
fn spans_of_aliases_and_merges() {
    check(
        "base: &b { x: 1, y: 2 }\none: *b\ntwo: { <<: *b, y: 3 }\n",
        &[
            ("", "base: &b { x: 1, y: 2 }\none: *b\ntwo: { <<: *b, y: 3 }"),
            ("@/base", "base"),
            ("/base", "{ x: 1, y: 2 }"),
            ("@/base/x", "x"),
            ("/base/x", "1"),
            ("@/base/y", "y"),
            ("/base/y", "2"),
            ("@/one", "one"),
            ("/one", "*b"),
            ("@/one/x", "x"),
            ("/one/x", "1"),
            ("@/one/y", "y"),
            ("/one/y", "2"),
            ("@/two", "two"),
            ("/two", "{ <<: *b, y: 3 }"),
            ("@/two/x", "x"),
            ("/two/x", "1"),
            ("@/two/y", "y"),
            ("/two/y", "3"),
        ],
    );
}

#[test]
fn a_byte_order_mark_and_crlf_shift_nothing() {
    let (sources, node) = read("\u{feff}a: é\r\nb: |\r\n  x\r\n  y\r\n");
    assert_eq!(node.to_value(), json!({ "a": "é", "b": "x\ny\n" }));
    assert_eq!(sources.slice(node.span("/a")), "é");
    assert_eq!(sources.slice(node.span("/b")), "|\n  x\n  y");
    assert_eq!(sources.position(node.span("/b")).line, 2);
}

#[test]
fn keys_are_taken_as_written() {
    let (_, node) = read("1.20: a\n~: b\ntrue: c\n\"x\": d\n0644: e\n? f\n: g\n'<<': h\n");
    let names: Vec<_> = node.entries().iter().map(|(key, _)| key.name.as_str()).collect();
    assert_eq!(names, ["1.20", "~", "true", "x", "0644", "f", "<<"]);
}

#[test]
fn numbers_keep_their_text_within_reach() {
    let (sources, node) = read("a: 1.20\nb: 99999999999999999999\nc: 8080\n");
    assert_eq!(node.to_value(), json!({ "a": 1.2, "b": 1e20, "c": 8080 }));
    assert_eq!(sources.slice(node.span("/a")), "1.20");
}

#[test]
fn merges_keep_the_order_and_yield_to_what_is_written() {
    let (_, node) =
        read("a: &a { p: 1, q: 1 }\nb: &b { q: 2, r: 2 }\nc:\n  z: 0\n  <<: [*a, *b]\n  p: 3\n");
    let merged = node.get("c").unwrap().to_value();
    assert_eq!(merged.to_string(), r#"{"z":0,"q":1,"r":2,"p":3}"#);
}

#[test]
fn aliases_may_be_keys_and_anchors_may_stand_on_keys() {
    let (_, node) = read("&a name: 1\nb: *a\nc: &d 5\n*d : 6\n");
    assert_eq!(node.to_value(), json!({ "name": 1, "b": "name", "c": 5, "5": 6 }));
}

#[test]
fn pointers_find_nodes_and_their_nearest_ancestors() {
    let (sources, node) = read("routes:\n  api/v1: [x, { y: 2 }]\nm~n: 1\n");
    assert_eq!(node.at("/routes/api~1v1/1/y").map(Node::to_value), Some(json!(2)));
    assert_eq!(node.at("/m~0n").map(Node::to_value), Some(json!(1)));
    assert_eq!(node.at("").map(|node| node.span), Some(node.span));
    assert_eq!(node.at("/routes/none"), None);
    assert_eq!(node.at("/routes/api~1v1/7"), None);
    assert_eq!(sources.slice(node.span("/routes/api~1v1/1/none/deeper")), "{ y: 2 }");
    assert_eq!(sources.slice(node.key_span("/routes/api~1v1").unwrap()), "api/v1");
    assert_eq!(sources.slice(node.key_span("/m~0n").unwrap()), "m~n");
    assert_eq!(node.key_span("/routes/api~1v1/0"), None);
    assert_eq!(node.key_span(""), None);
}

#[test]
fn extensions_can_be_left_out_at_every_level() {
    let (_, node) = read("x-a: 1\nb:\n  - { x-c: 2, d: 3 }\nx: 4\n");
    assert_eq!(node.without_extensions(), json!({ "b": [{ "d": 3 }], "x": 4 }));
    assert_eq!(node.get("x-a").map(Node::to_value), Some(json!(1)));
}

#[test]
fn a_directive_and_document_marks_are_accepted() {
    let (_, node) = read("%YAML 1.2\n---\na: 1\n...\n");
    assert_eq!(node.to_value(), json!({ "a": 1 }));
}
