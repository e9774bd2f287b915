//! Asks how a system is, and for all of its routes.

use serde_json::{Value, json};

use super::machine::Machine;

const NINE: [&str; 9] = [
    "containers",
    "endpoints",
    "routes",
    "data",
    "disk",
    "memory",
    "certificates",
    "monitoring",
    "backups",
];

fn running() -> Machine {
    let machine = Machine::new();
    machine.run("deploy.sh", &["production"]).exits(0);
    machine
}

fn told(machine: &Machine, status: i32) -> Value {
    let run = machine.run("health-check.sh", &["production", "--json"]).exits(status);
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:#?}"))
}

fn state(told: &Value, category: &str) -> String {
    let categories = told["categories"].as_array().unwrap();
    let one = categories.iter().find(|one| one["name"] == category).unwrap();
    one["state"].as_str().unwrap().to_owned()
}

#[test]
fn row_g6_health_is_told_in_nine_categories() {
    let machine = running();
    let told = told(&machine, 0);
    let names: Vec<&str> = told["categories"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, NINE);
    for category in ["containers", "endpoints", "routes", "data", "memory", "certificates"] {
        assert_eq!(state(&told, category), "ok", "{told:#}");
    }
    // No monitoring and no backups here: that is said, and is no fault.
    for category in ["monitoring", "backups"] {
        assert_eq!(state(&told, category), "none", "{told:#}");
    }
    let text = machine.run("health-check.sh", &["production"]).exits(0);
    let text = text.says("backups       does not apply").says("nothing is backed up here");
    assert!(text.stdout.contains("shop in production is healthy"), "{text:#?}");
}

#[test]
fn each_category_tells_what_is_wrong_with_it() {
    let machine = running();
    machine.plan(&json!({ "memory": "85.00" }));
    let found = told(&machine, 0);
    assert_eq!((state(&found, "memory"), &found["state"]), ("warn".to_owned(), &json!("warn")));
    machine.plan(&json!({ "memory": "91.00", "exec": 1 }));
    let found = told(&machine, 1);
    assert_eq!(state(&found, "memory"), "fail");
    assert_eq!(state(&found, "data"), "fail");
    assert_eq!(state(&found, "routes"), "ok");
    machine.plan(&json!({}));
    for (state_of, expected) in [
        ("running 0 false 3 healthy", "warn"),
        ("running 0 true 0 healthy", "warn"),
        ("running 0 false 0 unhealthy", "fail"),
        ("exited 137 true 0 none", "fail"),
    ] {
        machine.container("db", state_of);
        let found = told(&machine, i32::from(expected == "fail"));
        assert_eq!(state(&found, "containers"), expected, "{state_of}");
    }
}

#[test]
fn a_certificate_is_judged_by_its_host_and_its_end() {
    let machine = Machine::new();
    machine.certificate("13");
    machine.run("deploy.sh", &["production"]).exits(0);
    assert_eq!(state(&told(&machine, 0), "certificates"), "warn");
    // Whoever asks for something that is not there is told so.
    let only = ["production", "--only", "certificates"];
    machine.run("health-check.sh", &only).exits(0).says("it is not being renewed");
    machine.run("health-check.sh", &["production", "--only", "luck"]).exits(2).complains("luck");
}

#[test]
fn it_cannot_be_told_without_the_container_engine() {
    let machine = running();
    machine.plan(&json!({ "info": 1 }));
    machine.run("health-check.sh", &["production"]).exits(2).complains("does not answer");
}

#[test]
fn row_g6_smoke_tests_ask_for_every_route_and_every_health_endpoint() {
    let machine = running();
    let run = machine.run("smoke-test.sh", &["production"]).exits(0);
    let (api, http, https) = (machine.api, machine.http, machine.https);
    for asked in [
        format!("passed  https://shop.example:{https}/ answers 200"),
        format!("passed  https://shop.example:{https}/absent answers 404"),
        format!("passed  http://shop.example:{http}/ answers 301"),
        format!("passed  http://127.0.0.1:{api}/health/live answers 200"),
        format!("passed  http://127.0.0.1:{api}/health/ready answers 200"),
    ] {
        assert!(run.stdout.contains(&asked), "{asked}: {}", run.stdout);
    }
    assert!(run.stdout.contains("7 passed, 0 failed"), "{}", run.stdout);
    machine.container("nginx", "exited 1 false 0 none");
    let run = machine.run("smoke-test.sh", &["production"]).exits(1);
    run.says("FAILED  nginx ready: nginx does not run");
}

#[test]
fn row_g6_a_backup_is_judged_by_its_age() {
    let machine = Machine::backed_up();
    machine.run("deploy.sh", &["production"]).exits(0);
    let asked = |listed: &str| {
        machine.plan(&json!({ "list": listed }));
        let run = machine.run("health-check.sh", &["production", "--json", "--only", "backups"]);
        let told: Value = serde_json::from_str(&run.stdout).unwrap();
        (run.status, state(&told, "backups"))
    };
    let now = std::process::Command::new("date").args(["-u", "+%Y%m%dT%H%M%SZ"]).output().unwrap();
    let now = String::from_utf8(now.stdout).unwrap();
    let young = format!("db\tdb-daily-{}.tar\there\t1 MiB", now.trim());
    assert_eq!(asked(&young), (0, "ok".to_owned()));
    let old = "db\tdb-daily-20260101T020000Z.tar\there\t1 MiB";
    assert_eq!(asked(old), (1, "fail".to_owned()));
    assert_eq!(asked(&format!("{old}\n{young}")), (0, "ok".to_owned()));
    assert_eq!(asked(""), (1, "fail".to_owned()));
}
