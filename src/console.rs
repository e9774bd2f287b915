//! Prints: the only module that does.

use std::io::Write as _;

/// Writes an answer to standard output.
pub fn print(text: &str) {
    // Whoever closed the pipe does not want to read on.
    let _ = anstream::stdout().write_all(text.as_bytes());
}

/// Writes what is not the answer to standard error.
pub fn error(text: &str) {
    let _ = anstream::stderr().write_all(text.as_bytes());
}
