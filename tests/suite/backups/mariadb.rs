//! Backs `MariaDB` up, destroys what it holds, restores it, and compares every row, version, view, trigger and routine.

use std::fs;
use std::process::Stdio;

use super::live::{Ended, Place, Running, system, wait_for};

const BLUEPRINT: &str = r#"
blueprint: v1
name: shop
images: { backup: "ghcr.io/example/shop-backup:1.0.0" }
services:
  db: { uses: mariadb@11.8, with: { database: my_shop } }
backups:
  db: {}
"#;

/// What an option file could take for something else.
const PASSWORD: &str = r#"correct "horse\#'; $(x)"#;

const CONTENT: &str = r"
create table parent (id int primary key auto_increment, name text, raw blob, at timestamp default current_timestamp);
create table child (id int primary key, parent int not null, n decimal(20,4),
  foreign key held (parent) references parent (id) on delete cascade);
create table `odd ``na'me $(x)` (`a b` text);
create table plain (a int) engine=aria;
create table versioned (a int) with system versioning;
create sequence numbers start with 5;
create table log (t text);
insert into parent (name, raw) values ('\'\\ \n-- part: end\nx \u00e4', x'00ff0a'), (null, null), ('three', 'y');
insert into `odd ``na'me $(x)` values ('\u{1f600}');
insert into plain values (1), (2);
insert into versioned values (1);
update versioned set a = 2;
create view shown as select p.name, c.n from parent p join child c on c.parent = p.id;
create view above as select count(*) as many from shown;
create trigger watch after insert on child for each row insert into log values (concat('child ', new.id));
create procedure twice(in a int) select a * 2;
create event tick on schedule every 1 hour do insert into log values ('tick');
insert into child values (1, 1, 1.5), (2, 2, -3.25), (3, 3, 9);
";

struct Server {
    place: Place,
    _process: Running,
}

fn socket(place: &Place) -> String {
    format!("--socket={}", place.path("socket").display())
}

impl Server {
    /// A server whose first start ran what the compiled files bring, after what the image's entry point does.
    fn start() -> Option<Self> {
        let program = system("mariadbd")?;
        system("mariadb-dump")?;
        let settings = [
            ("BACKUP_DB_MARIADB_HOST", "127.0.0.1"),
            ("BACKUP_DB_MARIADB_PORT", "PORT"),
            ("BACKUP_DB_MARIADB_USER", "app"),
            ("BACKUP_DB_MARIADB_DATABASE", "my_shop"),
            ("BACKUP_DB_PASSWORD_FILE", "FOLDER/secret"),
        ];
        let place = Place::new(BLUEPRINT, &settings);
        fs::write(place.path("secret"), format!("{PASSWORD}\n")).unwrap();
        place.give_away();
        let data = format!("--datadir={}", place.path("data").display());
        let mut install = place.command(&system("mariadb-install-db")?);
        install.args(["--no-defaults", &data, "--skip-test-db"]);
        Ended::of(install.arg("--auth-root-authentication-method=normal").output().unwrap())
            .exits(0);
        let mut command = place.command(&program);
        command.args(["--no-defaults", &data, "--bind-address=127.0.0.1"]);
        command.args([format!("--port={}", place.port), socket(&place)]);
        command.args(["--character-set-server=utf8mb4", "--innodb-buffer-pool-size=32M"]);
        let process = Running(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
        let server = Self { place, _process: process };
        wait_for("a server that answers", || server.root("select 1", "").status == 0);
        let password = PASSWORD.replace('\\', r"\\").replace('\'', r"\'");
        let first = format!(
            r"create database my_shop;
              create user app@'%' identified by '{password}';
              grant all on `my\_shop`.* to app@'%';
              alter user root@localhost identified by 'of root'"
        );
        server.root(&first, "").exits(0);
        let script = server.place.file("mariadb/production/restore.sh");
        let mut script = server.place.command(&script);
        script.env("MARIADB_ROOT_PASSWORD", "of root").env("MARIADB_USER", "app");
        script.env("MARIADB_DATABASE", "my_shop").env("SOCKET", server.place.path("socket"));
        Ended::of(script.output().unwrap()).exits(0);
        server.place.judged("MariaDB, backed up and restored");
        Some(server)
    }

    fn root(&self, words: &str, password: &str) -> Ended {
        let mut command = self.place.command(&system("mariadb").unwrap());
        command.args(["--no-defaults", &socket(&self.place), "--user=root", "-e", words]);
        Ended::of(command.env("MYSQL_PWD", password).output().unwrap())
    }

    /// A client as the programs of the system are: the owner of the database, over the network.
    fn client(&self) -> std::process::Command {
        let mut command = self.place.command(&system("mariadb").unwrap());
        command.args(["--no-defaults", "--host=127.0.0.1", "--user=app", "--batch"]);
        command.arg(format!("--port={}", self.place.port)).env("MYSQL_PWD", PASSWORD);
        command.args(["--default-character-set=utf8mb4", "my_shop"]);
        command
    }

    fn ask(&self, words: &str) -> Ended {
        Ended::of(self.client().args(["-e", words]).output().unwrap())
    }

    /// Everything that the database holds, as root sees it.
    fn everything(&self) -> String {
        let mut command = self.place.command(&system("mariadb-dump").unwrap());
        command.args(["--no-defaults", &socket(&self.place), "--user=root", "--skip-dump-date"]);
        command.args(["--routines", "--events", "--dump-history", "--hex-blob", "my_shop"]);
        Ended::of(command.env("MYSQL_PWD", "of root").output().unwrap()).exits(0).text
    }
}

#[test]
fn a_backup_is_restored_row_by_row_with_everything_that_is_made_of_tables() {
    let Some(server) = Server::start() else { return };
    let emptiness = server.everything();
    server.place.job(&["run", "db"]).exits(0);
    server.ask(CONTENT).exits(0);
    let before = server.everything();
    for text in ["trigger watch", "`above`", "`twice`", "`tick`", "create sequence"] {
        assert!(before.to_lowercase().contains(text), "{text}");
    }
    std::thread::sleep(std::time::Duration::from_millis(1100));
    server.place.job(&["run", "db", "daily"]).exits(0).says("made db-daily-");
    server
        .ask(
            "delete from parent where id = 1; drop table versioned; create table extra (a int); \
             drop procedure twice; create view left_over as select 1; select nextval(numbers); \
             create trigger other before insert on parent for each row set new.name = 'z'",
        )
        .exits(0);
    // Somebody in the midst of something, who would hold the tables.
    let mut busy = server.client();
    let words = "start transaction; select * from parent for update; select sleep(300)";
    let busy = Running(busy.args(["-e", words]).stdout(Stdio::null()).spawn().unwrap());
    wait_for("somebody busy", || {
        server.ask("select info from information_schema.processlist").text.contains("sleep(300)")
    });
    let started = std::time::Instant::now();
    server.place.job(&["restore", "db", "--yes"]).exits(0).says("safety backup").says("restored");
    assert!(started.elapsed().as_secs() < 60, "it waits for nobody");
    assert_eq!(server.everything(), before);
    drop(busy);
    server.ask("insert into child values (9, 1, 1)").exits(0);
    server.ask("select t from log where t = 'child 9'").says("child 9");
    server.ask("delete from parent where id = 2; select count(*) from child").says("3");
    assert!(!server.root("show databases", "of root").text.contains("my_shop_"), "nothing is left");
    let oldest = server.place.made("db", "daily").remove(0);
    let oldest = oldest.file_name().unwrap().to_str().unwrap().to_owned();
    server.place.job(&["restore", "db", "--file", &oldest, "--yes"]).exits(0);
    assert_eq!(server.everything(), emptiness, "a database without a table");
}

#[test]
fn what_cannot_be_restored_leaves_what_is_live_as_it_is() {
    let Some(mut server) = Server::start() else { return };
    server.ask(CONTENT).exits(0);
    server.place.job(&["run", "db"]).exits(0);
    server.ask("insert into plain values (3)").exits(0);
    let live = server.everything();
    let made = server.place.made("db", "daily").remove(0);
    let whole = fs::read(&made).unwrap();
    fs::write(&made, &whole[..whole.len() / 2]).unwrap();
    server.place.job(&["restore", "db", "--yes"]).exits(4).says("damaged");
    assert_eq!(server.everything(), live, "half a file");
    fs::write(&made, whole).unwrap();
    // What a table of this name cannot be made of shows when the database beside the live one is filled.
    let gate = "revoke create view on `my\\_shop\\_new`.* from app@'%'";
    server.root(gate, "of root").exits(0);
    server.place.job(&["restore", "db", "--yes"]).exits(1).says("was not restored");
    assert_eq!(server.everything(), live, "a view that cannot be made");
    server.place.set("BACKUP_DB_PASSWORD_FILE", "FOLDER/password");
    server.place.job(&["run", "db"]).exits(1).says("was not backed up");
    server.place.job(&["restore", "db", "--yes"]).exits(1).says("nothing was changed");
    assert_eq!(server.everything(), live, "a wrong password");
    let seen = server.place.job(&["run", "db"]).text;
    assert!(!seen.contains("horse"), "{seen}");
}

/// What is on a command line is seen by everybody on the machine.
#[test]
fn the_password_is_in_a_file_of_its_own_and_the_image_has_what_is_called() {
    let tree = crate::compiled::tree(BLUEPRINT);
    let job = crate::compiled::text(&tree, "backup/production/jobs/db.sh");
    assert!(job.contains("--defaults-file=") && !job.contains("--password"), "{job}");
    assert!(job.contains("--single-transaction"), "one moment");
    let image = crate::compiled::text(&tree, "docker/backup.Dockerfile");
    assert!(image.contains("--no-install-recommends mariadb-client"), "{image}");
}
