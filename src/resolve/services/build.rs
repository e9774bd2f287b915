//! Turns the author's word on how an image is built into contexts and Dockerfiles as the output folder sees them.

use crate::model::service::{Build, Dockerfile};
use crate::resolve::services::{Builder, base_image};
use crate::value::way;

impl Builder<'_, '_> {
    pub(super) fn build(&mut self) -> Option<Build> {
        let written = self.part.written.build.clone()?;
        let (folder, output) = (self.scope.context.folder, self.scope.context.output);
        let path = format!("docker/{}.Dockerfile", self.name);
        let stack = self.part.entry.as_ref().filter(|_| written.stack.is_some());
        let dockerfile = match stack {
            Some(entry) => Dockerfile::Compiled {
                from_context: way::between(
                    &way::join(folder, written.context.as_str()),
                    &way::join(output, &path),
                ),
                path,
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
            context: way::join(&way::between(output, folder), written.context.as_str()),
            dockerfile,
            target: written.target.unwrap_or_default(),
            arguments: arguments.map(|(name, _)| name.clone()).collect(),
        })
    }
}
