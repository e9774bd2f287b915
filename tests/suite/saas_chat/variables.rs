//! Holds the env templates against row C2.

use std::collections::{BTreeMap, BTreeSet};

use super::{APPLICATIONS, ENVIRONMENTS, at, entries, out, services, text, yaml};

/// The variables of a template, each with the comment above it: those that are set there, and those that the blueprint
/// sets.
fn documented(path: &str) -> BTreeMap<String, String> {
    let read = text(path);
    let from = read.find("\n# ---- ").unwrap_or_else(|| panic!("{path} has no section"));
    let body = &read[from..];
    let mut found = BTreeMap::new();
    for block in body.split("\n\n") {
        let (about, set): (Vec<&str>, Vec<&str>) =
            block.lines().partition(|line| line.starts_with('#') || line.trim().is_empty());
        let about = about.join("\n");
        let names: Vec<String> = match set.as_slice() {
            [] => about
                .lines()
                .filter_map(|line| line.strip_prefix("# ")?.split_once(" is "))
                .map(|(name, _)| name.to_owned())
                .filter(|name| is_name(name))
                .collect(),
            [line] => vec![line.split_once('=').expect("NAME=VALUE").0.to_owned()],
            more => panic!("{more:?} share one comment"),
        };
        for name in names {
            assert!(is_name(&name), "{name}");
            assert!(found.insert(name.clone(), about.clone()).is_none(), "{name} twice in {path}");
        }
    }
    found
}

fn is_name(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

#[test]
fn c2_the_root_template_documents_200_variables() {
    for (environment, _) in ENVIRONMENTS {
        let found = documented(&format!(".env.{environment}.example"));
        assert!(found.len() >= 200, "{} in {environment}", found.len());
        for (name, about) in &found {
            assert!(about.lines().count() >= 1, "{name}");
            let is_read = about.contains("# Read by ") || about.contains(", set by the blueprint");
            assert!(is_read, "nobody reads {name}: {about}");
        }
    }
}

#[test]
fn c2_each_application_has_a_template_of_what_it_reads_and_nothing_else() {
    for (environment, compose) in ENVIRONMENTS {
        let file = yaml(compose);
        let services = services(&file);
        for name in APPLICATIONS {
            let template = documented(&format!("env/{name}.{environment}.example"));
            let described: BTreeSet<&str> = template.keys().map(String::as_str).collect();
            let environment = entries(at(services[name], &["environment"]));
            let reads: BTreeSet<&str> = environment.into_keys().collect();
            assert_eq!(described, reads, "{name}");
        }
    }
    let there = std::fs::read_dir(out("env")).unwrap().count();
    assert_eq!(there, APPLICATIONS.len() * ENVIRONMENTS.len());
}

/// Who may know what; nobody else does.
#[test]
fn c2_secrets_are_in_the_templates_of_their_readers_alone() {
    for (secret, readers) in [
        ("AUTH_SECRET", &APPLICATIONS[..5]),
        ("JWT_SECRET", &["auth-service"]),
        ("REFRESH_TOKEN_SECRET", &["auth-service"]),
        ("GITHUB_CLIENT_SECRET", &["auth-service"]),
        ("STRIPE_SECRET_KEY", &["billing-service"]),
        ("CLICKHOUSE_PASSWORD", &["analytics-service"]),
        ("PINECONE_API_KEY", &["orchestrator-service"]),
        ("ANTHROPIC_API_KEY", &["chat-service"]),
        ("OPENAI_API_KEY", &["chat-service", "orchestrator-service"]),
        ("SMTP_PASS", &["auth-service", "email-worker"]),
        ("SENDGRID_API_KEY", &["email-worker"]),
        ("RABBITMQ_URL", &["analytics-service", "email-worker"]),
        (
            "DATABASE_URL",
            &["auth-service", "chat-service", "billing-service", "orchestrator-service"],
        ),
        ("POSTGRES_PASSWORD", &[]),
    ] {
        for name in APPLICATIONS {
            let template = documented(&format!("env/{name}.production.example"));
            assert_eq!(template.contains_key(secret), readers.contains(&name), "{secret}: {name}");
        }
    }
}

#[test]
fn c2_environments_differ_in_what_they_must() {
    for (environment, _) in ENVIRONMENTS {
        let read = text(&format!("env/email-worker.{environment}.example"));
        for line in [
            format!("# DEPLOYMENT_ENV is {environment}, set by the blueprint"),
            format!("# SENTRY_ENVIRONMENT is {environment}, set by the blueprint"),
        ] {
            assert!(read.lines().any(|found| found == line), "{line}");
        }
        let host = if environment == "development" {
            "sandbox.smtp.mailtrap.io"
        } else {
            "smtp.example.com"
        };
        assert!(read.contains(&format!("# SMTP_HOST is {host}, set")), "{environment}");
    }
    let price = |environment: &str| {
        documented(&format!(".env.{environment}.example"))["STRIPE_SECRET_KEY"].clone()
    };
    assert!(price("production").contains("sk_live_"), "{}", price("production"));
    assert!(price("staging").contains("sk_test_"), "{}", price("staging"));
}
