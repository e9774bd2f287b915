//! Compares what Compose reads from dotenv files with what Formwork writes and reads.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use formwork::format::quote::dotenv::{Value, parse, quote};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

use crate::judge::judge;

/// The values that Compose reads for some names, or nothing where it refuses the file.
fn read(program: &Path, file: &str, names: &[String]) -> Option<Vec<String>> {
    let folder = tempfile::tempdir().unwrap();
    let environment: BTreeMap<_, _> =
        names.iter().map(|name| (name, format!("${{{name}}}"))).collect();
    let system =
        serde_json::json!({ "services": { "a": { "image": "a", "environment": environment } } });
    std::fs::write(folder.path().join("values.env"), file).unwrap();
    std::fs::write(folder.path().join("compose.yml"), system.to_string()).unwrap();
    let output = Command::new(program)
        .current_dir(folder.path())
        .env_clear()
        .env("HOME", folder.path())
        .args(["--project-name", "p", "--env-file", "values.env", "config", "--format", "json"])
        .output()
        .unwrap();
    if !output.status.success() {
        return None;
    }
    let config: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let value = |name: &String| config["services"]["a"]["environment"][name].as_str();
    // `config` prints a file that can be read again, so with every `$` doubled.
    Some(names.iter().map(|name| value(name).unwrap_or_default().replace("$$", "$")).collect())
}

/// Texts that match a pattern, the same ones in every run.
fn sample(pattern: &str, count: usize) -> Vec<String> {
    let mut runner = TestRunner::deterministic();
    let strategy = proptest::string::string_regex(pattern).unwrap();
    (0..count).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
}

#[test]
fn compose_reads_back_every_value_that_is_written() {
    let Some(program) = judge("docker-compose") else { return };
    let mut values = sample("([^\\x00]|['\"\\\\$#{}() \\n\\r\\tn0=]|\\$\\{A\\}| #){0,20}", 400);
    values.extend(sample("['\"\\\\$\\na#0 ]{0,6}", 400));
    values.push("-----BEGIN KEY-----\nMIIEv+/=\n-----END KEY-----\n".to_owned());
    let names: Vec<_> = (0..values.len()).map(|number| format!("V{number}")).collect();
    let lines = names.iter().zip(&values).map(|(name, value)| format!("{name}={}\n", quote(value)));
    let read = read(&program, &lines.collect::<String>(), &names).unwrap();
    for (read, value) in read.iter().zip(&values) {
        assert_eq!(read, value);
    }
}

#[test]
fn compose_reads_files_as_formwork_does() {
    let Some(program) = judge("docker-compose") else { return };
    let pieces = concat!(
        r#"(A|B=|C: |export |export\n|'| '|"|\\|\$|\$\{|\$A|\}|#| #|\n|\r\n|x|0|n| |"#,
        r"\t|=|é|-|:-){1,12}\n",
    );
    for file in sample(pieces, 60) {
        let names = ["A", "B", "C"].map(str::to_owned);
        let theirs = read(&program, &file, &names);
        let Ok(ours) = parse(&file) else {
            // A tab in a name is all that Formwork refuses and Compose does not.
            assert!(theirs.is_none() || file.contains('\t'), "only Compose reads {file:?}");
            continue;
        };
        let theirs = theirs.unwrap_or_else(|| panic!("only Formwork reads {file:?}"));
        for (name, theirs) in names.iter().zip(theirs) {
            match ours.iter().rfind(|entry| entry.name == *name).map(|entry| &entry.value) {
                Some(Value::Literal(ours)) => {
                    assert_eq!(*ours, theirs, "{name} of {file:?}");
                }
                Some(Value::Interpolated(_)) => {}
                Some(Value::Inherited) | None => assert_eq!(theirs, "", "{file:?}"),
            }
        }
    }
}
