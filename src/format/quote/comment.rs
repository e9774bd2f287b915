//! Turns a text into comments behind `#`, one for each of its lines.

use std::borrow::Cow;

/// Writes every line behind `# `, so that no line of a description is taken for a directive.
pub fn lines(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 64);
    push(&mut out, text);
    out
}

/// As [`lines`], behind what is written already.
pub fn push(out: &mut String, text: &str) {
    let text = if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(text)
    };
    for (index, line) in super::lines(text.trim_end()).enumerate() {
        out.push_str(if index == 0 { "#" } else { "\n#" });
        let line = line.trim_end();
        if !line.is_empty() {
            out.push(' ');
            out.push_str(line);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn no_line_is_left_out() {
        assert_eq!(lines("a"), "# a");
        assert_eq!(lines("a \r\n\n  b\rc\n\n"), "# a\n#\n#   b\n# c");
        assert_eq!(lines(" \n"), "#");
    }
}
