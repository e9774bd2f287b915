//! Resolves every command of every document: the files that it names are compiled, the services, profiles, namespaces and
//! objects are those of the compiled files, and the program knows the options.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use super::reader::Page;
use super::shell::{commands, is_whole};
use super::{Compiled, compiled, is};
use crate::judge::judge;

/// The programs that a machine has, or that the prerequisites name.
const PROGRAMS: &[&str] = &[
    "docker", "kubectl", "formwork", "git", "curl", "openssl", "nproc", "free", "df", "getent",
    "tar", "head", "tr", "ss", "aws",
];

/// The commands of a page: the lines of its shell blocks, and the code spans that begin with a program.
fn lines(page: &Page) -> Vec<String> {
    let blocks = page.blocks.iter().filter(|(language, _)| language == "sh");
    let spans = page.spans().into_iter().filter(|span| {
        let first = span.split(' ').next().unwrap();
        span.contains(' ') && (PROGRAMS.contains(&first) || is(first, "sh"))
    });
    blocks.flat_map(|(_, lines)| joined(lines)).chain(spans).collect()
}

/// The lines of a block, those that a quotation holds together as one.
fn joined(lines: &[String]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for line in lines {
        match found.last_mut().filter(|last| !is_whole(last)) {
            Some(last) => *last = format!("{last}\n{line}"),
            None => found.push(line.clone()),
        }
    }
    found
}

/// The options of commands, by program and command: what the program's own help must know.
type Options = BTreeMap<(String, String), BTreeSet<String>>;

/// Looks at what follows `docker compose`.
fn compose(one: &Compiled, words: &[String], at: &str, options: &mut Options) {
    let mut words = words.iter().map(String::as_str).peekable();
    let (mut file, mut profiles) = (None, Vec::new());
    while let Some(word) = words.next_if(|word| word.starts_with('-')) {
        match word {
            "--env-file" => {
                let name = words.next().unwrap();
                let template = one.tree.iter().any(|(path, _)| {
                    path.as_str().strip_prefix(name).is_some_and(|rest| rest.starts_with('.'))
                });
                assert!(template, "{at}: no template of {name}");
            }
            "-f" => file = words.next(),
            "--profile" => profiles.extend(words.next()),
            other => panic!("{at}: {other}"),
        }
    }
    let Some(command) = words.next() else {
        // The beginning of one, which a table or a sentence shows.
        one.composed(file.unwrap());
        return;
    };
    let known = options.entry(("docker-compose".to_owned(), command.to_owned())).or_default();
    let Some(file) = file else {
        assert_eq!(command, "version", "{at}");
        return;
    };
    let there = one.composed(file);
    for profile in profiles {
        assert!(there.profiles.contains(profile), "{at}: no profile {profile}");
    }
    let mut named = 0;
    while let Some(word) = words.next() {
        if let Some(option) = word.strip_prefix('-') {
            known.insert(format!("-{option}").split('=').next().unwrap().to_owned());
            if ["--since", "--tail", "--format", "--entrypoint"].contains(&word) {
                words.next();
            }
            continue;
        }
        // A stand-in that the text before it explains.
        assert!(there.services.contains(word) || word == "SERVICE", "{at}: no service {word}");
        named += 1;
        if matches!(command, "exec" | "run") {
            break; // What follows runs in the container.
        }
    }
    assert!(named > 0 || !matches!(command, "exec" | "run"), "{at}");
}

/// Looks at what follows `kubectl`.
fn kubectl(one: &Compiled, words: &[String], at: &str, options: &mut Options) {
    let there = &one.names.objects;
    let mut words = words.iter().map(String::as_str).peekable();
    let mut namespace = "";
    if words.next_if(|word| *word == "--namespace").is_some() {
        namespace = words.next().unwrap();
        assert!(there.namespaces.contains(namespace), "{at}: no namespace {namespace}");
    }
    let command = words.next().unwrap();
    let mut name = command.to_owned();
    if matches!(command, "rollout" | "create")
        && let Some(what) = words.next_if(|word| !word.starts_with('-'))
    {
        name = format!("{command} {what}");
    }
    let known = options.entry(("kubectl".to_owned(), name)).or_default();
    while let Some(word) = words.next() {
        if word == "--" {
            break; // What follows runs in the container.
        }
        if let Some(option) = word.strip_prefix('-') {
            known.insert(format!("-{option}").split('=').next().unwrap().to_owned());
            if let Some((kind, name)) =
                word.strip_prefix("--from=").and_then(|of| of.split_once('/'))
            {
                let object = (kind.to_owned(), name.to_owned(), namespace.to_owned());
                assert!(there.all.contains(&object), "{at}: no {word} in {namespace}");
            }
            match word {
                "-k" => {
                    let file = format!("{}/kustomization.yaml", words.next().unwrap());
                    assert!(one.tree.get(&file).is_some(), "{at}: no {file}");
                }
                "--selector" => {
                    let pod = words.next().unwrap();
                    let pod = pod.strip_prefix("app.kubernetes.io/name").unwrap();
                    let pods = pod.trim_start_matches(" in ").trim_matches(['=', '(', ')']);
                    for pod in pods.split(", ") {
                        assert!(there.pods.contains(pod), "{at}: no pod {pod}");
                    }
                }
                "-f" => {
                    let file = words.next().unwrap();
                    assert!(file == "-" || one.tree.get(file).is_some(), "{at}: no {file}");
                }
                "--output" | "--namespace" => {
                    words.next();
                }
                _ => {}
            }
            continue;
        }
        // The name of what is made is a new one.
        if command == "create" {
            continue;
        }
        if let Some((kind, name)) = word.split_once('/') {
            // Made by the command before, of a schedule that there is.
            let (kind, name) = match name.strip_suffix("-by-hand") {
                Some(of) => ("cronjob", of),
                None => (kind, name),
            };
            let object = (kind.to_owned(), name.to_owned(), namespace.to_owned());
            assert!(there.all.contains(&object), "{at}: no {word} in {namespace}");
        }
    }
}

/// Looks at what follows `formwork`.
fn formwork(one: &Compiled, words: &[String], at: &str, options: &mut Options) {
    let mut command = words[0].clone();
    let mut rest = &words[1..];
    if command == "env" {
        command = format!("env {}", rest[0]);
        rest = &rest[1..];
    }
    let known = options.entry(("formwork".to_owned(), command)).or_default();
    let header = one.tree.get("formwork.lock").map(|_| ());
    assert!(header.is_none(), "the lock is no artifact");
    let mut rest = rest.iter();
    while let Some(word) = rest.next() {
        if word == "--env" {
            let environment = rest.next().unwrap();
            let folder = format!(".env.{environment}.");
            assert!(one.tree.iter().any(|(path, _)| path.as_str().starts_with(&folder)), "{at}");
            known.insert("--env".to_owned());
        } else if word.starts_with("--") {
            known.insert(word.clone());
        } else {
            let name = one.path.file_name().unwrap().to_str().unwrap();
            assert!(word.ends_with(name), "{at}: {word} is not the blueprint");
        }
    }
}

fn resolve(one: &Compiled, line: &str, at: &str, options: &mut Options) {
    for words in commands(line) {
        let program = words[0].as_str();
        match (program, words.get(1).map(String::as_str)) {
            ("docker", Some("compose")) => compose(one, &words[2..], at, options),
            ("docker", Some("network")) => {
                let name = words.last().unwrap();
                let mut files = one.names.composed.values();
                assert!(files.any(|file| file.networks.contains(name)), "{at}: no network {name}");
            }
            ("kubectl", Some("version")) | ("formwork", Some("--version")) => {}
            ("aws", _) => {
                let rules = words.iter().find_map(|word| word.strip_prefix("file://")).unwrap();
                assert!(one.tree.get(rules).is_some(), "{at}: no {rules}");
            }
            ("kubectl", _) => kubectl(one, &words[1..], at, options),
            ("formwork", _) => formwork(one, &words[1..], at, options),
            (script, environment) if is(script, "sh") => {
                let artifact = one.tree.get(script);
                assert!(artifact.is_some(), "{at}: {script} is not compiled");
                let knows = format!("scripts/environments/{}.sh", environment.unwrap());
                assert!(one.tree.get(&knows).is_some(), "{at}: {script} does not know it");
                for option in words[2..].iter().filter(|word| word.starts_with("--")) {
                    let text = artifact.unwrap().text();
                    assert!(text.contains(option.as_str()), "{at}: {option}");
                }
            }
            (program, _) => assert!(PROGRAMS.contains(&program), "{at}: {program}"),
        }
    }
}

/// Every command of every document, and the options that they use.
fn resolved() -> Options {
    let (mut options, mut count) = (Options::new(), 0);
    for one in compiled() {
        for (page, read) in &one.pages {
            for line in lines(read) {
                resolve(
                    one,
                    &line,
                    &format!("{}: {page}: {line}", one.path.display()),
                    &mut options,
                );
                count += 1;
            }
        }
    }
    assert!(count > 1000, "{count} commands");
    options
}

#[test]
fn every_command_names_what_is_compiled() {
    let options = resolved();
    let known: BTreeSet<&str> = options.keys().map(|(program, _)| program.as_str()).collect();
    assert_eq!(known.into_iter().collect::<Vec<_>>(), ["docker-compose", "formwork", "kubectl"]);
}

/// The programs' own help is asked.
#[test]
fn every_option_is_one_that_the_program_knows() {
    for ((program, command), options) in resolved() {
        let path = match program.as_str() {
            "formwork" => env!("CARGO_BIN_EXE_formwork").into(),
            name => match judge(name) {
                Some(path) => path,
                None => continue,
            },
        };
        let run = Command::new(path).args(command.split(' ')).arg("--help").output().unwrap();
        assert!(run.status.success(), "{program} has no {command}");
        let help = String::from_utf8_lossy(&run.stdout).into_owned();
        let words: Vec<&str> =
            help.split(|c: char| c.is_whitespace() || ",=[]<>:'".contains(c)).collect();
        for option in options {
            assert!(
                words.contains(&option.as_str()),
                "{program} {command} has no {option}:\n{help}"
            );
        }
    }
}

/// The test itself would notice: each of these lies.
#[test]
fn a_command_that_names_what_is_not_there_is_found() {
    let all = compiled();
    let one = all.iter().find(|one| one.path.ends_with("sira.yaml")).unwrap();
    let begin = "docker compose --env-file .env.production -f docker-compose.prod.yml";
    let right = format!("{begin} logs db");
    resolve(one, &right, &right, &mut Options::new());
    for wrong in [
        format!("{begin} logs database"),
        format!("{begin} --profile watching logs db"),
        "docker compose --env-file .env.prod -f docker-compose.prod.yml logs db".to_owned(),
        "docker compose -f docker-compose.production.yml logs db".to_owned(),
        "docker network inspect sira_backend".to_owned(),
        "kubectl --namespace sira get pods".to_owned(),
        "kubectl apply -k kubernetes/prod".to_owned(),
        "kubectl --namespace sira-production rollout undo deployment/db".to_owned(),
        "kubectl --namespace sira-production get pods --selector app.kubernetes.io/name=api"
            .to_owned(),
        "formwork check other.yaml".to_owned(),
        "scripts/no-such.sh production".to_owned(),
        "rm -rf x".to_owned(),
    ] {
        let result = std::panic::catch_unwind(|| {
            resolve(one, &wrong, &wrong, &mut Options::new());
        });
        assert!(result.is_err(), "{wrong}");
    }
}
