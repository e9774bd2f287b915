//! D1 to D4: hosts, ports, paths and files that one place names and another does not have.

use super::{SHOP, beside, follows, found, instead, patched, with};

#[test]
fn d01_hosts_that_are_no_service_are_refused() {
    let environment = |value: &str| {
        instead("LOG_LEVEL: hushed", &format!("LOG_LEVEL: hushed, OTHER: \"{value}\""))
    };
    assert_eq!(environment("http://apii:8431"), ["dangling-reference \"http://apii:8431\""]);
    assert_eq!(environment("${apii.url}"), ["unknown-reference \"${apii.url}\""]);
    assert_eq!(instead("needs: [db]", "needs: [db, cache]"), ["unknown-service cache"]);
    assert_eq!(instead("to: api", "to: app"), ["unknown-service app"]);
    for patch in [
        "file: nginx/*/conf.d/*.conf, at: /server, insert: \"location /x { proxy_pass http://app; }\"",
        "file: nginx/*/conf.d/*.conf, at: /server, insert: \"location /x { proxy_pass http://app:80; }\"",
        "file: prometheus/*/prometheus.yml, at: /scrape_configs/0/static_configs, merge: [{ targets: [\"app:8431\"] }]",
        "file: prometheus/*/prometheus.yml, at: /alerting/alertmanagers/0, merge: { static_configs: [{ targets: [\"am:9093\"] }] }",
        "file: grafana/*/datasources/prometheus.yml, at: /datasources/0, merge: { url: \"http://prometheus-service:9090\" }",
        "file: docker-compose.prod.yml, at: /services, merge: { api: { depends_on: { cache: { condition: service_started } } } }",
        "file: kubernetes/*/_namespace/httproute-shop-example-com.yaml, at: /spec/rules/0, merge: { backendRefs: [{ name: api-service, port: 8431 }] }",
    ] {
        assert_eq!(patched(patch), ["dangling-reference"], "{patch}");
    }
}

#[test]
fn d01_a_service_that_others_name_cannot_be_taken_away() {
    let compose = "file: docker-compose.prod.yml, at: /services";
    assert_eq!(patched(&format!("{compose}, merge: {{ db: null }}")), ["dangling-reference"]);
    let exporter = patched(&format!("{compose}, merge: {{ db-exporter: null }}"));
    assert_eq!(exporter, ["dangling-reference"]);
    let service = "file: kubernetes/*/db/service-db.yaml, at: /metadata, merge: { name: database }";
    assert_eq!(patched(service), ["dangling-reference"]);
}

#[test]
fn d01_own_templates_and_entries_name_services() {
    let template = |host: &str| {
        beside(
            "templates/own/{environment}/agent.yml.j2",
            &format!("{{{{ header | comment }}}}\nserver: \"http://{host}\"\n"),
        )
    };
    assert_eq!(template("apii:8431"), ["dangling-reference server: \"http://apii:8431\""]);
    assert_eq!(template("api:8431"), [""; 0]);
    let entry = |host: &str| {
        let entry = format!(
            "component: relay\nabout: passes requests on\nrole: application\nimage: docker.io/example/relay\n\
             versions: {{ \"1\": {{ tag: \"1.0\" }} }}\ndefault: \"1\"\nuser: 1000:1000\nports: {{ http: 8080 }}\nresources: {{ cpu: 50m..250m, memory: 64Mi..256Mi, pids: 128 }}\n\
             mounts: {{ relay/relay.yaml: /etc/relay.yaml }}\nfiles:\n  relay.yaml:\n    yaml:\n      upstream: \"http://{host}\"\n"
        );
        let blueprint = SHOP.replace("  api:\n", "  relay: { uses: relay@1 }\n  api:\n");
        found(&[("blueprint.yaml", &blueprint), ("catalog/relay.yaml", &entry)])
    };
    assert_eq!(entry("apii:8431"), ["dangling-reference upstream: \"http://apii:8431\""]);
    assert_eq!(entry("api:8431"), [""; 0]);
}

#[test]
fn d01_the_name_of_a_service_follows() {
    let renamed = SHOP.replace("  api:\n", "  backend:\n").replace("to: api", "to: backend");
    let tree = super::tree(&renamed);
    let word = |text: &str| {
        text.split(|c: char| !c.is_alphanumeric() && c != '-' && c != '_').any(|word| word == "api")
    };
    for (path, artifact) in tree.iter() {
        // The image keeps its name.
        let text = artifact.text().replace("ghcr.io/example/api", "");
        let kept =
            text.lines().filter(|line| !line.contains("version:") && !line.contains("/api/"));
        let old: Vec<&str> = kept.filter(|line| word(line) && line.contains("api:8431")).collect();
        assert!(old.is_empty() && !path.as_str().contains("/api/"), "{path}: {old:?}");
    }
    let named = tree.iter().filter(|(_, artifact)| artifact.text().contains("backend:8431"));
    assert!(named.count() >= 3);
}

#[test]
fn d02_another_port_is_refused() {
    let database = "LOG_LEVEL: hushed, OTHER: \"postgres://db:5433/x\"";
    assert_eq!(
        instead("LOG_LEVEL: hushed", database),
        ["dangling-reference \"postgres://db:5433/x\""]
    );
    let reference =
        instead("LOG_LEVEL: hushed", "LOG_LEVEL: hushed, OTHER: \"http://${db.host}:80/\"");
    assert_eq!(reference, ["dangling-reference \"http://${db.host}:80/\""]);
    for patch in [
        "file: kubernetes/*/api/service-api.yaml, at: /spec/ports, merge: [{ name: http, port: 80, targetPort: http }]",
        "file: kubernetes/*/api/service-api.yaml, at: /spec/ports, merge: [{ name: http, port: 8431, targetPort: 80 }]",
        "file: kubernetes/*/api/deployment-api.yaml, at: /spec/template/spec/containers/0/ports, merge: [{ name: web, containerPort: 3000 }]",
        "file: prometheus/*/prometheus.yml, at: /scrape_configs/0/static_configs, merge: [{ targets: [\"api:3000\"] }]",
        "file: grafana/*/datasources/prometheus.yml, at: /datasources/0, merge: { url: \"http://prometheus:3000\" }",
        "file: kubernetes/*/db/networkpolicy-db.yaml, at: /spec, merge: { ingress: [{ ports: [{ port: 5433, protocol: TCP }] }] }",
    ] {
        assert!(patched(patch).contains(&"dangling-reference".to_owned()), "{patch}");
    }
}

#[test]
fn d02_a_port_follows_into_every_file() {
    assert!(follows("8431", "8532") >= 8);
}

#[test]
fn d03_paths_follow_into_every_file() {
    assert!(follows("/is-well", "/feels-fine") >= 3);
    assert!(follows("/measured", "/counted") >= 1);
}

#[test]
fn d03_a_path_for_one_target_alone_is_refused() {
    for patch in [
        "file: kubernetes/*/api/deployment-api.yaml, at: /spec/template/spec/containers/0/readinessProbe/httpGet, merge: { path: /health/ready }",
        "file: prometheus/*/prometheus.yml, at: /scrape_configs/0, merge: { metrics_path: /metrics }",
        "file: docker-compose.prod.yml, at: /services/db/healthcheck, merge: { test: [CMD, \"true\"] }",
    ] {
        let patch = patch.replace("scrape_configs/0", &job("api"));
        assert_eq!(patched(&patch), ["patch-contradicts"], "{patch}");
    }
}

/// Where a job stands in the server's configuration.
fn job(name: &str) -> String {
    let tree = super::tree(SHOP);
    let server = crate::compiled::yaml(&tree, "prometheus/production/prometheus.yml");
    let jobs = server["scrape_configs"].as_array().unwrap();
    format!("scrape_configs/{}", jobs.iter().position(|job| job["job_name"] == name).unwrap())
}

#[test]
fn d04_files_that_nothing_produces_are_refused() {
    for patch in [
        "file: docker-compose.prod.yml, at: /services/api, merge: { volumes: [\"./api/settings.yml:/etc/settings.yml:ro\"] }",
        "file: docker-compose.prod.yml, at: /services/api, merge: { env_file: api.env }",
        "file: docker-compose.prod.yml, at: /services/api, merge: { volumes: [{ type: volume, source: nowhere, target: /x }] }",
        "file: docker-compose.prod.yml, merge: { secrets: { token: { file: ./secrets/production/token } } }",
        "file: kubernetes/*/api/deployment-api.yaml, at: /spec/template/spec, merge: { volumes: [{ name: own, configMap: { name: own } }] }",
        "file: kubernetes/*/api/deployment-api.yaml, at: /spec/template/spec/containers/0, merge: { volumeMounts: [{ name: own, mountPath: /x }] }",
        "file: kubernetes/*/kustomization.yaml, merge: { components: [components/none] }",
        "file: nginx/*/conf.d/*.conf, at: /server, insert: include /etc/nginx/snippets/own.conf;",
        "file: nginx/*/conf.d/*.conf, at: /server, insert: auth_basic_user_file /etc/nginx/users;",
    ] {
        assert_eq!(patched(patch), ["dangling-reference"], "{patch}");
    }
    let listed = "file: nginx/*/conf.d/*.conf, at: /server, insert: \"location /x { include /etc/nginx/snippets/shared.conf; }\"";
    assert_eq!(patched(listed), [""; 0]);
    // What an image is built from is looked for on disk: `cli::what_an_image_is_built_from_is_looked_for`.
    assert!(with("volumes: { extra: }\n")[0].starts_with("unused-declaration"));
}
