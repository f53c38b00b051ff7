//! Maps from short texts to anything, by the same hash.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hasher};

use super::hash::Seed;

/// A map from short texts.
pub(crate) type ByName<T> = HashMap<String, T, Seed>;

impl Default for Seed {
    fn default() -> Self {
        Seed::any()
    }
}

impl BuildHasher for Seed {
    type Hasher = NameHasher;

    fn build_hasher(&self) -> NameHasher {
        NameHasher { seed: *self, state: 0 }
    }
}

/// Hashes a text at a stretch.
pub(crate) struct NameHasher {
    seed: Seed,
    state: u64,
}

impl Hasher for NameHasher {
    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        self.state = self.seed.hash(self.state, bytes);
    }

    /// What ends a text says nothing that its length does not.
    #[inline]
    fn write_u8(&mut self, _end: u8) {}

    #[inline]
    fn finish(&self) -> u64 {
        self.state
    }
}
