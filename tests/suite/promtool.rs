//! Has promtool judge what was compiled for Prometheus: each file once, however many environments have the same, and as
//! many at a time as there are processors.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

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

fn without_comments(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.flat_map(|line| [line, "\n"]).collect()
}
