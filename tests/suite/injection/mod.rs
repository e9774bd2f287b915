//! Puts hostile texts into every place of a blueprint and of a catalogue entry that can carry one: each comes back from
//! the reader of the compiled file as it was, or is refused, which only names and other texts with a grammar are.
//!
//! The places are those of the schemas, so that a new key of the language is among them by itself. The same places are
//! filled with harmless texts as well: what the readers make of both must differ in those texts alone.

mod entries;
mod hostile;
mod planting;
mod positions;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use formwork::compile::Compiled;
use serde_json::{Value, json};

use self::hostile::{TEXTS, Text, WHOLE};
use self::planting::{BROKEN, Form, Ground, Texts};
use self::positions::{Kind, Position, Schema};
use crate::judge::judge;
use crate::support::{inputs, value};

const BLUEPRINT: &str = include_str!("blueprint.yaml");

/// The places for any text at which some texts are refused all the same, and why.
const GRAMMARS: &[(&str, &str)] = &[
    ("/buckets/*/bucket", "S3's rules for the names of buckets"),
    ("/buckets/*/endpoint", "a URL"),
    ("/buckets/*/region", "a region's name"),
    ("/edge/headers/csp", "one line of a header"),
    ("/edge/headers/extra/*", "one line of a header"),
    ("/edge/headers/extra/{}", "the name of a header"),
    ("/edge/headers/permissions", "one line of a header"),
    ("/edge/headers/referrer", "one line of a header"),
    ("/monitoring/alerts/*/description", "a Go template"),
    ("/monitoring/alerts/*/expr", "PromQL"),
    ("/monitoring/alerts/*/fires/labels/{}", "the name of a label"),
    ("/monitoring/alerts/*/fires/labels/*", "what the alert's labels are"),
    ("/monitoring/alerts/*/fires/series/{}", "a series in PromQL"),
    ("/monitoring/alerts/*/fires/series/*", "promtool's notation"),
    ("/monitoring/alerts/*/quiet/series/{}", "a series in PromQL"),
    ("/monitoring/alerts/*/quiet/series/*", "promtool's notation"),
    ("/monitoring/alerts/*/summary", "a Go template"),
    (
        "/monitoring/dashboards/*/panels/*/queries/{}",
        "the name of a series, which its legend refers to",
    ),
    ("/monitoring/dashboards/*/panels/*/queries/*", "PromQL"),
    ("/patches/*/file", "the path of a compiled file"),
    ("/patches/*/merge/**", "a part of a file, in that file's own notation"),
    ("/routes/{}", "a host"),
    ("/routes/*/{}", "the path of a URL"),
    ("/routes/*/*/cors/[]", "an origin"),
    ("/routes/*/*/cors/origins/[]", "an origin"),
    ("/services/*/autoscale/metrics/*/expr", "PromQL"),
    ("/services/*/build/with/*", "what the stack takes"),
    ("/services/*/build/with/{}", "the name of a parameter"),
    ("/services/*/capabilities/[]", "a capability"),
    ("/services/*/databases/*/{}", "the name of a parameter"),
    ("/services/*/databases/*/*", "what the component takes"),
    ("/services/*/health/command/[]", "a command that tells of health"),
    ("/services/*/health/live_command/[]", "a command that tells of health"),
    ("/services/*/metrics/series/{}", "the name of a metric"),
    ("/services/*/metrics/series/*/labels/[]", "the name of a label"),
    ("/services/*/with/{}", "the name of a parameter"),
    ("/services/*/with/*", "what the component takes"),
    ("/waivers/{}", "the code of a rule"),
];

/// The places whose text is code, which the reader is to run.
const CODE: &[&str] = &["/ci/install", "/patches/*/insert"];

/// Short forms of texts in which `${` starts a reference, of which the schema says nothing.
const SHORT_TEXTS: &[&str] = &["/variables/*/*"];

/// The places for any text that no blueprint of the tests has.
const UNTRIED: &[(&str, &str)] = &[
    ("/kubernetes/secrets/key", "needs a store of secrets, in place of the Secret"),
    ("/monitoring/alerts/*/quiet/labels/*", "is what the alert says when it is quiet: nothing"),
    ("/monitoring/alerts/*/quiet/labels/{}", "is what the alert says when it is quiet: nothing"),
    ("/monitoring/receivers/*/pagerduty", "is one secret variable"),
    ("/services/*/build/target", "is one of the stack's"),
    ("/services/*/migrate", "is one of the stack's"),
    ("/services/*/migrate/by", "is one of the stack's"),
    ("/services/*/needs/*/pool", "is a number, or numbers of variables"),
    ("/waivers/*", "is the reason, written short"),
];

/// The schema of the language, as it is committed.
fn language() -> Value {
    serde_json::from_str(include_str!("../../../schema/blueprint.schema.json")).unwrap()
}

/// The blueprint, and the kinds of its places.
fn ground() -> (Ground, BTreeMap<String, Kind>) {
    let schema = language();
    let schema = Schema(&schema);
    let (root, kinds) = (value(BLUEPRINT), schema.all());
    let mut positions = schema.within(&root);
    // Names that others refer to, and what is nothing but a reference.
    let is_reference = |one: &Position| {
        let text = root.pointer(&one.pointer).and_then(Value::as_str).unwrap_or_default();
        text.starts_with("${") && text.ends_with('}') && !one.is_key
    };
    positions.retain(|one| !(one.is_key && kinds.get(&one.schema) == Some(&Kind::Name)));
    positions.retain(|one| !is_reference(one) && !CODE.contains(&one.schema.as_str()));
    for one in &mut positions {
        one.has_references |= SHORT_TEXTS.contains(&one.schema.as_str());
    }
    let inputs = |text: &str| {
        let inputs = inputs(text);
        let root = inputs.root;
        (inputs, root)
    };
    (Ground { root, positions, inputs }, kinds)
}

/// What is compiled once with hostile texts and once with harmless ones in their places.
struct Rounds {
    folder: tempfile::TempDir,
    compiled: Vec<Value>,
    /// What was refused that should not have been.
    wrong: BTreeSet<String>,
}

impl Rounds {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { folder, compiled: Vec::new(), wrong: BTreeSet::new() }
    }

    /// Compiles both.
    fn add(
        &mut self,
        ground: &Ground,
        texts: Texts,
        form: Form,
        must_be_taken: &dyn Fn(usize) -> bool,
    ) {
        let all = texts.clone();
        let hostile = ground.tried(texts, form);
        for (at, message) in &hostile.refused {
            if must_be_taken(*at) || message.starts_with(BROKEN) {
                let schema = &ground.positions[*at].schema;
                self.wrong.insert(format!("{schema} refuses {:?}: {message}", all[at]));
            }
        }
        let harmless = hostile.texts.keys().map(|at| (*at, form.harmless(*at))).collect();
        let harmless = ground.tried(harmless, form);
        assert_eq!(harmless.refused, BTreeMap::new());
        let schemas =
            hostile.texts.keys().map(|at| (at.to_string(), &ground.positions[*at].schema));
        let texts =
            hostile.texts.iter().map(|(at, text)| (at.to_string(), form.written(*at, text)));
        let round = json!({
            "hostile": self.write("hostile", &hostile.compiled),
            "harmless": self.write("harmless", &harmless.compiled),
            "texts": texts.collect::<BTreeMap<_, _>>(),
            "schema": schemas.collect::<BTreeMap<_, _>>(),
        });
        self.compiled.push(round);
    }

    fn write(&self, name: &str, compiled: &Compiled) -> PathBuf {
        let folder = self.folder.path().join(format!("{}-{name}", self.compiled.len()));
        for (path, artifact) in compiled.tree.iter() {
            let file = path.under(&folder);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, artifact.text()).unwrap();
        }
        folder
    }

    /// Has the readers read all of it, and compares.
    fn read(self, python: &Path, programs: &[PathBuf], least: usize) {
        let Self { folder, compiled, wrong } = self;
        let wrong: Vec<_> = wrong.into_iter().collect();
        assert!(wrong.is_empty(), "{} refusals\n{}", wrong.len(), wrong.join("\n"));
        let least = least * compiled.len();
        let list = folder.path().join("rounds.json");
        fs::write(&list, Value::from(compiled).to_string()).unwrap();
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/suite/injection/readers.py");
        let output = Command::new(python).arg(script).arg(&list).args(programs).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let read: Value = serde_json::from_slice(&output.stdout).unwrap();
        let differences = read["differences"].as_array().unwrap();
        let some = serde_json::to_string_pretty(&differences[..differences.len().min(20)]).unwrap();
        assert!(differences.is_empty(), "{} differences: {some}", differences.len());
        assert!(read["checked"].as_u64().unwrap() > least as u64, "{}", read["checked"]);
        assert_eq!(read["unread"], json!([]));
    }
}

/// The programs that read, after the interpreter.
fn programs() -> Option<(PathBuf, Vec<PathBuf>)> {
    let python = judge("judge-python")?;
    Some((python, vec![judge("docker-compose")?, judge("shfmt")?]))
}

/// `FORMWORK_CASES=N` tries N times as many texts at each place.
fn times(count: usize) -> usize {
    let times = std::env::var("FORMWORK_CASES").ok().and_then(|times| times.parse().ok());
    count * times.unwrap_or(1)
}

#[test]
fn every_place_for_a_text_is_tried() {
    let schema = language();
    let schema = Schema(&schema);
    let within = schema.within(&value(BLUEPRINT));
    let within: BTreeSet<&str> = within.iter().map(|one| one.schema.as_str()).collect();
    let all = schema.all();
    assert!(all.len() > 250, "{}", all.len());
    let missed: Vec<&str> = all
        .iter()
        .filter(|(schema, kind)| **kind == Kind::Text && !within.contains(schema.as_str()))
        .map(|(schema, _)| schema.as_str())
        .collect();
    let untried: Vec<&str> = UNTRIED.iter().map(|(schema, _)| *schema).collect();
    assert_eq!(missed, untried, "add them to tests/suite/injection/blueprint.yaml");
    for (schema, _) in GRAMMARS {
        assert!(all.contains_key(*schema), "the language has no `{schema}`");
    }
}

/// Whether a place takes any text that can be printed.
fn is_free(position: &Position, kinds: &BTreeMap<String, Kind>) -> bool {
    kinds.get(&position.schema) == Some(&Kind::Text)
        && GRAMMARS.iter().all(|(schema, _)| *schema != position.schema)
}

#[test]
fn every_text_comes_back_or_is_refused() {
    let (ground, kinds) = ground();
    hostile_texts(&ground, &|position| is_free(position, &kinds), 80);
}

/// Plants the texts at all positions that take a harmless one, `least` of which are read back each time.
fn hostile_texts(ground: &Ground, is_free: &dyn Fn(&Position) -> bool, least: usize) {
    let Some((python, programs)) = programs() else { return };
    let harmless = (0..ground.positions.len()).map(|at| (at, Form::Added.harmless(at)));
    let known = ground.tried(harmless.collect(), Form::Added);
    let mut rounds = Rounds::new();
    for (at, message) in &known.refused {
        if is_free(&ground.positions[*at]) {
            rounds.wrong.insert(format!("{}: {message}", ground.positions[*at].schema));
        }
    }
    for round in 0..times(6) {
        // 13 has no divisor in common with the number of texts: each place meets all of them in the end.
        let text = |at: usize| -> &Text { &TEXTS[(at + round * 13) % TEXTS.len()] };
        let texts = known.texts.keys().map(|at| (*at, text(*at).0.to_owned())).collect();
        let must_be_taken = |at: usize| text(at).1 && is_free(&ground.positions[at]);
        rounds.add(ground, texts, Form::Added, &must_be_taken);
    }
    rounds.read(&python, &programs, least);
}

/// What YAML 1.1 reads as something else than text, and what is not a plain scalar.
#[test]
fn a_word_that_readers_take_for_something_else_stays_a_text() {
    let Some((python, programs)) = programs() else { return };
    let (mut ground, kinds) = ground();
    // A reason has ten characters at least.
    let is_long = |one: &Position| one.schema == "/waivers/*/reason";
    ground.positions.retain(|one| !one.is_key && is_free(one, &kinds) && !is_long(one));
    let mut rounds = Rounds::new();
    for round in 0..times(4) {
        let word = |at: usize| WHOLE[(at + round * 7) % WHOLE.len()].to_owned();
        let texts = (0..ground.positions.len()).map(|at| (at, word(at))).collect();
        rounds.add(&ground, texts, Form::Whole, &|_| true);
    }
    rounds.read(&python, &programs, 50);
}
