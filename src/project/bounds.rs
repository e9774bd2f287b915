//! Turns the place of a blueprint into the folder that it may read from and write to: its project.

use std::path::{Path, PathBuf};

use crate::diagnostic::{Code, Diagnostic};
use crate::source::load::shown;

/// The folder that a blueprint's own paths must not lead out of, links included.
#[derive(Debug)]
pub(super) struct Bounds {
    project: PathBuf,
}

impl Bounds {
    /// The repository that the blueprint's folder lies in. Where there is none, the folder itself or, of a folder
    /// `blueprints`, the one above it; or the folder that we are in, if it is further up.
    pub(super) fn of(folder: &Path) -> Self {
        let folder = real(folder);
        let repository = folder.ancestors().find(|above| above.join(".git").exists());
        if let Some(repository) = repository {
            return Self { project: repository.to_owned() };
        }
        let own = match folder.parent() {
            Some(above) if super::is_blueprints(&folder) => above,
            _ => &folder,
        };
        let here = real(Path::new(""));
        let is_above = own.starts_with(&here) && here.parent().is_some();
        Self { project: if is_above { here } else { own.to_owned() } }
    }

    /// Refuses a file that must not be read: one outside, or one whose lines may be anything but ours to show.
    pub(super) fn readable(&self, path: &Path) -> Result<(), Diagnostic> {
        let real = self.within(path)?;
        if !is_yaml(path) || !is_yaml(&real) {
            let message = format!("`{}` is no YAML file", shown(path));
            return Err(Diagnostic::error(Code::InvalidValue, message)
                .help("its name must end in `.yaml` or `.yml`"));
        }
        Ok(())
    }

    /// The same for a template.
    pub(super) fn template(&self, path: &Path) -> Result<(), Diagnostic> {
        let real = self.within(path)?;
        if real.extension().is_none_or(|extension| extension != "j2") {
            let message = format!("`{}` leads to what is no template", shown(path));
            return Err(Diagnostic::error(Code::InvalidValue, message)
                .help("put the template itself there: its name must end in `.j2`"));
        }
        Ok(())
    }

    /// Where a path leads, which must not be outside.
    fn within(&self, path: &Path) -> Result<PathBuf, Diagnostic> {
        let real = real(path);
        if !real.starts_with(&self.project) {
            return Err(outside(path).help("copy it into the project"));
        }
        Ok(real)
    }

    /// Refuses an output folder outside, and git's own.
    pub(super) fn writable(&self, path: &Path) -> Result<(), Diagnostic> {
        let real = real(path);
        let Ok(within) = real.strip_prefix(&self.project) else {
            return Err(outside(path).help(
                "choose a folder within, or name it on the command line, where you can see it: `--out FOLDER`",
            ));
        };
        // Some file systems take capitals and small letters for the same.
        if within.components().any(|part| part.as_os_str().eq_ignore_ascii_case(".git")) {
            let message = format!("`{}` is git's own folder", shown(path));
            let found = Diagnostic::error(Code::OutsideProject, message);
            return Err(found.help("choose another, such as `out`"));
        }
        Ok(())
    }
}

fn outside(path: &Path) -> Diagnostic {
    let message = format!("`{}` leads out of the project", shown(path));
    Diagnostic::error(Code::OutsideProject, message)
}

/// Whether a file's name says that it is YAML.
pub(super) fn is_yaml(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml")
}

/// The path without links, as far as it exists.
fn real(path: &Path) -> PathBuf {
    let found = path.ancestors().find_map(|above| {
        let there = if above.as_os_str().is_empty() { Path::new(".") } else { above };
        let rest = path.strip_prefix(above).ok()?;
        Some(there.canonicalize().ok()?.join(rest))
    });
    let found = found.or_else(|| std::path::absolute(path).ok());
    found.unwrap_or_else(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_leads_out_is_refused() {
        let place = tempfile::tempdir().unwrap();
        let at = |path: &str| place.path().join(path);
        fs::create_dir_all(at("repo/blueprints")).unwrap();
        fs::create_dir_all(at("repo/deploy/sub")).unwrap();
        let bounds = Bounds::of(&at("repo/blueprints"));
        assert!(bounds.writable(&at("repo/out/shop")).is_ok());
        assert!(bounds.writable(&at("elsewhere")).is_err());
        let bounds = Bounds::of(&at("repo/deploy/sub"));
        assert!(bounds.writable(&at("repo/deploy/sub/out")).is_ok());
        assert!(bounds.writable(&at("repo/deploy")).is_err());
        fs::create_dir(at("repo/.git")).unwrap();
        let bounds = Bounds::of(&at("repo/deploy/sub"));
        assert!(bounds.writable(&at("repo/out")).is_ok());
        assert!(bounds.writable(&at("repo/../out")).is_err());
        for git in [".git", ".git/hooks", ".GIT"] {
            let refused = bounds.writable(&at("repo").join(git)).unwrap_err();
            assert!(refused.message.ends_with("is git's own folder"), "{}", refused.message);
        }
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_before_they_are_judged() {
        use std::os::unix::fs::symlink;
        let place = tempfile::tempdir().unwrap();
        let at = |path: &str| place.path().join(path);
        fs::create_dir_all(at("repo/.git")).unwrap();
        fs::create_dir_all(at("repo/deploy")).unwrap();
        fs::write(at("repo/.env"), "SECRET=1").unwrap();
        fs::write(at("outside.yaml"), "a: 1").unwrap();
        symlink(at("repo/deploy"), at("repo/inner")).unwrap();
        symlink(place.path(), at("repo/outer")).unwrap();
        symlink(at("repo/.env"), at("repo/hidden.yaml")).unwrap();
        symlink(at("outside.yaml"), at("repo/outside.yaml")).unwrap();
        let bounds = Bounds::of(&at("repo"));
        assert!(bounds.writable(&at("repo/inner/x")).is_ok());
        assert!(bounds.writable(&at("repo/outer/x")).is_err());
        assert_eq!(bounds.readable(&at("repo/.env")).unwrap_err().code, Code::InvalidValue);
        assert_eq!(bounds.readable(&at("repo/hidden.yaml")).unwrap_err().code, Code::InvalidValue);
        let refused = bounds.readable(&at("repo/outside.yaml")).unwrap_err();
        assert_eq!(refused.code, Code::OutsideProject);
        assert!(bounds.readable(&at("repo/missing.yml")).is_ok());
    }
}
