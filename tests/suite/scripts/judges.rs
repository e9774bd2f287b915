//! Has shell linters judge every script of every committed system.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, str};

use crate::judge::judge;

/// Every script below the folders `scripts` that are committed.
fn scripts() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = fs::read_dir("out")
        .unwrap()
        .map(|entry| entry.unwrap().path().join("scripts"))
        .filter(|folder| folder.is_dir())
        .collect();
    assert!(folders.len() >= 4, "{folders:?}");
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            // `lib` is part of a program that is put together in a container, and judged as a whole elsewhere.
            if path.is_dir() && !path.ends_with("lib") {
                folders.push(path);
            } else if path.is_file() {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

#[test]
fn shell_linters_find_nothing() {
    for script in scripts() {
        let folder: &Path = script.parent().unwrap();
        if let Some(tool) = judge("shellcheck") {
            let arguments = ["-x", "-o", "all", script.file_name().unwrap().to_str().unwrap()];
            silent(Command::new(tool).args(arguments).current_dir(folder));
        }
        if let Some(tool) = judge("shfmt") {
            silent(Command::new(tool).args(["-d", "-i", "2", "-ci"]).arg(&script));
        }
        silent(Command::new("bash").arg("-n").arg(&script));
    }
}

fn silent(command: &mut Command) {
    let output = command.output().unwrap();
    let told = [output.stdout, output.stderr].concat();
    let told = str::from_utf8(&told).unwrap();
    assert!(output.status.success() && told.is_empty(), "{command:?}: {told}");
}
