//! Keeps what each judge read and found, and holds that against the committed table.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::findings::Finding;

/// The findings that are let be, each with the reason.
pub(super) const TABLE: &str = "tests/matrix.txt";

/// A row of that table.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) judge: String,
    pub(super) rule: String,
    pub(super) count: usize,
    pub(super) why: String,
}

/// What each judge read, and how much it found; `tests/run` prints it at its end.
static RECORD: Mutex<BTreeMap<String, (usize, usize)>> = Mutex::new(BTreeMap::new());

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Notes that a judge read so many files and found so much.
pub(crate) fn record(judge: &str, files: usize, findings: usize) {
    // A test that failed elsewhere leaves the record as it was.
    let mut record = RECORD.lock().unwrap_or_else(PoisonError::into_inner);
    let row = record.entry(judge.to_owned()).or_default();
    *row = (row.0 + files, row.1 + findings);
    let rows = record.iter().map(|(judge, (files, findings))| (judge, files, findings));
    let rows =
        rows.map(|(judge, files, findings)| format!("{judge:<34} {files:>6} {findings:>9}\n"));
    let text: String =
        std::iter::once(format!("{:<34} {:>6} {:>9}\n", "judge", "files", "findings"))
            .chain(rows)
            .collect();
    let folder = root().join("target");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("matrix.txt"), text).unwrap();
}

/// Notes what a judge found, and says where that is not what the table lets be.
pub(crate) fn settle(judge: &str, files: usize, found: &[Finding]) -> Result<(), String> {
    assert!(files > 0, "{judge} read something");
    record(judge, files, found.len());
    compare(judge, found, &table())
}

pub(super) fn table() -> Vec<Row> {
    read(&fs::read_to_string(root().join(TABLE)).unwrap())
}

/// `judge`, `rule`, `count` and `why`, with two blanks or more between them.
fn read(text: &str) -> Vec<Row> {
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let row = |line: &str| {
        let mut cells = line.split("  ").map(str::trim).filter(|cell| !cell.is_empty());
        let mut cell = || cells.next().unwrap_or_else(|| panic!("{TABLE}: {line}")).to_owned();
        let (judge, rule, count, why) = (cell(), cell(), cell(), cell());
        let count = count.parse().unwrap_or_else(|error| panic!("{TABLE}: {line}: {error}"));
        Row { judge, rule, count, why }
    };
    lines.map(row).collect()
}

fn compare(judge: &str, found: &[Finding], table: &[Row]) -> Result<(), String> {
    let mut by_rule: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for one in found {
        by_rule.entry(&one.rule).or_default().push(one);
    }
    let mut wrong = Vec::new();
    for row in table.iter().filter(|row| row.judge == judge) {
        let found = by_rule.get(&*row.rule).map_or(0, Vec::len);
        if found < row.count {
            let advice =
                if found == 0 { "remove the row".to_owned() } else { format!("write {found}") };
            wrong.push(format!(
                "{judge}: {} is found {found} times, {TABLE} says {}: {advice}",
                row.rule, row.count
            ));
        }
    }
    for (rule, found) in by_rule {
        let allowed = table.iter().find(|row| row.judge == judge && row.rule == rule);
        let allowed = allowed.map_or(0, |row| row.count);
        if found.len() > allowed {
            wrong.push(format!(
                "{judge}: {rule} is found {} times, {TABLE} says {allowed}:",
                found.len()
            ));
            wrong.extend(found.iter().take(20).map(|one| format!("  {one}")));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

/// The programs that cannot be had, by the list of `tests/judges`.
pub(crate) fn absent() -> Vec<String> {
    let text = fs::read_to_string(root().join("tests/judges/absent.txt")).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let row = |line: &str| {
        let (name, why) = line.split_once("  ").unwrap_or_else(|| panic!("no reason: {line}"));
        assert!(!why.trim().is_empty(), "{line}");
        name.to_owned()
    };
    lines.map(row).collect()
}

#[test]
fn a_rise_fails_and_so_does_a_fall() {
    let table = read("# comment\n\nshellcheck  SC1000  2  a reason\n");
    let found = |count: usize, rule: &str| -> Vec<Finding> {
        let one = |line| Finding {
            file: "out/x.sh".to_owned(),
            line,
            rule: rule.to_owned(),
            message: "a fault".to_owned(),
        };
        (1..=count as u64).map(one).collect()
    };
    assert_eq!(compare("shellcheck", &found(2, "SC1000"), &table), Ok(()));
    let rise = compare("shellcheck", &found(3, "SC1000"), &table).unwrap_err();
    assert!(
        rise.contains("found 3 times") && rise.contains("out/x.sh:3: SC1000: a fault"),
        "{rise}"
    );
    let fall = compare("shellcheck", &found(1, "SC1000"), &table).unwrap_err();
    assert!(fall.ends_with("write 1"), "{fall}");
    let gone = compare("shellcheck", &[], &table).unwrap_err();
    assert!(gone.ends_with("remove the row"), "{gone}");
    let other = compare("shellcheck", &[found(2, "SC1000"), found(1, "SC2000")].concat(), &table);
    assert!(other.unwrap_err().contains("SC2000"));
    assert_eq!(compare("shfmt", &[], &table), Ok(()));
}

/// What is installed is not absent.
#[test]
fn what_cannot_be_had_is_not_installed() {
    let install =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/judges/install"))
            .unwrap();
    let absent = absent();
    assert!(!absent.is_empty());
    for name in absent {
        let is_installed = install.lines().any(|line| line.split(' ').next() == Some(&*name));
        assert!(!is_installed, "{name} is installed");
    }
}
