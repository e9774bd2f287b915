//! Gives maps and sets that keep their order a hasher that is quick for short keys.
//!
//! Nobody but the author chooses the keys, and how much text is read is bounded, so that a hasher which resists chosen
//! collisions would only cost time.

use rustc_hash::FxBuildHasher;

/// A map that keeps the order in which it was filled.
pub type IndexMap<K, V> = indexmap::IndexMap<K, V, FxBuildHasher>;

/// An empty map with room for that many entries.
pub fn with_room<K, V>(count: usize) -> IndexMap<K, V> {
    IndexMap::with_capacity_and_hasher(count, FxBuildHasher)
}

/// A set that keeps the order in which it was filled.
pub type IndexSet<T> = indexmap::IndexSet<T, FxBuildHasher>;
