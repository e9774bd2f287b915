//! Names several databases of one server, and shows who is let in where.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::compiled::{codes, tree, yaml};
use crate::judge::judge;
use crate::matrix;

const SILENT: [&str; 0] = [];

fn system(databases: &str, more: &str) -> String {
    format!(
        "blueprint: v1\nname: shop\nservices:\n  db: {{ uses: postgres@17, databases: {databases} }}\n  api:\n    image: ghcr.io/example/api:1.0.0\n    needs: [db]\n    environment: {{ KONG: \"${{db.databases.kong.url}}\", ROLE: \"${{db.databases.kong.user}}\" }}\n{more}"
    )
}

const TWO: &str = "{ kong: {}, orders: { user: clerk, password: \"${var.CLERK_PASSWORD}\" } }";
const CLERK: &str = "variables: { main: { CLERK_PASSWORD: { secret: true, min_length: 12, generate: alnum 32 } } }\n";

#[test]
fn each_database_has_an_address_and_a_password_of_its_own() {
    let tree = tree(&system(TWO, CLERK));
    let compose = yaml(&tree, "docker-compose.production.yml");
    let api = &compose["services"]["api"]["environment"];
    assert_eq!(api["ROLE"], "kong");
    let url = api["KONG"].as_str().unwrap();
    assert!(url.starts_with("postgresql://kong:${DB_KONG_PASSWORD:?"), "{url}");
    assert!(url.ends_with("@db:5432/kong"), "{url}");
    let db = compose["services"]["db"].to_string();
    for expected in
        ["/docker-entrypoint-initdb.d/50-databases.sh", "db_kong_password", "clerk_password"]
    {
        assert!(db.contains(expected), "{expected} is not in {db}");
    }
    let set = yaml(&tree, "kubernetes/production/db/statefulset-db.yaml").to_string();
    for expected in ["/docker-entrypoint-initdb.d/50-databases.sh", "db_kong_password"] {
        assert!(set.contains(expected), "{expected} is not in {set}");
    }
}

#[test]
fn a_server_without_further_databases_has_no_script() {
    let text = "blueprint: v1\nname: shop\nservices: { db: { uses: postgres@17 } }\n";
    assert!(tree(text).iter().all(|(path, _)| !path.to_string().contains("databases")));
}

#[test]
fn a_list_of_names_is_enough() {
    assert_eq!(codes(&system("[kong, orders]", "")), SILENT);
}

#[test]
fn what_cannot_be_made_is_refused() {
    for (databases, expected) in [
        ("{ kong: {}, postgres: {} }", "error name-taken"),
        ("{ kong: {}, app: { user: other } }", "error name-taken"),
        ("{ kong: {}, orders: { user: kong } }", "error name-taken"),
        ("{ kong: { user: app } }", "error name-taken"),
        ("{ kong: { user: \"a b\" } }", "error invalid-value"),
        ("{ kong: { usr: kong } }", "error unknown-key"),
        ("{ kong: {}, Orders: {} }", "error invalid-name"),
        ("{ kong: {}, orders: { user: \"${var.CLERK_PASSWORD}\" } }", "error run-time-reference"),
    ] {
        let more = if databases.contains("var") { CLERK } else { "" };
        let found = codes(&system(databases, more));
        assert_eq!(found.first().map(String::as_str), Some(expected), "{databases}: {found:?}");
    }
    let password = |with: &str| codes(&system("{ kong: { password: \"${var.P}\" } }", with));
    let weak = "variables: { main: { P: { secret: true, min_length: 4 } } }\n";
    assert_eq!(password(weak), ["error weak-secret"]);
    let replaced = "variables: { main: { DB_KONG_PASSWORD: { secret: true, min_length: 40 } } }\n";
    assert_eq!(codes(&system("[kong]", replaced)), ["error name-taken"]);
    let redis =
        "blueprint: v1\nname: shop\nservices: { cache: { uses: redis@8, databases: [kong] } }\n";
    assert_eq!(codes(redis), ["error invalid-value"]);
}

/// The script as it is compiled, but for the folder of the passwords.
fn script(secrets: &str) -> String {
    let tree = tree(&system(TWO, CLERK));
    let (_, artifact) = tree
        .iter()
        .find(|(path, _)| path.to_string().ends_with("postgres/production/db/databases.sh"))
        .unwrap();
    artifact.text().replace("/run/secrets/", secrets)
}

#[test]
fn shellcheck_finds_nothing_in_the_script() {
    let Some(shellcheck) = judge("shellcheck") else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("databases.sh");
    fs::write(&path, script("/run/secrets/")).unwrap();
    let output = Command::new(shellcheck).arg(path).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

/// Runs where Debian's postgresql-common and a server are installed.
#[test]
fn the_server_lets_each_role_into_its_own_database_alone() {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut programs = std::env::split_paths(&path).map(|folder| folder.join("pg_virtualenv"));
    let Some(program): Option<PathBuf> = programs.find(|program| program.is_file()) else {
        let required = std::env::var("FORMWORK_REQUIRE_JUDGES").is_ok_and(|value| value == "1");
        assert!(!required, "pg_virtualenv is not installed, but FORMWORK_REQUIRE_JUDGES=1");
        eprintln!("skipped: pg_virtualenv is not installed");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().to_str().unwrap();
    fs::write(folder.path().join("db_kong_password"), "kong's $ecret").unwrap();
    fs::write(folder.path().join("clerk_password"), "another-one").unwrap();
    fs::write(folder.path().join("databases.sh"), script(&format!("{at}/"))).unwrap();
    // Executed and read by a shell, as the entry point does either; the second time changes nothing.
    let steps = format!(
        "set -eu; export POSTGRES_USER=\"$PGUSER\" POSTGRES_DB=postgres\n\
         sh {at}/databases.sh\n\
         bash -c 'set -Eeo pipefail; . {at}/databases.sh'\n\
         as() {{ PGUSER=$1 PGPASSWORD=$2 psql -X -q -A -t -w -d \"$3\" -c 'create table if not exists t(); select current_user'; }}\n\
         as kong \"kong's \\$ecret\" kong\n\
         as clerk another-one orders\n\
         if as kong \"kong's \\$ecret\" orders 2>&1; then exit 7; fi\n\
         rm {at}/clerk_password\n\
         if sh {at}/databases.sh 2>&1; then exit 8; fi\n"
    );
    let output = Command::new(program).args(["sh", "-c", &steps]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}{errors}");
    assert!(said.contains("kong\nclerk\n"), "{said}");
    assert!(said.contains("permission denied for database \"orders\""), "{said}");
    matrix::record("pg_virtualenv", 1, 0);
}
