//! Tries what a name decides where the order of keys decides nothing.

use crate::compiled::{tree, yaml};
use crate::harness::Folder;

/// Those who name no port talk to `http`; without one, to the first by name.
#[test]
fn the_main_port_is_http() {
    for (ports, main) in [
        ("{ admin: 9000, http: 8080 }", "http://api:8080"),
        ("{ http: 8080, admin: 9000 }", "http://api:8080"),
        ("{ metrics: 9090, grpc: 50051 }", "http://api:50051"),
    ] {
        let tree = tree(&format!(
            "blueprint: v1\nname: shop\nservices:\n  api: {{ image: \"ghcr.io/example/api:1.4.2\", ports: {ports}, \
             health: /health }}\n  web:\n    image: \"ghcr.io/example/web:1.4.2\"\n    needs: [api]\n    \
             environment: {{ API: \"http://api:${{api.port}}\" }}\n"
        ));
        let compose = yaml(&tree, "docker-compose.production.yml");
        assert_eq!(compose["services"]["web"]["environment"]["API"], main, "{ports}");
        let test = compose["services"]["api"]["healthcheck"]["test"].to_string();
        assert!(test.contains(main.rsplit(':').next().unwrap()), "{test}");
    }
}

/// Those who name no network join `main`.
#[test]
fn the_network_of_all_is_main() {
    let tree = tree(
        "blueprint: v1\nname: shop\nservices:\n  api: { image: \"ghcr.io/example/api:1.4.2\", needs: [db] }\n  \
         db: { uses: postgres@17, networks: [data, main] }\nnetworks: { data: { internal: true }, main: {} }\n",
    );
    let compose = yaml(&tree, "docker-compose.production.yml");
    let joined = |service: &str| -> Vec<String> {
        let networks = compose["services"][service]["networks"].as_object().unwrap();
        networks.keys().cloned().collect()
    };
    assert_eq!(joined("api"), ["main"]);
    assert_eq!(joined("db"), ["data", "main"]);
}

/// What is added where every service names its networks names its own: a data store those without a way out.
#[test]
fn what_is_added_names_its_networks() {
    let folder = Folder::with(
        "blueprint: v1\nname: shop\nservices:\n  api:\n    image: ghcr.io/example/api:1.4.2\n    \
                networks: [web, data]\nexternal:\n  mail: smtp.example.com:587\n\
                networks:\n  data: { internal: true }\n  web:\n",
    );
    for words in [
        ["add", "component", "cache", "--uses", "redis@8", "--for", "api"].as_slice(),
        ["add", "service", "worker", "--stack", "node", "--to", "cache", "--to", "mail"].as_slice(),
    ] {
        folder.run(words).exits(0);
    }
    let added: serde_json::Value = serde_yaml::from_str(&folder.read("blueprint.yaml")).unwrap();
    assert_eq!(added["services"]["cache"]["networks"], serde_json::json!(["data"]));
    assert_eq!(added["services"]["worker"]["networks"], serde_json::json!(["data", "web"]));
}

/// It shares one with each that talks to it, in the environment that has several.
#[test]
fn what_is_added_shares_a_network_with_each_of_its_users() {
    let folder = Folder::with(
        "blueprint: v1\nname: shop\nenvironments:\n  production: {}\n  staging:\n    tier: staging\n    host: staging\n    \
         override: { networks: { front: {}, data: { internal: true }, spare: { internal: true } } }\nservices:\n  api:\n    \
         image: ghcr.io/example/api:1.4.2\n  web:\n    image: ghcr.io/example/web:1.4.2\n",
    );
    let refused = folder.run(&["validate"]);
    assert!(refused.stderr.contains("`api` names no network"), "{refused:?}");
    let folder = Folder::with(
        "blueprint: v1\nname: shop\nservices:\n  api:\n    image: ghcr.io/example/api:1.4.2\n    networks: [front, data]\n  \
         web:\n    image: ghcr.io/example/web:1.4.2\n    networks: [front]\n\
         networks: { front: {}, data: { internal: true }, spare: { internal: true } }\n",
    );
    folder
        .run(&["add", "component", "queue", "--uses", "rabbitmq", "--for", "api", "--for", "web"])
        .exits(0);
    folder.run(&["add", "component", "cache", "--uses", "redis"]).exits(0);
    let added: serde_json::Value = serde_yaml::from_str(&folder.read("blueprint.yaml")).unwrap();
    assert_eq!(added["services"]["queue"]["networks"], serde_json::json!(["data", "front"]));
    assert_eq!(added["services"]["cache"]["networks"], serde_json::json!(["data"]));
}
