//! Turns a text into a string literal of `PromQL`.

use std::fmt::Write;

/// Writes a double-quoted literal.
///
/// It follows the escapes of Go and holds no line end (prometheus, util/strutil/quote.go, `Unquote`).
pub fn string(text: &str) -> String {
    let is_plain = |byte: u8| (b' '..=b'~').contains(&byte) && !matches!(byte, b'"' | b'\\');
    if text.bytes().all(is_plain) {
        return ["\"", text, "\""].concat();
    }
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str(r"\n"),
            '\r' => out.push_str(r"\r"),
            '\t' => out.push_str(r"\t"),
            // `write!` to a string cannot fail.
            c if c.is_control() => drop(write!(out, r"\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use promql_parser::parser::{self, Expr};
    use proptest::prelude::*;

    use super::super::{HOSTILE, MULTILINE};
    use super::string;

    fn read(literal: &str) -> String {
        match parser::parse(literal) {
            Ok(Expr::StringLiteral(read)) => read.val,
            other => panic!("{literal}: {other:?}"),
        }
    }

    #[test]
    fn a_parser_reads_hostile_literals_back() {
        assert_eq!(string("api\n\u{1}"), r#""api\n\u0001""#);
        for text in HOSTILE.iter().chain(MULTILINE) {
            assert_eq!(read(&string(text)), *text);
        }
    }

    proptest! {
        #[test]
        fn a_parser_reads_any_literal_back(text in ".{0,40}") {
            prop_assert_eq!(read(&string(&text)), text);
        }
    }
}
