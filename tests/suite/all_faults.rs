//! Shows that one run tells everything that is wrong, of every stage, and nothing that only follows from it.

use std::fs;

use formwork::compile::{Failure, compile};
use formwork::project::Project;
use tempfile::TempDir;

use crate::support::inputs;

/// What is found in a folder with these files, each as its code and what its first label underlines.
pub(crate) fn found(files: &[(&str, &str)]) -> Vec<String> {
    let folder = TempDir::new().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let blueprint = folder.path().join("blueprint.yaml");
    let project = Project::read(&blueprint, None).unwrap_or_else(|error| panic!("{error:?}"));
    let sources = &project.inputs.sources;
    let found = match compile(&project.inputs) {
        Ok(compiled) => compiled.remarks,
        Err(Failure::Invalid(found)) => found,
        Err(Failure::Broken(error)) => panic!("{error}"),
    };
    let shown = |one: &formwork::diagnostic::Diagnostic| {
        let underlined = one.labels.first().map_or("", |label| sources.slice(label.span));
        format!("{} {}", one.code, underlined.lines().next().unwrap_or_default()).trim().to_owned()
    };
    found.iter().map(shown).collect()
}

/// What is found in a blueprint of these sections.
fn of(sections: &str) -> Vec<String> {
    found(&[("blueprint.yaml", &format!("blueprint: v1\nname: notes\n{sections}"))])
}

/// What is found beside a database and a program that uses it.
fn beside(more: &str) -> Vec<String> {
    of(&format!(
        "services:\n  db: {{ uses: postgres@17 }}\n  api: {{ image: \"app:1\", port: 8000, needs: [db], \
         environment: {{ URL: \"${{db.url}}\" }} }}\n{more}"
    ))
}

#[test]
fn one_fault_of_every_stage_is_told_in_one_run() {
    let blueprint = "\
blueprint: v1
name: notes
include: [more.yaml, twice.yaml]
environments:
  production: { domain: example.com }
  staging: { tier: staging, domain: example.org, host: other, override: { services: { api: { health: ready } } } }
services:
  db: { uses: postgres@17 }
  own: { uses: mine }
  api:
    image: ghcr.io/example/notes-api:1.4.2
    port: 8000
    helth: /x
    needs: [db, nosuch]
    environment: { DATABASE_URL: \"${db.url}\", HOST: \"${env.domain}\", BAD: \"${db.uri}\", OTHER: \"${var.NOPE}\" }
    image: twice
  ww: { image: \"x:latest\", needs: [api] }
  c1: { uses: postgress@17 }
  c2: { image: \"x:1\", needs: [c1, late], environment: { URL: \"${c1.url}\", LATE: \"${late.url}\" } }
  d1: { image: \"x:1\", needs: [d2] }
  d2: { image: \"x:1\", needs: [d1] }
external: { ai: { port: 443 } }
routes: { \"${env.domain}\": { /: web } }
patches:
  idle: { file: docker-compose.production.yml, at: /services/ww/nothing, merge: { a: 1 } }
  db: { file: docker-compose.production.yml, at: /services/api/healthcheck/nothing, merge: { a: 1 } }
";
    let files = [
        ("blueprint.yaml", blueprint),
        ("more.yaml", "services: { late: { uses: redis@8, with: { pasword: x } } }\n"),
        ("twice.yaml", "external: { ai: \"ai.example.com:443\" }\n"),
        ("catalog/mine.yaml", "component: mine\n"),
    ];
    let found = found(&files);
    for (code, place) in [
        ("duplicate-key", "image"),
        ("duplicate-key", "ai"),
        ("unknown-key", "helth"),
        ("unknown-key", "pasword"),
        ("invalid-path", "ready"),
        ("missing-key", "component"),
        ("unknown-component", "postgress@17"),
        ("unknown-service", "nosuch"),
        ("unknown-reference", "\"${db.uri}\""),
        ("unknown-variable", "\"${var.NOPE}\""),
        ("image-latest", "\"x:latest\""),
        ("dependency-cycle", "d2"),
        ("patch-without-match", "/services/ww/nothing"),
    ] {
        let told = found.iter().any(|one| one.starts_with(code) && one.contains(place));
        assert!(told, "{code} at {place}:\n{}", found.join("\n"));
    }
    insta::assert_snapshot!(found.join("\n"));
}

#[test]
fn nothing_is_told_of_what_only_follows() {
    // A component that does not exist still offers what its name promises, and takes its part.
    let more = "  c1: { uses: NAME, publish: 5433 }\n  c2: { image: \"app:1\", needs: [c1], environment: { A: \"${c1.url}\", B: \"${c1.port}\" } }\n";
    assert_eq!(beside(&more.replace("NAME", "postgress@17")), ["unknown-component postgress@17"]);
    assert_eq!(beside(&more.replace("NAME", "nothing-near")), ["unknown-component nothing-near"]);
    assert_eq!(beside(&more.replace("NAME", "postgres@1")), ["unknown-version postgres@1"]);
    // What a misspelt key was meant for is not missed.
    let api = |keys: &str| {
        of(&format!(
            "services:\n  db: {{ uses: postgres@17 }}\n  api: {{ image: \"app:1\", {keys}, environment: {{ URL: \"${{db.url}}\" }} }}\n\
             routes: {{ example.com: {{ /: api }} }}\nedge: {{ limit: 50r/s }}\nvolumes: {{ data: }}\n"
        ))
    };
    assert_eq!(api("port: 8000, volumes: { data: /data }, need: [db]"), ["unknown-key need"]);
    assert_eq!(api("prot: 8000, volumes: { data: /data }, needs: [db]"), ["unknown-key prot"]);
    assert_eq!(api("port: 0, volumes: { data: /data }, needs: [db]"), ["invalid-port 0"]);
    assert_eq!(api("port: 8000, depends_on: [db]"), ["unknown-key depends_on"]);
    assert_eq!(api("port: 8000, volumes: { data: data }, needs: [db]"), ["invalid-path data"]);
    assert_eq!(api("port: 8000, volumes: { data: /data }, needs: [bd]"), ["unknown-service bd"]);
    // Services and sections that cannot be read at all are not missed either.
    assert_eq!(
        of("services: { api: 5, web: { image: \"app:1\", needs: [api] } }"),
        ["wrong-type 5"]
    );
    assert_eq!(
        of("servces: { api: 5 }\nroutes: { example.com: { /: api } }\nedge: { limit: 50r/s }"),
        ["unknown-key servces"]
    );
    assert_eq!(
        beside(
            "  Web: { image: \"app:1\", port: 80 }\nroutes: { example.com: { /: web } }\nedge: { limit: 50r/s }"
        ),
        ["invalid-name Web"]
    );
    assert_eq!(
        beside("variables: { shop: { N: { fixed: 1, scret: true } } }"),
        ["unknown-key scret"]
    );
    // A fault of an environment does not make others of what is said there.
    let environment = "environments: { production: { domain: \"Bad Domain!\" } }\nroutes: { \"${env.domain}\": { /: api } }\nedge: { limit: 50r/s }";
    assert_eq!(beside(environment), ["invalid-host \"Bad Domain!\""]);
    let tier = "  web: { image: \"app:latest\" }\nenvironments: { one: { tier: stagin } }";
    assert_eq!(beside(tier), ["invalid-value stagin"]);
    let host = "  web: { image: \"app:1\", port: 80, publish: 80 }\nenvironments: { one: { host: \"-\" }, two: { host: other } }";
    assert_eq!(beside(host), ["invalid-name \"-\""]);
    // A value that refers to nothing is told once, where it stands.
    let variable = "  web: { image: \"app:1\", variables: [shop] }\nvariables: { shop: { A: { fixed: \"${no.x}\", type: integer }, B: \"x${var.A}\" } }";
    assert_eq!(beside(variable), ["unknown-reference A"]);
    let with = "  cache: { uses: redis@8, with: { password: \"${var.NO}\" } }\n  web: { image: \"app:1\", needs: [cache], environment: { A: \"${cache.url}\" } }";
    assert_eq!(beside(with), ["unknown-variable \"${var.NO}\""]);
    let header = "routes: { example.com: { /: api } }\nedge: { limit: 50r/s, headers: { csp: \"${var.NO}\" } }";
    assert_eq!(beside(header), ["unknown-variable \"${var.NO}\""]);
    let waiver = "  web: { image: \"app:1\", user: 0 }\nwaivers: { root-user: short }";
    assert_eq!(beside(waiver), ["invalid-value short"]);
    let patch = "  web: { image: \"app:1\", replcas: 2 }\npatches: { of-web: { file: docker-compose.production.yml, at: /services/web/deploy/replicas, merge: 3 } }";
    assert_eq!(beside(patch), ["unknown-key replcas"]);
}

#[test]
fn a_missing_include_hides_nothing_but_what_may_stand_in_it() {
    let text = |include: &str| {
        format!(
            "blueprint: v1\nname: notes\n{include}services:\n  api: {{ image: \"app:1\", helth: /x, needs: [db], environment: {{ A: \"${{db.url}}\", B: \"${{var.B}}\" }}, variables: [shop] }}\n  \
             one: {{ image: \"app:1\", needs: [two] }}\n  two: {{ image: \"app:1\", needs: [one], port: 70000 }}\n"
        )
    };
    let rest = ["unknown-key helth", "dependency-cycle two", "invalid-port"];
    let found_in = |files: &[(&str, &str)]| {
        let found = found(files);
        let told = |code: &&&str| found.iter().any(|one| one.starts_with(**code));
        assert_eq!(rest.iter().filter(told).count() + 1, found.len(), "{found:?}");
        found
    };
    let missing = text("include: [gone.yaml]\n");
    let found = found_in(&[("blueprint.yaml", &missing)]);
    assert!(found.contains(&"unreadable-file gone.yaml".to_owned()), "{found:?}");
    let faulty = found_in(&[("blueprint.yaml", &missing), ("gone.yaml", "services: { db: [")]);
    assert!(faulty.iter().any(|one| one.starts_with("syntax-error")), "{faulty:?}");
}

#[test]
fn what_follows_from_a_missing_include_is_not_told() {
    let text = "blueprint: v1\nname: notes\ninclude: [gone.yaml]\nservices:\n  \
                db: { uses: postgres@17, with: { password: \"${var.P}\", shared_buffers: 2Gi }, \
                databases: { kong: { password: \"${var.K}\" } } }\n  \
                api: { image: \"app:1.0\", networks: [back], environment: { POOL: \"${var.N}\" }, \
                needs: { db: { pool: \"${var.POOL} + ${var.M}\" } } }\n\
                networks: { front: {} }\nvariables: { main: { POOL: { type: integer, default: 3 } } }\n";
    assert_eq!(found(&[("blueprint.yaml", text)]), ["unreadable-file gone.yaml"]);
}

#[test]
fn ten_thousand_faults_are_all_found() {
    let mut sections = "services:\n".to_owned();
    for number in 0..5000 {
        sections.push_str(&format!("  s{number}: {{ image: \"app:1\", one: 1, two: 2 }}\n"));
    }
    assert_eq!(of(&sections).len(), 10_000);
}

/// The help that is given for what is found in a blueprint of these sections.
fn help(sections: &str) -> Vec<String> {
    let inputs = inputs(&format!("blueprint: v1\nname: notes\n{sections}"));
    let found = match compile(&inputs) {
        Ok(compiled) => compiled.remarks,
        Err(Failure::Invalid(found)) => found,
        Err(Failure::Broken(error)) => panic!("{error}"),
    };
    found.into_iter().flat_map(|one| one.help).collect()
}

#[test]
fn help_says_what_to_write() {
    let api = "services:\n  api: { image: \"app:1\", needs: [ex?], port: 8000";
    let in_api = |key: &str| help(&format!("{api}, {key} }}\nexternal: {{ ex: \"a.b:443\" }}\n"));
    assert_eq!(in_api("resources: { memory: 12 }"), ["write `12Mi`"]);
    assert_eq!(in_api("stop_grace: 12s"), ["write `stop: { grace: 30s }`"]);
    assert_eq!(in_api("health: ready"), ["write `/ready`"]);
    assert_eq!(in_api("volumes: { data: data }"), ["write `/data`"]);
    assert_eq!(
        in_api("environment: { A: \"${var.NOPE}\" }"),
        ["declare it in a group: `variables: { GROUP: { NOPE: … } }`"]
    );
    let external = |place: &str| help(&format!("{api} }}\nexternal: {{ ex: \"{place}\" }}\n"));
    assert_eq!(external("https://a.b/c"), ["write `a.b:443`"]);
    assert_eq!(external("http://a.b"), ["write `a.b:80`"]);
    assert_eq!(external("https://a.b:8443/c"), ["write `a.b:8443`"]);
    let beside = |more: &str| {
        let group = "variables: { shop: { N: 1 } }\n";
        let group = if more.contains("variables:") { "" } else { group };
        help(&format!(
            "services:\n  api: {{ image: \"app:1\", port: 8000, variables: [shop] }}\n{group}{more}\n"
        ))
    };
    assert_eq!(
        beside("environments: { one: { domain: \"Bad Domain!\" } }"),
        ["write it like `api.example.com`"]
    );
    assert_eq!(beside("environments: { one: { domain: Example.com } }"), ["write `example.com`"]);
    assert_eq!(beside("monitoring: { scrape: 15 }"), ["write `15s` for seconds"]);
    let group = beside("variables: { g: { A: 1 }, shop: { B: 1 } }");
    assert!(group[0].starts_with("write two letters or more"), "{group:?}");
    assert_eq!(
        beside("variables: { shop: { N: { type: integer, fixed: one } } }"),
        ["write a whole number, or declare another `type`"]
    );
    let patch = |patch: &str| {
        beside(&format!(
            "variables: {{ shop: {{ N: 1 }} }}\nroutes: {{ a.example.com: {{ /: api }} }}\nedge: {{ limit: 50r/s }}\npatches: {{ one: {{ {patch} }} }}"
        ))
    };
    assert_eq!(patch("file: nginx/production/nginx.conf, insert: x, at: http"), ["write `/http`"]);
    assert_eq!(
        patch("file: nginx/production/nginx.conf, insert: x"),
        [
            "say where in `nginx/production/nginx.conf`: its insertion points for `at:` are `/http`, `/main`"
        ]
    );
    assert_eq!(
        patch("file: nginx/production/nginx.conf, insert: x, at: /htp"),
        ["`nginx/production/nginx.conf` has no insertion point `/htp`; it has `/http`, `/main`"]
    );
    assert_eq!(
        patch("file: docker-compose.production.yml, merge: {}, at: /services/api/imag"),
        [
            "`docker-compose.production.yml` has nothing at `/services/api/imag`; did you mean `/services/api/image`?"
        ]
    );
    let [file] = patch("file: compose/production.yml, merge: {}").try_into().unwrap();
    assert!(file.contains("`docker-compose.production.yml`"), "{file}");
}

#[test]
fn a_short_port_is_called_what_it_was_written_as() {
    let inputs = inputs(
        "blueprint: v1\nname: notes\nservices: { api: { image: \"app:1\", port: \"${var.N}\" } }\n",
    );
    let Err(Failure::Invalid(found)) = compile(&inputs) else { panic!("it is valid") };
    assert_eq!(found[0].message, "`port` must be known when compiling");
}

#[test]
fn what_an_entry_lacks_is_not_the_blueprints() {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("catalog")).unwrap();
    fs::write(folder.path().join("catalog/mine.yaml"), "component: mine\n").unwrap();
    let blueprint = folder.path().join("blueprint.yaml");
    fs::write(&blueprint, "blueprint: v1\nname: notes\nservices: { own: { uses: mine } }\n")
        .unwrap();
    let project = Project::read(&blueprint, None).unwrap_or_else(|error| panic!("{error:?}"));
    let Err(Failure::Invalid(found)) = compile(&project.inputs) else { panic!("it is valid") };
    assert!(found.iter().all(|one| one.message.starts_with("the entry lacks `")), "{found:?}");
}

/// What is wrong with one backup hides nothing of another, and nothing is concluded from the faulty one itself.
#[test]
fn a_faulty_backup_does_not_hide_what_is_wrong_with_the_others() {
    let told = of(
        "services:\n  db: { uses: postgres@17 }\n  other: { uses: postgres@17 }\n  bus: { uses: nats }\n\
        images: { backup: \"example.com/backup:1.0.0\" }\nrecovery: { rpo: 1h }\nbackups:\n  \
        db: { schedule: \"0 2 * * 99\" }\n  bux: {}\n  bus: {}\n  other: { schedule: \"0 2 * * *\" }\n",
    );
    let told: Vec<&str> =
        told.iter().map(String::as_str).filter(|one| !one.starts_with("unnamed")).collect();
    assert_eq!(
        told,
        [
            "invalid-cron \"0 2 * * 99\"",
            "unknown-service bux",
            "unrestorable-backup bus",
            "missed-objective schedule"
        ]
    );
}
