//! Deploys and rolls back.

use std::fs;

use serde_json::json;

use super::machine::Machine;

fn deployed() -> Machine {
    let machine = Machine::new();
    machine.run("deploy.sh", &["production"]).exits(0);
    machine
}

/// Where each text stands in the list of calls; they must come in this order.
fn in_order(calls: &[String], texts: &[&str]) {
    let mut from = 0;
    for text in texts {
        let found = calls[from..].iter().position(|call| call.contains(text));
        from += found.unwrap_or_else(|| panic!("no {text:?} after {from} in {calls:#?}")) + 1;
    }
}

#[test]
fn row_g6_deploy_checks_pulls_starts_and_verifies_in_this_order() {
    let machine = Machine::new();
    let run = machine.run("deploy.sh", &["production"]).exits(0);
    assert_eq!(machine.answers(), "ghcr.io/example/shop-api:1.0.0", "{run:#?}");
    in_order(
        &machine.calls(),
        &[
            "info",
            "config --quiet",
            "pull --ignore-buildable",
            "build",
            "up --detach --wait",
            "inspect",
            "image tag",
        ],
    );
    let version = fs::read_to_string(machine.state().join("current")).unwrap();
    let folder = machine.state().join("versions").join(version.trim());
    let images = fs::read_to_string(folder.join("images")).unwrap();
    assert!(images.contains("api\tghcr.io/example/shop-api:1.0.0\tsha256:"), "{images}");
    assert!(folder.join("files/docker-compose.production.yml").is_file());
    assert!(folder.join("files/nginx/production/nginx.conf").is_file());
    // What was said lies in a log.
    let log = machine.state().join(format!("logs/deploy-{}.log", version.trim()));
    let log = fs::read_to_string(log).unwrap();
    assert!(log.contains("deploying shop to production"), "{log}");
    assert!(log.contains("7 passed, 0 failed"), "{log}");
    // The hostile folder did nothing.
    assert!(!machine.root().parent().unwrap().join("tripped").exists());
}

/// The same of the committed script of the row's own system, which has backups and migrations.
#[test]
fn row_g6_agenthub_is_checked_backed_up_pulled_migrated_started_and_verified() {
    let machine = Machine::with("out/agenthub");
    fs::write(machine.root().join(".env.production"), "").unwrap();
    let said = machine.run("deploy.sh", &["production", "--dry-run"]).exits(0);
    let calls: Vec<String> = said.stdout.lines().map(str::to_owned).collect();
    in_order(
        &calls,
        &[
            "config --quiet",
            "job.sh run postgres",
            "pull --ignore-buildable",
            "alembic upgrade head",
            "up --detach --wait",
            "health-check.sh production",
            "smoke-test.sh production",
        ],
    );
    let help = machine.run("rollback.sh", &["--help"]).exits(0).stdout;
    for mode in ["--list", "--to NAME", "--quick", "--full"] {
        assert!(help.contains(mode), "{mode}: {help}");
    }
    let help = machine.run("health-check.sh", &["--help"]).exits(0).stdout;
    let categories =
        help.split("\n\n").nth(1).unwrap().lines().filter(|line| line.starts_with("  ")).count();
    assert_eq!(categories, 9, "{help}");
}

#[test]
fn a_failing_health_check_rolls_back_to_the_version_before() {
    let machine = deployed();
    machine.compile(2);
    machine.plan(&json!({ "ghcr.io/example/shop-api:2.0.0": "sick" }));
    let run = machine.run("deploy.sh", &["production"]).exits(3);
    assert!(run.stdout.contains("was rolled back"), "{run:#?}");
    assert_eq!(machine.answers(), "ghcr.io/example/shop-api:1.0.0");
    let up: Vec<String> = machine.starts();
    assert_eq!(up.len(), 3, "{up:#?}");
    assert!(up[2].contains("/images.json up --detach --wait"), "{up:#?}");
    // The broken version is not among those that can be gone back to.
    let list = machine.run("rollback.sh", &["production", "--list"]).exits(0).stdout;
    assert!(list.contains("shop-api:1.0.0") && !list.contains("shop-api:2.0.0"), "{list}");
}

#[test]
fn what_never_starts_and_what_fails_on_its_routes_is_rolled_back_too() {
    let machine = deployed();
    for wrong in [
        json!({ "ghcr.io/example/shop-api:2.0.0": "dead" }),
        json!({ "docker.io/library/nginx:9.9.9": "closed" }),
    ] {
        machine.compile(2);
        let path = machine.root().join("docker-compose.production.yml");
        let compose = fs::read_to_string(&path).unwrap();
        let nginx = compose.lines().find(|line| line.contains("library/nginx:")).unwrap();
        fs::write(&path, compose.replace(nginx, "    image: docker.io/library/nginx:9.9.9"))
            .unwrap();
        machine.plan(&wrong);
        machine.run("deploy.sh", &["production"]).exits(3);
        assert_eq!(machine.answers(), "ghcr.io/example/shop-api:1.0.0");
    }
}

#[test]
fn without_a_version_before_and_with_no_rollback_somebody_must_look() {
    let machine = Machine::new();
    machine.plan(&json!({ "ghcr.io/example/shop-api:1.0.0": "sick" }));
    machine.run("deploy.sh", &["production"]).exits(4).says("no version before");
    let machine = deployed();
    machine.compile(2);
    machine.plan(&json!({ "ghcr.io/example/shop-api:2.0.0": "sick" }));
    machine.run("deploy.sh", &["production", "--no-rollback"]).exits(4).says("left as it is");
    assert_eq!(machine.answers(), "ghcr.io/example/shop-api:2.0.0");
}

#[test]
fn what_is_wrong_before_the_start_changes_nothing() {
    let machine = deployed();
    machine.compile(2);
    for (plan, told) in [
        (json!({ "info": 1 }), (2, "does not answer")),
        (json!({ "config": 1 }), (1, "does not take")),
        (json!({ "pull": 1 }), (1, "could not be pulled")),
        (json!({ "build": 1 }), (1, "could not be built")),
    ] {
        machine.plan(&plan);
        machine.forget_calls();
        machine.run("deploy.sh", &["production"]).exits(told.0).says(told.1);
        assert!(machine.starts().is_empty(), "{plan}");
        assert_eq!(machine.answers(), "ghcr.io/example/shop-api:1.0.0");
    }
    machine.plan(&json!({}));
    machine.run("deploy.sh", &["production", "--min-disk", "999999"]).exits(1).says("GiB free");
    fs::remove_file(machine.root().join("secrets/production/db_password")).unwrap();
    machine.run("deploy.sh", &["production"]).exits(1).says("db_password is missing");
}

#[test]
fn versions_are_listed_and_gone_back_to_by_name_or_one_by_one() {
    let machine = deployed();
    for version in [2, 3] {
        machine.compile(version);
        machine.run("deploy.sh", &["production"]).exits(0);
    }
    let list = machine.run("rollback.sh", &["production", "--list"]).exits(0).stdout;
    let names: Vec<&str> = list
        .lines()
        .filter(|line| line.contains("commit"))
        .map(|line| line[2..].split("  ").next().unwrap())
        .collect();
    assert_eq!(names.len(), 3, "{list}");
    assert!(list.contains(&format!("* {}", names[2])), "{list}");
    machine.run("rollback.sh", &["production", "--yes"]).exits(0);
    assert_eq!(machine.answers(), "ghcr.io/example/shop-api:2.0.0");
    machine.run("rollback.sh", &["production", "--yes"]).exits(0);
    assert_eq!(machine.answers(), "ghcr.io/example/shop-api:1.0.0");
    machine.run("rollback.sh", &["production", "--yes"]).exits(2).complains("no version before");
    machine.run("rollback.sh", &["production", "--to", names[2], "--yes"]).exits(0);
    assert_eq!(machine.answers(), "ghcr.io/example/shop-api:3.0.0");
    machine.run("rollback.sh", &["production", "--to", "../..", "--yes"]).exits(2);
    // Nobody can be asked, and nothing is done unasked.
    machine.run("rollback.sh", &["production"]).exits(2).complains("not confirmed");
    machine.run("rollback.sh", &["production", "--full", "--yes"]).exits(2).complains("no backups");
}

#[test]
fn old_versions_are_forgotten_and_deploying_again_is_no_change() {
    let machine = deployed();
    machine.run("deploy.sh", &["production", "--keep", "2"]).exits(0);
    machine.run("deploy.sh", &["production", "--keep", "2"]).exits(0);
    let list = machine.run("rollback.sh", &["production", "--list"]).exits(0).stdout;
    assert_eq!(list.matches("commit").count(), 2, "{list}");
    assert!(machine.calls().iter().any(|call| call.starts_with("image rm localhost/shop/api:")));
    assert_eq!(machine.answers(), "ghcr.io/example/shop-api:1.0.0");
}

#[test]
fn a_dry_run_calls_nothing_and_leaves_nothing() {
    let machine = Machine::new();
    let run = machine.run("deploy.sh", &["production", "--dry-run"]).exits(0);
    let run = run.says("would run: docker compose --project-name shop").says("up --detach --wait");
    assert!(run.stdout.contains("smoke-test.sh"), "{run:#?}");
    machine.run("health-check.sh", &["production", "--dry-run"]).exits(0).says("would check: disk");
    machine
        .run("smoke-test.sh", &["production", "-n"])
        .exits(0)
        .says("would ask for https://shop.example");
    assert_eq!(machine.calls(), Vec::<String>::new());
    assert!(!machine.root().join(".deploy").exists());
    machine.run("deploy.sh", &["production"]).exits(0);
    machine.compile(2);
    machine.run("deploy.sh", &["production"]).exits(0);
    machine.forget_calls();
    let run = machine.run("rollback.sh", &["production", "--dry-run"]).exits(0);
    run.says("would run: docker compose");
    assert_eq!(machine.calls(), Vec::<String>::new());
}

#[test]
fn only_one_deployment_runs_at_a_time() {
    let machine = deployed();
    let lock = machine.state().join("lock");
    let mut held = std::process::Command::new("flock")
        .arg(&lock)
        .args(["sh", "-c", "echo held; sleep 60"])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = [0; 4];
    std::io::Read::read_exact(held.stdout.as_mut().unwrap(), &mut line).unwrap();
    machine.run("deploy.sh", &["production"]).exits(1).complains("is held");
    held.kill().unwrap();
    held.wait().unwrap();
}

#[test]
fn every_script_says_how_it_is_used_and_refuses_what_it_does_not_know() {
    let machine = Machine::new();
    let scripts = fs::read_dir(machine.root().join("scripts")).unwrap();
    let scripts: Vec<String> = scripts
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.rsplit_once('.').is_some_and(|(_, end)| end == "sh"))
        .collect();
    assert!(scripts.len() >= 4, "{scripts:?}");
    for script in &scripts {
        let help = machine.run(script, &["--help"]).exits(0).says("Exit status").says("--dry-run");
        assert!(help.stdout.contains(&format!("Usage: {script}")), "{script}: {}", help.stdout);
        machine.run(script, &["nowhere"]).exits(2).complains("only production");
        machine.run(script, &[]).exits(2).complains("name an environment");
        machine.run(script, &["production", "--no-such"]).exits(2).complains("--no-such");
    }
    assert_eq!(machine.calls(), Vec::<String>::new());
}

#[test]
fn row_g6_a_backup_comes_before_anything_is_changed_and_a_full_rollback_goes_back_to_it() {
    let machine = Machine::backed_up();
    // Nothing runs at first, and so there is nothing to back up.
    machine.run("deploy.sh", &["production"]).exits(0).says("there is nothing to back up");
    machine.compile(2);
    machine.plan(&json!({ "exec": 1 }));
    machine.run("deploy.sh", &["production"]).exits(1).says("the backup of db failed");
    assert_eq!(machine.answers(), "ghcr.io/example/shop-api:1.0.0");
    machine.plan(&json!({}));
    machine.forget_calls();
    machine.run("deploy.sh", &["production"]).exits(0);
    let backup = "exec -T backup /opt/formwork/backup/job.sh run db daily";
    in_order(&machine.calls(), &[backup, "pull", "migrate up", " up --detach --wait"]);
    machine.forget_calls();
    machine.run("rollback.sh", &["production", "--full", "--yes"]).exits(0);
    let restore = "exec -T backup /opt/formwork/backup/job.sh restore db --date 20";
    in_order(&machine.calls(), &[" stop api", restore, " up --detach --wait"]);
    assert_eq!(machine.answers(), "ghcr.io/example/shop-api:1.0.0");
}

#[test]
fn row_g7_the_new_version_starts_beside_the_old_one_which_goes_when_the_new_one_is_healthy() {
    let machine = deployed();
    machine.compile(2);
    machine.forget_calls();
    machine.run("deploy.sh", &["production", "--blue-green"]).exits(0);
    let beside = "--no-deps --no-recreate --scale web=2 web";
    in_order(&machine.calls(), &[beside, "stop ", "rm ", "--remove-orphans"]);
    // What has a port of its own cannot stand beside itself.
    assert!(!machine.calls().iter().any(|call| call.contains("--scale api")));
    machine.compile(3);
    machine.plan(&json!({ "ghcr.io/example/shop-web:3.0.0": "dead" }));
    machine.forget_calls();
    machine.run("deploy.sh", &["production", "--blue-green"]).exits(1).says("the old one runs on");
    assert!(
        machine.starts().iter().all(|call| call.contains("--scale")),
        "nothing else was started"
    );
    assert!(machine.calls().iter().any(|call| call.starts_with("rm --force ")));
    assert_eq!(machine.answers(), "ghcr.io/example/shop-api:2.0.0");
}
