//! Holds the table of defects against the tests and codes that it names.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use formwork::diagnostic::Code;

/// The cells of each row.
fn rows() -> Vec<Vec<String>> {
    let text = fs::read_to_string("tests/DEFECTS.md").unwrap();
    let rows = text.lines().filter(|line| line.starts_with("| D"));
    rows.map(|row| row.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect())
        .collect()
}

/// What stands in backticks.
fn named(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
}

/// The names of all tests of the suite, each with the module that it stands in: `names::d01_…`.
fn tests() -> BTreeSet<String> {
    let mut files = Vec::new();
    sources(Path::new("tests/suite"), &mut files);
    let mut found = BTreeSet::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let inside = file.strip_prefix("tests/suite").unwrap().with_extension("");
        let module = inside.to_str().unwrap().trim_end_matches("/mod").replace('/', "::");
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        for (at, line) in lines.iter().enumerate().filter(|(_, line)| line.starts_with("fn ")) {
            let name = line["fn ".len()..].split('(').next().unwrap();
            if lines[..at].iter().rev().take(3).any(|before| *before == "#[test]") {
                found.insert(format!("{module}::{name}"));
            }
        }
    }
    found
}

#[test]
fn every_class_has_a_row_with_tests_and_codes_that_exist() {
    let (rows, tests) = (rows(), tests());
    let ids: Vec<&str> = rows.iter().map(|row| row[0].as_str()).collect();
    assert_eq!(ids, (1..=26).map(|id| format!("D{id}")).collect::<Vec<_>>());
    for row in &rows {
        let [id, class, why, by] = row.as_slice() else { panic!("{row:?}") };
        assert!(!class.is_empty() && !why.is_empty(), "{id}");
        let codes = named(why).filter(|name| name.contains('-') && !name.contains(' '));
        for code in codes {
            assert!(Code::ALL.iter().any(|known| known.id() == code), "{id}: {code} is no code");
        }
        let prefix = format!("d{:02}_", id[1..].parse::<u8>().unwrap());
        let own: Vec<&str> = named(by).collect();
        assert!(own.iter().any(|name| name.contains(&prefix)), "{id} has no test of its own");
        for name in own {
            assert!(tests.contains(name), "{id}: {name} is no test");
        }
    }
}

#[test]
fn every_test_of_a_class_is_in_its_row() {
    let named: BTreeSet<String> = rows()
        .iter()
        .flat_map(|row| named(&row[3]).map(str::to_owned).collect::<Vec<_>>())
        .collect();
    let is_own = |test: &&String| test.starts_with("defects::") && test.contains("::d");
    let missing: Vec<String> =
        tests().iter().filter(is_own).filter(|test| !named.contains(*test)).cloned().collect();
    assert_eq!(missing, [""; 0]);
}

#[test]
fn the_readme_leads_to_the_table() {
    assert!(fs::read_to_string("README.md").unwrap().contains("(tests/DEFECTS.md)"));
}
