//! Shows where rules stay silent: what their messages propose must mend what they found.

use std::fmt::Write as _;

use formwork::compile::{Failure, compile};
use formwork::diagnostic::Severity;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::support::inputs;

/// The codes that are found in a blueprint with these sections, each with its severity's first letter.
fn codes(sections: &str) -> Vec<String> {
    let found = match compile(&inputs(&format!("blueprint: v1\nname: shop\n{sections}"))) {
        Ok(compiled) => compiled.remarks,
        Err(Failure::Invalid(found)) => found,
        Err(Failure::Broken(error)) => panic!("{error}"),
    };
    let code = |severity: Severity, code| format!("{}:{code}", &severity.name()[..1]);
    found.iter().map(|one| code(one.severity, one.code)).collect()
}

const API: &str = "image: \"ghcr.io/example/api:1.4.2\"";

fn api(more: &str) -> Vec<String> {
    codes(&format!("services:\n  api: {{ {API}, port: 8000, {more} }}\n"))
}

const SILENT: [&str; 0] = [];

#[test]
fn an_optional_need_opens_a_circle() {
    let circle = |first: &str, second: &str| {
        codes(&format!(
            "services:\n  one: {{ {API}, needs: [\"{first}\"] }}\n  two: {{ {API}, needs: [\"{second}\"] }}\n"
        ))
    };
    assert_eq!(circle("two", "one"), ["e:dependency-cycle"]);
    assert_eq!(circle("two?", "one"), SILENT);
    assert_eq!(circle("two?", "one?"), SILENT);
}

#[test]
fn addresses_of_a_host_are_told_apart() {
    let publish = |first: &str, second: &str| {
        codes(&format!(
            "services:\n  one: {{ {API}, port: 80, publish: \"{first}\" }}\n  two: {{ {API}, port: 80, publish: \"{second}\" }}\n"
        ))
    };
    assert_eq!(publish("127.0.0.1:80", "127.0.0.2:80"), SILENT);
    assert_eq!(publish("127.0.0.1:80", "127.0.0.1:81"), SILENT);
    assert_eq!(publish("127.0.0.1:80", "127.0.0.1:80:80/udp"), SILENT);
    assert_eq!(publish("127.0.0.1:80", "0.0.0.0:80"), ["e:port-taken"]);
    assert_eq!(publish("[::]:80", "[::1]:80"), ["e:port-taken"]);
    assert_eq!(publish("0.0.0.0:80", "[::1]:80"), SILENT);
}

#[test]
fn environments_clash_on_one_host_only() {
    let two = |production: &str, staging: &str| {
        codes(&format!(
            "environments:\n  production: {{ {production} }}\n  staging: {{ tier: staging, {staging} }}\n\
             services:\n  api: {{ {API}, port: 8000, publish: 8000 }}\n"
        ))
    };
    assert_eq!(two("", ""), ["e:port-taken"]);
    assert_eq!(two("host: one", "host: one"), ["e:port-taken"]);
    assert_eq!(two("host: one", ""), SILENT);
    assert_eq!(two("host: one", "host: two"), SILENT);
    assert_eq!(two("", "shift_ports: 1"), SILENT);
}

#[test]
fn the_ports_of_the_edge_cannot_be_shifted() {
    let two = |staging: &str| {
        codes(&format!(
            "environments:\n  production:\n  staging: {{ tier: staging, {staging} }}\n\
             services:\n  api: {{ {API}, port: 8000 }}\nroutes: {{ shop.example.com: {{ /: api }} }}\nedge: {{ limit: 50r/s }}\n"
        ))
    };
    assert_eq!(two("shift_ports: 1"), ["e:port-taken"]);
    assert_eq!(two("host: two"), SILENT);
}

#[test]
fn a_waiver_silences_its_rule_for_its_services() {
    let root = |waiver: &str| {
        codes(&format!("services:\n  api: {{ {API}, user: 0 }}\nwaivers: {{ {waiver} }}\n"))
    };
    assert_eq!(root(""), ["e:root-user"]);
    assert_eq!(root("root-user: it was made for root"), SILENT);
    assert_eq!(root("root-user: { reason: it was made for root, services: [api] }"), SILENT);
    let other = "root-user: { reason: it was made for root, services: [web] }";
    assert_eq!(root(other), ["e:root-user", "w:unused-waiver", "e:unknown-service"]);
    assert_eq!(root("CL-0018: it was made for root"), ["e:root-user"]);
}

#[test]
fn a_floating_image_is_an_error_in_production_alone() {
    let image = |environments: &str, image: &str| {
        codes(&format!(
            "environments: {{ {environments} }}\nservices:\n  api: {{ image: \"{image}\" }}\n"
        ))
    };
    let staging = "staging: { tier: staging }";
    assert_eq!(image("production: {}", "app:latest"), ["e:image-latest"]);
    assert_eq!(image(staging, "app"), ["w:image-latest"]);
    assert_eq!(image(&format!("production: {{}}, {staging}"), "app"), ["e:image-latest"]);
    assert_eq!(image("production: {}", "app:1"), SILENT);
    let digest = format!("app@sha256:{}", "0".repeat(64));
    assert_eq!(image("production: {}", &digest), SILENT);
}

#[test]
fn replicas_share_what_is_shared() {
    let volumes = |volumes: &str| {
        codes(&format!(
            "services:\n  api: {{ {API}, replicas: 2, volumes: {{ uploads: /uploads }} }}\nvolumes: {{ {volumes} }}\n"
        ))
    };
    assert_eq!(volumes(""), ["e:impossible-replicas"]);
    assert_eq!(volumes("uploads: { shared: true }"), SILENT);
    assert_eq!(api("autoscale: 2..5"), SILENT);
    assert_eq!(api("autoscale: 2..5, publish: 8000"), ["e:impossible-replicas"]);
    assert_eq!(api("replicas: 1, publish: 8000"), SILENT);
}

#[test]
fn a_need_under_a_profile_is_fine_where_the_profile_is_on() {
    let need = |environments: &str, needs: &str, more: &str| {
        codes(&format!(
            "environments: {{ production: {{ {environments} }} }}\nservices:\n  redis: {{ uses: redis@8, profile: cache }}\n  \
             api: {{ {API}, needs: [\"{needs}\"], {more} }}\n"
        ))
    };
    assert_eq!(need("", "redis", ""), ["e:need-under-profile"]);
    assert_eq!(need("", "redis?", ""), SILENT);
    assert_eq!(need("", "redis", "profile: cache"), SILENT);
    assert_eq!(need("profiles: [cache]", "redis", ""), SILENT);
}

#[test]
fn networks_carry_what_is_needed() {
    let networks = |of_db: &str, of_api: &str| {
        codes(&format!(
            "services:\n  db: {{ uses: postgres@17, networks: [{of_db}] }}\n  \
             api: {{ {API}, port: 8000, publish: 8000, needs: [db, mail], networks: [{of_api}] }}\n\
             networks: {{ web: , data: {{ internal: true }} }}\nexternal: {{ mail: \"smtp.example.com:587\" }}\n"
        ))
    };
    assert_eq!(networks("data", "web, data"), SILENT);
    assert_eq!(networks("data", "web"), ["e:no-shared-network"]);
    assert_eq!(networks("data", "data"), ["e:publish-on-internal-network", "e:no-way-out"]);
}

#[test]
fn a_data_store_may_be_published_on_the_host_itself() {
    let publish = |place: &str| {
        codes(&format!("services:\n  db: {{ uses: postgres@17, publish: \"{place}\" }}\n"))
    };
    for place in ["5432", "127.0.0.1:5432", "127.0.0.2:5432", "[::1]:5432"] {
        assert_eq!(publish(place), SILENT, "{place}");
    }
    for place in ["0.0.0.0:5432", "10.0.0.1:5432", "[::]:5432"] {
        assert_eq!(publish(place), ["e:exposed-data-store"], "{place}");
    }
}

#[test]
fn numbers_that_keep_their_form_pass() {
    let number = |number: &str| api(&format!("environment: {{ NUMBER: {number} }}"));
    for kept in ["0", "1", "-5", "8000", "1.5", "\"1.20\"", "true", "1.2.3", "08", "0x1g"] {
        assert_eq!(number(kept), SILENT, "{kept}");
    }
    for retyped in ["1.20", "1e3", "0x10", "+1", ".5"] {
        assert_eq!(number(retyped), ["w:retyped-number"], "{retyped}");
    }
}

#[test]
fn everything_wrong_in_any_environment_is_told_at_once() {
    let found = codes(&format!(
        "environments:\n  production: {{ host: one }}\n  staging: {{ tier: staging, host: two, override: {{ services: {{ api: {{ user: 0 }} }} }} }}\n\
         services:\n  api: {{ {API}, max_unavailable: 0 }}\n"
    ));
    assert_eq!(found, ["e:root-user", "e:blocking-disruption-budget"]);
}

#[test]
fn paths_within_others_and_a_volume_at_tmp_are_fine() {
    let mounts = |volumes: &str, tmpfs: &str| {
        api(&format!("volumes: {{ {volumes} }}, tmpfs: {{ {tmpfs} }}"))
    };
    assert_eq!(mounts("one: /data, two: /data/cache", "/data/tmp: 16Mi"), SILENT);
    assert_eq!(mounts("one: /tmp", ""), SILENT);
    assert_eq!(mounts("one: /tmp", "/tmp: 16Mi"), ["e:mount-taken"]);
}

#[test]
fn a_system_has_a_namespace_of_its_own() {
    let namespace = |name: &str| {
        codes(&format!("services:\n  api: {{ {API} }}\nkubernetes: {{ namespace: {name} }}\n"))
    };
    for taken in ["default", "kube-system", "kube-public", "kube-anything"] {
        assert_eq!(namespace(taken), ["e:reserved-namespace"], "{taken}");
    }
    assert_eq!(namespace("kubes"), SILENT);
}

#[test]
fn an_image_fits_its_component_as_far_as_can_be_told() {
    let image = |image: &str| {
        codes(&format!("services:\n  db: {{ uses: postgres@17, image: \"{image}\" }}\n"))
    };
    for fits in ["postgres:17", "postgres:17.6", "mirror.example.com/hub/postgres:17.6-bookworm"] {
        assert_eq!(image(fits), SILENT, "{fits}");
    }
    for other in ["postgres:16.3", "postgres:18.0-alpine", "mysql:8.0", "bitnami/postgresql:17"] {
        assert_eq!(image(other), ["e:other-image"], "{other}");
    }
}

#[test]
fn a_route_follows_the_profiles_of_the_environment() {
    let route = |environment: &str| {
        codes(&format!(
            "environments: {{ production: {{ {environment} }} }}\nservices:\n  \
             api: {{ {API}, port: 8000, profile: tools }}\nroutes: {{ shop.example.com: {{ /: api }} }}\nedge: {{ limit: 50r/s }}\n"
        ))
    };
    assert_eq!(route(""), ["w:route-under-profile"]);
    assert_eq!(route("profiles: [tools]"), SILENT);
}

#[test]
fn the_hosts_own_port_and_data_stores_by_their_image_are_found() {
    let publish = |image: &str, place: &str| {
        codes(&format!(
            "services:\n  one: {{ image: \"{image}\", port: 5432, publish: \"{place}\" }}\n"
        ))
    };
    for place in ["0.0.0.0:22:3000", "127.0.0.1:22:3000"] {
        let own = format!(
            "services:\n  one: {{ image: \"ghcr.io/example/git:1.4.2\", port: 3000, publish: \"{place}\" }}\n"
        );
        assert_eq!(codes(&own), ["e:host-port-taken"]);
    }
    assert_eq!(publish("postgres:17.6", "0.0.0.0:5432"), ["e:exposed-data-store"]);
    assert_eq!(publish("postgres:17.6", "127.0.0.1:5432"), SILENT);
}

#[test]
fn a_patch_that_loosens_needs_a_waiver() {
    let patch = |merge: &str, waiver: &str| {
        codes(&format!(
            "services:\n  api: {{ {API}, port: 8000 }}\npatches:\n  one: {{ file: docker-compose.*.yml, at: /services/api, merge: {{ {merge} }} }}\nwaivers: {{ {waiver} }}\n"
        ))
    };
    assert_eq!(patch("privileged: true", ""), ["e:loosening-patch"]);
    assert_eq!(patch("ports: [\"0.0.0.0:80:8000\"]", ""), ["e:loosening-patch"]);
    assert_eq!(patch("labels: { a: b }", ""), SILENT);
    let reason = "it drives the hardware of its host";
    let waiver =
        |service: &str| format!("loosening-patch: {{ reason: {reason}, services: [{service}] }}");
    assert_eq!(patch("privileged: true", &waiver("api")), SILENT);
    assert_eq!(patch("privileged: true", &format!("loosening-patch: {reason}")), SILENT);
    assert_eq!(patch("read_only: { a: b }", &waiver("api")), ["e:patch-breaks-shape"]);
}

#[test]
fn an_external_in_a_private_network_names_it() {
    let external = |external: &str| {
        codes(&format!(
            "services:\n  api: {{ {API}, needs: [erp] }}\nexternal: {{ erp: {external} }}\n"
        ))
    };
    for open in [
        "erp.example.com",
        "10.0.0.5:587",
        "\"[fd00::7]:443\"",
        "{ host: fd00::7 }",
        "{ host: erp.internal, cidr: 10.0.0.0/24 }",
        "{ host: 10.0.0.5, cidr: 10.0.0.0/24 }",
    ] {
        assert_eq!(external(open), SILENT, "{open}");
    }
    for shut in ["erp.internal", "erp.corp.local:443", "erp"] {
        assert_eq!(external(shut), ["w:private-external"], "{shut}");
    }
    assert_eq!(external("{ host: 10.0.0.5, cidr: 10.1.0.0/24 }"), ["e:private-external"]);
}

#[test]
fn an_image_that_is_built_has_a_name() {
    let build = |more: &str| {
        codes(&format!(
            "services:\n  api: {{ build: {{ context: ../api, stack: fastapi@3.13 }}, port: 8000, health: /health{more} }}\n"
        ))
    };
    assert_eq!(build(""), ["w:unnamed-image"]);
    assert_eq!(build(", image: \"ghcr.io/example/api:1.4.2\""), SILENT);
}

#[test]
fn a_volume_has_one_user_and_no_component() {
    let volumes = |of_worker: &str, name: &str| {
        codes(&format!(
            "services:\n  db: {{ uses: postgres@17 }}\n  api: {{ {API}, volumes: {{ {name}: /d }} }}\n  \
             worker: {{ {API}, {of_worker} }}\nvolumes: {{ {name}: {{ shared: true }} }}\n"
        ))
    };
    assert_eq!(volumes("volumes: { files: /d }", "files"), SILENT);
    assert_eq!(volumes("user: 1000, volumes: { files: /d }", "files"), ["e:shared-volume-users"]);
    let read = "user: 1000, volumes: { files: { path: /d, read_only: true } }";
    assert_eq!(volumes(read, "files"), SILENT);
    assert_eq!(volumes("", "db-data"), ["e:name-taken"]);
    // Nothing here brings a volume of that name along.
    assert_eq!(volumes("", "certificates"), SILENT);
}

#[test]
fn paths_that_differ_in_more_than_a_slash_are_two_routes() {
    let routes = |routes: &str| {
        codes(&format!(
            "services:\n  api: {{ {API}, port: 8000 }}\nedge: {{ limit: 50r/s }}\nroutes:\n  a.example.com: {{ {routes} }}\n  b.example.com: {{ /x: api }}\n"
        ))
    };
    assert_eq!(routes("/: api, /x: api, /x/y: api, /xx/: api"), SILENT);
    assert_eq!(routes("/x/: api, /x: api"), ["e:duplicate-route"]);
}

#[test]
fn a_component_takes_a_secret_of_its_kind() {
    let password = |with: &str, variables: &str| {
        codes(&format!(
            "services:\n  db: {{ uses: postgres@17, {with} }}\n  api: {{ {API}, variables: [all] }}\n\
             variables: {{ all: {{ {variables} }} }}\n"
        ))
    };
    let bound = |variable: &str| password("with: { password: \"${var.PW}\" }", variable);
    assert_eq!(bound("PW: { secret: true, min_length: 12 }"), SILENT);
    assert_eq!(bound("PW: \"${var.SET}\", SET: { secret: true, min_length: 20 }"), SILENT);
    for weak in ["min_length: 12", "secret: true", "secret: true, min_length: 12, optional: true"] {
        assert_eq!(bound(&format!("PW: {{ {weak} }}")), ["e:weak-secret"], "{weak}");
    }
    let declared = "DB_PASSWORD: { secret: true, min_length: 12 }";
    assert_eq!(password("", declared), ["e:name-taken"]);
    assert_eq!(password("with: { password: \"${var.DB_PASSWORD}\" }", declared), SILENT);
}

#[test]
fn credentials_must_not_stand_in_the_blueprint() {
    let own = |value: &str| api(&format!("environment: {{ {value} }}"));
    for literal in [
        "DB_PASSWORD: hunter2",
        "DB_PASSWORD: 12345678",
        "QUEUE_URL: \"amqp://guest:guest@queue.example.com:5672/\"",
        "STRIPE_API_KEY: sk_live_0123456789",
    ] {
        assert_eq!(own(literal), ["e:literal-secret"], "{literal}");
    }
    let waived = codes(&format!(
        "services:\n  api: {{ {API}, environment: {{ DB_PASSWORD: hunter2 }} }}\n\
         waivers: {{ literal-secret: a database of examples }}\n"
    ));
    assert_eq!(waived, SILENT);
}

#[test]
fn settings_that_only_sound_like_secrets_pass() {
    let settings = "STRIPE_PUBLISHABLE_KEY: pk_live_0123456789abcdef, PASSWORD_RESET_EXPIRY: 1h, \
                    FREE_MONTHLY_TOKEN_QUOTA: 100000, MAX_TOKENS_PER_REQUEST: 4096, ACCESS_TOKEN_EXPIRE_MINUTES: 30, \
                    JWT_EXPIRY: 15m, API_ALGORITHM: HS256, SSL_KEY_PATH: /etc/ssl/key.pem, \
                    RABBITMQ_ROUTING_KEY: user.created, REQUIRE_PASSWORD: true, PINECONE_ENVIRONMENT: us-west1-gcp, \
                    SENTRY_DSN: \"https://key@sentry.io/1\", SENTRY_ENVIRONMENT: production, DEBUG: false";
    assert_eq!(api(&format!("environment: {{ {settings} }}")), SILENT);
    let declared = codes(&format!(
        "services:\n  api: {{ {API}, variables: [all] }}\nvariables:\n  all: {{ {settings}, KONG_PG_PASSWORD: {{ secret: true }}, \
         CSRF_SECRET: {{ default: \"\" }} }}\n"
    ));
    assert_eq!(declared, SILENT);
}

#[test]
fn developers_settings_are_fine_elsewhere() {
    let debug = |environments: &str, value: &str| {
        codes(&format!(
            "environments: {{ {environments} }}\nservices:\n  api: {{ {API}, environment: {{ DEBUG: {value} }} }}\n"
        ))
    };
    assert_eq!(debug("production: {}", "true"), ["e:debug-in-production"]);
    assert_eq!(debug("production: {}", "false"), SILENT);
    assert_eq!(debug("staging: { tier: staging }", "true"), SILENT);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::with_cases(32) })]

    /// Optional needs alone never make a circle that anything stumbles over.
    #[test]
    fn optional_needs_always_start(edges in prop::collection::vec((0_usize..6, 0_usize..6), 0..16)) {
        let mut text = String::from("services:\n");
        for from in 0..6 {
            let mut needs: Vec<String> = edges
                .iter()
                .filter(|(one, other)| *one == from && other != one)
                .map(|(_, to)| format!("\"s{to}?\""))
                .collect();
            needs.sort();
            needs.dedup();
            writeln!(text, "  s{from}: {{ {API}, needs: [{}] }}", needs.join(", ")).unwrap();
        }
        prop_assert_eq!(codes(&text), SILENT);
    }
}

#[test]
fn a_route_of_production_has_a_limit_of_its_own_or_the_edges() {
    let route = |route: &str, rest: &str| {
        codes(&format!(
            "services:\n  api: {{ {API}, port: 8000 }}\nroutes: {{ shop.example.com: {{ /: {route} }} }}\n{rest}"
        ))
    };
    assert_eq!(route("api", ""), ["e:no-rate-limit"]);
    assert_eq!(route("api", "edge: { limit: 50r/s }\n"), SILENT);
    assert_eq!(route("{ to: api, limit: 5r/s }", ""), SILENT);
    assert_eq!(route("{ to: api, limit: { rate: 5r/s, by: authorization } }", ""), SILENT);
    let staging = "environments: { staging: { tier: staging } }\n";
    assert_eq!(route("api", staging), SILENT);
    assert_eq!(route("api", "waivers: { no-rate-limit: the content network does }\n"), SILENT);
}
