//! Has promtool judge what was compiled for Prometheus: each file once, however many environments have the same, and as
//! many at a time as there are processors.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use formwork::catalog::samples::are_values;

use crate::judge::judge;
use crate::parallel::in_parallel;

/// The files of rules, each by what its tests are called.
const KINDS: &[(&str, &str)] = &[
    ("alert", "rules/alert_rules.yml"),
    ("cluster", "cluster/alert_rules.yml"),
    ("slo", "rules/slo_rules.yml"),
];

/// What promtool was asked to judge.
pub(crate) struct Judged {
    /// The files of rules.
    pub(crate) files: usize,
    /// The files of rules with alerts, of every folder that has them.
    pub(crate) rules: usize,
    /// The files of tests.
    pub(crate) tests: usize,
}

/// One run of promtool in a folder, and how many bytes it reads.
struct Run {
    name: String,
    folder: PathBuf,
    arguments: Vec<String>,
    size: usize,
}

/// Judges folders such as `prometheus/production`, each with a name to tell of: the configuration, the rules, and the
/// tests of the rules.
pub(crate) fn judge_folders(tool: &Path, folders: &[(String, PathBuf)]) -> Judged {
    let mut seen = BTreeSet::new();
    let mut runs = Vec::new();
    let mut judged = Judged { files: 0, rules: 0, tests: 0 };
    for (name, folder) in folders {
        let mut add = |arguments: &[&str], texts: &[&str]| {
            // What differs in comments only, or is the same for another environment, was judged already.
            let bare: Vec<String> = texts.iter().map(|text| without_comments(text)).collect();
            let size = bare.iter().map(String::len).sum();
            let arguments: Vec<String> = arguments.iter().map(|&one| one.to_owned()).collect();
            if seen.insert((arguments.clone(), bare)) {
                runs.push(Run { name: name.clone(), folder: folder.clone(), arguments, size });
            }
        };
        let read = |file: &str| fs::read_to_string(folder.join(file));
        let config = read("prometheus.yml").unwrap_or_else(|error| panic!("{name}: {error}"));
        add(&["check", "config", "--syntax-only", "prometheus.yml"], &[&config]);
        for (kind, file) in KINDS {
            let Ok(rules) = read(file) else { continue };
            add(&["check", "rules", "--lint=all", "--lint-fatal", file], &[&rules]);
            judged.files += 1;
            judged.rules += usize::from(rules.contains("- alert: "));
            let path = format!("tests/{kind}_rules_test.yml");
            let Ok(tests) = read(&path) else { continue };
            // Each reads the rules that it is for and no others.
            let own = format!("\nrule_files:\n  - ../{file}\nevaluation_interval:");
            assert!(tests.contains(&own), "{name}: {path}");
            add(&["test", "rules", &path], &[&rules, &tests]);
            judged.tests += 1;
        }
    }
    runs.sort_by_key(|run| std::cmp::Reverse(run.size));
    let refused = in_parallel(&runs, |run| run.refusal(tool));
    let refused: Vec<String> = refused.into_iter().flatten().collect();
    assert!(refused.is_empty(), "{}", refused.join("\n"));
    judged
}

impl Run {
    /// What promtool says when it does not accept the file.
    fn refusal(&self, tool: &Path) -> Option<String> {
        let Self { name, folder, arguments, .. } = self;
        let output = Command::new(tool).args(arguments).current_dir(folder).output().unwrap();
        let text = [output.stdout, output.stderr].concat();
        let text = String::from_utf8_lossy(&text);
        (!output.status.success()).then(|| format!("{name}: {arguments:?}: {text}"))
    }
}

/// Values of samples, with `|` between them.
const FORMS: &[&str] = &[
    "1|0x120|+5|-5x2|1.|.5x2|1.x2|08x2|1e3|1E+3x2|1+2e3x3|1x007|NaN|nan|Inf|+inf|-INF|NaN+1x3|Inf-1x2|Inf 1",
    "_ _x3|_x0|1x0|stale|1x3 stale 2| 1-2x4|1\t2|1 |1  2|| |NaNx3|infx2|-Infx3|1+infx3|1-nanx3|inf_|infinity|STALE",
    "1_|1_000|1..2|{{foo}}|+{{schema:1}}|0x1f|1 x3|1x 3|$samples|0x$samples|0x10x3|1+-2x3|-+1|1 2x|_3|1e400",
    "-1e400x2|1e|5m|stalex3|_+1x3|1+2|1+x3|1,2|ten|x3|1\u{c}2",
];

/// What promtool makes of values, and what is said of them here.
#[test]
fn values_of_samples_are_read_as_promtool_reads_them() {
    let Some(tool) = judge("promtool") else { return };
    let forms: Vec<&str> = FORMS.iter().flat_map(|forms| forms.split('|')).collect();
    let differ = in_parallel(&forms, |form| {
        let place = tempfile::TempDir::new().unwrap();
        let series = serde_json::json!({ "series": "up", "values": form });
        let tests =
            serde_json::json!({ "tests": [{ "interval": "15s", "input_series": [series] }] });
        fs::write(place.path().join("tests.yml"), tests.to_string()).unwrap();
        let mut command = Command::new(&tool);
        command.args(["test", "rules", "tests.yml"]).current_dir(place.path());
        let is_read = command.output().unwrap().status.success();
        let said = are_values(form);
        (is_read != said.is_ok()).then(|| format!("`{form}`: promtool {is_read}, here {said:?}"))
    });
    let differ: Vec<String> = differ.into_iter().flatten().collect();
    // Nothing is no values for promtool, and here a mistake.
    assert_eq!(differ.len(), 2, "{}", differ.join("\n"));
    assert!(differ.iter().all(|one| one.contains("there are no values")), "{}", differ.join("\n"));
}

fn without_comments(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.flat_map(|line| [line, "\n"]).collect()
}
