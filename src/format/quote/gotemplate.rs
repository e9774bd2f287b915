//! Turns a text into a Go template that prints it, for the labels and annotations of Prometheus rules.

/// Writes the text so that no action starts in it.
///
/// `text/template` copies everything outside `{{` and `}}` (Go, text/template, "Text and spaces"), so each
/// `{{` becomes an action that prints it. A `{` at the very end becomes one too: joined to a following action
/// it would start there.
pub fn literal(text: &str) -> String {
    let escaped = text.replace("{{", r#"{{ "{{" }}"#);
    match escaped.strip_suffix('{') {
        Some(before) => format!(r#"{before}{{{{ "{{" }}}}"#),
        None => escaped,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{HOSTILE, MULTILINE};
    use super::literal;

    /// Runs a template whose only actions print a literal.
    fn run(template: &str) -> Option<String> {
        let mut out = String::new();
        let mut rest = template;
        while let Some(at) = rest.find("{{") {
            out.push_str(&rest[..at]);
            let (action, after) = rest[at + 2..].split_once(" }}")?;
            out.push_str(action.strip_prefix(" \"")?.strip_suffix('"')?);
            rest = after;
        }
        Some(out + rest)
    }

    #[test]
    fn only_braces_that_open_are_escaped() {
        assert_eq!(literal("over 5% { x } }}"), "over 5% { x } }}");
        assert_eq!(literal("{{ $value }}"), r#"{{ "{{" }} $value }}"#);
        assert_eq!(literal("a{"), r#"a{{ "{" }}"#);
    }

    #[test]
    fn hostile_texts_come_back_even_before_an_action() {
        for text in HOSTILE.iter().chain(MULTILINE) {
            let joined = format!(r#"{}{{{{ "x" }}}}"#, literal(text));
            assert_eq!(run(&joined), Some(format!("{text}x")));
        }
    }

    proptest! {
        #[test]
        fn any_mix_of_braces_comes_back(text in "[{}a\" ]{0,12}") {
            prop_assert_eq!(run(&literal(&text)), Some(text));
        }
    }
}
