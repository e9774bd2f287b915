//! Shows every diagnostic as a person sees it: a small blueprint for each code, and the whole message as a snapshot.

use std::cell::RefCell;
use std::fs;
use std::path::Path;

use formwork::compile::{Failure, compile};
use formwork::diagnostic::{Code, Diagnostic, render};
use formwork::project::Project;
use formwork::source::Sources;

use crate::harness::{Folder, NOTES};

/// The codes that no text of a blueprint brings about, with the test that does: of this suite, or beside the code.
const ELSEWHERE: &[(Code, &str)] = &[
    (Code::MissingBuildInput, "cli::what_an_image_is_built_from_is_looked_for"),
    (Code::UnreadableFile, "bad_input::a_directory"),
    (Code::NotUtf8, "bad_input::invalid_utf8"),
    (Code::BrokenTemplate, "templates::what_is_wrong_is_found_in_the_template"),
    (Code::MisplacedTemplate, "templates::nothing_leads_out_or_over_another_file"),
    (Code::EnvMissing, "env::check::every_problem_is_found_in_one_run"),
    (Code::EnvUnknown, "env::check::every_problem_is_found_in_one_run"),
    (Code::EnvDuplicate, "env::check::every_problem_is_found_in_one_run"),
    (Code::EnvSyntax, "env::check::syntax_errors_are_told_with_all_the_rest"),
    (Code::EnvInterpolated, "env::check::every_problem_is_found_in_one_run"),
    (Code::EnvComment, "env::check::every_problem_is_found_in_one_run"),
    (Code::EnvForbidden, "env::check::every_problem_is_found_in_one_run"),
    (Code::EnvTooShort, "env::check::every_problem_is_found_in_one_run"),
    (Code::EnvType, "env::check::every_problem_is_found_in_one_run"),
    (Code::EnvRequiredValue, "env::check::every_problem_is_found_in_one_run"),
    (Code::EnvCharset, "env::check::every_problem_is_found_in_one_run"),
    (Code::EnvSameSecret, "env::check::every_problem_is_found_in_one_run"),
    (Code::EnvFileMode, "env::check::every_problem_is_found_in_one_run"),
    (Code::EnvSecretFile, "env::check::every_problem_is_found_in_one_run"),
];

/// Everything that is found in a blueprint.
fn found(path: &Path) -> (Sources, Vec<Diagnostic>) {
    match Project::read(path, None) {
        Ok(project) => {
            let found = match compile(&project.inputs) {
                Ok(compiled) => compiled.remarks,
                Err(Failure::Invalid(found)) => found,
                Err(Failure::Broken(error)) => panic!("{}: {error}", path.display()),
            };
            (project.inputs.sources, found)
        }
        Err(unreadable) => {
            let found = unreadable.diagnostics.sorted(&unreadable.sources);
            (unreadable.sources, found)
        }
    }
}

/// The code that a blueprint is named for: `unknown-service.removed.yaml` is a further one for `unknown-service`.
fn code_of(path: &Path) -> &str {
    let name = path.file_name().unwrap().to_str().unwrap();
    name.split_once('.').unwrap().0
}

#[test]
fn every_message_is_as_it_was_reviewed() {
    let missed = RefCell::new(Vec::new());
    insta::glob!("..", "diagnostics/*.yaml", |path| {
        // The messages name the blueprint as the user gave it: relative, so that snapshots are the same everywhere.
        let name = path.file_name().unwrap();
        let (sources, found) = found(&Path::new("tests/diagnostics").join(name));
        let code = code_of(path);
        if found.iter().all(|one| one.code.id() != code) {
            missed.borrow_mut().push(code.to_owned());
        }
        insta::assert_snapshot!(render::text(&sources, &found, false));
    });
    assert_eq!(
        missed.into_inner(),
        [""; 0],
        "blueprints that do not bring about what they are named for"
    );
}

#[test]
fn every_code_has_a_blueprint_that_brings_it_about_or_a_test_elsewhere() {
    for code in Code::ALL {
        let blueprint = Path::new("tests/diagnostics").join(format!("{code}.yaml"));
        let elsewhere = ELSEWHERE.iter().any(|(other, _)| other == code);
        assert_ne!(blueprint.exists(), elsewhere, "{code}: one of the two, and not both");
    }
    for file in fs::read_dir("tests/diagnostics").unwrap() {
        let path = file.unwrap().path();
        let stem = code_of(&path);
        assert!(Code::ALL.iter().any(|code| code.id() == stem), "{stem} is no code");
    }
}

/// What the program says of files that no blueprint of its own can stand for.
#[test]
fn what_is_wrong_with_other_files_is_shown_as_well() {
    let api = "blueprint: v1\nname: shop\nservices:\n  api: { image: ghcr.io/example/api:1.4.2, port: 8000, build: { context: nowhere } }\n";
    let cases: [(Code, &str, &[u8], &[&str]); 6] = [
        (Code::UnreadableFile, "", b"", &["build", "gone.yaml"]),
        (Code::NotUtf8, "blueprint.yaml", b"blueprint: v1\nname: caf\xe9\n", &["build"]),
        (Code::EnvSyntax, ".env.production", b"A=1\nB\nC='", &["env", "check"]),
        (Code::MissingBuildInput, "blueprint.yaml", api.as_bytes(), &["validate"]),
        (Code::BrokenTemplate, "templates/a.txt.j2", b"one\n{{ nme }}\n", &["build"]),
        (Code::MisplacedTemplate, "templates/blueprint.yaml.j2", b"{}\n", &["build"]),
    ];
    for (code, file, text, command) in cases {
        let folder = Folder::with(NOTES);
        if !file.is_empty() {
            folder.write(file, "");
            fs::write(folder.file(file), text).unwrap();
        }
        let told = folder.run(command).stderr;
        assert!(told.contains(&format!("[{code}]")), "{code}: {told}");
        insta::assert_snapshot!(format!("other-{code}"), told);
    }
}

#[test]
fn every_code_stands_in_a_snapshot() {
    let mut shown = String::new();
    for folder in ["tests/suite/snapshots", "tests/suite/env/snapshots"] {
        for file in fs::read_dir(folder).unwrap() {
            shown += &fs::read_to_string(file.unwrap().path()).unwrap();
        }
    }
    let missing: Vec<_> =
        Code::ALL.iter().filter(|code| !shown.contains(&format!("[{code}]"))).collect();
    assert!(missing.is_empty(), "no snapshot shows {missing:?}");
}

/// Whether there is a test of that path, such as `bad_input::a_directory` or `value::cron::tests::schedules`.
fn is_test(path: &str) -> bool {
    let (module, name) = path.rsplit_once("::").unwrap();
    let (root, module) = match module.strip_suffix("::tests") {
        Some(module) => ("src", module),
        None => ("tests/suite", module),
    };
    let file = format!("{root}/{}", module.replace("::", "/"));
    let read = |end: &str| fs::read_to_string(format!("{file}{end}")).ok();
    let text = read(".rs").or_else(|| read("/mod.rs")).unwrap_or_default();
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    lines.windows(2).any(|pair| pair[0] == "#[test]" && pair[1] == format!("fn {name}() {{"))
}

#[test]
fn the_tests_elsewhere_exist() {
    let missing: Vec<_> = ELSEWHERE.iter().filter(|(_, test)| !is_test(test)).collect();
    assert!(missing.is_empty(), "there are no such tests: {missing:?}");
    for absent in ["bad_input::nothing", "nowhere::a_directory", "value::cron::tests::is_cron"] {
        assert!(!is_test(absent), "{absent}");
    }
}

#[test]
fn every_code_is_explained_once_and_in_sentences() {
    for (index, code) in Code::ALL.iter().enumerate() {
        assert!(code.explanation().ends_with('.'), "{code}");
        assert!(Code::ALL[..index].iter().all(|other| other.id() != code.id()), "{code}");
    }
}
