//! Holds the compiled Dockerfiles of the systems against their rows, read line by line as a builder does.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_yaml::Value;

/// A stage: what it is made from, its name, and its instructions with continued lines joined.
struct Stage {
    from: String,
    name: String,
    lines: Vec<String>,
}

impl Stage {
    /// The rest of each instruction of a kind.
    fn all<'a>(&'a self, instruction: &'a str) -> impl Iterator<Item = &'a str> {
        self.lines.iter().filter_map(move |line| line.strip_prefix(instruction)?.strip_prefix(' '))
    }

    #[track_caller]
    fn one<'a>(&'a self, instruction: &'a str) -> &'a str {
        let found: Vec<&str> = self.all(instruction).collect();
        assert_eq!(found.len(), 1, "{instruction} in {}: {:#?}", self.name, self.lines);
        found[0]
    }

    /// Where the first instruction stands that holds a text.
    #[track_caller]
    fn place(&self, text: &str) -> usize {
        let place = self.lines.iter().position(|line| line.contains(text));
        place.unwrap_or_else(|| panic!("no {text:?} in {}: {:#?}", self.name, self.lines))
    }
}

fn stages(path: &str) -> Vec<Stage> {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let text: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with('#')).collect();
    let mut stages: Vec<Stage> = Vec::new();
    for line in text.join("\n").replace("\\\n", " ").lines().filter(|line| !line.is_empty()) {
        if let Some(from) = line.strip_prefix("FROM ") {
            let (from, name) = from.split_once(" AS ").unwrap_or((from, ""));
            let (from, name) = (from.to_owned(), name.to_owned());
            stages.push(Stage { from, name, lines: Vec::new() });
        } else {
            stages
                .last_mut()
                .unwrap()
                .lines
                .push(line.split_whitespace().collect::<Vec<_>>().join(" "));
        }
    }
    stages
}

fn names(stages: &[Stage]) -> Vec<&str> {
    stages.iter().map(|stage| stage.name.as_str()).collect()
}

#[track_caller]
fn stage<'a>(stages: &'a [Stage], name: &str) -> &'a Stage {
    stages
        .iter()
        .find(|stage| stage.name == name)
        .unwrap_or_else(|| panic!("no {name} in {:?}", names(stages)))
}

/// What every image must be: pinned bases, a user that is not root and by number, a check of its health.
#[track_caller]
fn is_hardened(path: &str, user: &str) {
    let stages = stages(path);
    for stage in &stages {
        let known = stages.iter().any(|other| other.name == stage.from);
        let tag = stage.from.split('@').next().unwrap().rsplit(':').next().unwrap();
        assert!(
            known || (tag != stage.from && tag.contains(|one: char| one.is_ascii_digit())),
            "{path}: {}",
            stage.from
        );
    }
    let last = stages.last().unwrap();
    assert_eq!(last.one("USER"), user, "{path}");
    assert!(last.one("HEALTHCHECK").contains("--start-period="), "{path}");
    assert!(last.one("CMD").starts_with('['), "{path}: signals reach the program itself");
    // What is built in another stage comes over; its tools do not.
    assert!(last.all("COPY").any(|copy| copy.starts_with("--from=")), "{path}");
    let ignored = fs::read_to_string(format!("{path}.dockerignore")).unwrap();
    for secret in [".env", ".git"] {
        assert!(ignored.lines().any(|line| line.contains(secret)), "{path}: {secret}");
    }
}

fn compose(path: &str) -> Value {
    serde_yaml::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn row_e1_rust_in_stages_with_dependencies_cached_and_a_stripped_binary() {
    let path = "out/vibe-ensemble/docker/vibe-ensemble.Dockerfile";
    let all = stages(path);
    for name in ["development", "testing", "production"] {
        stage(&all, name);
    }
    assert_eq!(all.last().unwrap().name, "production", "what is built when no target is named");
    is_hardened(path, "1001:1001");
    let builder = stage(&all, "builder");
    // The dependencies are built from their list alone, before the sources are there.
    let (cook, sources, build) = (
        builder.place("cargo chef cook --release"),
        builder.place("COPY . ."),
        builder.place("cargo build --release"),
    );
    assert!(cook < sources && sources < build, "{:#?}", builder.lines);
    assert!(
        builder.lines.iter().any(|line| line == "ENV CARGO_PROFILE_RELEASE_STRIP=symbols"),
        "stripped"
    );
    assert!(stage(&all, "testing").place("cargo test") < 2);
    let production = stage(&all, "production");
    assert!(!production.from.contains("rust"), "no compiler: {}", production.from);
    assert!(production.one("HEALTHCHECK").contains("/health/ready"));
}

#[test]
fn row_s4_fastapi_and_next_js_standalone_with_bun_in_stages() {
    let backend = "out/sira/docker/backend.Dockerfile";
    is_hardened(backend, "1000:1000");
    let all = stages(backend);
    assert!(all.len() >= 2 && all[0].from.contains("/python:"), "{:?}", names(&all));
    let builder = &all[0];
    assert!(builder.place("COPY requirements.txt") < builder.place("pip install"));
    assert!(
        builder.lines.iter().all(|line| line != "COPY . ."),
        "the sources change oftener than what they need"
    );
    assert!(all.last().unwrap().one("HEALTHCHECK").contains("\"curl\""), "row S2");
    let frontend = "out/sira/docker/frontend.Dockerfile";
    is_hardened(frontend, "1001:1001");
    let all = stages(frontend);
    let bun = stage(&all, "bun");
    assert!(bun.from.contains("oven/bun:"), "{}", bun.from);
    assert!(
        stage(&all, "deps").place("bun install --frozen-lockfile")
            > stage(&all, "deps").place("bun.lock")
    );
    stage(&all, "builder").place("bun run build");
    let runner = all.last().unwrap();
    runner.place("/app/.next/standalone ./");
    runner.place("adduser -S -D -H -u 1001 -G nextjs -h /app nextjs");
    assert!(runner.one("HEALTHCHECK").contains("\"wget\""), "row S2");
    // What the browser gets is built in, and is public: the same values for build and page.
    let compose = compose("out/sira/docker-compose.prod.yml");
    let arguments = compose["services"]["frontend"]["build"]["args"].as_mapping().unwrap();
    let declared: Vec<&str> = stage(&all, "builder").all("ARG").collect();
    let given: Vec<&str> = arguments.keys().map(|name| name.as_str().unwrap()).collect();
    assert_eq!(declared, given);
    assert!(
        declared.len() >= 2 && declared.iter().all(|name| name.starts_with("NEXT_PUBLIC_")),
        "{declared:?}"
    );
}

#[test]
fn row_c3_six_node_images_of_deps_builder_and_runner_on_alpine() {
    let compose = compose("out/saas-chat/docker-compose.prod.yml");
    let mut checks = BTreeMap::new();
    for service in [
        "auth-service",
        "chat-service",
        "billing-service",
        "analytics-service",
        "orchestrator-service",
        "email-worker",
    ] {
        let path = format!("out/saas-chat/docker/{service}.Dockerfile");
        is_hardened(&path, "1001:1001");
        let all = stages(&path);
        assert_eq!(names(&all), ["deps", "builder", "runner"], "{service}");
        for base in [&all[0].from, &all[2].from] {
            assert!(base.contains("/node:") && base.contains("-alpine"), "{service}: {base}");
        }
        let deps = &all[0];
        assert!(deps.place("package-lock.json") < deps.place("npm ci"), "{service}");
        assert!(all[1].place("COPY . .") < all[1].place("npm run build"), "{service}");
        let written = &compose["services"][service]["build"]["dockerfile"];
        assert!(
            written.as_str().unwrap().ends_with(&path["out/saas-chat/".len()..]),
            "{written:?}"
        );
        assert_eq!(compose["services"][service]["user"], "1001:1001", "{service}");
        checks.insert(all[2].one("HEALTHCHECK").to_owned(), service);
    }
    assert_eq!(checks.len(), 6, "each is asked at its own port: {checks:?}");
    let others =
        fs::read_dir("out/saas-chat/docker").unwrap().map(|entry| entry.unwrap().file_name());
    let others = others.filter(|name| name.to_str().unwrap().ends_with(".Dockerfile")).count();
    assert_eq!(others, 7, "the six, and what makes backups");
}

/// Whoever keeps images up to date changes one place: the blueprint (`images:`, or the image of a service).
#[test]
fn every_image_of_a_system_stands_in_its_blueprint() {
    let mut found = 0;
    for system in ["agenthub", "saas-chat", "sira", "vibe-ensemble", "vulnzero"] {
        let blueprint: Value =
            serde_yaml::from_str(&fs::read_to_string(format!("blueprints/{system}.yaml")).unwrap())
                .unwrap();
        let written = blueprint["images"].as_mapping().unwrap().values().chain(
            blueprint["services"].as_mapping().unwrap().values().map(|service| &service["image"]),
        );
        let written: Vec<&str> = written.filter_map(Value::as_str).collect();
        for path in below(&format!("out/{system}")) {
            let is_compose = path.contains("/docker-compose.");
            let extension = Path::new(&path).extension().and_then(|extension| extension.to_str());
            if !matches!(extension, Some("yml" | "yaml"))
                || !is_compose && !path.contains("/kubernetes/")
            {
                continue;
            }
            for line in fs::read_to_string(&path).unwrap().lines() {
                let Some(image) = line.trim_start().strip_prefix("image: ") else { continue };
                // What is built bears the version of the system, and of staging.
                if image.starts_with("ghcr.io/example/") {
                    continue;
                }
                assert!(written.contains(&image), "{path}: {image}");
                found += 1;
            }
        }
    }
    assert!(found > 200, "{found}");
}

fn below(folder: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.to_str().unwrap().to_owned();
        if path.is_dir() { found.extend(below(&name)) } else { found.push(name) }
    }
    found
}
