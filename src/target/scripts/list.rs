//! Turns things of one kind into a function of the shell, which calls a command once for each of them.

use std::borrow::Cow;

use crate::format::quote::{comment, shell};

/// The words of a call.
pub(super) type Words<'a> = Vec<Cow<'a, str>>;

/// Things of one kind, each as the words of a call.
#[derive(Debug)]
pub(super) struct List<'a> {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    pub(super) items: Vec<Words<'a>>,
}

impl List<'_> {
    /// Writes the function behind an empty line.
    fn push(&self, out: &mut String) {
        out.push('\n');
        comment::push(out, self.about);
        for part in ["\neach_", self.name, "() {\n"] {
            out.push_str(part);
        }
        for words in &self.items {
            out.push_str("  \"$@\"");
            for word in words {
                out.push(' ');
                shell::push(out, word);
            }
            out.push('\n');
        }
        out.push_str(if self.items.is_empty() { "  :\n}\n" } else { "}\n" });
    }
}

/// The functions of all lists.
pub(super) fn functions(lists: &[List<'_>]) -> String {
    let mut out = String::with_capacity(32 << 10);
    for list in lists {
        list.push(&mut out);
    }
    out
}
