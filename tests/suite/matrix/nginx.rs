//! Has nginx test every compiled configuration, and gixy read what nginx prints of it.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::artefacts::Artefact;
use super::findings::{self, Ran};
use super::record::settle;
use crate::judge::judge;
use crate::parallel::in_parallel;

/// What is wrong with the configurations below a folder.
pub(super) fn judged(root: &Path, all: &[Artefact]) -> Vec<String> {
    let Some(debian) = crate::nginx::unpacked() else { return Vec::new() };
    let folders: Vec<&str> =
        all.iter().filter_map(|file| file.path.strip_suffix("/nginx.conf")).collect();
    let [gixy, crossplane] = ["gixy", "crossplane"].map(judge);
    let found = in_parallel(&folders, |folder| {
        let ran = printed(&debian, root, folder);
        let tested = findings::or_failed(findings::nginx(&ran), &ran);
        // It has something to say of every version but the newest.
        let gixy = gixy.as_deref().map(|gixy| {
            let ran = read(gixy, &["-f", "json", "--nginx-version", "1.31.7"], &ran);
            findings::or_failed(findings::gixy(&ran), &ran)
        });
        let crossplane = crossplane.as_deref().map(|crossplane| {
            let ran = parsed(crossplane, &ran);
            findings::or_failed(findings::crossplane(&ran), &ran)
        });
        [Some(tested), gixy, crossplane]
    });
    let mut wrong = Vec::new();
    for (number, name) in ["nginx -t", "gixy", "crossplane"].into_iter().enumerate() {
        let of_all: Option<Vec<_>> = found.iter().map(|one| one[number].clone()).collect();
        let settled = of_all.map(|found| settle(name, folders.len(), &found.concat()));
        wrong.extend(settled.and_then(Result::err));
    }
    wrong
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

/// What a judge says of the whole configuration as nginx prints it.
fn read(judge: &Path, arguments: &[&str], printed: &Ran) -> Ran {
    let folder = tempfile::tempdir().unwrap();
    let dump = folder.path().join("nginx.conf");
    fs::write(&dump, &printed.output.stdout).unwrap();
    let output = Command::new(judge).args(arguments).arg(&dump).output();
    Ran { output: output.expect("the judge runs"), files: printed.files.clone() }
}

/// What crossplane says of the files that nginx prints, each where the others include it.
fn parsed(crossplane: &Path, printed: &Ran) -> Ran {
    let folder = tempfile::tempdir().unwrap();
    let root = format!("{}/", folder.path().display());
    let dump = printed.stdout();
    for part in dump.split("# configuration file /etc/nginx/").skip(1) {
        let (name, text) = part.split_once(":\n").unwrap();
        let file = folder.path().join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        let includes = text.replace("include /etc/nginx/", &format!("include {root}"));
        fs::write(file, includes).unwrap();
    }
    let output = Command::new(crossplane).arg("parse").arg(format!("{root}nginx.conf")).output();
    Ran { output: output.expect("the judge runs"), files: printed.files.clone() }
}
