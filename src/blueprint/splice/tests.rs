//! Splices into texts of every layout, and reads them back.

use serde_json::{Value, json};

use super::{Addition, Insertion, insert};
use crate::source::document::{self, Node};
use crate::source::{Source, Sources};

fn parsed(raw: &str) -> (Source, Node) {
    let mut sources = Sources::default();
    let id = sources.add(Source::new("a.yaml", raw));
    let root = document::parse(&sources, id).unwrap_or_else(|found| panic!("{found:?}\n{raw}"));
    (sources.get(id).clone(), root)
}

/// The text with the addition, which is read as the old one with it.
fn added(raw: &str, addition: &Addition) -> String {
    let (source, root) = parsed(raw);
    let text = insert(raw, &addition.place(&source, &root).unwrap());
    let mut expected = root.to_value();
    addition.apply(&mut expected);
    assert_eq!(parsed(&text).1.to_value(), expected, "{text}");
    text
}

fn service(raw: &str) -> String {
    added(raw, &Addition::entry("/services", "db", json!({ "uses": "postgres@17" })))
}

#[test]
fn entries_are_written_as_their_neighbours_are() {
    for (before, after) in [
        (
            "services:\n  api: { port: 1 } # why\n  # of api\n\n# next\nroutes: {}\n",
            "services:\n  api: { port: 1 } # why\n  # of api\n  db: { uses: postgres@17 }\n\n# next\nroutes: {}\n",
        ),
        (
            "services:\n    api:\n        port: 1\n\n    web:\n        port: 2",
            "services:\n    api:\n        port: 1\n\n    web:\n        port: 2\n\n    db:\n        uses: postgres@17",
        ),
        (
            "services: { api: { port: 1 } }\n",
            "services: { api: { port: 1 }, db: { uses: postgres@17 } }\n",
        ),
        ("services: {}\nx: 1\n", "services: { db: { uses: postgres@17 } }\nx: 1\n"),
        (
            "services:   # none yet\nx: 1\n",
            "services:   # none yet\n  db:\n    uses: postgres@17\nx: 1\n",
        ),
        (
            "services: {\n  api: { port: 1 },\n}\n",
            "services: {\n  api: { port: 1 },\n  db: { uses: postgres@17 }\n}\n",
        ),
        ("services: { }\n", "services: { db: { uses: postgres@17 } }\n"),
        ("services: {\n}\n", "services: {\n  db: { uses: postgres@17 }\n}\n"),
        (
            "services: { api: { port: 1 },\n            web: { port: 2 } }\n",
            "services: { api: { port: 1 },\n            web: { port: 2 },\n            db: { uses: postgres@17 } }\n",
        ),
        (
            "name: a\r\nservices:\r\n  api: {}\r\n",
            "name: a\r\nservices:\r\n  api: {}\r\n  db:\r\n    uses: postgres@17\r\n",
        ),
        (
            "\u{feff}services:\n  \"é\": {}\n",
            "\u{feff}services:\n  \"é\": {}\n  db:\n    uses: postgres@17\n",
        ),
    ] {
        assert_eq!(service(before), after);
    }
}

#[test]
fn sections_that_are_missing_come_where_they_are_looked_for() {
    let before = "blueprint: v1\nname: a\n\n# runs\nservices:\n  api: { port: 1 }\n\nroutes: {}\n";
    let pinned = added(before, &Addition::entry("/images", "db", json!("postgres:17.6")));
    let after = "blueprint: v1\nname: a\n\nimages:\n  db: postgres:17.6\n\n# runs\nservices:";
    assert!(pinned.starts_with(after), "{pinned}");
    let deep = added(before, &Addition::entry("/variables/app", "A", json!(1)));
    assert!(deep.ends_with("routes: {}\n\nvariables:\n  app:\n    A: 1\n"), "{deep}");
    let host = added(before, &Addition::entry("/routes/a.${env.domain}", "/", json!("api")));
    assert!(host.contains("routes: { \"a.${env.domain}\": { /: api } }"), "{host}");
}

#[test]
fn items_join_lists_of_either_style() {
    let item = |raw| added(raw, &Addition::Item { at: "/needs".to_owned(), value: json!("db") });
    assert_eq!(item("needs: [a, \"b?\"] # why\n"), "needs: [a, \"b?\", db] # why\n");
    assert_eq!(item("needs: []\n"), "needs: [db]\n");
    assert_eq!(item("needs:\n  - a # why\nx: 1\n"), "needs:\n  - a # why\n  - db\nx: 1\n");
    assert_eq!(item("needs:\n- a\nx: 1\n"), "needs:\n- a\n- db\nx: 1\n");
}

#[test]
fn what_has_no_place_is_refused() {
    let refused = |raw: &str, addition: &Addition| {
        let (source, root) = parsed(raw);
        addition.place(&source, &root).unwrap_err().why
    };
    let entry = Addition::entry("/services", "db", Value::Null);
    assert_eq!(refused("services: 1\n", &entry), "is no mapping");
    assert_eq!(refused("services: ~\n", &entry), "is no mapping");
    assert!(refused("x: &a { b: 1 }\nservices: *a\n", &entry).contains("alias"));
    assert_eq!(refused("services: {\n  a: 1 # why\n}\n", &entry), "ends in a comment");
}

#[test]
fn places_are_counted_without_carriage_returns() {
    let put = |raw, at| insert(raw, &Insertion { at, text: "\nx".to_owned() });
    assert_eq!(put("a\r\nb\r\n", 1), "a\r\nx\r\nb\r\n");
    assert_eq!(put("a\r\nb\r\n", 3), "a\r\nb\r\nx\r\n");
    assert_eq!(put("a\nb\n", 3), "a\nb\nx\n");
    assert_eq!(put("a", 1), "a\nx");
}
