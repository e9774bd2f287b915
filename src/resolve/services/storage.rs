//! Turns what a service reads and writes into mounts: volumes, memory, compiled files.

use indexmap::IndexMap;

use crate::catalog::entry::Content;
use crate::model::Role;
use crate::model::mount::{FileMount, Tmpfs, VolumeMount};
use crate::resolve::services::{Builder, Secrets};
use crate::resolve::{settings, tree};
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
        let shared = entry.into_iter().flat_map(|entry| &entry.shares).map(|(volume, path)| {
            VolumeMount { volume: volume.clone(), path: path.clone(), read_only: false }
        });
        let written = self.part.written.volumes.iter().map(|(volume, mount)| VolumeMount {
            volume: volume.clone(),
            path: mount.path.clone(),
            read_only: mount.read_only,
        });
        own.chain(shared).chain(written).collect()
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
        let mount = |(artifact, path): (&String, &ContainerPath)| FileMount {
            artifact: self.artifact(artifact),
            path: path.clone(),
        };
        mounts.map(mount).collect()
    }

    /// `prometheus/rules` is `prometheus/<environment>/rules` below the output folder.
    fn artifact(&self, key: &str) -> String {
        let environment = &self.scope.environment.name;
        match key.split_once('/') {
            Some((target, path)) => format!("{target}/{environment}/{path}"),
            None => format!("{key}/{environment}"),
        }
    }

    pub(super) fn contents(&mut self, secrets: &mut Secrets) -> IndexMap<String, Content> {
        let Some(entry) = &self.part.entry else { return IndexMap::new() };
        let mut contents = IndexMap::new();
        for (path, content) in &entry.files {
            let mut content = content.clone();
            if let Content::Yaml(tree) | Content::Json(tree) = &mut content {
                let found = tree::resolve(self.scope, self.name, tree, secrets);
                for fault in found {
                    self.diagnostics.extend(fault.at(self.place("uses")));
                }
            }
            contents.insert(self.artifact(&format!("{}/{path}", entry.component)), content);
        }
        contents
    }
}
