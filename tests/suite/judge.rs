//! Turns the name of an outside program that judges our output into its path, if it is installed.

use std::env;
use std::path::{Path, PathBuf};

use crate::matrix::absent;

/// Finds a judge in the directory that `FORMWORK_JUDGES` names, or on the `PATH` where it names
/// none.
///
/// A missing judge is reported and its test passes without it, unless `FORMWORK_REQUIRE_JUDGES=1`
/// demands every one but those that `tests/judges/absent.txt` names.
pub(crate) fn judge(name: &str) -> Option<PathBuf> {
    let directories = match env::var_os("FORMWORK_JUDGES") {
        // Tests may run a judge in another directory, where a relative path would lead elsewhere.
        Some(directory) => vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(directory)],
        None => env::split_paths(&env::var_os("PATH").unwrap_or_default()).collect(),
    };
    let found =
        directories.iter().map(|directory| directory.join(name)).find(|path| path.is_file());
    if found.is_none() {
        let is_required = env::var_os("FORMWORK_REQUIRE_JUDGES").is_some_and(|value| value == "1");
        let is_required = is_required && !absent().iter().any(|one| one == name);
        assert!(!is_required, "{name} is not installed, but FORMWORK_REQUIRE_JUDGES=1");
        eprintln!("skipped: {name} is not installed");
    }
    found
}
