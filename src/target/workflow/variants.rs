//! Turns what each environment builds into the images that are built for all of them, each once.

use std::cell::RefCell;

use crate::format::quote::github;
use crate::map::IndexMap;
use crate::model::pipeline::{Built, Pipeline};
use crate::model::variable::Origin;
use crate::model::{Model, Variable};
use crate::target::workflow::schema::Pairs;
use crate::target::workflow::{expression, pairs};
use crate::value::{Name, VariableName};

/// The images that are built, and which of them each environment runs.
pub(super) struct Images<'a> {
    variants: Vec<Variant<'a>>,
    /// For each environment the image as its files name it, and what it is.
    named: Vec<(&'a Name, String, usize)>,
}

/// An image that is built. One serves every environment whose public variables have the same values.
pub(super) struct Variant<'a> {
    built: &'a Built,
    arguments: Vec<Argument>,
    /// What tells it from others of its repository; empty for the first.
    suffix: String,
}

/// A variable that is read while an image is built.
#[derive(Debug, PartialEq, Eq)]
struct Argument {
    name: VariableName,
    /// Its value, or the expression that gives it.
    value: String,
    /// The variables of the repository that it is made of: name, whether it must be set, what it is.
    asked: Vec<(String, bool, String)>,
}

impl<'a> Images<'a> {
    /// The images of every environment that is deployed; those of the pipeline's own where none is.
    pub(super) fn of(models: &'a [Model], pipeline: &'a Pipeline) -> Self {
        let model_of = |name: &Name| models.iter().find(|model| model.environment.name == *name);
        let deployed = pipeline.deploys.iter().map(|one| &one.environment);
        // The last one first: its images are those without a suffix.
        let mut names: Vec<&Name> = deployed.rev().collect();
        if names.is_empty() {
            names.push(&pipeline.of);
        }
        let mut images = Self { variants: Vec::new(), named: Vec::new() };
        for model in names.into_iter().filter_map(model_of) {
            let builds = model.pipeline.iter().flat_map(|pipeline| &pipeline.builds);
            for built in builds {
                images.add(model, built);
            }
        }
        images
    }

    fn add(&mut self, model: &'a Model, built: &'a Built) {
        let environment = &model.environment.name;
        let image = named(built);
        if self.named.iter().any(|(name, known, _)| *name == environment && *known == image) {
            return;
        }
        let arguments: Vec<Argument> =
            built.arguments.iter().map(|name| argument(model, name)).collect();
        let same = |one: &Variant<'_>| {
            one.built.image.name() == built.image.name()
                && one.built.context == built.context
                && one.built.dockerfile == built.dockerfile
                && one.built.target == built.target
                && one.arguments == arguments
        };
        let at = self.variants.iter().position(same).unwrap_or_else(|| {
            let mut others = self.variants.iter().map(|one| one.built);
            let first = others.find(|one| one.image.name() == built.image.name());
            let suffix = match first {
                None => String::new(),
                Some(first) if first.service == built.service => format!("-{environment}"),
                Some(_) => format!("-{}-{environment}", built.service),
            };
            self.variants.push(Variant { built, arguments, suffix });
            self.variants.len() - 1
        });
        self.named.push((environment, image, at));
    }

    pub(super) fn variants(&self) -> impl Iterator<Item = &Variant<'a>> {
        self.variants.iter()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.variants.is_empty()
    }

    /// The images of an environment as its files name them, and what each is.
    pub(super) fn of_environment(
        &self,
        environment: &Name,
    ) -> impl Iterator<Item = (String, &Variant<'a>)> {
        let own = self.named.iter().filter(move |(name, _, _)| *name == environment);
        own.filter_map(|(_, image, at)| Some((image.clone(), self.variants.get(*at)?)))
    }

    /// The variables that the repository must have, and what each is.
    pub(super) fn asked(&self) -> IndexMap<String, String> {
        let arguments = self.variants.iter().flat_map(|variant| &variant.arguments);
        let asked = arguments.flat_map(|argument| &argument.asked);
        let mut found: Vec<_> =
            asked.map(|(name, _, about)| (name.clone(), about.clone())).collect();
        found.sort();
        found.into_iter().collect()
    }
}

/// The value of a variable where it is built in: the blueprint's own, as in the compose file, or what the repository's
/// settings say for this environment.
fn argument(model: &Model, name: &VariableName) -> Argument {
    let asked = RefCell::new(Vec::new());
    let ask = |name: &VariableName| {
        let environment = &model.environment.name;
        let setting = setting(environment, name.as_str());
        let variable = model.variable(name);
        let default = variable.map_or("", Variable::default);
        let must = default.is_empty() && !variable.is_some_and(Variable::may_be_empty);
        asked.borrow_mut().push((setting.clone(), must, format!("{name} of {environment}")));
        if default.is_empty() {
            expression(&format!("vars.{setting}"))
        } else {
            expression(&format!("vars.{setting} || '{}'", default.replace('\'', "''")))
        }
    };
    let value = match model.variable(name).map(|variable| &variable.origin) {
        Some(Origin::Fixed(text)) => text.render(github::literal, ask).into_owned(),
        _ => ask(name),
    };
    Argument { name: name.clone(), value, asked: asked.into_inner() }
}

/// The variable of the repository that holds something for one environment.
pub(super) fn setting(environment: &Name, what: &str) -> String {
    format!("{}_{what}", environment.as_str().to_uppercase().replace('-', "_"))
}

/// The image with its tag.
fn named(built: &Built) -> String {
    format!("{}:{}", built.image.name(), built.image.tag().unwrap_or("latest"))
}

impl Variant<'_> {
    /// The tag that it is pushed under, which no environment names: that of one run, as a branch and a tag may both be
    /// building the same commit.
    pub(super) fn tag(suffix: &str) -> String {
        format!("sha-{}-{}{suffix}", expression("github.sha"), expression("github.run_id"))
    }

    /// What it is pushed as.
    pub(super) fn pushed(&self) -> String {
        format!("{}:{}", self.built.image.name(), Self::tag(&self.suffix))
    }

    /// What tells its jobs from others.
    fn title(&self) -> String {
        format!("{}{}", self.built.service, self.suffix)
    }

    /// What a scan knows of it.
    pub(super) fn scanned(&self) -> Pairs {
        pairs([
            ("service", self.title()),
            ("repository", self.built.image.name().to_owned()),
            ("suffix", self.suffix.clone()),
        ])
    }

    /// What a build knows of it.
    pub(super) fn row(&self) -> Pairs {
        let build = self.built;
        let line = |one: &Argument| format!("{}={}", one.name, one.value);
        let arguments: Vec<String> = self.arguments.iter().map(line).collect();
        let asked = self.arguments.iter().flat_map(|argument| &argument.asked);
        let asked = asked.filter(|(_, must, _)| *must);
        let required: Vec<String> = asked
            .map(|(name, _, _)| format!("{name}={}", expression(&format!("vars.{name}"))))
            .collect();
        pairs([
            ("service", self.title()),
            ("repository", build.image.name().to_owned()),
            ("suffix", self.suffix.clone()),
            ("context", github::literal(&build.context).into_owned()),
            ("dockerfile", github::literal(&build.dockerfile).into_owned()),
            ("target", build.target.clone()),
            ("arguments", arguments.join("\n")),
            ("required", required.join("\n")),
        ])
    }

    /// The registry: the first part of the image, where that looks like a host.
    pub(super) fn registry(&self) -> String {
        self.built.image.registry().unwrap_or("docker.io").to_owned()
    }
}
