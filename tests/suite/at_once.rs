//! Starts runs while others write to the same folder, and kills runs while they write: the folder is one blueprint's.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use crate::bad_input::content;

const PROGRAM: &str = env!("CARGO_BIN_EXE_formwork");

const ONE: &str = "\
blueprint: v1
name: notes
services:
  db: { uses: postgres@17 }
  api: { image: \"ghcr.io/example/api:1.0.0\", port: 8000, health: /health, needs: [db], environment: { DB: \"${db.url}\" } }
";
/// Another image, one service more and one less.
const OTHER: &str = "\
blueprint: v1
name: notes
services:
  cache: { uses: redis@8 }
  api: { image: \"ghcr.io/example/api:2.0.0\", port: 8000, health: /health, needs: [cache], environment: { CACHE: \"${cache.url}\" } }
";

const FILES: [(&str, &str); 2] = [("one.yaml", ONE), ("other.yaml", OTHER)];

/// Two blueprints that take turns in one output folder, and what each of them compiles to.
struct Place {
    folder: tempfile::TempDir,
    wanted: [BTreeMap<PathBuf, Vec<u8>>; 2],
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let wanted = FILES.map(|(file, text)| {
            fs::write(folder.path().join(file), text).unwrap();
            let output = started(folder.path(), "build", file).wait_with_output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            let found = content(&folder.path().join("out"));
            fs::remove_dir_all(folder.path().join("out")).unwrap();
            found
        });
        assert_ne!(wanted[0], wanted[1]);
        Self { folder, wanted }
    }

    fn start(&self, command: &str, which: usize) -> Child {
        started(self.folder.path(), command, FILES[which].0)
    }

    fn found(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        content(&self.folder.path().join("out"))
    }
}

fn started(folder: &Path, command: &str, file: &str) -> Child {
    let mut program = Command::new(PROGRAM);
    program.args([command, file, "--out", "out"]).current_dir(folder);
    program.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

#[test]
fn of_runs_for_two_blueprints_each_writes_all_or_nothing() {
    let place = Place::new();
    for round in 0..10 {
        if round % 3 == 0 {
            let _ = fs::remove_dir_all(place.folder.path().join("out"));
        }
        let runs = [0, 1, 0, 1].map(|which| place.start("build", which));
        let mut succeeded = 0;
        for output in runs.map(|run| run.wait_with_output().unwrap()) {
            let told = String::from_utf8_lossy(&output.stderr);
            match output.status.code() {
                Some(0) => succeeded += 1,
                Some(2) => assert!(told.contains("another formwork run is writing"), "{told}"),
                other => panic!("{other:?}: {told}"),
            }
        }
        assert!(succeeded > 0);
        assert!(place.wanted.contains(&place.found()), "the two are mixed");
    }
}

#[test]
fn what_a_killed_run_left_is_completed() {
    let place = Place::new();
    for round in 0..20 {
        let mut run = place.start("build", round % 2);
        // From before the first write to after the last one, whatever the machine's speed.
        sleep(Duration::from_micros(1500 * (round as u64 % 10) + 500));
        run.kill().unwrap();
        run.wait().unwrap();
        let which = round / 2 % 2;
        for command in ["build", "check"] {
            let output = place.start(command, which).wait_with_output().unwrap();
            let told = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{command} after {round}: {told}");
        }
        assert_eq!(place.found(), place.wanted[which]);
    }
}
