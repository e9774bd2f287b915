//! Turns a git revision into the texts that an output folder had there.

use std::collections::BTreeMap;
use std::io::{Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};

use crate::tree::Tree;
use crate::tree::lock::Lock;
use crate::tree::path::LOCK;

/// The texts at a revision, by path below the output folder: of every file that is compiled now or was then.
///
/// # Errors
/// When git is missing, the folder is in no repository, or the revision is unknown.
pub fn files(root: &Path, revision: &str, tree: &Tree) -> anyhow::Result<BTreeMap<String, String>> {
    let repository = Repository::around(root, revision)?;
    let mut paths: Vec<String> = tree.iter().map(|(path, _)| path.to_string()).collect();
    let lock = repository.read(&[LOCK.to_owned()])?;
    if let Some(text) = lock.get(LOCK) {
        let lock = Lock::parse(text)
            .with_context(|| format!("`{LOCK}` at `{revision}` cannot be used"))?;
        paths.extend(lock.paths().map(ToString::to_string));
        paths.sort();
        paths.dedup();
    }
    repository.read(&paths)
}

struct Repository {
    /// A folder in the repository.
    folder: PathBuf,
    /// The commit's full name.
    commit: String,
    /// What leads from the repository's root to the output folder; empty or with a slash at its end.
    prefix: String,
}

impl Repository {
    /// The repository that a folder lies in; the folder itself need not exist.
    fn around(root: &Path, revision: &str) -> anyhow::Result<Self> {
        let root = std::path::absolute(root).context("the current folder is gone")?;
        let folder = root.ancestors().find(|folder| folder.is_dir()).unwrap_or(&root).to_owned();
        let below = root.strip_prefix(&folder).unwrap_or(Path::new("")).to_string_lossy();
        let prefix = git(&folder, &["rev-parse", "--show-prefix"], "is in no git repository")?;
        // A revision that starts with a dash would be an option.
        let name = format!("{revision}^{{commit}}");
        let arguments = ["rev-parse", "--verify", "--quiet", "--end-of-options", &name];
        // Git says nothing of its own here.
        let commit = git(&folder, &arguments, "").ok().with_context(|| {
            format!("`{revision}` is no commit that git knows here; in CI, fetch it first")
        })?;
        let mut prefix = format!("{}{}", prefix.trim_end_matches('\n'), below.replace('\\', "/"));
        if !prefix.is_empty() && !prefix.ends_with('/') {
            prefix.push('/');
        }
        Ok(Self { folder, commit: commit.trim().to_owned(), prefix })
    }

    /// The texts of those files that exist at the revision. One process reads them all.
    fn read(&self, paths: &[String]) -> anyhow::Result<BTreeMap<String, String>> {
        // A file, not a pipe: git may answer before all questions are written.
        let mut questions = tempfile::tempfile().context("cannot make a temporary file")?;
        let line = |path: &String| format!("{}:{}{path}\n", self.commit, self.prefix);
        let lines: String = paths.iter().map(line).collect();
        questions
            .write_all(lines.as_bytes())
            .and_then(|()| questions.rewind())
            .context("cannot write a temporary file")?;
        let output = Command::new("git")
            .arg("-C")
            .arg(&self.folder)
            .args(["cat-file", "--batch"])
            .stdin(Stdio::from(questions))
            .output()
            .context("git cannot be run")?;
        if !output.status.success() {
            bail!("git cannot read the files: {}", String::from_utf8_lossy(&output.stderr).trim());
        }
        answers(&output.stdout, paths).context("git answered something unexpected")
    }
}

/// Reads what `git cat-file --batch` writes: `<name> <type> <size>`, newline, content, newline; or `<name> missing`.
fn answers(mut bytes: &[u8], paths: &[String]) -> Option<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    for path in paths {
        let end = bytes.iter().position(|byte| *byte == b'\n')?;
        let head = std::str::from_utf8(&bytes[..end]).ok()?;
        bytes = &bytes[end + 1..];
        if head.ends_with(" missing") {
            continue;
        }
        let size: usize = head.rsplit(' ').next()?.parse().ok()?;
        let content = bytes.get(..size)?;
        if head.contains(" blob ")
            && let Ok(text) = std::str::from_utf8(content)
        {
            files.insert(path.clone(), text.replace("\r\n", "\n"));
        }
        bytes = bytes.get(size + 1..)?;
    }
    Some(files)
}

fn git(folder: &Path, arguments: &[&str], otherwise: &str) -> anyhow::Result<String> {
    let output = Command::new("git").arg("-C").arg(folder).args(arguments).output();
    let output = output.context("`--against` needs git, which cannot be run")?;
    if !output.status.success() {
        let folder = folder.display();
        match String::from_utf8_lossy(&output.stderr).trim() {
            "" => bail!("`{folder}` {otherwise}"),
            said => bail!("`{folder}` {otherwise}: {said}"),
        }
    }
    String::from_utf8(output.stdout).context("git answered something unexpected")
}
