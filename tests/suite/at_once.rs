//! Starts runs while others write to the same folder, and kills runs while they write: the folder is one blueprint's.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use formwork::tree::lock::Lock;

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

/// A file and a folder that are not ours, among those that are.
const THEIRS: [&str; 2] = ["out/notes.txt", "out/kubernetes/production/api/theirs/file"];

/// How a moment is chosen at which a run is killed.
struct Moments {
    dice: u64,
    /// How long a run takes that nobody kills.
    whole: Duration,
}

impl Moments {
    /// A share of the whole, the same in every run.
    fn next(&mut self) -> Duration {
        // Knuth's MMIX constants; the low bits of such a sequence are poor.
        self.dice = self
            .dice
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let share = u32::try_from(self.dice >> 33).unwrap();
        self.whole.mul_f64(f64::from(share) / f64::from(u32::MAX >> 1))
    }
}

/// Waits until a run has begun to write, or has ended.
fn writes(place: &Place, run: &mut Child) {
    let lock = place.folder.path().join("out/formwork.lock");
    let state = || fs::metadata(&lock).and_then(|found| found.modified()).ok();
    let before = state();
    while state() == before && run.try_wait().unwrap().is_none() {
        std::thread::yield_now();
    }
}

impl Place {
    /// How a path of the output folder stands in [`Self::wanted`].
    fn bytes(&self, which: usize, path: &Path) -> Option<&Vec<u8>> {
        self.wanted[which].get(path)
    }

    /// Demands that each file is that of one of the two blueprints, whole, or not there. Whether a run was stopped in
    /// the middle of writing.
    fn is_whole(&self) -> bool {
        let mut is_stopped = false;
        for (path, bytes) in self.found() {
            let name = path.strip_prefix(self.folder.path()).unwrap().to_str().unwrap();
            if name.ends_with("formwork.lock") {
                let text = String::from_utf8(bytes).unwrap();
                is_stopped |= text.contains("pending ");
                Lock::parse(&text).unwrap();
            } else if THEIRS.contains(&name) {
                assert_eq!(bytes, b"theirs\n");
            } else if name.ends_with(".formwork.tmp") {
                is_stopped = true;
            } else if !path.is_dir() {
                let known = [0, 1].map(|which| self.bytes(which, &path));
                assert!(known.contains(&Some(&bytes)), "`{name}` is neither the old nor the new");
            }
        }
        is_stopped
    }

    /// Builds, and demands that nothing but the compiled files and what is not ours is left.
    fn heals(&self, which: usize, round: usize) {
        for command in ["build", "check"] {
            let output = self.start(command, which).wait_with_output().unwrap();
            let told = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{command} after {round}: {told}");
        }
        let mut found = self.found();
        for theirs in THEIRS {
            let path = self.folder.path().join(theirs);
            assert_eq!(found.remove(&path).as_deref(), Some(b"theirs\n".as_slice()));
        }
        let theirs = self.folder.path().join(THEIRS[1]);
        found.remove(theirs.parent().unwrap());
        assert_eq!(found, self.wanted[which]);
    }
}

/// Kills runs, most of them while they write. `FORMWORK_CASES=N` kills N times as many.
#[test]
fn what_a_killed_run_left_is_whole_and_completed() {
    let place = Place::new();
    for theirs in THEIRS {
        let path = place.folder.path().join(theirs);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "theirs\n").unwrap();
    }
    let start = Instant::now();
    place.heals(0, 0);
    let mut moments = Moments { dice: 1, whole: start.elapsed() / 2 };
    let times = std::env::var("FORMWORK_CASES").ok().and_then(|times| times.parse().ok());
    let (rounds, mut stopped, mut killed) = (25 * times.unwrap_or(1), 0, 0);
    for round in 0..rounds {
        // What is there is the other one.
        let which = (round + 1) % 2;
        let mut run = place.start("build", which);
        let mut moment = moments.next();
        if round % 4 != 0 {
            writes(&place, &mut run);
            moment /= 8;
        }
        sleep(moment);
        run.kill().unwrap();
        killed += usize::from(!run.wait().unwrap().success());
        stopped += usize::from(place.is_whole());
        // Now and then the author goes back instead.
        let back = moments.dice & (1 << 40) == 0;
        place.heals(if back { 1 - which } else { which }, round);
        if back {
            place.heals(which, round);
        }
    }
    println!("{rounds} runs: {killed} killed, {stopped} of them while they wrote");
    assert!(stopped * 10 >= rounds, "only {stopped} of {rounds} were stopped while they wrote");
}
