//! Lets every judge that reads files judge every artefact of every system, example and scaffold, and holds what each
//! finds against the committed table.

mod artefacts;
mod findings;
mod judges;
mod nginx;
mod record;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::judge::judge;
use crate::parallel::in_parallel;
use artefacts::Artefact;
use findings::Ran;
use judges::{ALL, Call, Judge};

pub(crate) use artefacts::sets;
pub(crate) use findings::Finding;
pub(crate) use record::{absent, record, settle};

/// How many files a judge is given at a time: enough that its start does not count, few enough for two processors.
const BATCH: usize = 40;

#[test]
fn every_judge_of_files_finds_nothing_but_what_the_table_lets_be() {
    let folder = TempDir::new().unwrap();
    let all = artefacts::write(folder.path());
    let there: Vec<&Judge> = ALL.iter().filter(|one| program(one).is_some()).collect();
    let mut runs = Vec::new();
    let mut files = Vec::new();
    for (number, judge) in there.iter().enumerate() {
        let read: Vec<&Artefact> = all.iter().filter(|file| (judge.reads)(file)).collect();
        let distinct = distinct(judge, &read, &all);
        let size = match judge.call {
            Call::Files => BATCH,
            Call::File | Call::Option(_) => 1,
            Call::Folder => distinct.len().max(1),
        };
        runs.extend(distinct.chunks(size).map(|share| (number, share.to_vec())));
        files.push(read.len());
    }
    let found = in_parallel(&runs, |(number, share)| run(there[*number], folder.path(), share));
    let mut by_judge: Vec<Vec<Finding>> = there.iter().map(|_| Vec::new()).collect();
    for ((number, share), found) in runs.iter().zip(found) {
        // What reads a whole folder reads a text as often as it is there, and is asked of it once.
        let again = |one: &Finding| {
            matches!(there[*number].call, Call::Folder)
                && !share.contains(&one.file)
                && all.iter().any(|file| file.path == one.file)
        };
        by_judge[*number].extend(found.into_iter().filter(|one| !again(one)));
    }
    let mut wrong = nginx::judged(folder.path(), &all);
    for ((judge, files), found) in there.iter().zip(files).zip(&by_judge) {
        wrong.extend(settle(judge.name, files, found).err());
        if judge.name == "compose-lint" {
            wrong.extend(
                found.iter().filter(|one| !is_waived(one)).map(|one| format!("not waived: {one}")),
            );
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The program of a judge; bash is everywhere.
fn program(of: &Judge) -> Option<std::path::PathBuf> {
    if of.program == "bash" { Some("bash".into()) } else { judge(of.program) }
}

/// The files, but each text once, however many environments and scaffolds have it.
fn distinct(judge: &Judge, read: &[&Artefact], all: &[Artefact]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let is_new = |file: &&&Artefact| {
        let mut key = file.seen();
        if judge.follows {
            // What a script reads in lies in a folder beside it.
            let beside = format!("{}/shared/", file.path.rsplit_once('/').unwrap().0);
            let others = all.iter().filter(|other| other.path.starts_with(&beside));
            key.extend(others.map(Artefact::seen));
        }
        seen.insert(key)
    };
    read.iter().filter(is_new).map(|file| file.path.clone()).collect()
}

fn run(judge: &Judge, root: &Path, files: &[String]) -> Vec<Finding> {
    let mut command = Command::new(program(judge).expect("it is there"));
    command.current_dir(root);
    command.args(
        judge
            .arguments
            .iter()
            .copied()
            .flatten()
            .map(|one| one.replace("{root}", env!("CARGO_MANIFEST_DIR"))),
    );
    match judge.call {
        Call::Files | Call::File => command.args(files),
        Call::Option(option) => command.arg(format!("{option}{}", files[0])),
        Call::Folder => command.arg("."),
    };
    let output = command.output().unwrap_or_else(|error| panic!("{}: {error}", judge.name));
    let ran = Ran { output, files: files.to_vec() };
    findings::or_failed((judge.findings)(&ran), &ran)
}

/// Whether the author or a component waives the finding, with a reason.
fn is_waived(finding: &Finding) -> bool {
    // A tag without a digest: digests are the update bot's, and none is invented here.
    if finding.rule == "CL-0019" {
        return true;
    }
    let service = finding.message.split(": ").next().unwrap();
    let set =
        sets().iter().find(|set| finding.file.starts_with(&format!("{}/", set.name))).unwrap();
    let mut models = set.known.compiled.models.iter();
    let model = models.find(|model| {
        finding.file.ends_with(&format!("docker-compose.{}.yml", model.environment.short))
    });
    model.unwrap().waivers.iter().any(|waiver| {
        let mut services = waiver.services.iter();
        waiver.rule == finding.rule
            && (waiver.services.is_empty() || services.any(|name| name.as_str() == service))
    })
}

/// Silence would be worth nothing if a judge never found anything, or was not understood.
#[test]
fn every_judge_of_files_finds_a_fault_where_there_is_one() {
    let judged = in_parallel(&ALL.iter().collect::<Vec<_>>(), |judge| {
        program(judge)?;
        let (path, text, rule) = judge.faulty;
        let folder = crate::harness::Folder::empty();
        folder.write(path, text);
        let found = run(judge, folder.path(), &[path.to_owned()]);
        let right = found.iter().any(|one| one.rule == rule && one.file.ends_with(path));
        let found: Vec<String> = found.iter().map(Finding::to_string).collect();
        (!right).then(|| format!("{}: no {rule} in {found:#?}", judge.name))
    });
    let silent: Vec<String> = judged.into_iter().flatten().collect();
    assert!(silent.is_empty(), "{}", silent.join("\n"));
}

#[test]
fn every_row_of_the_table_is_of_a_judge_and_has_a_reason() {
    let rows = record::table();
    let known = |name: &str| {
        ALL.iter().any(|judge| judge.name == name)
            || ["nginx -t", "gixy", "crossplane", "sslscan", "testssl.sh"].contains(&name)
    };
    let mut seen = BTreeSet::new();
    for row in &rows {
        assert!(known(&row.judge) && row.count > 0 && row.why.len() > 10, "{row:?}");
        assert!(seen.insert((&row.judge, &row.rule)), "{row:?} is there twice");
    }
}
