//! Runs the compiled scripts against servers that are really there.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use crate::compiled;
use crate::matrix;

/// A user without rights, as which servers and scripts run where the tests are root.
const NOBODY: &str = "65534";

/// A program of the system, looked for where Debian puts those of servers too; `None`, said aloud, where it is not.
pub(super) fn system(name: &str) -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = versions
        .map(|version| version.path().join("bin"))
        .filter(|folder| folder.join("initdb").is_file())
        .collect();
    folders.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    let found = folders.into_iter().map(|folder| folder.join(name)).find(|path| path.is_file());
    if found.is_none() {
        let required = std::env::var("FORMWORK_REQUIRE_JUDGES").is_ok_and(|value| value == "1");
        assert!(!required, "{name} is not installed, but FORMWORK_REQUIRE_JUDGES=1");
        eprintln!("skipped: {name} is not installed");
    }
    found
}

/// A folder with the compiled files, data and backups.
pub(super) struct Place {
    folder: TempDir,
    files: TempDir,
    pub(super) port: u16,
    settings: Vec<(String, String)>,
}

impl Place {
    /// Compiles a blueprint. `settings` stand in for the environment of the container.
    pub(super) fn new(blueprint: &str, settings: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let files = compiled::written(&compiled::tree(blueprint));
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut place = Self { folder, files, port, settings: Vec::new() };
        for name in ["backups", "metrics", "archive", "data"] {
            fs::create_dir(place.path(name)).unwrap();
        }
        fs::write(place.path("password"), "wrong horse battery\n").unwrap();
        fs::write(place.path("passphrase"), "0123456789abcdef0123456789abcdef\n").unwrap();
        let lib = place.file("scripts/lib");
        let jobs = place.file("backup/production");
        for (name, path) in [
            ("BACKUP_LIB", lib),
            ("BACKUP_JOBS", jobs),
            ("BACKUP_ROOT", place.path("backups")),
            ("BACKUP_METRICS", place.path("metrics")),
            ("BACKUP_ARCHIVE", place.path("archive")),
            ("BACKUP_ALIVE", place.path("alive")),
            ("BACKUP_PASSPHRASE_FILE", place.path("passphrase")),
            ("HOME", place.path("")),
        ] {
            place.set(name, path.to_str().unwrap());
        }
        place.set("BACKUP_PAUSE", "1");
        for (name, value) in settings {
            place.set(name, value);
        }
        place.give_away();
        place
    }

    /// Notes that the compiled scripts ran against a server.
    pub(super) fn judged(&self, by: &str) {
        let scripts =
            ["scripts/lib", "backup/production", "backup/production/jobs"].map(|folder| {
                let entries = fs::read_dir(self.file(folder)).unwrap().flatten();
                entries
                    .filter(|entry| entry.path().extension().is_some_and(|end| end == "sh"))
                    .count()
            });
        matrix::record(by, scripts.iter().sum(), 0);
    }

    /// Sets a variable of the scripts; `PORT` and `FOLDER` are this place's own.
    pub(super) fn set(&mut self, name: &str, value: &str) {
        let value = value.replace("PORT", &self.port.to_string());
        let value = value.replace("FOLDER", self.folder.path().to_str().unwrap());
        self.settings.retain(|(known, _)| known != name);
        self.settings.push((name.to_owned(), value));
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A compiled file.
    pub(super) fn file(&self, path: &str) -> PathBuf {
        self.files.path().join(path)
    }

    /// Everything belongs to whoever runs the scripts.
    pub(super) fn give_away(&self) {
        if is_root() {
            let folders = [self.folder.path(), self.files.path()];
            let status = Command::new("chown").args(["-R", NOBODY]).args(folders).status();
            assert!(status.unwrap().success());
        }
    }

    /// A command, run by a user without rights.
    pub(super) fn command(&self, program: &Path) -> Command {
        let mut command = if is_root() {
            let mut command = Command::new("setpriv");
            command.args(["--reuid", NOBODY, "--regid", NOBODY, "--clear-groups", "--"]);
            command.arg(program);
            command
        } else {
            Command::new(program)
        };
        let mut path = std::env::var_os("PATH").unwrap_or_default();
        if let Some(folder) = system("initdb").as_deref().and_then(Path::parent) {
            // The programs themselves, not wrappers that look for clusters.
            let mut own = folder.as_os_str().to_owned();
            own.push(":");
            own.push(path);
            path = own;
        }
        command.env_clear().env("PATH", path).env("LC_ALL", "C.UTF-8");
        command.envs(self.settings.clone()).stdin(Stdio::null()).current_dir(self.folder.path());
        command
    }

    /// Runs `job.sh`.
    pub(super) fn job(&self, words: &[&str]) -> Ended {
        let program = self.file("backup/production/job.sh");
        Ended::of(self.command(&program).args(words).output().unwrap())
    }

    /// Starts `job.sh`, to be ended when dropped.
    pub(super) fn start_job(&self, words: &[&str]) -> Running {
        let program = self.file("backup/production/job.sh");
        let mut command = self.command(&program);
        Running(command.args(words).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
    }

    /// The finished backups of a series, oldest first.
    pub(super) fn made(&self, store: &str, series: &str) -> Vec<PathBuf> {
        let folder = self.path("backups").join(store).join(series);
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
        paths.retain(|path| path.extension().is_none_or(|end| end != "sha256"));
        paths.sort();
        paths
    }
}

/// What a run gave.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) status: i32,
    pub(super) text: String,
}

impl Ended {
    pub(super) fn of(output: Output) -> Self {
        let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        Self { status: output.status.code().unwrap_or(-1), text }
    }

    #[track_caller]
    pub(super) fn exits(self, status: i32) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    #[track_caller]
    pub(super) fn says(self, text: &str) -> Self {
        assert!(self.text.contains(text), "no {text:?} in\n{}", self.text);
        self
    }
}

/// A process that is ended with its place.
pub(super) struct Running(pub(super) Child);

impl Running {
    /// Asks it to end, and waits.
    pub(super) fn stop(mut self, signal: &str) {
        let id = self.0.id().to_string();
        Command::new("kill").args([signal, &id]).status().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// Waits until something is so, for half a minute at most.
#[track_caller]
pub(super) fn wait_for(what: &str, so: impl Fn() -> bool) {
    for _ in 0..300 {
        if so() {
            return;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("{what} did not come about");
}

/// A file system of so many bytes; `None`, said aloud, where none can be mounted.
pub(super) fn small_disk(path: &Path, size: &str) -> Option<Disk> {
    let options = format!("size={size},uid={NOBODY},mode=0700");
    let mut command = Command::new("mount");
    command.args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(path);
    if is_root() && command.status().is_ok_and(|status| status.success()) {
        return Some(Disk(path.to_owned()));
    }
    eprintln!("skipped: no file system can be mounted here");
    None
}

/// A file system that goes when dropped.
pub(super) struct Disk(PathBuf);

impl Drop for Disk {
    fn drop(&mut self) {
        Command::new("umount").arg("-l").arg(&self.0).status().ok();
    }
}

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output().unwrap();
    output.stdout.starts_with(b"0\n")
}
