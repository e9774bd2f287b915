//! Goes back to a moment in a cluster that a stand-in for `kubectl` plays, where something goes wrong on the way.

use std::fs;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::json;

use super::machine::Machine;
use crate::harness::Run;

const SCRIPT: &str = "restore-kubernetes.sh";
const LATEST: [&str; 5] = ["production", "db", "--time", "latest", "--yes"];
/// Starts again what a recovery stops.
const START: &str = "kubectl --namespace vibe-ensemble-production scale statefulset/db statefulset/db-archive --replicas=1";

fn command(machine: &Machine, words: &[&str]) -> Command {
    let mut command = machine.command(SCRIPT, words);
    command.env("JOB_PAUSE", "0").env("JOB_ATTEMPTS", "3");
    command
}

fn run(machine: &Machine, words: &[&str]) -> Run {
    machine.forget_calls();
    Run::of(command(machine, words).output().unwrap())
}

fn count(machine: &Machine, text: &str) -> usize {
    machine.calls().iter().filter(|call| call.contains(text)).count()
}

#[test]
fn a_cluster_that_is_silent_for_a_moment_does_not_end_a_recovery() {
    let machine = Machine::with("out/vibe-ensemble");
    machine.cluster(&json!({ "get job/recover-db": [1, 1, "", 1, 1, " Complete "] }));
    run(&machine, &LATEST).exits(0).complains("db is restored");
    let calls = machine.calls();
    let last = |text: &str| calls.iter().rposition(|call| call.contains(text)).unwrap();
    let first = |text: &str| calls.iter().position(|call| call.contains(text)).unwrap();
    assert_eq!(count(&machine, "get job/recover-db"), 6, "{calls:#?}");
    assert!(last("get job/recover-db") < first("--replicas=1"), "{calls:#?}");
}

#[test]
fn a_database_stays_stopped_while_nobody_knows_whether_its_recovery_has_ended() {
    let machine = Machine::with("out/vibe-ensemble");
    machine.cluster(&json!({ "get job/recover-db": 1 }));
    run(&machine, &LATEST)
        .exits(3)
        .complains("the cluster does not tell how recover-db-")
        .complains("kubectl --namespace vibe-ensemble-production get job/recover-db-")
        .complains(START);
    assert_eq!(count(&machine, "get job/recover-db"), 3, "{:#?}", machine.calls());
    assert_eq!(count(&machine, "--replicas=1"), 0, "{:#?}", machine.calls());
    // The job may be there though it was not said.
    machine.cluster(&json!({ "create --filename": 1, "--ignore-not-found --output name": 1 }));
    run(&machine, &LATEST).exits(3).complains(START);
    assert_eq!(count(&machine, "--replicas=1"), 0, "{:#?}", machine.calls());
    machine.cluster(&json!({ "create --filename": 1 }));
    run(&machine, &LATEST).exits(0);
    // What is known not to be there writes nothing.
    machine.cluster(&json!({ "create --filename": 1, "--ignore-not-found --output name": "" }));
    let none = run(&machine, &LATEST).exits(1);
    none.complains("cannot be made").complains("db was not restored");
    assert_eq!(count(&machine, "--replicas=1"), 2, "{:#?}", machine.calls());
}

#[test]
fn nothing_is_stopped_for_a_job_that_cannot_be_read() {
    let machine = Machine::with("out/vibe-ensemble");
    let manifest = "kubernetes/production/_restore/job-recover-db.yaml";
    fs::remove_file(machine.root().join(manifest)).unwrap();
    run(&machine, &LATEST).exits(1).complains("cannot be read: nothing is changed");
    assert_eq!(count(&machine, "scale"), 0, "{:#?}", machine.calls());
    // Where nothing is backed up, no name is the answer.
    let machine = Machine::with("out/saas-chat");
    run(&machine, &["development"]).exits(2).complains("nothing is backed up in development");
}

#[test]
fn whoever_interrupts_a_recovery_learns_what_stands_still() {
    let machine = Machine::with("out/vibe-ensemble");
    machine.cluster(&json!({ "get job/recover-db": "" }));
    let mut command = command(&machine, &LATEST);
    command.env("JOB_PAUSE", "0.1").stdout(Stdio::piped()).stderr(Stdio::piped());
    let child: Child = command.spawn().unwrap();
    let begin = Instant::now();
    while count(&machine, "get job/recover-db") == 0 {
        assert!(begin.elapsed() < Duration::from_secs(60), "{:#?}", machine.calls());
        sleep(Duration::from_millis(100));
    }
    let ended = Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
    assert!(ended.unwrap().success());
    let run = Run::of(child.wait_with_output().unwrap()).exits(143);
    run.complains("interrupted").complains(START);
    assert_eq!(count(&machine, "--replicas=1"), 0, "{:#?}", machine.calls());
}

#[test]
fn pods_that_do_not_start_are_told_once_and_waited_for() {
    let machine = Machine::with("out/vibe-ensemble");
    let waits = "recover-db-1-x Pending  ImagePullBackOff no such image ";
    let pods = "get pods --selector job-name=recover-db";
    let mut told = vec![""; 25];
    told.push(" Complete ");
    machine.cluster(&json!({ pods: waits, "get job/recover-db": told }));
    let words = [&LATEST[..], &["--timeout", "1"]].concat();
    let mut command = command(&machine, &words);
    let run = Run::of(command.env("JOB_PAUSE", "0.1").output().unwrap()).exits(0);
    let run = run.complains("describe pods --selector job-name=recover-db-");
    let message = "recover-db-1-x does not start after 1 s, and is waited for: ImagePullBackOff no";
    assert_eq!(run.stderr.matches(message).count(), 1, "{run:#?}");
    assert_eq!(count(&machine, pods), 1, "{:#?}", machine.calls());
}

#[test]
fn a_backup_after_a_recovery_does_without_buckets_where_the_recovery_did() {
    let machine = Machine::with("out/vibe-ensemble");
    machine.cluster(&json!({ "--dry-run=client": "made", "patch --local": "patched" }));
    run(&machine, &[&LATEST[..], &["--without-buckets"]].concat()).exits(0);
    let calls = machine.calls();
    let made = calls.iter().find(|call| call.contains("create job backup-db-daily-")).unwrap();
    assert!(made.ends_with("--from cronjob/backup-db-daily --dry-run=client --output json"));
    let patch = r#"{"op":"add","path":"/spec/template/spec/containers/0/args/-","value":"--without-buckets"}"#;
    assert!(calls.iter().any(|call| call.contains("patch --local") && call.contains(patch)));
    assert_eq!(fs::read_to_string(machine.stand_in().join("applied")).unwrap(), "patched\n");
    assert_eq!(count(&machine, "get job/backup-db-daily-"), 1, "{calls:#?}");
}
