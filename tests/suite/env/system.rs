//! A small system in a folder of its own, and the program run in it.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use tempfile::TempDir;

pub(super) const BLUEPRINT: &str = r#"
blueprint: v1
name: shop
environments:
  production: { domain: shop.example }
  staging: { tier: staging, shift_ports: 1 }
services:
  db:
    uses: postgres@17
    with: { password: "${var.DB_PASSWORD}" }
  api:
    about: The API
    image: ghcr.io/example/api:1.4.2
    port: 8000
    health: /health
    needs: [db]
    variables: [main, keys]
    environment: { DATABASE_URL: "${db.url}" }
variables:
  main:
    SITE_URL: { type: url, about: where the site is, require: { production: { prefix: "https://" } } }
    DEBUG: { type: bool, require: { production: { equals: false } } }
    LOG_LEVEL: { default: info }
    GREETING: { default: "Hello, it's #1" }
    NOTE: { optional: true }
    OWNER: { forbid: [root] }
    WORKERS: { type: integer, default: 4 }
    REGION: eu-1
  keys:
    DB_PASSWORD: { secret: true, min_length: 12, generate: alnum 32 }
    SESSION_KEY: { secret: true, min_length: 32, generate: hex 32, about: signs sessions }
    PAYMENT_KEY: { secret: true, require: { production: { prefix: live_ } } }
    MAIL_KEY: { secret: true }
    MAP_KEY: { secret: true }
    CERTIFICATE: { secret: true }
"#;

/// A folder with `blueprint.yaml`, compiled to `out`.
pub(super) struct System {
    folder: TempDir,
}

impl System {
    pub(super) fn new() -> Self {
        Self::of(BLUEPRINT)
    }

    pub(super) fn of(blueprint: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("blueprint.yaml"), blueprint.trim_start()).unwrap();
        let system = Self { folder };
        let built = system.run(&["build", "--out", "out"]);
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
        system
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Writes the env file of production.
    pub(super) fn write(&self, text: &str) {
        self.put("out/.env.production", text.as_bytes(), 0o600);
    }

    pub(super) fn put(&self, name: &str, bytes: &[u8], mode: u32) {
        use std::os::unix::fs::PermissionsExt as _;
        fs::write(self.path(name), bytes).unwrap();
        fs::set_permissions(self.path(name), fs::Permissions::from_mode(mode)).unwrap();
    }

    pub(super) fn mode(&self, name: &str) -> u32 {
        use std::os::unix::fs::PermissionsExt as _;
        fs::symlink_metadata(self.path(name)).unwrap().permissions().mode() & 0o7777
    }

    pub(super) fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_formwork"))
            .current_dir(self.folder.path())
            .args(arguments)
            .output()
            .unwrap()
    }

    /// Runs `env ... --env production`: exit status, standard output, standard error.
    pub(super) fn env(&self, arguments: &[&str]) -> (i32, String, String) {
        let fixed = ["--out", "out", "--env", "production"];
        let output = self.run(&[&["env"], arguments, &fixed].concat());
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    }

    /// Fills the env file and sets what is left, so that nothing is wrong with it.
    pub(super) fn complete(&self) {
        assert_eq!(self.env(&["fill"]).0, 0);
        let mut text = self.read("out/.env.production");
        for (name, value) in [
            ("SITE_URL", "https://shop.example"),
            ("OWNER", "anna"),
            ("PAYMENT_KEY", "live_hunter2"),
            ("MAIL_KEY", "correct-horse"),
            ("MAP_KEY", "battery-staple"),
            ("CERTIFICATE", "'-----BEGIN-----\nMIIE\n-----END-----\n'"),
        ] {
            let line = format!("\n{name}=\n");
            assert!(text.contains(&line), "{name} is not empty in\n{text}");
            text = text.replace(&line, &format!("\n{name}={value}\n"));
        }
        self.write(&text);
    }
}
