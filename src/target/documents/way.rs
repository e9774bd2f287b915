//! Turns steps with their commands into the parts of a page that are followed one after the other.

use std::borrow::Borrow;
use std::fmt::Write as _;

use crate::format::quote::lines;
use crate::format::quote::markdown::push_fence;
use crate::target::documents::page::script;

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
    title: &'static str,
    commands: Vec<String>,
}

impl Step {
    pub(super) fn new(title: &'static str, commands: impl IntoIterator<Item = String>) -> Self {
        Self { title, commands: commands.into_iter().collect() }
    }
}

/// Ways as the parts of a page, numbered step by step.
pub(super) fn text<'a>(kind: &str, ways: impl IntoIterator<Item = impl Borrow<Way<'a>>>) -> String {
    let (mut out, mut block) = (String::with_capacity(4096), String::new());
    for way in ways {
        let way = way.borrow();
        out.push_str(if out.is_empty() { "### " } else { "\n### " });
        for part in [kind, " ", way.environment, "\n"] {
            out.push_str(part);
        }
        if !way.script.is_empty() {
            out.push_str("\nAll of it, stopping at the first error:\n\n");
            push_fence(&mut out, &way.script, "sh");
            out.push_str("\n\nOr step by step:\n");
        }
        for (index, step) in way.steps.iter().enumerate() {
            block.clear();
            push_fence(&mut block, &script(&step.commands), "sh");
            let _ = write!(out, "\n{}. {}:\n\n", index + 1, step.title);
            for line in lines(&block) {
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
