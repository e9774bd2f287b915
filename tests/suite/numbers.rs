//! Sets parameters of components and amounts of memory, and shows that they hold together.

use crate::compiled::{codes, tree, with_entry, yaml};

const SILENT: [&str; 0] = [];

fn services(text: &str) -> String {
    format!("blueprint: v1\nname: shop\nservices:\n{text}")
}

fn api(with: &str) -> Vec<String> {
    codes(&services(&format!(
        "  api: {{ image: \"ghcr.io/example/api:1.0.0\", build: {{ context: api, stack: fastapi@3.13, with: {{ {with} }} }} }}\n"
    )))
}

fn db(with: &str) -> Vec<String> {
    codes(&services(&format!("  db: {{ uses: postgres@17, with: {{ {with} }} }}\n")))
}

#[test]
fn parameters_take_values_of_their_type() {
    for good in ["packages: curl libpq5", "requirements: deploy/r.txt", "workers: 4"] {
        assert_eq!(api(good), SILENT, "{good}");
    }
    for bad in [
        "packages: \"curl\\nRUN id\"",
        "packages: \"curl; id\"",
        "packages: --allow-downgrades",
        "requirements: \"r.txt; id\"",
        "requirements: \"../r.txt\"",
        "workers: \"4; id\"",
        "workers: 0",
        "module: \"app\\n:app\"",
    ] {
        assert_eq!(api(bad), ["error invalid-value"], "{bad}");
    }
    for good in ["max_connections: 200", "slow_statement: 500ms", "slow_statement: -1"] {
        assert_eq!(db(good), SILENT, "{good}");
    }
    assert_eq!(db("max_connections: \"-5; evil\""), ["error invalid-value"]);
    assert_eq!(db("user: \"a b\""), ["error invalid-value"]);
    assert_eq!(db("shared_buffers: 256MB"), ["error invalid-quantity"]);
    assert_eq!(db("slow_statement: 10"), ["error invalid-duration"]);
}

#[test]
fn a_number_may_be_the_operators_where_its_type_is_declared() {
    let workers = |variable: &str| {
        codes(&format!(
            "{}variables: {{ api: {{ WORKERS: {{ {variable} }} }} }}\n",
            services(
                "  api:\n    image: ghcr.io/example/api:1.0.0\n    build: { context: api, stack: fastapi@3.13, with: { workers: \"${var.WORKERS}\" } }\n    variables: [api]\n"
            )
        ))
    };
    assert_eq!(workers("type: integer, default: 4"), SILENT);
    assert_eq!(workers("fixed: 4"), SILENT);
    assert_eq!(workers("fixed: many"), ["error invalid-value"]);
    assert_eq!(workers("default: 4"), ["error invalid-value"]);
}

#[test]
fn what_must_be_known_when_compiling_takes_no_variable() {
    let found = codes(&format!(
        "{}variables: {{ db: {{ BUFFERS: {{ default: 1Gi }} }} }}\n",
        services(
            "  db: { uses: postgres@17, variables: [db], with: { shared_buffers: \"${var.BUFFERS}\" } }\n"
        )
    ));
    assert_eq!(found, ["error run-time-reference"]);
}

#[test]
fn defaults_follow_the_memory_limit_in_every_environment() {
    let tree = tree(&services(
        "  db: { uses: postgres@17, resources: { memory: 1Gi..4Gi } }\n  cache: { uses: redis@8 }\nenvironments:\n  \
         production: { host: one }\n  staging: { tier: staging, resources: 50%, host: two }\n",
    ));
    let argument = |environment: &str, service: &str, fits: &dyn Fn(&str) -> bool| {
        let file = yaml(&tree, &format!("docker-compose.{environment}.yml"));
        let words = file["services"][service]["command"].as_array().unwrap().clone();
        words.iter().filter_map(|word| word.as_str()).find(|word| fits(word)).unwrap().to_owned()
    };
    let buffers = |word: &str| word.starts_with("shared_buffers");
    assert_eq!(argument("production", "db", &buffers), "shared_buffers=1024MB");
    let maxmemory = |word: &str| word.ends_with("mb");
    assert_eq!(argument("production", "cache", &maxmemory), "384mb");
    assert_eq!(argument("staging", "cache", &maxmemory), "192mb");
    let file = yaml(&tree, "docker-compose.production.yml");
    let tmpfs = file["services"]["db"]["tmpfs"].to_string();
    assert!(tmpfs.contains("/dev/shm:size=1g,"), "{tmpfs}");
}

#[test]
fn what_lies_in_memory_leaves_some_for_the_program() {
    let memory = |memory: &str, more: &str| {
        codes(&services(&format!(
            "  api: {{ image: \"api:1\", resources: {{ memory: {memory} }}{more} }}\n"
        )))
    };
    assert_eq!(memory("128Mi", ""), SILENT);
    assert_eq!(memory("64Mi", ""), SILENT);
    assert_eq!(memory("64Mi", ", tmpfs: { /work: 32Mi }"), SILENT);
    assert_eq!(memory("64Mi", ", tmpfs: { /work: 48Mi }"), ["error memory-overrun"]);
    assert_eq!(memory("64Mi", ", tmpfs: { /tmp: 64Mi }"), ["error memory-overrun"]);
    assert_eq!(memory("1Ki", ""), ["error memory-too-small"]);
    let scaled = codes(&services(
        "  db: { uses: postgres@17, resources: { memory: 32Mi } }\nwaivers: { memory-overrun: it is for tests }\n",
    ));
    assert_eq!(scaled, SILENT);
}

/// A database that takes 100, three of them kept, and an API with pools.
fn pools(pool: &str, more: &str) -> Vec<String> {
    codes(&format!(
        "{}variables:\n  database: {{ POOL: {{ type: integer, default: 20 }}, OVERFLOW: {{ type: integer, fixed: 10 }} }}\n",
        services(&format!(
            "  db: {{ uses: postgres@17 }}\n  api:\n    image: ghcr.io/example/api:1.0.0\n    needs: {{ db: {{ pool: {pool} }} }}\n    variables: [database]\n{more}"
        ))
    ))
}

#[test]
fn pools_fit_into_what_the_server_takes() {
    let too_large = ["error pool-too-large"];
    assert_eq!(pools("97", ""), SILENT);
    assert_eq!(pools("98", ""), too_large);
    let sum = "\"${var.POOL} + ${var.OVERFLOW}\"";
    assert_eq!(pools(sum, "    replicas: 3\n"), SILENT);
    assert_eq!(pools(sum, "    replicas: 4\n"), too_large);
    assert_eq!(pools(sum, "    autoscale: 1..4\n"), too_large);
    assert_eq!(
        pools(sum, "    replicas: 4\n    environment: { POOL: 1, OVERFLOW: 1 }\n"),
        SILENT,
        "what the service has in place of a variable"
    );
    let stack = "    build: { context: api, stack: fastapi@3.13, with: { workers: 4 } }\n";
    assert_eq!(pools("\"${var.POOL}\"", stack), SILENT);
    assert_eq!(pools(sum, stack), too_large);
    let worker =
        "    build: { context: api, stack: celery-worker@3.13, with: { concurrency: 10 } }\n";
    assert_eq!(pools("10", worker), too_large);
    let off = "    replicas: 9\n    profile: rarely\n";
    assert_eq!(pools(sum, off), SILENT, "what does not run here");
    let another =
        "  jobs: { image: \"ghcr.io/example/jobs:1.0.0\", needs: { db: { pool: 68 } } }\n";
    assert_eq!(pools(sum, another), too_large);
    assert_eq!(
        pools(
            sum,
            &format!("{another}waivers: {{ pool-too-large: {{ reason: never at once }} }}\n")
        ),
        SILENT
    );
    for bad in ["many", "-1", "\"${var.POOL}0\"", "\"1 +\"", "1.5"] {
        assert_eq!(pools(bad, ""), ["error invalid-value"], "{bad}");
    }
}

#[test]
fn an_entry_counts_by_numbers_that_it_has() {
    let entry = |key: &str| {
        let entry = format!(
            "component: own\nabout: x\nrole: cache\nimage: docker.io/example/sim\nversions: {{ \"1\": {{ tag: 1.0.0 }} }}\ndefault: \"1\"\nuser: 999:999\nresources: {{}}\nparameters: {{ most: {{ type: integer, default: 9 }}, name: {{ default: sim }} }}\n{key}\n"
        );
        let text = services(
            "  sim: { uses: own@1 }\n  api: { image: \"ghcr.io/example/api:1.0.0\", needs: { sim: { pool: 10 } } }\n",
        );
        with_entry(&text, &entry).map(drop).unwrap_err()
    };
    assert_eq!(entry("connections: { limit: most }"), ["error pool-too-large"]);
    for bad in ["connections: { limit: mots }", "connections: { limit: name }", "processes: name"] {
        assert_eq!(entry(bad)[0], "error invalid-value", "{bad}");
    }
}

#[test]
fn stores_set_memory_aside_as_their_limit_allows() {
    let compiled = |service: &str, limit: &str, with: &str| {
        let tree = tree(&services(&format!(
            "  store: {{ uses: {service}, resources: {{ memory: {limit} }}, with: {{ {with} }} }}\n"
        )));
        tree.iter().map(|(_, artifact)| artifact.text().to_owned()).collect::<String>()
    };
    for (service, limit, with, expected) in [
        ("mariadb@11.8", "1Gi", "", "--innodb-buffer-pool-size=409M"),
        ("mariadb@11.8", "2Gi", "buffer_pool: 1Gi", "--innodb-buffer-pool-size=1024M"),
        ("mongodb@8.0", "2Gi", "", "\"0.5\""),
        ("mongodb@8.0", "640Mi", "", "\"0.25\""),
        ("mongodb@8.0", "2Gi", "cache: 384Mi", "\"0.375\""),
        ("rabbitmq@4.3", "1Gi", "", "vm_memory_high_watermark.absolute = 409MiB"),
        ("rabbitmq@4.3", "1Gi", "", "disk_free_limit.absolute = 1024MiB"),
        ("nats@2.14", "512Mi", "max_memory: 128Mi", "128MB"),
        ("nats@2.14", "512Mi", "", "4096MB"),
        ("clickhouse", "4Gi", "", "mark_cache_size: 268435456"),
    ] {
        let text = compiled(service, limit, with);
        assert!(text.contains(expected), "{service}: {expected}");
    }
    let found = |service: &str, with: &str| {
        codes(&services(&format!("  store: {{ uses: {service}, with: {{ {with} }} }}\n")))
    };
    for (service, with, code) in [
        ("mariadb@11.8", "buffer_pool: 384M", "invalid-quantity"),
        ("mariadb@11.8", "buffer_pool: 2Gi", "memory-overrun"),
        ("mongodb@8.0", "cache: 128Mi", "invalid-value"),
        ("mongodb@8.0", "cache: 2Gi", "memory-overrun"),
        ("rabbitmq@4.3", "memory_watermark: 1Gi", "memory-overrun"),
        ("nats@2.14", "max_payload: 65Mi", "invalid-value"),
        ("nats@2.14", "max_memory: 512Mi", "memory-overrun"),
    ] {
        assert_eq!(found(service, with), [format!("error {code}")], "{service}: {with}");
    }
    assert_eq!(found("nats@2.14", "max_storage: 100Gi"), SILENT, "lies on disk");
}

#[test]
fn a_store_has_as_many_files_as_it_needs() {
    let tree = tree(&services("  store: { uses: clickhouse }\n"));
    let file = yaml(&tree, "docker-compose.production.yml");
    let nofile = &file["services"]["store"]["ulimits"]["nofile"];
    assert_eq!(nofile["soft"], 262_144);
    assert_eq!(nofile["hard"], 262_144);
}

#[test]
fn folders_are_paths_and_reach_the_dockerfile_whole() {
    let build = |stack: &str, folders: &str| {
        services(&format!(
            "  api: {{ image: \"ghcr.io/example/api:1.0.0\", port: 8000, build: {{ context: api, stack: {stack}, with: {{ folders: {folders} }} }} }}\n"
        ))
    };
    for (stack, copied) in [
        ("node@24", "COPY --from=builder [\"/app/web/a\", \"./web/a\"]"),
        ("rust", "COPY [\"web/a\", \"./web/a\"]"),
    ] {
        let tree = tree(&build(stack, "dist web/a"));
        let (_, file) =
            tree.iter().find(|(path, _)| path.to_string() == "docker/api.Dockerfile").unwrap();
        assert!(file.text().contains(copied), "{}", file.text());
        for bad in ["\"dist; id\"", "\"../secrets\"", "\"a\\nRUN id\"", "\"*\"", "/etc"] {
            assert!(codes(&build(stack, bad))[0].starts_with("error invalid-"), "{stack}: {bad}");
        }
    }
}

#[test]
fn links_lead_to_the_port_that_people_reach() {
    let tree = tree(&format!(
        "{}environments:\n  production: {{ host: one }}\n  staging: {{ tier: staging, shift_ports: 1, host: two }}\n\
         monitoring: {{ scrape: 15s }}\n",
        services(
            "  grafana: { publish: 127.0.0.1:3001:3000 }\n  prometheus: { publish: 127.0.0.1:9090 }\n"
        )
    ));
    for (environment, dashboards, metrics, alerts) in
        [("production", 3001, 9090, 9093), ("staging", 3002, 9091, 9093)]
    {
        let file = yaml(&tree, &format!("docker-compose.{environment}.yml"));
        let services = &file["services"];
        let root = &services["grafana"]["environment"]["GF_SERVER_ROOT_URL"];
        assert_eq!(*root, format!("http://localhost:{dashboards}/"));
        let external = |service: &str, port: u16| {
            let words = services[service]["command"].to_string();
            assert!(words.contains(&format!("external-url=http://localhost:{port}/")), "{words}");
        };
        external("prometheus", metrics);
        external("alertmanager", alerts);
    }
}

#[test]
fn plain_settings_of_a_component_may_be_set_otherwise() {
    let grafana = |variable: &str| {
        codes(&format!(
            "{}monitoring: {{ scrape: 15s }}\n",
            services(&format!("  grafana: {{ environment: {{ {variable} }} }}\n"))
        ))
    };
    assert_eq!(grafana("GF_LOG_MODE: file"), SILENT);
    assert_eq!(grafana("GF_SERVER_ROOT_URL: \"http://a.example.com/\""), ["error variable-taken"]);
}

#[test]
fn an_entry_whose_parameters_contradict_themselves_is_refused() {
    let entry = |parameter: &str| {
        let entry = format!(
            "component: own\nabout: A component\nrole: application\nimage: docker.io/library/own\n\
             versions: {{ \"1\": {{ tag: 1.0.0 }} }}\ndefault: \"1\"\nuser: 10001:10001\n\
             resources: {{ memory: 128Mi..256Mi }}\nparameters: {{ size: {{ {parameter} }} }}\n"
        );
        with_entry(&services("  one: { uses: own@1 }\n"), &entry).err().unwrap_or_default()
    };
    assert_eq!(entry("type: memory, unit: MB, default: { share_of_memory: 50% }"), SILENT);
    for bad in [
        "default: { share_of_memory: 50% }",
        "type: integer, default: many",
        "type: choice",
        "type: memory, default: { share_of_memory: 50 }",
    ] {
        assert_eq!(entry(bad).len(), 1, "{bad}: {:?}", entry(bad));
    }
}

/// Text may hold anything, but not where an entry makes a URL of it.
#[test]
fn text_that_breaks_a_url_is_refused() {
    let entry = "component: own\nabout: A component\nrole: database\nimage: docker.io/library/own\n\
                 versions: { \"1\": { tag: 1.0.0 } }\ndefault: \"1\"\nuser: 10001:10001\nports: { own: 7000 }\n\
                 resources: { memory: 128Mi..256Mi }\nparameters: { user: { default: app } }\n\
                 offers: { url: \"own://${self.user}@${self.host}\" }\n";
    let named = |user: &str| {
        let text = services(&format!(
            "  db: {{ uses: own@1, with: {{ user: \"{user}\" }} }}\n  \
             api: {{ image: \"api:1\", needs: [db], environment: {{ DB: \"${{db.url}}\" }} }}\n"
        ));
        with_entry(&text, entry).err().unwrap_or_default()
    };
    assert_eq!(named("shop"), SILENT);
    assert_eq!(named("shop owner"), ["error invalid-value"]);
}
