//! Turns texts into values and commands of a Dockerfile.

use serde_json::Value;

use super::Refused;

/// Quotes the value of `ENV`, `LABEL` and `ARG`.
///
/// Within double quotes the builder unescapes `\"`, `\\` and `\$` and expands any other `$` (moby/buildkit,
/// `processDoubleQuote` in `frontend/dockerfile/shell/lex.go`). An instruction is one line and the quotes
/// know no `\n`, so a line end is refused, and so are other control characters. The escape character is taken
/// to be the default one.
pub fn quote(text: &str) -> Result<String, Refused> {
    if text.chars().any(|c| c.is_control() && c != '\t') {
        return Err(Refused("a value in a Dockerfile takes no line end or control character"));
    }
    if super::is_bare(text) {
        return Ok(text.to_owned());
    }
    let inner = text.replace('\\', r"\\").replace('"', "\\\"").replace('$', r"\$");
    Ok(format!("\"{inner}\""))
}

/// Writes the exec form of `CMD`, `ENTRYPOINT`, `RUN` and `HEALTHCHECK CMD`: a JSON array of strings, in
/// which the builder expands nothing (moby/buildkit, `parseJSON` in
/// `frontend/dockerfile/parser/line_parsers.go`).
pub fn exec<S: AsRef<str>>(words: &[S]) -> String {
    let words: Vec<_> = words.iter().map(|word| Value::from(word.as_ref()).to_string()).collect();
    format!("[{}]", words.join(", "))
}

#[cfg(test)]
mod tests {
    use super::super::{HOSTILE, MULTILINE};
    use super::{exec, quote};

    /// A word as `parseWords` and `processDoubleQuote` read it, with every variable expanding to a mark.
    fn read(word: &str) -> String {
        let Some(quoted) = word.strip_prefix('"') else { return word.to_owned() };
        let mut value = String::new();
        let mut chars = quoted.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '"' => break,
                '$' => value.push_str("EXPANDED"),
                '\\' if matches!(chars.peek(), Some('"' | '$' | '\\')) => {
                    value.extend(chars.next());
                }
                c => value.push(c),
            }
        }
        assert_eq!(chars.next(), None, "{word}");
        value
    }

    #[test]
    fn the_builder_reads_hostile_values_back() {
        assert_eq!(quote("1.4.2").unwrap(), "1.4.2");
        assert_eq!(quote("").unwrap(), "\"\"");
        assert_eq!(quote("a $b").unwrap(), r#""a \$b""#);
        for text in HOSTILE {
            assert_eq!(read(&quote(text).unwrap()), *text);
        }
        for text in MULTILINE {
            assert!(quote(text).is_err());
        }
    }

    #[test]
    fn exec_form_is_a_json_array_on_one_line() {
        assert_eq!(exec(&["sh", "-c", "echo \"$X\""]), r#"["sh", "-c", "echo \"$X\""]"#);
        assert_eq!(exec::<&str>(&[]), "[]");
        let words: Vec<_> = HOSTILE.iter().chain(MULTILINE).copied().collect();
        let array = exec(&words);
        assert!(!array.contains('\n'));
        assert_eq!(serde_json::from_str::<Vec<String>>(&array).unwrap(), words);
    }
}
