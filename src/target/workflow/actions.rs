//! Gives every action that a workflow uses its one home: the commit that it is pinned to, and the tag that this was.
//!
//! Each pair of commit and tag was seen in several public repositories; the source of each stands beside it.

/// An action at a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Action {
    /// What a step says that it uses: its name, with a folder where it has one, and the commit.
    pub(super) uses: &'static str,
    /// The tag that pointed there.
    pub(super) tag: &'static str,
}

impl Action {
    /// The action that a step says that it uses.
    pub(super) fn used(uses: &str) -> Option<Self> {
        ALL.iter().copied().find(|one| one.uses == uses)
    }
}

/// Declares actions: constant, name, commit, tag; and the list of all.
macro_rules! actions {
    ($($(#[$about:meta])* $constant:ident $name:literal $commit:literal $tag:literal;)+) => {
        $($(#[$about])* pub(super) const $constant: Action = Action { uses: concat!($name, "@", $commit), tag: $tag };)+

        /// Every action.
        pub(super) const ALL: &[Action] = &[$($constant),+];
    };
}

actions! {
    /// Gets the repository (the commit that this project's own workflow is pinned to).
    CHECKOUT "actions/checkout" "3d3c42e5aac5ba805825da76410c181273ba90b1" "v7.0.1";
    /// Sets up Python (Michael-K/actions-latest:README.md, "Latest versions (SHA-pinned)").
    PYTHON "actions/setup-python" "a309ff8b426b58ec0e2a45f0f869d46889d02405" "v6.2.0";
    /// Sets up Node.js (the same list).
    NODE "actions/setup-node" "48b55a011bda9f5d6aeb4c2d9c7362e8dae4041e" "v6.4.0";
    /// Sets up Bun ("oven-sh/setup-bun@… # v2.2.0", in more than five public workflows).
    BUN "oven-sh/setup-bun" "0c5077e51419868618aeaa5fe8019c62421857d6" "v2.2.0";
    /// Emulates other processors (the same list).
    QEMU "docker/setup-qemu-action" "06116385d9baf250c9f4dcb4858b16962ea869c3" "v4.1.0";
    /// Sets up the builder (the same list).
    BUILDX "docker/setup-buildx-action" "d7f5e7f509e45cec5c76c4d5afdd7de93d0b3df5" "v4.1.0";
    /// Logs in to a registry (the same list).
    LOGIN "docker/login-action" "650006c6eb7dba73a995cc03b0b2d7f5ca915bee" "v4.2.0";
    /// Builds and pushes (the same list).
    BUILD "docker/build-push-action" "f9f3042f7e2789586610d6e8b85c8f03e5195baf" "v7.2.0";
    /// Scans images and files ("aquasecurity/trivy-action@… # v0.36.0", in more than ten public workflows and tests).
    TRIVY "aquasecurity/trivy-action" "ed142fd0673e97e23eac54620cfb913e5ce36c25" "v0.36.0";
    /// Shows findings beside the code ("upload-sarif@… # v4.37.3", likewise).
    SARIF "github/codeql-action/upload-sarif" "e4fba868fa4b1b91e1fdab776edc8cfbe6e9fb81" "v4.37.3";
    /// Looks for secrets ("trufflesecurity/trufflehog@… = v3.96.0", checked against the tag by one of them).
    TRUFFLEHOG "trufflesecurity/trufflehog" "6f3c981e7b77f235fd2702dd74af25fc4b72bf11" "v3.96.0";
}

#[cfg(test)]
mod tests {
    use super::ALL;

    #[test]
    fn each_is_pinned_to_a_whole_commit_and_names_a_whole_version() {
        for action in ALL {
            let (_, commit) = action.uses.split_once('@').unwrap();
            let hex = commit.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'));
            assert!(hex && commit.len() == 40, "{action:?}");
            let version: Vec<&str> = action.tag.strip_prefix('v').unwrap().split('.').collect();
            assert_eq!(version.len(), 3, "{action:?}");
            assert!(version.iter().all(|part| part.parse::<u32>().is_ok()), "{action:?}");
        }
    }
}
