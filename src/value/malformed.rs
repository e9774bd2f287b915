//! Says why a text is not the scalar that it should be.

use std::fmt;

use crate::diagnostic::{Code, Diagnostic};

/// How much of a text a message repeats, in characters.
pub(super) const SHOWN: usize = 60;

/// Why a text is refused: what becomes a diagnostic once the place is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed {
    /// The diagnostic that it becomes.
    pub code: Code,
    /// What is wrong, with the text in front; no final period.
    pub reason: String,
    /// A way out.
    pub help: Option<String>,
}

impl Malformed {
    /// Refuses `text`; `why` continues the sentence that the quoted text starts, as in "is not a port".
    #[cold]
    pub fn new(code: Code, text: &str, why: impl fmt::Display) -> Self {
        Self { code, reason: format!("{} {why}", quoted(text)), help: None }
    }

    /// Names the way out.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// The text in backticks, on one line whatever it holds.
fn quoted(text: &str) -> String {
    let mut shown: String = text.chars().take(SHOWN).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    let escape = |letter: char| {
        if letter.is_control() { letter.escape_default().to_string() } else { letter.to_string() }
    };
    format!("`{}`", shown.chars().map(escape).collect::<String>())
}

impl From<Malformed> for Diagnostic {
    fn from(malformed: Malformed) -> Self {
        let found = Self::error(malformed.code, malformed.reason);
        malformed.help.into_iter().fold(found, Self::help)
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)?;
        self.help.iter().try_for_each(|help| write!(f, "; {help}"))
    }
}

impl std::error::Error for Malformed {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_stays_on_one_line_and_short() {
        let found = Malformed::new(Code::InvalidPort, "80\n", "is not a port").help("write `80`");
        assert_eq!(found.to_string(), "`80\\n` is not a port; write `80`");
        let long = Malformed::new(Code::InvalidPort, &"é".repeat(99), "is not a port");
        assert_eq!(long.reason, format!("`{}…` is not a port", "é".repeat(SHOWN)));
    }
}
