//! The judges that read files: which files each reads, how it is called, and how its output is read.

use super::artefacts::{Artefact, is_alertmanager, is_compose, is_env, is_workflow};
use super::findings::{self, Finding, Ran};
use crate::kubernetes::is_core;

/// How a judge is told what to read.
pub(super) enum Call {
    /// Many files after the arguments.
    Files,
    /// One file after the arguments.
    File,
    /// One file in an option such as `--config.file=`.
    Option(&'static str),
    /// The folder with all files, after the arguments.
    Folder,
}

pub(super) struct Judge {
    /// How the tables name it.
    pub(super) name: &'static str,
    pub(super) program: &'static str,
    /// What it is given; `{root}` is the repository.
    pub(super) arguments: &'static [&'static [&'static str]],
    pub(super) call: Call,
    /// What it says depends on the folders beside a file too.
    pub(super) follows: bool,
    pub(super) reads: fn(&Artefact) -> bool,
    pub(super) findings: fn(&Ran) -> Vec<Finding>,
    /// A file with a fault, and the rule that it breaks: proof that the judge is asked and understood.
    pub(super) faulty: (&'static str, &'static str, &'static str),
}

const BASE: Judge = Judge {
    name: "",
    program: "",
    arguments: &[],
    call: Call::Files,
    follows: false,
    reads: |_| false,
    findings: |_| Vec::new(),
    faulty: ("", "", ""),
};

/// Without the first it calls out.
const CHECKOV: &[&str] = &["--skip-download", "--quiet", "--compact", "-o", "json"];

const FAULTY_ROUTE: (&str, &str, &str) =
    ("out/x/alertmanager/alertmanager.yml", "route: { receiver: nobody }\n", "config");

/// Those that take longest come first.
pub(super) const ALL: &[Judge] = &[
    Judge {
        name: "checkov, secrets",
        program: "checkov",
        arguments: &[CHECKOV, &["--framework", "secrets", "-d"]],
        call: Call::Folder,
        reads: |_| true,
        findings: findings::checkov,
        // The example of Amazon's own documents.
        faulty: (
            "out/x/x.yaml",
            "access: AKIAIOSFODNN7EXAMPLE\nsecret: wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n",
            "CKV_SECRET_2",
        ),
        ..BASE
    },
    Judge {
        name: "checkov, kubernetes",
        program: "checkov",
        arguments: &[CHECKOV, &["--framework", "kubernetes", "-d"]],
        call: Call::Folder,
        reads: |file| file.own().starts_with("kubernetes/"),
        findings: findings::checkov,
        faulty: (
            "out/x/kubernetes/x.yaml",
            "apiVersion: v1\nkind: Pod\nmetadata: { name: x }\nspec:\n  containers:\n    - name: x\n      image: x\n      securityContext: { privileged: true }\n",
            "CKV_K8S_16",
        ),
        ..BASE
    },
    Judge {
        name: "checkov, dockerfile",
        program: "checkov",
        arguments: &[CHECKOV, &["--framework", "dockerfile", "-d"]],
        call: Call::Folder,
        reads: |file| file.ends(&["Dockerfile"]),
        findings: findings::checkov,
        faulty: (
            "out/x/x.Dockerfile",
            "FROM docker.io/library/debian:13\nRUN true\n",
            "CKV_DOCKER_3",
        ),
        ..BASE
    },
    Judge {
        name: "dclint",
        program: "dclint",
        arguments: &[&["-c", "{root}/tests/judges/dclint.yaml", "-f", "json", "-o", "/dev/stdout"]],
        reads: is_compose,
        findings: findings::dclint,
        faulty: (
            "out/x/docker-compose.x.yml",
            "services:\n  x:\n    image: x\n    build: .\n",
            "no-build-and-image",
        ),
        ..BASE
    },
    Judge {
        name: "dotenv-linter",
        program: "dotenv-linter",
        arguments: &[&["check", "--plain", "--skip-updates", "--quiet"]],
        reads: is_env,
        findings: findings::dotenv_linter,
        faulty: ("out/x/.env.x.template", "a=1\n", "LowercaseKey"),
        ..BASE
    },
    Judge {
        name: "grafana-foundation-sdk",
        program: "judge-dashboards",
        reads: |file| file.own().starts_with("grafana/") && file.ends(&["json"]),
        findings: findings::dashboards,
        faulty: ("out/x/grafana/x.json", "{\"panels\": 1}\n", "refused"),
        ..BASE
    },
    Judge {
        name: "check-jsonschema, compose",
        program: "check-jsonschema",
        arguments: &[&["--builtin-schema", "vendor.compose-spec", "--output-format", "json"]],
        reads: is_compose,
        findings: findings::json_schema,
        faulty: ("out/x/docker-compose.x.yml", "servces: {}\n", "schema"),
        ..BASE
    },
    Judge {
        name: "check-jsonschema, workflows",
        program: "check-jsonschema",
        arguments: &[&["--builtin-schema", "vendor.github-workflows", "--output-format", "json"]],
        reads: is_workflow,
        findings: findings::json_schema,
        faulty: ("out/x/.github/workflows/x.yml", "on: push\n", "schema"),
        ..BASE
    },
    Judge {
        name: "compose-lint",
        program: "compose-lint",
        arguments: &[&["check", "--format", "json"]],
        reads: is_compose,
        findings: findings::compose_lint,
        faulty: (
            "out/x/docker-compose.x.yml",
            "services:\n  x:\n    image: x\n    privileged: true\n",
            "CL-0002",
        ),
        ..BASE
    },
    Judge {
        name: "kubernetes-validate",
        program: "kubernetes-validate",
        arguments: &[&["--strict", "-k", "1.36"]],
        reads: |file| file.own().starts_with("kubernetes/") && is_core(file.own(), &file.text),
        findings: findings::kubernetes_validate,
        faulty: (
            "out/x/kubernetes/x.yaml",
            "apiVersion: v1\nkind: Service\nmetadata: { name: x }\nspec: { prots: [] }\n",
            "schema",
        ),
        ..BASE
    },
    Judge {
        name: "yamllint",
        program: "yamllint",
        arguments: &[&["-c", "{root}/tests/judges/yamllint.yaml", "-f", "parsable"]],
        reads: |file| file.ends(&["yaml", "yml"]),
        findings: findings::yamllint,
        faulty: ("out/x/x.yaml", "a: 1\na: 2\n", "key-duplicates"),
        ..BASE
    },
    Judge {
        name: "amtool check-config",
        program: "amtool",
        arguments: &[&["check-config"]],
        reads: is_alertmanager,
        findings: findings::amtool,
        faulty: FAULTY_ROUTE,
        ..BASE
    },
    Judge {
        name: "amtool check-config, strict",
        program: "amtool",
        arguments: &[&["--enable-feature=utf8-strict-mode", "check-config"]],
        reads: is_alertmanager,
        findings: findings::amtool,
        faulty: FAULTY_ROUTE,
        ..BASE
    },
    Judge {
        name: "blackbox-exporter --config.check",
        program: "blackbox-exporter",
        arguments: &[&["--config.check"]],
        call: Call::Option("--config.file="),
        reads: |file| file.own().starts_with("blackbox-exporter/") && file.ends(&["yml"]),
        findings: findings::by_status,
        faulty: (
            "out/x/blackbox-exporter/config.yml",
            "modules: { x: { probber: http } }\n",
            "refused",
        ),
        ..BASE
    },
    Judge {
        name: "hadolint",
        program: "hadolint",
        arguments: &[&["-f", "json"]],
        reads: |file| file.ends(&["Dockerfile"]),
        findings: findings::hadolint,
        faulty: ("out/x/x.Dockerfile", "FROM docker.io/library/debian\nRUN true\n", "DL3006"),
        ..BASE
    },
    Judge {
        name: "shellcheck",
        program: "shellcheck",
        arguments: &[&["-x", "-o", "all", "-f", "json1"]],
        follows: true,
        reads: Artefact::is_script,
        findings: findings::shellcheck,
        faulty: ("out/x/x.sh", "#!/bin/sh\nx=$1\nls $x\n", "SC2086"),
        ..BASE
    },
    Judge {
        name: "shfmt",
        program: "shfmt",
        arguments: &[&["-l", "-i", "2", "-ci"]],
        reads: Artefact::is_script,
        findings: findings::shfmt,
        faulty: ("out/x/x.sh", "if true; then\ntrue\nfi\n", "format"),
        ..BASE
    },
    Judge {
        name: "bash -n",
        program: "bash",
        arguments: &[&["-n"]],
        call: Call::File,
        reads: Artefact::is_script,
        findings: findings::by_status,
        faulty: ("out/x/x.sh", "if true\n", "refused"),
        ..BASE
    },
    Judge {
        name: "zizmor",
        program: "zizmor",
        arguments: &[&["--offline", "--quiet", "--format", "json"]],
        reads: is_workflow,
        findings: findings::zizmor,
        faulty: (
            "out/x/.github/workflows/x.yml",
            "on: push\njobs:\n  x:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n",
            "unpinned-uses",
        ),
        ..BASE
    },
    Judge {
        name: "markdownlint",
        program: "markdownlint-cli2",
        arguments: &[&["--config", "{root}/tests/judges/markdownlint-cli2.yaml"]],
        reads: |file| file.ends(&["md"]),
        findings: findings::markdownlint,
        faulty: ("out/x/x.md", "#x\n", "MD018"),
        ..BASE
    },
    Judge {
        name: "gitleaks",
        program: "gitleaks",
        arguments: &[&[
            "detect",
            "--no-git",
            "--no-banner",
            "--report-format",
            "json",
            "--report-path",
            "/dev/stdout",
            "-s",
        ]],
        call: Call::Folder,
        reads: |_| true,
        findings: findings::gitleaks,
        // The secret has the form that GitHub documents for its tokens, and opens nothing.
        faulty: ("out/x/x.yaml", "token: ghp_1a2B3c4D5e6F7g8H9i0J1k2L3m4N5o6P7q8R\n", "github-pat"),
        ..BASE
    },
];
