//! Turns a text of several lines into a literal block, whose lines stand as they are.

use super::scalar::{has_escapes_in_lines, push_start};

/// Writes a string as a literal block with its lines at column `indent`; says whether it is best written so, and
/// survives it.
///
/// The first line sets the indentation, so it must not start with a blank; a line of blanks only is
/// lost or refused by some.
pub(super) fn push(text: &mut String, string: &str, indent: usize) -> bool {
    let is_lines = memchr::memchr(b'\n', string.as_bytes()).is_some();
    if !is_lines || string.starts_with([' ', '\t', '\n']) || has_escapes_in_lines(string) {
        return false;
    }
    let body = string.trim_end_matches('\n');
    let newlines = string.len() - body.len();
    let start = text.len();
    text.push_str(match newlines {
        0 => "|-",
        1 => "|",
        _ => "|+",
    });
    let mut from = 0;
    let ends = memchr::memchr_iter(b'\n', body.as_bytes()).chain([body.len()]);
    for end in ends {
        let line = &body[from..end];
        if is_blank(line) {
            text.truncate(start);
            return false;
        }
        push_start(text, if line.is_empty() { 0 } else { indent });
        text.push_str(line);
        from = end + 1;
    }
    text.extend(std::iter::repeat_n('\n', newlines.saturating_sub(1)));
    true
}

/// Says whether a line is blank and not empty: most lines do not even end in a blank.
fn is_blank(line: &str) -> bool {
    line.ends_with([' ', '\t']) && line.trim_matches([' ', '\t']).is_empty()
}
