use std::fs;

use crate::tree::Artifact;
use crate::tree::compare::{Old, Opaque, Remains, Verdict, compare};
use crate::tree::error::Foreign;
use crate::tree::error::TreeError;
use crate::tree::lock::Lock;
use crate::tree::tests::{ADOPT, build, built, files, path, tree, verdict, verdicts};
use crate::tree::write::{Options, Written};

#[test]
fn current_whatever_the_lock_says() {
    let root = built(&[("a", "1")]);
    assert_eq!(verdict(&tree(&[("a", "1")]), root.path()), Verdict::Current);
    fs::remove_file(root.path().join("formwork.lock")).unwrap();
    assert_eq!(verdict(&tree(&[("a", "1")]), root.path()), Verdict::Current);
    build(&tree(&[("a", "1")]), root.path(), &Options::default()).unwrap();
    assert!(root.path().join("formwork.lock").exists(), "the lock is written again");
}

#[test]
fn stale_is_replaced() {
    let (root, new) = (built(&[("a", "1")]), tree(&[("a", "2")]));
    assert_eq!(verdict(&new, root.path()), Verdict::Stale);
    build(&new, root.path(), &Options::default()).unwrap();
    assert_eq!(verdict(&new, root.path()), Verdict::Current);
}

#[test]
fn missing_is_written_and_the_folder_made() {
    let folder = tempfile::TempDir::new().unwrap();
    let (root, new) = (folder.path().join("x/y"), tree(&[("a/b/c", "1")]));
    assert_eq!(verdict(&new, &root), Verdict::Missing);
    let written = build(&new, &root, &Options::default()).unwrap();
    assert_eq!(written, Written { written: vec![path("a/b/c")], ..Written::default() });
    assert_eq!(verdict(&new, &root), Verdict::Current);
}

#[test]
fn hand_edited_is_refused_until_forced() {
    let (root, new) = (built(&[("d/a", "1"), ("d/b", "1")]), tree(&[("d/a", "1"), ("d/b", "2")]));
    fs::write(root.path().join("d/a"), "edited\n").unwrap();
    assert_eq!(verdicts(&new, root.path())[0].1, Verdict::HandEdited);
    for options in
        [Options::default(), ADOPT, Options { force: &[path("d/b")], adopt: true, system: None }]
    {
        let error = build(&new, root.path(), &options).unwrap_err();
        assert_eq!(
            error.to_string(),
            "refused to overwrite `d/a` (edited by hand); move what matters into the blueprint, then build with `--force PATH`"
        );
        assert_eq!(verdicts(&new, root.path())[1].1, Verdict::Stale, "nothing is written");
    }
    for forced in [path("d/a"), path("d")] {
        fs::write(root.path().join("d/a"), "edited\n").unwrap();
        build(&new, root.path(), &Options { force: &[forced], adopt: false, system: None })
            .unwrap();
        assert!(
            verdicts(&new, root.path()).iter().all(|(_, verdict)| *verdict == Verdict::Current)
        );
    }
}

#[test]
fn unmanaged_is_refused_until_adopted() {
    let (root, new) = (built(&[]), tree(&[("a", "1")]));
    fs::write(root.path().join("a"), "mine").unwrap();
    fs::write(root.path().join("other"), "none of our business").unwrap();
    assert_eq!(verdict(&new, root.path()), Verdict::Unmanaged);
    let error = build(&new, root.path(), &Options::default()).unwrap_err();
    assert!(
        matches!(&error, TreeError::Refused { files } if files == &[(path("a"), Foreign::Unmanaged)])
    );
    assert!(
        error
            .to_string()
            .ends_with("or with `--adopt` to replace existing files and all that they say")
    );
    assert!(!root.path().join("formwork.lock").exists());
    build(&new, root.path(), &ADOPT).unwrap();
    let other = ("other".to_owned(), "none of our business".to_owned());
    assert_eq!(files(root.path()), [("a".to_owned(), "1\n".to_owned()), other]);
}

#[test]
fn an_orphan_is_removed_with_its_folders() {
    let (root, new) = (built(&[("a", "1"), ("d/e/b", "1"), ("d/c", "1")]), tree(&[("a", "1")]));
    fs::write(root.path().join("d/mine"), "mine").unwrap();
    let orphan = Verdict::Orphan(Remains::Untouched);
    assert_eq!(
        verdicts(&new, root.path())[1..],
        [("d/c".to_owned(), orphan.clone()), ("d/e/b".to_owned(), orphan)]
    );
    let written = build(&new, root.path(), &Options::default()).unwrap();
    assert_eq!(written.removed, [path("d/c"), path("d/e/b")]);
    let kept = [("a", "1\n"), ("d/mine", "mine")].map(|(a, b)| (a.to_owned(), b.to_owned()));
    assert_eq!(files(root.path()), kept);
}

#[test]
fn an_edited_orphan_is_kept_until_forced() {
    let (root, new) = (built(&[("d/a", "1"), ("b", "1")]), tree(&[("b", "1")]));
    fs::write(root.path().join("d/a"), "edited").unwrap();
    let orphan = ("d/a".to_owned(), Verdict::Orphan(Remains::Edited));
    for _ in 0..2 {
        assert_eq!(verdicts(&new, root.path())[1], orphan);
        let written = build(&new, root.path(), &ADOPT).unwrap();
        assert_eq!(written, Written { kept: vec![path("d/a")], ..Written::default() });
    }
    build(&new, root.path(), &Options { force: &[path("d")], adopt: false, system: None }).unwrap();
    assert!(!root.path().join("d").exists());
    assert_eq!(verdicts(&new, root.path()).len(), 1);
}

#[test]
fn an_orphan_that_is_gone_is_settled() {
    let (root, new) = (built(&[("d/a", "1"), ("b", "1")]), tree(&[("b", "1")]));
    fs::remove_file(root.path().join("d/a")).unwrap();
    let lock = Lock::read(root.path()).unwrap();
    assert!(
        compare(&new, root.path(), &lock)
            .unwrap()
            .iter()
            .all(crate::tree::compare::Change::is_settled)
    );
    build(&new, root.path(), &Options::default()).unwrap();
    assert_eq!(verdicts(&new, root.path()).len(), 1);
    assert!(!root.path().join("d").exists());
}

#[test]
fn a_file_becomes_a_folder_and_back() {
    let (file, folder) = (tree(&[("a", "1")]), tree(&[("a/b/c", "1"), ("a/d", "1")]));
    let root = built(&[("a", "1")]);
    for now in [&folder, &file, &folder] {
        assert!(verdicts(now, root.path()).iter().any(|(_, verdict)| *verdict == Verdict::Missing));
        build(now, root.path(), &Options::default()).unwrap();
        assert_eq!(files(root.path()), super::files_of(now));
    }
    fs::write(root.path().join("a/mine"), "mine").unwrap();
    let error = build(&file, root.path(), &Options::default()).unwrap_err();
    assert_eq!(error.to_string(), "cannot write `a`: a folder stands there; move it away");
    assert_eq!(files(root.path()).len(), 3);
}

#[test]
fn line_ends_of_a_checkout_are_no_edit() {
    let root = built(&[("a", "1\n2")]);
    fs::write(root.path().join("a"), "1\r\n2\r\n").unwrap();
    assert_eq!(verdict(&tree(&[("a", "1\n2")]), root.path()), Verdict::Current);
    assert_eq!(verdict(&tree(&[("a", "3")]), root.path()), Verdict::Stale);
    assert_eq!(verdict(&tree(&[]), root.path()), Verdict::Orphan(Remains::Untouched));
    build(&tree(&[("a", "1\n2")]), root.path(), &Options::default()).unwrap();
    assert_eq!(fs::read(root.path().join("a")).unwrap(), b"1\r\n2\r\n", "left alone");
}

#[cfg(unix)]
#[test]
fn a_mode_makes_a_file_stale() {
    use std::os::unix::fs::PermissionsExt as _;

    let mut new = tree(&[("plain", "x")]);
    new.insert(path("run"), Artifact::executable("x")).unwrap();
    let root = built(&[("run", "x")]);
    build(&new, root.path(), &Options::default()).unwrap();
    let mode =
        |file: &str| fs::metadata(root.path().join(file)).unwrap().permissions().mode() & 0o7777;
    assert_eq!((mode("plain"), mode("run"), mode("formwork.lock")), (0o644, 0o755, 0o644));

    for (file, bits) in [("plain", 0o775), ("run", 0o600)] {
        fs::set_permissions(root.path().join(file), fs::Permissions::from_mode(bits)).unwrap();
        let lock = Lock::read(root.path()).unwrap();
        let changes = compare(&new, root.path(), &lock).unwrap();
        let change = changes.iter().find(|change| change.path.as_str() == file).unwrap();
        assert_eq!(change.verdict, Verdict::Stale);
        assert!(change.diff().starts_with("old mode 100"), "{}", change.diff());
        build(&new, root.path(), &Options::default()).unwrap();
    }
    assert_eq!((mode("plain"), mode("run")), (0o644, 0o755));
    fs::set_permissions(root.path().join("plain"), fs::Permissions::from_mode(0o664)).unwrap();
    assert_eq!(
        verdicts(&new, root.path())[0].1,
        Verdict::Current,
        "only the executable bit counts"
    );
}

#[test]
fn what_is_no_text_gets_a_verdict() {
    let (root, new) = (built(&[("a", "1")]), tree(&[("a", "1"), ("b", "1")]));
    fs::write(root.path().join("a"), b"\xff\xfe").unwrap();
    fs::File::create(root.path().join("b")).unwrap().set_len(1 << 40).unwrap();
    let lock = Lock::read(root.path()).unwrap();
    let changes = compare(&new, root.path(), &lock).unwrap();
    assert_eq!(
        (&changes[0].verdict, &changes[0].old),
        (&Verdict::HandEdited, &Old::Opaque(Opaque::NotUtf8))
    );
    assert_eq!(
        (&changes[1].verdict, &changes[1].old),
        (&Verdict::Unmanaged, &Old::Opaque(Opaque::TooLarge))
    );
    assert_eq!(changes[1].diff(), "on disk, `b` is larger than 16 MiB\n");
    build(&new, root.path(), &Options { force: &[path("a")], adopt: true, system: None }).unwrap();
    assert_eq!(files(root.path()), super::files_of(&new));
}

#[test]
fn a_diff_shows_three_lines_around() {
    let lines = |seven: &str| format!("1\n2\n3\n4\n5\n6\n{seven}\n8\n");
    let root = built(&[("a", &lines("7"))]);
    let new = tree(&[("a", &lines("seven")), ("b", "new")]);
    let lock = Lock::read(root.path()).unwrap();
    let changes = compare(&new, root.path(), &lock).unwrap();
    let diffs: String = changes.iter().map(crate::tree::compare::Change::diff).collect();
    insta::assert_snapshot!(diffs, @r"
    --- a/a
    +++ b/a
    @@ -4,5 +4,5 @@
     4
     5
     6
    -7
    +seven
     8
    --- /dev/null
    +++ b/b
    @@ -0,0 +1 @@
    +new
    ");
    let gone = tree(&[]);
    let changes = compare(&gone, root.path(), &lock).unwrap();
    assert!(changes[0].diff().starts_with("--- a/a\n+++ /dev/null\n@@ -1,8 +0,0 @@\n-1\n"));
}
