//! What `env check` finds, and what it never tells.

use std::os::unix::fs::PermissionsExt as _;

use formwork::format::quote::dotenv::quote;

use super::system::{BLUEPRINT, System};

/// Values that must never be seen.
const SECRETS: &[&str] = &["hunter2", "postgres@1", "shared-value", "sk$lost", "AKIAFRAGMENT"];

fn assert_silent(output: &str) {
    for secret in SECRETS {
        assert!(!output.contains(secret), "`{secret}` is told in\n{output}");
    }
}

#[test]
fn every_problem_is_found_in_one_run() {
    let system = System::new();
    let text = "\
SITE_URL=http://shop.example
DEBUG=true
LOG_LEVEL= # how much is logged
GREETING=\"$HOME sweet\"
OWNER=Root
WORKERS=four
REGION=eu-2
DB_PASSWORD=postgres@1
SESSION_KEY=hunter2
PAYMENT_KEY=test_hunter2
MAIL_KEY=shared-value
MAP_KEY=shared-value
MAP_KEY=shared-value
SESION_KEY=hunter2
AKIAFRAGMENT=
CERTIFICATE=Please-Change-Me!
";
    system.put("out/.env.production", text.as_bytes(), 0o644);
    std::fs::create_dir_all(system.path("out/secrets/production")).unwrap();
    system.put("out/secrets/production/db_password", b"another", 0o644);
    std::fs::set_permissions(
        system.path("out/secrets/production"),
        std::fs::Permissions::from_mode(0o755),
    )
    .unwrap();
    let (status, said, found) = system.env(&["check"]);
    assert_eq!(status, 1);
    assert_silent(&found);
    insta::assert_snapshot!(format!("{found}{said}"));
    for format in ["json", "github"] {
        let (status, said, found) = system.env(&["check", "--format", format]);
        assert_eq!(status, 1);
        assert_silent(&format!("{said}{found}"));
        assert!(format!("{said}{found}").contains("env-secret-file"), "{said}{found}");
    }
}

#[test]
fn a_link_in_the_place_of_the_secrets_is_told_as_one() {
    for link in ["out/secrets", "out/secrets/production"] {
        let system = System::new();
        system.complete();
        assert_eq!(system.env(&["fill"]).0, 0);
        std::fs::rename(system.path(link), system.path("elsewhere")).unwrap();
        std::os::unix::fs::symlink(system.path("elsewhere"), system.path(link)).unwrap();
        let (status, _, found) = system.env(&["check"]);
        assert_eq!(status, 1);
        assert!(found.contains(&format!("`{link}` is a symbolic link")), "{found}");
        assert!(!found.contains("is missing"), "{found}");
        let (status, _, found) = system.env(&["fill"]);
        assert_eq!(status, 2);
        assert!(found.contains("it is a link or a file, not a folder"), "{found}");
    }
}

#[test]
fn syntax_errors_are_told_with_all_the_rest() {
    let system = System::new();
    system.write("SITE_URL=http://x\nMAIL KEY=hunter2\nMAP_KEY='hunter2\nOWNER=root\n");
    let (status, _, found) = system.env(&["check"]);
    assert_eq!(status, 1);
    assert_silent(&found);
    for expected in [
        "error[env-syntax]: a name cannot hold a blank\n--> out/.env.production:2:1",
        "error[env-syntax]: the quoted value has no closing quote\n--> out/.env.production:3:9",
        "error[env-required-value]: `SITE_URL` must begin with `https://` in production",
        "error[env-forbidden]: `OWNER` must not be `root`",
        "error[env-missing]: `DB_PASSWORD` is missing",
    ] {
        assert!(found.contains(expected), "{expected} is not in\n{found}");
    }
}

#[test]
fn a_plain_value_that_swallowed_a_secret_is_not_shown() {
    let system = System::new();
    system.complete();
    let text = system.read("out/.env.production");
    system.write(&text.replace("WORKERS=4", "WORKERS='4\nMAIL=correct-horse'"));
    let (status, _, found) = system.env(&["check"]);
    assert_eq!(status, 1);
    assert!(found.contains("`WORKERS` is not a whole number"), "{found}");
    system.write(&text.replace("WORKERS=4", "WORKERS=correct-horse"));
    let (_, _, found) = system.env(&["check"]);
    assert!(found.contains("`WORKERS` is not a whole number"), "{found}");
    assert!(!found.contains("correct-horse"), "{found}");
}

#[test]
fn a_plain_value_that_breaks_a_url_is_refused() {
    let blueprint =
        BLUEPRINT.replace("with: { password:", "with: { database: \"${var.DATABASE}\", password:");
    let blueprint = blueprint.replace("    OWNER:", "    DATABASE: { default: shop }\n    OWNER:");
    let system = System::of(&blueprint);
    system.complete();
    assert_eq!(system.env(&["check"]).0, 0);
    let text = system.read("out/.env.production");
    for value in ["shop/main", "'shop main'", "shop?x", "shop%20"] {
        system.write(&text.replace("\nDATABASE=shop\n", &format!("\nDATABASE={value}\n")));
        let (status, _, found) = system.env(&["check"]);
        assert_eq!(status, 1, "{value}");
        assert!(found.contains("error[env-charset]: `DATABASE` has a character"), "{found}");
    }
}

#[test]
fn pools_are_counted_with_the_values_of_the_file() {
    let blueprint = BLUEPRINT
        .replace("needs: [db]", "replicas: 3\n    needs: { db: { pool: \"${var.WORKERS}\" } }");
    let system = System::of(&blueprint);
    system.complete();
    assert_eq!(system.env(&["check"]).0, 0);
    let text = system.read("out/.env.production");
    for (value, expected) in [
        ("32", None),
        ("33", Some("99 connections")),
        ("18446744073709551615", Some("connections")),
    ] {
        system.write(&text.replace("\nWORKERS=4\n", &format!("\nWORKERS={value}\n")));
        let (status, _, found) = system.env(&["check"]);
        assert_eq!(status, i32::from(expected.is_some()), "{value}: {found}");
        for told in expected.iter().flat_map(|sum| ["error[pool-too-large]", sum, "`api` opens"]) {
            assert!(found.contains(told), "{told} is not in\n{found}");
        }
    }
}

#[test]
fn a_thousand_lines_of_another_file_are_summed_up() {
    let system = System::new();
    let text: String = (0..2000).map(|line| format!("SOMETHING_{line}=1\n")).collect();
    system.write(&text);
    let (status, _, found) = system.env(&["check"]);
    assert_eq!(status, 1);
    assert!(found.contains("1950 more lines set variables that nothing reads"), "{found}");
}

#[test]
fn compose_reads_the_same_values() {
    let Some(compose) = crate::judge::judge("docker-compose") else { return };
    let system = System::new();
    let mut values = vec![
        ("SITE_URL", "https://shop.example/#a?b=c&d".to_owned()),
        ("DEBUG", "false".to_owned()),
        ("LOG_LEVEL", "a b  c".to_owned()),
        ("GREETING", "it's \"$HOME\" #1 ${X} \\ é".to_owned()),
        ("NOTE", String::new()),
        ("OWNER", "$5 # no".to_owned()),
        ("WORKERS", "8".to_owned()),
        ("DB_PASSWORD", "abcDEF123._~-".to_owned()),
        ("SESSION_KEY", "0123456789abcdef $$ 0123456789abcdef".to_owned()),
        ("PAYMENT_KEY", "live_'\"\\".to_owned()),
        ("MAIL_KEY", " leading and trailing ".to_owned()),
        ("MAP_KEY", "a\r\nb".to_owned()),
        ("CERTIFICATE", "-----BEGIN KEY-----\nMIIEv+/=\n-----END KEY-----\n".to_owned()),
    ];
    let text: String =
        values.iter().map(|(name, value)| format!("{name}={}\n", quote(value))).collect();
    system.write(&text);
    assert_eq!(system.env(&["fill"]).0, 0);
    assert_eq!(system.read("out/.env.production"), text);
    assert_eq!(
        system.env(&["check"]),
        (0, "`out/.env.production` is complete: 13 variables\n".to_owned(), String::new())
    );
    let output = std::process::Command::new(compose)
        .current_dir(system.path("out"))
        .env_clear()
        .args(["--env-file", ".env.production", "-f", "docker-compose.production.yml"])
        .args(["config", "--format", "json"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let config: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let read = &config["services"]["api"]["environment"];
    values.push(("DATABASE_URL", "postgresql://app:abcDEF123._~-@db:5432/app".to_owned()));
    values.push(("REGION", "eu-1".to_owned()));
    for (name, value) in values {
        // `config` prints a file that can be read again, so with every `$` doubled.
        assert_eq!(read[name].as_str().unwrap().replace("$$", "$"), value, "{name}");
    }
}

/// Containers of several users read the same file, and it has one owner.
#[test]
fn a_secret_file_that_only_one_of_its_readers_can_read_is_told() {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
    let made = tempfile::NamedTempFile::new().unwrap();
    let me = made.as_file().metadata().unwrap().uid();
    let user = if me == 0 { 4321 } else { me };
    let reads = format!(
        "    user: {user}\n    environment: {{ DATABASE_URL: \"${{db.url}}\", DB_FILE: \"${{var.DB_PASSWORD.file}}\" }}\n"
    );
    let blueprint = BLUEPRINT.replace("    environment: { DATABASE_URL: \"${db.url}\" }\n", &reads);
    assert_ne!(blueprint, BLUEPRINT);
    let system = System::of(&blueprint);
    system.complete();
    assert_eq!(system.env(&["check"]).0, 0);
    let path = system.path("out/secrets/production/db_password");
    let shut = |owner: u32, mode: u32| {
        chown(&path, Some(owner), None).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        system.env(&["check"])
    };
    let (status, _, found) = shut(user, 0o400);
    assert_eq!(status, 1);
    let told = "`out/secrets/production/db_password` cannot be read by user 999, as which `db` runs: it belongs to";
    assert!(found.contains(told), "{found}");
    assert!(found.contains("= help: run `formwork env fill --env production`"), "{found}");
    assert_eq!(shut(user, 0o444).0, 0);
    if me == 0 {
        let (status, _, found) = shut(999, 0o400);
        assert_eq!(status, 1);
        assert!(found.contains("cannot be read by user 4321, as which `api` runs"), "{found}");
        // Who owns it is asked for the owner's bits alone.
        assert!(shut(999, 0o044).2.contains("cannot be read by user 999, as which `db` runs"));
        let (_, _, found) = shut(5555, 0o400);
        assert!(
            found.contains("user 999, as which `db` runs; nor by user 4321, as which `api` runs"),
            "{found}"
        );
    }
    assert_eq!(system.env(&["fill"]).0, 0);
    assert_eq!(system.env(&["check"]).0, 0);
}
