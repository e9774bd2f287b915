//! Turns the bytes of a fuzzer into runs of the compiler, and says what must hold for each.
//!
//! A target asserts more than that nothing panics: either there are files, which their readers take, or there are
//! faults with places in the text that was given.

pub mod claims;
pub mod tree;

use formwork::compile::Inputs;
use formwork::diagnostic::Diagnostics;
use formwork::source::{Source, Sources};

/// What is compiled for a blueprint and the project's own catalogue entries.
pub fn inputs(blueprint: &str, entries: &[(&str, &str)]) -> Inputs {
    let mut sources = Sources::default();
    let root = sources.add(Source::new("blueprint.yaml", blueprint));
    let entry = |(path, text): &(&str, &str)| sources.add(Source::new(*path, text));
    let catalog = entries.iter().map(entry).collect();
    Inputs {
        sources,
        root,
        included: Vec::new(),
        catalog,
        templates: Vec::new(),
        unreadable: Diagnostics::default(),
        blueprint_path: "../../blueprints/blueprint.yaml".to_owned(),
        folder: "/repository/blueprints".to_owned(),
        output: "/repository/out/system".to_owned(),
    }
}
