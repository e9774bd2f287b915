//! Turns what the catalogue says of a component in a cluster into what is other there than in Compose.

use crate::model::cluster::{Differences, Only, is_operators};
use crate::model::mount::HostAccess;
use crate::resolve::services::Builder;

impl Builder<'_, '_> {
    /// What of the host it sees.
    pub(super) fn host(&self) -> Option<HostAccess> {
        let host = self.part.entry.as_ref()?.host.as_ref()?;
        Some(HostAccess { pid: host.pid, paths: host.paths.clone().into_iter().collect() })
    }

    /// The only target that it stands in: what watches is left to the cluster where that has an operator for it.
    pub(super) fn only(&self) -> Option<Only> {
        let kubernetes = self.scope.blueprint.kubernetes.as_ref();
        let operated = kubernetes.is_some_and(|kubernetes| kubernetes.operator.is_some());
        let known = self.part.entry.as_ref().and_then(|entry| entry.only);
        known.or((operated && is_operators(self.part.role())).then_some(Only::Compose))
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
            nodes: Vec::new(),
        }
    }
}
