//! Times what people wait for: compiling, building and checking a system, and many copies of it.
//!
//! Run with `cargo bench`. Each figure is for all targets and environments, on one core. A few copies are
//! compiled for a second: few runs are over before the processor knows the code.

#![allow(clippy::unwrap_used, reason = "a benchmark that cannot go on should stop")]

use std::path::{Path, PathBuf};

use divan::Bencher;
use divan::counter::ItemsCount;
use formwork::compile::{Compiled, Inputs, compile};
use formwork::project::{self, Project};
use formwork::source::Source;
use formwork::tree::compare::{Change, compare};
use formwork::tree::hold::Held;
use formwork::tree::lock::Lock;
use formwork::tree::write::{Options, write};

/// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const COPIES: &[usize] = &[1, 10, 100, 1000];

fn main() {
    divan::main();
}

/// The systems in the repository.
fn systems() -> Vec<Project> {
    let files = project::blueprints(Path::new(env!("CARGO_MANIFEST_DIR")));
    files.iter().map(|file| Project::read(file, None).unwrap()).collect()
}

fn name(project: &Project) -> String {
    project.output.file_name().unwrap().to_string_lossy().into_owned()
}

fn names() -> Vec<String> {
    systems().iter().map(name).collect()
}

/// The largest of those whose blueprint is one file, so that copies of that file are systems.
fn system() -> Project {
    let mut found = systems();
    found.retain(|project| project.inputs.included.is_empty());
    let length = |one: &Project| one.inputs.sources.get(one.inputs.root).text.len();
    found.into_iter().max_by_key(length).unwrap()
}

/// The inputs of `count` systems that differ by their names.
fn copies(count: usize) -> Vec<Inputs> {
    let project = system();
    let text = &project.inputs.sources.get(project.inputs.root).text;
    let name = text.lines().find_map(|line| line.strip_prefix("name: ")).unwrap();
    let copy = |index: usize| {
        let mut inputs = project.inputs.clone();
        let text = text.replace(&format!("name: {name}"), &format!("name: {name}-{index}"));
        inputs.root = inputs.sources.add(Source::new("copy.yaml", &text));
        inputs
    };
    (0..count).map(copy).collect()
}

fn compiled(inputs: &Inputs) -> Compiled {
    compile(inputs).unwrap()
}

#[divan::bench(args = names())]
fn compile_system(bencher: Bencher, system: &str) {
    let project = systems().into_iter().find(|project| name(project) == system).unwrap();
    // What is given back is dropped outside the measured time.
    bencher.bench(|| compiled(&project.inputs));
}

#[divan::bench(args = COPIES, sample_count = 10, min_time = 1)]
fn compile_copies(bencher: Bencher, count: usize) {
    let inputs = copies(count);
    bencher
        .counter(ItemsCount::new(count))
        .bench(|| inputs.iter().map(|inputs| compiled(inputs).tree.len()).sum::<usize>());
}

/// One blueprint with many services: what is quadratic in a system's size shows here.
#[divan::bench(args = [1, 10, 100, 1000], sample_count = 5, min_time = 1)]
fn compile_services(bencher: Bencher, count: usize) {
    let mut text = "blueprint: v1\nname: many\nservices:\n  db: { uses: postgres@17 }\n".to_owned();
    for index in 0..count {
        text.push_str(&format!(
            "  app-{index}:\n    image: ghcr.io/example/app:1.0.0\n    port: 8000\n    health: /health\n    needs: [db]\n    environment: {{ DATABASE_URL: \"${{db.url}}\" }}\n"
        ));
    }
    let mut inputs = system().inputs;
    inputs.root = inputs.sources.add(Source::new("many.yaml", &text));
    bencher.counter(ItemsCount::new(count)).bench(|| compiled(&inputs).tree.len());
}

/// One service with many keys that are not known: what is quadratic in the number of faults shows here.
#[divan::bench(args = [10, 100, 1000, 10_000], sample_count = 5, min_time = 1)]
fn tell_faults(bencher: Bencher, count: usize) {
    let mut text = "blueprint: v1\nname: faulty\nservices:\n  web:\n".to_owned();
    text.extend((0..count).map(|index| format!("    other{index}: 1\n")));
    let mut inputs = system().inputs;
    inputs.root = inputs.sources.add(Source::new("faulty.yaml", &text));
    bencher.counter(ItemsCount::new(count)).bench(|| compile(&inputs).is_err());
}

#[divan::bench(args = COPIES, sample_count = 5, sample_size = 1)]
fn build_copies(bencher: Bencher, count: usize) {
    let inputs = copies(count);
    bencher
        .counter(ItemsCount::new(count))
        .with_inputs(|| tempfile::tempdir().unwrap())
        .bench_values(|folder| {
            for (index, inputs) in inputs.iter().enumerate() {
                written(inputs, &folder.path().join(index.to_string()));
            }
            folder
        });
}

#[divan::bench(args = COPIES, sample_count = 5, sample_size = 1)]
fn check_copies(bencher: Bencher, count: usize) {
    let inputs = copies(count);
    let folder = tempfile::tempdir().unwrap();
    let places: Vec<PathBuf> =
        (0..count).map(|index| folder.path().join(index.to_string())).collect();
    for (inputs, place) in inputs.iter().zip(&places) {
        written(inputs, place);
    }
    bencher.counter(ItemsCount::new(count)).bench(|| {
        inputs.iter().zip(&places).all(|(inputs, place)| {
            let compiled = compiled(inputs);
            let lock = Lock::read(place).unwrap();
            compare(&compiled.tree, place, &lock).unwrap().iter().all(Change::is_settled)
        })
    });
}

fn written(inputs: &Inputs, place: &Path) {
    let mut held = Held::made(place).unwrap();
    let compiled = compiled(inputs);
    let lock = Lock::read(place).unwrap();
    let changes = compare(&compiled.tree, place, &lock).unwrap();
    write(&mut held, &changes, &Options { force: &[], adopt: false, system: None }).unwrap();
}
