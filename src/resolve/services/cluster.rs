//! Turns what the catalogue says of a component in a cluster into what is other there than in Compose.

use crate::model::cluster::Differences;
use crate::model::mount::HostAccess;
use crate::resolve::services::Builder;

impl Builder<'_, '_> {
    /// What of the host it sees.
    pub(super) fn host(&self) -> Option<HostAccess> {
        let host = self.part.entry.as_ref()?.host.as_ref()?;
        Some(HostAccess { pid: host.pid, paths: host.paths.clone().into_iter().collect() })
    }

    /// What of it is other in a cluster.
    pub(super) fn in_cluster(&self) -> Differences {
        let entry = self.part.entry.as_ref();
        let there = entry.map(|entry| entry.kubernetes.clone()).unwrap_or_default();
        let mounts = there.mounts.as_ref().or(entry.map(|entry| &entry.mounts));
        Differences {
            // The author's word comes before the catalogue's.
            user: self.part.written.user.or(there.user).unwrap_or(self.user()),
            host: self.host().filter(|_| there.host.is_none()),
            files: mounts.into_iter().flatten().map(|mount| self.file(mount)).collect(),
            access: there.access,
            serves: there.serves,
        }
    }
}
