//! Fills and checks the env files of the reference systems, as whoever operates them does.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};
use std::time::SystemTime;

use serde_yaml::Value;

const SYSTEMS: [&str; 5] = ["agenthub", "saas-chat", "sira", "vibe-ensemble", "vulnzero"];

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_formwork")).args(arguments).output().unwrap()
}

/// A value that fits what the comment above a variable asks for, as an operator would find one, and like no other.
fn plausible(asked: &str, number: usize) -> String {
    let clause = |start: &str| asked.split("; ").find_map(|clause| clause.strip_prefix(start));
    let has = |text: &str| asked.split("; ").any(|clause| clause == text);
    if has("true or false") {
        return "false".to_owned();
    }
    if let Some(one) = clause("one of ") {
        return one.split(", ").next().unwrap().to_owned();
    }
    if has("a whole number") {
        return "4242".to_owned();
    }
    let mut value = match clause("begins with ") {
        Some(start) => start.to_owned(),
        None if has("an absolute URL") => "https://".to_owned(),
        None => String::new(),
    };
    if has("an absolute URL") {
        value += &format!("given{number}.example.org");
    } else if has("an e-mail address") {
        value += &format!("given{number}@example.org");
    } else {
        value += &format!("given{number}by1the2operator");
    }
    let least = clause("at least ").and_then(|rest| rest.split(' ').next());
    let least = least.map_or(0, |least| least.parse::<usize>().unwrap());
    while value.len() < least {
        value.push_str("7q");
    }
    value
}

/// The text with a value for each variable that is required and empty; how many there were.
fn completed(text: &str) -> (String, usize) {
    let (mut asked, mut count) = (None, 0);
    let mut lines = Vec::new();
    for line in text.lines() {
        let comment = line.strip_prefix("# ");
        match (comment, line.strip_suffix('='), &asked) {
            (Some(comment), ..) if comment.starts_with("Required") => {
                asked = Some(comment.to_owned());
            }
            (_, Some(name), Some(asked)) if !name.starts_with('#') => {
                count += 1;
                lines.push(format!("{name}={}", plausible(asked, count)));
                continue;
            }
            (None, ..) => asked = None,
            _ => {}
        }
        lines.push(line.to_owned());
    }
    (lines.join("\n") + "\n", count)
}

/// Every file below a folder: what it holds, its mode and when it was written.
fn state(folder: &Path) -> BTreeMap<String, (Vec<u8>, u32, SystemTime)> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let metadata = fs::symlink_metadata(&path).unwrap();
            let mode = metadata.permissions().mode();
            let bytes = if metadata.is_dir() { Vec::new() } else { fs::read(&path).unwrap() };
            if metadata.is_dir() {
                folders.push(path.clone());
            }
            let written = metadata.modified().unwrap();
            found.insert(path.display().to_string(), (bytes, mode, written));
        }
    }
    found
}

#[test]
fn every_system_is_filled_then_found_complete_and_a_second_fill_changes_nothing() {
    for system in SYSTEMS {
        let blueprint = format!("blueprints/{system}.yaml");
        let text = fs::read_to_string(&blueprint).unwrap();
        let environments: Value =
            serde_yaml::from_str::<Value>(&text).unwrap()["environments"].clone();
        let environments = environments.as_mapping().unwrap().keys();
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().to_str().unwrap();
        let mut seen = 0;
        for environment in environments.map(|name| name.as_str().unwrap()) {
            let of = [&blueprint, "--out", out, "--env", environment];
            let env = |action| run(&[&["env", action], &of[..]].concat());
            let about = format!("{system} in {environment}");
            let filled = env("fill");
            assert!(filled.status.success(), "{about}: {filled:?}");
            let path = folder.path().join(format!(".env.{environment}"));
            let text = fs::read_to_string(&path).unwrap();
            // What is only the operator's to say is told before anything starts.
            let (complete, count) = completed(&text);
            let found = env("check");
            assert_eq!(found.status.success(), count == 0, "{about}: {found:?}");
            seen += count;
            fs::write(&path, complete).unwrap();
            // The files follow what the operator wrote.
            assert!(env("fill").status.success(), "{about}");
            let found = env("check");
            assert!(
                found.status.success() && found.stderr.is_empty(),
                "{about}: {}",
                String::from_utf8_lossy(&found.stderr)
            );
            let before = state(folder.path());
            let again = env("fill");
            let said = String::from_utf8_lossy(&again.stdout).into_owned();
            assert!(
                again.status.success() && said.contains("nothing was changed"),
                "{about}: {said}"
            );
            assert!(state(folder.path()) == before, "{about}: a second fill changed something");
            assert_eq!(before[&path.display().to_string()].1 & 0o7777, 0o600, "{about}");
            let secrets = folder.path().join("secrets").join(environment);
            assert!(
                before.keys().any(|path| Path::new(path).parent() == Some(&secrets)),
                "{about}"
            );
        }
        assert!(seen > 0, "{system} asks its operator for nothing");
    }
}

/// Row E13: the script makes what can be made with the real program, and never twice.
#[test]
fn row_e13_secrets_are_made_once_and_what_is_left_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out/vibe-ensemble");
    fs::create_dir_all(&out).unwrap();
    for (from, to) in [("blueprints", folder.path()), ("out/vibe-ensemble/scripts", out.as_path())]
    {
        assert!(Command::new("cp").arg("-r").arg(from).arg(to).status().unwrap().success());
    }
    let program = Path::new(env!("CARGO_BIN_EXE_formwork")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    let generate = |words: &[&str]| {
        let mut command = Command::new(out.join("scripts/generate-secrets.sh"));
        command.arg("production").args(words).env("PATH", &path).output().unwrap()
    };
    let file = out.join(".env.production");
    assert!(generate(&["--dry-run"]).status.success() && !file.exists(), "nothing is called");
    let made = generate(&[]);
    assert_eq!(made.status.code(), Some(1), "{made:?}");
    let text = fs::read_to_string(&file).unwrap();
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o7777, 0o600);
    let value = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(&format!("{name}=")));
        line.unwrap_or_else(|| panic!("no {name}")).to_owned()
    };
    assert!(value("DATABASE_PASSWORD").len() >= 12, "{text}");
    assert_eq!(value("PAGERDUTY_ROUTING_KEY"), "", "nobody but PagerDuty can make it");
    let told = String::from_utf8_lossy(&made.stderr).into_owned();
    assert!(told.contains("`PAGERDUTY_ROUTING_KEY` is empty"), "{told}");
    let before = state(&out);
    assert_eq!(generate(&[]).status.code(), Some(1));
    assert!(state(&out) == before, "what is made stays");
    fs::write(&file, completed(&text).0).unwrap();
    let done = generate(&[]);
    assert_eq!(done.status.code(), Some(0), "{done:?}");
}
