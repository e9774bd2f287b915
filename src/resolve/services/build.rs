//! Turns the author's word on how an image is built into contexts and Dockerfiles as the output folder sees them.

use crate::diagnostic::{Code, Diagnostic};
use crate::model::service::{Build, Dockerfile};
use crate::resolve::services::{Builder, base_image};
use crate::value::RelativePath;

impl Builder<'_, '_> {
    pub(super) fn build(&mut self) -> Option<Build> {
        let written = self.part.written.build.clone()?;
        let stack = self.part.entry.as_ref().filter(|_| written.stack.is_some());
        let dockerfile = match stack {
            Some(entry) => Dockerfile::Compiled {
                from_context: self.dockerfile_from(&written.context),
                path: format!("docker/{}.Dockerfile", self.name),
                template: entry.dockerfile.clone().unwrap_or_default(),
                base: base_image(entry, &self.part.version),
                ignore: entry.dockerignore.clone(),
            },
            None => Dockerfile::Own(
                written.dockerfile.map_or_else(|| "Dockerfile".to_owned(), |path| path.to_string()),
            ),
        };
        let readable = &self.part.written.variables;
        let arguments =
            self.scope.declared.iter().filter(|(_, declared)| {
                declared.written.build && readable.contains(&declared.group)
            });
        Some(Build {
            context: join(self.scope.context.to_blueprint, written.context.as_str()),
            dockerfile,
            target: written.target.unwrap_or_default(),
            arguments: arguments.map(|(name, _)| name.clone()).collect(),
        })
    }

    /// The compiled Dockerfile, as it is from a build context.
    fn dockerfile_from(&mut self, context: &RelativePath) -> String {
        let file = join(self.scope.context.to_output, &format!("docker/{}.Dockerfile", self.name));
        between(&join("", context.as_str()), &file).unwrap_or_else(|| {
            let message = format!("the build context of `{}` lies too far up", self.name);
            let found = Diagnostic::error(Code::InvalidPath, message).at(self.place("build"), "");
            let help =
                "a context must not lie above both the blueprint and the output: set `output.root`";
            self.diagnostics.push(found.help(help));
            file
        })
    }
}

/// A path relative to the blueprint, as it is from the output folder.
fn join(to_blueprint: &str, path: &str) -> String {
    let mut segments: Vec<&str> =
        to_blueprint.split('/').filter(|segment| !segment.is_empty()).collect();
    for segment in path.split('/').filter(|segment| !segment.is_empty() && *segment != ".") {
        match (segment, segments.last()) {
            ("..", Some(last)) if *last != ".." => {
                segments.pop();
            }
            _ => segments.push(segment),
        }
    }
    if segments.is_empty() { ".".to_owned() } else { segments.join("/") }
}

/// The way from a folder to a file, both relative to the same place; `None` where the folder lies above it at a
/// place whose name is not known.
fn between(folder: &str, file: &str) -> Option<String> {
    let from: Vec<&str> =
        folder.split('/').filter(|segment| *segment != "." && !segment.is_empty()).collect();
    let to: Vec<&str> = file.split('/').collect();
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    if from[shared..].contains(&"..") {
        return None;
    }
    let up = std::iter::repeat_n("..", from.len() - shared);
    Some(up.chain(to[shared..].iter().copied()).collect::<Vec<_>>().join("/"))
}

#[cfg(test)]
mod tests {
    use super::{between, join};

    #[test]
    fn the_way_from_a_context_to_its_dockerfile() {
        let way = |folder, file| between(folder, file).unwrap();
        assert_eq!(way("../backend", "../out/shop/docker/a"), "../out/shop/docker/a");
        assert_eq!(way(".", "docker/a"), "docker/a");
        assert_eq!(way("app", "docker/a"), "../docker/a");
        assert_eq!(between("../..", "../out/a"), None);
    }

    #[test]
    fn paths_are_joined_without_detours() {
        assert_eq!(join("../../blueprints", "../backend"), "../../backend");
        assert_eq!(join("", "./app"), "app");
        assert_eq!(join("", "."), ".");
        assert_eq!(join("..", "../x"), "../../x");
    }
}
