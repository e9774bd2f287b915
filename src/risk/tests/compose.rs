//! What changes of compose files do.

use super::*;

const OLD: &str = "
name: shop
services:
  db:
    image: postgres:16.3
    user: '999:999'
    read_only: true
    cap_drop: [ALL]
    security_opt: ['no-new-privileges:true']
    ports: ['127.0.0.1:5432:5432']
    healthcheck: { test: [CMD, 'true'] }
    volumes: [{ type: volume, source: db-data, target: /data }]
    deploy: { resources: { limits: { memory: 512M, cpus: '0.5', pids: 100 } } }
    depends_on: { api: { condition: service_started } }
  api: { image: 'api:1' }
networks: { main: { driver: bridge, internal: true } }
volumes: { db-data: {} }
";

fn edit(from: &str, to: &str) -> Vec<(Effect, String, String)> {
    assert!(OLD.contains(from));
    risks("docker-compose.prod.yml", OLD, &OLD.replace(from, to))
}

#[test]
fn restarts() {
    let found = edit("image: postgres:16.3", "image: postgres:16.4");
    assert_eq!(found.len(), 1, "{found:?}");
    assert_says(&found, Effect::Restarts, "db", "`image`");
    assert_eq!(edit("service_started", "service_healthy"), []);
    assert_eq!(edit("postgres:16.3", "postgres:16.3"), []);
}

#[test]
fn recreates() {
    let found = edit("driver: bridge", "driver: overlay");
    assert_says(&found, Effect::Recreates, "", "`main` is made again");
}

#[test]
fn stops() {
    assert_says(&edit("  api: { image: 'api:1' }\n", ""), Effect::Stops, "api", "not run");
}

#[test]
fn loses_data() {
    assert_says(&edit("postgres:16.3", "postgres:17.0"), Effect::LosesData, "db", "16 to 17");
    let found = risks("docker-compose.prod.yml", OLD, &OLD.replace("db-data", "db-files"));
    assert_says(&found, Effect::LosesData, "db", "`db-data` is left behind");
    assert_says(&found, Effect::LosesData, "db", "`/data` is on `db-files`");
    assert_says(&edit("name: shop", "name: store"), Effect::LosesData, "", "`store`");
}

#[test]
fn exposes() {
    assert_says(&edit("127.0.0.1:5432", "5432"), Effect::Exposes, "db", "`5432:5432`");
    let own = edit("127.0.0.1:5432", "127.0.0.1:5433");
    assert!(own.iter().all(|(effect, ..)| *effect != Effect::Exposes), "{own:?}");
    assert_says(&edit("internal: true", "internal: false"), Effect::Exposes, "", "way out");
    let found = edit("networks:", "  new: { image: 'x:1', ports: ['80:80'] }\nnetworks:");
    assert_says(&found, Effect::Exposes, "new", "`80:80`");
}

#[test]
fn loosens() {
    for (from, to, says) in [
        ("memory: 512M", "memory: 1G", "memory goes from 512M to 1G"),
        ("pids: 100", "pids: 200", "processes"),
        (", pids: 100", "", "no limit of processes"),
        ("read_only: true", "read_only: false", "root file system"),
        ("[ALL]", "[]", "does not drop the capability `ALL`"),
        ("cap_drop", "cap_add: [NET_ADMIN]\n    cap_drop", "gets the capability `NET_ADMIN`"),
        ("'no-new-privileges:true'", "", "no-new-privileges"),
        ("'999:999'", "'0'", "runs as root"),
        ("user", "privileged: true\n    user", "privileged"),
        ("user", "pid: host\n    user", "host's `pid`"),
        ("    healthcheck: { test: [CMD, 'true'] }\n", "", "health"),
        ("[{ type", "[{ type: bind, source: /etc, target: /x }, { type", "host's `/etc`"),
    ] {
        assert_says(&edit(from, to), Effect::Loosens, "db", says);
    }
    let stricter = edit("memory: 512M", "memory: 256M");
    assert!(stricter.iter().all(|(effect, ..)| *effect != Effect::Loosens), "{stricter:?}");
}

#[test]
fn where_nothing_ran_nothing_is_at_risk() {
    assert_eq!(files(&[("docker-compose.prod.yml", None, Some(OLD))]), []);
    assert_eq!(risks("docker-compose.prod.yml", "a: [", OLD), []);
}
