//! What tells one text from another in few bytes.

use super::hash::{half, word};

/// What tells texts apart: a short one is all in it. Of a longer one it has its length and a part of its hash, and in a
/// slot where it lies.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key {
    pub(super) word: u64,
    pub(super) rest: u32,
}

impl Key {
    /// So many bytes are not all in a key.
    pub(super) const MIDDLE: usize = 12;

    /// So many bytes are not all in four words either.
    pub(super) const LONG: usize = 33;

    /// Stands with the length of a longer text, where a short one has its length and last bytes.
    const LONGER: u32 = 1 << 31;

    /// The bytes of a short text. What is read of it may overlap: with the length it tells all bytes.
    #[inline]
    pub(super) fn of_short(bytes: &[u8]) -> Self {
        let length = bytes.len();
        let (word, last) = match length {
            8.. => (word(bytes), half(&bytes[length - 4..]) as u32 >> 8),
            4.. => (half(bytes) | half(&bytes[length - 4..]) << 32, 0),
            1.. => {
                let ends = u64::from(bytes[0]) | u64::from(bytes[length - 1]) << 16;
                (ends | u64::from(bytes[length / 2]) << 8, 0)
            }
            0 => (0, 0),
        };
        Key { word, rest: (length as u32) << 24 | last }
    }

    #[inline]
    pub(super) fn of_longer(length: usize, hash: u64) -> Self {
        Key { word: hash & TAG, rest: Key::LONGER | length as u32 }
    }

    #[inline]
    pub(super) fn is_short(self) -> bool {
        self.rest & Key::LONGER == 0
    }

    /// The key of a slot for a longer text that lies here.
    pub(super) fn lying_at(self, at: usize) -> Self {
        Key { word: self.word | at as u64, ..self }
    }

    /// The same key of a slot where the text has another hash.
    pub(super) fn hashed(self, hash: u64) -> Self {
        if self.is_short() { self } else { Key { word: hash & TAG | self.word & !TAG, ..self } }
    }

    /// Where a longer text lies.
    #[inline]
    pub(super) fn lies(self) -> usize {
        (self.word & !TAG) as usize
    }

    /// The bytes of a longer text.
    #[inline]
    pub(super) fn length(self) -> usize {
        (self.rest & !Key::LONGER) as usize
    }
}

/// The part of a longer text's hash that is in its key; the other half chooses the slot.
pub(super) const TAG: u64 = !0 << 32;
