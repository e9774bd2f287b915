//! Has kubernetes-validate hold objects against the strict schemas of Kubernetes: each text once.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::parallel::{in_parallel, workers};

/// Judges manifests, each with a name to tell of.
pub(crate) fn judge_manifests<'a>(
    tool: &Path,
    manifests: impl IntoIterator<Item = (String, &'a str)>,
) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut names = BTreeMap::new();
    for (name, text) in manifests {
        names.entry(text).or_insert(name);
    }
    let paths = names.iter().enumerate().map(|(number, (text, name))| {
        let path = folder.path().join(format!("{number}.{}", name.replace('/', ".")));
        fs::write(&path, text).expect("a file");
        path
    });
    let paths: Vec<_> = paths.collect();
    let shares: Vec<_> = paths.chunks(paths.len().div_ceil(workers()).max(1)).collect();
    let told = in_parallel(&shares, |paths| {
        let mut command = Command::new(tool);
        let output = command.args(["--strict", "-k", "1.36"]).args(*paths).output();
        let output = output.expect("the judge runs");
        let told = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert!(output.status.success(), "{told}");
        told
    });
    let told = told.concat();
    let passed = told.lines().filter(|line| line.contains(" passed for resource ")).count();
    assert_eq!(passed, paths.len(), "{told}");
    assert!(passed > 0, "something was judged");
}
