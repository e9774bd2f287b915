//! Tries the migrations of a database, and holds the row that describes that.

use std::fs;

use serde_json::json;

use super::machine::Machine;

const SCRIPT: &str = "test-migration.sh";

fn migrations(machine: &Machine) -> Vec<String> {
    let calls = machine.calls();
    let ran = calls.iter().filter_map(|call| Some(call.split_once("run --rm -T --no-deps ")?.1));
    ran.map(str::to_owned).collect()
}

#[test]
fn row_s6_one_step_down_and_up_again_and_a_reset_only_when_confirmed() {
    let machine = Machine::new();
    machine.run(SCRIPT, &["production"]).exits(2).complains("--in-production");
    // Nobody can be asked here.
    machine.run(SCRIPT, &["production", "--in-production"]).exits(2).complains("not confirmed");
    assert_eq!(migrations(&machine), Vec::<String>::new());
    machine.run(SCRIPT, &["production", "--in-production", "--yes"]).exits(0);
    let once = [
        "api migrate up",
        "api migrate check",
        "api migrate down 1",
        "api migrate up",
        "api migrate check",
    ];
    assert_eq!(migrations(&machine), once);
    machine.forget_calls();
    let reset = ["production", "--in-production", "--yes", "--reset"];
    let typed = |words: &str| machine.typed(SCRIPT, &reset, words);
    assert!(typed("yes").exits(1).stdout.contains("not confirmed"));
    assert_eq!(migrations(&machine), Vec::<String>::new());
    typed("lose all data of production").exits(0);
    let after = ["api migrate down all", "api migrate up", "api migrate check"];
    assert_eq!(migrations(&machine), [once.as_slice(), after.as_slice()].concat());
}

#[test]
fn row_s6_prerequisites_come_first_and_the_first_failure_ends_it() {
    let machine = Machine::new();
    let run = |plan: serde_json::Value, status| {
        machine.plan(&plan);
        machine.forget_calls();
        machine.run(SCRIPT, &["production", "--in-production", "--yes"]).exits(status)
    };
    run(json!({ "info": 1 }), 2).complains("does not answer");
    assert_eq!(migrations(&machine), Vec::<String>::new());
    run(json!({ "config": 1 }), 2).complains("does not take");
    run(json!({ "run": 1 }), 1).complains("api: migrate up failed");
    assert_eq!(migrations(&machine), ["api migrate up"]);
    machine.plan(&json!({}));
    let other = ["production", "--in-production", "--yes", "--service", "db"];
    machine.run(SCRIPT, &other).exits(2).complains("nothing migrates db");
}

/// The committed system's own commands.
#[test]
fn row_s6_the_stack_knows_how_alembic_is_called() {
    for environment in ["production", "staging"] {
        let path = format!("out/sira/scripts/environments/{environment}.sh");
        let facts = fs::read_to_string(path).unwrap();
        for line in [
            "  \"$@\" backend upgrade alembic upgrade head\n",
            "  \"$@\" backend downgrade alembic downgrade -1\n",
            "  \"$@\" backend reset alembic downgrade base\n",
        ] {
            assert!(facts.contains(line), "{line}");
        }
    }
}

#[test]
fn migrations_come_before_the_start_and_stop_it_when_they_fail() {
    let machine = Machine::new();
    machine.plan(&json!({ "run": 1 }));
    machine.run("deploy.sh", &["production"]).exits(1).says("the migration of api failed");
    assert!(machine.starts().is_empty());
    machine.plan(&json!({}));
    machine.forget_calls();
    machine.run("deploy.sh", &["production"]).exits(0);
    let calls = machine.calls();
    let at = |text: &str| calls.iter().position(|call| call.contains(text)).unwrap();
    assert!(
        at("pull") < at("migrate up") && at("migrate up") < at("--remove-orphans"),
        "{calls:#?}"
    );
    assert_eq!(migrations(&machine), ["api migrate up"]);
}
