//! Turns what images are built from into what of it is not on disk: the one thing that compiling itself never looks at.

use std::collections::BTreeSet;
use std::path::Path;

use crate::blueprint::locate::Locator;
use crate::compile::Compiled;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::service::Dockerfile;
use crate::project::Project;
use crate::value::way;

/// Contexts and Dockerfiles that are missing. A context may lie in another repository, so that its absence is only
/// noted; a context without the Dockerfile that is named cannot be built anywhere.
pub(super) fn missing(project: &Project, compiled: &Compiled) -> Vec<Diagnostic> {
    let inputs = &project.inputs;
    let (mut found, mut seen) = (Vec::new(), BTreeSet::new());
    for model in &compiled.models {
        let locator = Locator::new(&compiled.written, Some(&model.environment.name));
        for service in model.services.values() {
            let Some(build) = &service.build else { continue };
            // The output folder need not be there yet.
            let context = way::join(&inputs.output, &build.context);
            let context = Path::new(&context);
            let own = match &build.dockerfile {
                Dockerfile::Own(path) => Some(path),
                Dockerfile::Compiled { .. } => None,
            };
            if !seen.insert((&service.name, &build.context, own)) {
                continue;
            }
            let place =
                |key: &str| locator.value(&format!("/services/{}/build/{key}", service.name));
            if !context.is_dir() {
                let message = format!("what `{}` is built from is not here", service.name);
                found.push(
                    Diagnostic::note(Code::MissingBuildInput, message)
                        .at(place("context"), "no such folder")
                        .help("paths are relative to the blueprint"),
                );
            } else if let Some(path) = own.filter(|path| !context.join(path).is_file()) {
                let message =
                    format!("`{}` is built with a Dockerfile that is not there", service.name);
                found.push(
                    Diagnostic::warning(Code::MissingBuildInput, message)
                        .at(place("dockerfile"), format!("the context has no file `{path}`"))
                        .help("correct the path, which is relative to the context, or choose a `stack`"),
                );
            }
        }
    }
    found
}
