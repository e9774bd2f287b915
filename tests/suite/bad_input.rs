//! Gives the program what it cannot work with: it says so with exit status 2, at once, in little memory, and leaves
//! everything as it was.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_formwork");

/// What the program may take; as address space, which is more than it has in memory.
const KIBIBYTES: u32 = 200 * 1024;
const TIME: Duration = Duration::from_secs(1);

const BLUEPRINT: &str = "\
blueprint: v1
name: notes
services:
  db: { uses: postgres@17 }
  api:
    image: ghcr.io/example/notes-api:1.4.2
    port: 8000
    health: /health
    needs: [db]
    environment: { DATABASE_URL: \"${db.url}\" }
";

/// A folder with a blueprint.
struct Place(TempDir);

impl Place {
    fn with(blueprint: impl AsRef<[u8]>) -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        fs::write(place.at("blueprint.yaml"), blueprint).unwrap();
        place
    }

    fn at(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    /// Every file below it, and its content.
    fn content(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        content(self.0.path())
    }

    /// `formwork build` there, within the limits on memory.
    fn build(&self, arguments: &[&str]) -> Output {
        self.run("build", arguments)
    }

    fn run(&self, command: &str, arguments: &[&str]) -> Output {
        let mut shell = limited(&[PROGRAM, command, "blueprint.yaml"]);
        shell.args(arguments).current_dir(self.0.path()).output().unwrap()
    }

    /// Demands that every command refuses the blueprint: `validate` answers no, the others cannot answer.
    fn is_refused(&self, said: &str) {
        for (command, status) in [("build", 2), ("check", 2), ("diff", 2), ("validate", 1)] {
            self.demand(command, &[], said, status);
        }
    }

    /// Builds, and demands a refusal that says this.
    fn refuses(&self, arguments: &[&str], said: &str) {
        self.demand("build", arguments, said, 2);
    }

    /// Runs a command, and demands that it says this, with this status, soon and without a trace.
    fn demand(&self, command: &str, arguments: &[&str], said: &str, status: i32) {
        let before = self.content();
        // A busy machine may be slow once or twice.
        for attempt in 1..=3 {
            let start = Instant::now();
            let output = self.run(command, arguments);
            let took = start.elapsed();
            let told = String::from_utf8_lossy(&output.stderr);
            assert!(told.contains(said), "expected `{said}` of {command} in:\n{told}");
            assert_eq!(output.status.code(), Some(status), "{command}: {told}");
            assert!(self.content() == before, "{command} wrote something");
            if took < TIME {
                return;
            }
            assert!(attempt < 3, "{command} took {took:?}");
        }
    }
}

pub(crate) fn content(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(content(&path));
            found.insert(path, Vec::new());
        } else {
            let bytes = fs::read(&path).unwrap_or_default();
            found.insert(path, bytes);
        }
    }
    found
}

/// A command that may not have more memory than the limit.
fn limited(command: &[&str]) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("ulimit -v {KIBIBYTES} && exec \"$0\" \"$@\"")]).args(command);
    shell
}

/// Runs a script in a mount namespace of its own; `None`, aloud, where that is not allowed.
fn apart(script: &str, folder: &Path) -> Option<Output> {
    let allowed = Command::new("unshare")
        .args(["-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"])
        .stderr(Stdio::null())
        .status();
    if !allowed.is_ok_and(|status| status.success()) {
        let is_required =
            std::env::var_os("FORMWORK_REQUIRE_JUDGES").is_some_and(|value| value == "1");
        assert!(!is_required, "nothing may be mounted here, but FORMWORK_REQUIRE_JUDGES=1");
        eprintln!("skipped: nothing may be mounted here");
        return None;
    }
    let output = Command::new("unshare")
        .args(["-m", "sh", "-ec", script, PROGRAM])
        .current_dir(folder)
        .output()
        .unwrap();
    Some(output)
}

#[test]
fn an_alias_bomb() {
    let mut text =
        String::from("blueprint: v1\nname: bomb\nx-0: &a0 [a, a, a, a, a, a, a, a, a, a]\n");
    for level in 1..=9 {
        let below = level - 1;
        let items = vec![format!("*a{below}"); 10].join(", ");
        writeln!(text, "x-{level}: &a{level} [{items}]").unwrap();
    }
    Place::with(text).is_refused("error[too-large]");
}

#[test]
fn ten_thousand_levels() {
    Place::with(format!("deep: {}", "[".repeat(10_000))).is_refused("error[too-large]");
    Place::with(format!("deep:\n  {}x", "- ".repeat(10_000))).is_refused("error[too-large]");
    Place::with(format!("deep: {}x", "{ a: ".repeat(10_000))).is_refused("error[too-large]");
}

#[test]
fn fifty_megabytes() {
    let line = "# nothing but comments\n";
    Place::with(line.repeat(50 * 1024 * 1024 / line.len())).is_refused("error[too-large]");
}

#[test]
fn invalid_utf8() {
    Place::with(b"blueprint: v1\nname: caf\xe9\n").is_refused("error[not-utf8]");
}

#[test]
fn an_empty_file() {
    Place::with("").is_refused("error[empty-file]");
    Place::with("\u{feff}").is_refused("error[empty-file]");
    Place::with("---\n# nothing\n").is_refused("error[empty-file]");
}

#[test]
fn a_directory() {
    let place = Place::with(BLUEPRINT);
    fs::remove_file(place.at("blueprint.yaml")).unwrap();
    fs::create_dir(place.at("blueprint.yaml")).unwrap();
    place.is_refused("error[unreadable-file]: `blueprint.yaml` is a directory");
}

#[test]
fn a_file_that_does_not_exist() {
    let place = Place::with(BLUEPRINT);
    fs::remove_file(place.at("blueprint.yaml")).unwrap();
    place.is_refused("error[unreadable-file]: `blueprint.yaml` does not exist");
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::with(BLUEPRINT);
    let mode =
        |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    mode(place.0.path(), 0o755);
    mode(&place.at("blueprint.yaml"), 0o000);
    if fs::File::open(place.at("blueprint.yaml")).is_err() {
        return place.is_refused("error[unreadable-file]: `blueprint.yaml` cannot be read");
    }
    // Root may read everything: become somebody else.
    let mut command = Command::new("setpriv");
    command.args(["--reuid", "65534", "--clear-groups", PROGRAM, "build", "blueprint.yaml"]);
    let output = match command.current_dir(place.0.path()).output() {
        Ok(output) if output.status.code() != Some(127) => output,
        _ => return eprintln!("skipped: root cannot become somebody else here"),
    };
    let told = String::from_utf8_lossy(&output.stderr);
    if told.starts_with("setpriv:") {
        return eprintln!("skipped: {told}");
    }
    assert!(told.contains("`blueprint.yaml` cannot be read: its permissions forbid it"), "{told}");
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_file_of_secrets_is_shown_to_nobody() {
    let secret = "TOKEN: hunter2hunter2\nTOKEN: hunter2hunter2\n";
    let include = |path: &str| {
        let place = Place::with(format!("{BLUEPRINT}include: [\"{path}\"]\n"));
        fs::write(place.at(".env"), secret).unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(".env", place.at("link.yaml")).unwrap();
        let output = place.run("validate", &[]);
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stderr).unwrap()
    };
    let absolute = tempfile::NamedTempFile::with_suffix(".yaml").unwrap();
    fs::write(absolute.path(), secret).unwrap();
    for (path, said) in [
        (absolute.path().to_str().unwrap(), "is not relative"),
        (".env", "`.env` is no YAML file"),
        #[cfg(unix)]
        ("link.yaml", "`link.yaml` is no YAML file"),
        ("../other.yaml", "`../other.yaml` leads out of the project"),
    ] {
        let told = include(path);
        assert!(told.contains(said) && !told.contains("hunter2"), "{path}: {told}");
    }
    let place = Place::with(BLUEPRINT);
    fs::write(place.at("secrets.env"), secret).unwrap();
    let output =
        limited(&[PROGRAM, "validate", "secrets.env"]).current_dir(place.0.path()).output();
    let told = String::from_utf8(output.unwrap().stderr).unwrap();
    assert!(told.contains("secrets.env:2:1") && !told.contains("hunter2"), "{told}");
}

#[test]
fn an_output_folder_outside_the_project() {
    for root in ["../formwork-elsewhere", ".git", ".git/hooks"] {
        let place = Place::with(format!("{BLUEPRINT}output: {{ root: {root} }}\n"));
        fs::create_dir(place.at(".git")).unwrap();
        place.is_refused("error[outside-project]");
        assert!(!place.0.path().parent().unwrap().join("formwork-elsewhere").exists());
    }
    // Where somebody can see it.
    let place = Place::with(BLUEPRINT);
    let elsewhere = tempfile::tempdir().unwrap();
    let output = place.build(&["--out", elsewhere.path().to_str().unwrap()]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn an_output_folder_that_is_a_file() {
    let place = Place::with(BLUEPRINT);
    fs::write(place.at("out"), "kept").unwrap();
    place.refuses(&["--out", "out"], "out");
    place.refuses(&["--out", "out/below"], "out");
    // A file in the place of a folder within it.
    let place = Place::with(BLUEPRINT);
    fs::create_dir(place.at("docker-compose.production.yml")).unwrap();
    place.refuses(&[], "docker-compose.production.yml");
}

#[test]
fn an_output_folder_that_may_only_be_read() {
    let place = Place::with(BLUEPRINT);
    fs::create_dir(place.at("out")).unwrap();
    let script = "mount -t tmpfs -o ro tmpfs out; exec \"$0\" build blueprint.yaml --out out";
    let Some(output) = apart(script, place.0.path()) else { return };
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("out") && told.contains("ead-only file system"), "{told}");
}

#[test]
fn a_full_disk() {
    let place = Place::with(BLUEPRINT);
    fs::create_dir(place.at("out")).unwrap();
    for left in ["0", "4096"] {
        let script = format!(
            "mount -t tmpfs -o size=64k tmpfs out
            head -c $((65536 - {left})) /dev/zero > out/ballast
            status=0; \"$0\" build blueprint.yaml --out out || status=$?
            find out -type f ! -name ballast ! -name formwork.lock >&2
            rm out/ballast
            mount -o remount,size=4m out
            \"$0\" build blueprint.yaml --out out > again 2>&1
            \"$0\" build blueprint.yaml --out \"$PWD/other\" >> again 2>&1
            diff -r -x formwork.lock out other >&2 && exit $status"
        );
        let Some(output) = apart(&script, place.0.path()) else { return };
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(told.contains("No space left"), "{told}");
        // Whole files may be there, unfinished ones may not: the second build found nothing that it did not know.
        let left = told.lines().find(|line| line.starts_with("out/") && line.contains(".tmp"));
        assert_eq!(left, None);
        fs::remove_dir_all(place.at("other")).unwrap();
    }
}

/// One that not even the folder's owner can replace.
#[test]
fn a_file_that_may_only_be_read() {
    let place = Place::with(BLUEPRINT);
    assert!(place.build(&["--out", "out"]).status.success());
    let other = BLUEPRINT.replace("notes-api:1.4.2", "notes-api:1.4.3");
    fs::write(place.at("blueprint.yaml"), other).unwrap();
    let script = "
        file=out/docker-compose.production.yml
        cp $file before; mount --bind -o ro $file $file
        status=0; \"$0\" build blueprint.yaml --out out || status=$?
        cmp before $file; find out -name '*.tmp' >&2
        umount $file
        \"$0\" build blueprint.yaml --out out > again 2>&1
        \"$0\" check blueprint.yaml --out out > again 2>&1
        grep -q notes-api:1.4.3 $file && exit $status";
    let Some(output) = apart(script, place.0.path()) else { return };
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("cannot write `out/docker-compose.production.yml`"), "{told}");
    assert!(!told.contains(".tmp\n"), "{told}");
}

#[test]
fn a_lock_that_was_tampered_with() {
    let place = Place::with(BLUEPRINT);
    assert!(place.build(&[]).status.success());
    let lock = fs::read_to_string(place.at("formwork.lock")).unwrap();
    let name = "docker-compose.production.yml";
    assert!(lock.contains(name), "{lock}");
    fs::write(place.0.path().parent().unwrap().join("formwork-victim"), "kept").unwrap();
    for bad in ["/etc/passwd", "../formwork-victim", "a/../../formwork-victim", "a//b", "", "a\\b"]
    {
        fs::write(place.at("formwork.lock"), lock.replace(name, bad)).unwrap();
        place.refuses(&[], "formwork.lock");
    }
    for bad in ["garbage\n", "\0\0\0", "{\"json\": true}\n"] {
        fs::write(place.at("formwork.lock"), bad).unwrap();
        place.refuses(&[], "formwork.lock");
    }
    fs::write(place.at("formwork.lock"), lock.repeat(50 * 1024 * 1024 / lock.len())).unwrap();
    place.refuses(&[], "formwork.lock");
    fs::write(place.at("formwork.lock"), b"caf\xe9").unwrap();
    place.refuses(&[], "formwork.lock");
    fs::remove_file(place.at("formwork.lock")).unwrap();
    fs::create_dir(place.at("formwork.lock")).unwrap();
    place.refuses(&[], "formwork.lock");
}

#[test]
fn two_runs_at_once() {
    let alone = Place::with(BLUEPRINT);
    assert!(alone.build(&["--out", "out"]).status.success());
    let wanted = content(&alone.at("out"));
    let wanted: Vec<_> = wanted.values().collect();
    let place = Place::with(BLUEPRINT);
    for _ in 0..5 {
        let run = || {
            let mut command = Command::new(PROGRAM);
            command.args(["build", "blueprint.yaml", "--out", "out"]).current_dir(place.0.path());
            command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
        };
        let runs: Vec<_> = (0..4).map(|_| run()).collect();
        for run in runs {
            let output = run.wait_with_output().unwrap();
            let told = String::from_utf8_lossy(&output.stderr);
            match output.status.code() {
                Some(0) => {}
                Some(2) => assert!(told.contains("another"), "{told}"),
                other => panic!("{other:?}: {told}"),
            }
        }
        let found = content(&place.at("out"));
        assert_eq!(found.values().collect::<Vec<_>>(), wanted);
        fs::remove_dir_all(place.at("out")).unwrap();
    }
}

#[test]
fn crlf_and_a_byte_order_mark_change_nothing() {
    let plain = Place::with(BLUEPRINT);
    let other = Place::with(format!("\u{feff}{}", BLUEPRINT.replace('\n', "\r\n")));
    for place in [&plain, &other] {
        let output = place.build(&["--out", "out"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let (plain, other) = (content(&plain.at("out")), content(&other.at("out")));
    assert!(plain.len() > 1);
    assert_eq!(plain.values().collect::<Vec<_>>(), other.values().collect::<Vec<_>>());
}
