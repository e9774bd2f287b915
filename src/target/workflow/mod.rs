//! Emits the workflow of the pipeline, in typed structs: no text of it is put together from pieces of YAML.

mod actions;
mod beside;
mod deploy;
mod images;
mod promote;
mod schema;
mod variants;
mod verify;

use crate::map::IndexMap;

use crate::format::yaml::{self, Comments};
use crate::model::Model;
use crate::model::pipeline::{Pipeline, Trigger};
use crate::target::{Error, Output};
use actions::Action;
use schema::{Branches, Concurrency, Flag, Job, On, Pairs, Push, Step, Wording, Workflow};
use variants::Images;

/// The machines that run jobs: one release, so that an update of it is a change here.
const RUNNER: &str = "ubuntu-24.04";
/// What a version that is to be deployed was started by.
const PUSHED: &str = "github.event_name == 'push'";

/// Emits `.github/workflows/<name>.yml`. What is checked is that of the environment which is deployed last; images are those
/// of every environment that is deployed. Read by: GitHub Actions.
///
/// # Errors
/// When the path is taken.
pub fn emit(models: &[Model], output: &mut Output<'_>) -> Result<(), Error> {
    let is_of = |model: &&Model| {
        model.pipeline.as_ref().is_some_and(|pipeline| pipeline.of == model.environment.name)
    };
    let Some(model) = models.iter().find(is_of) else { return Ok(()) };
    let Some(pipeline) = &model.pipeline else { return Ok(()) };
    let images = Images::of(models, pipeline);
    let workflow = Workflow {
        name: model.name.to_string(),
        on: On {
            push: Push {
                branches: vec![pipeline.branch.clone()],
                tags: vec![pipeline.tags.clone()],
            },
            pull_request: Branches { branches: vec![pipeline.branch.clone()] },
        },
        permissions: Pairs::default(),
        concurrency: Concurrency {
            group: format!("{}-${{{{ github.ref }}}}", model.name),
            // What is being deployed is not left half done.
            cancel_in_progress: Flag::Expression(expression("github.event_name == 'pull_request'")),
        },
        jobs: jobs(model, pipeline, &images),
    };
    let comments = comments(pipeline, &images, &workflow);
    output.yaml(&format!(".github/workflows/{}.yml", model.name), &workflow, comments)
}

/// Every job; each stage needs the one before.
fn jobs(model: &Model, pipeline: &Pipeline, built: &Images<'_>) -> IndexMap<String, Job> {
    let mut jobs = IndexMap::default();
    jobs.insert("check".to_owned(), verify::check(pipeline));
    jobs.insert("secrets".to_owned(), verify::secrets());
    jobs.insert("dependencies".to_owned(), verify::dependencies());
    jobs.extend(verify::quality(pipeline));
    jobs.extend(verify::tests(pipeline));
    jobs.extend(verify::integration(model, pipeline));
    if !built.is_empty() {
        let before = jobs.keys().cloned().collect();
        jobs.insert("images".to_owned(), images::images(pipeline, built, before));
        jobs.insert("scan".to_owned(), images::scan(built));
        if pipeline.deploys.is_empty() {
            jobs.insert("publish".to_owned(), promote::publish(pipeline, built));
        }
    }
    let mut before: Vec<String> = if jobs.contains_key("scan") {
        vec!["scan".to_owned()]
    } else {
        jobs.keys().cloned().collect()
    };
    for (at, deployment) in pipeline.deploys.iter().enumerate() {
        let name = format!("deploy-{}", deployment.environment);
        // A job whose predecessor was left out is left out too, unless it asks how that one ended.
        let earlier = pipeline.deploys[..at].iter().any(|one| one.on == Trigger::Tag);
        let skipped = earlier && deployment.on == Trigger::Push;
        jobs.insert(
            name.clone(),
            deploy::deploy((model, pipeline, built), deployment, before.clone()),
        );
        if !skipped {
            before = vec![name];
        }
    }
    if let Some(secret) = &pipeline.slack {
        let all = jobs.keys().cloned().collect();
        jobs.insert("notify".to_owned(), deploy::notify(model, secret, all));
    }
    jobs
}

/// An expression.
fn expression(text: &str) -> String {
    ["${{ ", text, " }}"].concat()
}

fn pairs<T: Into<Wording>, const N: usize>(pairs: [(&'static str, T); N]) -> Pairs {
    pairs.into_iter().map(|(name, text)| (name.into(), text.into())).collect()
}

/// A step that uses an action.
fn uses<T: Into<Wording>, const N: usize>(
    name: impl Into<Wording>,
    action: Action,
    with: [(&'static str, T); N],
) -> Step {
    Step { name: name.into(), uses: action.uses.into(), with: pairs(with), ..Step::default() }
}

/// A step that runs commands.
fn runs(name: impl Into<Wording>, run: impl Into<Wording>) -> Step {
    let run = match run.into() {
        Wording::Borrowed(run) => run.trim_end().into(),
        Wording::Owned(mut run) => {
            run.truncate(run.trim_end().len());
            run.into()
        }
    };
    Step { name: name.into(), run, ..Step::default() }
}

/// Gets the repository, and leaves no token behind.
fn checkout() -> Step {
    uses("Check out", actions::CHECKOUT, [("persist-credentials", "false")])
}

/// The tag of each action beside the commit that it is pinned to, where an update bot reads and changes both; and above
/// all what must be set up.
fn comments(pipeline: &Pipeline, images: &Images<'_>, workflow: &Workflow) -> Comments {
    let mut comments = Comments::new();
    comments.insert(String::new(), head(pipeline, images));
    for (name, job) in &workflow.jobs {
        for (at, step) in job.steps.iter().enumerate() {
            if let Some(action) = Action::used(&step.uses) {
                let place = yaml::beside(&format!("/jobs/{name}/steps/{at}/uses"));
                comments.insert(place, action.tag.to_owned());
            }
        }
    }
    comments
}

/// What the repository must have.
fn head(pipeline: &Pipeline, images: &Images<'_>) -> String {
    let mut lines = vec!["What the repository's settings must hold:".to_owned()];
    for deployment in &pipeline.deploys {
        lines.push(deploy::settings(deployment));
    }
    if let Some(slack) = &pipeline.slack {
        lines.push(format!("- the secret {slack}: the webhook of a channel"));
    }
    for (variable, about) in images.asked() {
        lines.push(format!("- the variable {variable}: {about}, read while an image is built"));
    }
    if lines.len() == 1 {
        lines = vec!["Nothing must be set up for it.".to_owned()];
    }
    lines.join("\n")
}
