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
