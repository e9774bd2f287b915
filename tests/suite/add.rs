//! Adds to blueprints of every layout: what was there stays byte for byte, and the rest is read as it was meant.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::harness::{Folder, Run};
use crate::judge::judge;
use crate::support;

const SHOP: &str = "\
# The shop.
blueprint: v1
name: shop

environments:
  production: { domain: shop.example, host: one }   # the real one

edge: { limit: 50r/s burst 100 }

# What runs.
services:
  # Answers requests.
  api:
    image: \"ghcr.io/example/api:1.4.2\"   # pinned
    port: 8000
    health: /health

routes:
  \"${env.domain}\": { /: api }
";

/// Asserts that `new` is `old` with lines put in, or with text put in at the end of what a line says.
fn only_grew(old: &str, new: &str) {
    let mut rest = new.chars();
    for (index, letter) in old.char_indices() {
        assert!(rest.any(|next| next == letter), "{:?} is gone from\n{new}", &old[index..]);
    }
    assert!(new.len() > old.len());
}

fn added(folder: &Folder, args: &[&str]) -> (Run, String) {
    let before = folder.read("blueprint.yaml");
    let run = folder.run(&[&["add"], args].concat()).exits(0);
    let after = folder.read("blueprint.yaml");
    only_grew(&before, &after);
    folder.run(&["check"]).exits(0);
    (run, after)
}

#[test]
fn a_component_is_wired_and_pinned() {
    let folder = Folder::with(SHOP);
    let (run, text) = added(&folder, &["component", "db", "--uses", "postgres@17", "--for", "api"]);
    run.says("added the component `db` to `blueprint.yaml`").says("formwork env fill");
    let pinned =
        text.lines().find(|line| line.starts_with("  db: ") && line.contains("postgres:17."));
    assert!(pinned.is_some(), "{text}");
    let wired =
        "    health: /health\n    needs: [db]\n    environment:\n      DATABASE_URL: ${db.url}\n";
    assert!(text.contains(wired), "{text}");
    assert!(text.contains("  production: { domain: shop.example, host: one }   # the real one\n"));
    let (_, text) = added(&folder, &["component", "cache", "--uses", "redis", "--for", "api"]);
    assert!(text.contains("    needs: [db, cache]\n"), "{text}");
    assert!(text.contains("      CACHE_URL: ${cache.url}\n"), "{text}");
    let (_, text) = added(&folder, &["component", "users", "--uses", "postgres", "--for", "api"]);
    assert!(text.contains("      USERS_URL: ${users.url}\n"), "{text}");
}

#[test]
fn a_service_a_route_and_an_environment_join_what_is_there() {
    let folder = Folder::with(SHOP);
    let args = ["service", "web", "--stack", "nextjs", "--to", "api", "--port", "3001"];
    let (_, text) = added(&folder, &args);
    assert!(
        text.contains("  web:\n    image: registry.example.com/shop-web:0.1.0\n    build:\n      context: web\n      stack: nextjs@"),
        "{text}"
    );
    assert!(text.contains("    port: 3001\n"), "{text}");
    let (_, text) = added(&folder, &["route", "www.shop.example", "/", "--to", "web"]);
    assert!(text.contains("  www.${env.domain}: { /: web }\n"), "{text}");
    let (run, text) = added(&folder, &["environment", "staging", "--tier", "staging"]);
    run.says("docker compose -f docker-compose.staging.yml up");
    let line = "  staging: { tier: staging, domain: staging.shop.example, host: staging }\n";
    assert!(text.contains(line), "{text}");
    assert!(folder.file("kubernetes/staging/kustomization.yaml").exists());
}

#[test]
fn every_layout_is_kept() {
    let flow = "blueprint: v1\nname: shop\nservices: { api: { image: \"ghcr.io/example/api:1.4.2\", port: 8000, health: /health } }\n";
    let crlf = SHOP.replace('\n', "\r\n");
    let four = "blueprint: v1\nname: shop\nservices:\n    api:\n        image: ghcr.io/example/api:1.4.2\n        port: 8000\n        health: /health";
    for text in [flow, &crlf, four] {
        let folder = Folder::with(text);
        added(&folder, &["component", "db", "--uses", "postgres", "--for", "api"]);
        added(&folder, &["service", "web", "--stack", "nextjs", "--for", "api", "--to", "db"]);
        added(&folder, &["route", "shop.test", "/web/", "--to", "web"]);
        let (_, after) = added(&folder, &["environment", "dev", "--tier", "development"]);
        assert_eq!(after.contains("\r\n"), text.contains("\r\n"));
        assert_eq!(after.matches('\n').count() == after.matches("\r\n").count(), text == crlf);
    }
}

#[test]
fn what_is_included_grows_where_it_is() {
    let folder = Folder::empty();
    folder.write("blueprint.yaml", "blueprint: v1\nname: shop\ninclude: [services.yaml]\n");
    folder.write(
        "services.yaml",
        SHOP.split_once("# What runs.\n").unwrap().1.split_once("\nroutes").unwrap().0,
    );
    folder.run(&["add", "component", "db", "--uses", "postgres", "--for", "api"]).exits(0);
    assert!(folder.read("services.yaml").contains("needs: [db]"));
    assert!(folder.read("blueprint.yaml").contains("images:\n  db: "));
    folder.run(&["check"]).exits(0);
}

#[test]
fn a_dry_run_shows_and_writes_nothing() {
    let folder = Folder::with(SHOP);
    let args = ["add", "component", "db", "--uses", "postgres", "--for", "api", "--dry-run"];
    let run = folder
        .run(&args)
        .exits(0)
        .says("--- a/blueprint.yaml")
        .says("+  db:\n+    uses: postgres@");
    assert!(!run.stdout.lines().any(|line| line.starts_with('-') && !line.starts_with("---")));
    assert_eq!(folder.read("blueprint.yaml"), SHOP);
    assert!(!folder.file("formwork.lock").exists());
}

#[test]
fn what_cannot_be_spliced_is_refused_with_what_to_write() {
    let base = "blueprint: v1\nname: shop\n";
    let api = "{ image: \"ghcr.io/example/api:1.4.2\", port: 8000, health: /health }";
    let aliased = format!("{base}x-own: &own {{ api: {api} }}\nservices: *own\n");
    let folder = Folder::with(&aliased);
    let args = ["add", "component", "db", "--uses", "postgres@17"];
    let run = folder.run(&args).exits(1).complains("blueprint.yaml:4:11: `/services` is an alias");
    run.complains("write it by hand, at blueprint.yaml:4:1:")
        .complains("services:\n  db:\n    uses: postgres@17\n");
    assert_eq!(folder.read("blueprint.yaml"), aliased);
    // What is merged in elsewhere would grow there too.
    let shared = format!(
        "{base}services:\n  api: &api\n    image: ghcr.io/example/api:1.4.2\n    port: 8000\n    health: /health\n  other:\n    <<: *api\n"
    );
    let folder = Folder::with(&shared);
    let run = folder.run(&[&args[..], &["--for", "api"]].concat()).exits(1);
    let run = run.complains("the text would be read as more").complains("write it by hand, at");
    assert!(run.stderr.contains("    uses: "), "{}", run.stderr);
    assert_eq!(folder.read("blueprint.yaml"), shared);
    // Two environments on one machine cannot have the same ports.
    let folder = Folder::with(SHOP);
    let args = ["add", "environment", "staging", "--tier", "staging", "--host", "one"];
    folder.run(&args).exits(1).complains("error[").complains("nothing was added");
    assert_eq!(folder.read("blueprint.yaml"), SHOP);
}

#[test]
fn what_is_named_must_be_known_and_new() {
    let folder = Folder::with(SHOP);
    let add = |args: &[&str]| folder.run(&[&["add"], args].concat()).exits(2);
    add(&["component", "api", "--uses", "postgres"]).complains("`api` is there already");
    add(&["component", "db", "--uses", "postgrse"]).complains("did you mean `postgres`?");
    add(&["component", "db", "--uses", "fastapi"]).complains("no component `fastapi`");
    add(&["component", "db", "--uses", "postgres", "--for", "apy"])
        .complains("did you mean `api`?");
    add(&["service", "Web", "--stack", "nextjs"]).complains("write `web`");
    add(&["route", "shop.example", "/", "--to", "api"]).complains("has a route `/` already");
    add(&["route", "shop.example", "x", "--to", "api"]).complains("does not start with `/`");
    add(&["environment", "production", "--tier", "staging"]).complains("`production` already");
    assert_eq!(folder.read("blueprint.yaml"), SHOP);
    Folder::with("blueprint: v1\n")
        .run(&["add", "environment", "dev", "--tier", "staging"])
        .exits(2);
    Folder::empty()
        .run(&["add", "environment", "dev", "--tier", "staging"])
        .exits(2)
        .complains("init");
}

#[test]
fn every_committed_blueprint_takes_a_component_and_a_service() {
    for path in support::blueprints() {
        let text = support::read(&path);
        let folder = Folder::empty();
        folder.write("blueprints/system.yaml", &text);
        // What it includes lies in a folder of its own name.
        let included = path.with_extension("");
        for file in included.is_dir().then(|| files(&included)).into_iter().flatten() {
            let below = file.strip_prefix(path.parent().unwrap()).unwrap();
            folder.write(&format!("blueprints/{}", below.display()), &support::read(&file));
        }
        let args = ["add", "component", "queue-cache", "--uses", "redis", "--dry-run"];
        folder.run(&args).exits(0).says("queue-cache");
        let args = ["add", "service", "one-more", "--stack", "fastapi", "--dry-run"];
        folder.run(&args).exits(0).says("-one-more:0.1.0");
    }
}

/// All files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn two_commands_make_two_services_with_a_database_for_two_environments_and_two_targets() {
    let folder = Folder::empty();
    let begin = "init --name shop --stack fastapi --domain shop.dev --database postgres --env production,staging";
    folder.run(&begin.split(' ').collect::<Vec<_>>()).exits(0);
    let more = "add service web --stack nextjs --to app";
    folder.run(&more.split(' ').collect::<Vec<_>>()).exits(0);
    folder.run(&["check"]).exits(0);
    let validated = folder.run(&["validate"]).exits(0);
    // But that the second program is still to be written.
    let found =
        validated.stderr.lines().filter(|line| line.contains("]: ") && !line.starts_with(' '));
    let found: Vec<&str> = found.collect();
    assert_eq!(found, ["note[missing-build-input]: what `web` is built from is not here"]);
    for environment in ["production", "staging"] {
        let compose = folder.read(&format!("docker-compose.{environment}.yml"));
        let parsed: serde_yaml::Value = serde_yaml::from_str(&compose).unwrap();
        for service in ["app", "web", "db"] {
            let service = &parsed["services"][service];
            assert_eq!(service["read_only"], serde_yaml::Value::Bool(true), "{compose}");
            assert_eq!(service["cap_drop"][0].as_str(), Some("ALL"));
            assert!(service["user"].is_string() && service["healthcheck"].is_mapping());
        }
        folder.run(&["env", "fill", "--env", environment]).exits(0);
        if let Some(judge) = judge("docker-compose") {
            let (env, file) =
                (format!(".env.{environment}"), format!("docker-compose.{environment}.yml"));
            let args = ["--env-file", &env, "-f", &file, "config", "--quiet"];
            Run::of(Command::new(judge).args(args).current_dir(folder.path()).output().unwrap())
                .exits(0);
        }
        let manifests = folder.file(&format!("kubernetes/{environment}"));
        if let Some(judge) = judge("kubernetes-validate") {
            let core = |path: &PathBuf| {
                let text = support::read(path);
                !["Kustomization", "Component", "Gateway", "HTTPRoute", "Issuer"]
                    .iter()
                    .any(|kind| text.contains(&format!("\nkind: {kind}\n")))
            };
            let paths: Vec<PathBuf> = files(&manifests).into_iter().filter(core).collect();
            assert!(paths.len() > 10);
            let args = ["--strict", "-k", "1.36"];
            Run::of(Command::new(judge).args(args).args(&paths).output().unwrap()).exits(0);
        }
    }
}

#[test]
fn a_host_that_a_new_environment_would_share_is_told() {
    let folder = Folder::with(&SHOP.replace("${env.domain}", "shop.example"));
    let (run, _) = added(&folder, &["environment", "staging", "--tier", "staging"]);
    run.complains("`staging` answers for `shop.example` too");
    let folder = Folder::with(SHOP);
    let (run, _) = added(&folder, &["environment", "staging", "--tier", "staging"]);
    assert!(!run.stderr.contains("answers for"), "{run:#?}");
}
