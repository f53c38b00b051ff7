//! The hash of a text: a few multiplications, as the texts of events are short.

use std::hash::{BuildHasher, RandomState};

use super::key::Key;

/// The words of a text of 12 to 32 bytes. They may overlap: with the length they tell all bytes.
pub(super) type Words = [u64; 4];

/// What nobody can foresee, and so choose texts for.
///
/// Every word of a text meets a key of its own before it is multiplied: of a product with a factor that somebody knows
/// they could choose the other so that few bits are left of it, whatever is not known besides.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seed {
    keys: [u64; 4],
}

impl Seed {
    /// Another one each time.
    pub(super) fn any() -> Self {
        let random = RandomState::new();
        Seed { keys: [0, 1, 2, 3].map(|key| random.hash_one(key)) }
    }

    /// The hash of a text behind what was hashed before it, which is 0 where it is the first.
    #[inline]
    pub(super) fn hash(&self, before: u64, bytes: &[u8]) -> u64 {
        match bytes.len() {
            ..Key::MIDDLE => self.hash_of_short(before, Key::of_short(bytes)),
            length @ Key::MIDDLE..Key::LONG => self.hash_of_words(before, length, words(bytes)),
            Key::LONG.. => self.hash_of_long(before, bytes),
        }
    }

    #[inline]
    pub(super) fn hash_of_short(&self, before: u64, key: Key) -> u64 {
        self.hash_of_words(before, 0, [key.word, key.rest.into(), key.word, 0])
    }

    /// Both halves at once, since a product takes its time.
    #[inline]
    pub(super) fn hash_of_words(&self, before: u64, length: usize, words: Words) -> u64 {
        let [first, second, third, fourth] = words;
        let keys = self.keys;
        let one = fold(first ^ keys[0] ^ before, second ^ keys[1] ^ length as u64);
        one ^ fold(third ^ keys[2], fourth ^ keys[3])
    }

    /// Every byte counts: texts of one length often begin and end alike.
    pub(super) fn hash_of_long(&self, before: u64, bytes: &[u8]) -> u64 {
        let (mut state, mut rest) = (before, bytes);
        while rest.len() >= Key::LONG {
            state = fold(word(rest) ^ self.keys[0] ^ state, word(&rest[8..]) ^ self.keys[1]);
            rest = &rest[16..];
        }
        self.hash_of_words(state, bytes.len(), words(rest))
    }
}

/// The words of 12 to 32 bytes; nothing is asked about how many there are.
#[inline]
pub(super) fn words(bytes: &[u8]) -> Words {
    let length = bytes.len();
    let (start, rest) = (&bytes[..length.min(16)], &bytes[..length.saturating_sub(8).max(8)]);
    [word(bytes), last_word(start), last_word(rest), last_word(bytes)]
}

/// Whether all four are the same, told from the differences: they need not leave the registers for it.
#[inline]
pub(super) fn are_same(one: &Words, other: &Words) -> bool {
    one.iter().zip(other).fold(0, |differ, (one, other)| differ | (one ^ other)) == 0
}

#[inline]
pub(super) fn word(bytes: &[u8]) -> u64 {
    bytes.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

#[inline]
fn last_word(bytes: &[u8]) -> u64 {
    bytes.last_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

#[inline]
pub(super) fn half(bytes: &[u8]) -> u64 {
    bytes.first_chunk().map_or(0, |bytes| u64::from(u32::from_le_bytes(*bytes)))
}

/// Both halves of the product, so that every bit of either counts.
#[inline]
fn fold(one: u64, other: u64) -> u64 {
    let product = u128::from(one) * u128::from(other);
    product as u64 ^ (product >> 64) as u64
}
