//! How much a document may hold.

use std::fmt::Write;

use super::refusals::{code, first, refuse};
use super::*;

#[test]
fn many_duplicates_are_refused_quickly() {
    assert_eq!(refuse(&"a: 1\n".repeat(100_000)).1.len(), 100);
}

#[test]
fn nesting_is_bounded() {
    assert_eq!(code(&"[".repeat(10_000)), Code::TooLarge);
    assert_eq!(code(&format!("a: {}{}", "[".repeat(10_000), "]".repeat(10_000))), Code::TooLarge);
    assert_eq!(code(&"{a: ".repeat(10_000)), Code::TooLarge);
    assert_eq!(code(&"- ".repeat(10_000)), Code::TooLarge);
    assert_eq!(code(&"? ".repeat(10_000)), Code::TooLarge);
    let block = |levels: usize| {
        (0..levels).fold(String::new(), |text, level| text + &" ".repeat(level) + "a:\n")
    };
    assert_eq!(code(&block(2_000)), Code::TooLarge);
    read(&block(64));
    insta::assert_snapshot!(first(&block(65)), @"
    too-large: the document nests deeper than 64 levels
    65:65 `` the limit is here
    ");
    insta::assert_snapshot!(first(&format!("a: {}", "[".repeat(70))), @"
    too-large: the document nests deeper than 64 levels
    1:69 `[` the limit is here
    ");
}

#[test]
fn aliases_cannot_nest_deeper_than_what_is_written() {
    let mut text = "a0: &a0 [x]\n".to_owned();
    for level in 1..100 {
        let _ = writeln!(text, "a{level}: &a{level} [*a{}]", level - 1);
    }
    insta::assert_snapshot!(first(&text), @"
    too-large: the document nests deeper than 64 levels
    64:12 `*a62` the limit is here
    ");
}

#[test]
fn an_alias_bomb_is_refused() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..10 {
        let items = vec![format!("*a{}", level - 1); 9].join(", ");
        let _ = writeln!(bomb, "a{level}: &a{level} [{items}]");
    }
    insta::assert_snapshot!(first(&bomb), @"
    too-large: the document has more than 500000 keys and values
    6:35 `*a4` the limit is here
    ");
    let text = format!("a: &a {}\nb: [{}]\n", "x".repeat(1 << 20), "*a, ".repeat(1000));
    insta::assert_snapshot!(first(&text).replace(&"x".repeat(1 << 20), "..."), @"
    too-large: the document expands to more than 16 MiB of text
    2:57 `*a` the limit is here
    ");
}

#[test]
fn many_nodes_are_refused() {
    assert_eq!(code(&format!("a: [{}]", "1,".repeat(MAX_NODES + 1))), Code::TooLarge);
}
