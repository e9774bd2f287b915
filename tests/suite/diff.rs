//! Asks `diff` what a change reaches and what it does, on disk and since a revision.

use std::process::Command;

use serde_json::Value;

use crate::harness::{Folder, NOTES, Run};

const COMPOSE: &str = "docker-compose.production.yml";

fn built() -> Folder {
    let folder = Folder::with(NOTES);
    folder.run(&["build"]).exits(0);
    folder.run(&["diff"]).exits(0).says("notes: nothing changes in `.`");
    folder
}

fn git(folder: &Folder, arguments: &[&str]) {
    let identity =
        ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"];
    let run =
        Command::new("git").args(identity).args(arguments).current_dir(folder.path()).output();
    let run = Run::of(run.unwrap());
    assert_eq!(run.status, 0, "{run:#?}");
}

/// A folder whose state is committed on a branch `main`, in a folder `system` of the repository.
fn committed() -> Folder {
    let folder = Folder::empty();
    folder.write("system/blueprint.yaml", NOTES);
    folder.run(&["build", "system/blueprint.yaml"]).exits(0);
    git(&folder, &["init", "--quiet", "--initial-branch=main"]);
    git(&folder, &["add", "--all"]);
    git(&folder, &["commit", "--quiet", "--message=first"]);
    folder
}

#[test]
fn one_line_shows_in_every_output_with_its_risk() {
    let folder = built();
    folder.edit("blueprint.yaml", "notes-api:1.4.2", "notes-api:1.4.3");
    let run = folder
        .run(&["diff"])
        .exits(1)
        .says("\nproduction\n  restarts      api: its container is replaced: `image`\n");
    let run = run.says(&format!("--- a/{COMPOSE}\n+++ b/{COMPOSE}\n"));
    let run = run.says("-    image: ghcr.io/example/notes-api:1.4.2\n+    image: ghcr.io/example/notes-api:1.4.3\n");
    assert!(run.stderr.is_empty(), "{run:#?}");
    // Nothing is written.
    folder.run(&["check"]).exits(1);
}

#[test]
fn what_build_would_refuse_is_said() {
    let folder = built();
    folder.edit(COMPOSE, "restart: unless-stopped", "restart: always");
    folder.run(&["diff"]).exits(1).says(&format!("hand-edited: `{COMPOSE}`")).says("--force");
}

#[test]
fn a_summary_for_a_job_is_markdown() {
    let folder = built();
    folder.edit("blueprint.yaml", "    port: 8000", "    port: 8000\n    publish: 0.0.0.0:8000");
    let run = folder.run(&["diff", "--format", "github"]).exits(1);
    let run = run.says(
        "**production**\n\n- **exposes** api: its port is published beyond the host: `8000:8000`\n",
    );
    run.says(&format!("<details><summary>{COMPOSE}</summary>\n\n```diff\n--- a/{COMPOSE}\n"));
}

#[test]
fn json_has_risks_and_files() {
    let folder = built();
    folder.edit("blueprint.yaml", "postgres@17", "postgres@16");
    let run = folder.run(&["diff", "--format", "json"]).exits(1);
    let said: Value = serde_json::from_str(&run.stdout).unwrap();
    let risk = &said["systems"][0]["risks"][0];
    assert_eq!(risk["effect"], "loses-data", "{said}");
    assert_eq!(risk["environment"], "production");
    assert_eq!(risk["service"], "db");
    assert!(said["systems"][0]["files"][0]["diff"].as_str().unwrap().contains("postgres:16"));
}

#[test]
fn a_committed_change_is_shown_since_a_revision() {
    let folder = committed();
    let blueprint = "system/blueprint.yaml";
    folder.run(&["diff", blueprint, "--against", "HEAD"]).exits(0);
    folder.edit(blueprint, "postgres@17", "postgres@16");
    folder.run(&["build", blueprint]).exits(0);
    git(&folder, &["commit", "--quiet", "--all", "--message=second"]);
    folder.run(&["diff", blueprint]).exits(0);
    folder.run(&["diff", blueprint, "--against", "main"]).exits(0);
    let run = folder.run(&["diff", blueprint, "--against", "main~1"]).exits(1);
    let run =
        run.says("  loses data    db: `docker.io/library/postgres` goes from version 17 to 16");
    run.says("-    image: docker.io/library/postgres:17");
}

#[test]
fn files_that_are_gone_since_a_revision_are_shown() {
    let two = "environments: { production: {}, staging: { tier: staging, shift_ports: 1 } }\n";
    let folder = Folder::with(&format!("{NOTES}{two}"));
    folder.run(&["build"]).exits(0);
    git(&folder, &["init", "--quiet"]);
    git(&folder, &["add", "--all"]);
    git(&folder, &["commit", "--quiet", "--message=first"]);
    folder.edit("blueprint.yaml", two, "");
    let run = folder.run(&["diff", "--against", "HEAD"]).exits(1);
    run.says("--- a/docker-compose.staging.yml\n+++ /dev/null\n");
}

#[test]
fn git_that_cannot_answer_is_two() {
    let folder = built();
    let run = folder.run(&["diff", "--against", "HEAD"]).exits(2);
    run.complains("is in no git repository");
    let folder = committed();
    let blueprint = "system/blueprint.yaml";
    for revision in ["no-such-branch", "--output=x", "HEAD:system"] {
        let said = format!("`{revision}` is no commit that git knows here");
        folder
            .run(&["diff", blueprint, &format!("--against={revision}")])
            .exits(2)
            .complains(&said);
    }
    let mut command = folder.formwork(&["diff", blueprint, "--against", "HEAD"]);
    let run = Run::of(command.env("PATH", folder.path()).output().unwrap());
    run.exits(2).complains("git, which cannot be run");
}

/// Only the executable bit counts, and nothing else of the file differs.
#[cfg(unix)]
#[test]
fn a_mode_is_said_to_differ() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = built();
    let set = |path: &str, bits| {
        std::fs::set_permissions(folder.file(path), std::fs::Permissions::from_mode(bits)).unwrap();
    };
    set("scripts/deploy.sh", 0o600);
    set(COMPOSE, 0o755);
    let run = folder.run(&["check"]).exits(1);
    let run = run.says("stale: `scripts/deploy.sh` has another mode: it must be executable (755)");
    let run = run.says(&format!("stale: `{COMPOSE}` has another mode: it must not be executable"));
    assert_eq!(run.stdout.matches("help: stale: run `formwork build`").count(), 1, "{run:#?}");
    folder.run(&["build"]).exits(0);
    folder.run(&["check"]).exits(0);
}
