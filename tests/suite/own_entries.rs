//! Breaks a project's own catalogue entry: what is wrong with it is told in its own file.

use crate::harness::Folder;

const BLUEPRINT: &str = r#"
blueprint: v1
name: shop
services:
  cache: { uses: mine }
  api:
    image: ghcr.io/example/api:1.4.2
    port: 8000
    health: /health
    needs: [cache]
    environment: { CACHE: "${cache.address}" }
monitoring: {}
"#;

const ENTRY: &str = r#"component: mine
about: keeps things in memory
role: cache
image: docker.io/library/memcached
versions: { "1.6": { tag: 1.6.39-alpine } }
default: "1.6"
user: "11211:11211"
ports: { memcached: 11211 }
parameters:
  memory: { type: memory, unit: mb, default: 64Mi, about: how much it keeps }
offers:
  address: "${self.host}:${self.port}"
command: [memcached, -m, "${self.memory}"]
files:
  mine.conf:
    text: |
      {{ header | comment }}
      memory {{ service.parameters.memory }}
mounts: { mine/mine.conf: /etc/mine.conf }
no_health_tool: true
resources: { cpu: 100m..500m, memory: 64Mi..128Mi }
metrics: { series: { mine_up: { type: gauge } } }
alerts:
  MineDown:
    expr: mine_up{job="$job"} == 0
    for: 5m
    severity: critical
    summary: "{{ $labels.instance }} is down"
    description: it does not answer
    fires: { series: { 'mine_up{job="$job"}': "0x30" }, at: 10m }
    quiet: { series: { 'mine_up{job="$job"}': "1x30" }, at: 10m }
"#;

fn folder(entry: &str) -> Folder {
    let folder = Folder::with(BLUEPRINT);
    folder.write("catalog/mine.yaml", entry);
    folder
}

/// A second entry, as it stands in the file of the first.
const BESIDE: &str = r#"component: beside
about: exposes what the other counts
role: exporter
image: docker.io/prom/memcached-exporter
versions: { "0.15": { tag: v0.15.3 } }
default: "0.15"
user: "65534:65534"
ports: { http: 9150 }
command: ["--memcached.address=${target.host}:${target.port}"]
no_health_tool: true
resources: { cpu: 20m..200m, memory: 32Mi..64Mi }
metrics: { series: { memcached_up: { type: gauge } } }
"#;

#[test]
fn a_file_holds_several_entries() {
    let both = format!(
        "{}---\n{BESIDE}",
        ENTRY.replace("no_health_tool", "exporter: beside\nno_health_tool")
    );
    folder(&both).run(&["validate"]).exits(0);
    // Faults are told where they stand, and what is faulty is not missed elsewhere.
    let line = both.lines().position(|line| line == "---").unwrap() + 1;
    for (from, to, code, row, column) in [
        ("${target.host}", "${self.hots}", "unknown-reference", 9, 11),
        ("\nabout: exposes what the other counts", "", "missing-key", 1, 1),
        ("default: \"0.15\"", "default: \"0.16\"", "unknown-version", 6, 10),
        ("role: exporter", "role: [exporter", "syntax-error", 4, 6),
    ] {
        let run = folder(&both.replacen(from, to, 1)).run(&["validate"]).exits(1);
        assert_eq!(run.stderr.matches("error[").count(), 1, "{to}: {}", run.stderr);
        run.complains(&format!("error[{code}]"))
            .complains(&format!("--> catalog/mine.yaml:{}:{column}\n", line + row));
    }
}

/// What uses a faulty entry is not told that there is none.
#[test]
fn a_faulty_entry_is_known_by_its_name_however_it_is_written() {
    for name in ["\"mine\"", "'mine'", "mine # ours"] {
        for (from, to) in
            [("default: \"1.6\"", "default: \"1.7\""), ("role: cache", "role: [cache")]
        {
            let entry = ENTRY.replace("component: mine", &format!("component: {name}"));
            let folder = Folder::with(BLUEPRINT);
            folder.write("catalog/other.yaml", &entry.replace(from, to));
            let run = folder.run(&["validate"]).exits(1);
            assert!(!run.stderr.contains("unknown-component"), "{name}, {to}: {}", run.stderr);
        }
    }
}

#[test]
fn two_entries_of_one_name_are_refused() {
    let twice = format!("{ENTRY}---\n{}", BESIDE.replace("component: beside", "component: mine"));
    let run = folder(&twice).run(&["validate"]).exits(1);
    run.complains("error[name-taken]: two entries of the catalogue are named `mine`")
        .complains("the second")
        .complains("the first");
    let elsewhere = folder(ENTRY);
    elsewhere.write("catalog/other.yaml", &BESIDE.replace("component: beside", "component: mine"));
    elsewhere
        .run(&["validate"])
        .exits(1)
        .complains("--> catalog/other.yaml:1:12")
        .complains("::: catalog/mine.yaml:1:12");
}

#[test]
fn the_entry_itself_is_right() {
    folder(ENTRY).run(&["validate"]).exits(0);
}

#[test]
fn faults_of_an_entry_are_told_in_its_own_file() {
    for (from, to, code, place) in [
        ("\"${self.memory}\"]", "\"${self.memroy}\"]", "unknown-reference", "13:26"),
        ("${self.host}", "${self.hots}", "unknown-reference", "12:12"),
        ("default: \"1.6\"", "default: \"1.7\"", "unknown-version", "6:10"),
        ("no_health_tool", "exporter: mine-exporter\nno_health_tool", "unknown-component", "20:11"),
        ("parameters.memory }}", "parameters.memory }", "broken-template", "18:7"),
        ("service.parameters", "service.parametres", "unfit-component", "15:3"),
        ("mounts: { mine/mine", "mounts: { mine/other", "unfit-component", "19:11"),
        ("1.6.39-alpine", "latest", "image-latest", "5:27"),
        ("user: \"11211:11211\"", "user: bob", "invalid-user", "7:7"),
        ("\"0x30\"", "\"0 times 30\"", "invalid-sample", "30:47"),
        ("\"0x30\"", "\"0x$samples\"", "invalid-sample", "30:47"),
        (
            "quiet: { series: { 'mine_up{job=\"$job\"}'",
            "quiet: { series: { 'mine_up{job=~\"$job\"}'",
            "invalid-sample",
            "31:24",
        ),
        ("$labels.instance", "labls.instance", "invalid-template", "28:14"),
        ("expr: mine_up", "expr: mine_upp", "unknown-metric", "25:11"),
        ("== 0", "== (0", "invalid-expression", "25:11"),
        ("about: keeps things in memory\n", "", "missing-key", "1:1"),
    ] {
        assert!(ENTRY.contains(from), "{from}");
        let run = folder(&ENTRY.replacen(from, to, 1)).run(&["validate"]).exits(1);
        let told = run.stderr.matches("error[").count();
        assert_eq!(told, 1, "{to}: {}", run.stderr);
        run.complains(&format!("error[{code}]"))
            .complains(&format!("--> catalog/mine.yaml:{place}\n"));
    }
}

/// A stack of the project's own.
const STACK: &str = r#"component: ours
about: a program in Python
role: application
image: docker.io/library/python
versions: { "3.13": { tag: 3.13.16-slim-bookworm } }
default: "3.13"
user: "10001:10001"
ports: { http: 8000 }
parameters:
  module: { about: what is run, default: http.server }
command: [python, -m, "${self.module}"]
resources: { cpu: 100m..500m, memory: 64Mi..128Mi }
dockerfile: |
  FROM {{ base }}
  RUN python -m {{ parameters.module }} --help
  USER {{ user.uid }}:{{ user.gid }}
  CMD {{ command | dockerfile_exec }}
"#;

#[test]
fn faults_of_a_dockerfile_are_told_in_the_stack_that_says_it() {
    let built =
        "blueprint: v1\nname: shop\nservices:\n  api: { build: { context: ., stack: ours } }\n";
    let folder = Folder::with(built);
    folder.write("catalog/ours.yaml", STACK);
    folder.run(&["validate"]).exits(0);
    folder.write("catalog/ours.yaml", &STACK.replace("parameters.module", "parameters.modul"));
    let run = folder.run(&["validate"]).exits(1);
    run.complains("error[unfit-component]: `docker/api.Dockerfile`, which `api` is built with")
        .complains("--> catalog/ours.yaml:13:1\n");
}

#[test]
fn an_empty_entry_is_not_taken_for_a_blueprint() {
    let run = folder("").run(&["validate"]).exits(1);
    assert!(!run.stderr.contains("formwork init"), "{}", run.stderr);
    run.complains("error[empty-file]: `catalog/mine.yaml` is empty");
    Folder::with("").run(&["validate"]).exits(1).complains("`formwork init` writes a working");
}

#[test]
fn what_an_entry_lacks_is_explained_by_the_entries_schema() {
    let entry = ENTRY.replace("about: keeps things in memory\n", "");
    let run = folder(&entry).run(&["validate"]).exits(1);
    run.complains("`formwork schema catalogue` says what it takes");
}
