//! Holds what hostile texts once broke, each fault in a few lines.

use crate::compiled::{codes, text, tree};
use crate::support::inputs;
use formwork::compile::{Failure, compile};

const SHOP: &str = "\
blueprint: v1
name: shop
environments: { production: { domain: shop.example.com } }
services:
  api: { image: \"ghcr.io/example/api:1.4.2\", port: 8000, health: /health, needs: [db] }
  db: { uses: postgres@17 }
";

/// The errors in the blueprint with more of it, each with the text that it marks.
fn errors(more: &str) -> Vec<(String, String)> {
    let inputs = inputs(&format!("{SHOP}{more}"));
    let Err(Failure::Invalid(found)) = compile(&inputs) else { panic!("it is valid: {more}") };
    let marked = |one: &formwork::diagnostic::Diagnostic| {
        one.labels.first().map_or("", |label| inputs.sources.slice(label.span)).to_owned()
    };
    let errors = found.iter().filter(|one| one.severity == formwork::diagnostic::Severity::Error);
    errors.map(|one| (one.code.to_string(), marked(one))).collect()
}

fn error(code: &str, marked: &str) -> Vec<(String, String)> {
    vec![(code.to_owned(), marked.to_owned())]
}

#[test]
fn a_tier_that_is_none_is_marked_where_it_stands() {
    let more = "variables: { own: { TOKEN: { about: who, require: { prod: { prefix: x } } } } }\n";
    let found = errors(more);
    assert!(found.iter().any(|(_, marked)| marked == "prod"), "{found:?}");
    assert!(found.iter().all(|(_, marked)| !marked.contains("blueprint")), "{found:?}");
}

#[test]
fn a_header_with_a_line_end_is_marked_where_it_stands() {
    let more = "routes: { \"${env.domain}\": { /: api } }\n\
        edge: { headers: { csp: \"default-src 'self'\", extra: { X-Own: \"a\\nb\" } } }\n\
        waivers: { no-rate-limit: another machine limits clients }\n";
    assert_eq!(errors(more), error("invalid-value", "\"a\\nb\""));
}

#[test]
fn an_escaped_reference_hides_nothing() {
    let bucket = "backups: { db: { to: [store] } }\n\
        buckets: { store: { bucket: \"a$${b\", region: eu-central-1 } }\n";
    assert_eq!(errors(bucket), error("invalid-value", "\"a$${b\""));
    let secret = SHOP.replace("needs: [db]", "needs: [db], variables: [own]")
        + "variables: { own: { TOKEN: { secret: true, fixed: \"hunter2$${hunter2\" } } }\n";
    assert!(
        codes(&secret).contains(&"error secret-with-default".to_owned()),
        "{:?}",
        codes(&secret)
    );
}

#[test]
fn a_description_of_several_lines_stays_a_comment_of_a_script() {
    let about = "db: { uses: postgres@17, about: \"what is kept\\ntouch /tmp/owned\" }";
    let tree = tree(&(SHOP.replace("db: { uses: postgres@17 }", about) + "backups: { db: {} }\n"));
    let job = text(&tree, "backup/production/jobs/db.sh");
    assert!(job.contains("(what is kept\n# touch /tmp/owned) is backed up"), "{job}");
}

#[test]
fn a_folder_starts_no_expression_of_a_workflow() {
    let built = "api: { build: { context: \"../api${{ secrets.TOKEN }}\", stack: fastapi@3.13 }, ";
    let tree = tree(&(SHOP.replace("api: { ", built) + "ci: {}\n"));
    let workflow = text(&tree, ".github/workflows/shop.yml");
    assert!(workflow.contains("api${{ '${{' }} secrets.TOKEN }}"), "{workflow}");
    assert!(!workflow.contains("${{ secrets.TOKEN"), "{workflow}");
}

#[test]
fn a_component_that_serves_nothing_is_the_authors_fault() {
    for component in ["nginx", "certbot", "alertmanager", "grafana"] {
        let text = format!("{SHOP}  web: {{ uses: {component} }}\n");
        let codes = codes(&text);
        assert!(codes.contains(&"error unfit-component".to_owned()), "{component}: {codes:?}");
    }
}

/// What is in a component's own group is nobody else's, whatever an author calls a group.
#[test]
fn a_group_of_a_services_name_leaks_none_of_its_secrets() {
    let shop = SHOP.replace("needs: [db]", "needs: [db], variables: [db]")
        + "variables: { db: { POOL: { about: how many, default: \"5\" } } }\n";
    let tree = tree(&shop);
    let compose = crate::compiled::yaml(&tree, "docker-compose.production.yml");
    let environment = compose["services"]["api"]["environment"].as_object().unwrap();
    assert_eq!(environment.keys().collect::<Vec<_>>(), ["POOL"], "{environment:?}");
}

const AUTH: &str = "\
blueprint: v1
name: shop
environments: { production: { domain: shop.example.com } }
services:
  auth: { uses: keycloak, needs: [db] }
  db: { uses: postgres@17, with: { user: people, database: accounts } }
";

#[test]
fn a_component_takes_its_database_from_its_needs() {
    for written in [
        AUTH.to_owned(),
        AUTH.replace(
            "uses: keycloak, needs: [db]",
            "uses: keycloak, with: { database_host: \"${db.host}\" }",
        ),
        AUTH.replace(
            "uses: keycloak, needs: [db]",
            "image: \"a.example/auth:1.0.0\", build: { context: ., stack: keycloak }, needs: [db]",
        ),
    ] {
        let tree = tree(&written);
        let compose = crate::compiled::yaml(&tree, "docker-compose.production.yml");
        let auth = &compose["services"]["auth"];
        for (variable, value) in [
            ("KC_DB_URL_HOST", "db"),
            ("KC_DB_URL_DATABASE", "accounts"),
            ("KC_DB_USERNAME", "people"),
        ] {
            assert_eq!(auth["environment"][variable], value, "{auth:#}");
        }
        let template = text(&tree, ".env.production.template");
        assert!(template.contains("DB_PASSWORD="), "{template}");
        assert!(!template.contains("DATABASE_PASSWORD"), "{template}");
    }
}

#[test]
fn a_component_of_its_own_database_elsewhere_is_left_alone() {
    let elsewhere =
        AUTH.replace("needs: [db]", "needs: [db], with: { database_host: db.elsewhere.example }");
    assert!(
        text(&tree(&elsewhere), ".env.production.template").contains("AUTH_DATABASE_PASSWORD=")
    );
}

/// What follows from the blueprint may be named, to say more of it, where it does follow.
#[test]
fn what_makes_backups_may_be_named_where_there_are_backups() {
    let named = "  backup: { uses: backup, resources: { memory: 128Mi..512Mi } }\n";
    let backed_up = "backups: { db: { schedule: \"0 3 * * *\", keep: 7d } }\n";
    assert!(!codes(&format!("{SHOP}{named}{backed_up}")).contains(&"error unfit-component".into()));
    assert_eq!(codes(&format!("{SHOP}{named}")), ["error unfit-component"]);
}
