//! Turns the author's word on how an image is built into contexts and Dockerfiles as the output folder sees them.

use crate::map::IndexMap;

use crate::catalog::Entry;
use crate::diagnostic::{Code, Diagnostic, suggest};
use crate::model::Text;
use crate::model::service::{Build, Dockerfile};
use crate::resolve::services::{Builder, base_image};
use crate::value::{GroupName, Image, ImageKey, way};

/// What lies in the output folder and is the operator's: secrets, certificates with their keys, what scripts keep.
const OF_THE_OPERATOR: &[&str] = &[".env", ".env.*", "secrets", "certificates", ".deploy"];

/// What stays out of an image: what its stack says, and what the operator keeps in the output folder where that lies in the
/// build's context.
fn ignored(entry: &Entry, context: &str, output: &str) -> Vec<String> {
    let below = way::between(context, output);
    let mut patterns = entry.dockerignore.clone();
    if below.split('/').next() != Some("..") {
        let below = if below.is_empty() { below } else { format!("/{}", literal(&below)) };
        patterns.extend(OF_THE_OPERATOR.iter().map(|name| format!("{below}/{name}")));
    }
    patterns
}

/// A path as a pattern that means nothing else (docs.docker.com, ".dockerignore files": Go's `filepath.Match`).
fn literal(path: &str) -> String {
    let escaped = |letter: char| {
        let sign = if matches!(letter, '\\' | '*' | '?' | '[') { "\\" } else { "" };
        format!("{sign}{letter}")
    };
    path.chars().map(escaped).collect()
}

impl Builder<'_, '_> {
    /// How the image is built; `command` is what its last stage runs.
    pub(super) fn build(&mut self, command: Vec<Text>) -> Option<Build> {
        let written = self.part.written.build.clone()?;
        let (folder, output) = (self.scope.context.folder, self.scope.context.output);
        let context = way::join(folder, written.context.as_str());
        let stack = self.part.entry.clone().filter(|_| written.stack.is_some());
        if let (Some(entry), Some(target)) = (&stack, &written.target) {
            self.known_target(entry, target);
        }
        // A stage that is run in another way has a file of its own, so that nothing of that is in the other images.
        let stage = self.part.stage().filter(|stage| stage.own_command);
        let path = match written.target.as_ref().filter(|_| stage.is_some()) {
            Some(target) => format!("docker/{}.{target}.Dockerfile", self.name),
            None => format!("docker/{}.Dockerfile", self.name),
        };
        let dockerfile = match stack {
            Some(entry) => Dockerfile::Compiled {
                from_context: way::between(&context, &way::join(output, &path)),
                path,
                template: entry.dockerfile.clone().unwrap_or_default(),
                base: Box::new(base_image(&entry, &self.part.version)),
                images: self.images(&entry),
                command,
                ignore: ignored(&entry, &context, output),
            },
            None => Dockerfile::Own(
                written.dockerfile.map_or_else(|| "Dockerfile".to_owned(), |path| path.to_string()),
            ),
        };
        let readable = &self.part.written.variables;
        let arguments = self
            .scope
            .declared
            .iter()
            .filter(|(_, declared)| declared.written.build && declared.is_in(readable));
        let mut arguments: Vec<_> = arguments.map(|(name, _)| name.clone()).collect();
        arguments.sort_unstable();
        Some(Build {
            context: way::join(&way::between(output, folder), written.context.as_str()),
            dockerfile,
            target: written.target.unwrap_or_default(),
            arguments,
        })
    }

    /// Refuses a stage that the stack does not have.
    fn known_target(&mut self, entry: &Entry, target: &str) {
        if entry.targets.contains_key(target) {
            return;
        }
        let known = || entry.targets.keys().map(String::as_str);
        let message = format!("the stack `{}` has no target `{target}`", entry.component);
        let found =
            Diagnostic::error(Code::InvalidValue, message).at(self.place("build/target"), "");
        self.diagnostics.push(match (suggest::nearest(target, known()), known().next()) {
            (Some(near), _) => found.help(format!("did you mean `{near}`?")),
            (None, None) => found.help("remove it: the last stage is the image"),
            (None, Some(_)) => {
                found.help(format!("it has {}", known().collect::<Vec<_>>().join(", ")))
            }
        });
    }

    /// The other images that the Dockerfile takes something from: as they are pinned, else the catalogue's.
    fn images(&self, entry: &Entry) -> IndexMap<String, Image> {
        let pinned = &self.scope.blueprint.images;
        let one = |(name, known): (&GroupName, &Image)| {
            let image = pinned.get(ImageKey::of(self.name, name.as_str()).as_str());
            (name.to_string(), image.unwrap_or(known).clone())
        };
        entry.images.iter().map(one).collect()
    }
}
