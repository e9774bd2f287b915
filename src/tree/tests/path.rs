use crate::tree::path::{ArtifactPath, PathFault};
use crate::tree::tests::{path, tree};
use crate::tree::{Artifact, Mode, Tree};

#[test]
fn paths_stay_inside() {
    for good in [
        "a",
        ".gitignore",
        "a/b.c/d e",
        "env/\u{e9}",
        "..a",
        "a..",
        ".github/x",
        "sub/formwork.lock",
    ] {
        assert_eq!(ArtifactPath::parse(good).unwrap().as_str(), good);
    }
    let long = "a/".repeat(2000) + "a";
    for (bad, fault) in [
        ("", PathFault::EmptySegment),
        ("a//b", PathFault::EmptySegment),
        ("a/", PathFault::EmptySegment),
        ("/etc/passwd", PathFault::Absolute),
        ("C:/x", PathFault::Absolute),
        ("..", PathFault::Dots),
        ("a/../b", PathFault::Dots),
        ("./a", PathFault::Dots),
        ("a\\b", PathFault::Character('\\')),
        ("a\nb", PathFault::Character('\n')),
        ("a\0", PathFault::Character('\0')),
        (".git/hooks/pre-commit", PathFault::Reserved),
        ("sub/.GIT/config", PathFault::Reserved),
        ("formwork.lock", PathFault::Reserved),
        ("a/.formwork.tmp", PathFault::Reserved),
        (&long, PathFault::TooLong),
        (&"n".repeat(256), PathFault::TooLong),
    ] {
        assert_eq!(ArtifactPath::parse(bad).unwrap_err().fault, fault, "{bad:?}");
    }
    let error = ArtifactPath::parse("a/../b\u{1b}").unwrap_err().to_string();
    assert_eq!(
        error,
        "`a/../b\\u{1b}` is not a path inside the output folder: `\\u{1b}` is not allowed; separate with `/`"
    );
}

#[test]
fn a_folder_holds_what_is_in_it() {
    assert!(path("a/b").is_within(&path("a")) && path("a").is_within(&path("a")));
    assert!(!path("ab").is_within(&path("a")) && !path("a").is_within(&path("a/b")));
    assert_eq!(path("a/b/c").folders().collect::<Vec<_>>(), ["a", "a/b"]);
}

#[test]
fn a_path_has_one_owner() {
    let mut tree = tree(&[("a/b", "1"), ("a-b", "2")]);
    for taken in ["a/b", "a", "a/b/c"] {
        let occupied = tree.insert(path(taken), Artifact::plain("3")).unwrap_err();
        assert_eq!(occupied.by, path("a/b"), "{occupied}");
    }
    assert_eq!(tree.len(), 2);
    assert_eq!(tree.get("a/b").unwrap().text(), "1\n");
    tree.insert(path("a/c"), Artifact::plain("3")).unwrap();
    assert!(Tree::new().is_empty());
}

#[test]
fn texts_end_in_one_newline() {
    for (text, kept) in [
        ("", "\n"),
        ("a", "a\n"),
        ("a\n\n", "a\n"),
        ("a\r\nb\r\r\n", "a\nb\n"),
        ("a\rb\r", "a\rb\n"),
    ] {
        assert_eq!(Artifact::plain(text).text(), kept);
    }
    assert_eq!(Artifact::executable("x").mode(), Mode::Executable);
}
