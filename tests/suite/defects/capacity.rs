//! D13 to D16 and D26: replicas, budgets, objects, backups and numbers that cannot be.

use super::{SHOP, beside, found, instead, patched};

fn code_of(found: &[String], code: &str) -> bool {
    found.iter().any(|one| one.split(' ').next() == Some(code))
}

#[test]
fn d13_replicas_that_cannot_exist_are_refused() {
    for keys in [
        "replicas: 2\n    publish: 8431",
        "replicas: 2\n    volumes: { uploads: /uploads }",
        "autoscale: 5..2",
    ] {
        let found = instead("port: 8431", &format!("port: 8431\n    {keys}"));
        assert!(code_of(&found, "impossible-replicas"), "{keys}: {found:?}");
    }
    for patch in [
        "file: docker-compose.prod.yml, at: /services/nginx, merge: { deploy: { replicas: 2 } }",
        "file: docker-compose.prod.yml, at: /services/api, merge: { scale: 2, container_name: api }",
        "file: kubernetes/*/api/deployment-api.yaml, at: /spec, merge: { replicas: 40 }",
        "file: kubernetes/*/db/statefulset-db.yaml, at: /spec, merge: { replicas: 2 }",
    ] {
        assert_eq!(patched(patch), ["patch-contradicts"], "{patch}");
    }
}

/// The system with two of its program, and a patch.
fn scaled(how: &str, patch: &str) -> Vec<String> {
    let text = SHOP.replace("port: 8431", &format!("port: 8431\n    {how}"));
    found(&[("blueprint.yaml", &format!("{text}patches: {{ change: {{ {patch} }} }}\n"))])
}

#[test]
fn d14_no_budget_blocks_every_drain() {
    let own = instead("port: 8431", "port: 8431\n    max_unavailable: 0");
    assert!(code_of(&own, "blocking-disruption-budget"), "{own:?}");
    for merge in [
        "{ maxUnavailable: 0 }",
        "{ maxUnavailable: null, minAvailable: \"100%\" }",
        "{ minAvailable: 2 }",
    ] {
        let patch = format!(
            "file: kubernetes/*/api/poddisruptionbudget-api.yaml, at: /spec, merge: {merge}"
        );
        assert!(code_of(&scaled("replicas: 2", &patch), "patch-contradicts"), "{merge}");
    }
}

#[test]
fn d15_an_object_is_written_once() {
    let limits = "apiVersion: v1\nkind: Service\nmetadata: { name: NAME, namespace: shop-production }\nspec: { type: ExternalName, externalName: example.com }\n";
    let template = |name: &str| {
        beside(
            "templates/kubernetes/{environment}/own/service.yaml.j2",
            &limits.replace("NAME", name),
        )
    };
    let twice = template("api");
    assert!(code_of(&twice, "object-taken"), "{twice:?}");
    assert!(!code_of(&template("other"), "object-taken"));
    let path = beside("templates/kubernetes/{environment}/api/service-api.yaml.j2", limits);
    assert_eq!(path, ["misplaced-template apiVersion: v1"]);
    let service = instead(
        "  db: {",
        "  api-metrics: { image: \"a:1.0.0\", port: 80 }\n  db-replicas: { image: \"a:1.0.0\", port: 80 }\n  db: {",
    );
    assert!(code_of(&service, "object-taken"), "{service:?}");
    let renamed = "file: kubernetes/*/api/service-api.yaml, at: /metadata, merge: { name: db }";
    assert!(patched(renamed).contains(&"object-taken".to_owned()));
}

#[test]
fn d16_a_backup_backs_up() {
    let backups = |section: &str| super::with(section);
    assert!(code_of(&backups("backups: { api: {} }\n"), "unrestorable-backup"));
    let late = "recovery: { rpo: 1h }\nbackups: { db: { schedule: \"0 2 * * *\" } }\n";
    assert!(code_of(&backups(late), "missed-objective"));
    assert!(code_of(
        &backups("backups: { db: { keep: 30d, weekly: 14d } }\n"),
        "contradicting-retention"
    ));
    assert!(code_of(&backups("backups: { db: { to: s3 } }\n"), "unknown-bucket"));
    let text = format!("{SHOP}backups: {{ db: {{ schedule: \"0 2 * * *\" }} }}\n");
    let job = "kubernetes/*/backup/cronjob-backup-db-daily.yaml";
    for patch in [
        format!("file: {job}, at: /spec, merge: {{ schedule: \"0 2 1 * *\" }}"),
        format!(
            "file: {job}, at: /spec/jobTemplate/spec/template/spec/volumes, merge: [{{ name: backup-data, emptyDir: {{}} }}]"
        ),
        "file: docker-compose.prod.yml, at: /services/db, merge: { volumes: [] }".to_owned(),
    ] {
        let patched = format!("{text}patches: {{ change: {{ {patch} }} }}\n");
        let found = found(&[("blueprint.yaml", &patched)]);
        assert!(code_of(&found, "patch-contradicts"), "{patch}: {found:?}");
    }
}

#[test]
fn d26_numbers_hold_together() {
    let pool = instead("needs: [db]", "needs: { db: { pool: 500 } }");
    assert!(code_of(&pool, "pool-too-large"), "{pool:?}");
    let memory = instead(
        "port: 8431",
        "port: 8431\n    resources: { memory: 128Mi }\n    tmpfs: { /work: 128Mi }",
    );
    assert!(code_of(&memory, "memory-overrun"), "{memory:?}");
    let most = "file: kubernetes/*/api/horizontalpodautoscaler-api.yaml, at: /spec, merge: { maxReplicas: 300 }";
    let found = scaled("autoscale: 2..3", most);
    assert!(code_of(&found, "patch-contradicts"), "{found:?}");
}
