//! An env file's text: what can be read can be written, filled and turned into a Secret, and no secret is told.
#![no_main]

use std::sync::LazyLock;

use formwork::compile::compile;
use formwork::diagnostic::{Diagnostics, render};
use formwork::env::file::EnvFile;
use formwork::env::{check, fill, secret};
use formwork::format::quote::dotenv::{Value, parse, parse_all, quote};
use formwork::model::Model;
use formwork::source::Source;
use formwork_fuzz::{claims, inputs};
use libfuzzer_sys::fuzz_target;

const BLUEPRINT: &str = r#"
blueprint: v1
name: shop
services:
  db: { uses: postgres@17, with: { password: "${var.DB_PASSWORD}" } }
  api:
    image: ghcr.io/example/api:1.0.0
    port: 8000
    needs: [db]
    variables: [all]
variables:
  all:
    DB_PASSWORD: { secret: true, min_length: 12, generate: alnum 32 }
    DATABASE_URL: "${db.url}"
    API_TOKEN: { secret: true, min_length: 8 }
    SIGNING_KEY: { secret: true, min_length: 32, generate: hex 32 }
    OWNER: { about: who is asked }
    POOL_SIZE: { type: integer, default: 20 }
    DEBUG: { type: bool, default: false }
    SITE: { type: url, default: "https://a.example" }
    NOTE: { default: "it's a # \"note\"", optional: true }
"#;

static MODEL: LazyLock<Model> = LazyLock::new(|| match compile(&inputs(BLUEPRINT, &[])) {
    Ok(mut compiled) => compiled.models.remove(0),
    Err(failure) => panic!("{failure:?}"),
});

fn file(text: &str) -> EnvFile {
    EnvFile::of(Source::confidential(".env.production", text.to_owned()))
}

/// What is told of a file.
fn told(file: &EnvFile) -> String {
    let mut found = Diagnostics::default();
    found.extend(check::check(&MODEL, file));
    let found = found.sorted(&file.sources);
    claims::told(&file.sources, &found);
    render::text(&file.sources, &found, false)
}

fuzz_target!(|text: &str| {
    claims::soon(|| holds(text));
});

/// What must hold.
fn holds(text: &str) {
    let (entries, errors) = parse_all(text);
    for (line, span) in entries
        .iter()
        .flat_map(|entry| [(entry.line, &entry.name_span), (entry.line, &entry.value_span)])
        .chain(errors.iter().map(|error| (error.line, &error.span)))
    {
        assert!(line >= 1 && line <= text.matches('\n').count() + 1);
        assert!(text.get(span.clone()).is_some(), "{span:?}");
    }
    for entry in &entries {
        let Value::Literal(value) = &entry.value else { continue };
        let written = format!("A={}\nB=1\n", quote(value));
        let read = parse(&written).unwrap_or_else(|errors| panic!("{written:?}: {errors:?}"));
        assert_eq!(read.len(), 2, "{written:?}");
        assert!(read[0].value == entry.value, "{written:?} is not {value:?}");
    }

    let before = file(text);
    let said = told(&before);
    for entry in &before.entries {
        let Value::Literal(value) = &entry.value else { continue };
        let is_secret = matches!(entry.name.as_str(), "DB_PASSWORD" | "API_TOKEN" | "SIGNING_KEY");
        if is_secret && value.len() > 8 && said.contains(value.as_str()) {
            let elsewhere = before.entries.iter().any(|other| other.name.contains(value.as_str()));
            // What is said of a file without it as well are the words of the message.
            let without = told(&file(&text.replace(value.as_str(), "x")));
            assert!(elsewhere || without.contains(value.as_str()), "a secret is told: {said}");
        }
    }
    if !before.errors.is_empty() {
        return;
    }

    let mut next = 0_u8;
    let mut random = |bytes: &mut [u8]| {
        for byte in bytes {
            next = next.wrapping_mul(167).wrapping_add(41);
            *byte = next;
        }
    };
    let filled = fill::fill(&MODEL, Some(&before), &|_| None, &mut random);
    let after = file(&filled.text);
    assert!(after.errors.is_empty(), "{:?}", filled.text);
    for entry in &before.entries {
        let was = before.entry(&entry.name).map(|entry| &entry.value);
        let is = after.entry(&entry.name).map(|entry| &entry.value);
        let made = filled.made.iter().any(|name| name.as_str() == entry.name);
        assert!(made || was == is, "{} was changed", entry.name);
    }
    for variable in MODEL.variables().filter(|one| one.is_operators()) {
        assert!(after.entry(variable.name.as_str()).is_some(), "{} is missing", variable.name);
    }
    let again = fill::fill(&MODEL, Some(&after), &|_| None, &mut random);
    assert_eq!(again.text, filled.text);
    let manifest = secret::manifest(&MODEL, &after);
    for document in serde_yaml::Deserializer::from_str(&manifest) {
        let read: Result<serde_json::Value, _> = serde::Deserialize::deserialize(document);
        assert!(read.is_ok_and(|secret| secret["kind"] == "Secret"), "{manifest}");
    }
}
