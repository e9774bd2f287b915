//! What changes of Dockerfiles and of components' files do.

use super::*;

#[test]
fn a_dockerfile_restarts() {
    for path in ["docker/api.Dockerfile", "docker/api.Dockerfile.dockerignore"] {
        let found = risks(path, "FROM a:1\n", "FROM a:2\n");
        assert_eq!(found.len(), 1, "{found:?}");
        assert_says(&found, Effect::Restarts, "api", "built anew");
        assert_eq!(risks(path, "FROM a:1\n", "FROM a:1\n"), []);
        assert_eq!(files(&[(path, None, Some("FROM a:1\n"))]), []);
    }
}

#[test]
fn a_component_restarts() {
    let path = "alertmanager/production/alertmanager.yml";
    let found = risks(path, "route: { receiver: a }\n", "route: { receiver: b }\n");
    assert_eq!(found.len(), 1, "{found:?}");
    assert_says(&found, Effect::Restarts, "alertmanager", "alertmanager.yml`");
    assert_eq!(risks("alertmanager/elsewhere/a.yml", "a", "b"), []);
    assert_eq!(files(&[(path, None, Some("a"))]), []);
}
