//! Tries what must hold for every blueprint, on the examples and on changed copies of them.

use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use formwork::compile::{Compiled, Failure, compile};
use formwork::diagnostic::{Severity, render};
use formwork::tree::compare::{Change, Verdict, compare};
use formwork::tree::hold::Held;
use formwork::tree::lock::Lock;
use formwork::tree::write::{Options, write};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde_json::{Map, Value};

use crate::support::{blueprints, compiled, inputs, value, whole};

fn texts(compiled: &Compiled) -> Vec<(String, String)> {
    compiled.tree.iter().map(|(path, file)| (path.to_string(), file.text().to_owned())).collect()
}

/// A source of choices that is the same for the same seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        // Knuth's MMIX constants; the low bits of such a sequence are poor.
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit.max(1)
    }
}

#[test]
fn the_same_bytes_come_out_twice() {
    for path in blueprints() {
        let text = whole(&path);
        let (first, second) = (texts(&compiled(&text)), texts(&compiled(&text)));
        assert!(!first.is_empty());
        assert!(first == second, "{}", path.display());
    }
}

#[test]
fn what_was_built_is_current() {
    for path in blueprints() {
        let compiled = compiled(&whole(&path));
        let folder = tempfile::tempdir().unwrap();
        let mut held = Held::new(folder.path()).unwrap();
        let lock = Lock::read(folder.path()).unwrap();
        let changes = compare(&compiled.tree, folder.path(), &lock).unwrap();
        assert!(changes.iter().all(|change| change.verdict == Verdict::Missing));
        let written =
            write(&mut held, &changes, &Options { force: &[], adopt: false, system: None })
                .unwrap();
        assert_eq!(written.written.len(), compiled.tree.len());
        let lock = Lock::read(folder.path()).unwrap();
        let again = compare(&compiled.tree, folder.path(), &lock).unwrap();
        assert_eq!(again.len(), compiled.tree.len());
        assert!(again.iter().all(Change::is_settled), "{}", path.display());
    }
}

/// What people see in the author's order, and nothing that runs: the panels of a dashboard, and their series.
const SEEN: &[&str] = &["panels", "queries"];

/// The same blueprint with the keys of its mappings in another order.
fn shuffled(value: Value, key: &str, dice: &mut Dice) -> Value {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<(String, Value)> = map.into_iter().collect();
            if !SEEN.contains(&key) {
                for last in (1..entries.len()).rev() {
                    entries.swap(last, dice.below(last + 1));
                }
            }
            let below = |(key, value): (String, Value)| {
                let value = shuffled(value, &key, dice);
                (key, value)
            };
            Value::Object(entries.into_iter().map(below).collect::<Map<_, _>>())
        }
        Value::Array(items) => {
            Value::Array(items.into_iter().map(|item| shuffled(item, key, dice)).collect())
        }
        other => other,
    }
}

/// What a file says. Templates and documents list variables in the author's order, so that theirs are words; everything
/// else is the same to the last byte.
fn content<'t>(path: &str, text: &'t str) -> Vec<&'t str> {
    let is_document = Path::new(path).extension().is_some_and(|extension| extension == "md");
    if is_document || path.starts_with("env/") || path.starts_with(".env") {
        let mut words: Vec<&str> = text.split(|letter: char| !letter.is_alphanumeric()).collect();
        words.sort_unstable();
        words
    } else {
        vec![text]
    }
}

/// A copy with one node deleted, doubled, moved or replaced, here and there.
fn mutated(mut root: Value, dice: &mut Dice) -> Value {
    for _ in 0..=dice.below(3) {
        let mut pointers = vec![String::new()];
        collect(&root, &mut String::new(), &mut pointers);
        let pointer = pointers[dice.below(pointers.len())].clone();
        let other = root.pointer(&pointers[dice.below(pointers.len())]).cloned().unwrap();
        match dice.below(4) {
            0 => remove(&mut root, &pointer),
            1 => rename(&mut root, &pointer, dice),
            2 => *root.pointer_mut(&pointer).unwrap() = other,
            _ => *root.pointer_mut(&pointer).unwrap() = odd(dice),
        }
    }
    root
}

/// Values that nobody means.
fn odd(dice: &mut Dice) -> Value {
    let odd = [
        "null",
        "true",
        "-1",
        "0",
        "1e300",
        "99999999999999999999",
        "1.5",
        "\"\"",
        "\" \"",
        "\"${\"",
        "\"${a.b}\"",
        "\"$${\"",
        "\"${var.X}\"",
        "\"${self.port}\"",
        "\"${env.domain}\"",
        "\"-\"",
        "\"../..\"",
        "\"0.0.0.0:0\"",
        "\"é\\u0000\\n\"",
        "[]",
        "[[]]",
        "{}",
        "[null]",
        "{\"\": {}}",
        "{\"x-a\": 1}",
        "{\"a/b~c\": 1}",
        "[\"db\", \"db\"]",
        "\"db?\"",
        "\"nginx@1.28\"",
        "\"postgres\"",
        "\"latest\"",
        "\"1h30m\"",
        "\"64Mi..1Mi\"",
        "65535",
        "65536",
        "\"65535:65535\"",
        "{\"optional\": 1}",
    ];
    serde_json::from_str(odd[dice.below(odd.len())]).unwrap()
}

fn collect(value: &Value, at: &mut String, found: &mut Vec<String>) {
    let mut below = |segment: &str, value: &Value| {
        let length = at.len();
        write!(at, "/{}", segment.replace('~', "~0").replace('/', "~1")).unwrap();
        found.push(at.clone());
        collect(value, at, found);
        at.truncate(length);
    };
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| below(key, value)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, value)| below(&index.to_string(), value));
        }
        _ => {}
    }
}

fn remove(root: &mut Value, pointer: &str) {
    let Some((parent, last)) = pointer.rsplit_once('/') else { return };
    let key = last.replace("~1", "/").replace("~0", "~");
    match root.pointer_mut(parent) {
        Some(Value::Object(map)) => {
            map.remove(&key);
        }
        Some(Value::Array(items)) => {
            items.remove(key.parse().unwrap());
        }
        _ => {}
    }
}

fn rename(root: &mut Value, pointer: &str, dice: &mut Dice) {
    let Some((parent, last)) = pointer.rsplit_once('/') else { return };
    let key = last.replace("~1", "/").replace("~0", "~");
    if let Some(Value::Object(map)) = root.pointer_mut(parent) {
        let names = [
            "db",
            "api",
            "app",
            "a",
            "X",
            "9",
            "env",
            "nginx",
            "prometheus",
            "postgres",
            "é",
            "x-y",
        ];
        let value = map.remove(&key).unwrap();
        map.insert(names[dice.below(names.len())].to_owned(), value);
    }
}

/// The text with lines and letters deleted, doubled and exchanged.
fn garbled(text: &str, dice: &mut Dice) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for _ in 0..=dice.below(3) {
        let (at, other) = (dice.below(lines.len()), dice.below(lines.len()));
        match dice.below(5) {
            0 if lines.len() > 1 => {
                lines.remove(at);
            }
            1 => lines.insert(at, lines[other].clone()),
            2 => lines.swap(at, other),
            3 => lines[at].insert_str(0, "  "),
            _ => {
                let mut letters: Vec<char> = lines[at].chars().collect();
                let odd = [
                    '\t', ':', '"', '{', '[', '&', '*', '$', '-', '#', '|', '\u{2028}', 'é', '0',
                    '%',
                ];
                let place = dice.below(letters.len() + 1);
                letters.insert(place, odd[dice.below(odd.len())]);
                lines[at] = letters.into_iter().collect();
            }
        }
    }
    lines.join("\n")
}

/// Compiles, and demands files or faults with their places.
fn files_or_places(text: &str) -> Result<(), TestCaseError> {
    let inputs = inputs(text);
    let result = catch_unwind(AssertUnwindSafe(|| compile(&inputs)));
    let Ok(result) = result else {
        return Err(TestCaseError::fail(format!("it panicked on:\n{text}")));
    };
    match result {
        Ok(compiled) => {
            prop_assert!(compiled.remarks.iter().all(|one| one.severity != Severity::Error));
        }
        Err(Failure::Invalid(found)) => {
            prop_assert!(found.iter().any(|one| one.severity == Severity::Error));
            for one in &found {
                prop_assert!(!one.labels.is_empty() || one.path.is_some(), "{one:?}\n{text}");
                for label in &one.labels {
                    let length = inputs.sources.get(label.span.source).text.len();
                    prop_assert!(
                        label.span.start <= label.span.end && label.span.end as usize <= length
                    );
                }
            }
            let shown = render::text(&inputs.sources, &found, false);
            prop_assert!(shown.contains("blueprint.yaml"));
        }
        Err(Failure::Broken(error)) => prop_assert!(false, "{error}\n{text}"),
    }
    Ok(())
}

/// The same cases in every run, so that a failure is seen again; `FORMWORK_CASES=N` tries N times as many.
fn cases(count: u32) -> ProptestConfig {
    let times = std::env::var("FORMWORK_CASES").ok().and_then(|times| times.parse().ok());
    ProptestConfig {
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(1),
        ..ProptestConfig::with_cases(count * times.unwrap_or(1))
    }
}

proptest! {
    #![proptest_config(cases(24))]

    #[test]
    fn the_order_of_keys_changes_nothing_that_runs(seed: u64) {
        let mut dice = Dice(seed);
        let all = blueprints();
        let text = whole(&all[dice.below(all.len())]);
        let other = shuffled(value(&text), "", &mut dice);
        let (one, other) = (compiled(&text), compiled(&serde_json::to_string_pretty(&other).unwrap()));
        let (one, other) = (texts(&one), texts(&other));
        prop_assert_eq!(one.len(), other.len());
        let mut changed = String::new();
        for ((path, text), (other_path, other_text)) in one.iter().zip(&other) {
            prop_assert_eq!(path, other_path);
            if content(path, text) != content(path, other_text) {
                let diff = similar::TextDiff::from_lines(text, other_text);
                write!(changed, "{path}:\n{}", diff.unified_diff().context_radius(1)).unwrap();
            }
        }
        prop_assert!(changed.is_empty(), "{changed}");
    }
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn a_changed_blueprint_gives_files_or_faults_with_their_places(seed: u64) {
        let mut dice = Dice(seed);
        let all = blueprints();
        let text = whole(&all[dice.below(all.len())]);
        let text = if dice.below(3) == 0 {
            garbled(&text, &mut dice)
        } else {
            serde_json::to_string_pretty(&mutated(value(&text), &mut dice)).unwrap()
        };
        files_or_places(&text)?;
    }
}
