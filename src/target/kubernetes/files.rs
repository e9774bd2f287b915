//! Turns compiled files that a service reads into `ConfigMap`s and mounts.

use crate::model::mount::FileMount;
use crate::model::service::Service;
use crate::target::Error;
use crate::target::kubernetes::cluster::{Cluster, slug};
use crate::target::kubernetes::folder::{Folder, Place};
use crate::target::kubernetes::schema::config::ConfigMap;
use crate::target::kubernetes::schema::volume::{
    ConfigMapVolume, Item, ProjectedVolume, Projection, Volume, VolumeMount, VolumeSource,
};
use crate::tree::hash::Hash;
use crate::tree::{Artifact, Mode};

/// The most that one object may hold, with room for its other fields: above 262144 bytes `kubectl apply` cannot keep
/// the last version in an annotation (kubernetes/apimachinery:pkg/api/validation/objectmeta.go, `TotalAnnotationSizeLimitB`).
const MOST: usize = 200 * 1024;

/// The most that etcd takes; a single file of that size needs `kubectl apply --server-side`.
const LARGEST_FILE: usize = 1024 * 1024 - 16 * 1024;

/// What a container reads of compiled files.
#[derive(Clone, Default)]
pub(super) struct Files<'a> {
    pub(super) volumes: Vec<Volume>,
    pub(super) mounts: Vec<VolumeMount<'a>>,
    /// Paths and the hashes of their texts, for the hash by which a change rolls the pods.
    pub(super) parts: Vec<Part>,
}

/// A path and the hash of the text there.
pub(super) type Part = (String, Hash);

/// A file, with the key under which an object holds it.
struct Entry {
    key: String,
    path: String,
    artifact: Artifact,
}

impl Entry {
    /// The mode by which it is mounted, where it is not the usual one.
    fn mode(&self) -> Option<u32> {
        (self.artifact.mode() == Mode::Executable).then_some(0o555)
    }
}

pub(super) fn emit<'a>(
    cluster: &Cluster<'_>,
    service: &'a Service,
    folder: &mut Folder<'_, '_>,
) -> Result<Files<'a>, Error> {
    let mut files = Files::default();
    for mount in &service.kubernetes.files {
        one(cluster, service, mount, folder, &mut files)?;
    }
    Ok(files)
}

fn one<'a>(
    cluster: &Cluster<'_>,
    service: &Service,
    mount: &'a FileMount,
    folder: &mut Folder<'_, '_>,
    files: &mut Files<'a>,
) -> Result<(), Error> {
    let is_file = folder.output.emitted(&mount.artifact).is_some();
    let entries = entries(&mount.artifact, folder)?;
    // `prometheus/<environment>/rules`: what tells mounts of a service apart is the part behind the environment.
    let environment = cluster.model.environment.name.as_str();
    let told = match mount.artifact.splitn(3, '/').nth(2) {
        Some(below) => below,
        // What all environments share is known by its own name.
        None => {
            mount.artifact.rsplit('/').next().filter(|last| *last != environment).unwrap_or("files")
        }
    };
    let name = slug(&[service.name.as_str(), told]);
    let sub_path = entries.first().filter(|_| is_file).map(|entry| entry.path.clone());
    let mut sources = Vec::new();
    for (index, chunk) in chunks(entries).into_iter().enumerate() {
        let name = if index == 0 { name.clone() } else { format!("{name}-{}", index + 1) };
        let data = chunk.iter().map(|entry| (&*entry.key, entry.artifact.text())).collect();
        let held = chunk.iter().map(|entry| (entry.key.clone(), *entry.artifact.hash())).collect();
        let metadata = cluster.metadata(service, name.clone());
        folder.add_texts(&Place::of(service), metadata, (ConfigMap { data }, held))?;
        let parts = chunk.iter().map(|entry| (entry.path.clone(), *entry.artifact.hash()));
        files.parts.extend(parts);
        let item = |entry: Entry| Item { mode: entry.mode(), key: entry.key, path: entry.path };
        sources.push(ConfigMapVolume { name, items: chunk.into_iter().map(item).collect() });
    }
    let volume = slug(&["files", told]);
    let source = match (sources.pop(), sources.is_empty()) {
        (Some(only), true) => VolumeSource::ConfigMap(only),
        (last, _) => VolumeSource::Projected(ProjectedVolume {
            sources: sources
                .into_iter()
                .chain(last)
                .map(|config_map| Projection { config_map })
                .collect(),
        }),
    };
    files.volumes.push(Volume { name: volume.clone(), source });
    files.mounts.push(VolumeMount {
        name: volume,
        mount_path: mount.path.as_str().into(),
        sub_path,
        read_only: true,
        mount_propagation: None,
    });
    Ok(())
}

/// The files at a path, or below it.
fn entries(artifact: &str, folder: &Folder<'_, '_>) -> Result<Vec<Entry>, Error> {
    let mut entries: Vec<Entry> = Vec::new();
    for (path, emitted) in folder.output.in_cluster_below(artifact) {
        if emitted.text().len() > LARGEST_FILE {
            let cause = "a cluster stores no object above 1 MiB: split it".to_owned();
            return Err(Error { path: path.to_owned(), cause });
        }
        let relative = match path[artifact.len()..].trim_start_matches('/') {
            "" => path.rsplit('/').next().unwrap_or(path),
            below => below,
        };
        let key = key(relative, &entries);
        entries.push(Entry { key, path: relative.to_owned(), artifact: emitted.clone() });
    }
    Ok(entries)
}

/// A path as a key: letters, digits, `-`, `_` and `.` (kubernetes/apimachinery:pkg/util/validation, `IsConfigMapKey`).
fn key(path: &str, taken: &[Entry]) -> String {
    let mut key = path.replace(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c)), ".");
    while taken.iter().any(|other| other.key == key) {
        key.push_str(".1");
    }
    key
}

/// As many objects as it takes; one even for an empty folder, which is mounted all the same.
fn chunks(entries: Vec<Entry>) -> Vec<Vec<Entry>> {
    let mut chunks: Vec<Vec<Entry>> = vec![Vec::new()];
    let mut size = 0;
    for entry in entries {
        let more = entry.key.len() + entry.artifact.text().len();
        match chunks.last_mut() {
            Some(last) if last.is_empty() || size + more <= MOST => {
                size += more;
                last.push(entry);
            }
            _ => {
                size = more;
                chunks.push(vec![entry]);
            }
        }
    }
    chunks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(key: &str, size: usize) -> Entry {
        let artifact = Artifact::plain("x".repeat(size));
        Entry { key: key.to_owned(), path: key.to_owned(), artifact }
    }

    #[test]
    fn what_is_too_much_for_one_object_is_split() {
        assert_eq!(chunks(Vec::new()).len(), 1);
        let entries = vec![entry("a", 150_000), entry("b", 40_000), entry("c", 40_000)];
        let sizes: Vec<usize> = chunks(entries).iter().map(Vec::len).collect();
        assert_eq!(sizes, [2, 1]);
    }

    #[test]
    fn paths_become_keys_of_their_own() {
        assert_eq!(key("a/b.yml", &[]), "a.b.yml");
        assert_eq!(key("a.b.yml", &[entry("a.b.yml", 1)]), "a.b.yml.1");
    }
}
