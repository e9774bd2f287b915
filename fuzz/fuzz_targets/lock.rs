//! A lock's text: nothing in it leads out of the folder, and what is written from it says the same.
#![no_main]

use std::fs;
use std::sync::LazyLock;

use formwork::tree::compare::{Verdict, compare};
use formwork::tree::lock::Lock;
use formwork::tree::path::ArtifactPath;
use formwork::tree::{Artifact, Tree};
use formwork_fuzz::claims;
use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;

/// A folder with two files, of which one is compiled.
static PLACE: LazyLock<(TempDir, Tree)> = LazyLock::new(|| {
    let folder = TempDir::new().unwrap();
    let mut tree = Tree::new();
    for path in ["a/one.yml", "two.sh"] {
        let place = ArtifactPath::parse(path).unwrap();
        fs::create_dir_all(place.under(folder.path()).parent().unwrap()).unwrap();
        fs::write(place.under(folder.path()), "text\n").unwrap();
        if path.ends_with("yml") {
            tree.insert(place, Artifact::plain("text")).unwrap();
        }
    }
    (folder, tree)
});

fuzz_target!(|text: &str| {
    claims::soon(|| holds(text));
});

/// What must hold.
fn holds(text: &str) {
    let lock = match Lock::parse(text) {
        Ok(lock) => lock,
        Err(error) => {
            assert!(error.line >= 1 && error.line <= text.lines().count(), "{error}");
            assert!(!error.to_string().contains(char::is_control), "{error:?}");
            return;
        }
    };
    for path in lock.paths() {
        let path = path.as_str();
        assert!(
            !path.starts_with('/')
                && !path.split('/').any(|name| ["", ".", "..", ".git"].contains(&name))
        );
    }
    let rendered = lock.render();
    let again = Lock::parse(&rendered).unwrap_or_else(|error| panic!("{error}:\n{rendered}"));
    assert_eq!(again.render(), rendered);
    assert_eq!(again.conflict(), None);
    if lock.conflict().is_none() {
        assert_eq!(again, lock);
    }
    let (folder, tree) = &*PLACE;
    let changes = compare(tree, folder.path(), &lock).unwrap();
    for change in &changes {
        match change.path.as_str() {
            "a/one.yml" => assert_eq!(change.verdict, Verdict::Current),
            // Nothing is there, or it holds another text than was written.
            _ => assert!(
                matches!(change.verdict, Verdict::Orphan(_) | Verdict::Blocked(_)),
                "{change:?}"
            ),
        }
    }
}
