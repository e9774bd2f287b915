//! Reads what the emitter wrote back with two independent readers, one of YAML 1.1 and one of YAML
//! 1.2.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde_json::{Map, Value, json};

use super::{Comments, to_string};

/// Strings that some reader takes for something else, or that break a layout.
fn nasty_strings() -> Vec<String> {
    let text = include_str!("../../../tests/suite/nasty_strings.json");
    serde_json::from_str(text).expect("a list of strings")
}

/// The string at every place where a string can stand, with comments above some of them.
fn everywhere(string: &str) -> (Value, Comments) {
    let mut key = Map::new();
    key.insert(string.to_owned(), json!(string));
    key.insert("after".to_owned(), json!({ "deep": [string, [string, "after"], {}] }));
    let value = json!({ "value": string, "list": [string, key], "key": key, "last": string });
    let comments = [("", string), ("/list/0", string), ("/list/1/after", "a"), ("/last", "b")];
    (value, comments.map(|(pointer, text)| (pointer.to_owned(), text.to_owned())).into())
}

fn assert_round_trip(value: &Value, comments: &Comments) {
    let text = to_string(value, comments);
    assert!(text.ends_with('\n') && !text.ends_with("\n\n"), "end of:\n{text}");
    assert_eq!(&serde_yaml::from_str::<Value>(&text).expect(&text), value, "libyaml:\n{text}");
    assert_eq!(&serde_saphyr::from_str::<Value>(&text).expect(&text), value, "saphyr:\n{text}");
}

#[test]
fn nasty_strings_come_back_as_they_were() {
    for string in nasty_strings() {
        let (value, comments) = everywhere(&string);
        assert_round_trip(&value, &comments);
        assert_round_trip(&json!(string), &Comments::new());
        assert_round_trip(&json!([[string], { string.as_str(): string }]), &Comments::new());
    }
}

#[test]
fn keys_of_any_length_come_back_as_they_were() {
    for length in [990, 1000, 1024, 1025, 5000] {
        for filling in ["a", "é", "\n", "\""] {
            let (value, comments) = everywhere(&filling.repeat(length));
            assert_round_trip(&value, &comments);
            let key = filling.repeat(length);
            assert_round_trip(&json!([{ key: { "a": "b" }, "c": [{ "d": [] }] }]), &comments);
        }
    }
}

#[test]
fn numbers_come_back_as_they_were() {
    let floats = [0.0, -0.0, 1.5, 1e20, -1e-7, 1.25e300, 5e-324, f64::MAX, 0.1, 123_456_789.125];
    assert_round_trip(&json!(floats), &Comments::new());
    assert_round_trip(&json!([0, -1, i64::MIN, i64::MAX, u64::MAX]), &Comments::new());
}

#[test]
fn nests_as_deeply_as_json_does() {
    let mut value = json!("leaf");
    for depth in 0..100 {
        value = if depth % 2 == 0 { json!([value]) } else { json!({ "key": value, "after": 1 }) };
    }
    let text = to_string(&value, &Comments::new());
    assert_eq!(serde_yaml::from_str::<Value>(&text).expect(&text), value);
}

fn nasty_string() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[-?:,\\[\\]{}#&*!|>'\"%@`=~<. \\n\\t_$/\\\\+0-9a-z]",
        1 => any::<char>().prop_map(String::from),
        1 => "[\\x00-\\x1f\\x7f-\\xa0\u{2028}\u{2029}\u{feff}\u{fffe}]",
        1 => prop::sample::select(nasty_strings()),
    ];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        6 => nasty_string().prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<u64>().prop_map(Value::from),
        1 => prop::num::f64::NORMAL.prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((nasty_string(), inner), 0..6)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::with_cases(2000) })]

    #[test]
    fn any_value_comes_back_as_it_was(value in any_value(), comment in nasty_string()) {
        let pointers = ["", "/0", "/0/0", "/1", "/a", "/a/0"];
        let comments = pointers.map(|pointer| (pointer.to_owned(), comment.clone())).into();
        assert_round_trip(&value, &comments);
    }
}
