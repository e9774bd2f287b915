//! Turns the place that the parser gives a scalar into the bytes that an author sees as its value.

use std::ops::Range;

use serde_saphyr::granit_parser::ScalarStyle;

/// The bytes of a scalar: with its quotes, from its `|`, or the spot where a missing one would be.
/// `after` is the end of what stands before it.
pub(super) fn scalar(
    text: &str,
    bytes: &Range<usize>,
    style: ScalarStyle,
    after: usize,
) -> Range<usize> {
    if matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
        let start = header(text, after..bytes.start).unwrap_or(bytes.start);
        let end = start + text[start..bytes.end].trim_end().len();
        return start..end;
    }
    // The parser puts a missing value before the colon of its key.
    if bytes.is_empty() && text[bytes.start..].starts_with(':') {
        return bytes.start + 1..bytes.start + 1;
    }
    bytes.clone()
}

/// Where a sequence starts. The parser skips the first `-` of one that is not indented.
pub(super) fn sequence(text: &str, start: usize, after: usize) -> usize {
    if text[start..].starts_with(['-', '[']) {
        return start;
    }
    text.get(after..start).and_then(|before| before.rfind('-')).map_or(start, |dash| after + dash)
}

/// Where the `|` or `>` of a block scalar stands, after indicators, comments, anchor and tag.
fn header(text: &str, within: Range<usize>) -> Option<usize> {
    let mut at = within.start;
    while at < within.end {
        let rest = &text[at..within.end];
        let blank = rest.len() - rest.trim_start().len();
        if blank > 0 {
            at += blank;
        } else if rest.starts_with(['|', '>']) {
            return Some(at);
        } else {
            let comment = rest.starts_with('#');
            let end = rest.find(|next: char| next == '\n' || (!comment && next.is_whitespace()));
            at += end.unwrap_or(rest.len());
        }
    }
    None
}
