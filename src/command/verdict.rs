//! Turns the verdict on a file into its name, what it means and what to do about it.

use serde_json::{Value, json};

use crate::command::session::System;
use crate::console;
use crate::diagnostic::render::OfFile;
use crate::tree::compare::{Change, Remains, Verdict};
use crate::tree::{Artifact, Mode};

/// A verdict in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Words {
    /// Its name.
    pub name: &'static str,
    /// What it means.
    pub meaning: &'static str,
    /// What to do.
    pub remedy: &'static str,
}

/// The words for the verdict on a file.
pub fn words(change: &Change) -> Words {
    let (name, meaning, remedy) = match &change.verdict {
        Verdict::Current => ("current", "is what the blueprint says", ""),
        Verdict::Stale if change.differs_in_mode_alone() => {
            let meaning = match change.new.map(Artifact::mode) {
                Some(Mode::Executable) => "has another mode: it must be executable (755)",
                _ => "has another mode: it must not be executable (644)",
            };
            ("stale", meaning, "run `formwork build`")
        }
        Verdict::Stale => {
            ("stale", "is not what the blueprint says any more", "run `formwork build`")
        }
        Verdict::HandEdited => (
            "hand-edited",
            "was compiled and then changed by hand",
            "move the change into the blueprint, or drop it with `formwork build --force PATH`",
        ),
        Verdict::Missing => ("missing", "is compiled and not there", "run `formwork build`"),
        Verdict::Unmanaged => (
            "unmanaged",
            "stands where a file is compiled to, and was not compiled",
            "move it away; a `.gitignore` of your own stays, with `output: { gitignore: false }` in the blueprint and the \
             lines of ours in it; `formwork build --adopt` replaces what is there, your own lines too",
        ),
        Verdict::Orphan(Remains::Edited) => (
            "orphan",
            "is no longer compiled, and was changed by hand",
            "delete it, or let `formwork build --force PATH` delete it",
        ),
        Verdict::Orphan(_) => {
            ("orphan", "is no longer compiled", "run `formwork build`, which removes it")
        }
        Verdict::Blocked(_) => (
            "blocked",
            "cannot be written: something else stands there",
            "remove what stands there",
        ),
    };
    Words { name, meaning, remedy }
}

/// The diff that says what a file would lose and gain; empty where it would be the whole file.
pub fn diff(change: &Change) -> String {
    match change.verdict {
        Verdict::Stale | Verdict::HandEdited | Verdict::Unmanaged => change.diff(),
        Verdict::Current | Verdict::Missing | Verdict::Orphan(_) | Verdict::Blocked(_) => {
            String::new()
        }
    }
}

/// A file and its verdict for people: a headline, and the diff below it.
pub fn text(system: &System, change: &Change) -> String {
    let words = words(change);
    let path = system.path(change.path.as_str());
    let mut text = format!("{}: `{path}` ", console::paint(console::BAD, words.name));
    match &change.verdict {
        Verdict::Blocked(block) => text.push_str(&block.to_string()),
        _ => text.push_str(words.meaning),
    }
    text.push('\n');
    text.push_str(&console::paint_diff(&diff(change)));
    text
}

/// The same for code scanning.
pub fn sarif(system: &System, change: &Change) -> OfFile {
    let words = words(change);
    let path = system.path(change.path.as_str());
    OfFile {
        rule: words.name.to_owned(),
        about: format!("A compiled file {}.", words.meaning),
        message: format!("`{path}` {}\nhelp: {}", words.meaning, words.remedy),
        path,
    }
}

/// The same for programs.
pub fn json(system: &System, change: &Change) -> Value {
    let words = words(change);
    json!({
        "path": system.path(change.path.as_str()),
        "verdict": words.name,
        "remedy": words.remedy,
        "diff": diff(change),
    })
}
