//! Arranges what a machine has before a script runs, and who sits before it.

use std::fs;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::machine::Machine;
use crate::harness::Run;

impl Machine {
    /// Says that these services run.
    pub(crate) fn containers(&self, names: &[&str]) {
        let one = |name: &&str| {
            let state = "running 0 false 0 healthy";
            let text = json!({ "id": name, "image": "x", "named": "x", "pids": [], "from": [], "state": state });
            ((*name).to_owned(), text)
        };
        let all: serde_json::Map<String, Value> = names.iter().map(one).collect();
        fs::write(self.stand_in().join("containers.json"), Value::Object(all).to_string()).unwrap();
    }

    /// Records a version, which was made after a backup or without one.
    pub(crate) fn version(&self, name: &str, backup: &str) {
        let folder = self.state().join("versions").join(name);
        fs::create_dir_all(folder.join("files")).unwrap();
        fs::write(folder.join("info"), format!("commit=x\nbackup={backup}\nby=x\n")).unwrap();
        fs::write(folder.join("images"), "").unwrap();
        fs::write(folder.join("files/name"), name).unwrap();
        fs::write(self.state().join("current"), name).unwrap();
    }

    /// Runs a script at a terminal, where somebody types a line.
    pub(crate) fn typed(&self, script: &str, arguments: &[&str], line: &str) -> Run {
        let ready = self.command(script, arguments);
        let terminal =
            "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))";
        let mut command = Command::new("python3");
        command.args(["-c", terminal]).arg(ready.get_program()).args(ready.get_args());
        command.current_dir("/").stdin(Stdio::piped());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        for (name, value) in ready.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        let mut running = command.spawn().unwrap();
        let mut input = running.stdin.take().unwrap();
        std::io::Write::write_all(&mut input, format!("{line}\n").as_bytes()).unwrap();
        let ended = Run::of(running.wait_with_output().unwrap());
        drop(input);
        ended
    }
}
