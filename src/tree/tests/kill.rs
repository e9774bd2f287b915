use std::fs;
use std::io;
use std::path::Path;

use proptest::collection::{btree_map, vec};
use proptest::prelude::{ProptestConfig, Strategy, any, proptest};
use proptest::sample::{Index, select};
use proptest::test_runner::RngSeed;
use tempfile::TempDir;

use crate::tree::compare::{Verdict, compare};
use crate::tree::error::TreeError;
use crate::tree::hold::Held;
use crate::tree::lock::Lock;
use crate::tree::step::Step;
use crate::tree::tests::{build, built, files, files_of, path, tree, verdicts};
use crate::tree::write::{Options, Written, write_stepwise};
use crate::tree::{Artifact, Tree};

/// How a run ends before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// It is killed: from that step on nothing is done, not even tidying up. Half of a text may be on disk.
    Killed,
    /// The step fails, and the run goes on as it does after an error.
    Failed,
}

/// Builds until the step of that number, which is not taken. Whether the run was complete.
fn stopped(tree: &Tree, root: &Path, at: usize, end: End) -> bool {
    let lock = Lock::read(root).unwrap();
    let changes = compare(tree, root, &lock).unwrap();
    let mut count = 0;
    let mut ask = |step: Step, path: &Path| {
        count += 1;
        let fails = match end {
            End::Killed => count > at,
            // A folder that cannot be removed is left, as one is that holds something.
            End::Failed => count == at + 1 && step != Step::RemoveFolder,
        };
        if !fails {
            return Ok(());
        }
        if let (Step::Write(text), true) = (step, count == at + 1) {
            fs::write(path, &text.as_bytes()[..text.len() / 2]).unwrap();
        }
        Err(io::Error::other("stopped"))
    };
    let mut held = Held::new(root).unwrap();
    match write_stepwise(&mut held, &changes, &Options::default(), &mut ask) {
        Ok(_) => count <= at,
        Err(TreeError::Io { .. }) => false,
        // A run that was killed does not see what its steps left undone.
        Err(_) if end == End::Killed && count > at => false,
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
fn a_run_that_ends_at_any_step_leaves_whole_files_and_heals() {
    let old = [("a", "1"), ("b", "1"), ("x/y", "1"), ("same", "1"), ("f/g", "1")];
    let new = tree(&[("a", "2"), ("b/c", "2"), ("d/e/f", "2"), ("f", "2"), ("same", "1")]);
    let newer = tree(&[("a", "3"), ("d", "3")]);
    let mut runs = 0;
    for (next, end) in [&tree(&old), &new, &newer]
        .into_iter()
        .flat_map(|next| [(next, End::Killed), (next, End::Failed)])
    {
        for at in 0.. {
            let root = built(&old);
            fs::create_dir(root.path().join("x/theirs")).unwrap();
            fs::write(root.path().join("x/theirs/file"), "theirs\n").unwrap();
            let done = stopped(&new, root.path(), at, end);
            for (path, text) in files(root.path()) {
                let is_whole = match path.as_str() {
                    "x/theirs/file" => text == "theirs\n",
                    _ if path.ends_with(".formwork.tmp") => end == End::Killed,
                    _ if path.ends_with('/') => true,
                    _ => ["1\n", "2\n"].contains(&text.as_str()),
                };
                assert!(is_whole, "after {at} steps `{path}` holds {text:?}");
            }
            Lock::read(root.path()).unwrap();
            build(next, root.path(), &Options::default()).unwrap();
            assert_eq!(fs::read_to_string(root.path().join("x/theirs/file")).unwrap(), "theirs\n");
            fs::remove_dir_all(root.path().join("x/theirs")).unwrap();
            if next.get("x/y").is_none() {
                fs::remove_dir(root.path().join("x")).unwrap();
            }
            assert_complete(next, root.path());
            runs += 1;
            if done {
                break;
            }
        }
    }
    // Four for each of two locks and four files, two for each folder but the one that is replaced by its like, one for
    // each file and folder that goes: a run that takes fewer does something that nothing asks about.
    assert!(runs > 6 * 30, "{runs}");
}

/// All changes of an output folder pass by where the test above stops them.
#[test]
fn nothing_but_a_step_changes_a_folder() {
    for file in ["compare", "diff", "error", "hand", "lock", "path", "write", "mod"] {
        let text = fs::read_to_string(format!("src/tree/{file}.rs")).unwrap();
        for call in
            ["fs::write", "fs::remove", "fs::rename", "create_dir", "set_permissions", "create("]
        {
            assert!(!text.contains(call), "src/tree/{file}.rs calls `{call}`");
        }
    }
}

#[cfg(unix)]
#[test]
fn a_folder_that_a_killed_run_made_is_opened_by_the_next() {
    use std::os::unix::fs::PermissionsExt as _;

    let (root, new) = (built(&[("a", "1")]), tree(&[("a", "1"), ("b/c/d", "1")]));
    let lock = Lock::read(root.path()).unwrap();
    let changes = compare(&new, root.path(), &lock).unwrap();
    // As the umask of a careful user would have it.
    let folder = root.path().join("b");
    fs::create_dir(&folder).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
    let mut held = Held::new(root.path()).unwrap();
    let stop = &mut |_: Step, path: &Path| {
        if path == folder.join("c") { Err(io::Error::other("killed")) } else { Ok(()) }
    };
    write_stepwise(&mut held, &changes, &Options::default(), stop).unwrap_err();
    drop(held);
    build(&new, root.path(), &Options::default()).unwrap();
    assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o755);
}

#[test]
fn an_error_leaves_nothing_half_written() {
    let (root, new) = (built(&[("a", "1")]), tree(&[("a", "2")]));
    let lock = Lock::read(root.path()).unwrap();
    let changes = compare(&new, root.path(), &lock).unwrap();
    let mut ask = |step: Step, path: &Path| match step {
        Step::Write("2\n") => {
            fs::write(path, "half").unwrap();
            Err(io::Error::from(io::ErrorKind::StorageFull))
        }
        _ => Ok(()),
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
    #![proptest_config(ProptestConfig { failure_persistence: None, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() })]

    #[test]
    fn a_folder_holds_what_was_written_last(
        first in trees(), middle in trees(), last in trees(), at in any::<Index>(), failed: bool,
    ) {
        let root = TempDir::new().unwrap();
        build(&first, root.path(), &Options::default()).unwrap();
        assert_complete(&first, root.path());
        let end = if failed { End::Failed } else { End::Killed };
        stopped(&middle, root.path(), at.index(50), end);
        build(&last, root.path(), &Options::default()).unwrap();
        assert_complete(&last, root.path());
    }
}
