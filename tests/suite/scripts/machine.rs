//! A machine to deploy to: compiled files in a folder, and a stand-in for the container engine that runs small servers.

use std::fs::{self, Permissions};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use formwork::tree::Tree;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::compiled::tree;
use crate::harness::Run;

/// A folder that a careless script trips over.
const HOSTILE: &str = "it's \"our\" folder; $(touch tripped) `x` & co";

/// A machine with the compiled files of a system; what runs there ends with it.
pub(crate) struct Machine {
    folder: TempDir,
    pub(crate) api: u16,
    pub(crate) http: u16,
    pub(crate) https: u16,
    backups: bool,
}

impl Machine {
    /// A machine with version 1 of the system, which does not run yet.
    pub(crate) fn new() -> Self {
        Self::of(false)
    }

    /// The same, with backups of the database.
    pub(crate) fn backed_up() -> Self {
        Self::of(true)
    }

    fn of(backups: bool) -> Self {
        let [api, http, https] = free_ports();
        let machine = Self { folder: TempDir::new().unwrap(), api, http, https, backups };
        fs::create_dir_all(machine.stand_in()).unwrap();
        fs::create_dir_all(machine.root()).unwrap();
        machine.programs();
        machine.certificate("30");
        machine.compile(1);
        machine
    }

    /// A machine with a committed system.
    pub(crate) fn with(system: &str) -> Self {
        let machine =
            Self { folder: TempDir::new().unwrap(), api: 0, http: 0, https: 0, backups: false };
        fs::create_dir_all(machine.stand_in()).unwrap();
        fs::create_dir_all(machine.root()).unwrap();
        machine.programs();
        let copied =
            Command::new("cp").args(["-r", &format!("{system}/.")]).arg(machine.root()).status();
        assert!(copied.unwrap().success());
        machine
    }

    /// A machine with the files of a blueprint, where nothing runs.
    pub(crate) fn of_blueprint(blueprint: &str) -> Self {
        let machine =
            Self { folder: TempDir::new().unwrap(), api: 0, http: 0, https: 0, backups: true };
        fs::create_dir_all(machine.stand_in()).unwrap();
        fs::create_dir_all(machine.root()).unwrap();
        machine.programs();
        machine.write(&tree(blueprint));
        machine
    }

    /// The folder of the compiled files.
    pub(crate) fn root(&self) -> PathBuf {
        self.folder.path().join(HOSTILE)
    }

    /// What the stand-ins keep.
    pub(crate) fn stand_in(&self) -> PathBuf {
        self.folder.path().join("stand-in")
    }

    /// Puts the files of a version in place of those that are there.
    pub(crate) fn compile(&self, version: u32) {
        self.write(&tree(&self.blueprint(version)));
        let facts = fs::read_to_string(self.root().join("scripts/environments/production.sh"));
        for word in facts.unwrap().split_whitespace().filter(|word| word.starts_with("secrets/")) {
            let secret = self.root().join(word);
            fs::create_dir_all(secret.parent().unwrap()).unwrap();
            fs::write(secret, "0123456789abcdef0123456789abcdef").unwrap();
        }
        let env = self.root().join(".env.production");
        fs::write(&env, "").unwrap();
        fs::set_permissions(env, Permissions::from_mode(0o600)).unwrap();
    }

    /// The system in a version.
    fn blueprint(&self, version: u32) -> String {
        let Self { api, http, https, .. } = self;
        let backups = if self.backups {
            "backups: { db: { schedule: \"0 2 * * *\", keep: 7d } }"
        } else {
            ""
        };
        format!(
            r#"
blueprint: v1
name: shop
environments: {{ production: {{ domain: shop.example }} }}
services:
  db: {{ uses: postgres@17 }}
  api:
    image: ghcr.io/example/shop-api:{version}.0.0
    port: 8000
    publish: 127.0.0.1:{api}:8000
    health: {{ live: /health/live, ready: /health/ready, tool: curl }}
    needs: [db]
    migrate:
      check: [migrate, check]
      upgrade: [migrate, up]
      downgrade: [migrate, down, "1"]
      reset: [migrate, down, all]
  web:
    image: ghcr.io/example/shop-web:{version}.0.0
    port: 3000
    health: {{ ready: /health, tool: wget }}
  nginx: {{ uses: nginx, publish: ["127.0.0.1:{http}:80", "127.0.0.1:{https}:443"] }}
routes: {{ "${{env.domain}}": {{ /: api, /absent: api }} }}
edge: {{ limit: 50r/s burst 100, tls: {{ by: self-signed }} }}
{backups}
"#
        )
    }

    fn write(&self, tree: &Tree) {
        for (path, artifact) in tree.iter() {
            let path = self.root().join(path.as_str());
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, artifact.text()).unwrap();
            fs::set_permissions(path, Permissions::from_mode(artifact.mode().bits())).unwrap();
        }
    }

    fn programs(&self) {
        let bin = self.folder.path().join("bin");
        fs::create_dir_all(&bin).unwrap();
        fs::write(bin.join("stand_in.py"), include_str!("stand_in.py")).unwrap();
        fs::write(bin.join("server.py"), include_str!("server.py")).unwrap();
        // The interpreter itself, not what may choose one: it is called often.
        let python = ["-c", "import sys; print(sys.executable)"];
        let python = Command::new("python3").args(python).output().unwrap().stdout;
        let python = String::from_utf8(python).unwrap();
        fs::write(bin.join("kubectl.py"), include_str!("kubectl.py")).unwrap();
        for (program, script) in [
            ("docker", "stand_in.py"),
            ("trivy", "stand_in.py trivy"),
            ("syft", "stand_in.py syft"),
            ("cosign", "stand_in.py cosign"),
            ("kubectl", "kubectl.py"),
        ] {
            let program = bin.join(program);
            let text = format!(
                "#!/bin/sh\nexec {} -IS {}/{script} \"$@\"\n",
                python.trim(),
                bin.display()
            );
            fs::write(&program, text).unwrap();
            fs::set_permissions(program, Permissions::from_mode(0o755)).unwrap();
        }
    }

    /// Gives the edge a certificate that lasts so many days.
    pub(crate) fn certificate(&self, days: &str) {
        let made = Command::new("openssl")
            .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"])
            .args(["-nodes", "-subj", "/CN=shop", "-addext", "subjectAltName=DNS:shop.example"])
            .args(["-days", days, "-keyout", "key.pem", "-out", "cert.pem"])
            .current_dir(self.stand_in())
            .output()
            .unwrap();
        assert!(made.status.success(), "{made:?}");
    }

    /// Says what goes wrong from now on, by image or by command.
    pub(crate) fn plan(&self, plan: &Value) {
        fs::write(self.stand_in().join("plan.json"), plan.to_string()).unwrap();
    }

    /// Says what is wrong in the cluster from now on, by words of a call.
    pub(crate) fn cluster(&self, cluster: &Value) {
        fs::write(self.stand_in().join("cluster.json"), cluster.to_string()).unwrap();
    }

    /// Runs a script.
    pub(crate) fn run(&self, script: &str, arguments: &[&str]) -> Run {
        Run::of(self.command(script, arguments).output().unwrap())
    }

    /// A script, ready to be run from elsewhere.
    pub(crate) fn command(&self, script: &str, arguments: &[&str]) -> Command {
        let path = std::env::var("PATH").unwrap();
        let bin = self.folder.path().join("bin");
        let mut command = Command::new(self.root().join("scripts").join(script));
        command
            .args(arguments)
            .current_dir("/")
            .stdin(Stdio::null())
            .env("PATH", format!("{}:{path}", bin.display()))
            .env("STAND_IN", self.stand_in())
            .env("VERIFY_ATTEMPTS", "1")
            .env("VERIFY_PAUSE", "0");
        for name in ["DEPLOY_STATE", "DEPLOY_LOCKED", "DEPLOY_FACTS", "DEPLOY_LOGGED"] {
            command.env_remove(name);
        }
        command
    }

    /// The calls of the container engine so far, each as one line.
    pub(crate) fn calls(&self) -> Vec<String> {
        let text = fs::read_to_string(self.stand_in().join("calls")).unwrap_or_default();
        let words = |line: &str| serde_json::from_str::<Vec<String>>(line).unwrap().join(" ");
        text.lines().map(words).collect()
    }

    /// The calls so far that start everything.
    pub(crate) fn starts(&self) -> Vec<String> {
        let is_start = |call: &String| call.contains(" up ") && !call.contains("--no-recreate");
        self.calls().into_iter().filter(is_start).collect()
    }

    pub(crate) fn forget_calls(&self) {
        fs::write(self.stand_in().join("calls"), "").unwrap();
    }

    /// The version of the program that answers on its port.
    pub(crate) fn answers(&self) -> String {
        let url = format!("http://127.0.0.1:{}/version", self.api);
        let output = Command::new("curl").args(["-s", &url]).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    }

    pub(crate) fn state(&self) -> PathBuf {
        self.root().join(".deploy/production")
    }

    /// Changes what the stand-in tells of a container.
    pub(crate) fn container(&self, name: &str, state: &str) {
        let path = self.stand_in().join("containers.json");
        let mut containers = json_of(&path);
        containers[name]["state"] = json!(state);
        fs::write(path, containers.to_string()).unwrap();
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        let path = self.stand_in().join("containers.json");
        if !path.is_file() {
            return;
        }
        for container in json_of(&path).as_object().unwrap().values() {
            for pid in container["pids"].as_array().unwrap() {
                let _ = Command::new("kill").arg(pid.to_string()).stderr(Stdio::null()).status();
            }
        }
    }
}

fn json_of(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn free_ports() -> [u16; 3] {
    let held = [(); 3].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    held.map(|listener| listener.local_addr().unwrap().port())
}
