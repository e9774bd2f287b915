//! Asks the committed schemas: are they current, and does a foreign validator read them as we do?

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::harness::{Folder, Run};
use crate::judge::judge;

const SCHEMAS: &[(&str, &str)] =
    &[("blueprint", "schema/blueprint.schema.json"), ("catalogue", "schema/catalog.schema.json")];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The YAML files of a folder of the repository.
fn yaml(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> =
        entries.filter(|path| path.extension().is_some_and(|end| end == "yaml")).collect();
    files.sort();
    assert!(!files.is_empty(), "{folder} is empty");
    files
}

/// What check-jsonschema says of files.
fn judged(schema: &str, files: &[PathBuf]) -> Option<Run> {
    let mut command = Command::new(judge("check-jsonschema")?);
    command.arg("--schemafile").arg(root().join(schema)).args(files);
    Some(Run::of(command.output().unwrap()))
}

#[test]
fn committed_schemas_are_current() {
    for (of, path) in SCHEMAS {
        let printed = Folder::empty().run(&["schema", of]).exits(0).stdout;
        let committed = fs::read_to_string(root().join(path)).unwrap_or_default();
        assert!(printed == committed, "run `cargo run -- schema {of} > {path}`");
    }
}

#[test]
fn schemas_are_schemas() {
    let Some(judge) = judge("check-jsonschema") else { return };
    let files = SCHEMAS.iter().map(|(_, path)| root().join(path));
    let run = Command::new(judge).arg("--check-metaschema").args(files).output().unwrap();
    Run::of(run).exits(0);
}

#[test]
fn our_own_files_are_valid() {
    for folder in ["examples", "blueprints"] {
        if let Some(run) = judged("schema/blueprint.schema.json", &yaml(folder)) {
            run.exits(0);
        }
    }
    // The judge reads one document of a file.
    let folder = Folder::empty();
    let mut entries = Vec::new();
    for file in yaml("src/catalog/entries") {
        for document in fs::read_to_string(file).unwrap().split("\n---\n") {
            let name = format!("{}.yaml", entries.len());
            folder.write(&name, document);
            entries.push(folder.path().join(name));
        }
    }
    if let Some(run) = judged("schema/catalog.schema.json", &entries) {
        run.exits(0);
    }
}

/// A text that is included is a blueprint that lacks what the including one says.
#[test]
fn what_our_own_blueprints_include_is_valid() {
    let schema = fs::read_to_string(root().join("schema/blueprint.schema.json")).unwrap();
    let mut schema: Value = serde_json::from_str(&schema).unwrap();
    assert!(schema.as_object_mut().unwrap().shift_remove("required").is_some());
    let folder = Folder::empty();
    folder.write("part.schema.json", &schema.to_string());
    let part = folder.path().join("part.schema.json");
    let folders = fs::read_dir(root().join("blueprints")).unwrap().map(|one| one.unwrap().path());
    let folders: Vec<_> = folders.filter(|path| path.is_dir()).collect();
    assert!(!folders.is_empty());
    for included in folders {
        if let Some(run) = judged(part.to_str().unwrap(), &yaml(included.to_str().unwrap())) {
            run.exits(0);
        }
    }
}

#[test]
fn all_that_authors_may_write_is_valid() {
    let folder = Folder::with(
        r#"
blueprint: v1
name: shop
x-own: { anything: [1, 2] }
environments:
  production: { domain: example.com, x-note: mine }
  staging:
    tier: staging
    override:
      services: { api: { replicas: 1, health: null }, cache: null }
      variables: { app: { LEVEL: DEBUG } }
services:
  api:
    build: ../api
    port: "${var.PORT}"
    publish: 8000
    health: /health
    metrics: /metrics
    needs: [db, "cache?"]
    volumes: { files: /data }
    autoscale: 2..5
    x-team: blue
  cache: { uses: redis }
  db: { uses: postgres@17 }
  x-default: &default { about: kept aside }
external: { ai: "api.example.com:443" }
routes:
  "${env.domain}": { /: api, /ws: { to: api, websocket: true, cors: ["https://${env.domain}"] } }
edge: nginx
variables: { app: { LEVEL: INFO, PORT: 8000, DEBUG: false, KEY: { secret: true, generate: hex 32 } } }
volumes: { files: }
waivers: { one-replica: because it is only a shop }
"#,
    );
    if let Some(run) = judged("schema/blueprint.schema.json", &[folder.file("blueprint.yaml")]) {
        run.exits(0);
    }
}

#[test]
fn what_is_wrong_is_not_valid() {
    let head = "blueprint: v1\nname: shop\n";
    let cases = [
        ("servces: {}\n", "servces"),
        ("services: { api: { imge: x } }\n", "imge"),
        ("services: { My_Api: { image: 'x:1' } }\n", "My_Api"),
        ("services: { api: { port: 99999 } }\n", "99999"),
        ("services: { api: { replicas: many } }\n", "many"),
        ("services: { api: { storage: 20GB } }\n", "20GB"),
        ("edge: { tls: { by: magic } }\n", "magic"),
        ("environments: { one: { override: { servces: {} } } }\n", "servces"),
        ("blueprint: v2\n", "v2"),
    ];
    let folder = Folder::empty();
    let name = |number: usize| format!("{number}.yaml");
    for (number, (wrong, _)) in cases.iter().enumerate() {
        let head = if wrong.starts_with('b') { "name: shop\n" } else { head };
        folder.write(&name(number), &format!("{head}{wrong}"));
        folder.run(&["validate", &name(number)]).exits(1);
    }
    let Some(judge) = judge("check-jsonschema") else { return };
    let mut command = Command::new(judge);
    command.args(["--output-format", "json", "--schemafile"]).arg(root().join(SCHEMAS[0].1));
    let files = (0..cases.len()).map(|number| folder.file(&name(number)));
    let run = Run::of(command.args(files).output().unwrap()).exits(1);
    let told: Value = serde_json::from_str(&run.stdout).unwrap();
    let errors = told["errors"].as_array().unwrap();
    for (number, (wrong, said)) in cases.iter().enumerate() {
        let mut errors = errors
            .iter()
            .filter(|error| Path::new(error["filename"].as_str().unwrap()).ends_with(name(number)));
        assert!(errors.any(|error| error.to_string().contains(said)), "{wrong}: {told:#}");
    }
}
