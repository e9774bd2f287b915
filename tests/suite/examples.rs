//! Compiles every example: none of them says anything that the compiler has to remark on.

use std::path::Path;

use crate::support::{blueprints, of_file, read};

#[test]
fn every_example_compiles_without_remarks() {
    for path in blueprints() {
        let known = of_file(&path);
        let remarks: Vec<_> = known.compiled.remarks.iter().map(|remark| &remark.message).collect();
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
