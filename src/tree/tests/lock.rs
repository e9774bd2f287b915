use std::fs;

use crate::tree::Artifact;
use crate::tree::compare::Verdict;
use crate::tree::lock::{Lock, LockFault};
use crate::tree::tests::{ADOPT, build, built, files, message, path, tree, verdict, verdicts};
use crate::tree::write::Options;

const HASH: &str = "87428fc522803d31065e7bce3cf03fe475096631e5e07bbd7a0fde60c4cf25c7";

#[test]
fn a_lock_lists_paths_by_name() {
    let root = built(&[("b", "b"), ("a/x", "a")]);
    let mut more = tree(&[("b", "b"), ("a/x", "a")]);
    more.insert(path("run.sh"), Artifact::executable("a")).unwrap();
    build(&more, root.path(), &Options::default()).unwrap();
    let text = fs::read_to_string(root.path().join("formwork.lock")).unwrap();
    let lines: Vec<_> = text.lines().filter(|line| !line.starts_with('#')).collect();
    let other = "0263829989b6fd954f72baaf2fc64bc2e2f01d692d4de72986ea808f6e99813f";
    assert_eq!(
        lines,
        [format!("{HASH} 644 a/x"), format!("{other} 644 b"), format!("{HASH} 755 run.sh")]
    );
    assert_eq!(Lock::parse(&text).unwrap().render(), text);
    assert_eq!(
        Lock::parse(&format!("\u{feff}{}", text.replace('\n', "\r\n"))).unwrap().render(),
        text
    );
}

#[test]
fn a_lock_is_not_believed() {
    let fault = |text: &str| Lock::parse(text).unwrap_err().fault;
    for path in ["/etc/passwd", "../x", "a/../../x", ".git/config", "formwork.lock", "a\tb", ""] {
        let text = format!("{HASH} 644 {path}\n");
        assert!(matches!(fault(&text), LockFault::Path(_)), "{path}");
        assert!(matches!(fault(&format!("pending {text}")), LockFault::Path(_)), "{path}");
    }
    assert!(matches!(fault("garbage"), LockFault::Shape(_)));
    assert!(matches!(fault("\n"), LockFault::Shape(_)));
    assert!(matches!(fault("pending pending x 644 a"), LockFault::Hash(_)));
    assert!(matches!(fault(&format!("{} 644 a", &HASH[1..])), LockFault::Hash(_)));
    assert!(matches!(fault(&format!("{} 644 a", HASH.to_uppercase())), LockFault::Hash(_)));
    assert!(matches!(fault(&format!("{} 644 a", "\u{e9}".repeat(32))), LockFault::Hash(_)));
    assert!(matches!(fault(&format!("{HASH} 777 a")), LockFault::Mode(_)));
    let twice = format!("# x\n{HASH} 644 a\n{} 644 a\n", HASH.replace('8', "9"));
    let error = Lock::parse(&twice).unwrap_err();
    assert_eq!(error.to_string(), "line 3: `a` is listed twice");
    assert!(matches!(
        fault(&format!("pending {HASH} 644 a\npending {HASH} 644 a\n")),
        LockFault::Duplicate(_)
    ));

    let long = Lock::parse(&"x".repeat(1 << 20)).unwrap_err().to_string();
    assert_eq!(long, format!("line 1: `{}...` is not `<hash> <mode> <path>`", "x".repeat(60)));
}

#[test]
fn a_lock_names_its_system_once() {
    let text = format!("# x\nsystem shop\n{HASH} 644 a\n");
    let lock = Lock::parse(&text).unwrap();
    assert_eq!((lock.other_system("shop"), lock.other_system("notes")), (None, Some("shop")));
    assert!(lock.render().ends_with(&text[4..]), "{}", lock.render());
    assert_eq!(Lock::parse("").unwrap().other_system("shop"), None);
    for bad in ["system \n", "system ../x\n", "system shop\nsystem shop\n"] {
        assert!(matches!(Lock::parse(bad).unwrap_err().fault, LockFault::Shape(_)), "{bad}");
    }
    let merged = "<<<<<<< ours\nsystem shop\n=======\nsystem store\n>>>>>>> theirs\n";
    assert_eq!(Lock::parse(merged).unwrap().other_system("store"), Some("shop"));
}

#[test]
fn a_tampered_lock_stops_a_run() {
    let root = built(&[("a", "a")]);
    let outside = root.path().with_extension("outside");
    fs::write(&outside, "a\n").unwrap();
    let climb = format!("../{}", outside.file_name().unwrap().display());
    let lock = root.path().join("formwork.lock");
    let bytes = |text: &[u8]| fs::write(&lock, text).unwrap();
    for text in [format!("{HASH} 644 {climb}\n"), format!("{HASH} 644 {}\n", outside.display())] {
        bytes(text.as_bytes());
        let error = build(&tree(&[]), root.path(), &Options::default()).unwrap_err();
        let message = message(&error, root.path());
        assert!(
            message.starts_with("`ROOT/formwork.lock` cannot be used; restore it"),
            "{message}"
        );
        assert!(message.contains("line 1: `"), "{message}");
    }
    bytes(b"# \n\xff\n");
    let error = build(&tree(&[]), root.path(), &Options::default()).unwrap_err();
    assert!(message(&error, root.path()).ends_with(": line 2: the line is not UTF-8"));
    fs::remove_file(&lock).unwrap();
    fs::create_dir(&lock).unwrap();
    let error = build(&tree(&[]), root.path(), &Options::default()).unwrap_err();
    assert!(message(&error, root.path()).ends_with("not a file"));
    assert_eq!(fs::read_to_string(&outside).unwrap(), "a\n");
    assert_eq!(files(root.path())[0], ("a".to_owned(), "a\n".to_owned()));
    fs::remove_file(&outside).unwrap();
}

#[test]
fn a_lock_in_conflict_is_rebuilt_when_all_is_current() {
    let (old, new) = (tree(&[("a", "a"), ("b", "b")]), tree(&[("a", "A"), ("b", "b")]));
    let root = built(&[("a", "A"), ("b", "b")]);
    let lock = root.path().join("formwork.lock");
    let clean = fs::read_to_string(&lock).unwrap();
    let ours = clean.lines().find(|line| line.ends_with(" a")).unwrap();
    let sides = format!("<<<<<<< ours\n{ours}\n=======\n{HASH} 644 a\n>>>>>>> theirs");
    let conflict = clean.replace(ours, &sides);
    fs::write(&lock, &conflict).unwrap();

    assert_eq!(Lock::read(root.path()).unwrap().conflict(), Some(3));
    let error = build(&old, root.path(), &Options::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`formwork.lock` has merge-conflict marks from line 3 on, and these files are not what is compiled: \
         `a`; look at `formwork diff`, then build with `--adopt` to replace them"
    );
    assert_eq!(fs::read_to_string(&lock).unwrap(), conflict);
    assert_eq!(verdicts(&old, root.path())[0].1, Verdict::Stale, "one side wrote it");

    build(&new, root.path(), &Options::default()).unwrap();
    assert_eq!(fs::read_to_string(&lock).unwrap(), clean);

    fs::write(&lock, &conflict).unwrap();
    fs::write(root.path().join("a"), "merged").unwrap();
    assert!(build(&old, root.path(), &Options::default()).is_err());
    build(&old, root.path(), &ADOPT).unwrap();
    assert!(verdicts(&old, root.path()).iter().all(|(_, verdict)| *verdict == Verdict::Current));
}

#[test]
fn what_was_only_pending_was_never_ours() {
    let root = built(&[]);
    fs::write(root.path().join("a"), "mine").unwrap();
    fs::write(root.path().join("formwork.lock"), format!("pending {HASH} 644 a\n")).unwrap();
    assert_eq!(verdict(&tree(&[("a", "x")]), root.path()), Verdict::Unmanaged);
    build(&tree(&[]), root.path(), &Options::default()).unwrap();
    assert_eq!(files(root.path()), [("a".to_owned(), "mine".to_owned())]);
}
