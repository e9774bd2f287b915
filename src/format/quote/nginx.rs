//! Turns a text into one parameter of an nginx directive.
//!
//! The grammar is that of `ngx_conf_read_token` (nginx, `src/core/ngx_conf_file.c`): a parameter that starts
//! with `"` ends at the next `"` that no backslash precedes; `\"`, `\'`, `\\`, `\t`, `\r` and `\n` are
//! unescaped, any other backslash stays; and a parameter must fit the read buffer of 4096 bytes. A `$` is not
//! part of that grammar: directives that take variables look for it afterwards, and no escape is known to
//! them.

use super::Refused;

/// What `http` must contain where a parameter holds a literal `$` (see [`holds_dollar`]): the values of `geo`
/// are taken as they stand (`ngx_http_geo_module`), so that this variable is a way to write the character.
pub const DOLLAR: &str = "geo $dollar {\n    default \"$\";\n}\n";

/// `NGX_CONF_BUFFER` in `src/core/ngx_conf_file.c`, less the closing quote, the blank behind it and the
/// character that shows that the next parameter starts: only then is the room of this one free.
const LONGEST: usize = 4093;

/// Quotes a literal for a directive that takes variables: a `$` becomes `${dollar}`, which [`DOLLAR`]
/// defines.
///
/// Control characters are refused: a line end in a header value would split the header, and a NUL ends the C
/// strings that nginx keeps.
pub fn quote(text: &str) -> Result<String, Refused> {
    parameter(text, "${dollar}")
}

/// Quotes a parameter in which `$` keeps its meaning: a regular expression, or a text with variables of
/// nginx.
pub fn pattern(text: &str) -> Result<String, Refused> {
    parameter(text, "$")
}

/// Whether [`quote`] refers to the variable that [`DOLLAR`] defines.
pub fn holds_dollar(text: &str) -> bool {
    text.contains('$')
}

fn parameter(text: &str, dollar: &str) -> Result<String, Refused> {
    if text.chars().any(|c| c.is_control() && c != '\t') {
        return Err(Refused("nginx takes no line end or control character here"));
    }
    if super::is_bare(text) && text.len() <= LONGEST {
        return Ok(text.to_owned());
    }
    let inner = text.replace('\\', r"\\").replace('"', "\\\"").replace('\t', r"\t");
    let inner = inner.replace('$', dollar);
    if inner.len() > LONGEST {
        return Err(Refused("nginx takes no parameter longer than 4093 bytes"));
    }
    Ok(format!("\"{inner}\""))
}

#[cfg(test)]
mod tests {
    use super::super::{HOSTILE, MULTILINE};
    use super::{holds_dollar, pattern, quote};

    /// One parameter as `ngx_conf_read_token` reads it, and what is left.
    fn read(text: &str) -> Option<(String, &str)> {
        let Some(quoted) = text.strip_prefix('"') else {
            let end = text.find([' ', '\t', '\r', '\n', ';', '{'])?;
            return Some((text[..end].to_owned(), &text[end..]));
        };
        let mut value = String::new();
        let mut chars = quoted.char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                '"' => return Some((value, &quoted[at + 1..])),
                '\\' => match chars.next()?.1 {
                    't' => value.push('\t'),
                    'r' => value.push('\r'),
                    'n' => value.push('\n'),
                    c @ ('"' | '\'' | '\\') => value.push(c),
                    c => value.extend(['\\', c]),
                },
                c => value.push(c),
            }
        }
        None
    }

    #[test]
    fn parameters_look_as_a_person_would_write_them() {
        assert_eq!(quote("max-age=31536000").unwrap(), "max-age=31536000");
        assert_eq!(
            quote("default-src 'self'; img-src *").unwrap(),
            "\"default-src 'self'; img-src *\""
        );
        assert_eq!(quote("").unwrap(), "\"\"");
        assert_eq!(quote("5$").unwrap(), "\"5${dollar}\"");
        assert_eq!(pattern(r"^/a\.(b|c)$").unwrap(), r#""^/a\\.(b|c)$""#);
    }

    #[test]
    fn nginx_reads_hostile_parameters_back() {
        for text in HOSTILE {
            let line = format!("{};", quote(text).unwrap());
            let (value, rest) = read(&line).unwrap();
            assert_eq!(value.replace("${dollar}", "$"), *text, "{line}");
            assert_eq!(rest, ";");
            assert_eq!(holds_dollar(text), line.contains("${dollar}"));
            assert_eq!(read(&format!("{};", pattern(text).unwrap())).unwrap().0, *text);
        }
    }

    #[test]
    fn what_nginx_cannot_hold_is_refused() {
        for text in MULTILINE.iter().chain(&["\0", "a\u{7f}", "\u{85}", "\x1b["]) {
            assert!(quote(text).is_err(), "{text:?}");
        }
        assert!(quote(&"a".repeat(4093)).is_ok());
        assert!(quote(&"a".repeat(4094)).is_err());
        assert!(quote(&"\"".repeat(2047)).is_err());
    }
}
