//! Has nginx test every compiled configuration, and gixy read what nginx prints of it.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::artefacts::Artefact;
use super::findings::{self, Finding, Ran};
use super::record::settle;
use crate::judge::judge;
use crate::parallel::in_parallel;

/// What is wrong with the configurations below a folder.
pub(super) fn judged(root: &Path, all: &[Artefact]) -> Vec<String> {
    let Some(debian) = crate::nginx::unpacked() else { return Vec::new() };
    let folders: Vec<&str> =
        all.iter().filter_map(|file| file.path.strip_suffix("/nginx.conf")).collect();
    let gixy = judge("gixy");
    let found = in_parallel(&folders, |folder| {
        let ran = printed(&debian, root, folder);
        let tested = findings::or_failed(findings::nginx(&ran), &ran);
        let gixy = gixy.as_deref().map_or_else(Vec::new, |gixy| read(gixy, &ran));
        (tested, gixy)
    });
    let (tested, read): (Vec<_>, Vec<_>) = found.into_iter().unzip();
    let mut wrong =
        vec![settle("nginx -t", folders.len(), &tested.into_iter().flatten().collect::<Vec<_>>())];
    if gixy.is_some() {
        wrong.push(settle("gixy", folders.len(), &read.into_iter().flatten().collect::<Vec<_>>()));
    }
    wrong.into_iter().filter_map(Result::err).collect()
}

/// What nginx says and prints of a configuration.
fn printed(debian: &Path, root: &Path, folder: &str) -> Ran {
    let sandbox = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/judges/nginx-sandbox");
    let mut command = Command::new(sandbox);
    command.arg("--debian").arg(debian).arg(root.join(folder)).arg("-T");
    let output = command.output().expect("nginx runs");
    let ran = Ran { output, files: vec![folder.to_owned()] };
    assert!(ran.stdout().contains("\nhttp {") || !ran.output.status.success(), "{folder}");
    ran
}

/// It reads the whole configuration as nginx prints it, and has something to say of every version but the newest.
fn read(gixy: &Path, printed: &Ran) -> Vec<Finding> {
    let folder = tempfile::tempdir().unwrap();
    let dump = folder.path().join("nginx.conf");
    fs::write(&dump, &printed.output.stdout).unwrap();
    let mut command = Command::new(gixy);
    let output = command.args(["-f", "json", "--nginx-version", "1.31.7"]).arg(&dump).output();
    let ran = Ran { output: output.expect("gixy runs"), files: printed.files.clone() };
    findings::or_failed(findings::gixy(&ran), &ran)
}
