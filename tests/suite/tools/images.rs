//! Says which tools images hold: those that are built here by their Dockerfile, others by what is stated of them.

use std::collections::{BTreeMap, BTreeSet};

use serde_yaml::Value;

use super::Files;

/// What packages of Debian hold.
const DEBIAN: &str = include_str!("debian.txt");

/// Of "Currently available applets" (busybox.net/downloads/BusyBox.html), those that the images of `BusyBox` and of
/// Alpine Linux have.
const BUSYBOX: &str = "ash awk basename bunzip2 bzip2 cat chgrp chmod chown chroot cksum clear cmp comm cp cut date dd df \
    diff dirname du echo env expand expr false find flock fold free fsync getopt grep gunzip gzip head hostname id \
    install kill killall less ln ls md5sum mkdir mkfifo mktemp mount mv nc nice nl nohup nproc od paste patch pgrep \
    pidof ping pkill printenv printf ps pwd readlink realpath rm rmdir sed seq setsid sh sha1sum sha256sum sha512sum \
    shuf sleep sort split stat stty sync tac tail tar tee test timeout top touch tr true tsort tty umount uname uniq \
    unzip uptime usleep vi wc wget which whoami xargs xxd yes zcat";

/// What an image is made from, and what it holds beside.
struct Stated {
    repository: &'static str,
    base: Base,
    more: &'static [&'static str],
}

#[derive(Clone, Copy)]
enum Base {
    /// Debian or Ubuntu, whose essential packages hold the same.
    Debian,
    BusyBox,
    /// Nothing but what is stated.
    Nothing,
}

/// The images that are not built here, as far as scripts run in them.
const STATED: &[Stated] = &[
    Stated { repository: "library/debian", base: Base::Debian, more: &[] },
    // docker-library/python:3.13/slim-trixie/Dockerfile; what a program of one's own brings is not known, but for Celery,
    // which the stacks that run it ask for.
    Stated {
        repository: "library/python",
        base: Base::Debian,
        more: &["python", "python3", "celery"],
    },
    Stated { repository: "library/busybox", base: Base::BusyBox, more: &[] },
    // docker-library/postgres:17/bookworm/Dockerfile: `PATH` ends with the folder of the server's programs.
    Stated { repository: "library/postgres", base: Base::Debian, more: POSTGRES },
    // redis/docker-library-redis:debian/Dockerfile.
    Stated {
        repository: "library/redis",
        base: Base::Debian,
        more: &["redis-server", "redis-cli", "redis-check-rdb", "docker-entrypoint.sh"],
    },
    // docker-library/mongo:8.0/Dockerfile.
    Stated {
        repository: "library/mongo",
        base: Base::Debian,
        more: &["mongod", "mongosh", "mongodump", "mongorestore", "docker-entrypoint.sh"],
    },
    // MariaDB/mariadb-docker:Dockerfile.template.
    Stated {
        repository: "library/mariadb",
        base: Base::Debian,
        more: &["mariadbd", "mariadb", "mariadb-admin", "healthcheck.sh", "docker-entrypoint.sh"],
    },
    // ClickHouse/ClickHouse:docker/server/Dockerfile.ubuntu, docker/server/entrypoint.sh.
    Stated {
        repository: "library/clickhouse",
        base: Base::Debian,
        more: &["clickhouse", "clickhouse-client", "wget", "entrypoint.sh"],
    },
    // docker-library/rabbitmq:4.3/ubuntu/Dockerfile.
    Stated {
        repository: "library/rabbitmq",
        base: Base::Debian,
        more: &["rabbitmq-server", "rabbitmqctl", "rabbitmq-diagnostics", "docker-entrypoint.sh"],
    },
    // nginx/docker-nginx:stable/debian/Dockerfile installs ca-certificates, which needs openssl.
    Stated {
        repository: "library/nginx",
        base: Base::Debian,
        more: &["nginx", "curl", "openssl", "envsubst"],
    },
    // certbot/certbot:tools/docker/core/Dockerfile, on python:alpine.
    Stated { repository: "certbot/certbot", base: Base::BusyBox, more: &["certbot", "python3"] },
    // oliver006/redis_exporter:docker/Dockerfile, stage `alpine`.
    Stated {
        repository: "oliver006/redis_exporter",
        base: Base::BusyBox,
        more: &["redis_exporter"],
    },
    // prometheus/mysqld_exporter:Dockerfile.
    Stated { repository: "prom/mysqld-exporter", base: Base::BusyBox, more: &["mysqld_exporter"] },
    // grafana/alloy:Dockerfile, on Ubuntu.
    Stated { repository: "grafana/alloy", base: Base::Debian, more: &["alloy"] },
    // Kong/docker-kong:ubuntu/Dockerfile.
    Stated {
        repository: "library/kong",
        base: Base::Debian,
        more: &["kong", "docker-entrypoint.sh"],
    },
    // keycloak/keycloak:quarkus/container/ubi-null.sh keeps little more than a shell.
    Stated { repository: "keycloak/keycloak", base: Base::Nothing, more: &["bash", "kc.sh"] },
];

/// postgresql-17 and postgresql-client-17, /usr/lib/postgresql/17/bin (packages.debian.org, "list of files").
const POSTGRES: &[&str] = &[
    "clusterdb",
    "createdb",
    "createuser",
    "docker-entrypoint.sh",
    "dropdb",
    "dropuser",
    "initdb",
    "pg_amcheck",
    "pg_archivecleanup",
    "pg_basebackup",
    "pg_checksums",
    "pg_combinebackup",
    "pg_config",
    "pg_controldata",
    "pg_ctl",
    "pg_dump",
    "pg_dumpall",
    "pg_isready",
    "pg_receivewal",
    "pg_resetwal",
    "pg_restore",
    "pg_rewind",
    "pg_upgrade",
    "pg_verifybackup",
    "pg_waldump",
    "postgres",
    "psql",
    "reindexdb",
    "vacuumdb",
];

/// What the images of a system hold.
pub(super) struct Images(BTreeMap<String, BTreeSet<String>>);

impl Images {
    /// Reads the Dockerfiles of a system.
    pub(super) fn of(files: &Files) -> Self {
        let mut built = BTreeMap::new();
        for (_, text) in files.iter().filter(|(path, _)| path.starts_with("docker-compose.")) {
            let file: Value = serde_yaml::from_str(text).unwrap();
            for service in file["services"].as_mapping().unwrap().values() {
                let Some(dockerfile) = service["build"]["dockerfile"].as_str() else { continue };
                // Its path is relative to the context.
                let name = dockerfile.rsplit('/').next().unwrap();
                let Some(text) = files.get(&format!("docker/{name}")) else { continue };
                let image = service["image"].as_str().unwrap().to_owned();
                built.insert(image, of_dockerfile(text));
            }
        }
        Self(built)
    }

    /// What an image holds; nothing where nobody says what it does.
    pub(super) fn tools(&self, image: &str) -> BTreeSet<String> {
        self.0.get(image).cloned().or_else(|| stated(image)).unwrap_or_default()
    }
}

fn packages() -> impl Iterator<Item = (&'static str, Vec<String>)> {
    let lines = DEBIAN.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| {
        let (package, tools) = line.split_once(':')?;
        Some((package, tools.split_whitespace().map(str::to_owned).collect()))
    })
}

fn of_base(base: Base) -> BTreeSet<String> {
    match base {
        Base::Debian => {
            let essential = DEBIAN.split_once("\n\n").unwrap().0;
            let is_essential = |package: &str| essential.contains(&format!("\n{package}:"));
            packages().filter(|(name, _)| is_essential(name)).flat_map(|(_, tools)| tools).collect()
        }
        Base::BusyBox => BUSYBOX.split_whitespace().map(str::to_owned).collect(),
        Base::Nothing => BTreeSet::new(),
    }
}

fn stated(image: &str) -> Option<BTreeSet<String>> {
    let repository = image.split('@').next()?.rsplit_once(':')?.0;
    let known = STATED.iter().find(|one| repository.ends_with(one.repository))?;
    let mut tools = of_base(known.base);
    tools.extend(known.more.iter().map(|tool| (*tool).to_owned()));
    Some(tools)
}

/// What the last stage holds: its base, the packages it installs, and what is fetched, copied or linked into `bin`.
fn of_dockerfile(text: &str) -> BTreeSet<String> {
    let text = text.replace("\\\n", " ");
    let mut tools = BTreeSet::new();
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.first() {
            // Stages of one's own hold what theirs do; where nothing is known, nothing is there.
            Some(&"FROM") => {
                let image = words.iter().skip(1).find(|word| !word.starts_with("--")).unwrap();
                tools = stated(image).unwrap_or_default();
            }
            Some(&"COPY") => tools.extend(copied(&words)),
            Some(&"RUN") => tools.extend(run(line)),
            _ => {}
        }
    }
    tools
}

fn copied(words: &[&str]) -> Vec<String> {
    let Some((target, sources)) = words.split_last() else { return Vec::new() };
    if !target.ends_with("/bin/") {
        return Vec::new();
    }
    let files = sources.iter().skip(1).filter(|word| !word.starts_with("--"));
    files.map(|file| file.rsplit('/').next().unwrap().to_owned()).collect()
}

fn run(line: &str) -> Vec<String> {
    let mut found = Vec::new();
    for command in line.trim_start_matches("RUN").split("&&") {
        let words: Vec<&str> = command.split_whitespace().collect();
        if let ["apt-get", "install", rest @ ..] = words.as_slice() {
            for package in rest.iter().filter(|word| !word.starts_with('-')) {
                // Of a package that nothing is said of, nothing is taken to be there.
                let known = packages().filter(|(name, _)| name == package);
                found.extend(known.flat_map(|(_, tools)| tools));
            }
        }
        let output = words.windows(2).find(|pair| pair[0] == "--output" || pair[0] == "-o");
        let fetched = output.and_then(|pair| pair[1].split_once("/bin/"));
        found.extend(fetched.map(|(_, name)| name.trim_matches('"').to_owned()));
        if words.contains(&"/usr/lib/postgresql/*/bin/*") {
            found.extend(POSTGRES.iter().map(|tool| (*tool).to_owned()));
        }
    }
    found
}
