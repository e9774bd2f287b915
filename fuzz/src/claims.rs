//! Says what must hold for whatever is compiled.

use std::path::Path;
use std::time::{Duration, Instant};

use formwork::compile::{Compiled, Failure, Inputs, compile};
use formwork::diagnostic::{Diagnostic, Severity, render};
use formwork::source::Sources;
use serde::Deserialize as _;
use serde_yaml::{Deserializer, Value};

/// What a run may take.
const LONGEST: Duration = Duration::from_secs(1);

/// Runs, and demands that it takes less than a second; on a busy machine it is tried again, and only its own time counts.
///
/// # Panics
/// When it takes longer.
pub fn soon(run: impl Fn()) {
    let start = Instant::now();
    run();
    if start.elapsed() < LONGEST {
        return;
    }
    let (start, before) = (Instant::now(), busy());
    run();
    let took =
        before.zip(busy()).map_or(start.elapsed(), |(before, after)| after.saturating_sub(before));
    assert!(took < LONGEST, "it takes {took:?}");
}

/// How long this thread has been run, where the system tells (the kernel's documentation, "Scheduler Statistics", `/proc/<pid>/schedstat`).
fn busy() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

/// Compiles, and demands whole files or faults with their places. Whether there were files.
pub fn compiles_or_tells(inputs: &Inputs) -> bool {
    match compile(inputs) {
        Ok(compiled) => {
            assert!(compiled.remarks.iter().all(|one| one.severity != Severity::Error));
            told(&inputs.sources, &compiled.remarks);
            files(&compiled);
            let again = compile(inputs).unwrap_or_else(|_| panic!("the second run differs"));
            assert!(again.tree == compiled.tree, "two runs give other bytes");
            assert_eq!(again.remarks, compiled.remarks);
            true
        }
        Err(Failure::Invalid(found)) => {
            assert!(found.iter().any(|one| one.severity == Severity::Error), "{found:?}");
            told(&inputs.sources, &found);
            false
        }
        Err(Failure::Broken(error)) => panic!("the program's fault: {error}"),
    }
}

/// What is told has a place in the text, and steers no terminal.
pub fn told(sources: &Sources, found: &[Diagnostic]) {
    for one in found {
        assert!(!one.labels.is_empty() || one.path.is_some(), "no place: {one:?}");
        for label in &one.labels {
            let text = &sources.get(label.span.source).text;
            let (start, end) = (label.span.start as usize, label.span.end as usize);
            assert!(text.get(start..end).is_some(), "{one:?} is not in the text");
        }
    }
    let shown = render::text(sources, found, false);
    let steers = |c: char| c.is_control() && c != '\n' || ('\u{202a}'..='\u{202e}').contains(&c);
    assert!(!shown.contains(steers), "it would steer a terminal: {shown:?}");
    let github = render::github(sources, found);
    let lines = github.lines().filter(|line| !line.is_empty());
    for line in lines {
        assert!(line.starts_with("::") || found.is_empty(), "no annotation: {line:?}");
    }
    assert_eq!(render::values(sources, found).len(), found.len());
}

/// Every file is one that its reader takes.
fn files(compiled: &Compiled) {
    for (path, artifact) in compiled.tree.iter() {
        let text = artifact.text();
        assert!(text.ends_with('\n') && !text.contains('\0'), "{path}: {text:?}");
        match Path::new(path.as_str()).extension().and_then(|extension| extension.to_str()) {
            Some("json") => {
                let read = serde_json::from_str::<serde_json::Value>(text);
                assert!(read.is_ok(), "{path}: {read:?}\n{text}");
            }
            Some("yml" | "yaml") => {
                for document in Deserializer::from_str(text) {
                    let read = Value::deserialize(document);
                    assert!(read.is_ok(), "{path}: {read:?}\n{text}");
                }
            }
            _ => {}
        }
    }
}
