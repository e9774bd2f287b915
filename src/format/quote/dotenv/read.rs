//! Turns the text of a dotenv file into its entries, statement by statement as Compose does.

use std::ops::Range;

use super::entry::{Entry, ParseError, Reason, Value};
use super::expand::{self, Expanded};

/// Reads a file as Compose does (compose-go v2, `dotenv/parser.go`), and goes on after an error where it can.
///
/// It differs in refusing a tab within a name, which Compose takes for part of the name. A later entry of the
/// same name wins, and all are returned.
pub fn parse(text: &str) -> Result<Vec<Entry>, Vec<ParseError>> {
    let (entries, errors) = parse_all(text);
    if errors.is_empty() { Ok(entries) } else { Err(errors) }
}

/// As [`parse`], with what could be read of a file that Compose refuses.
pub fn parse_all(text: &str) -> (Vec<Entry>, Vec<ParseError>) {
    let at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut reader = Reader { text, at };
    let (mut entries, mut errors) = (Vec::new(), Vec::new());
    let (mut line, mut counted) = (1, 0);
    while reader.skip_to_statement() {
        let start = reader.at;
        line += text[counted..start].matches('\n').count();
        counted = start;
        match reader.statement() {
            Ok(Some(entry)) => entries.push(Entry { line, ..entry }),
            Ok(None) => {}
            Err((reason, span)) => {
                let line = line + text[start..span.start].matches('\n').count();
                reader.skip_line(span.end);
                errors.push(ParseError { line, span, reason });
            }
        }
    }
    (entries, errors)
}

type Fault = (Reason, Range<usize>);

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// Goes to the next statement, over blank space and comments (`getStatementStart`).
    fn skip_to_statement(&mut self) -> bool {
        loop {
            self.at = self.text.len() - self.rest().trim_start().len();
            if !self.rest().starts_with('#') {
                return !self.rest().is_empty();
            }
            self.skip_line(self.at);
        }
    }

    fn skip_line(&mut self, from: usize) {
        self.at = self.text[from..].find('\n').map_or(self.text.len(), |end| from + end);
    }

    fn skip_blanks(&mut self) {
        self.at = self.text.len() - self.rest().trim_start_matches(is_blank).len();
    }

    /// One statement; nothing where `export` stands alone.
    fn statement(&mut self) -> Result<Option<Entry>, Fault> {
        if let Some(after) = self.rest().strip_prefix("export")
            && after.starts_with(['\t', '\n', '\x0c', '\r', ' '])
        {
            self.at += "export".len();
            self.skip_blanks();
        }
        let (name_span, end) = self.name()?;
        let name = self.text[name_span.clone()].to_owned();
        let (value, value_span) = if end == '\n' {
            (Value::Inherited, name_span.end..name_span.end)
        } else {
            self.value()?
        };
        Ok((!name.is_empty()).then_some(Entry { name, value, line: 0, name_span, value_span }))
    }

    /// The name, and the character that ends it (`locateKeyName`).
    fn name(&mut self) -> Result<(Range<usize>, char), Fault> {
        let start = self.at;
        for (offset, c) in self.rest().char_indices() {
            let at = start + offset;
            match c {
                '=' | ':' | '\n' => {
                    let name = self.text[start..at].trim_end();
                    let span = start..start + name.len();
                    if name.contains(is_blank) {
                        return Err((Reason::BlankInName, span));
                    }
                    if name.is_empty() && c != '\n' {
                        return Err((Reason::NoName, at..at + 1));
                    }
                    self.at = at + 1;
                    return Ok((span, c));
                }
                '_' | '.' | '-' | '[' | ']' => {}
                c if c.is_alphabetic() || c.is_numeric() || is_blank(c) => {}
                c => return Err((Reason::NameCharacter, at..at + c.len_utf8())),
            }
        }
        Err((Reason::NoAssignment, start..start + self.rest().trim_end().len()))
    }

    /// The value, and where it stands (`extractVarValue`).
    fn value(&mut self) -> Result<(Value, Range<usize>), Fault> {
        self.skip_blanks();
        let quote = self.rest().chars().next().filter(|c| matches!(c, '"' | '\''));
        let (text, span) = match quote {
            Some(quote) => self.quoted(quote)?,
            None => self.bare(),
        };
        let expanded = match quote {
            Some('\'') => Expanded::Literal(text),
            Some(_) => expand::variables(&expand::escapes(&text)),
            None => expand::variables(&text),
        };
        match expanded {
            Expanded::Literal(text) if text.contains('\0') => Err((Reason::Nul, span)),
            Expanded::Literal(text) => Ok((Value::Literal(text), span)),
            Expanded::References(names) => Ok((Value::Interpolated(names), span)),
            Expanded::Invalid => Err((Reason::Reference, span)),
        }
    }

    /// To the end of the line or the first ` #`: a `#` right after the `=` or after a tab starts no comment.
    fn bare(&mut self) -> (String, Range<usize>) {
        let line = self.rest().split('\n').next().unwrap_or_default();
        let text = line.split(" #").next().unwrap_or_default().trim_end();
        let span = self.at..self.at + text.len();
        self.at += line.len();
        (text.to_owned(), span)
    }

    /// To the closing quote, however many lines that takes; what follows it is a new statement. Before a
    /// quote of the same kind a backslash is dropped, before anything else it is kept.
    fn quoted(&mut self, quote: char) -> Result<(String, Range<usize>), Fault> {
        let start = self.at;
        let mut text = String::new();
        let mut chars = self.rest().char_indices().skip(1);
        while let Some((offset, c)) = chars.next() {
            if c == quote {
                self.at = start + offset + 1;
                return Ok((text, start..self.at));
            }
            match (c, if c == '\\' { chars.next() } else { None }) {
                ('\\', Some((_, escaped))) if escaped == quote => text.push(quote),
                ('\\', Some((_, escaped))) => text.extend(['\\', escaped]),
                _ => text.push(c),
            }
        }
        self.at = self.text.len();
        let line = self.text[start..].split('\n').next().unwrap_or_default();
        Err((Reason::Unterminated, start..start + line.len()))
    }
}

/// What ends a name or a value without ending the line (`isSpace`).
fn is_blank(c: char) -> bool {
    matches!(c, '\t' | '\x0b' | '\x0c' | '\r' | ' ' | '\u{85}' | '\u{a0}')
}

#[cfg(test)]
mod tests {
    use super::super::{Entry, Reason, Value, parse};

    fn literal(text: &str) -> Value {
        Value::Literal(text.to_owned())
    }

    fn values(text: &str) -> Vec<(String, Value)> {
        let entries = parse(text).unwrap_or_else(|errors| panic!("{text:?}: {errors:?}"));
        entries.into_iter().map(|Entry { name, value, .. }| (name, value)).collect()
    }

    fn value(text: &str) -> Value {
        values(&format!("X{text}")).remove(0).1
    }

    #[test]
    fn bare_values_end_at_a_comment_or_the_line() {
        assert_eq!(value("=a # b"), literal("a"));
        assert_eq!(value("=a#b"), literal("a#b"));
        assert_eq!(value("= # b"), literal("# b"));
        assert_eq!(value("=a\t#b"), literal("a\t#b"));
        assert_eq!(value(" : \u{a0}a\\n b \r\n"), literal("a\\n b"));
        assert_eq!(value("=\nY=1"), literal(""));
        assert_eq!(value("=${Y:-a} # c"), Value::Interpolated(vec!["Y".to_owned()]));
        assert_eq!(value("=a$$b"), literal("a$b"));
    }

    #[test]
    fn quoted_values_span_lines() {
        assert_eq!(value("='a #\n\\n$b\\'' # c"), literal("a #\n\\n$b'"));
        assert_eq!(value("=\"a\\n\\\"\n\\$b\""), literal("a\n\"\n$b"));
        assert_eq!(value("=\"$b\""), Value::Interpolated(vec!["b".to_owned()]));
        assert_eq!(value("='a\\\\'"), literal("a\\\\"));
    }

    #[test]
    fn statements_are_told_apart() {
        let text = "\u{feff}# c\n\n export A=1\nB\nexport\n# d\nC='x' D.e[0]-f: 2\nexportG=3";
        let named = |name: &str, value| (name.to_owned(), value);
        let expected = [
            named("A", literal("1")),
            named("B", Value::Inherited),
            named("C", literal("x")),
            named("D.e[0]-f", literal("2")),
            named("exportG", literal("3")),
        ];
        assert_eq!(values(text), expected);
        assert_eq!(values(""), []);
        assert_eq!(values("# only"), []);
    }

    #[test]
    fn entries_know_where_they_stand() {
        let text = "# é\nexport A = 'x\ny' # c\nB=b # c\nC=\n";
        let entries = parse(text).unwrap();
        let places = entries.iter().map(|entry| {
            (entry.line, &text[entry.name_span.clone()], &text[entry.value_span.clone()])
        });
        assert_eq!(places.collect::<Vec<_>>(), [(2, "A", "'x\ny'"), (4, "B", "b"), (5, "C", "")]);
    }

    #[test]
    fn every_error_is_found_and_none_tells_a_value() {
        let text =
            "A B=1\nC=ok\n$D=2\n=hunter2\nE=\"${hunter2\"\nF='\0'\nG='x\ny'z'\nH='hunter2\nI=1\n";
        let errors = parse(text).unwrap_err();
        let found: Vec<_> = errors.iter().map(|error| (error.line, error.reason)).collect();
        let expected = [
            (1, Reason::BlankInName),
            (3, Reason::NameCharacter),
            (4, Reason::NoName),
            (5, Reason::Reference),
            (6, Reason::Nul),
            (8, Reason::NameCharacter),
            (9, Reason::Unterminated),
        ];
        assert_eq!(found, expected);
        assert_eq!(&text[errors[3].span.clone()], "\"${hunter2\"");
        assert_eq!(parse("A=1\nB").unwrap_err()[0].reason, Reason::NoAssignment);
        let shown =
            format!("{errors:?} {}", errors.iter().map(ToString::to_string).collect::<String>());
        assert!(!shown.contains("hunter2"), "{shown}");
        assert!(!format!("{:?}", parse("A=hunter2")).contains("hunter2"));
    }
}
