//! Env files that are none: each ends in a sentence and exit status 2, and is left as it is.

use std::fs;
use std::os::unix::fs::symlink;

use super::system::System;

/// Runs all three commands on what lies at the env file's place, and returns what `env check` says.
fn refused(system: &System) -> String {
    for command in [&["fill"][..], &["secret"]] {
        let (status, said, found) = system.env(command);
        assert_eq!((status, said.as_str()), (2, ""), "{command:?}: {found}");
        assert!(found.starts_with("error["), "{found}");
    }
    let (status, said, found) = system.env(&["check"]);
    assert_eq!((status, said.as_str()), (2, ""), "{found}");
    found.lines().next().unwrap().to_owned()
}

#[test]
fn what_is_no_text_is_refused() {
    let system = System::new();
    system.put("out/.env.production", b"A=1\n\xff\xfe\x00binary", 0o600);
    assert_eq!(
        refused(&system),
        "error[not-utf8]: `out/.env.production` is not UTF-8: byte 0xff stands on line 2, column 1 (byte offset 4)"
    );
    system.put("out/.env.production", b"OWNER=a\0b\n", 0o600);
    assert_eq!(
        refused(&system),
        "error[not-utf8]: `out/.env.production` is not text: a NUL byte stands on line 1, column 8 (byte offset 7)"
    );
    assert_eq!(fs::read(system.path("out/.env.production")).unwrap(), b"OWNER=a\0b\n");
}

#[test]
fn what_is_too_large_is_refused_before_it_is_read() {
    let system = System::new();
    let file = fs::File::create(system.path("out/.env.production")).unwrap();
    file.set_len(50 * 1024 * 1024).unwrap();
    assert_eq!(refused(&system), "error[too-large]: `out/.env.production` is larger than 8 MiB");
}

#[test]
fn folders_and_links_are_refused_and_never_followed() {
    let system = System::new();
    fs::create_dir(system.path("out/.env.production")).unwrap();
    assert_eq!(
        refused(&system),
        "error[unreadable-file]: `out/.env.production` is a directory, not a file"
    );
    fs::remove_dir(system.path("out/.env.production")).unwrap();
    fs::write(system.path("theirs"), "OWNER=anna\n").unwrap();
    symlink("../theirs", system.path("out/.env.production")).unwrap();
    assert_eq!(
        refused(&system),
        "error[unreadable-file]: `out/.env.production` is a symbolic link, which is not followed"
    );
    assert_eq!(system.read("theirs"), "OWNER=anna\n");
    fs::remove_file(system.path("out/.env.production")).unwrap();
    symlink("../nowhere", system.path("out/.env.production")).unwrap();
    refused(&system);
    assert!(!system.path("nowhere").exists());
}

#[test]
fn a_folder_of_secrets_that_leads_elsewhere_is_not_entered() {
    let system = System::new();
    fs::create_dir(system.path("elsewhere")).unwrap();
    symlink("../elsewhere", system.path("out/secrets")).unwrap();
    let (status, said, found) = system.env(&["fill"]);
    assert_eq!((status, said.as_str()), (2, ""));
    assert_eq!(
        found,
        "error: `out/secrets` cannot be written: it is a link or a file, not a folder\n"
    );
    assert_eq!(fs::read_dir(system.path("elsewhere")).unwrap().count(), 0);
}

#[test]
fn a_link_in_place_of_a_secret_is_replaced() {
    let system = System::new();
    system.complete();
    fs::write(system.path("theirs"), "untouched").unwrap();
    let file = system.path("out/secrets/production/db_password");
    fs::remove_file(&file).unwrap();
    symlink("../../../theirs", &file).unwrap();
    assert_eq!(system.env(&["check"]).0, 1);
    assert_eq!(system.env(&["fill"]).0, 0);
    assert_eq!(system.read("theirs"), "untouched");
    assert!(fs::symlink_metadata(&file).unwrap().is_file());
}

#[test]
fn a_file_that_may_not_be_read_is_refused() {
    let system = System::new();
    system.put("out/.env.production", b"OWNER=anna\n", 0o000);
    // The superuser may read it all the same.
    if fs::File::open(system.path("out/.env.production")).is_err() {
        assert_eq!(
            refused(&system),
            "error[unreadable-file]: `out/.env.production` cannot be read: its permissions forbid it"
        );
    }
}

#[test]
fn a_file_that_compose_refuses_is_not_filled() {
    let system = System::new();
    system.write("OWNER='anna\n");
    let (status, said, found) = system.env(&["fill"]);
    assert_eq!((status, said.as_str()), (2, ""));
    assert!(found.starts_with("error[env-syntax]: the quoted value has no closing quote\n"));
    assert_eq!(system.read("out/.env.production"), "OWNER='anna\n");
}

#[test]
fn a_missing_file_and_an_invalid_blueprint_have_no_answer() {
    let system = System::new();
    let (status, said, found) = system.env(&["check"]);
    assert_eq!((status, said.as_str()), (2, ""));
    assert!(found.contains("`out/.env.production` does not exist"), "{found}");
    assert!(found.contains("`formwork env fill --env production` writes a file"), "{found}");
    fs::write(system.path("blueprint.yaml"), "blueprint: v1\nname: shop\nservces: {}\n").unwrap();
    for command in ["check", "fill", "secret"] {
        let (status, said, found) = system.env(&[command]);
        assert_eq!((status, said.as_str()), (2, ""));
        assert!(found.contains("unknown key `servces`"), "{found}");
    }
}
