//! Turns steps with their commands into the parts of a page that are followed one after the other.

use std::borrow::Borrow;
use std::fmt::Write as _;

use crate::format::quote::markdown::fence;

/// What is done in one environment.
pub(super) struct Way<'a> {
    /// The environment.
    pub(super) environment: &'a str,
    /// What does all of it, where the tree has such a script; empty otherwise.
    pub(super) script: String,
    pub(super) steps: Vec<Step>,
}

/// One step.
pub(super) struct Step {
    /// What it is for.
    title: String,
    commands: Vec<String>,
}

impl Step {
    pub(super) fn new(
        title: impl Into<String>,
        commands: impl IntoIterator<Item = String>,
    ) -> Self {
        Self { title: title.into(), commands: commands.into_iter().collect() }
    }
}

/// Ways as the parts of a page, numbered step by step.
pub(super) fn text<'a>(kind: &str, ways: impl IntoIterator<Item = impl Borrow<Way<'a>>>) -> String {
    let mut out = String::new();
    for way in ways {
        let way = way.borrow();
        out.push_str(if out.is_empty() { "### " } else { "\n### " });
        for part in [kind, " ", way.environment, "\n"] {
            out.push_str(part);
        }
        if !way.script.is_empty() {
            let script = fence(&way.script, "sh");
            let why = "\nAll of it, stopping at the first error:\n\n";
            for part in [why, &script, "\n\nOr step by step:\n"] {
                out.push_str(part);
            }
        }
        for (index, step) in way.steps.iter().enumerate() {
            let block = fence(&step.commands.join("\n"), "sh");
            let _ = write!(out, "\n{}. {}:\n\n", index + 1, step.title);
            for line in block.lines() {
                out.push_str(if line.is_empty() { "" } else { "   " });
                out.push_str(line);
                out.push('\n');
            }
        }
    }
    out
}

impl Way<'_> {
    /// All commands, in order.
    pub(super) fn commands(&self) -> impl Iterator<Item = &str> {
        self.steps.iter().flat_map(|step| &step.commands).map(String::as_str)
    }
}
