//! Turns every blueprint, example and scaffold into the compiled files that judges read.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use crate::harness::Folder;
use crate::parallel::in_parallel;
use crate::support::{Known, blueprints, of_file};

/// What one blueprint compiles to.
pub(crate) struct Set {
    /// Where its files lie, such as `out/sira`, `examples/staging` or `init/fastapi`.
    pub(crate) name: String,
    pub(crate) known: Arc<Known>,
}

/// A compiled file.
pub(super) struct Artefact {
    /// Below the folder where all sets lie.
    pub(super) path: String,
    pub(super) text: String,
}

/// Every system and example of the repository, and a scaffold for each stack.
pub(crate) fn sets() -> &'static [Set] {
    &SETS
}

static SETS: LazyLock<Vec<Set>> = LazyLock::new(|| {
    let committed = |path: PathBuf| {
        let root = if path.starts_with("examples") { "examples" } else { "out" };
        let stem = path.file_stem().unwrap().to_str().unwrap();
        Set { name: format!("{root}/{stem}"), known: of_file(&path) }
    };
    let mut sets: Vec<Set> = blueprints().into_iter().map(committed).collect();
    sets.extend(in_parallel(&stacks(), |stack| scaffold(stack)));
    sets
});

/// The stacks that a scaffold can be for, as the program lists them.
fn stacks() -> Vec<String> {
    let run = Folder::empty().run(&["explain", "catalogue"]).exits(0);
    let (_, after) = run.stdout.split_once("\nstacks ").expect("a heading");
    let entries =
        after.lines().skip(1).take_while(|line| line.is_empty() || line.starts_with("  "));
    let names = entries.filter_map(|line| line.strip_prefix("  "));
    let names = names.filter(|name| !name.starts_with(' ') && !name.contains(' '));
    let stacks: Vec<String> = names.map(str::to_owned).collect();
    assert!(stacks.len() > 5 && stacks.contains(&"fastapi".to_owned()), "{stacks:?}");
    stacks
}

fn scaffold(stack: &str) -> Set {
    let folder = Folder::empty();
    let given = ["init", "--name", "shop", "--stack", stack, "--domain", "shop.example.com"];
    // One scaffold with everything that can be asked for; the others are the shortest.
    let all: &[&str] = &[
        "--database",
        "postgres",
        "--cache",
        "redis",
        "--monitoring",
        "--env",
        "production",
        "--env",
        "staging",
    ];
    let more = if stack == "fastapi" { all } else { &[] };
    folder.run(&[&given[..], more].concat()).exits(0);
    Set { name: format!("init/{stack}"), known: of_file(&folder.file("blueprint.yaml")) }
}

/// Writes all sets below a folder, and lists what was written.
pub(super) fn write(root: &Path) -> Vec<Artefact> {
    let mut all = Vec::new();
    for Set { name, known } in sets() {
        for (path, artefact) in known.compiled.tree.iter() {
            let path = format!("{name}/{path}");
            let file = root.join(&path);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, artefact.text()).unwrap();
            all.push(Artefact { path, text: artefact.text().to_owned() });
        }
    }
    all
}

impl Artefact {
    /// The path below the folder of its set.
    pub(super) fn own(&self) -> &str {
        self.path.splitn(3, '/').nth(2).unwrap()
    }

    pub(super) fn ends(&self, extensions: &[&str]) -> bool {
        Path::new(&self.path)
            .extension()
            .is_some_and(|end| extensions.iter().any(|one| end == *one))
    }

    pub(super) fn is_script(&self) -> bool {
        let first = self.text.lines().next().unwrap_or_default();
        self.ends(&["sh"]) || first.starts_with("#!") && first.ends_with("sh")
    }

    /// What a judge sees of it: where two files are the same but for the blueprint that they name, one is judged.
    pub(super) fn seen(&self) -> String {
        let is_origin = |line: &str| line.starts_with("# Compiled by Formwork from ");
        let lines = self.text.lines().map(|line| if is_origin(line) { "#" } else { line });
        lines.flat_map(|line| [line, "\n"]).collect()
    }
}

pub(super) fn is_compose(file: &Artefact) -> bool {
    file.own().starts_with("docker-compose.") && file.ends(&["yml"])
}

pub(super) fn is_workflow(file: &Artefact) -> bool {
    file.own().starts_with(".github/workflows/")
}

pub(super) fn is_alertmanager(file: &Artefact) -> bool {
    file.own().ends_with("/alertmanager.yml")
}

/// The operator's variables, and what each program reads of them.
pub(super) fn is_env(file: &Artefact) -> bool {
    let own = file.own();
    (own.starts_with(".env.") || own.starts_with("env/")) && file.ends(&["template", "example"])
}
