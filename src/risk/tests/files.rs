//! What changes of Dockerfiles and of components' files do.

use super::*;

#[test]
fn a_dockerfile_restarts() {
    for path in ["docker/api.Dockerfile", "docker/api.Dockerfile.dockerignore"] {
        let found = risks(path, "FROM a:1\n", "FROM a:2\n");
        assert_eq!(found.len(), 1, "{found:?}");
        assert_says(&found, Effect::Restarts, "api", "built anew");
        assert_eq!(risks(path, "FROM a:1\n", "FROM a:1\n"), []);
        assert_eq!(files(&[(path, None, Some("FROM a:1\n"))]), []);
    }
}

#[test]
fn a_component_restarts() {
    let path = "alertmanager/production/alertmanager.yml";
    let found = risks(path, "route: { receiver: a }\n", "route: { receiver: b }\n");
    assert_eq!(found.len(), 1, "{found:?}");
    assert_says(&found, Effect::Restarts, "alertmanager", "alertmanager.yml`");
    assert_eq!(risks("alertmanager/elsewhere/a.yml", "a", "b"), []);
    assert_eq!(files(&[(path, None, Some("a"))]), []);
}

#[test]
fn what_is_kept_for_less_time_is_deleted() {
    let compose = |kept: &str| {
        format!(
            "services: {{ prometheus: {{ command: [--storage.tsdb.retention.time={kept}] }} }}\n"
        )
    };
    let path = "docker-compose.prod.yml";
    let found = risks(path, &compose("15d"), &compose("3d"));
    let says = "deletes metrics older than 3 days, in place of 15 days";
    assert_says(&found, Effect::LosesData, "prometheus", says);
    let longer = risks(path, &compose("3d"), &compose("15d"));
    assert!(longer.iter().all(|(effect, ..)| *effect == Effect::Restarts), "{longer:?}");

    let pods = |kept: &str| {
        format!(
            "kind: StatefulSet\nmetadata: {{ name: prometheus }}\nspec: {{ template: {{ spec: {{ containers: [{{ name: prometheus, args: [--storage.tsdb.retention.time={kept}] }}] }} }} }}\n"
        )
    };
    let path = "kubernetes/production/prometheus/statefulset-prometheus.yaml";
    let found = risks(path, &pods("15d"), &pods("12h"));
    assert_says(&found, Effect::LosesData, "prometheus", "deletes metrics older than 12 hours");

    let logs = "limits_config: { retention_period: 30d }\n";
    let found = risks("loki/production/loki.yaml", logs, &logs.replace("30d", "1d"));
    assert_says(&found, Effect::LosesData, "loki", "deletes logs older than 1 day, in place of 30");

    let job = "declare -gA BACKUP_KEEP=([daily]=604800 [weekly]=2419200)\n";
    let found = risks("backup/production/jobs/db.sh", job, &job.replace("604800", "172800"));
    let says = "deletes daily backups of `db` older than 2 days, in place of 7 days";
    assert_says(&found, Effect::LosesData, "backup", says);
    assert!(!format!("{found:?}").contains("weekly"), "{found:?}");
}

#[test]
fn who_is_not_told_any_more_is_named() {
    let old = "
route:
  receiver: nobody
  routes:
    - { matchers: ['severity=\"critical\"'], receiver: pager, continue: true }
    - { matchers: ['severity=\"critical\"'], receiver: chat, continue: true }
    - { matchers: ['severity=\"high\"', 'team=\"db\"'], receiver: chat, continue: true }
receivers:
  - { name: pager, pagerduty_configs: [{ routing_key_file: /k }] }
  - { name: chat, slack_configs: [{ channel: '#a' }] }
";
    let edit = |from: &str| {
        assert!(old.contains(from), "{from}");
        risks("alertmanager/production/alertmanager.yml", old, &old.replace(from, ""))
    };
    let pager = "    - { matchers: ['severity=\"critical\"'], receiver: pager, continue: true }\n";
    let found = edit(pager);
    let service = "alertmanager";
    assert_says(&found, Effect::Loosens, service, "nobody is paged any more for critical alerts");
    assert_says(&found, Effect::Loosens, service, "`pager` is not told any more of critical");
    let chat = "    - { matchers: ['severity=\"high\"', 'team=\"db\"'], receiver: chat, continue: true }\n";
    let found = edit(chat);
    assert_says(&found, Effect::Loosens, service, "nobody is told any more of alerts with `sev");
    assert!(!format!("{found:?}").contains("paged"), "{found:?}");
}

#[test]
fn who_is_not_told_any_more_is_named_in_the_operators_form_too() {
    let old = "
kind: AlertmanagerConfig
metadata: { name: shop, namespace: shop-production }
spec:
  route:
    receiver: nobody
    routes:
      - { matchers: [{ name: severity, matchType: '=', value: critical }], receiver: pager, continue: true }
      - { matchers: [{ name: severity, matchType: '=', value: critical }], receiver: chat, continue: true }
      - { matchers: [{ name: severity, matchType: '=', value: high }, { name: team, matchType: '=', value: db }], receiver: chat }
  receivers:
    - { name: pager, pagerdutyConfigs: [{ routingKey: { name: shop-env, key: K } }] }
    - { name: chat, slackConfigs: [{ channel: '#a' }] }
";
    let path = "kubernetes/production/alertmanager/alertmanagerconfig-shop.yaml";
    let line = |has: &str| old.lines().find(|line| line.contains(has)).unwrap().to_owned() + "\n";
    let (service, edit) = ("alertmanager", |from: &str| risks(path, old, &old.replace(from, "")));
    let found = edit(&line("receiver: pager"));
    assert_says(&found, Effect::Loosens, service, "nobody is paged any more for critical alerts");
    assert_says(&found, Effect::Loosens, service, "`pager` is not told any more of critical");
    let found = edit(&line("value: db"));
    let says = "nobody is told any more of alerts with `severity=\"high\"`, `team=\"db\"`";
    assert_says(&found, Effect::Loosens, service, says);
    assert!(!format!("{found:?}").contains("paged"), "{found:?}");
    // A receiver that pages no longer, and the whole object.
    let found = edit(&line("pagerdutyConfigs"));
    assert_says(&found, Effect::Loosens, service, "nobody is paged any more for critical alerts");
    let found = files(&[(path, Some(old), None)]);
    assert_says(&found, Effect::Loosens, service, "nobody is told any more of critical alerts");
    assert_eq!(risks(path, old, &old.replace("#a", "#b")), []);
}
