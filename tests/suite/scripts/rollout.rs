//! Deploys to a cluster that a stand-in for `kubectl` plays, and goes back.

use std::fs;

use serde_json::json;

use super::machine::Machine;

const DEPLOY: &str = "deploy-kubernetes.sh";

/// The place of the first call that says this.
fn place(machine: &Machine, text: &str) -> usize {
    let calls = machine.calls();
    let found = calls.iter().position(|call| call.contains(text));
    found.unwrap_or_else(|| panic!("no {text:?} in {calls:#?}"))
}

fn says(machine: &Machine, text: &str) -> bool {
    machine.calls().iter().any(|call| call.contains(text))
}

/// The steps in order, as the guide has them.
#[test]
fn a_cluster_is_asked_then_backed_up_then_migrated_and_only_then_rolled_out() {
    let machine = Machine::with("out/vulnzero");
    machine.run(DEPLOY, &["production"]).exits(0);
    let order = [
        "--dry-run=server",
        "create job backup-postgres-daily-",
        "get job/backup-postgres-daily-",
        "production/api/serviceaccount-api.yaml",
        "delete job/migrate-api --ignore-not-found",
        "create --filename -",
        "get job/migrate-api",
        "apply --filename -",
        "rollout status deployment/api",
    ];
    let places: Vec<usize> = order
        .iter()
        .map(|text| match *text {
            // The first one asks only.
            "apply --filename -" => {
                machine.calls().iter().rposition(|call| call.starts_with(text)).unwrap()
            }
            text => place(&machine, text),
        })
        .collect();
    assert!(places.is_sorted(), "{places:?} {:#?}", machine.calls());
    // What runs is not started again for it.
    assert!(!says(&machine, "--selector"), "{:#?}", machine.calls());
    let guide = fs::read_to_string("out/vulnzero/DEPLOYMENT.md").unwrap();
    let guide = guide.split("### In a cluster: production").nth(1).unwrap();
    let guide = guide.split("\n###").next().unwrap();
    let titles =
        ["make the namespaces", "make the Secret", "Back up", "Migrate", "Apply it", "Wait"];
    let titles: Vec<usize> = titles
        .iter()
        .map(|title| guide.find(title).unwrap_or_else(|| panic!("no {title}: {guide}")))
        .collect();
    assert!(titles.is_sorted(), "{guide}");
}

#[test]
fn a_migration_or_a_backup_that_fails_stops_a_deployment_before_anything_is_rolled_out() {
    let machine = Machine::with("out/vulnzero");
    machine.cluster(&json!({ "get job/migrate-api": " FailureTarget  Failed ", "logs job/migrate-api": "no such table" }));
    machine
        .run(DEPLOY, &["production"])
        .exits(1)
        .complains("migrate-api failed")
        .complains("no such table");
    assert!(!says(&machine, "rollout status") && !says(&machine, "annotate"));
    machine.forget_calls();
    machine.cluster(&json!({ "get job/backup-postgres": " Failed " }));
    machine.run(DEPLOY, &["production"]).exits(1).complains("failed: nothing is changed");
    assert!(!says(&machine, "migrate"), "{:#?}", machine.calls());
}

#[test]
fn a_deployment_without_a_backup_is_asked_for_and_possible_where_none_can_be_made() {
    let machine = Machine::with("out/vulnzero");
    machine.cluster(&json!({ "get job/backup-postgres": " Failed " }));
    let words = ["production", "--without-backup"];
    machine.run(DEPLOY, &words).exits(2).complains("no backup is made");
    assert!(!says(&machine, "apply"), "{:#?}", machine.calls());
    let words = ["production", "--without-backup", "--yes"];
    machine.run(DEPLOY, &words).exits(0).complains("warning: no backup is made");
    assert!(!says(&machine, "backup-postgres") && says(&machine, "rollout status"));
}

#[test]
fn a_cluster_is_restored_by_a_job_of_its_own_name_with_the_words_of_the_choice() {
    const RESTORE: &str = "restore-kubernetes.sh";
    let machine = Machine::with("out/vibe-ensemble");
    let made = || {
        let text = fs::read_to_string(machine.stand_in().join("applied")).unwrap();
        let job: serde_json::Value = serde_yaml::from_str(&text).unwrap();
        let words = &job["spec"]["template"]["spec"]["containers"][0]["args"];
        let words: Vec<String> = serde_json::from_value(words.clone()).unwrap();
        (job["metadata"]["name"].as_str().unwrap().to_owned(), words[1..].join(" "))
    };
    machine.run(RESTORE, &["production", "db"]).exits(2).complains("not confirmed");
    for (choice, words) in [
        (&[][..], "restore db --yes"),
        (&["--date", "2026-01-31"], "restore db --yes --date 2026-01-31"),
        (&["-f", "it's #1: a"], "restore db --yes -f it's #1: a"),
        (&["--without-buckets"], "restore db --yes --without-buckets"),
    ] {
        let words_of = [&["production", "db", "--yes"], choice].concat();
        machine.run(RESTORE, &words_of).exits(0);
        let (name, args) = made();
        assert_eq!(args, words);
        assert!(name.starts_with("restore-db-") && name.len() > "restore-db-1".len(), "{name}");
    }
    assert!(!says(&machine, "scale"), "{:#?}", machine.calls());
    machine.forget_calls();
    let moment = "2026-01-31 12:00:00+00";
    machine.run(RESTORE, &["production", "db", "--time", moment, "--yes"]).exits(0);
    let words = format!("recover db --time {moment} --into /restore/pgdata --yes");
    assert_eq!(made().1, words);
    let order = [
        "scale statefulset/db --replicas=0",
        "scale statefulset/db-archive --replicas=0",
        "create --filename -",
        "get job/recover-db-",
        "scale statefulset/db --replicas=1",
        "create job backup-db-daily-",
    ];
    let places: Vec<usize> = order.iter().map(|text| place(&machine, text)).collect();
    assert!(places.is_sorted(), "{places:?} {:#?}", machine.calls());
    // What fails says why, and the database runs again.
    machine.cluster(&json!({ "get job/recover-db": " Failed ", "logs job/recover-db": "no room" }));
    machine.forget_calls();
    let run = machine.run(RESTORE, &["production", "db", "-t", "latest", "--yes"]).exits(1);
    run.complains("no room").complains("was not restored");
    assert!(says(&machine, "scale statefulset/db --replicas=1"));
    assert!(!says(&machine, "create job"), "{:#?}", machine.calls());
    machine
        .run(RESTORE, &["production", "nothing"])
        .exits(2)
        .complains("name what is restored: db");
}

#[test]
fn the_first_deployment_to_a_cluster_makes_what_it_needs_or_says_how() {
    let machine = Machine::with("out/vulnzero");
    machine.cluster(&json!({ "--ignore-not-found --output name": "" }));
    let run = machine.run(DEPLOY, &["production"]).exits(1);
    run.complains("the Secret vulnzero-env of vulnzero-production is missing")
        .complains("formwork env secret")
        .complains("| kubectl apply --server-side --filename -");
    let made = "apply --filename";
    let namespace = "_namespace/namespace-vulnzero-production.yaml";
    let calls = machine.calls();
    let applied: Vec<&String> = calls.iter().filter(|call| call.contains(made)).collect();
    assert!(applied.iter().all(|call| call.contains("/namespace-")), "{applied:#?}");
    assert!(applied.iter().any(|call| call.contains(namespace)), "{applied:#?}");
    // With its Secret: no schedule to back up with, and the database first.
    machine.forget_calls();
    machine.cluster(
        &json!({ " secret vulnzero-env": "there", "--ignore-not-found --output name": "" }),
    );
    machine.run(DEPLOY, &["production"]).exits(0).complains("there is nothing to back up");
    let started = place(&machine, "--selector app.kubernetes.io/name in (postgres, redis)");
    assert!(place(&machine, namespace) < place(&machine, "--dry-run=server"));
    assert!(started < place(&machine, "create --filename -"));
}

#[test]
fn what_is_rolled_out_is_what_was_built() {
    let machine = Machine::with("out/vibe-ensemble");
    let images = machine.root().join("images");
    let digest = format!("sha256:{}", "a".repeat(64));
    fs::write(&images, format!("ghcr.io/example/vibe-ensemble:0.5.0\t{digest}\n")).unwrap();
    machine.run(DEPLOY, &["production", "--images", images.to_str().unwrap()]).exits(0);
    let applied = fs::read_to_string(machine.stand_in().join("applied")).unwrap();
    let pinned = format!("- image: ghcr.io/example/vibe-ensemble:0.5.0@{digest}\n");
    assert!(applied.contains(&pinned), "{applied}");
    assert!(applied.contains("- image: docker.io/library/postgres:17\n"), "{applied}");
    machine.run(DEPLOY, &["production", "--images", "/dev/null"]).exits(2);
}

#[test]
fn a_cluster_that_does_not_roll_out_goes_back() {
    let machine = Machine::with("out/vibe-ensemble");
    let deploy = |status| machine.run(DEPLOY, &["production"]).exits(status);
    deploy(0);
    assert!(!says(&machine, "rollout undo"));
    machine.cluster(&json!({ "--dry-run=server": 1 }));
    deploy(1).complains("nothing is changed");
    machine.cluster(&json!({ "rollout status deployment/vibe-ensemble": 1, "changed": ["deployment/vibe-ensemble", "statefulset/db"] }));
    fs::remove_file(machine.stand_in().join("applied")).unwrap();
    deploy(4).complains("could not be taken back");
    let undone = "--namespace vibe-ensemble-production rollout undo deployment/vibe-ensemble";
    assert!(says(&machine, undone));
    // What this deployment has not changed stays, and so does what keeps data.
    let undone = machine.calls().iter().filter(|call| call.contains("rollout undo")).count();
    assert_eq!(undone, 1, "{:#?}", machine.calls());
}

/// Row E12: the pipeline goes back in a run of its own.
#[test]
fn going_back_later_takes_back_what_was_changed_once_and_programs_with_names_too() {
    let machine = Machine::with("out/saas-chat");
    let back = |status| machine.run(DEPLOY, &["production", "--rollback"]).exits(status);
    back(4).complains("it is not known what the last deployment has changed");
    machine.cluster(&json!({ "changed": ["statefulset/chat-service"] }));
    machine.run(DEPLOY, &["production"]).exits(0);
    back(0);
    let undone: Vec<String> =
        machine.calls().into_iter().filter(|call| call.contains("rollout undo")).collect();
    assert_eq!(undone, ["--namespace saas-chat-production rollout undo statefulset/chat-service"]);
    // Its pod that never became ready.
    assert!(says(&machine, "delete pods --selector controller-revision-hash=chat-7d9"));
    back(4).complains("nothing that goes back");
    // The guide has what the script knows, and nothing else.
    let guide = fs::read_to_string("out/saas-chat/DEPLOYMENT.md").unwrap();
    let guide = guide.split("### Quick, in a cluster: production").nth(1).unwrap();
    let guide = guide.split("\n###").next().unwrap();
    let facts = fs::read_to_string("out/saas-chat/scripts/environments/production.sh").unwrap();
    let known = facts.split("each_cluster_program() {").nth(1).unwrap().split('}').next().unwrap();
    let known: Vec<String> = known
        .lines()
        .filter_map(|line| line.trim().strip_prefix("\"$@\" "))
        .map(|line| line.split(' ').collect::<Vec<_>>())
        .map(|words| {
            format!("kubectl --namespace {} rollout undo {}/{}", words[0], words[1], words[2])
        })
        .collect();
    let written: Vec<&str> =
        guide.lines().map(str::trim).filter(|line| line.contains("rollout undo")).collect();
    assert_eq!(written, known);
    assert!(known.iter().any(|line| line.ends_with("statefulset/chat-service")), "{known:#?}");
    assert!(!known.iter().any(|line| line.contains("postgres ") || line.ends_with("/mongodb")));
}
