//! Answers the questions of `init` on a pseudo terminal, which the program `script` of util-linux opens.

use std::io::Write as _;
use std::process::{Command, Stdio};

use crate::harness::{Folder, Run};

/// Whether there is a `script` that can run a command; that of other systems takes other options.
fn has_script() -> bool {
    let version = Command::new("script").arg("--version").stdin(Stdio::null()).output();
    version.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains("util-linux"))
}

/// Runs the program on a terminal where someone types; what a terminal shows is on standard output.
fn typed(folder: &Folder, args: &str, lines: &str) -> Option<Run> {
    if !has_script() {
        return None;
    }
    let program = env!("CARGO_BIN_EXE_formwork");
    // A question that nobody answers must fail the test, not hold it up.
    let mut child = Command::new("timeout")
        .args(["60", "script"])
        .args(["--quiet", "--return", "--command", &format!("'{program}' {args}"), "/dev/null"])
        .current_dir(folder.path())
        .env("NO_COLOR", "1")
        .env_remove("CLICOLOR_FORCE")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Dropped at the end of the statement, which is the end of what is typed.
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let mut run = Run::of(child.wait_with_output().unwrap());
    run.stdout = run.stdout.replace("\r\n", "\n");
    Some(run)
}

fn is_empty(folder: &Folder) -> bool {
    std::fs::read_dir(folder.path()).unwrap().next().is_none()
}

#[test]
fn questions_are_answered_one_by_one() {
    let folder = Folder::empty();
    let answers = "shop\nfastapi\nshop.example\npostgres@16\n\nyes\n";
    let Some(run) = typed(&folder, "init", answers) else { return };
    let run = run.exits(0).says("wrote blueprint.yaml").says("\nnext:\n  formwork env fill\n");
    let questions = [
        "name of the system",
        "stack (",
        "domain of production: ",
        "database (",
        "cache (",
        "metrics and alerts (yes or no) [no]: ",
    ];
    let mut from = 0;
    for question in questions {
        let at = run.stdout[from..].find(question);
        from += at.unwrap_or_else(|| panic!("`{question}` is not asked in turn: {run:#?}"));
    }
    let blueprint = folder.read("blueprint.yaml");
    for expected in ["name: shop\n", "fastapi@", "shop.example", "postgres@16", "monitoring:"] {
        assert!(blueprint.contains(expected), "{expected}: {blueprint}");
    }
    assert!(!blueprint.contains("redis"), "an empty answer is the default: {blueprint}");
    folder.run(&["check"]).exits(0);
}

#[test]
fn the_name_of_the_folder_is_proposed() {
    let folder = Folder::empty();
    std::fs::create_dir(folder.file("corner-shop")).unwrap();
    let answers = "\nnextjs\nshop.example\n\n\n\n";
    let Some(run) = typed(&folder, "init --dir corner-shop", answers) else { return };
    run.exits(0).says("name of the system [corner-shop]: ");
    let blueprint = folder.read("corner-shop/blueprint.yaml");
    assert!(blueprint.contains("name: corner-shop\n"), "{blueprint}");
    assert!(!blueprint.contains("monitoring:"), "{blueprint}");
}

#[test]
fn flags_are_not_asked_for() {
    let folder = Folder::empty();
    let flags = "init --name shop --stack fastapi --domain shop.example";
    let Some(run) = typed(&folder, flags, "") else { return };
    let run = run.exits(0);
    assert!(!run.stdout.contains("stack (") && !run.stdout.contains("database ("), "{run:#?}");
    let folder = Folder::empty();
    let Some(run) = typed(&folder, "init --name shop --domain shop.example", "fastapi\n\n\n\n")
    else {
        return;
    };
    let run = run.exits(0).says("stack (").says("database (");
    assert!(!run.stdout.contains("domain of production"), "{run:#?}");
}

#[test]
fn an_answer_that_is_wrong_leaves_nothing_behind() {
    let folder = Folder::empty();
    let Some(run) = typed(&folder, "init", "shop\nfastpi\nshop.example\n\n\n\n") else { return };
    run.exits(2).says("did you mean `fastapi`?");
    assert!(is_empty(&folder));
    let Some(run) = typed(&folder, "init", "shop\nfastapi\nhttps://shop\n") else { return };
    run.exits(2).says("write the host alone: `shop`");
    assert!(is_empty(&folder));
}

#[test]
fn a_question_is_asked_again_until_the_answer_will_do() {
    let folder = Folder::empty();
    let answers =
        "shop\nnonsense\n\nfastapi\nnonsense\nshop.example\nmongo\npostgres\n\nmaybe\nno\n";
    let Some(run) = typed(&folder, "init", answers) else { return };
    let run = run.exits(0).says("no stack `nonsense`").says("an answer is needed");
    let run = run.says("`nonsense` is no domain").says("answer `yes` or `no`");
    for (question, times) in [("stack (", 3), ("domain of production", 2), ("database (", 2)] {
        assert_eq!(run.stdout.matches(question).count(), times, "{question}: {run:#?}");
    }
    assert!(folder.read("blueprint.yaml").contains("shop.example"));
}

#[test]
fn whoever_leaves_is_told_what_was_missing() {
    let folder = Folder::empty();
    let Some(run) = typed(&folder, "init", "shop\n") else { return };
    run.exits(2).says("missing --stack STACK, --domain DOMAIN");
    assert!(is_empty(&folder));
}
