//! Rows V3 and V5: what the operator fills in, and what staging has of its own.

use std::collections::BTreeMap;
use std::process::Command;

use crate::harness::Folder;
use crate::judge::judge;

use super::{PRODUCTION, STAGING, out, text};

/// A variable of an env template: its section, its comment, its value.
struct Variable {
    section: String,
    comment: Vec<String>,
    value: String,
}

fn template(path: &str) -> BTreeMap<String, Variable> {
    let (mut found, mut section, mut comment) = (BTreeMap::new(), String::new(), Vec::new());
    for line in text(path).lines() {
        if let Some(title) = line.strip_prefix("# ---- ") {
            title.trim_end_matches(" ----").clone_into(&mut section);
        } else if let Some(line) = line.strip_prefix("# ") {
            comment.push(line.to_owned());
        } else if let Some((name, value)) = line.split_once('=') {
            let section = section.clone();
            let comment = std::mem::take(&mut comment);
            let variable = Variable { section, comment, value: value.to_owned() };
            assert!(found.insert(name.to_owned(), variable).is_none(), "{name} stands twice");
        } else {
            comment.clear();
        }
    }
    found
}

impl Variable {
    fn is_secret(&self) -> bool {
        self.comment.iter().any(|line| line.contains("; secret"))
    }
}

#[test]
fn v3_there_are_100_variables_each_with_what_it_is_for_and_who_reads_it() {
    let variables = template(".env.production.template");
    assert!(variables.len() >= 100, "{} variables", variables.len());
    for (name, variable) in &variables {
        let [about, need, ..] = variable.comment.as_slice() else {
            panic!("{name} is not documented")
        };
        assert!(about.len() > 4 && !about.starts_with("Required") && !about.starts_with("Default"));
        assert!(!need.is_empty());
        assert!(variable.comment.iter().any(|line| line.starts_with("Read by ")), "{name}");
    }
    for (section, name) in [
        ("database-pool", "DATABASE_POOL_SIZE"),
        ("redis", "REDIS_PASSWORD"),
        ("processes", "CELERY_WORKER_CONCURRENCY"),
        ("security", "JWT_SECRET_KEY"),
        ("security", "CORS_ORIGINS"),
        ("llm", "OPENAI_API_KEY"),
        ("llm", "ANTHROPIC_API_KEY"),
        ("nvd", "NVD_API_KEY"),
        ("wazuh", "WAZUH_API_PASSWORD"),
        ("qualys", "QUALYS_PASSWORD"),
        ("tenable", "TENABLE_SECRET_KEY"),
        ("sentry", "SENTRY_DSN"),
        ("prometheus", "PROMETHEUS_EXTERNAL_URL"),
        ("grafana", "GRAFANA_ADMIN_PASSWORD"),
        ("email", "SMTP_HOST"),
        ("features", "FEATURE_AUTO_PATCH_ENABLED"),
        ("tls", "SSL_ENABLED"),
        ("compliance", "AUDIT_LOG_RETENTION_DAYS"),
        ("backup-storage", "BACKUP_S3_BUCKET"),
    ] {
        assert_eq!(variables[name].section, section, "{name}");
    }
}

#[test]
fn v3_a_secret_has_no_default_states_its_length_and_is_named_where_it_is_missing() {
    let compose = text(PRODUCTION);
    let variables = template(".env.production.template");
    let secrets: Vec<_> = variables.iter().filter(|(_, variable)| variable.is_secret()).collect();
    assert!(secrets.len() >= 20, "{} secrets", secrets.len());
    for (name, variable) in secrets {
        let comment = variable.comment.join("\n");
        assert_eq!(variable.value, "", "{name} has no default");
        assert!(comment.contains("; at least "), "{name} states its least length: {comment}");
        let as_file = comment.contains("Read from secrets/production/");
        let is_optional = comment.contains("Optional") || comment.contains("may be empty");
        let asked = format!(
            "${{{name}{}set {name} in .env.production}}",
            if is_optional { "?" } else { ":?" }
        );
        let file = format!("file: ./secrets/production/{}", name.to_lowercase());
        assert!(compose.contains(&asked) || as_file && compose.contains(&file), "{name}: {asked}");
        let uses = compose.matches(&format!("${{{name}")).count();
        let followed = |sign: &str| compose.matches(&format!("${{{name}{sign}")).count();
        let others = uses - followed("_"); // of variables whose names go on
        assert_eq!(followed(&asked[name.len() + 2..]), others, "{name} is never given a default");
    }
    for name in [
        "DATABASE_PASSWORD",
        "REDIS_PASSWORD",
        "JWT_SECRET_KEY",
        "GRAFANA_ADMIN_PASSWORD",
        "GRAFANA_SECRET_KEY",
    ] {
        let made = variables[name].comment.iter().any(|line| line.contains("openssl rand "));
        assert!(made, "{name} says how it is made");
    }
}

/// Compose itself, with everything filled in but one secret.
#[test]
fn v3_a_start_without_a_secret_fails_and_names_it() {
    let Some(compose) = judge("docker-compose") else { return };
    let folder = Folder::empty();
    let variables = template(".env.production.template");
    let run = |missing: &str| {
        let filled = variables.iter().filter(|(name, _)| *name != missing);
        let lines: String = filled.map(|(name, _)| format!("{name}=1\n")).collect();
        folder.write("filled.env", &lines);
        let mut command = Command::new(&compose);
        command.arg("--env-file").arg(folder.file("filled.env")).arg("-f").arg(out(PRODUCTION));
        command.args(["config", "--quiet"]).output().unwrap()
    };
    assert!(run("").status.success(), "{:?}", run(""));
    for name in ["DATABASE_PASSWORD", "REDIS_PASSWORD", "JWT_SECRET_KEY", "OPENAI_API_KEY"] {
        let said = run(name);
        assert!(!said.status.success(), "{name}");
        let said = String::from_utf8(said.stderr).unwrap();
        assert!(said.contains(&format!("set {name} in .env.production")), "{said}");
    }
}

#[test]
fn v5_staging_has_its_own_values_and_its_own_keys() {
    let (production, staging) =
        (template(".env.production.template"), template(".env.staging.template"));
    for (name, value) in [
        ("LOG_LEVEL", "DEBUG"),
        ("SENTRY_TRACES_SAMPLE_RATE", "1.0"),
        ("RATE_LIMIT_PER_MINUTE", "100"),
        ("ENABLE_TEST_ENDPOINTS", "true"),
        ("API_WORKERS", "2"),
        ("BACKUP_RETENTION_DAYS", "7"),
        ("SMTP_HOST", "smtp.mailtrap.io"),
    ] {
        assert_eq!(staging[name].value, value, "{name} in staging");
        assert_ne!(production[name].value, value, "{name} in production");
    }
    assert_eq!(production["API_WORKERS"].value, "4");
    assert_eq!(production["BACKUP_RETENTION_DAYS"].value, "30");
    let compose = text(STAGING);
    for name in [
        "OPENAI_API_KEY",
        "ANTHROPIC_API_KEY",
        "NVD_API_KEY",
        "WAZUH_API_PASSWORD",
        "QUALYS_PASSWORD",
        "TENABLE_ACCESS_KEY",
        "SMTP_PASSWORD",
        "AWS_ACCESS_KEY_ID",
    ] {
        assert_eq!(staging[name].value, "", "{name} is no other environment's");
        assert!(compose.contains(&format!("${{{name}:?set {name} in .env.staging}}")), "{name}");
    }
    assert_ne!(staging["BACKUP_S3_BUCKET"].value, production["BACKUP_S3_BUCKET"].value);
}
