//! Begins as a new user would, in an empty folder, and follows what the program says.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::harness::{Folder, Run};
use crate::judge::judge;

/// The commands that a run ends with.
fn next(run: &Run) -> Vec<String> {
    let (_, after) = run.stdout.split_once("\nnext:\n").unwrap_or_else(|| panic!("{run:#?}"));
    after.lines().map(|line| line.trim().to_owned()).collect()
}

/// Runs the printed commands, with `config` in place of bringing anything up.
fn follow(folder: &Folder, commands: &[String]) {
    for command in commands {
        if let Some(rest) = command.strip_prefix("formwork ") {
            folder.run(&rest.split(' ').collect::<Vec<_>>()).exits(0);
            continue;
        }
        let Some(rest) = command.strip_prefix("docker compose ") else { panic!("{command}") };
        let (options, _) = rest.split_once(" up -d --wait").unwrap();
        let Some(compose) = judge("docker-compose") else { continue };
        let run = Command::new(compose)
            .args(options.split(' '))
            .args(["config", "--quiet"])
            .current_dir(folder.path())
            .output();
        Run::of(run.unwrap()).exits(0);
    }
}

#[test]
fn an_empty_folder_becomes_a_stack_that_compose_accepts() {
    for (stack, more) in [
        ("fastapi", &["--database", "postgres", "--cache", "redis", "--monitoring"][..]),
        ("nextjs", &[]),
    ] {
        let folder = Folder::empty();
        let start = Instant::now();
        let given = ["init", "--name", "shop", "--stack", stack, "--domain", "shop.example"];
        let run = folder.run(&[&given[..], more].concat()).exits(0).says("wrote blueprint.yaml");
        let commands = next(&run);
        assert_eq!(commands[0], "formwork env fill");
        follow(&folder, &commands);
        assert!(start.elapsed() < Duration::from_secs(60));
        folder.run(&["validate"]).exits(0);
        folder.run(&["check"]).exits(0);
        let env = folder.read(".env.production");
        let key = env.lines().find_map(|line| line.strip_prefix("SECRET_KEY=")).unwrap();
        assert_eq!(key.len(), 64, "{key}");
        assert!(!folder.run(&["build"]).exits(0).stdout.contains("next:"));
    }
}

#[test]
fn a_folder_of_blueprints_gets_one_more() {
    let folder = Folder::empty();
    std::fs::create_dir(folder.file("blueprints")).unwrap();
    for name in ["one", "two"] {
        let args = ["init", "--name", name, "--stack", "fastapi", "--domain", "a.example"];
        let run = folder.run(&args).exits(0).says(&format!("wrote blueprints/{name}.yaml"));
        let commands = next(&run);
        assert_eq!(commands[0], format!("formwork env fill blueprints/{name}.yaml"));
        follow(&folder, &commands);
        assert!(folder.file(&format!("out/{name}/docker-compose.production.yml")).exists());
    }
    folder.run(&["check"]).exits(0);
}

#[test]
fn every_environment_gets_a_machine() {
    let folder = Folder::empty();
    let given = ["init", "--name", "shop", "--stack", "nextjs@22", "--domain", "shop.example"];
    let run = folder.run(&[&given[..], &["--env", "production,staging,development"]].concat());
    let commands = next(&run.exits(0));
    assert!(commands.contains(&"formwork env fill --env staging".to_owned()), "{commands:?}");
    follow(&folder, &commands);
    let blueprint = folder.read("blueprint.yaml");
    assert!(blueprint.contains("tier: development"), "{blueprint}");
    assert!(blueprint.contains("stack: nextjs@22"), "{blueprint}");
}

#[test]
fn images_are_pinned_where_a_bot_finds_them() {
    let folder = Folder::empty();
    let given = ["init", "--name", "shop", "--stack", "fastapi", "--domain", "shop.example"];
    folder.run(&[&given[..], &["--database", "postgres@16"]].concat()).exits(0);
    let blueprint = folder.read("blueprint.yaml");
    let compose = folder.read("docker-compose.production.yml");
    let pinned: Vec<&str> =
        blueprint.lines().filter(|line| line.starts_with("  db: ") && line.contains(':')).collect();
    let [pinned] = pinned[..] else { panic!("{blueprint}") };
    let image = pinned.trim_start_matches("  db: ");
    assert!(image.contains("postgres:16."), "{image}");
    assert!(compose.contains(&format!("image: {image}\n")), "{compose}");
}

#[test]
fn nothing_is_overwritten() {
    let folder = Folder::with("mine\n");
    let given = ["init", "--name", "shop", "--stack", "fastapi", "--domain", "shop.example"];
    folder.run(&given).exits(2).complains("`blueprint.yaml` is there already");
    assert_eq!(folder.read("blueprint.yaml"), "mine\n");
    let elsewhere = folder.run(&[&given[..], &["--dir", "new"]].concat()).exits(0);
    assert_eq!(next(&elsewhere)[0], "formwork env fill new/blueprint.yaml");
    follow(&folder, &next(&elsewhere));
}

#[test]
fn without_a_terminal_the_flags_that_are_missing_are_named() {
    let folder = Folder::empty();
    let run = folder.run(&["init", "--name", "shop"]).exits(2);
    run.complains("missing --stack STACK, --domain DOMAIN").complains("fastapi");
    assert!(!Path::new(&folder.file("blueprint.yaml")).exists());
}

#[test]
fn answers_that_are_wrong_leave_nothing_behind() {
    let folder = Folder::empty();
    let run = |name, stack, domain| {
        folder.run(&["init", "--name", name, "--stack", stack, "--domain", domain]).exits(2)
    };
    run("shop", "fastpi", "shop.example").complains("did you mean `fastapi`?");
    run("shop", "postgres", "shop.example").complains("the catalogue has no stack `postgres`");
    run("shop", "fastapi@1", "shop.example").complains("there are 3.13, 3.12");
    run("My Shop", "fastapi", "shop.example").complains("write `my-shop`");
    run("shop", "fastapi", "https://shop.example").complains("error[invalid-host]");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
