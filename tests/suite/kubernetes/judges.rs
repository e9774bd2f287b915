//! Lets kubectl build the manifests, and holds each against the schemas of Kubernetes.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::json;

use super::strict::judge_manifests;
use super::{Manifests, SCALED, SHOP, is_core, list, text};
use crate::judge::judge;
use crate::matrix;
use crate::parallel::in_parallel;
use crate::support::of_file;

fn written(manifests: &Manifests, folder: &Path) {
    for (path, artifact) in manifests.known.compiled.tree.iter() {
        let path = folder.join(path.as_str());
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, artifact.text()).expect("a file");
    }
}

fn run(command: &mut Command) -> String {
    let output = command.output().expect("the judge runs");
    let (out, err) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?}: {out}{err}");
    format!("{out}{err}")
}

#[test]
fn kustomize_builds_each_environment_with_and_without_its_profiles() {
    let Some(kubectl) = judge("kubectl") else { return };
    let mut all = Manifests::shops();
    for set in matrix::sets() {
        let models = set.known.compiled.models.iter();
        let names = models.map(|model| model.environment.name.to_string());
        all.extend(names.map(|name| Manifests::read(set.known.clone(), name)));
    }
    all.retain(|manifests| !manifests.files.is_empty());
    in_parallel(&all, |manifests| {
        let folder = tempfile::tempdir().expect("a folder");
        written(manifests, folder.path());
        let root = folder.path().join("kubernetes");
        let listed = |path: &str, what: &str| list(&manifests.files[path][what]).to_vec();
        let base = listed("kustomization.yaml", "resources").len();
        let of =
            |component: &str| listed(&format!("{component}/kustomization.yaml"), "resources").len();
        let on = listed("kustomization.yaml", "components");
        let expected = base + on.iter().map(|component| of(text(component))).sum::<usize>();
        let environment = &manifests.environment;
        let built = run(Command::new(&kubectl).arg("kustomize").arg(root.join(environment)));
        assert_eq!(objects(&built), expected);
        let components =
            manifests.files.keys().filter_map(|path| path.strip_suffix("/kustomization.yaml"));
        let (policies, components): (Vec<&str>, Vec<&str>) =
            components.partition(|folder| folder.starts_with("policies/"));
        for folder in policies {
            let built = run(Command::new(&kubectl)
                .arg("kustomize")
                .arg(root.join(environment).join(folder)));
            let listed = listed(&format!("{folder}/kustomization.yaml"), "resources").len();
            // What lists no object makes one of a file.
            assert_eq!(objects(&built), listed.max(1), "{folder}");
        }
        for component in
            components.into_iter().filter(|component| !on.iter().any(|one| one == component))
        {
            let with = root.join("with");
            fs::create_dir_all(&with).expect("a folder");
            let list = json!({
                "resources": [format!("../{environment}")],
                "components": [format!("../{environment}/{component}")],
            });
            fs::write(with.join("kustomization.yaml"), list.to_string()).expect("a file");
            let built = run(Command::new(&kubectl).arg("kustomize").arg(&with));
            assert_eq!(objects(&built), expected + of(component), "{component}");
        }
    });
    matrix::record("kubectl kustomize", all.iter().map(|one| one.files.len()).sum(), 0);
}

fn objects(built: &str) -> usize {
    built.lines().filter(|line| line.starts_with("kind: ")).count()
}

#[test]
fn every_object_keeps_the_strict_schema_of_its_kind() {
    let Some(validate) = judge("kubernetes-validate") else { return };
    // What is committed is judged in the matrix.
    let own = [SHOP, SCALED].map(|path| of_file(&Path::new(env!("CARGO_MANIFEST_DIR")).join(path)));
    let files = own.iter().flat_map(|known| known.compiled.tree.iter());
    let core = files.filter_map(|(path, artifact)| {
        let (path, text) = (path.as_str(), artifact.text());
        (path.starts_with("kubernetes/") && is_core(path, text)).then(|| (path.to_owned(), text))
    });
    judge_manifests(&validate, core);
}
