use std::fs;
use std::io;
use std::path::Path;

use proptest::collection::{btree_map, vec};
use proptest::prelude::{Strategy, any, proptest};
use proptest::sample::{Index, select};
use tempfile::TempDir;

use crate::tree::compare::{Verdict, compare};
use crate::tree::error::TreeError;
use crate::tree::hold::Held;
use crate::tree::lock::Lock;
use crate::tree::tests::{build, built, files, files_of, path, tree, verdicts};
use crate::tree::write::{Options, Written, write_stepwise};
use crate::tree::{Artifact, Tree};

/// Builds until a step and stops there as a kill does: a half-written file stays. Whether the run was complete.
fn killed(tree: &Tree, root: &Path, at: usize) -> bool {
    let lock = Lock::read(root).unwrap();
    let changes = compare(tree, root, &lock).unwrap();
    let (mut step, mut litter) = (0, None);
    let mut ask = |target: &Path| {
        step += 1;
        if step <= at {
            return Ok(());
        }
        let half = target.parent().unwrap().join(".formwork.tmp");
        if half.exists() {
            fs::rename(&half, root.join("litter")).unwrap();
            litter = Some(half);
        }
        Err(io::Error::other("killed"))
    };
    let mut held = Held::new(root).unwrap();
    let done = write_stepwise(&mut held, &changes, &Options::default(), &mut ask);
    if let Some(half) = litter {
        fs::rename(root.join("litter"), half).unwrap();
    }
    match done {
        Ok(_) => true,
        Err(TreeError::Io { .. }) => false,
        Err(other) => panic!("{other}"),
    }
}

fn assert_complete(tree: &Tree, root: &Path) {
    assert!(verdicts(tree, root).iter().all(|(_, verdict)| *verdict == Verdict::Current));
    assert_eq!(files(root), files_of(tree));
    let lock = fs::read_to_string(root.join("formwork.lock")).unwrap_or_default();
    assert!(!lock.contains("pending"), "{lock}");
}

#[test]
fn a_kill_at_any_step_heals() {
    let new = tree(&[("a", "2"), ("b/c", "2"), ("d/e/f", "2"), ("same", "1")]);
    let newer = tree(&[("a", "3"), ("d", "3")]);
    for next in [&new, &newer] {
        let mut at = 0;
        loop {
            let root = built(&[("a", "1"), ("b", "1"), ("x/y", "1"), ("same", "1")]);
            let done = killed(&new, root.path(), at);
            for (path, text) in files(root.path()) {
                assert!(["", "1\n", "2\n"].contains(&&*text) || path.ends_with(".formwork.tmp"));
            }
            build(next, root.path(), &Options::default()).unwrap();
            assert_complete(next, root.path());
            if done {
                break;
            }
            at += 1;
        }
        assert_eq!(at, 2 * 5 + 2, "two steps for each file and both locks, one for each orphan");
    }
}

#[test]
fn an_error_leaves_nothing_half_written() {
    let (root, new) = (built(&[("a", "1")]), tree(&[("a", "2")]));
    let lock = Lock::read(root.path()).unwrap();
    let changes = compare(&new, root.path(), &lock).unwrap();
    let mut steps = 0;
    let mut ask = |_: &Path| {
        steps += 1;
        if steps == 4 { Err(io::Error::from(io::ErrorKind::StorageFull)) } else { Ok(()) }
    };
    let mut held = Held::new(root.path()).unwrap();
    let error = write_stepwise(&mut held, &changes, &Options::default(), &mut ask).unwrap_err();
    assert_eq!(
        super::message(&error, root.path()),
        "cannot write `ROOT/a`; free some space, then run the command again: what is missing will be written: no storage space"
    );
    assert_eq!(files(root.path()), files_of(&tree(&[("a", "1")])));
}

#[test]
fn when_all_is_current_nothing_is_written() {
    let (root, same) = (built(&[("a", "1"), ("b/c", "1")]), tree(&[("a", "1"), ("b/c", "1")]));
    let times = || {
        ["", "a", "b", "b/c", "formwork.lock"]
            .map(|file| fs::metadata(root.path().join(file)).unwrap().modified().unwrap())
    };
    let before = times();
    assert_eq!(build(&same, root.path(), &Options::default()).unwrap(), Written::default());
    assert_eq!(times(), before);
    build(&tree(&[("a", "2"), ("b/c", "1")]), root.path(), &Options::default()).unwrap();
    assert_eq!(times()[3], before[3], "an equal file is left alone beside a changed one");

    let nowhere = root.path().join("nowhere");
    build(&tree(&[]), &nowhere, &Options::default()).unwrap();
    assert!(!nowhere.exists());
}

#[test]
fn a_file_that_was_lost_is_written_again_and_the_lock_is_as_before() {
    let (root, same) = (built(&[("a", "1"), ("b", "1")]), tree(&[("a", "1"), ("b", "1")]));
    let before = fs::read_to_string(root.path().join("formwork.lock")).unwrap();
    fs::remove_file(root.path().join("a")).unwrap();
    build(&same, root.path(), &Options::default()).unwrap();
    assert_complete(&same, root.path());
    assert_eq!(fs::read_to_string(root.path().join("formwork.lock")).unwrap(), before);
}

#[test]
fn paths_without_a_change_keep_their_place_in_the_lock() {
    let root = built(&[("a", "1"), ("b", "1")]);
    let new = tree(&[("a", "2"), ("b", "2")]);
    let lock = Lock::read(root.path()).unwrap();
    let changes = compare(&new, root.path(), &lock).unwrap();
    let mut held = Held::new(root.path()).unwrap();
    crate::tree::write::write(&mut held, &changes[..1], &Options::default()).unwrap();
    let expected = [("a".to_owned(), Verdict::Current), ("b".to_owned(), Verdict::Stale)];
    assert_eq!(verdicts(&new, root.path()), expected);
}

fn trees() -> impl Strategy<Value = Tree> {
    let file = vec(select(vec!["a", "b", "c.d"]), 1..4).prop_map(|names| names.join("/"));
    let text = (select(vec!["", "x", "y\r\nz\n\n", "\u{e9}"]), any::<bool>());
    btree_map(file, text, 0..7).prop_map(|files| {
        let mut tree = Tree::new();
        for (file, (text, run)) in files {
            let artifact = if run { Artifact::executable(text) } else { Artifact::plain(text) };
            // Of two that exclude each other, the first stays.
            let _ = tree.insert(path(&file), artifact);
        }
        tree
    })
}

proptest! {
    #[test]
    fn a_folder_holds_what_was_written_last(
        first in trees(), stopped in trees(), last in trees(), at in any::<Index>(),
    ) {
        let root = TempDir::new().unwrap();
        build(&first, root.path(), &Options::default()).unwrap();
        assert_complete(&first, root.path());
        killed(&stopped, root.path(), at.index(20));
        build(&last, root.path(), &Options::default()).unwrap();
        assert_complete(&last, root.path());
    }
}
