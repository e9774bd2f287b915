//! Asks the command line for its exit statuses, formats and manners.

use std::fs;
use std::io::Read as _;
use std::process::Stdio;

use serde_json::Value;

use crate::harness::{Folder, NOTES, Run};

const BROKEN: &str = "blueprint: v1\nname: notes\nservices: { api: { imge: nginx } }\n";

#[test]
fn bad_usage_is_answered_with_two() {
    let folder = Folder::empty();
    for args in [&[][..], &["bild"], &["build", "--nonsense"]] {
        folder.run(args).exits(2).complains("Usage");
    }
    folder.run(&["check", "--format", "xml"]).exits(2).complains("text, json, github, sarif");
    folder.run(&["build"]).exits(2).complains("formwork init");
    folder.run(&["--help"]).exits(0).says("Exit status");
    folder.run(&["--version"]).exits(0).says("formwork");
}

#[test]
fn an_unknown_environment_is_answered_with_the_nearest() {
    let folder = Folder::with(NOTES);
    let said = "no environment is named `prodction`; did you mean `production`?";
    folder.run(&["build", "--env", "prodction"]).exits(2).complains(said);
    assert!(!folder.file("formwork.lock").exists());
}

#[test]
fn an_invalid_blueprint_is_two_everywhere_and_one_under_validate() {
    let folder = Folder::with(BROKEN);
    for command in ["build", "check", "diff", "show"] {
        folder.run(&[command]).exits(2).complains("error[unknown-key]");
    }
    folder.run(&["validate"]).exits(1).complains("blueprint.yaml:3:20");
    assert!(!folder.file("formwork.lock").exists());
    folder.write("blueprint.yaml", NOTES);
    folder.run(&["validate"]).exits(0).says("`blueprint.yaml` is valid");
}

#[test]
fn a_blueprint_that_cannot_be_read_is_two_and_one_under_validate() {
    let folder = Folder::empty();
    folder.run(&["build", "none.yaml"]).exits(2).complains("`none.yaml` does not exist");
    folder.run(&["validate", "none.yaml"]).exits(1).complains("error[unreadable-file]");
}

#[test]
fn shells_are_told_how_to_complete() {
    let folder = Folder::empty();
    for (shell, said) in [
        ("bash", "complete -F _formwork"),
        ("zsh", "#compdef formwork"),
        ("fish", "complete -c formwork"),
        ("powershell", "Register-ArgumentCompleter"),
        ("elvish", "edit:completion:arg-completer[formwork]"),
    ] {
        folder.run(&["completions", shell]).exits(0).says(said).says("validate");
    }
    folder.run(&["completions", "cmd"]).exits(2).complains("bash");
}

/// The results of a SARIF log on standard output: rule, level, file and first line.
fn results(log: &str) -> Vec<(String, String, String, u64)> {
    let log: Value = serde_json::from_str(log).unwrap();
    assert_eq!(log["version"], "2.1.0");
    let [run] = &log["runs"].as_array().unwrap()[..] else { panic!("{log}") };
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let result = |result: &Value| {
        let rule = text(&result["ruleId"]);
        assert!(rules.iter().any(|one| one["id"] == rule.as_str()), "{rule} is not described");
        assert!(!text(&result["message"]["text"]).is_empty());
        let place = &result["locations"][0]["physicalLocation"];
        let line = place["region"]["startLine"].as_u64().unwrap_or(0);
        (rule, text(&result["level"]), text(&place["artifactLocation"]["uri"]), line)
    };
    run["results"].as_array().unwrap().iter().map(result).collect()
}

#[test]
fn code_scanning_reads_what_is_wrong() {
    let folder = Folder::with(BROKEN);
    let wrong = ("unknown-key".to_owned(), "error".to_owned(), "blueprint.yaml".to_owned(), 3);
    for (command, status) in [("validate", 1), ("build", 2), ("check", 2)] {
        let run = folder.run(&[command, "--format", "sarif"]).exits(status);
        assert!(results(&run.stdout).contains(&wrong), "{run:#?}");
    }
    folder.write("blueprint.yaml", NOTES);
    let run = folder.run(&["build", "--format", "sarif"]).exits(0);
    assert_eq!(results(&run.stdout), []);
    folder.edit("docker-compose.production.yml", "services:", "services: # mine");
    let edited = |command: &str| {
        let run = folder.run(&[command, "--format", "sarif"]).exits(1);
        let [(rule, _, file, _)] = &results(&run.stdout)[..] else { panic!("{run:#?}") };
        assert_eq!(
            (rule.as_str(), file.as_str()),
            ("hand-edited", "docker-compose.production.yml")
        );
    };
    edited("check");
    edited("build");
}

#[test]
fn all_blueprints_are_read_and_nothing_is_written_if_one_is_invalid() {
    let folder = Folder::empty();
    folder.write("blueprints/notes.yaml", NOTES);
    folder.write("blueprints/wrong.yaml", BROKEN);
    folder.write("blueprints/worse.yaml", "blueprint: v1\nname: [\n");
    let run = folder.run(&["build"]).exits(2);
    run.complains("wrong.yaml:3").complains("worse.yaml:");
    assert!(!folder.file("out").exists());
    fs::remove_file(folder.file("blueprints/wrong.yaml")).unwrap();
    folder.write("blueprints/worse.yaml", &NOTES.replace("name: notes", "name: other"));
    folder.run(&["build"]).exits(0).says("notes: wrote").says("other: wrote");
    assert!(folder.file("out/notes/formwork.lock").exists());
    folder.run(&["check"]).exits(0).says("`out/notes` are current").says("`out/other` are current");
}

#[test]
fn two_blueprints_cannot_share_a_folder() {
    let folder = Folder::empty();
    folder.write("blueprints/one.yaml", NOTES);
    folder.write("blueprints/two.yaml", NOTES);
    folder.run(&["build"]).exits(2).complains("both write to `out/notes`");
    let twice = folder.run(&["build", "blueprints/one.yaml", "./blueprints/one.yaml"]).exits(0);
    assert_eq!(twice.stdout.matches("notes: wrote").count(), 1);
    folder.run(&["build", "--out", "x"]).exits(2).complains("takes one blueprint");
}

#[test]
fn two_systems_cannot_take_turns_in_one_folder() {
    let folder = Folder::empty();
    let one = format!("{NOTES}output: {{ root: out }}\n");
    folder.write("one.yaml", &one);
    folder.write("two.yaml", &one.replace("name: notes", "name: other"));
    folder.run(&["build", "one.yaml"]).exits(0);
    let lock = folder.read("out/formwork.lock");
    assert!(lock.contains("\nsystem notes\n"), "{lock}");
    let said = "`out` holds the files of the system `notes`, not of `other`";
    for command in ["build", "check", "diff"] {
        folder.run(&[command, "two.yaml"]).exits(2).complains(said);
    }
    assert_eq!(folder.read("out/formwork.lock"), lock);
    folder.run(&["check", "one.yaml"]).exits(0);
    // A lock of before names none, and is ours.
    folder.write("out/formwork.lock", &lock.replace("system notes\n", ""));
    folder.run(&["check", "one.yaml"]).exits(0);
    folder.run(&["build", "one.yaml"]).exits(0);
    assert_eq!(folder.read("out/formwork.lock"), lock);
    // A system that was renamed.
    folder.run(&["build", "two.yaml", "--adopt"]).exits(0);
    folder.run(&["check", "two.yaml"]).exits(0);
    folder.run(&["check", "one.yaml"]).exits(2).complains("files of the system `other`");
}

#[test]
fn json_is_one_document() {
    let folder = Folder::with(BROKEN);
    let parse = |text: &str| -> Value { serde_json::from_str(text).unwrap() };
    let said = parse(&folder.run(&["validate", "--format", "json"]).exits(1).stdout);
    assert_eq!(said["valid"], false);
    assert_eq!(said["diagnostics"][0]["code"], "unknown-key");
    assert_eq!(said["diagnostics"][0]["line"], 3);
    folder.write("blueprint.yaml", NOTES);
    let said = parse(&folder.run(&["check", "--format", "json"]).exits(1).stdout);
    assert_eq!(said["current"], false);
    assert_eq!(said["systems"][0]["name"], "notes");
    assert_eq!(said["systems"][0]["files"][0]["verdict"], "missing");
    let said = parse(&folder.run(&["build", "--format", "json"]).exits(0).stdout);
    let written = said["systems"][0]["written"].as_array().unwrap();
    assert!(written.iter().any(|path| path == "docker-compose.production.yml"), "{said}");
    let said = parse(&folder.run(&["check", "--format", "json"]).exits(0).stdout);
    assert_eq!(said["current"], true);
}

#[test]
fn annotations_name_file_and_line() {
    let folder = Folder::with(BROKEN);
    let run = folder.run(&["validate", "--format", "github"]).exits(1);
    run.says("::error file=blueprint.yaml,line=3,col=20");
    let run = folder.run(&["check", "--format", "github"]).exits(2);
    run.says("::error file=blueprint.yaml,line=3,col=20");
    folder.write("blueprint.yaml", NOTES);
    let run = folder.run(&["check", "--format", "github"]).exits(1);
    run.says("::error file=docker-compose.production.yml,title=missing::");
}

#[test]
fn colour_is_for_terminals() {
    let folder = Folder::with(BROKEN);
    let plain = folder.run(&["validate"]).exits(1);
    assert!(!plain.stderr.contains('\u{1b}'), "{plain:#?}");
    let forced = folder.formwork(&["validate"]).env("CLICOLOR_FORCE", "1").output().unwrap();
    assert!(forced.stderr.contains(&0x1b));
    let never =
        folder.formwork(&["validate"]).env("NO_COLOR", "1").env("CLICOLOR_FORCE", "1").output();
    assert!(!never.unwrap().stderr.contains(&0x1b));
}

#[test]
fn a_reader_that_goes_away_is_no_fault() {
    let folder = Folder::with(NOTES);
    let mut command = folder.formwork(&["diff"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1), "{stderr}");
    assert_eq!(stderr, "");
}

#[test]
fn an_output_folder_that_cannot_be_written_is_two() {
    let folder = Folder::with(NOTES);
    folder.write("file", "");
    folder.run(&["build", "--out", "file"]).exits(2).complains("is a file");
    folder.run(&["build", "--out", "/proc/formwork"]).exits(2).complains("cannot create");
}

#[test]
fn a_selection_writes_only_what_it_names() {
    let two = "environments: { production: {}, staging: { tier: staging, shift_ports: 1 } }\n";
    let folder = Folder::with(&format!("{NOTES}{two}"));
    folder.run(&["build", "--env", "staging", "--target", "compose"]).exits(0);
    assert!(folder.file("docker-compose.staging.yml").exists());
    assert!(!folder.file("docker-compose.production.yml").exists());
    folder.run(&["check", "--env", "staging", "--target", "compose"]).exits(0);
    folder.run(&["check"]).exits(1).says("missing: `docker-compose.production.yml`");
}

#[test]
fn build_ends_with_the_next_commands_as_long_as_they_are_needed() {
    let folder = Folder::with(NOTES);
    let up =
        "docker compose --env-file .env.production -f docker-compose.production.yml up -d --wait";
    folder.run(&["build"]).exits(0).says(&format!("next:\n  formwork env fill\n  {up}\n"));
    folder.write(".env.production", "DB_PASSWORD='x'\n");
    let run = folder.run(&["build"]).exits(0);
    assert!(!run.stdout.contains("next:"), "{run:#?}");
    folder.edit("blueprint.yaml", "1.4.2", "1.4.3");
    let run = folder.run(&["build"]).exits(0).says(&format!("next:\n  {up}\n"));
    assert!(!run.stdout.contains("env fill"), "{run:#?}");
}

#[test]
fn the_compose_file_names_the_command_that_build_ends_with() {
    let profiles = "environments: { production: { profiles: [extra] } }\n";
    let folder = Folder::with(&format!("{NOTES}{profiles}"));
    folder.edit(
        "blueprint.yaml",
        "services:\n",
        "services:\n  extra: { image: \"extra:1\", profile: extra }\n",
    );
    let run = folder.run(&["build"]).exits(0);
    let file = fs::read_to_string(folder.file("docker-compose.production.yml")).unwrap();
    let start = file.lines().find_map(|line| line.strip_prefix("# Start: ")).unwrap();
    assert!(start.contains(" --profile extra "), "{start}");
    run.says(&format!("\n  {start}\n"));
}

/// Who asks for one target knows what for, and has perhaps nothing that could be started.
#[test]
fn a_partial_build_proposes_nothing() {
    let folder = Folder::with(NOTES);
    for target in ["compose", "nginx"] {
        let run = folder.run(&["build", "--target", target]).exits(0);
        assert!(!run.stdout.contains("next:"), "{run:#?}");
    }
}

#[test]
fn show_says_what_was_decided_and_where_it_comes_from() {
    let staging = "environments:\n  production: {}\n  staging:\n    tier: staging\n    shift_ports: 1\n    override: { services: { api: { replicas: 2 } } }\n";
    let folder = Folder::with(&format!("{NOTES}{staging}"));
    let api = folder.run(&["show", "services.api", "--env", "staging"]).exits(0);
    let api = api.says("# notes, staging: from blueprint.yaml\n");
    let line = 1 + NOTES.lines().position(|line| line.contains("image:")).unwrap();
    let api =
        api.says(&format!("\n# blueprint.yaml:{line}\nimage: ghcr.io/example/notes-api:1.4.2\n"));
    let line = 6 + NOTES.lines().count();
    let api = api.says(&format!("\n# blueprint.yaml:{line} (override)\nreplicas: 2\n"));
    // A service of which an override changes a part is still the one that was written.
    let line = 1 + NOTES.lines().position(|line| line.trim_start().starts_with("api:")).unwrap();
    let api = api.says(&format!("# blueprint.yaml:{line}\nname: api\n"));
    let api = api.says("\n# default\nstop_grace: \"30s\"\n");
    api.says("DATABASE_URL: postgresql://app:${var.DB_PASSWORD}@db:5432/app\n");
    let db = folder.run(&["show", "services.db.resources", "blueprint.yaml"]).exits(0);
    let db = db.says("# catalogue postgres@17\nmemory: \"512Mi..1Gi\"\n");
    assert_eq!(db.stdout.matches("---\n").count(), 1, "one document an environment");
    folder.run(&["show", "services.apj"]).exits(2).complains("did you mean `api`?");
    let json = folder.run(&["show", "services.db.ports", "--env", "staging", "--format", "json"]);
    let said: Value = serde_json::from_str(&json.exits(0).stdout).unwrap();
    assert_eq!(said["models"][0]["model"]["postgres"], 5432, "{said}");
}

#[test]
fn what_is_shown_is_yaml() {
    let folder = Folder::with(NOTES);
    let run = folder.run(&["show"]).exits(0);
    let value: Value = serde_yaml::from_str(&run.stdout).unwrap();
    assert_eq!(value["services"]["api"]["ports"]["http"], 8000);
    assert_eq!(value["variables"]["db"]["DB_PASSWORD"]["secret"], true, "{}", run.stdout);
}

#[test]
fn explain_knows_codes_keys_and_components() {
    let folder = Folder::empty();
    let all = folder.run(&["explain"]).exits(0).says("  duplicate-key\n").says("  services\n");
    assert!(!all.stdout.contains('\u{1b}'));
    folder.run(&["explain", "duplicate-key"]).exits(0).says("names the same key twice");
    let health = folder.run(&["explain", "services.health"]).exits(0).says("  ready\n");
    for same in ["health", "services.api.health"] {
        assert_eq!(folder.run(&["explain", same]).exits(0).stdout, health.stdout);
    }
    let tier = folder.run(&["explain", "environments.tier"]).exits(0);
    tier.says("one of `development`, `staging`, `production`").says("default: \"production\"");
    folder.run(&["explain", "storage"]).exits(0).says("examples: ").says("`512Mi`");
    folder.run(&["explain", "catalogue"]).exits(0).says("versions 17 (").says("fastapi");
    folder.run(&["explain", "postgres@17"]).exits(0).says("max_connections").says("${self.host}");
    folder.run(&["explain", "helth"]).exits(2).complains("did you mean `health`?");
    folder.run(&["explain", "%"]).exits(2).complains("`formwork explain` lists");
}

#[test]
fn every_key_of_the_language_can_be_explained() {
    let folder = Folder::empty();
    let schema: Value = serde_json::from_str(&folder.run(&["schema"]).exits(0).stdout).unwrap();
    for section in schema["properties"].as_object().unwrap().keys() {
        folder.run(&["explain", section]).exits(0).says("takes ");
    }
}

#[test]
fn waivers_are_listed_with_reason_and_source() {
    let folder = Folder::with(NOTES);
    folder.run(&["build"]).exits(0);
    folder.run(&["check", "--waivers"]).exits(0).says("notes: no rule is broken on purpose");
    let folder = Folder::with(&format!(
        "{NOTES}monitoring: {{}}\nwaivers: {{ image-latest: because it is only a test }}\n"
    ));
    let run = folder.run(&["check", "--waivers"]).exits(1);
    run.says("  image-latest (the whole system): because it is only a test\n").says("    source: ");
}

/// Compiling never looks at what images are built from; the commands do.
#[test]
fn what_an_image_is_built_from_is_looked_for() {
    let build = |build: &str| {
        Folder::with(&format!(
            "blueprint: v1\nname: shop\nservices:\n  api:\n    image: ghcr.io/example/api:1.4.2\n    build: {build}\n    port: 8000\n"
        ))
    };
    let nowhere = build("{ context: nowhere }");
    for command in ["validate", "build", "check"] {
        let run = nowhere.run(&[command]).exits(0);
        run.complains("note[missing-build-input]").complains("no such folder");
    }
    let named = build("{ context: api, dockerfile: Nope }");
    named.write("api/Dockerfile", "FROM scratch\n");
    let run = named.run(&["validate"]).exits(0);
    run.complains("warning[missing-build-input]").complains("the context has no file `Nope`");
    let whole = build("{ context: api }");
    whole.write("api/Dockerfile", "FROM scratch\n");
    assert_eq!(whole.run(&["validate"]).exits(0).stderr, "");
    assert_eq!(whole.run(&["build", "--out", "not/there/yet"]).exits(0).stderr, "");
    assert_eq!(build("{ context: ., stack: fastapi@3.13 }").run(&["validate"]).exits(0).stderr, "");
}

#[cfg(target_os = "linux")]
#[test]
fn an_answer_that_cannot_be_written_is_told() {
    let folder = Folder::with(NOTES);
    folder.run(&["build"]).exits(0);
    for command in
        [&["schema"][..], &["show"], &["explain"], &["check"], &["check", "--format", "json"]]
    {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = folder.formwork(command).stdout(full).output().unwrap();
        let run = Run::of(output).exits(2);
        run.complains("error: the answer could not be written to standard output: No space left");
    }
    // Whoever closes a pipe has read enough.
    let mut child = folder.formwork(&["schema"]).stdout(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert!(child.wait().unwrap().success());
}

/// Code hosts look files up from the root of the repository, wherever the program was run.
#[test]
fn annotations_name_files_from_the_root_of_the_repository() {
    let folder = Folder::empty();
    folder.write("deploy/blueprint.yaml", "blueprint: v1\nname: shop\nfoo: 1\n");
    let run = |args: &[&str]| {
        let output = folder.formwork(args).current_dir(folder.file("deploy")).output().unwrap();
        let run = Run::of(output);
        format!("{}{}", run.stdout, run.stderr)
    };
    assert!(run(&["validate", "--format", "github"]).contains("file=blueprint.yaml,"));
    fs::create_dir(folder.file(".git")).unwrap();
    for (command, format, said) in [
        ("validate", "github", "file=deploy/blueprint.yaml,"),
        ("validate", "sarif", "\"uri\": \"deploy/blueprint.yaml\""),
        ("check", "github", "file=deploy/blueprint.yaml,"),
        ("validate", "text", "--> blueprint.yaml:3:1"),
        ("validate", "json", "\"blueprint.yaml\""),
    ] {
        let told = run(&[command, "--format", format]);
        assert!(told.contains(said), "{command} {format}: {told}");
    }
    folder.write("deploy/blueprint.yaml", NOTES);
    assert!(
        run(&["check", "--format", "github"])
            .contains("file=deploy/docker-compose.production.yml,")
    );
    let log = run(&["check", "--format", "sarif"]);
    assert!(log.contains("\"uri\": \"deploy/docker-compose.production.yml\""), "{log}");
    folder.write("deploy/.env.production", "A\n");
    for (format, said) in [
        ("github", "file=deploy/.env.production,"),
        ("sarif", "\"uri\": \"deploy/.env.production\""),
    ] {
        let told = run(&["env", "check", "--format", format]);
        assert!(told.contains(said), "{format}: {told}");
    }
}

#[test]
fn of_a_system_without_services_nothing_is_started() {
    let folder = Folder::with("blueprint: v1\nname: shop\n");
    folder.run(&["validate"]).exits(0).complains("warning[nothing-to-run]");
    let run = folder.run(&["build"]).exits(0);
    assert!(!run.stdout.contains("docker compose"), "{}", run.stdout);
    let add = ["add", "component", "cache", "--uses", "redis@8"];
    let run = folder.run(&add).exits(0).says("docker compose");
    assert_eq!(run.stderr, "");
}
