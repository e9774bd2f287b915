//! Turns things of one kind into a function of the shell, which calls a command once for each of them.

use std::borrow::Cow;

use crate::format::quote::{comment, shell};

/// The words of a call.
pub(super) type Words<'a> = Vec<Cow<'a, str>>;

/// Functions, behind each other.
pub(super) struct Functions {
    text: String,
}

impl Functions {
    /// None so far.
    pub(super) fn new() -> Self {
        Self { text: String::with_capacity(32 << 10) }
    }

    /// Writes a function behind an empty line: what it is named for, what it is about, and the words of each call.
    pub(super) fn each<C>(&mut self, name: &str, about: &str, calls: impl IntoIterator<Item = C>)
    where
        C: IntoIterator<Item: AsRef<str>>,
    {
        let begin = self.begin(name, about);
        for words in calls {
            self.text.push_str("  \"$@\"");
            words.into_iter().for_each(|word| self.word(word.as_ref()));
            self.text.push('\n');
        }
        self.end(begin);
    }

    /// Begins a function; gives the place of its first call.
    #[inline(never)]
    fn begin(&mut self, name: &str, about: &str) -> usize {
        self.text.push('\n');
        comment::push(&mut self.text, about);
        self.text.extend(["\neach_", name, "() {\n"]);
        self.text.len()
    }

    #[inline(never)]
    fn word(&mut self, word: &str) {
        self.text.push(' ');
        shell::push(&mut self.text, word);
    }

    /// Ends a function; one without calls does nothing.
    fn end(&mut self, begin: usize) {
        self.text.push_str(if self.text.len() == begin { "  :\n}\n" } else { "}\n" });
    }

    /// The text of all.
    pub(super) fn text(self) -> String {
        self.text
    }
}
