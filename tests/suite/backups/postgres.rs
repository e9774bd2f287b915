//! Backs `PostgreSQL` up, destroys it, restores it, and compares it row by row.

use std::fs;
use std::process::Stdio;

use super::live::{Ended, Place, Running, small_disk, system, wait_for};

const BLUEPRINT: &str = r#"
blueprint: v1
name: shop
images: { backup: "ghcr.io/example/shop-backup:1.0.0" }
services:
  db: { uses: postgres@17 }
buckets:
  s3: { bucket: shop, region: eu-central-1, endpoint: "http://127.0.0.1:9000" }
  far: { bucket: shop-copy, region: eu-west-1, endpoint: "http://127.0.0.1:9000" }
backups:
  db: { keep: 7d, weekly: 30d, archive: 5m, encrypt: true, to: [] }
"#;

/// A server, and what is backed up from it.
struct Server {
    place: Place,
    process: Option<Running>,
}

const NAME: &str = "odd name; $(x)";

impl Server {
    fn start(blueprint: &str) -> Option<Self> {
        system("initdb")?;
        let settings = [
            ("BACKUP_DB_PGHOST", "127.0.0.1"),
            ("BACKUP_DB_PGPORT", "PORT"),
            ("BACKUP_DB_PGUSER", "app"),
            ("BACKUP_DB_PGDATABASE", "shop"),
            ("BACKUP_DB_PASSWORD_FILE", "FOLDER/password"),
        ];
        let place = Place::new(blueprint, &settings);
        let mut command = place.command(&system("initdb").unwrap());
        let output = command
            .args(["-U", "app", "--auth=scram-sha-256", "--pwfile=password", "--encoding=UTF8"])
            .args(["--locale=C.UTF-8", "--data-checksums", "-D", "data/pgdata"])
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        let mut server = Self { place, process: None };
        server.up();
        server.sql("template1", "CREATE DATABASE shop");
        server.place.judged("PostgreSQL, backed up and restored");
        Some(server)
    }

    fn up(&mut self) {
        let mut command = self.place.command(&system("postgres").unwrap());
        let hba = self.place.file("postgres/production/pg_hba.conf");
        let settings = [
            format!("port={}", self.place.port),
            "listen_addresses=127.0.0.1".to_owned(),
            format!("unix_socket_directories={}", self.place.path("").display()),
            format!("hba_file={}", hba.display()),
            "archive_timeout=1".to_owned(),
            "fsync=off".to_owned(),
        ];
        command.args(["-D", "data/pgdata"]);
        for setting in settings {
            command.args(["-c", &setting]);
        }
        let log = fs::File::create(self.place.path("server.log")).unwrap();
        command.stdout(Stdio::null()).stderr(log);
        self.process = Some(Running(command.spawn().unwrap()));
        wait_for("a server that answers", || self.try_sql("template1", "SELECT 1").status == 0);
        // A recovery ends by letting itself be written to.
        wait_for("a server that can be written to", || {
            self.try_sql("template1", "SELECT pg_is_in_recovery()").text.trim() == "f"
        });
    }

    fn down(&mut self) {
        self.process.take().unwrap().stop("-INT");
    }

    fn try_sql(&self, database: &str, sql: &str) -> Ended {
        let mut command = self.place.command(&system("psql").unwrap());
        command.env("PGPASSWORD", "wrong horse battery").args(["-X", "-q", "-A", "-t", "-w"]);
        command.args(["-h", "127.0.0.1", "-p", &self.place.port.to_string(), "-U", "app"]);
        Ended::of(command.args(["-d", database, "-c", sql]).output().unwrap())
    }

    #[track_caller]
    fn sql(&self, database: &str, sql: &str) -> String {
        self.try_sql(database, sql).exits(0).text.trim().to_owned()
    }

    /// Everything in it, row by row.
    fn rows(&self) -> String {
        let tables = "SELECT string_agg(tablename, ',' ORDER BY tablename) FROM pg_tables WHERE schemaname = 'public'";
        let each = r"SELECT id, label, at FROM orders ORDER BY id";
        format!("{}\n{}", self.sql("shop", tables), self.sql("shop", each))
    }

    fn fill(&self) {
        self.sql(
            "shop",
            "CREATE TABLE orders (id int PRIMARY KEY, label text NOT NULL, at timestamptz NOT NULL);
             INSERT INTO orders SELECT one, 'order ' || one || E' \\n''\"\\\\ ä', '2026-01-01 00:00+00'::timestamptz
             FROM generate_series(1, 1000) AS one;
             CREATE INDEX ON orders (at); CREATE VIEW latest AS SELECT max(at) FROM orders",
        );
    }
}

#[test]
fn a_backup_is_restored_row_by_row_by_file_by_date_and_as_the_newest() {
    let Some(server) = Server::start(BLUEPRINT) else { return };
    server.fill();
    let before = server.rows();
    server.place.job(&["run", "db", "daily"]).exits(0).says("the one before");
    let made = server.place.made("db", "daily");
    assert_eq!(made.len(), 1);
    let name = made[0].file_name().unwrap().to_str().unwrap().to_owned();
    assert!(name.starts_with("db-daily-20") && name.ends_with("Z.tar.gpg"), "{name}");
    let bytes = fs::read(&made[0]).unwrap();
    assert!(!bytes.starts_with(b"PGDMP"), "it is encrypted");
    let metric = fs::read_to_string(server.place.path("metrics/db-daily.prom")).unwrap();
    assert!(
        metric.contains("backup_last_success_timestamp_seconds{backup=\"db\",series=\"daily\"} 1")
    );

    let destroy = "DROP VIEW latest; DELETE FROM orders WHERE id > 3; UPDATE orders SET label = 'x'; CREATE TABLE left_over (id int)";
    server.sql("shop", destroy);
    // A connection that is open is no hindrance.
    let mut idle = server.place.command(&system("psql").unwrap());
    idle.env("PGPASSWORD", "wrong horse battery").args([
        "-X",
        "-w",
        "-h",
        "127.0.0.1",
        "-U",
        "app",
    ]);
    idle.args(["-p", &server.place.port.to_string(), "-d", "shop", "-c", "SELECT pg_sleep(60)"]);
    let idle = Running(idle.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
    server.place.job(&["restore", "db"]).exits(6).says("give --yes");
    server.place.job(&["restore", "db", "--yes", "--dry-run"]).exits(0).says("would replace");
    assert!(
        server.sql("shop", "SELECT count(*) FROM orders").starts_with('3'),
        "nothing is changed"
    );
    server
        .place
        .job(&["restore", "db", "--yes"])
        .exits(0)
        .says("safety backup")
        .says("restored db");
    assert_eq!(server.rows(), before, "the newest");
    drop(idle);
    assert_eq!(
        server.sql("template1", "SELECT count(*) FROM pg_database WHERE datname ~ '_(new|old)_'"),
        "0"
    );

    server.sql("shop", "DELETE FROM orders");
    server.place.job(&["restore", "db", "--file", &name, "--yes"]).exits(0);
    assert_eq!(server.rows(), before, "by file");
    server.sql("shop", "DELETE FROM orders");
    server
        .place
        .job(&["restore", "db", "--date", "2020-01-01", "--yes"])
        .exits(1)
        .says("not younger");
    assert_eq!(server.sql("shop", "SELECT count(*) FROM orders"), "0");
    server.place.job(&["restore", "db", "--date", "2999-01-01", "--yes"]).exits(0);
    assert_eq!(server.rows(), before, "by date");
    server.place.job(&["list", "db"]).exits(0).says(&name).says("db-safety-");
    server
        .place
        .job(&["status"])
        .exits(1)
        .says("has no weekly backup")
        .says("daily backup of db is 0 hours old");
}

/// A server that several databases share is backed up whole: each comes back with its owner, and lets in who it let in.
#[test]
fn every_database_of_a_server_is_restored_with_its_owner() {
    let Some(server) = Server::start(BLUEPRINT) else { return };
    server.fill();
    server.sql("template1", "CREATE ROLE other LOGIN");
    let odd = "CREATE DATABASE \"it's \"\"theirs\"\" $(x)\" OWNER other";
    server.sql("template1", odd);
    let name = "it's \"theirs\" $(x)";
    server.sql("template1", "REVOKE ALL ON DATABASE \"it's \"\"theirs\"\" $(x)\" FROM PUBLIC");
    server.sql(name, "CREATE TABLE notes (text text); ALTER TABLE notes OWNER TO other; INSERT INTO notes VALUES ('one'), ('two')");
    let before = server.rows();
    server.place.job(&["run", "db"]).exits(0);
    server.sql(name, "DELETE FROM notes");
    server.sql("shop", "DELETE FROM orders");
    server.place.job(&["restore", "db", "--yes"]).exits(0);
    assert_eq!(server.rows(), before);
    assert_eq!(
        server.sql(name, "SELECT string_agg(text, ',' ORDER BY text) FROM notes"),
        "one,two"
    );
    let owners = "SELECT pg_get_userbyid(datdba) || ' ' || has_database_privilege('public', oid, 'connect') \
        FROM pg_database WHERE datname ~ 'theirs'";
    assert_eq!(server.sql("template1", owners), "other false");
    let table = "SELECT tableowner FROM pg_tables WHERE tablename = 'notes'";
    assert_eq!(server.sql(name, table), "other");
    // One database that cannot be made leaves all of them as they are.
    server.sql(name, "DELETE FROM notes WHERE text = 'two'");
    server.sql(name, "ALTER TABLE notes OWNER TO app");
    server.sql("template1", "ALTER DATABASE \"it's \"\"theirs\"\" $(x)\" OWNER TO app");
    server.sql("template1", "DROP ROLE other");
    server.place.job(&["restore", "db", "--yes"]).exits(1).says("was not restored");
    assert_eq!(server.sql(name, "SELECT text FROM notes"), "one");
    assert_eq!(server.rows(), before);
    let left = "SELECT count(*) FROM pg_database WHERE datname ~ '_(new|old)_' OR NOT datallowconn AND datname <> 'template0'";
    assert_eq!(server.sql("template1", left), "0");
}

#[test]
fn any_moment_is_restored_from_a_base_backup_and_what_was_written_since() {
    let Some(mut server) = Server::start(BLUEPRINT) else { return };
    server.fill();
    let archive = server.place.start_job(&["archive", "db"]);
    wait_for("the receiver", || server.place.path("alive").exists());
    server.place.job(&["run", "db", "daily"]).exits(0);
    server.sql(
        "shop",
        "INSERT INTO orders SELECT one, 'later', now() FROM generate_series(1001, 1100) AS one",
    );
    let before = server.rows();
    std::thread::sleep(std::time::Duration::from_millis(1100));
    let moment = server.sql("shop", "SELECT now()");
    std::thread::sleep(std::time::Duration::from_millis(1100));
    server.sql("shop", "TRUNCATE orders");
    // Forced out by archive_timeout, and packed by the next pass.
    let packed = || {
        let entries = fs::read_dir(server.place.path("archive")).unwrap().flatten();
        entries.filter(|entry| entry.path().extension().is_some_and(|end| end == "gz")).count()
    };
    let already = packed();
    wait_for("a packed segment", || packed() > already);
    server.down();
    archive.stop("-TERM");
    // Older than the base backup, and of no use to it.
    fs::write(server.place.path("archive/000000010000000000000000.gz"), "no segment").unwrap();
    server.place.give_away();
    asks_for_room(&server, &moment);
    let into = server.place.path("data/pgdata");
    let into = into.to_str().unwrap().to_owned();
    let words = ["recover", "db", "--time", &moment, "--into", &into, "--yes"];
    server.place.job(&words).exits(0).says("is ready");
    // Packed, beside the folder, and no more than the base backup needs.
    let label = fs::read_to_string(server.place.path("data/pgdata/backup_label")).unwrap();
    let first = label.split("(file ").nth(1).unwrap().split(')').next().unwrap().to_owned();
    let beside = server.place.path("data/recovery-archive");
    let needed = names(&beside);
    assert_eq!(needed.first(), Some(&format!("{first}.gz")), "{needed:?}");
    assert!(needed.len() > 1 && needed.iter().all(|name| name.contains(".gz")), "{needed:?}");
    assert!(!server.place.path("data/pgdata/archive").exists());
    server.up();
    assert_eq!(server.rows(), before, "at {moment}");
    wait_for("an end without leftovers", || !beside.exists());

    // Once more, from the same base backup: what the first recovery needed is still there.
    server.down();
    server.place.job(&words).exits(0);
    server.up();
    assert_eq!(server.rows(), before, "again at {moment}");
    // A later base backup knows nothing of the moment that was, and leads to the newest one.
    let archive = server.place.start_job(&["archive", "db"]);
    let replicated = "SELECT active FROM pg_replication_slots WHERE slot_name = 'formwork'";
    wait_for("the receiver", || server.try_sql("shop", replicated).text.trim() == "t");
    server.place.job(&["run", "db", "daily"]).exits(0);
    server.sql("shop", "INSERT INTO orders VALUES (2000, 'newest', '2026-01-02 00:00+00')");
    let newest = server.rows();
    let last = server.sql("shop", "SELECT pg_walfile_name(pg_switch_wal())");
    let last = server.place.path(&format!("archive/{last}.gz"));
    wait_for("the last segment", || last.exists());
    server.down();
    archive.stop("-TERM");
    let words = ["recover", "db", "--time", "latest", "--into", &into, "--yes"];
    server.place.job(&words).exits(0);
    let settings = fs::read_to_string(server.place.path("data/pgdata/postgresql.auto.conf"));
    let settings = settings.unwrap();
    assert!(!settings.contains("recovery_target_time"), "{settings}");
    assert_eq!(settings.matches("restore_command").count(), 1, "{settings}");
    server.up();
    assert_eq!(server.rows(), newest, "the newest");
    // Without what the base backup begins with there is nothing to be had from it.
    server.down();
    fs::remove_dir_all(server.place.path("archive")).unwrap();
    fs::create_dir(server.place.path("archive")).unwrap();
    server.place.give_away();
    server.place.job(&words).exits(1).says("the archive does not have");
    assert!(server.place.path("data/pgdata/PG_VERSION").exists(), "what is live stays");
    // Nor does one that fails in between leave anything on the volume.
    let left = |name: &str| server.place.path("data").join(name).exists();
    assert!(!left("pgdata.new") && !left("recovery-archive"));
}

/// What does not fit is told before anything is changed.
fn asks_for_room(server: &Server, moment: &str) {
    let small = server.place.path("small");
    fs::create_dir(&small).unwrap();
    if let Some(disk) = small_disk(&small, "8m") {
        let into = small.join("pgdata");
        let words = ["recover", "db", "--time", moment, "--into", into.to_str().unwrap()];
        for more in ["--yes", "--dry-run"] {
            let words = [&words[..], &[more]].concat();
            server.place.job(&words).exits(1).says("has no room").says("8.0MiB are free in");
        }
        assert_eq!(names(&small), [""; 0]);
        drop(disk);
    }
}

/// The names in a folder, in order.
fn names(folder: &std::path::Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> =
        entries.map(|entry| entry.file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn what_cannot_be_restored_leaves_what_is_live_as_it_is() {
    let Some(mut server) = Server::start(BLUEPRINT) else { return };
    server.fill();
    server.place.job(&["run", "db", "daily"]).exits(0);
    server.sql("shop", "UPDATE orders SET label = 'live'");
    let live = server.rows();
    let made = server.place.made("db", "daily").remove(0);

    let whole = fs::read(&made).unwrap();
    let mut broken = whole.clone();
    let middle = broken.len() / 2;
    broken[middle] ^= 1;
    fs::write(&made, &broken).unwrap();
    server.place.job(&["restore", "db", "--yes"]).exits(4).says("damaged");
    server.place.job(&["verify", "db"]).exits(4).says("damaged");
    assert_eq!(server.rows(), live, "a changed byte");
    // Even if the checksum was made to fit.
    let sum = format!("{}.sha256", made.display());
    let right = fs::read(&sum).unwrap();
    let forged = server
        .place
        .command("sh".as_ref())
        .args(["-c", &format!("sha256sum <'{}'", made.display())])
        .output();
    fs::write(&sum, forged.unwrap().stdout).unwrap();
    server.place.job(&["restore", "db", "--yes"]).exits(4).says("cannot be decrypted");
    assert_eq!(server.rows(), live, "a forged checksum");
    fs::write(&made, &whole).unwrap();
    fs::write(&sum, right).unwrap();

    server.place.set("BACKUP_DB_PASSWORD_FILE", "FOLDER/passphrase");
    server.place.job(&["restore", "db", "--yes"]).exits(1).says("does not let us in");
    server.place.job(&["run", "db", "daily"]).exits(1).says("was not backed up");
    let metric = fs::read_to_string(server.place.path("metrics/db-daily.run.prom")).unwrap();
    assert!(metric.ends_with("} 0\n"), "{metric}");
    server.place.set("BACKUP_DB_PASSWORD_FILE", "FOLDER/password");
    assert_eq!(server.rows(), live, "a wrong password");
    assert_eq!(server.place.made("db", "daily").len(), 1, "nothing half done is left");

    // Enough for what is there, not for a safety backup beside it.
    server.sql("shop", "CREATE TABLE large AS SELECT sha512(one::text::bytea) AS noise FROM generate_series(1, 60000) AS one");
    let live = server.rows();
    let aside = server.place.path("aside");
    fs::rename(server.place.path("backups"), &aside).unwrap();
    fs::create_dir(server.place.path("backups")).unwrap();
    let Some(disk) = small_disk(&server.place.path("backups"), "2m") else { return };
    fs::create_dir(server.place.path("backups/db")).unwrap();
    server.place.give_away();
    let copied =
        server.place.command("cp".as_ref()).args(["-r", "aside/db/daily", "backups/db/"]).status();
    assert!(copied.unwrap().success());
    server.place.job(&["restore", "db", "--yes"]).exits(1).says("are free in");
    assert_eq!(server.rows(), live, "a full disk");
    server.place.job(&["run", "db", "daily"]).exits(1).says("was not backed up");
    drop(disk);
}

#[test]
fn old_backups_go_by_their_age_and_the_newest_never() {
    let Some(server) = Server::start(BLUEPRINT) else { return };
    server.fill();
    let folder = server.place.path("backups/db/daily");
    fs::create_dir_all(&folder).unwrap();
    let stamp = |days: u32| {
        let output = server
            .place
            .command("date".as_ref())
            .args(["-u", "-d", &format!("{days} days ago"), "+%Y%m%dT%H%M%SZ"])
            .output();
        String::from_utf8(output.unwrap().stdout).unwrap().trim().to_owned()
    };
    for days in [6, 8, 40] {
        for end in ["", ".sha256"] {
            let name = format!("db-daily-{}.tar.gpg{end}", stamp(days));
            fs::write(folder.join(name), "old").unwrap();
        }
    }
    server.place.give_away();
    server.place.job(&["run", "db", "daily"]).exits(0).says("older than 7 days");
    let left = server.place.made("db", "daily");
    assert_eq!(left.len(), 2, "{left:?}");
    assert!(left[0].to_str().unwrap().contains(&stamp(6)[..8]), "{left:?}");
    // A second one at the same time is refused.
    let lock = server.place.path("backups/db/.lock");
    let held =
        server.place.command("flock".as_ref()).arg(&lock).args(["sleep", "30"]).spawn().unwrap();
    let held = Running(held);
    std::thread::sleep(std::time::Duration::from_millis(300));
    server.place.job(&["run", "db", "daily"]).exits(3).says("under way");
    drop(held);
}

/// Says where both buckets are.
fn use_buckets(place: &mut Place, port: u16) {
    fs::write(place.path("key"), "AKIDEXAMPLE").unwrap();
    fs::write(place.path("secret"), "secret/of+the=key").unwrap();
    for (bucket, name) in [("S3", "shop"), ("FAR", "shop-copy")] {
        for (setting, value) in [
            ("NAME", name),
            ("REGION", "eu-central-1"),
            ("ENDPOINT", &format!("http://127.0.0.1:{port}")),
            ("PREFIX", "production"),
            ("ACCESS_KEY_FILE", "FOLDER/key"),
            ("SECRET_KEY_FILE", "FOLDER/secret"),
        ] {
            place.set(&format!("BACKUP_BUCKET_{bucket}_{setting}"), value);
        }
    }
    place.give_away();
}

/// Object storage that keeps what it gets in a folder.
fn storage(objects: &std::path::Path, port: u16) -> Running {
    let script = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/backups/s3.py");
    let mut program = std::process::Command::new(system("python3").unwrap());
    program.arg(script).arg(objects).args([&port.to_string(), "AKIDEXAMPLE"]);
    let running = Running(program.spawn().unwrap());
    wait_for("the storage", || std::net::TcpStream::connect(("127.0.0.1", port)).is_ok());
    running
}

/// The machine is lost with all that lies on it: the newest moment comes from the bucket, and only what it needs is fetched.
#[test]
fn a_lost_machine_comes_back_to_the_newest_moment_from_its_bucket() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let text = BLUEPRINT.replace("to: []", "to: [s3]").replace("9000", &port.to_string());
    if system("rclone").is_none() {
        return;
    }
    let Some(mut server) = Server::start(&text) else { return };
    server.fill();
    use_buckets(&mut server.place, port);
    let objects = server.place.path("objects");
    let bucket = storage(&objects, port);
    let there = objects.join("shop/production/db/archive");
    fs::create_dir_all(&there).unwrap();
    // Older than any base backup that is kept, and older than the one that is there.
    let (ancient, old) = ("000000010000000000000000.gz.gpg", "000000010000000000000001.gz.gpg");
    fs::write(there.join(ancient), "no segment").unwrap();
    let touched = std::process::Command::new("touch")
        .args(["--date", "9 days ago"])
        .arg(there.join(ancient))
        .status();
    assert!(touched.unwrap().success());
    let archive = server.place.start_job(&["archive", "db"]);
    wait_for("the receiver", || server.place.path("alive").exists());
    wait_for("the bucket without what is too old", || !there.join(ancient).exists());
    server.sql("shop", "SELECT pg_switch_wal()");
    server.place.job(&["run", "db", "daily"]).exits(0);
    server.sql(
        "shop",
        "INSERT INTO orders SELECT one, 'later', now() FROM generate_series(1001, 1100) AS one",
    );
    let before = server.rows();
    let last = server.sql("shop", "SELECT pg_walfile_name(pg_switch_wal())");
    wait_for("the last segment in the bucket", || {
        there.join(format!("{last}.gz.gpg.sha256")).exists()
    });
    archive.stop("-TERM");
    server.down();
    // Neither is whole: had it been fetched, it would be told of.
    fs::write(there.join(old), "no segment").unwrap();
    for lost in ["backups", "archive", "data"] {
        fs::remove_dir_all(server.place.path(lost)).unwrap();
        fs::create_dir(server.place.path(lost)).unwrap();
    }
    server.place.give_away();
    let into = server.place.path("data/pgdata");
    let into = into.to_str().unwrap().to_owned();
    let words = ["recover", "db", "--time", "latest", "--into", &into, "--yes"];
    let ended = server.place.job(&words).exits(0).says("is ready");
    assert!(!ended.text.contains("warning"), "{}", ended.text);
    server.up();
    assert_eq!(server.rows(), before, "the newest moment");
    server.down();
    // What cannot be listed is not empty.
    drop(bucket);
    server.place.job(&words).exits(1).says("the bucket s3 cannot be listed").says("is not known");
    server.place.job(&["list", "db"]).exits(1).says("the bucket s3 cannot be listed");
    server.place.job(&["verify", "db"]).exits(1).says("is not known");
    assert!(server.place.path("data/pgdata/PG_VERSION").exists(), "what is live stays");
}

#[test]
fn copies_go_to_every_bucket_and_come_back() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let text = BLUEPRINT.replace("to: []", "to: [s3, far]").replace("9000", &port.to_string());
    if system("rclone").is_none() {
        return;
    }
    let Some(mut server) = Server::start(&text) else { return };
    server.fill();
    let before = server.rows();
    use_buckets(&mut server.place, port);
    server.place.job(&["run", "db", "weekly"]).exits(5).says("did not get into the bucket s3");
    let objects = server.place.path("objects");
    let _storage = storage(&objects, port);
    server.place.job(&["run", "db", "weekly"]).exits(0).says("copied").says("to the bucket far");
    let there = |bucket: &str| {
        fs::read_dir(objects.join(bucket).join("production/db/weekly")).unwrap().count()
    };
    assert_eq!((there("shop"), there("shop-copy")), (2, 2), "each with its checksum");
    fs::remove_dir_all(server.place.path("backups")).unwrap();
    fs::remove_dir_all(objects.join("shop")).unwrap();
    fs::create_dir(server.place.path("backups")).unwrap();
    server.place.give_away();
    server.sql("shop", "DELETE FROM orders");
    server.place.job(&["restore", "db", "--yes"]).exits(0);
    assert_eq!(server.rows(), before, "from the second bucket");
    fs::write(server.place.path("key"), "AKIDOTHER").unwrap();
    server.place.job(&["run", "db", "daily"]).exits(5).says("did not get into the bucket");
}

#[test]
fn a_name_that_is_none_is_refused() {
    let place = Place::new(BLUEPRINT, &[]);
    place.job(&["run", NAME]).exits(2).says("there are db");
    place.job(&["run", "../db"]).exits(2);
    place.job(&["run", "db", "hourly"]).exits(2).says("no series hourly");
    place.job(&["--help"]).exits(0).says("Usage:");
    place.job(&[]).exits(2);
}
