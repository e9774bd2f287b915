//! What `env fill` writes, keeps and makes.

use std::fs;

use super::system::System;

/// The value of a name in an env file without quotes.
fn value<'a>(text: &'a str, name: &str) -> &'a str {
    let start = format!("{name}=");
    text.lines().find_map(|line| line.strip_prefix(&start)).unwrap_or_else(|| panic!("no {name}"))
}

#[test]
fn a_new_file_is_complete_but_for_what_only_the_operator_knows() {
    let system = System::new();
    let (status, said, remarks) = system.env(&["fill"]);
    assert_eq!((status, remarks.as_str()), (0, ""));
    let text = system.read("out/.env.production");
    let password = value(&text, "DB_PASSWORD");
    assert_eq!(password.len(), 32);
    assert_eq!(value(&text, "SESSION_KEY").len(), 64);
    assert_eq!(value(&text, "DEBUG"), "false");
    assert!(!said.contains(password) && !said.contains(value(&text, "SESSION_KEY")), "{said}");
    insta::assert_snapshot!(said);
    assert_eq!(system.read("out/secrets/production/db_password"), password);
    assert_eq!(system.mode("out/.env.production"), 0o600);
    assert_eq!(system.mode("out/secrets"), 0o700);
    assert_eq!(system.mode("out/secrets/production"), 0o700);
    assert_eq!(system.mode("out/secrets/production/db_password"), 0o444);
    assert!(!system.path("out/.env.staging").exists());
}

#[test]
fn once_the_rest_is_set_nothing_is_wrong_and_nothing_changes() {
    let system = System::new();
    system.complete();
    let (status, said, found) = system.env(&["check"]);
    assert_eq!((status, found.as_str()), (0, ""), "{said}");
    let files = ["out/.env.production", "out/secrets/production/db_password"];
    let state = || {
        files.map(|file| {
            let metadata = fs::metadata(system.path(file)).unwrap();
            (fs::read(system.path(file)).unwrap(), metadata.modified().unwrap())
        })
    };
    let before = state();
    let (status, said, _) = system.env(&["fill"]);
    assert_eq!(status, 0);
    assert!(said.starts_with("`out/.env.production` has every variable; nothing was changed\n"));
    assert_eq!(state(), before);
    let left: Vec<_> = fs::read_dir(system.path("out/secrets/production")).unwrap().collect();
    assert_eq!(left.len(), 1, "{left:?}");
}

#[test]
fn what_is_there_stays_byte_for_byte() {
    let system = System::new();
    let text = "\u{feff}# mine\r\nLEFTOVER=1\r\n\r\n  export OWNER = anna # me\r\nSESSION_KEY=\nMAP_KEY='a\r\nb'\nNOTE=\nDB_PASSWORD='my own, kept'";
    system.write(text);
    let (status, said, _) = system.env(&["fill"]);
    assert_eq!(status, 0);
    let filled = system.read("out/.env.production");
    let key = value(&filled, "SESSION_KEY").to_owned();
    assert_eq!(key.len(), 64);
    let kept = text.replace("SESSION_KEY=", &format!("SESSION_KEY={key}"));
    assert!(filled.starts_with(&kept), "{filled}");
    assert!(
        filled[kept.len()..]
            .starts_with("\n\n# Added by `formwork env fill`.\n\n# ---- main ----\n")
    );
    assert_eq!(filled.matches("DB_PASSWORD=").count(), 1);
    assert_eq!(filled.matches("NOTE=").count(), 1);
    assert!(said.contains("made 1 secret: SESSION_KEY\n"), "{said}");
    assert_eq!(system.read("out/secrets/production/db_password"), "my own, kept");
}

#[test]
fn files_of_secrets_follow_the_env_file() {
    let system = System::new();
    system.complete();
    let text = system.read("out/.env.production");
    let made = value(&text, "DB_PASSWORD").to_owned();
    system.write(&text.replace(&made, "chosen-by-hand"));
    let (status, _, found) = system.env(&["check"]);
    assert_eq!(status, 1);
    assert!(
        found.contains(
            "`out/secrets/production/db_password` holds another value than `DB_PASSWORD`"
        )
    );
    assert!(!found.contains(&made) && !found.contains("chosen-by-hand"), "{found}");
    let (status, said, _) = system.env(&["fill"]);
    assert_eq!(status, 0);
    assert!(said.starts_with("wrote `out/secrets/production/`\n  1 file: db_password\n"), "{said}");
    assert_eq!(system.read("out/secrets/production/db_password"), "chosen-by-hand");
    assert_eq!(system.env(&["check"]).0, 0);
}

#[test]
fn open_modes_are_closed_and_folders_made_by_an_engine_give_way() {
    let system = System::new();
    system.complete();
    let text = system.read("out/.env.production");
    system.put("out/.env.production", text.as_bytes(), 0o644);
    fs::remove_file(system.path("out/secrets/production/db_password")).unwrap();
    fs::create_dir(system.path("out/secrets/production/db_password")).unwrap();
    let (status, _, found) = system.env(&["check"]);
    assert_eq!(status, 1);
    assert!(found.contains("warning[env-file-mode]"), "{found}");
    assert!(found.contains("`out/secrets/production/db_password` is not a file"), "{found}");
    assert_eq!(system.env(&["fill"]).0, 0);
    assert_eq!(system.mode("out/.env.production"), 0o600);
    assert_eq!(system.env(&["check"]).0, 0);
}

#[test]
fn every_environment_that_has_a_file_is_meant_when_none_is_named() {
    let system = System::new();
    let output = system.run(&["env", "fill", "--out", "out"]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(
        said,
        "error: say which environment is meant, with `--env`: `production`, `staging`\n"
    );
    system.complete();
    let output = system.run(&["env", "fill", "--out", "out"]);
    assert!(output.status.success());
    assert!(!system.path("out/.env.staging").exists());
    let output =
        system.run(&["env", "check", "out/.env.staging", "blueprint.yaml", "--env", "stagin"]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said, "error: no environment is named `stagin`; did you mean `staging`?\n");
}

#[test]
fn a_file_elsewhere_is_filled_and_checked_there() {
    let system = System::new();
    let (status, said, _) = system.env(&["fill", "--file", "mine.env"]);
    assert_eq!(status, 0);
    assert!(said.contains("wrote `mine.env`\n") && said.contains("--env-file mine.env "), "{said}");
    let text = system.read("mine.env");
    assert_eq!(system.read("out/secrets/production/db_password"), value(&text, "DB_PASSWORD"));
    let (status, _, found) = system.env(&["check", "mine.env"]);
    assert_eq!(status, 1);
    assert!(found.contains("error[env-missing]: `SITE_URL` is empty\n--> mine.env:"), "{found}");
}

/// What programs already read may be what a database was made with: it is taken before another is made.
#[test]
fn a_lost_file_gets_the_secrets_that_programs_still_have() {
    let system = System::new();
    system.env(&["fill"]);
    let password = system.read("out/secrets/production/db_password");
    fs::remove_file(system.path("out/.env.production")).unwrap();
    let (status, said, _) = system.env(&["fill"]);
    assert_eq!(status, 0);
    assert!(said.contains("took 1 secret from `out/secrets/production/`: DB_PASSWORD"), "{said}");
    assert!(!said.contains(&password), "{said}");
    assert_eq!(value(&system.read("out/.env.production"), "DB_PASSWORD"), password);
    // A file in another place is filled with the same.
    let (status, _, _) = system.env(&["fill", "--file", "other.env"]);
    assert_eq!(status, 0);
    assert_eq!(value(&system.read("other.env"), "DB_PASSWORD"), password);
    assert_eq!(system.read("out/secrets/production/db_password"), password);
}

#[test]
fn no_secret_is_taken_through_a_link() {
    let system = System::new();
    system.env(&["fill"]);
    let place = system.path("out/secrets/production/db_password");
    fs::remove_file(&place).unwrap();
    fs::remove_file(system.path("out/.env.production")).unwrap();
    fs::write(system.path("elsewhere"), "somebody-elses").unwrap();
    std::os::unix::fs::symlink(system.path("elsewhere"), &place).unwrap();
    system.env(&["fill"]);
    let made = system.read("out/.env.production");
    assert_ne!(value(&made, "DB_PASSWORD"), "somebody-elses");
    assert_eq!(system.read("elsewhere"), "somebody-elses");
}

#[test]
fn another_file_does_not_take_the_place_of_what_programs_read() {
    let system = System::new();
    system.env(&["fill"]);
    let own = system.read("out/.env.production");
    let secret = system.read("out/secrets/production/db_password");
    let other = own.replace(&secret, "another-password-1");
    system.put("other.env", other.as_bytes(), 0o600);
    let fill = ["fill", "--file", "other.env"];
    let (status, _, said) = system.env(&fill);
    assert_eq!(status, 2, "{said}");
    assert!(said.contains("would get other secrets than those of `out/.env.production`"), "{said}");
    assert!(!said.contains("another-password-1") && !said.contains(&secret), "{said}");
    assert_eq!(system.read("out/secrets/production/db_password"), secret);
    assert_eq!(system.read("other.env"), other);
    // The same secrets do no harm, and without the own file the other takes its place.
    system.put("other.env", own.as_bytes(), 0o600);
    assert_eq!(system.env(&fill).0, 0);
    fs::remove_file(system.path("out/.env.production")).unwrap();
    system.put("other.env", other.as_bytes(), 0o600);
    assert_eq!(system.env(&fill).0, 0);
    assert_eq!(system.read("out/secrets/production/db_password"), "another-password-1");
}
