//! Maps from short texts to anything, by the same hash.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hasher};

use super::hash::{any_seed, hash};

/// A map from short texts.
pub(crate) type ByName<T> = HashMap<String, T, Seed>;

/// What differs from map to map, so that nobody can choose names that meet in one.
#[derive(Clone, Debug)]
pub(crate) struct Seed(u64);

impl Default for Seed {
    fn default() -> Self {
        Seed(any_seed())
    }
}

impl BuildHasher for Seed {
    type Hasher = NameHasher;

    fn build_hasher(&self) -> NameHasher {
        NameHasher(self.0)
    }
}

/// Hashes a text at a stretch.
pub(crate) struct NameHasher(u64);

impl Hasher for NameHasher {
    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        self.0 = hash(self.0, bytes);
    }

    /// What ends a text says nothing that its length does not.
    #[inline]
    fn write_u8(&mut self, _end: u8) {}

    #[inline]
    fn finish(&self) -> u64 {
        self.0
    }
}
