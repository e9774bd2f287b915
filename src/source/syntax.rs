//! Turns an error of the YAML parser into a diagnostic that says how to mend the text.

use std::ops::Range;

use serde_saphyr::granit_parser::ErrorKind;

use super::document::MAX_DEPTH;
use super::{SourceId, Span, offset};
use crate::diagnostic::{Code, Diagnostic};

/// What is known where the parser stopped.
pub(super) struct Scene<'a> {
    /// The whole text.
    pub text: &'a str,
    /// The source it belongs to.
    pub id: SourceId,
    /// The byte at which the parser stopped.
    pub at: usize,
    /// The bracket that is still open, if the error is within one.
    pub open: Option<usize>,
    /// The last thing that could be read.
    pub last: Range<usize>,
}

impl Scene<'_> {
    /// Describes the error.
    pub(super) fn explain(&self, kind: &ErrorKind) -> Diagnostic {
        if *kind == ErrorKind::RecursionLimitExceeded {
            let message = format!("the document nests deeper than {MAX_DEPTH} levels");
            return Diagnostic::error(Code::TooLarge, message).at(self.here(), "the limit is here");
        }
        let found = self
            .tab(kind)
            .or_else(|| self.reference())
            .or_else(|| self.quotes(kind))
            .or_else(|| self.indicators(kind))
            .or_else(|| self.layout(kind))
            .unwrap_or_else(|| error(kind.to_string()).at(self.here(), ""));
        self.with_open_bracket(found)
    }

    /// A tab in the indentation, whatever the parser made of it.
    fn tab(&self, kind: &ErrorKind) -> Option<Diagnostic> {
        let start = self.text[..self.at].rfind('\n').map_or(0, |end| end + 1);
        let line = self.text[start..].lines().next().unwrap_or_default();
        let indentation = line.len() - line.trim_start().len();
        let named = matches!(
            kind,
            ErrorKind::TabNotAllowed
                | ErrorKind::TabInBlockIndentation
                | ErrorKind::TabInIndentation
                | ErrorKind::TabAtBlockScalarStart
                | ErrorKind::TabInPlainScalar
        );
        let tab = match line[..indentation].find('\t') {
            Some(tab) => start + tab,
            // A tab may have ended a text that would have gone on in the next line.
            None if named => self.at + self.text[self.at..].find('\t')?,
            None => return None,
        };
        let found = error("a tab is used for indentation").at(self.span(tab..tab + 1), "");
        Some(found.help("indent with spaces: YAML allows no tabs there"))
    }

    /// `{ a: ${b} }`: the parser takes `$` for the value and the brace for a mapping after it.
    fn reference(&self) -> Option<Diagnostic> {
        self.open?;
        if !self.text[..self.at].ends_with('$') || !self.text[self.at..].starts_with('{') {
            return None;
        }
        let rest = &self.text[self.at..];
        let mut inside = false;
        let end = rest.find(|next: char| {
            let stop = next == '\n' || (!inside && matches!(next, ',' | '}' | ']'));
            inside = next == '{' || (inside && next != '}');
            // The brace that closes a reference belongs to it.
            stop && !(next == '}' && inside)
        });
        let end = self.at + end.unwrap_or(rest.len());
        let span = self.last.start.min(self.at - 1)..end;
        let text = self.text.get(span.clone())?.trim_end();
        let span = span.start..span.start + text.len();
        let found = error("a reference within `{ }` or `[ ]` must stand in quotes");
        Some(found.at(self.span(span), "").help(format!("write `\"{text}\"`")))
    }

    fn quotes(&self, kind: &ErrorKind) -> Option<Diagnostic> {
        Some(match kind {
            ErrorKind::UnclosedQuotedScalar
            | ErrorKind::InvalidQuotedScalarIndent
            | ErrorKind::DocumentIndicatorInQuotedScalar => {
                let quote = self.opening_quote()?;
                let mark = &self.text[quote..=quote];
                error("a quote is not closed")
                    .at(self.span(quote..quote + 1), "opened here")
                    .help(format!("close the text with `{mark}`"))
            }
            ErrorKind::InvalidTrailingSingleQuotedScalar => error("text follows the closing quote")
                .at(self.here(), "")
                .help("within single quotes a single quote is written twice: `'it''s'`"),
            ErrorKind::InvalidTrailingDoubleQuotedScalar => {
                error("text follows the closing quote").at(self.here(), "").help(
                    "within double quotes a double quote is written `\\\"`; or use single quotes",
                )
            }
            ErrorKind::UnknownQuotedScalarEscape => {
                error("a backslash starts an escape that YAML does not know")
                    .at(self.here(), "within these quotes")
                    .help("use single quotes, where a backslash is itself, or write `\\\\`")
            }
            _ => return None,
        })
    }

    /// Characters that mean something at the start of a value.
    fn indicators(&self, kind: &ErrorKind) -> Option<Diagnostic> {
        let word = self.word();
        let quoted = format!("if it is text, put it in quotes: `\"{word}\"`");
        Some(match kind {
            ErrorKind::UnexpectedCharacter { character } if character.is_control() => {
                let code = u32::from(*character);
                error(format!("the text holds the control character U+{code:04X}"))
                    .at(self.next(*character), "")
                    .help("remove it, or write it as an escape in double quotes")
            }
            ErrorKind::UnexpectedCharacter { character } => {
                error(format!("a value cannot start with `{character}`"))
                    .at(self.here(), "")
                    .help(quoted)
            }
            ErrorKind::UnknownAnchor => {
                error(format!("the alias `{word}` has no anchor before it"))
                    .at(self.span(self.at..self.at + word.len()), "")
                    .help(quoted)
            }
            ErrorKind::MissingAnchorOrAliasName => error("a value cannot start with `*` or `&`")
                .at(self.here(), "")
                .help("if it is text, such as a cron schedule, put it in quotes"),
            _ => return None,
        })
    }

    /// Things that would be right in another place.
    fn layout(&self, kind: &ErrorKind) -> Option<Diagnostic> {
        let (message, help) = match kind {
            ErrorKind::UnclosedFlowCollection { open } => {
                let found = error(format!("the bracket `{open}` is not closed"));
                let help = format!("close it with `{}`", closing(*open));
                return Some(found.at(self.here(), "").help(help));
            }
            ErrorKind::ExpectedFlowMappingSeparator
            | ErrorKind::ExpectedFlowSequenceSeparator
            | ErrorKind::InvalidColonPlacement => return Some(self.separator()),
            ErrorKind::MappingValueNotAllowed if self.open.is_some() => {
                return Some(self.separator());
            }
            ErrorKind::MappingValueNotAllowed => (
                "a `:` is not expected here",
                "if it belongs to a text, quote the text; if it ends a key, start the key on a new line, \
                 in the column of the keys beside it",
            ),
            ErrorKind::BlockSequenceEntryNotAllowed => {
                ("a list item cannot start here", "start it on a line of its own")
            }
            ErrorKind::ExpectedBlockMappingKey | ErrorKind::InvalidIndentation => (
                "the indentation fits nothing above",
                "keys that belong together start in the same column",
            ),
            ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => {
                ("a key without its `:`", "write `key: value`, with a space after the colon")
            }
            ErrorKind::MisplacedFlowCollectionEnd => {
                ("a closing bracket without an opening one", "if it is text, put it in quotes")
            }
            _ => return None,
        };
        Some(error(message).at(self.here(), "").help(help))
    }

    /// Between brackets, something that is neither a separator nor the end.
    fn separator(&self) -> Diagnostic {
        let open = self.open.and_then(|open| self.text[open..].chars().next()).unwrap_or('{');
        let close = closing(open);
        error(format!("expected `,` or `{close}`"))
            .at(self.here(), "")
            .help(format!("separate entries with `,` and close the bracket with `{close}`"))
    }

    /// Points at the bracket whose end is missing, where that may be why the rest made no sense.
    fn with_open_bracket(&self, found: Diagnostic) -> Diagnostic {
        match self.open {
            Some(open) if self.text[open..self.at.max(open)].contains('\n') => {
                found.at(self.span(open..open + 1), "this bracket is still open")
            }
            _ => found,
        }
    }

    /// The quote that opened the text in which the parser stopped: it follows what was read last.
    fn opening_quote(&self) -> Option<usize> {
        let from = self.last.end.min(self.at);
        let rest = &self.text[from..];
        let found = rest.char_indices().zip(std::iter::once(' ').chain(rest.chars())).find(
            |((_, next), before)| {
                matches!(next, '"' | '\'') && (before.is_whitespace() || "[{,:".contains(*before))
            },
        );
        found.map(|((at, _), _)| from + at)
    }

    /// What stands at the place, up to a blank or a bracket.
    fn word(&self) -> &str {
        let rest = &self.text[self.at..];
        let end = rest.find(|next: char| next.is_whitespace() || ",]}".contains(next));
        &rest[..end.unwrap_or(rest.len())]
    }

    /// The next such character: the parser stops at the start of the text that it stands in.
    fn next(&self, character: char) -> Span {
        let at = self.at + self.text[self.at..].find(character).unwrap_or(0);
        self.span(at..at + character.len_utf8())
    }

    /// The character at which the parser stopped.
    fn here(&self) -> Span {
        let next = self.text[self.at..].chars().next().filter(|next| *next != '\n');
        self.span(self.at..self.at + next.map_or(0, char::len_utf8))
    }

    fn span(&self, bytes: Range<usize>) -> Span {
        Span { source: self.id, start: offset(bytes.start), end: offset(bytes.end) }
    }
}

fn closing(open: char) -> char {
    if open == '{' { '}' } else { ']' }
}

fn error(message: impl Into<String>) -> Diagnostic {
    Diagnostic::error(Code::SyntaxError, message)
}
