//! Reads emitted YAML with the libraries of the programs that will read it, and compares with what
//! went in.

use std::fs;
use std::path::Path;
use std::process::Command;

use formwork::format::yaml::{Comments, to_string};
use serde_json::{Map, Value, json};
use tempfile::TempDir;

use crate::judge::judge;

/// Prints what each loader of `PyYAML` makes of a file; what JSON does not have is shown as Python
/// shows it.
const READ_WITH_PYYAML: &str = r#"
import json, sys, yaml

def shown(node):
    if isinstance(node, dict):
        return {key if isinstance(key, str) else repr(key): shown(value) for key, value in node.items()}
    if isinstance(node, list):
        return [shown(item) for item in node]
    return node if node is None or isinstance(node, (str, int, float)) else repr(node)

with open(sys.argv[1], "rb") as file:
    text = file.read()
loaders = [name for name in ("SafeLoader", "CSafeLoader") if hasattr(yaml, name)]
json.dump({name: shown(yaml.load(text, getattr(yaml, name))) for name in loaders}, sys.stdout)
"#;

#[test]
fn pyyaml_reads_what_was_written() {
    let Some(python) = judge("judge-python") else { return };
    let strings = hostile_strings(2500);
    let value = json!({
        "values": by_number(&strings),
        "keys": as_keys(&strings),
        "items": strings,
        "nested": strings.iter().map(|string| json!([{ string.as_str(): [string] }])).collect::<Value>(),
        "numbers": [0, -1, i64::MIN, u64::MAX, 0.5, 1e20, -1.5e-7, f64::MAX, 5e-324, true, false, null],
    });
    let readings = read_with_pyyaml(&python, &emit(&value));
    assert!(!readings.is_empty(), "PyYAML has no loader");
    for (loader, read) in &readings {
        assert_same(read, &value, loader);
    }
}

/// The API machinery of Kubernetes: sigs.k8s.io/yaml on Go's yaml v2.
#[test]
fn kubectl_reads_what_was_written() {
    let Some(kubectl) = judge("kubectl") else { return };
    let value = config_map(&hostile_strings(2500));
    let directory = directory_with("object.yaml", &emit(&value));
    let printed = run(Command::new(kubectl)
        .args(["label", "--local", "-o", "json", "-f", "object.yaml", "label=value"])
        .current_dir(&directory));
    let mut read: Value = serde_json::from_str(&printed).expect("JSON from kubectl");
    read["metadata"].as_object_mut().expect("metadata").remove("labels");
    assert_same(&read, &value, "kubectl");
}

/// Kustomize reads with Go's yaml v3, passes the object on as JSON that it reads as YAML, and
/// writes YAML again.
#[test]
fn kustomize_reads_what_was_written() {
    let Some(kubectl) = judge("kubectl") else { return };
    let mut strings = hostile_strings(2500);
    strings.retain(|string| kustomize_keeps(string));
    assert!(strings.len() > 1500, "only {} strings to read", strings.len());
    let value = config_map(&strings);
    let directory = directory_with("object.yaml", &emit(&value));
    let kustomization = emit(&json!({ "resources": ["object.yaml"] }));
    fs::write(directory.path().join("kustomization.yaml"), kustomization).expect("a file");
    let printed = run(Command::new(kubectl).args(["kustomize", "."]).current_dir(&directory));
    let read: Value = serde_yaml::from_str(&printed).expect("YAML from kustomize");
    assert_same(&read, &value, "kustomize");
}

/// Says whether a string survives kustomize in any spelling: the JSON inside has some characters
/// raw that YAML refuses and keys of any length without `?`, and a key `<<` merges there.
fn kustomize_keeps(string: &str) -> bool {
    string != "<<"
        && string.len() < 500
        && !string.contains(|c| matches!(c, '\x7f'..='\u{9f}' | '\u{fffe}' | '\u{ffff}'))
}

/// Compose reads with Go's yaml v3 and then fills in variables, so that `$` is doubled going in and
/// coming out.
#[test]
fn compose_reads_what_was_written() {
    let Some(compose) = judge("docker-compose") else { return };
    let strings = hostile_strings(2500);
    let doubled: Vec<String> = strings.iter().map(|string| string.replace('$', "$$")).collect();
    let value = json!({
        "name": "readers",
        "services": { "x": { "image": "x", "labels": by_number(&doubled) } },
        "x-keys": as_keys(&strings),
    });
    let directory = directory_with("compose.yml", &emit(&value));
    let printed = run(Command::new(compose)
        .args(["-f", "compose.yml", "config", "--format", "json"])
        .current_dir(&directory));
    let read: Value = serde_json::from_str(&printed.replace("$$", "$")).expect("JSON from compose");
    assert_same(&read["services"]["x"]["labels"], &by_number(&strings).into(), "labels");
    assert_same(&read["x-keys"], &value["x-keys"], "keys");
}

/// Why `serde_yaml` reads compiled files but does not write them: to `PyYAML` and others its output
/// says something else.
#[test]
fn pyyaml_misreads_what_serde_yaml_writes() {
    let Some(python) = judge("judge-python") else { return };
    for string in ["no", "on", "Yes", "22:22", "2024-01-01", "1_000"] {
        let value = json!({ "as value": string, "as key": { string: 1 } });
        let by_serde_yaml = serde_yaml::to_string(&value).expect("YAML from serde_yaml");
        for (loader, read) in read_with_pyyaml(&python, &by_serde_yaml) {
            assert_ne!(read["as value"], value["as value"], "{loader} reads {by_serde_yaml}");
            assert_ne!(read["as key"], value["as key"], "{loader} reads {by_serde_yaml}");
        }
        for (loader, read) in read_with_pyyaml(&python, &emit(&value)) {
            assert_same(&read, &value, &loader);
        }
    }
}

fn emit(value: &Value) -> String {
    let pointers = ["", "/values/0", "/items/3", "/nested/1/0", "/data", "/data/7"];
    let comments = pointers.map(|pointer| (pointer.to_owned(), "comment: 'a\n\n- \"b".to_owned()));
    to_string(value, &Comments::from(comments))
}

fn config_map(strings: &[String]) -> Value {
    let mut data = by_number(strings);
    data.extend(as_keys(strings));
    json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "readers" }, "data": data })
}

fn by_number(strings: &[String]) -> Map<String, Value> {
    (0..).zip(strings).map(|(number, string)| (format!("value-{number}"), json!(string))).collect()
}

fn as_keys(strings: &[String]) -> Map<String, Value> {
    (0..)
        .zip(strings)
        .map(|(number, string)| (string.clone(), json!(format!("key {number}"))))
        .collect()
}

/// The hand-picked strings, then as many as asked for made of pieces that mean something to YAML;
/// the same at every run.
fn hostile_strings(count: usize) -> Vec<String> {
    let mut strings: Vec<String> =
        serde_json::from_str(include_str!("nasty_strings.json")).expect("a list of strings");
    let mut pieces = strings.clone();
    let characters = " \t\n-?:,[]{}#&*!|>'\"%@`=~<._$/\\+0123456789abexnoyZ\u{85}\u{e9}\u{1f600}\0";
    pieces.extend(characters.chars().map(String::from));
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state >> 33).expect("31 bits") % below
    };
    for _ in 0..count {
        strings.push((0..=random(5)).map(|_| pieces[random(pieces.len())].as_str()).collect());
    }
    // Around 1024 characters a key needs a form of its own.
    strings.extend(
        ["a", "\u{e9}", "\n"].iter().flat_map(|s| [500, 1000, 1024, 1025].map(|n| s.repeat(n))),
    );
    strings.sort_unstable();
    strings.dedup();
    strings
}

fn read_with_pyyaml(python: &Path, text: &str) -> Map<String, Value> {
    let directory = directory_with("text.yaml", text);
    let file = directory.path().join("text.yaml");
    let printed = run(Command::new(python).args(["-c", READ_WITH_PYYAML]).arg(file));
    serde_json::from_str(&printed).expect("JSON from Python")
}

fn directory_with(name: &str, text: &str) -> TempDir {
    let directory = TempDir::new().expect("a directory");
    fs::write(directory.path().join(name), text).expect("a file");
    directory
}

fn run(command: &mut Command) -> String {
    let output = command.output().expect("a judge that starts");
    let stderr = String::from_utf8_lossy(&output.stderr);
    // Some print the whole input first and what is wrong with it last.
    let last = &stderr[stderr.ceil_char_boundary(stderr.len().saturating_sub(1000))..];
    assert!(output.status.success(), "{command:?}: ... {last}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Fails with every leaf that was read differently, not with two whole documents.
fn assert_same(read: &Value, written: &Value, reader: &str) {
    let mut differences = Vec::new();
    compare(read, written, "", &mut differences);
    let count = differences.len();
    differences.truncate(20);
    assert!(count == 0, "{reader}: {count} differences\n{}", differences.join("\n"));
}

fn compare(read: &Value, written: &Value, pointer: &str, differences: &mut Vec<String>) {
    match (read, written) {
        (Value::Object(read), Value::Object(written)) => {
            for (key, value) in written {
                let pointer = format!("{pointer}/{key:?}");
                compare(read.get(key).unwrap_or(&Value::Null), value, &pointer, differences);
            }
            for key in read.keys().filter(|key| !written.contains_key(*key)) {
                differences.push(format!("{pointer}: read the key {key:?}, which was not written"));
            }
        }
        (Value::Array(read), Value::Array(written)) if read.len() == written.len() => {
            for (number, (read, written)) in read.iter().zip(written).enumerate() {
                compare(read, written, &format!("{pointer}/{number}"), differences);
            }
        }
        _ if read == written => {}
        _ => differences.push(format!("{pointer}: wrote {written}, read {read}")),
    }
}
