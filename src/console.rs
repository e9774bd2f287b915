//! Prints: the only module that does. Colour is taken out where nobody would see it.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::OnceLock;

use anstyle::{AnsiColor, Style};

/// What stands out.
pub const BOLD: Style = Style::new().bold();
/// What is bad.
pub const BAD: Style = AnsiColor::Red.on_default().bold();
/// What is to be looked at.
pub const CAUTION: Style = AnsiColor::Yellow.on_default().bold();
/// What is good, or new.
pub const GOOD: Style = AnsiColor::Green.on_default();
/// What is gone.
pub const GONE: Style = AnsiColor::Red.on_default();
/// What leads through a text.
pub const GUIDE: Style = AnsiColor::Cyan.on_default();

/// Why standard output could not be written, where it could not.
static FAILED: OnceLock<io::Error> = OnceLock::new();

/// Writes an answer to standard output.
pub fn print(text: &str) {
    keep(anstream::stdout().write_all(text.as_bytes()));
}

/// Keeps why an answer was not given. Whoever closed the pipe does not want to read on.
fn keep(result: io::Result<()>) {
    if let Err(error) = result
        && error.kind() != io::ErrorKind::BrokenPipe
    {
        // The first reason counts.
        let _ = FAILED.set(error);
    }
}

/// Hands on what is still kept back, and says why an answer was not given whole.
///
/// # Errors
/// A full disk, for instance, behind standard output.
pub fn finish() -> Result<(), &'static io::Error> {
    keep(io::stdout().flush());
    FAILED.get().map_or(Ok(()), Err)
}

/// Writes what is not the answer to standard error.
pub fn error(text: &str) {
    let _ = anstream::stderr().write_all(text.as_bytes());
}

/// Writes what a program reads to standard output, byte for byte.
pub fn raw(text: &str) {
    keep(io::stdout().write_all(text.as_bytes()));
}

/// Whether someone can be asked.
pub fn is_interactive() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks for one line; `None` when there is none.
pub fn ask(question: &str) -> Option<String> {
    error(question);
    let mut line = String::new();
    match io::stdin().read_line(&mut line) {
        Ok(read) if read > 0 => Some(line.trim().to_owned()),
        _ => None,
    }
}

/// The text in a style.
pub fn paint(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// A unified diff with its lines in colours, and with control characters written out.
pub fn paint_diff(diff: &str) -> String {
    let mut painted = String::with_capacity(diff.len() + diff.len() / 4);
    for line in diff.lines() {
        let style = match line.as_bytes() {
            [b'-', b'-', b'-', ..] | [b'+', b'+', b'+', ..] => Some(BOLD),
            [b'@', b'@', ..] => Some(GUIDE),
            [b'-', ..] => Some(GONE),
            [b'+', ..] => Some(GOOD),
            _ => None,
        };
        let line = crate::diagnostic::render::printable(line);
        match style {
            Some(style) => painted.push_str(&paint(style, &line)),
            None => painted.push_str(&line),
        }
        painted.push('\n');
    }
    painted
}
