//! Compiles Dockerfiles of application stacks, and has a linter judge them.

use std::process::Command;

use crate::compiled::{codes, text, tree, written};
use crate::judge::judge;

const BUILT: &str = r"
blueprint: v1
name: shop
environments:
  production: {}
  staging: { tier: staging, override: { services: { api: { build: { with: { workers: 2 } } } } } }
services:
  api:
    image: ghcr.io/example/api:1.4.2
    build: { context: api, stack: fastapi@3.12, with: { workers: 4, packages: curl, build_packages: gcc } }
    user: 1000
    port: 8080
    health: { ready: /health/ready, interval: 20s, tool: curl }
  web:
    image: ghcr.io/example/web:1.4.2
    build: { context: web, stack: nextjs@22 }
    port: 3000
    health: /api/health
    variables: [public]
  plain:
    image: ghcr.io/example/plain:1.4.2
    build: { context: plain, stack: nextjs@24, with: { package_manager: npm } }
    port: 3001
variables:
  public: { NEXT_PUBLIC_NAME: { build: true, about: what the shop is called } }
";

#[test]
fn a_stack_compiles_to_stages_that_end_without_root() {
    let tree = tree(BUILT);
    let api = text(&tree, "docker/api.Dockerfile");
    for line in [
        "FROM docker.io/library/python:3.12.14-slim-bookworm AS builder",
        "FROM docker.io/library/python:3.12.14-slim-bookworm AS runtime",
        "USER 1000:1000",
        "EXPOSE 8080",
    ] {
        assert!(api.lines().any(|found| found == line), "{line}: {api}");
    }
    assert!(api.contains("\nHEALTHCHECK --interval=20s --timeout=5s \\\n  --start-period=40s"));
    assert!(api.contains("[\"curl\", \"--fail\""), "{api}");
    let command = api.lines().find_map(|line| line.strip_prefix("CMD ")).unwrap();
    let command: Vec<String> = serde_json::from_str(command).unwrap();
    assert_eq!(command[..6], ["uvicorn", "app.main:app", "--host", "0.0.0.0", "--port", "8080"]);
}

#[test]
fn a_worker_listens_on_no_port_though_its_stack_does() {
    let tree = tree(
        r"
blueprint: v1
name: shop
services:
  mailer:
    image: ghcr.io/example/mailer:1.0.0
    build: { context: mailer, stack: node@24 }
    ports: {}
    health: { command: [node, dist/health.js] }
",
    );
    let dockerfile = text(&tree, "docker/mailer.Dockerfile");
    assert!(!dockerfile.contains("PORT") && !dockerfile.contains("EXPOSE"), "{dockerfile}");
    assert!(dockerfile.contains("\nENV NODE_ENV=production\n"), "{dockerfile}");
    assert!(!text(&tree, "docker-compose.production.yml").contains("PORT"));
    assert!(tree.iter().all(|(path, _)| !path.as_str().ends_with("/service-mailer.yaml")));
}

/// One image serves all environments: how many workers there are stands where it runs.
#[test]
fn the_number_of_workers_is_no_part_of_the_image() {
    let tree = tree(BUILT);
    assert!(!text(&tree, "docker/api.Dockerfile").contains("workers"));
    for (file, workers) in
        [("docker-compose.production.yml", "4"), ("docker-compose.staging.yml", "2")]
    {
        let compose = crate::compiled::yaml(&tree, file);
        assert_eq!(compose["services"]["api"]["environment"]["WEB_CONCURRENCY"], workers);
    }
}

#[test]
fn what_differs_between_environments_is_refused_as_part_of_an_image() {
    let differs = BUILT.replace("workers: 2", "packages: libpq5");
    assert_eq!(codes(&differs), ["error image-differs"]);
    let run_time = BUILT.replace("packages: curl", "packages: \"${var.PACKAGES}\"").replace(
        "variables:\n  public:",
        "variables:\n  app: { PACKAGES: { about: which } }\n  public:",
    );
    assert_eq!(codes(&run_time), ["error run-time-reference"]);
}

#[test]
fn public_variables_are_arguments_of_the_build() {
    let tree = tree(BUILT);
    let web = text(&tree, "docker/web.Dockerfile");
    assert!(web.contains("\nARG NEXT_PUBLIC_NAME\nENV NEXT_PUBLIC_NAME=${NEXT_PUBLIC_NAME}\n"));
    assert!(web.contains("bun install --frozen-lockfile"));
    let plain = text(&tree, "docker/plain.Dockerfile");
    assert!(plain.contains("npm ci") && !plain.contains("bun"), "{plain}");
    assert!(!plain.contains("ARG"));
}

/// What lies in the context is in the image for good, and whoever has the image has it.
#[test]
fn secrets_and_history_stay_out_of_the_image() {
    let tree = tree(BUILT);
    for service in ["api", "web", "plain"] {
        let ignored = text(&tree, &format!("docker/{service}.Dockerfile.dockerignore"));
        for pattern in ["**/.git", "**/.env", "**/.env.*", "**/*.pem", "**/*.key"] {
            assert!(ignored.lines().any(|line| line == pattern), "{service}: {pattern}");
        }
    }
}

#[test]
fn hadolint_finds_nothing() {
    let Some(tool) = judge("hadolint") else { return };
    let folder = written(&tree(BUILT));
    for service in ["api", "web", "plain"] {
        let file = format!("docker/{service}.Dockerfile");
        let output = Command::new(&tool).arg(&file).current_dir(&folder).output().unwrap();
        let found = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success() && found.is_empty(), "{file}: {found}");
    }
}

const STAGED: &str = r"
blueprint: v1
name: shop
environments:
  production: {}
  development:
    tier: development
    host: laptop
    override: { services: { api: { build: { target: development } } } }
services:
  api: { build: { context: api, stack: rust }, health: /health }
";

/// Row E1, and a development environment beside it (row E14).
#[test]
fn row_e1_a_stage_for_development_testing_and_production_each_as_it_is_run() {
    let tree = tree(STAGED);
    let file = text(&tree, "docker/api.Dockerfile");
    let stages: Vec<&str> = file
        .lines()
        .filter_map(|line| line.strip_prefix("FROM ")?.split_once(" AS "))
        .map(|(_, stage)| stage)
        .collect();
    for stage in ["development", "testing", "production"] {
        assert!(stages.contains(&stage), "{stages:?}");
    }
    assert_eq!(stages.last(), Some(&"production"));
    let service = |environment: &str| {
        let compose = crate::compiled::yaml(&tree, &format!("docker-compose.{environment}.yml"));
        compose["services"]["api"].clone()
    };
    let (production, development) = (service("production"), service("development"));
    assert_eq!(production["command"], serde_json::json!(["/usr/local/bin/api"]));
    // The stage's own command runs, and its folders outlive the container.
    assert!(development["command"].is_null(), "{development}");
    assert_eq!(development["build"]["target"], "development");
    assert_eq!(development["read_only"], true);
    let mounted: Vec<&str> = development["volumes"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|mount| mount["target"].as_str())
        .collect();
    assert_eq!(mounted, ["/home/app/target", "/home/app/.cargo"]);
    let path = development["build"]["dockerfile"].as_str().unwrap();
    assert!(path.ends_with("docker/api.development.Dockerfile"), "{path}");
    assert!(
        text(&tree, "docker/api.development.Dockerfile").contains("CMD [\"/usr/local/bin/api\"]")
    );
}

#[test]
fn a_stage_that_is_not_there_and_two_stages_under_one_name_are_refused() {
    let unknown = STAGED.replace("target: development", "target: develop");
    let mut found = codes(&unknown);
    found.retain(|code| code.starts_with("error"));
    assert_eq!(found, ["error invalid-value"]);
    let one_name = STAGED.replace(
        "api: { build: { context",
        "api: { image: ghcr.io/example/api:1.0.0, build: { context",
    );
    assert_eq!(codes(&one_name), ["error image-differs"]);
}

#[test]
fn images_that_a_stack_takes_from_are_pinned_with_the_others() {
    let pinned = BUILT.replace(
        "services:\n  api:",
        "images: { web.bun: \"registry.example.com/bun:9.9.9\" }\nservices:\n  api:",
    );
    let tree = tree(&pinned);
    assert!(
        text(&tree, "docker/web.Dockerfile")
            .contains("FROM registry.example.com/bun:9.9.9 AS bun\n")
    );
    let unknown = pinned.replace("web.bun", "web.deno");
    assert_eq!(codes(&unknown), ["error unknown-service"]);
}

#[test]
fn what_must_run_once_cannot_be_replicated() {
    let beat = "blueprint: v1\nname: shop\nservices: { beat: { build: { context: beat, stack: celery-beat }, replicas: 2 } }\n";
    let found = codes(beat);
    assert!(found.contains(&"error impossible-replicas".to_owned()), "{found:?}");
}
