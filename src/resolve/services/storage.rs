//! Turns what a service reads and writes into mounts: volumes, memory, compiled files.

use std::sync::Arc;

use crate::map::IndexMap;

use crate::catalog::entry::Content;
use crate::catalog::piece::Tree;
use crate::model::Role;
use crate::model::mount::{FileMount, Tmpfs, VolumeMount};
use crate::resolve::scope::Found;
use crate::resolve::services::Builder;
use crate::resolve::settings;
use crate::resolve::tree::{self, Item};
use crate::value::{ContainerPath, Memory};

/// How much a path in memory may hold when nobody says; under a small limit a quarter of that.
const TMPFS_SIZE: Memory = Memory::from_mebibytes(64);

impl Builder<'_, '_> {
    pub(super) fn volumes(&self) -> Vec<VolumeMount> {
        let entry = self.part.entry.as_ref();
        let own =
            entry.into_iter().flat_map(|entry| &entry.volumes).map(|(volume, path)| VolumeMount {
                volume: settings::own_volume(self.name, volume),
                path: path.clone(),
                read_only: false,
            });
        let stage = self.part.stage().into_iter().flat_map(|stage| &stage.volumes);
        let stage = stage.map(|(volume, path)| VolumeMount {
            volume: settings::own_volume(self.name, volume),
            path: path.clone(),
            read_only: false,
        });
        let shared = entry.into_iter().flat_map(|entry| &entry.shares).map(|(volume, path)| {
            VolumeMount { volume: volume.clone(), path: path.clone(), read_only: false }
        });
        let written = self.part.written.volumes.iter().map(|(volume, mount)| VolumeMount {
            volume: volume.clone(),
            path: mount.path.clone(),
            read_only: mount.read_only,
        });
        own.chain(stage).chain(shared).chain(written).collect()
    }

    pub(super) fn tmpfs(&self) -> Vec<Tmpfs> {
        let limit = self.scope.memory(self.part).limit();
        let usual = TMPFS_SIZE.min(Memory::from_mebibytes((limit.mebibytes() / 4).max(1)));
        let written = &self.part.written.tmpfs;
        let known = self.part.entry.iter().flat_map(|entry| &entry.tmpfs);
        let known =
            known.filter(|(path, _)| !written.contains_key(*path)).map(|(path, tmpfs)| Tmpfs {
                path: path.clone(),
                size: tmpfs.size.map_or(usual, |size| size.of(limit)),
                mode: tmpfs.mode.clone().unwrap_or_else(|| "0700".to_owned()),
            });
        let written = written.iter().map(|(path, size)| Tmpfs {
            path: path.clone(),
            size: *size,
            mode: "0700".to_owned(),
        });
        let mut all: Vec<Tmpfs> = known.chain(written).collect();
        // A program of our own may always use /tmp: hardly any does without.
        let tmp = ContainerPath::known("/tmp");
        let taken = all.iter().any(|one| one.path == tmp)
            || self.part.written.volumes.values().any(|mount| mount.path == tmp);
        if self.part.role() == Role::Application && !taken {
            all.push(Tmpfs { path: tmp, size: usual, mode: "1777".to_owned() });
        }
        all
    }

    pub(super) fn files(&self) -> Vec<FileMount> {
        let mounts = self.part.entry.iter().flat_map(|entry| &entry.mounts);
        mounts.map(|mount| self.file(mount)).collect()
    }

    /// A compiled file that it reads.
    pub(super) fn file(&self, (artifact, path): (&String, &ContainerPath)) -> FileMount {
        FileMount { artifact: self.artifact(artifact), path: path.clone() }
    }

    /// `prometheus/rules` is `prometheus/<environment>/rules` below the output folder.
    fn artifact(&self, key: &str) -> String {
        let environment = self.scope.environment.name.as_str();
        match key.split_once('/') {
            Some((target, path)) => [target, "/", environment, "/", path].concat(),
            None => [key, "/", environment].concat(),
        }
    }

    pub(super) fn contents(&mut self, found: &mut Found) -> IndexMap<String, Content> {
        let Some(entry) = &self.part.entry else { return IndexMap::default() };
        let mut contents = IndexMap::default();
        for (path, content) in &entry.files {
            let made = match content {
                Content::Yaml(tree) => self.trees(path, tree, Content::Yaml, found),
                Content::Json(tree) => self.trees(path, tree, Content::Json, found),
                Content::Text(_) | Content::Script(_) => vec![(path.clone(), content.clone())],
            };
            for (path, content) in made {
                contents.insert(self.artifact(&format!("{}/{path}", entry.component)), content);
            }
        }
        contents
    }

    /// A file; or one for each member of a collection, where the whole tree is a `for_each`.
    fn trees(
        &mut self,
        path: &str,
        tree: &Arc<Tree>,
        kind: fn(Arc<Tree>) -> Content,
        found: &mut Found,
    ) -> Vec<(String, Content)> {
        if tree.is_fixed() {
            return vec![(path.to_owned(), kind(Arc::clone(tree)))];
        }
        let mut files = Vec::new();
        let mut faults = Vec::new();
        match tree::repeated(self.scope, self.name, &tree.value, found) {
            Item::One => {
                let given = (found, &mut faults);
                let tree = tree::resolve(self.scope, self.name, &tree.value, given);
                files.push((path.to_owned(), kind(Arc::new(tree.into()))));
            }
            Item::Many(trees) => {
                for (member, tree) in trees {
                    match self.scope.each(&member).text(path, Some(self.name)) {
                        Ok(path) => files.extend(
                            path.text
                                .as_literal()
                                .map(|path| (path.to_owned(), kind(Arc::new(tree.into())))),
                        ),
                        Err(fault) => faults.push(fault),
                    }
                }
            }
            Item::Faulty(found) => faults = found,
        }
        for fault in faults {
            self.diagnostics.extend(fault.at(self.place("uses")));
        }
        files
    }
}
