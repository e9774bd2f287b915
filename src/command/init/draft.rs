//! Turns answers into the text of a blueprint, with comments that say what to do next.

use serde_json::{Map, Value, json};

use crate::catalog::Entry;
use crate::catalog::parameter::{Kind, Preset};
use crate::command::choice::{Choice, LIMIT, health};
use crate::command::init::answers::Answers;
use crate::format::yaml::{self, Comments};

/// The own program's name.
const PROGRAM: &str = "app";

/// A blueprint in the making.
#[derive(Debug)]
pub(super) struct Draft {
    value: Value,
    comments: Comments,
}

impl Draft {
    /// Drafts what was answered. `among_others` says whether the blueprint lies in a folder of blueprints.
    pub(super) fn of(answers: &Answers, among_others: bool) -> Self {
        let mut draft = Self { value: json!({}), comments: Comments::new() };
        let head = "One system. `formwork build` compiles it; `formwork show` prints every default;\n\
                    `formwork explain KEY` says what a key takes.";
        draft.comments.insert(String::new(), head.to_owned());
        draft.value["blueprint"] = json!("v1");
        draft.value["name"] = json!(answers.name);
        draft.environments(answers);
        draft.value["images"] = json!({});
        draft.services(answers, if among_others { ".." } else { "." });
        // What listens on no port, such as a worker, answers nobody.
        if !answers.stack.entry.ports.is_empty() {
            draft.value["routes"] =
                json!({ "${env.domain}": { "/": { "to": PROGRAM, "limit": LIMIT } } });
            draft.note("/routes", "who answers from outside: host, path, service");
        }
        // What is ready-made, and what only hands out files, reads nothing of the author's.
        if answers.stack.entry.runs_own_program() {
            draft.variables(answers);
        }
        if answers.monitoring {
            draft.value["monitoring"] = json!({ "retention": "15d" });
            draft.note(
                "/monitoring",
                "metrics, alerts and dashboards; exporters follow from what runs",
            );
        }
        draft
    }

    /// The text, with the exact images of all components.
    pub(super) fn text(&self, images: &Value) -> String {
        let mut value = self.value.clone();
        let mut comments = self.comments.clone();
        match images {
            Value::Object(map) if !map.is_empty() => {
                value["images"] = images.clone();
                comments.insert(
                    "/images".to_owned(),
                    "the exact images of all components: the one place that an update bot edits"
                        .to_owned(),
                );
            }
            _ => {
                if let Some(map) = value.as_object_mut() {
                    map.shift_remove("images");
                }
            }
        }
        yaml::to_string(&value, &comments)
    }

    /// Leaves the ignore file of the folder to its owner.
    pub(super) fn keep_ignore_file(&mut self) {
        self.value["output"] = json!({ "gitignore": false });
        self.note("/output", "the folder's own `.gitignore` names what must stay out of git");
    }

    fn note(&mut self, pointer: &str, text: &str) {
        self.comments.insert(pointer.to_owned(), text.to_owned());
    }

    fn environments(&mut self, answers: &Answers) {
        let many = answers.environments.len() > 1;
        let mut environments = Map::new();
        for (index, name) in answers.environments.iter().enumerate() {
            let mut environment = Map::new();
            if index == 0 {
                environment.insert("domain".to_owned(), json!(answers.domain));
            } else {
                let tier = if name.starts_with("dev") { "development" } else { "staging" };
                environment.insert("tier".to_owned(), json!(tier));
                environment
                    .insert("domain".to_owned(), json!(format!("{name}.{}", answers.domain)));
                environment.insert("resources".to_owned(), json!("50%"));
            }
            if many {
                environment.insert("host".to_owned(), json!(name));
            }
            environments.insert(name.clone(), Value::Object(environment));
        }
        self.value["environments"] = Value::Object(environments);
        if many {
            self.note(
                "/environments",
                "`host` tells machines apart: on one, ports must not be shared",
            );
        }
    }

    fn services(&mut self, answers: &Answers, context: &str) {
        let entry = &answers.stack.entry;
        let parts = [("db", &answers.database), ("cache", &answers.cache)];
        let mut program = Map::new();
        let stack = format!("{}@{}", entry.component, answers.stack.version);
        let image = format!("registry.example.com/{}-{PROGRAM}:0.1.0", answers.name);
        program.insert("image".to_owned(), json!(image));
        let mut build = json!({ "context": context, "stack": stack });
        if let Some(address) = public_address(entry) {
            build["with"][address] = json!("https://${env.domain}");
        }
        for (service, choice) in parts {
            let read = choice.as_ref().and_then(|choice| entry.reads_of(choice.entry.role));
            if let Some(parameter) = read.and_then(|(_, reads)| reads.parameter.as_ref()) {
                build["with"][parameter] = json!(format!("${{{service}.url}}"));
            }
        }
        program.insert("build".to_owned(), build);
        let health = health(entry, None);
        if let Some(health) = &health {
            program.insert("health".to_owned(), json!(health));
        }
        let needs: Vec<&str> =
            parts.iter().filter(|(_, choice)| choice.is_some()).map(|(name, _)| *name).collect();
        if !needs.is_empty() {
            program.insert("needs".to_owned(), json!(needs));
        }
        if entry.runs_own_program() {
            program.insert("variables".to_owned(), json!(["app"]));
        }
        let mut services = Map::new();
        services.insert(PROGRAM.to_owned(), Value::Object(program));
        for (name, choice) in parts {
            if let Some(Choice { entry, version }) = choice {
                let uses = format!("{}@{version}", entry.component);
                services.insert(name.to_owned(), json!({ "uses": uses }));
                self.note(&format!("/services/{name}"), &entry.about);
            }
        }
        self.value["services"] = Value::Object(services);
        let place = format!("/services/{PROGRAM}");
        self.note(&place, &expectations(entry));
        self.note(
            &format!("{place}/image"),
            "the name under which the built image is pushed: put your registry here",
        );
        self.note(&format!("{place}/build"), "the folder with the program, relative to this file");
        if health.is_some() {
            self.note(
                &format!("{place}/health"),
                "must answer with success as soon as requests can be served",
            );
        }
    }

    fn variables(&mut self, answers: &Answers) {
        let mut group = Map::new();
        let parts =
            [("db", "DATABASE_URL", &answers.database), ("cache", "CACHE_URL", &answers.cache)];
        for (service, usual, choice) in parts {
            let Some(Choice { entry, .. }) = choice else { continue };
            let read = answers.stack.entry.reads_of(entry.role);
            let variable = read.map_or(usual, |(variable, _)| variable.as_str());
            if entry.offers.contains_key("url") {
                group.insert(variable.to_owned(), json!(format!("${{{service}.url}}")));
            }
        }
        let key = json!({
            "about": "signs what the program hands out",
            "secret": true,
            "min_length": 32,
            "generate": "hex 32",
        });
        group.insert("SECRET_KEY".to_owned(), key);
        group.insert(
            "LOG_LEVEL".to_owned(),
            json!({ "about": "how much is logged", "default": "info" }),
        );
        self.value["variables"] = json!({ "app": group });
        self.note("/variables", "what programs read from their environment, in groups; secrets are made by `formwork env fill`");
    }
}

/// The parameter that says at which address people reach it: a URL that would lie below the environment's domain.
fn public_address(entry: &Entry) -> Option<&str> {
    let below =
        |preset: &Preset| matches!(preset, Preset::Text(text) if text.0.contains("${env.domain}"));
    let found = entry.parameters.iter().find(|(_, parameter)| {
        parameter.kind == Kind::Url && parameter.default.as_ref().is_some_and(below)
    });
    found.map(|(name, _)| name.as_str())
}

/// What a stack expects of the program, from its entry.
fn expectations(entry: &Entry) -> String {
    let mut text = entry.about.clone();
    if !entry.parameters.is_empty() {
        text.push_str("\nwhat `build: { with: { … } }` may set, and what holds when it does not:");
    }
    let taken = |name: &String| entry.needs.values().any(|taken| taken.contains_key(name));
    for (name, parameter) in entry.parameters.iter().filter(|(name, _)| !taken(name)) {
        let default = parameter.default.as_ref().map(Preset::words).unwrap_or_default();
        let default = if default.is_empty() { "nothing".to_owned() } else { default };
        let about = parameter.about.as_deref().unwrap_or_default();
        text.push_str(&format!("\n  {name}: {default}; {about}"));
    }
    text
}
