//! What a disk can do to a run: links, folders in the way, another run, no space, no right to write.
#![cfg(unix)]

use std::env;
use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::tree::compare::{Verdict, compare};
use crate::tree::error::{Block, TreeError};
use crate::tree::hold::Held;
use crate::tree::lock::Lock;
use crate::tree::tests::{ADOPT, build, built, files, files_of, message, path, tree, verdict};
use crate::tree::write::{Options, write};

#[test]
fn no_link_is_followed() {
    let outside = TempDir::new().unwrap();
    fs::write(outside.path().join("b"), "1\n").unwrap();
    let inside = |link: &str, to: &Path| {
        let root = built(&[("a/b", "1")]);
        fs::remove_dir_all(root.path().join("a")).unwrap();
        if link != "a" {
            fs::create_dir(root.path().join("a")).unwrap();
        }
        symlink(to, root.path().join(link)).unwrap();
        root
    };
    let force = [path("a")];
    let all = Options { force: &force, adopt: true, system: None };
    for (link, to, block) in [
        ("a", outside.path().to_owned(), Block::LinkAbove("a".to_owned())),
        ("a", PathBuf::from("nowhere"), Block::LinkAbove("a".to_owned())),
        ("a/b", outside.path().join("b"), Block::Link),
        ("a/b", PathBuf::from("nowhere"), Block::Link),
    ] {
        let root = inside(link, &to);
        for compiled in [tree(&[("a/b", "1")]), tree(&[("a/b", "2")]), tree(&[])] {
            assert_eq!(verdict(&compiled, root.path()), Verdict::Blocked(block.clone()));
            let error = build(&compiled, root.path(), &all).unwrap_err();
            assert_eq!(error.to_string(), format!("cannot write `a/b`: {block}"));
        }
        assert_eq!(fs::read_to_string(outside.path().join("b")).unwrap(), "1\n");
        assert!(root.path().join(link).is_symlink());
    }
}

#[test]
fn a_link_that_appears_after_comparing_is_not_followed() {
    let (outside, new) = (TempDir::new().unwrap(), tree(&[("a/b", "2")]));
    for link in ["a", "a/b"] {
        let root = built(&[("a/b", "1")]);
        let lock = Lock::read(root.path()).unwrap();
        let changes = compare(&new, root.path(), &lock).unwrap();
        fs::remove_file(root.path().join("a/b")).unwrap();
        if link == "a" {
            fs::remove_dir(root.path().join("a")).unwrap();
        }
        symlink(outside.path(), root.path().join(link)).unwrap();
        let mut held = Held::new(root.path()).unwrap();
        let error = write(&mut held, &changes, &ADOPT).unwrap_err();
        assert!(matches!(error, TreeError::Blocked { .. }), "{error}");
        assert_eq!(files(outside.path()), []);
    }
}

#[test]
fn the_lock_is_no_link() {
    let root = built(&[("a", "1")]);
    fs::rename(root.path().join("formwork.lock"), root.path().join("elsewhere")).unwrap();
    symlink("elsewhere", root.path().join("formwork.lock")).unwrap();
    assert!(build(&tree(&[]), root.path(), &Options::default()).is_err());
}

#[test]
fn what_stands_in_the_way_stays() {
    let root = TempDir::new().unwrap();
    fs::create_dir(root.path().join("folder")).unwrap();
    fs::write(root.path().join("file"), "mine").unwrap();
    let _listener = UnixListener::bind(root.path().join("socket")).unwrap();
    for (target, block) in [
        ("folder", Block::Folder),
        ("socket", Block::Special),
        ("file/b", Block::FileAbove("file".to_owned())),
    ] {
        let new = tree(&[("0", "1"), (target, "1")]);
        let error = build(&new, root.path(), &ADOPT).unwrap_err();
        assert_eq!(error.to_string(), format!("cannot write `{target}`: {block}"));
        assert!(!root.path().join("0").exists(), "nothing is written");
    }
    let error = build(&tree(&[("a", "1")]), &root.path().join("file"), &ADOPT).unwrap_err();
    let (empty, new) = (Lock::default(), tree(&[("a", "1")]));
    let compared = compare(&new, &root.path().join("file"), &empty).unwrap_err();
    for error in [error, compared] {
        assert_eq!(
            message(&error, root.path()),
            "`ROOT/file` is a file or lies below one; name a folder to write to"
        );
    }
}

#[test]
fn two_runs_do_not_mix() {
    let (root, new) = (built(&[("a", "1")]), tree(&[("a", "2")]));
    let first = Held::new(root.path()).unwrap();
    let error = build(&new, root.path(), &Options::default()).unwrap_err();
    assert_eq!(
        message(&error, root.path()),
        "another formwork run is writing to `ROOT`; wait until it has ended"
    );
    assert_eq!(files(root.path()), files_of(&tree(&[("a", "1")])));
    drop(first);
    build(&new, root.path(), &Options::default()).unwrap();
    assert_eq!(files(root.path()), files_of(&new));
}

#[test]
fn of_two_runs_that_saw_no_folder_one_writes() {
    let folder = TempDir::new().unwrap();
    let (root, late, empty) = (folder.path().join("x/y"), tree(&[("b", "2")]), Lock::default());
    let mut held = Held::new(&root).unwrap();
    let changes = compare(&late, &root, &empty).unwrap();
    build(&tree(&[("a", "1")]), &root, &Options::default()).unwrap();
    let error = write(&mut held, &changes, &Options::default()).unwrap_err();
    assert!(matches!(error, TreeError::Busy { .. }), "{error}");
    assert_eq!(files(&root), files_of(&tree(&[("a", "1")])));
}

#[test]
fn what_changes_after_comparing_is_not_overwritten() {
    let (root, new) = (built(&[("a", "1")]), tree(&[("a", "2")]));
    let mut held = Held::new(root.path()).unwrap();
    let lock = Lock::read(root.path()).unwrap();
    let changes = compare(&new, root.path(), &lock).unwrap();
    fs::write(root.path().join("a"), "mine\n").unwrap();
    let error = write(&mut held, &changes, &Options::default()).unwrap_err();
    assert!(matches!(error, TreeError::Raced { .. }), "{error}");
    assert_eq!(files(root.path()), files_of(&tree(&[("a", "mine")])));
}

#[test]
fn many_runs_at_once_end_current() {
    let (root, new) = (TempDir::new().unwrap(), tree(&[("a", "1"), ("b/c", "1"), ("d", "1")]));
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| match build(&new, root.path(), &Options::default()) {
                Ok(_) | Err(TreeError::Busy { .. }) => {}
                Err(other) => panic!("{other}"),
            });
        }
    });
    assert_eq!(files(root.path()), files_of(&new));
}

/// Runs a test of this file once more, in a mount name space where `on` is a disk of 64 KiB. Returns the disk inside.
fn small_disk(test: &str) -> Option<PathBuf> {
    const INSIDE: &str = "FORMWORK_TEST_DISK";
    if let Some(disk) = env::var_os(INSIDE) {
        return Some(disk.into());
    }
    let disk = TempDir::new().unwrap();
    let script = "mount -t tmpfs -o size=64k tmpfs \"$1\" || exit 99; exec \"$2\" --exact --nocapture \"$3\"";
    let ran = Command::new("unshare")
        .args(["--mount", "sh", "-c", script, "sh"])
        .arg(disk.path())
        .arg(env::current_exe().unwrap())
        .arg(format!("tree::tests::disk::{test}"))
        .env(INSIDE, disk.path())
        .output();
    match ran {
        Ok(output) if output.status.success() => {
            let output = String::from_utf8_lossy(&output.stdout).into_owned();
            assert!(output.contains("1 passed"), "{output}");
        }
        Ok(output) if output.status.code() == Some(101) => {
            panic!("{}", String::from_utf8_lossy(&output.stderr));
        }
        other => eprintln!("skipped {test}: no disk can be mounted here ({other:?})"),
    }
    None
}

#[test]
fn a_full_disk_leaves_whole_files() {
    let Some(root) = small_disk("a_full_disk_leaves_whole_files") else { return };
    let big = "x".repeat(8000);
    let names: Vec<_> = (10..30).map(|n| format!("d/{n}")).collect();
    let large = tree(&names.iter().map(|name| (&**name, &*big)).collect::<Vec<_>>());
    build(&tree(&[("d/10", "1")]), &root, &Options::default()).unwrap();
    let error = build(&large, &root, &Options::default()).unwrap_err();
    assert!(message(&error, &root).contains("free some space"), "{error}");
    for (file, text) in files(&root) {
        assert!(text == format!("{big}\n") || (text == "1\n" && file == "d/10"), "{file}");
    }
    let small = tree(&names.iter().map(|name| (&**name, "2")).collect::<Vec<_>>()[..5]);
    build(&small, &root, &Options::default()).unwrap();
    assert_eq!(files(&root), files_of(&small));

    // Not even the lock fits.
    let free = fs::write(root.join("filler"), "x".repeat(64 << 10)).unwrap_err();
    assert_eq!(free.kind(), std::io::ErrorKind::StorageFull);
    let before = (files(&root), fs::read(root.join("formwork.lock")).unwrap());
    assert!(build(&tree(&[("d/10", "3")]), &root, &Options::default()).is_err());
    assert_eq!((files(&root), fs::read(root.join("formwork.lock")).unwrap()), before);
}

#[test]
fn a_disk_that_cannot_be_written_can_be_checked() {
    let Some(root) = small_disk("a_disk_that_cannot_be_written_can_be_checked") else { return };
    let same = tree(&[("a/b", "1")]);
    build(&same, &root, &Options::default()).unwrap();
    let mounted = Command::new("mount").args(["-o", "remount,ro"]).arg(&root).status().unwrap();
    assert!(mounted.success());
    build(&same, &root, &Options::default()).unwrap();
    let error = build(&tree(&[("a/b", "2")]), &root, &Options::default()).unwrap_err();
    assert_eq!(
        message(&error, &root),
        "cannot write `ROOT/formwork.lock`; make it accessible, or choose another output folder: \
         Read-only file system (os error 30)"
    );
    assert_eq!(verdict(&same, &root), Verdict::Current);
}
