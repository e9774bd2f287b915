//! Turns a text of several lines into a literal block, whose lines stand as they are.

use super::scalar::{any, has_escapes_in_lines, push_start};

/// Writes a string as a literal block with its lines at column `indent`; says whether it is best written so, and
/// survives it.
///
/// The first line sets the indentation, so it must not start with a blank; a line of blanks only is
/// lost or refused by some.
pub(super) fn push(text: &mut String, string: &str, indent: u16) -> bool {
    let is_lines = any(string.as_bytes(), |byte| byte == b'\n');
    if !is_lines || string.starts_with([' ', '\t', '\n']) || has_escapes_in_lines(string) {
        return false;
    }
    let body = string.trim_end_matches('\n');
    let newlines = string.len() - body.len();
    let begin = text.len();
    // Room for the lines and, where they are as long as most are, for what they are indented by.
    text.reserve(string.len() + string.len() / 4);
    text.push_str(match newlines {
        0 => "|-",
        1 => "|",
        _ => "|+",
    });
    let mut rest = Some(body);
    while let Some(lines) = rest {
        let end = memchr::memchr(b'\n', lines.as_bytes());
        let line = end.map_or(lines, |end| &lines[..end]);
        if is_blank(line) {
            text.truncate(begin);
            return false;
        }
        push_start(text, if line.is_empty() { 0 } else { indent });
        text.push_str(line);
        rest = end.map(|end| &lines[end + 1..]);
    }
    text.extend(std::iter::repeat_n('\n', newlines.saturating_sub(1)));
    true
}

/// Says whether a line is blank and not empty: most lines do not even end in a blank.
#[inline]
fn is_blank(line: &str) -> bool {
    matches!(line.as_bytes().last(), Some(b' ' | b'\t'))
        && line.trim_matches([' ', '\t']).is_empty()
}
