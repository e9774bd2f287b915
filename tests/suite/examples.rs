//! Compiles every example: none of them says anything that the compiler has to remark on.

use std::path::Path;

use formwork::compile::{Failure, compile};
use formwork::diagnostic::render;
use formwork::project::Project;

use crate::support::{blueprints, read};

#[test]
fn every_example_compiles_without_remarks() {
    for path in blueprints() {
        let project = Project::read(&path, None).unwrap();
        let compiled = match compile(&project.inputs) {
            Ok(compiled) => compiled,
            Err(Failure::Invalid(found)) => {
                panic!("{}", render::text(&project.inputs.sources, &found, false))
            }
            Err(Failure::Broken(error)) => panic!("{error}"),
        };
        let remarks: Vec<_> = compiled.remarks.iter().map(|remark| &remark.message).collect();
        assert!(remarks.is_empty(), "{}: {remarks:?}", path.display());
    }
}

#[test]
fn the_shortest_example_needs_no_waiver() {
    let text = read(Path::new("examples/ten-lines.yaml"));
    let lines = text.lines().filter(|line| !line.starts_with('#')).count();
    assert!(lines <= 10, "{lines} lines");
    assert!(!text.contains("waivers"));
}
