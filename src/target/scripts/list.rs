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
        let out = &mut self.text;
        out.push('\n');
        comment::push(out, about);
        for part in ["\neach_", name, "() {\n"] {
            out.push_str(part);
        }
        let begin = out.len();
        for words in calls {
            out.push_str("  \"$@\"");
            for word in words {
                out.push(' ');
                shell::push(out, word.as_ref());
            }
            out.push('\n');
        }
        out.push_str(if out.len() == begin { "  :\n}\n" } else { "}\n" });
    }

    /// The text of all.
    pub(super) fn text(self) -> String {
        self.text
    }
}
