//! Begins as a new user would, in an empty folder, and follows what the program says.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::harness::{Folder, Run};
use crate::judge::judge;

/// The commands that a run ends with.
fn next(run: &Run) -> Vec<String> {
    commands(run, "next")
}

/// The commands that a run ends with below a heading.
fn commands(run: &Run, heading: &str) -> Vec<String> {
    let after = run.stdout.split_once(&format!("\n{heading}:\n"));
    let (_, after) = after.unwrap_or_else(|| panic!("{run:#?}"));
    after.lines().map_while(|line| line.strip_prefix("  ")).map(str::to_owned).collect()
}

/// Runs the printed commands, with `config` in place of bringing anything up.
fn follow(folder: &Folder, commands: &[String]) {
    for command in commands {
        if let Some(rest) = command.strip_prefix("formwork ") {
            folder.run(&rest.split(' ').collect::<Vec<_>>()).exits(0);
            continue;
        }
        let Some(rest) = command.strip_prefix("docker compose ") else { panic!("{command}") };
        let (options, _) = rest.split_once(" up -d --wait").unwrap();
        let Some(compose) = judge("docker-compose") else { continue };
        let run = Command::new(compose)
            .args(options.split(' '))
            .args(["config", "--quiet"])
            .current_dir(folder.path())
            .output();
        Run::of(run.unwrap()).exits(0);
    }
}

#[test]
fn an_empty_folder_becomes_a_stack_that_compose_accepts() {
    for (stack, more) in [
        ("fastapi", &["--database", "postgres", "--cache", "redis", "--monitoring"][..]),
        ("nextjs", &[]),
    ] {
        let folder = Folder::empty();
        let start = Instant::now();
        let given = ["init", "--name", "shop", "--stack", stack, "--domain", "shop.example"];
        let run = folder.run(&[&given[..], more].concat()).exits(0).says("wrote blueprint.yaml");
        let commands = next(&run);
        assert_eq!(commands[0], "formwork env fill");
        follow(&folder, &commands);
        assert!(start.elapsed() < Duration::from_secs(60));
        folder.run(&["validate"]).exits(0);
        folder.run(&["check"]).exits(0);
        let env = folder.read(".env.production");
        let key = env.lines().find_map(|line| line.strip_prefix("SECRET_KEY=")).unwrap();
        assert_eq!(key.len(), 64, "{key}");
        assert!(!folder.run(&["build"]).exits(0).stdout.contains("next:"));
    }
}

#[test]
fn every_stack_of_the_catalogue_begins_without_a_finding() {
    let said = Folder::empty().run(&["explain", "catalogue"]).exits(0).stdout;
    let (_, stacks) = said.split_once("stacks (`build: { stack }`)").unwrap();
    let is_name = |line: &&str| line.starts_with("  ") && !line.starts_with("   ");
    assert!(!stacks.contains("\n  backup\n"), "{said}");
    let stacks: Vec<&str> = stacks.lines().filter(is_name).map(str::trim).collect();
    assert!(stacks.len() > 1 && stacks.contains(&"fastapi"), "{said}");
    for stack in stacks {
        let folder = Folder::empty();
        let begin = ["init", "--name", "shop", "--stack", stack, "--domain", "shop.dev"];
        let stores = ["--database", "postgres", "--cache", "redis"];
        let (stores, to) = match stack {
            "react-static" => (&[][..], &[][..]),
            _ => (&stores[..], &["--to", "db,cache"][..]),
        };
        let more = ["--env", "production,staging"];
        let run = folder.run(&[&begin[..], stores, &more].concat()).exits(0);
        assert_eq!(run.stderr, "", "{stack}");
        assert_eq!(folder.run(&["validate"]).exits(0).stderr, "", "{stack}");
        let compose = folder.read("docker-compose.production.yml");
        assert!(compose.contains("  app:\n"), "{stack}: {compose}");
        assert!(folder.file("docker/app.Dockerfile").exists(), "{stack}");
        let more = ["add", "service", "other", "--stack", stack, "--context", "."];
        folder.run(&[&more[..], to].concat()).exits(0);
        let said = folder.run(&["validate"]).exits(0).stderr;
        if stack == "keycloak" {
            // It sends people to a host that has no route yet.
            assert!(said.starts_with("warning[unrouted-address]"), "{said}");
            let all = said.matches("warning[").count();
            assert_eq!(said.matches("warning[unrouted-address]").count(), all, "{said}");
        } else {
            assert_eq!(said, "", "{stack}");
        }
        follow(&folder, &next(&folder.run(&["build", "--out", "elsewhere"]).exits(0)));
    }
}

#[test]
fn a_folder_of_blueprints_gets_one_more() {
    let folder = Folder::empty();
    std::fs::create_dir(folder.file("blueprints")).unwrap();
    for name in ["one", "two"] {
        let args = ["init", "--name", name, "--stack", "fastapi", "--domain", "a.example"];
        let run = folder.run(&args).exits(0).says(&format!("wrote blueprints/{name}.yaml"));
        let commands = next(&run);
        assert_eq!(commands[0], format!("formwork env fill blueprints/{name}.yaml"));
        follow(&folder, &commands);
        assert!(folder.file(&format!("out/{name}/docker-compose.production.yml")).exists());
    }
    folder.run(&["check"]).exits(0);
}

#[test]
fn every_environment_gets_a_machine() {
    let folder = Folder::empty();
    let given = ["init", "--name", "shop", "--stack", "nextjs@22", "--domain", "shop.example"];
    let run = folder.run(&[&given[..], &["--env", "production,staging,development"]].concat());
    let commands = next(&run.exits(0));
    assert!(commands.contains(&"formwork env fill --env staging".to_owned()), "{commands:?}");
    follow(&folder, &commands);
    let blueprint = folder.read("blueprint.yaml");
    assert!(blueprint.contains("tier: development"), "{blueprint}");
    assert!(blueprint.contains("stack: nextjs@22"), "{blueprint}");
}

#[test]
fn images_are_pinned_where_a_bot_finds_them() {
    let folder = Folder::empty();
    let given = ["init", "--name", "shop", "--stack", "fastapi", "--domain", "shop.example"];
    folder.run(&[&given[..], &["--database", "postgres@16"]].concat()).exits(0);
    let blueprint = folder.read("blueprint.yaml");
    let compose = folder.read("docker-compose.production.yml");
    let pinned: Vec<&str> =
        blueprint.lines().filter(|line| line.starts_with("  db: ") && line.contains(':')).collect();
    let [pinned] = pinned[..] else { panic!("{blueprint}") };
    let image = pinned.trim_start_matches("  db: ");
    assert!(image.contains("postgres:16."), "{image}");
    assert!(compose.contains(&format!("image: {image}\n")), "{compose}");
}

#[test]
fn nothing_is_overwritten() {
    let folder = Folder::with("mine\n");
    let given = ["init", "--name", "shop", "--stack", "fastapi", "--domain", "shop.example"];
    folder.run(&given).exits(2).complains("`blueprint.yaml` is there already");
    assert_eq!(folder.read("blueprint.yaml"), "mine\n");
    let elsewhere = folder.run(&[&given[..], &["--dir", "new"]].concat()).exits(0);
    assert_eq!(next(&elsewhere)[0], "formwork env fill new/blueprint.yaml");
    follow(&folder, &next(&elsewhere));
}

#[test]
fn without_a_terminal_the_flags_that_are_missing_are_named() {
    let folder = Folder::empty();
    let run = folder.run(&["init", "--name", "shop"]).exits(2);
    run.complains("missing --stack STACK, --domain DOMAIN").complains("fastapi");
    assert!(!Path::new(&folder.file("blueprint.yaml")).exists());
}

#[test]
fn answers_that_are_wrong_leave_nothing_behind() {
    let folder = Folder::empty();
    let run = |name, stack, domain| {
        folder.run(&["init", "--name", name, "--stack", stack, "--domain", domain]).exits(2)
    };
    run("shop", "fastpi", "shop.example").complains("did you mean `fastapi`?");
    run("shop", "postgres", "shop.example").complains("the catalogue has no stack `postgres`");
    run("shop", "fastapi@1", "shop.example").complains("there are 3.13, 3.12");
    run("My Shop", "fastapi", "shop.example").complains("write `my-shop`");
    run("shop", "fastapi", "https://shop.example")
        .complains("`--domain`: `https://shop.example` is a URL");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn the_way_to_a_cluster_is_told_too() {
    let folder = Folder::empty();
    let given = ["init", "--name", "shop", "--stack", "fastapi", "--domain", "shop.example"];
    let run = folder.run(&given).exits(0);
    let heading = "in place of `docker compose`, on Kubernetes";
    let secret = "formwork env secret | kubectl apply --server-side -f -";
    assert_eq!(commands(&run, heading), ["kubectl apply -k kubernetes/production", secret]);
    folder.run(&["env", "fill"]).exits(0);
    folder.run(&["env", "secret"]).exits(0).says("kind: Secret");
    assert!(folder.file("kubernetes/production/kustomization.yaml").exists());
    folder.edit("blueprint.yaml", "name: shop", "name: store");
    let run = folder.run(&["build", "--target", "kubernetes", "--adopt"]).exits(0);
    assert_eq!(commands(&run, "on Kubernetes")[1], secret);
    assert!(!run.stdout.contains("docker compose"), "{run:#?}");
}

/// A blueprint whose certificates are the operator's.
const FILES: &str = "\
blueprint: v1
name: shop
edge: { limit: 50r/s, tls: files }
routes: { \"*.shop.example\": { /: api } }
services: { api: { image: \"ghcr.io/example/api:1.4.2\", port: 8000, health: /health } }
";

#[test]
fn certificates_of_the_operator_are_put_in_place_by_the_printed_commands() {
    let folder = Folder::with(FILES);
    let run = folder.run(&["build"]).exits(0);
    let [prepare, copy, up] = &next(&run)[..] else { panic!("{run:#?}") };
    let compose = "docker compose -f docker-compose.production.yml";
    assert_eq!(*prepare, format!("{compose} run --rm volume-owner"));
    assert!(up.starts_with(&format!("{compose} up -d --wait")), "{up}");
    let (pack, run_in) = copy.split_once(" | ").unwrap();
    let (run_in, script) = run_in.split_once(" -c ").unwrap();
    assert_eq!(run_in, format!("{compose} run --rm --no-deps -T --entrypoint sh nginx"));
    assert!(folder.read("docker-compose.production.yml").contains("user: \"101:101\""));
    // The script is run as it is, but in a folder of this test.
    let host = "_wildcard.shop.example";
    let hook = folder.read("nginx/production/hooks/10-certificates.sh");
    assert!(hook.contains("/etc/nginx/certificates") && hook.contains(host), "{hook}");
    folder.write(&format!("archive/{host}/fullchain.pem"), "chain\n");
    folder.write(&format!("archive/{host}/privkey.pem"), "key\n");
    // As Certbot keeps them: links, which are followed.
    let link = |from: &str, to: &str| std::os::unix::fs::symlink(from, folder.file(to)).unwrap();
    std::fs::create_dir_all(folder.file(&format!("certificates/{host}"))).unwrap();
    for file in ["fullchain.pem", "privkey.pem"] {
        link(&format!("../../archive/{host}/{file}"), &format!("certificates/{host}/{file}"));
    }
    let volume = folder.file("volume");
    let script = script.replace("/etc/nginx/certificates", volume.to_str().unwrap());
    let pipe = format!("{pack} | sh -c {script}");
    let done = Command::new("sh").args(["-ec", &pipe]).current_dir(folder.path()).output();
    Run::of(done.unwrap()).exits(0);
    for (file, text) in [("fullchain.pem", "chain\n"), ("privkey.pem", "key\n")] {
        use std::os::unix::fs::PermissionsExt as _;
        let path = format!("volume/{host}/{file}");
        assert_eq!(folder.read(&path), text);
        let data = std::fs::symlink_metadata(folder.file(&path)).unwrap();
        assert!(data.is_file());
        assert_eq!(data.permissions().mode() & 0o777, 0o600);
    }
    let run = folder.run(&["build", "--force", "nginx"]);
    assert!(!run.stdout.contains("tar "), "nothing is needed twice: {run:#?}");
    let cluster = commands(&folder.run(&["build", "--out", "o"]).exits(0), "on Kubernetes");
    let secret = "kubectl create secret tls wildcard-shop-example-tls --namespace shop-production";
    assert!(cluster[1].starts_with(secret), "{cluster:?}");
    let gateway = folder.read("kubernetes/production/_namespace/gateway-shop.yaml");
    assert!(gateway.contains("name: wildcard-shop-example-tls"), "{gateway}");
    folder.run(&["explain", "edge.tls.by"]).exits(0).says("`101:101`").says("`privkey.pem`");
}

/// What names a stack and a domain, in a new folder.
fn begin(stack: &str, more: &[&str]) -> (Folder, Run) {
    let folder = Folder::empty();
    let given = ["init", "--name", "shop", "--stack", stack, "--domain", "shop.dev"];
    let run = folder.run(&[&given[..], more].concat());
    (folder, run)
}

#[test]
fn a_stack_that_needs_a_database_gets_it_and_nothing_else() {
    for more in [&[][..], &["--database", "postgres"]] {
        let (folder, run) = begin("keycloak", more);
        run.exits(0);
        let compose = folder.read("docker-compose.production.yml");
        let compose: serde_json::Value = serde_yaml::from_str(&compose).unwrap();
        let environment = compose["services"]["app"]["environment"].as_object().unwrap();
        assert_eq!(environment["KC_DB_URL_HOST"], "db");
        assert_eq!(environment["KC_HOSTNAME"], "https://shop.dev");
        for name in environment.keys() {
            assert!(name.starts_with("KC_"), "{name} is nothing that it reads");
        }
        let template = folder.read(".env.production.template");
        assert!(!template.contains("APP_DATABASE_PASSWORD"), "{template}");
        assert!(
            folder.read("nginx/production/conf.d/shop.dev.conf").contains("server_name shop.dev")
        );
    }
    for database in ["mariadb", "none"] {
        let (_, run) = begin("keycloak", &["--database", database]);
        run.exits(2).complains("the stack `keycloak` needs the database `postgres`");
    }
    let (folder, run) = begin("fastapi", &["--database", "postgres"]);
    run.exits(0);
    let run = folder.run(&["add", "service", "auth", "--stack", "keycloak", "--to", "db"]).exits(0);
    let compose = folder.read("docker-compose.production.yml");
    let compose: serde_json::Value = serde_yaml::from_str(&compose).unwrap();
    let [app, auth] = ["app", "auth"].map(|name| &compose["services"][name]["environment"]);
    assert_eq!(auth["KC_DB_URL_HOST"], "db");
    // A database, a role and a password of its own, beside those of the program that was there before.
    assert_eq!(auth["KC_DB_URL_DATABASE"], "auth");
    assert_eq!(auth["KC_DB_USERNAME"], "auth");
    let secrets = compose["services"]["auth"]["secrets"].to_string();
    assert!(secrets.contains("\"db_auth_password\""), "{secrets}");
    assert!(app["DATABASE_URL"].as_str().unwrap().ends_with("/app"), "{app}");
    assert!(folder.read("blueprint.yaml").contains("databases: [auth]"));
    run.complains("`db` makes the database `auth` when it starts for the first time");
    let none = ["add", "service", "login", "--stack", "keycloak"];
    folder.run(&none).exits(1).complains("unmet-need");
}

#[test]
fn a_site_of_files_takes_no_database() {
    let (folder, run) = begin("react-static", &["--database", "postgres"]);
    run.exits(2).complains("leave `--database` out");
    assert!(!folder.file("blueprint.yaml").exists());
    let (folder, run) = begin("react-static", &[]);
    run.exits(0);
    assert!(!folder.read("blueprint.yaml").contains("SECRET_KEY"));
    let more = ["add", "component", "db", "--uses", "postgres", "--for", "app"];
    folder.run(&more).exits(2).complains("leave it out of `--for`");
    folder.run(&["add", "component", "db", "--uses", "postgres"]).exits(0);
    let more = ["add", "service", "web", "--stack", "react-static", "--to", "db"];
    folder.run(&more).exits(2).complains("leave it out of `--to`");
}

#[test]
fn what_only_follows_from_others_cannot_be_chosen() {
    let (_, run) = begin("backup", &[]);
    run.exits(2).complains("the catalogue has no stack `backup`");
    let (folder, run) = begin("fastapi", &[]);
    run.exits(0);
    for component in ["backup-archive", "volume-owner", "postgres-exporter"] {
        let more = ["add", "component", "one", "--uses", component];
        folder.run(&more).exits(2).complains("the catalogue has no component");
    }
}

#[test]
fn an_environment_is_named_once() {
    let (folder, run) = begin("fastapi", &["--env", "production,production"]);
    run.exits(2).complains("`--env` names `production` twice");
    assert!(!folder.file("blueprint.yaml").exists());
    let (folder, run) = begin("fastapi", &[]);
    run.exits(0);
    let more = ["add", "environment", "production", "--tier", "staging"];
    folder.run(&more).exits(2).complains("there is an environment `production` already");
}

#[test]
fn a_repository_keeps_its_own_ignore_file() {
    let folder = Folder::empty();
    folder.write(".gitignore", "node_modules/\n.env\n*.log");
    let given = ["init", "--name", "shop", "--stack", "fastapi", "--domain", "shop.dev"];
    let run = folder.run(&given).exits(0).says("added ").says("`secrets/`");
    assert!(run.stdout.contains("to .gitignore\n"), "{run:#?}");
    let ignored = folder.read(".gitignore");
    assert!(ignored.starts_with("node_modules/\n.env\n*.log\n\n# Added by"), "{ignored}");
    for line in [".env.*", "!.env.*.template", "secrets/", ".deploy/"] {
        assert!(ignored.lines().any(|one| one == line), "{line}: {ignored}");
    }
    folder.run(&["check"]).exits(0);
    folder.run(&["build"]).exits(0);
    assert_eq!(folder.read(".gitignore"), ignored);
    // A blueprint that takes no heed of it says what that would cost.
    let kept = folder.read("blueprint.yaml").replace("gitignore: false", "gitignore: true");
    folder.write("blueprint.yaml", &kept);
    let run = folder.run(&["build"]).exits(1);
    run.complains("output: { gitignore: false }").complains("replace existing files and all");
}

#[test]
fn of_several_blueprints_each_command_names_its_own() {
    let folder = Folder::empty();
    std::fs::create_dir(folder.file("blueprints")).unwrap();
    for name in ["one", "two"] {
        folder.write(
            &format!("blueprints/{name}.yaml"),
            &FILES.replace(", tls: files", "").replace("*.shop", name).replace(
                "name: shop\n",
                &format!(
                    "name: {name}\nvariables: {{ own: {{ KEY: {{ secret: true, generate: hex 32 }} }} }}\n"
                ),
            ).replace("health: /health", "health: /health, variables: [own]"),
        );
    }
    let run = folder.run(&["build"]);
    let commands = next(&run);
    for name in ["one", "two"] {
        let fill = format!("formwork env fill blueprints/{name}.yaml");
        assert_eq!(commands.iter().filter(|one| **one == fill).count(), 1, "{commands:?}");
    }
}

/// A mapping with another merged over it.
fn merged(into: &mut serde_json::Value, from: &serde_json::Value) {
    match (into.as_object_mut(), from.as_object()) {
        (Some(map), Some(more)) => {
            for (key, value) in more {
                merged(map.entry(key).or_insert(serde_json::Value::Null), value);
            }
        }
        _ => *into = from.clone(),
    }
}

#[test]
fn of_alerts_that_reach_nobody_the_lines_are_printed_that_have_them_told() {
    let silent = "nobody is told";
    let (_, run) = begin("fastapi", &[]);
    assert!(!run.exits(0).stdout.contains(silent), "nothing is watched");
    let (folder, run) = begin("fastapi", &["--monitoring"]);
    let run = run.exits(0).says("of the alerts of production nobody is told yet");
    let (_, lines) = run.stdout.split_once("names other ways:\n\n").unwrap();
    let lines: Vec<&str> = lines.lines().map_while(|line| line.strip_prefix("  ")).collect();
    let lines: serde_json::Value = serde_yaml::from_str(&lines.join("\n")).unwrap();
    let blueprint = folder.read("blueprint.yaml");
    let mut blueprint: serde_json::Value = serde_yaml::from_str(&blueprint).unwrap();
    merged(&mut blueprint, &lines);
    folder.write("blueprint.yaml", &serde_yaml::to_string(&blueprint).unwrap());
    let run = folder.run(&["build"]).exits(0);
    assert!(!run.stdout.contains(silent), "{}", run.stdout);
    let config = folder.read("alertmanager/production/alertmanager.yml");
    let config: serde_json::Value = serde_yaml::from_str(&config).unwrap();
    let routes = config["route"]["routes"].as_array().unwrap();
    let matchers: Vec<&str> =
        routes.iter().map(|route| route["matchers"][0].as_str().unwrap()).collect();
    assert_eq!(matchers, ["severity=\"critical\"", "severity=\"high\"", "severity=\"warning\""]);
    assert_eq!(config["receivers"][1]["email_configs"][0]["to"], "ops@shop.dev");
    folder.run(&["env", "fill"]);
    assert_eq!(folder.run(&["validate"]).exits(0).stderr, "");
}

/// A worker without its broker does nothing.
#[test]
fn a_worker_gets_the_broker_that_it_reads() {
    for stack in ["celery-worker", "celery-beat"] {
        let (folder, _) = begin(stack, &[]);
        let compose = folder.read("docker-compose.production.yml");
        assert!(compose.contains("CELERY_BROKER_URL: "), "{compose}");
        let blueprint = folder.read("blueprint.yaml");
        assert!(blueprint.contains("    CELERY_BROKER_URL: ${cache.url}\n"), "{blueprint}");
        assert_eq!(blueprint.contains("broker: ${cache.url}"), stack == "celery-worker");
        folder.run(&["env", "fill"]).exits(0);
        let told = folder.run(&["add", "service", "idle", "--stack", stack]).exits(0);
        told.complains("`idle` has no broker: name it with `--to`, or set `CELERY_BROKER_URL`");
        let told =
            folder.run(&["add", "service", "more", "--stack", stack, "--to", "cache"]).exits(0);
        assert!(!told.stderr.contains("has no broker"), "{told:#?}");
        assert!(folder.read("blueprint.yaml").contains("      CELERY_BROKER_URL: ${cache.url}\n"));
    }
    let (folder, _) = begin("celery-worker", &["--cache", "none"]);
    assert!(!folder.read("blueprint.yaml").contains("BROKER"));
}

/// The context of the first image is the folder in which secrets lie.
#[test]
fn what_the_operator_keeps_stays_out_of_images_and_of_git() {
    for stack in
        ["fastapi", "node", "celery-worker", "mcp-python", "rust", "nextjs", "react-static"]
    {
        let (folder, _) = begin(stack, &[]);
        let ignored = folder.read("docker/app.Dockerfile.dockerignore");
        let last: Vec<&str> = ignored.trim_end().lines().rev().take(5).collect();
        for name in ["/secrets", "/certificates", "/.env", "/.env.*", "/.deploy"] {
            assert!(last.contains(&name), "{stack}: {name}: {ignored}");
        }
        let ignored = folder.read(".gitignore");
        assert!(ignored.lines().any(|line| line == "/certificates/"), "{ignored}");
    }
    let below = "blueprint: v1\nname: shop\noutput: { root: 'de[p]loy' }\nservices:\n  api:\n    image: ghcr.io/example/api:1.4.2\n    build: { context: ., stack: fastapi@3.13 }\n  web:\n    image: ghcr.io/example/web:1.4.2\n    build: { context: web, stack: nextjs@24 }\n";
    let folder = Folder::with(below);
    folder.run(&["build"]).exits(0);
    let ignored = folder.read("de[p]loy/docker/api.Dockerfile.dockerignore");
    assert!(ignored.contains("\n/de\\[p]loy/secrets\n"), "{ignored}");
    let ignored = folder.read("de[p]loy/docker/web.Dockerfile.dockerignore");
    assert!(!ignored.contains("/secrets"), "{ignored}");
}

#[test]
fn a_flag_that_will_not_do_is_named_and_no_place_in_a_file_that_is_not_there() {
    let long = "x123456789012345678901234567890123456789";
    let given: &[(&[&str], &str)] = &[
        (&["--name", "Bad_Name"], "`--name`: `Bad_Name` is not a name"),
        (&["--name", "x"], "`--name`: `x` is too short"),
        (&["--name", "shop", "--domain", "shop"], "`--domain`: `shop` is no domain"),
        (&["--name", "shop", "--env", "Prod"], "`--env`: `Prod` is not a name"),
        (&["--name", long, "--env", long], "the namespace `x1"),
    ];
    for (args, said) in given {
        let folder = Folder::empty();
        let mut all = vec!["init", "--stack", "fastapi"];
        all.extend(*args);
        if !args.contains(&"--domain") {
            all.extend(["--domain", "shop.example"]);
        }
        let run = folder.run(&all).exits(2).complains(said);
        assert!(!run.stderr.contains("blueprint.yaml:"), "{}", run.stderr);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
