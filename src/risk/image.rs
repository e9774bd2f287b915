//! Turns two images of a service that keeps data into whether the new one may not read that data.

/// What a change of image means for data; `volume` holds it.
pub(super) fn data_risk(old: &str, new: &str, volume: &str) -> Option<String> {
    let ((repository, before), (other, after)) = (parts(old), parts(new));
    if repository != other {
        return Some(format!(
            "the image becomes `{other}` in place of `{repository}`, which may not read the data in `{volume}`"
        ));
    }
    let (before, after) = (before?, after?);
    (before != after).then(|| {
        format!(
            "`{repository}` goes from version {before} to {after}, which may not read the data in `{volume}`: \
             back it up and follow the upgrade notes"
        )
    })
}

/// The repository, and the major version that the tag starts with.
fn parts(image: &str) -> (&str, Option<u64>) {
    let image = image.split_once('@').map_or(image, |(image, _)| image);
    let (repository, tag) = match image.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => (repository, tag),
        _ => (image, ""),
    };
    let tag = tag.strip_prefix('v').unwrap_or(tag);
    let digits = tag.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(tag.len());
    (repository, tag[..digits].parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_another_major_or_another_image_is_a_risk() {
        let risk = |old, new| data_risk(old, new, "data").is_some();
        assert!(risk("postgres:16.3", "postgres:17.0-bookworm"));
        assert!(risk("localhost:5000/postgres:17", "localhost:5000/postgres:16"));
        assert!(risk("postgres:17", "docker.io/library/mariadb:17"));
        assert!(!risk("postgres:17.5", "postgres:17.6@sha256:00"));
        assert!(!risk("grafana:v11.1", "grafana:11.2"));
        assert!(!risk("app:main", "app:next"));
    }
}
