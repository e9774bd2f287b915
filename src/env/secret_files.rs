//! Turns variables that programs read as files into those files, or into what is wrong with them.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::diagnostic::{Code, Diagnostic};
use crate::env::access;
use crate::env::file::EnvFile;
use crate::format::quote::shell;
use crate::model::{Model, Variable, naming};
use crate::source::load::{self, shown};
use crate::value::VariableName;

/// The files that a model's programs read: variable, place, and the value that the env file gives it.
fn wanted<'a>(
    model: &'a Model,
    file: &'a EnvFile,
    root: &Path,
) -> impl Iterator<Item = (&'a Variable, PathBuf, &'a str)> {
    let folder = root.join(naming::secrets_folder(&model.environment.name));
    model.variables().filter(|one| one.file_owner.is_some() && one.is_operators()).filter_map(
        move |variable| {
            let value = file.value(variable.name.as_str())?;
            let optional = variable.may_be_empty();
            // Compose mounts the file of a variable that may be empty all the same.
            (optional || !value.trim().is_empty())
                .then(|| (variable, folder.join(naming::secret_file(&variable.name)), value))
        },
    )
}

/// What is wrong with the files below the output folder `root`.
pub fn check(model: &Model, file: &EnvFile, root: &Path) -> Vec<Diagnostic> {
    let again = format!("run `formwork env fill --env {}`", model.environment.name);
    let mut found = Vec::new();
    if wanted(model, file, root).next().is_some()
        && let Some(linked) = linked_folder(model, root, &again)
    {
        return vec![linked];
    }
    for (variable, path, value) in wanted(model, file, root) {
        let name = shown(&path);
        let problem = match fault(model, variable, &path, value) {
            Ok(None) => continue,
            Ok(Some(fault)) => Diagnostic::error(Code::EnvSecretFile, format!("`{name}` {fault}"))
                .help(again.clone()),
            Err(error) => Diagnostic::warning(
                Code::EnvSecretFile,
                format!("`{name}` cannot be compared with `{}`: {error}", variable.name),
            )
            .help("run this as the user who ran `formwork env fill`"),
        };
        found.push(problem.in_file(name));
    }
    found.extend(open_folder(model, root, &again));
    found
}

/// The folder of the files, and the one above it.
fn folders(model: &Model, root: &Path) -> [PathBuf; 2] {
    let folder = root.join(naming::secrets_folder(&model.environment.name));
    let above = folder.parent().unwrap_or(root).to_owned();
    [above, folder]
}

/// A link in the place of a folder: nothing is written through it, and what lies behind it is not ours to judge.
fn linked_folder(model: &Model, root: &Path, again: &str) -> Option<Diagnostic> {
    let is_link = |path: &PathBuf| fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink());
    let name = shown(folders(model, root).iter().find(|path| is_link(path))?);
    let message = format!("`{name}` is a symbolic link, which is not followed");
    Some(
        Diagnostic::error(Code::EnvSecretFile, message)
            .in_file(name)
            .help(format!("put a folder in its place, then {again}")),
    )
}

/// Why a program would not get the value from a file; the error is that it cannot be told.
fn fault(
    model: &Model,
    variable: &Variable,
    path: &Path,
    value: &str,
) -> io::Result<Option<String>> {
    let metadata = match fs::symlink_metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Ok(Some(format!(
                "is missing, and holds `{}` for {}",
                variable.name,
                readers(variable)
            )));
        }
        Err(error) => return Err(error),
    };
    if !metadata.is_file() {
        return Ok(Some("is not a file".to_owned()));
    }
    if let (Some(mode), Some(owner)) = (access::mode(&metadata), access::owner(&metadata))
        && let Some(shut_out) = shut_out(model, variable, mode, owner)
    {
        return Ok(Some(shut_out));
    }
    // A file that is longer cannot be equal, however long it is.
    let equal = metadata.len() == value.len() as u64 && fs::read(path)? == value.as_bytes();
    Ok((!equal).then(|| format!("holds another value than `{}` in the env file", variable.name)))
}

/// Who reads the file and cannot, by its mode and owner: Compose mounts it as it is. What a capability would open stays
/// closed, since containers have none of those.
fn shut_out(model: &Model, variable: &Variable, mode: u32, owner: u32) -> Option<String> {
    let mut users: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    let reading = model.services.iter().filter(|(_, one)| one.secrets.contains_key(&variable.name));
    for (name, service) in reading {
        let user = service.user.uid;
        if mode & if user == owner { 0o400 } else { 0o004 } == 0 {
            users.entry(user).or_default().push(format!("`{name}`"));
        }
    }
    let each = users.iter().map(|(user, services)| {
        let runs = if services.len() == 1 { "runs" } else { "run" };
        format!("user {user}, as which {} {runs}", services.join(", "))
    });
    let each = each.collect::<Vec<_>>().join("; nor by ");
    (!each.is_empty()).then(|| {
        format!("cannot be read by {each}: it belongs to user {owner} and its mode is {mode:04o}")
    })
}

fn readers(variable: &Variable) -> String {
    variable.read_by.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// The folder's mode is all that keeps other users out.
fn open_folder(model: &Model, root: &Path, again: &str) -> Option<Diagnostic> {
    let path = root.join(naming::secrets_folder(&model.environment.name));
    let mode = fs::symlink_metadata(&path).ok().as_ref().and_then(access::mode)?;
    let name = shown(&path);
    (mode & 0o077 != 0).then(|| {
        let message = format!("`{name}` can be entered by other users: its mode is {mode:04o}");
        let by_hand = format!("run `chmod 700 {}`", shell::quote(&name));
        Diagnostic::warning(Code::EnvFileMode, message)
            .in_file(name)
            .help(format!("{by_hand}, or {again}", again = &again["run ".len()..]))
    })
}

/// What a program already reads of a variable from a file below the output folder `root`, where that is a text.
pub fn present(model: &Model, variable: &Variable, root: &Path) -> Option<String> {
    variable.file_owner?;
    let [above, folder] = folders(model, root);
    let path = folder.join(naming::secret_file(&variable.name));
    let is = |path: &Path, kind: fn(&fs::FileType) -> bool| {
        fs::symlink_metadata(path).is_ok_and(|found| kind(&found.file_type()))
    };
    if !is(&above, fs::FileType::is_dir)
        || !is(&folder, fs::FileType::is_dir)
        || !is(&path, fs::FileType::is_file)
    {
        return None;
    }
    let source = load::load_confidential(&path).ok()?;
    (!source.text.trim().is_empty()).then_some(source.text)
}

/// The files below the output folder `root` that are there and hold other values than an env file gives them.
pub fn differing(model: &Model, file: &EnvFile, root: &Path) -> Vec<PathBuf> {
    let holds_other = |path: &Path, value: &str| {
        fs::symlink_metadata(path).is_ok_and(|found| {
            found.is_file()
                && (found.len() != value.len() as u64
                    || fs::read(path).is_ok_and(|there| there != value.as_bytes()))
        })
    };
    let all = wanted(model, file, root).filter(|(_, path, value)| holds_other(path, value));
    all.map(|(_, path, _)| path).collect()
}

/// Writes the files below the output folder `root` that differ, and names the variables behind them.
///
/// # Errors
/// The path, and why it cannot be written.
pub fn write(
    model: &Model,
    file: &EnvFile,
    root: &Path,
) -> Result<Vec<VariableName>, (PathBuf, io::Error)> {
    let mut written = Vec::new();
    let mut made = false;
    for (variable, path, value) in wanted(model, file, root) {
        if !made {
            for folder in folders(model, root) {
                access::folder(&folder).map_err(|error| (folder, error))?;
            }
            made = true;
        }
        if put(&path, value).map_err(|error| (path, error))? {
            written.push(variable.name.clone());
        }
    }
    Ok(written)
}

/// Writes a file if it differs; whether it did.
fn put(path: &Path, value: &str) -> io::Result<bool> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_file() => {
            let same = found.len() == value.len() as u64 && fs::read(path)? == value.as_bytes();
            if same {
                return access::set_mode(path, access::SECRET_FILE);
            }
        }
        // An engine that was started too early made an empty folder in its place.
        Ok(found) if found.is_dir() => fs::remove_dir(path)?,
        Ok(_) | Err(_) => {}
    }
    access::replace(path, value.as_bytes(), access::SECRET_FILE)?;
    Ok(true)
}
