//! Turns the text within a dotenv value into what Compose makes of its escapes and variables.

/// Expands the escapes of a double-quoted value (compose-go, `dotenv/parser.go`, `expandEscapes`); `\$`
/// becomes `$$`, which [`variables`] reads as `$`. An escape that is none stays as it is, but octal ones lose
/// their leading zero.
pub(super) fn escapes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let Some(c) = rest.chars().next() else {
            out.push('\\');
            break;
        };
        let expanded = match c {
            'a' => "\x07",
            'b' => "\x08",
            'f' => "\x0c",
            'n' => "\n",
            'r' => "\r",
            't' => "\t",
            'v' => "\x0b",
            '"' => "\"",
            '\\' => "\\",
            '$' => "$$",
            '0' => {
                rest = octal(&rest[1..], &mut out);
                continue;
            }
            _ => {
                out.push('\\');
                continue;
            }
        };
        out.push_str(expanded);
        rest = &rest[1..];
    }
    out + rest
}

/// Expands `\0` and up to three digits, and returns what follows them.
fn octal<'a>(after_zero: &'a str, out: &mut String) -> &'a str {
    let digits = after_zero.bytes().take(3).take_while(u8::is_ascii_digit).count();
    let (digits, rest) = after_zero.split_at(digits);
    match u8::from_str_radix(digits, 8) {
        Ok(code) if digits.len() == 3 => out.push(char::from(code)),
        _ => {
            out.push('\\');
            out.push_str(digits);
        }
    }
    rest
}

/// What a value is once its variables are looked at.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Expanded {
    /// It holds no variable; `$$` has become `$`.
    Literal(String),
    /// It refers to these variables.
    References(Vec<String>),
    /// It holds `${` that starts no reference, for which Compose stops.
    Invalid,
}

/// Looks for variables (compose-go, `template/template.go`, `DefaultPattern`): `$$` is a `$`; `$NAME`,
/// `${NAME}` and `${NAME:-default}` with its kin are references; another `${` is an error, and any other `$`
/// stands for itself.
pub(super) fn variables(text: &str) -> Expanded {
    let mut out = String::with_capacity(text.len());
    let mut references = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('$') {
            out.push('$');
            rest = after;
        } else if let Some(inner) = rest.strip_prefix('{') {
            let Some((name, after)) = braced(inner) else { return Expanded::Invalid };
            references.push(name.to_owned());
            rest = after;
        } else if let Some((name, after)) = split_name(rest) {
            references.push(name.to_owned());
            rest = after;
        } else {
            out.push('$');
        }
    }
    if references.is_empty() {
        Expanded::Literal(out + rest)
    } else {
        Expanded::References(references)
    }
}

/// The name of a reference in braces, and what follows the closing brace.
fn braced(inner: &str) -> Option<(&str, &str)> {
    let (name, after) = split_name(inner)?;
    if let Some(rest) = after.strip_prefix('}') {
        return Some((name, rest));
    }
    let operator = after.strip_prefix(':').unwrap_or(after).strip_prefix(['-', '?', '+'])?;
    // The pattern is greedy within the line; what the default holds is part of this reference.
    let line = operator.split('\n').next().unwrap_or_default();
    let end = line.rfind('}')?;
    Some((name, &operator[end + 1..]))
}

/// A leading name. Under `(?i)` the pattern takes two letters for `s` and `k` that are not ASCII; so does
/// Compose.
fn split_name(text: &str) -> Option<(&str, &str)> {
    let starts = |c: char| c.is_ascii_alphabetic() || matches!(c, '_' | '\u{17f}' | '\u{212a}');
    let end = text.find(|c: char| !starts(c) && !c.is_ascii_digit()).unwrap_or(text.len());
    (text.starts_with(starts)).then(|| text.split_at(end))
}

#[cfg(test)]
mod tests {
    use super::{Expanded, escapes, variables};

    #[test]
    fn escapes_expand_as_go_does() {
        assert_eq!(escapes(r#"\n\t\"\\ \$x \c \z \0123"#), "\n\t\"\\ $$x \\c \\z S");
        assert_eq!(escapes(r"\0 \012 \0777 \0089 \é\"), "\\ \\12 \\777 \\089 \\é\\");
    }

    #[test]
    fn variables_are_found_and_nothing_else_is() {
        let literal = |text: &str| Expanded::Literal(text.to_owned());
        let references =
            |names: &[&str]| Expanded::References(names.iter().map(ToString::to_string).collect());
        assert_eq!(variables("a$$b $5 $é 5$"), literal("a$b $5 $é 5$"));
        assert_eq!(variables("$A${B}${C:-}${D?e}"), references(&["A", "B", "C"]));
        assert_eq!(variables("${A:-${B}} $C"), references(&["A", "C"]));
        for text in ["${", "${}", "${A", "${A b}", "${1}", "${A:-\n}"] {
            assert_eq!(variables(text), Expanded::Invalid, "{text}");
        }
    }
}
