//! Backs Redis up, destroys what it holds, restores it, and compares every key.

use std::fs;
use std::process::Stdio;

use super::live::{Ended, Place, Running, system, wait_for};

const BLUEPRINT: &str = r#"
blueprint: v1
name: shop
images: { backup: "ghcr.io/example/shop-backup:1.0.0" }
services:
  cache: { uses: redis@7 }
backups:
  cache: {}
"#;

struct Server {
    place: Place,
    _process: Running,
}

impl Server {
    fn start() -> Option<Self> {
        let program = system("redis-server")?;
        let settings = [
            ("BACKUP_CACHE_REDIS_HOST", "127.0.0.1"),
            ("BACKUP_CACHE_REDIS_PORT", "PORT"),
            ("BACKUP_CACHE_PASSWORD_FILE", "FOLDER/secret"),
        ];
        let place = Place::new(BLUEPRINT, &settings);
        fs::write(place.path("secret"), "correct-horse").unwrap();
        place.give_away();
        let mut command = place.command(&program);
        command.args(["--port", &place.port.to_string(), "--requirepass", "correct-horse"]);
        command.args(["--bind", "127.0.0.1", "--dir", "data", "--save", "", "--appendonly", "yes"]);
        let process = Running(command.stdout(Stdio::null()).spawn().unwrap());
        let server = Self { place, _process: process };
        wait_for("a server that answers", || server.ask(&["ping"]).text.trim() == "PONG");
        server.place.judged("Redis, backed up and restored");
        Some(server)
    }

    fn ask(&self, words: &[&str]) -> Ended {
        let mut command = self.place.command(&system("redis-cli").unwrap());
        command.env("REDISCLI_AUTH", "correct-horse").args(["-p", &self.place.port.to_string()]);
        Ended::of(command.args(words).output().unwrap())
    }

    /// Every key of both databases with its value.
    fn keys(&self) -> String {
        let script = "local all = {} \
            for _, key in ipairs(redis.call('KEYS', '*')) do all[#all + 1] = key .. '=' .. redis.sha1hex(redis.call('DUMP', key)) end \
            table.sort(all) return table.concat(all, '|')";
        let of = |number: &str| self.ask(&["-n", number, "eval", script, "0"]).exits(0).text;
        of("0") + &of("3")
    }
}

#[test]
fn a_backup_is_restored_key_by_key() {
    let Some(server) = Server::start() else { return };
    server.ask(&["set", "plain", "value"]).exits(0);
    server.ask(&["set", "odd \"key\"\n'$(x)", "\u{e4}\\"]).exits(0);
    server.ask(&["rpush", "list", "one", "two"]).exits(0);
    server.ask(&["hset", "hash", "a", "1", "b", "2"]).exits(0);
    server.ask(&["-n", "3", "zadd", "scores", "1.5", "one"]).exits(0);
    server.ask(&["set", "soon", "gone", "ex", "10000"]).exits(0);
    let before = server.keys();
    server.place.job(&["run", "cache", "daily"]).exits(0).says("made cache-daily-");
    server.ask(&["del", "plain", "list"]).exits(0);
    server.ask(&["set", "left", "over"]).exits(0);
    server.ask(&["-n", "5", "set", "elsewhere", "left over"]).exits(0);
    server.place.job(&["restore", "cache", "--yes"]).exits(0).says("safety backup");
    assert_eq!(server.keys(), before);
    assert_eq!(server.ask(&["-n", "5", "dbsize"]).text.trim(), "0");
    let left: i64 = server.ask(&["ttl", "soon"]).text.trim().parse().unwrap();
    assert!((1..=10000).contains(&left), "what expires still does: {left}");
}

#[test]
fn what_cannot_be_restored_leaves_what_is_live_as_it_is() {
    let Some(mut server) = Server::start() else { return };
    server.ask(&["set", "plain", "value"]).exits(0);
    server.place.job(&["run", "cache"]).exits(0);
    server.ask(&["set", "plain", "live"]).exits(0);
    let live = server.keys();
    let made = server.place.made("cache", "daily").remove(0);
    let whole = fs::read(&made).unwrap();
    fs::write(&made, &whole[..whole.len() / 2]).unwrap();
    server.place.job(&["restore", "cache", "--yes"]).exits(4).says("damaged");
    assert_eq!(server.keys(), live, "half a file");
    fs::write(&made, whole).unwrap();
    server.place.set("BACKUP_CACHE_PASSWORD_FILE", "FOLDER/password");
    server.place.job(&["run", "cache"]).exits(1).says("was not backed up");
    server.place.job(&["restore", "cache", "--yes"]).exits(1).says("nothing was changed");
    assert_eq!(server.keys(), live, "a wrong password");
}
