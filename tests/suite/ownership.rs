//! Asks for each verdict through the program: what is ours, what is not, and what is done about it.

use std::fs;

use sha2::{Digest, Sha256};

use crate::harness::{Folder, NOTES};

const COMPOSE: &str = "docker-compose.production.yml";

fn built() -> Folder {
    let folder = Folder::with(NOTES);
    folder.run(&["build"]).exits(0);
    folder.run(&["check"]).exits(0).says("are current");
    folder
}

#[test]
fn build_then_check_is_current_and_building_again_writes_nothing() {
    let folder = built();
    let before = fs::metadata(folder.file(COMPOSE)).unwrap().modified().unwrap();
    let lock = folder.read("formwork.lock");
    folder.run(&["build"]).exits(0).says("notes: `.` is current");
    assert_eq!(fs::metadata(folder.file(COMPOSE)).unwrap().modified().unwrap(), before);
    assert_eq!(folder.read("formwork.lock"), lock);
}

#[test]
fn an_edited_blueprint_makes_files_stale_until_they_are_built() {
    let folder = built();
    folder.edit("blueprint.yaml", "notes-api:1.4.2", "notes-api:1.4.3");
    let told = folder.run(&["check"]).exits(1).says(&format!("stale: `{COMPOSE}`"));
    assert!(told.stdout.contains("-    image: ghcr.io/example/notes-api:1.4.2\n"), "{told:#?}");
    assert!(told.stdout.contains("+    image: ghcr.io/example/notes-api:1.4.3\n"), "{told:#?}");
    assert!(told.stdout.contains("help: stale: run `formwork build`"), "{told:#?}");
    folder.run(&["build"]).exits(0).says(&format!("wrote {COMPOSE}"));
    folder.run(&["check"]).exits(0);
}

#[test]
fn a_hand_edit_is_named_and_kept_until_it_is_forced() {
    let folder = built();
    folder.edit(COMPOSE, "restart: unless-stopped", "restart: always");
    folder.run(&["check"]).exits(1).says(&format!("hand-edited: `{COMPOSE}`"));
    let refused = folder.run(&["build"]).exits(1);
    assert!(refused.stderr.contains("-    restart: always\n"), "{refused:#?}");
    let refused = refused.complains("refused to overwrite").complains("--force PATH");
    assert!(!refused.stderr.contains("--adopt"), "{refused:#?}");
    assert!(folder.read(COMPOSE).contains("restart: always"));
    folder.run(&["build", "--adopt"]).exits(1);
    folder.run(&["build", "--force", "no-such-file"]).exits(2).complains("names no file");
    folder.run(&["build", "--force", COMPOSE]).exits(0);
    assert!(!folder.read(COMPOSE).contains("restart: always"));
    folder.run(&["check"]).exits(0);
}

#[test]
fn a_missing_file_is_written_again() {
    let folder = built();
    fs::remove_file(folder.file(COMPOSE)).unwrap();
    folder.run(&["check"]).exits(1).says(&format!("missing: `{COMPOSE}`"));
    folder.run(&["build"]).exits(0);
    folder.run(&["check"]).exits(0);
}

#[test]
fn an_orphan_is_removed_only_if_it_is_as_we_wrote_it() {
    let two = "environments: { production: {}, staging: { tier: staging, shift_ports: 1 } }\n";
    let folder = Folder::with(&format!("{NOTES}{two}"));
    folder.run(&["build"]).exits(0);
    folder.edit("blueprint.yaml", two, "");
    let staging = "docker-compose.staging.yml";
    folder.run(&["check"]).exits(1).says(&format!("orphan: `{staging}` is no longer compiled"));
    // A selection is about files that are compiled: what no longer is belongs to no environment.
    folder.run(&["build", "--env", "production"]).exits(0);
    assert!(folder.file(staging).exists());
    let untouched = folder.read(staging);
    folder.write(staging, "mine\n");
    folder.run(&["build"]).exits(0).says("warning").says("was changed by hand, and stays");
    assert_eq!(folder.read(staging), "mine\n");
    folder.run(&["check"]).exits(1).says("was changed by hand");
    folder.write(staging, &untouched);
    folder.run(&["build"]).exits(0).says(&format!("removed {staging}"));
    assert!(!folder.file(staging).exists());
    folder.run(&["check"]).exits(0);
}

#[test]
fn a_foreign_file_is_refused_until_it_is_adopted_and_others_are_not_our_business() {
    let folder = Folder::with(NOTES);
    folder.write(COMPOSE, "services: {}\n");
    folder.write("notes.txt", "mine\n");
    folder.run(&["check"]).exits(1).says(&format!("unmanaged: `{COMPOSE}`"));
    folder.run(&["build"]).exits(1).complains("not written by formwork").complains("--adopt");
    assert_eq!(folder.read(COMPOSE), "services: {}\n");
    assert!(!folder.file("formwork.lock").exists());
    folder.run(&["build", "--adopt"]).exits(0).says("-services: {}\n");
    folder.run(&["check"]).exits(0);
    assert_eq!(folder.read("notes.txt"), "mine\n");
}

#[cfg(unix)]
#[test]
fn what_stands_in_the_way_is_never_replaced() {
    let folder = Folder::with(NOTES);
    folder.write("elsewhere.yml", "mine\n");
    std::os::unix::fs::symlink(folder.file("elsewhere.yml"), folder.file(COMPOSE)).unwrap();
    folder.run(&["check"]).exits(1).says(&format!("blocked: `{COMPOSE}` a symbolic link"));
    folder.run(&["build", "--adopt"]).exits(2).complains("symbolic link");
    assert_eq!(folder.read("elsewhere.yml"), "mine\n");
}

/// Whatever is said on the command line.
#[cfg(unix)]
#[test]
fn a_file_of_ours_that_became_a_link_to_elsewhere_is_not_written_through() {
    let elsewhere = tempfile::tempdir().unwrap();
    for link in [COMPOSE, "kubernetes"] {
        let folder = built();
        let target = elsewhere.path().join(link);
        fs::rename(folder.file(link), &target).unwrap();
        std::os::unix::fs::symlink(&target, folder.file(link)).unwrap();
        folder.edit("blueprint.yaml", "notes-api:1.4.2", "notes-api:1.4.3");
        folder.run(&["check"]).exits(1).says("blocked: ");
        for arguments in [&["build"][..], &["build", "--adopt"], &["build", "--force", link]] {
            folder.run(arguments).exits(2).complains("symbolic link");
        }
        assert!(folder.file(link).is_symlink());
    }
    let moved = fs::read_to_string(elsewhere.path().join(COMPOSE)).unwrap();
    assert!(moved.contains("notes-api:1.4.2"), "{moved}");
}

/// It is replaced as a whole, which its own mode does not forbid.
#[cfg(unix)]
#[test]
fn a_file_that_may_only_be_read_is_replaced_and_gets_its_mode() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = built();
    fs::set_permissions(folder.file(COMPOSE), fs::Permissions::from_mode(0o444)).unwrap();
    folder.run(&["check"]).exits(0);
    folder.edit("blueprint.yaml", "notes-api:1.4.2", "notes-api:1.4.3");
    folder.run(&["build"]).exits(0).says(&format!("wrote {COMPOSE}"));
    assert!(folder.read(COMPOSE).contains("notes-api:1.4.3"));
    let mode = fs::metadata(folder.file(COMPOSE)).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o644);
    folder.run(&["check"]).exits(0);
}

#[test]
fn a_lock_with_conflict_marks_fails_the_check_and_is_rebuilt_if_all_files_are_current() {
    let folder = built();
    let lock = folder.read("formwork.lock");
    folder.write("formwork.lock", &format!("<<<<<<< a\n{lock}=======\n{lock}>>>>>>> b\n"));
    folder.run(&["check"]).exits(1).says("conflict: `formwork.lock:1`");
    folder.run(&["build"]).exits(0);
    assert_eq!(folder.read("formwork.lock"), lock);
}

#[test]
fn a_lock_that_was_tampered_with_is_believed_in_nothing() {
    let folder = built();
    folder.write("outside.txt", "mine\n");
    let hash = "0".repeat(64);
    folder.write("formwork.lock", &format!("{hash} 644 ../outside.txt\n"));
    for command in ["check", "build", "diff"] {
        folder.run(&[command]).exits(2).complains("formwork.lock").complains("line 1");
    }
}

/// A line of the lock says that a file is ours: of what is compiled it is not believed.
#[test]
fn a_lock_that_names_what_is_compiled_removes_nothing() {
    let folder = Folder::with(&format!("{NOTES}include: [more.yaml]\n"));
    folder.write("more.yaml", "x-more: 1\n");
    folder.write("templates/a.txt.j2", "{{ name }}\n");
    folder.run(&["build"]).exits(0);
    let lock = folder.read("formwork.lock");
    for path in ["blueprint.yaml", "more.yaml", "templates/a.txt.j2"] {
        let text = folder.read(path);
        let mut lines: Vec<String> = lock.lines().map(str::to_owned).collect();
        let hash: String = Sha256::digest(&text).iter().map(|byte| format!("{byte:02x}")).collect();
        lines.push(format!("{hash} 644 {path}"));
        let files = lines.iter().position(|line| line.contains(" 644 ")).unwrap();
        lines[files..].sort_by(|a, b| a.split(' ').nth(2).cmp(&b.split(' ').nth(2)));
        folder.write("formwork.lock", &(lines.join("\n") + "\n"));
        for command in ["build", "check", "diff"] {
            let told = folder.run(&[command]).exits(2);
            told.complains(&format!("`formwork.lock` lists `{path}`"))
                .complains("take that line out");
        }
        assert_eq!(folder.read(path), text);
    }
    folder.write("formwork.lock", &lock);
    folder.run(&["check"]).exits(0);
}

#[test]
fn two_runs_at_once_do_not_mix() {
    let folder = Folder::with(NOTES);
    let runs: Vec<_> = (0..4)
        .map(|_| {
            let mut command = folder.formwork(&["build"]);
            command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
            command.spawn().unwrap()
        })
        .collect();
    for run in runs {
        let run = crate::harness::Run::of(run.wait_with_output().unwrap());
        let busy = run.stderr.contains("another formwork run")
            || run.stderr.contains("run the command again");
        // A run may also find a file that another has just written, before that one wrote the lock.
        assert!(run.status == 0 || busy && run.status == 2, "{run:#?}");
    }
    folder.run(&["check"]).exits(0);
}

#[test]
fn a_run_that_was_killed_is_completed_by_the_next() {
    let folder = built();
    // What a kill leaves behind: the file that was being written, and a lock that says what was meant.
    folder.write(".formwork.tmp", "half");
    let lock = folder.read("formwork.lock");
    let pending: String = lock
        .lines()
        .map(|line| {
            let is_file = !line.starts_with('#') && !line.starts_with("system ");
            let pending = if is_file { "pending " } else { "" };
            format!("{pending}{line}\n")
        })
        .collect();
    folder.write("formwork.lock", &pending);
    fs::remove_file(folder.file(COMPOSE)).unwrap();
    folder.run(&["build"]).exits(0);
    folder.run(&["check"]).exits(0);
    assert!(!folder.file(".formwork.tmp").exists());
    assert_eq!(folder.read("formwork.lock"), lock);
}

/// Containers read what is mounted as users of their own, which a strict umask must not shut out.
#[cfg(unix)]
#[test]
fn folders_can_be_looked_into_whatever_the_umask_is() {
    use std::os::unix::fs::PermissionsExt as _;
    use std::process::Command;

    let folder = Folder::with(NOTES);
    let program = env!("CARGO_BIN_EXE_formwork");
    let run = Command::new("sh")
        .args(["-c", &format!("umask 077; exec '{program}' build --out made/here")])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    for path in ["made", "made/here", "made/here/kubernetes", "made/here/kubernetes/production"] {
        let mode = fs::metadata(folder.file(path)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o755, "{path}");
    }
}
