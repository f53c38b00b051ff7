//! The hash of a text: a few multiplications, as the texts of events are short.

use std::hash::{BuildHasher, RandomState};

use super::key::Key;

/// The words of a text of 12 to 32 bytes. They may overlap: with the length they tell all bytes.
pub(super) type Words = [u64; 4];

/// Digits of pi, so that short texts differ in all bits.
const MIX: [u64; 2] = [0x243f_6a88_85a3_08d3, 0x1319_8a2e_0370_7344];

/// What nobody can foresee, and so choose texts for.
pub(super) fn any_seed() -> u64 {
    RandomState::new().hash_one(0)
}

#[inline]
pub(super) fn hash(seed: u64, bytes: &[u8]) -> u64 {
    match bytes.len() {
        ..Key::MIDDLE => Key::of_short(bytes).hash(seed),
        length @ Key::MIDDLE..Key::LONG => hash_of_words(seed, length, words(bytes)),
        Key::LONG.. => hash_of_long(seed, bytes),
    }
}

/// Both halves at once, since a product takes its time.
#[inline]
pub(super) fn hash_of_words(
    seed: u64,
    length: usize,
    [first, second, third, fourth]: Words,
) -> u64 {
    let one = fold(first ^ seed, second ^ MIX[0] ^ length as u64);
    one ^ fold(third ^ MIX[1], fourth ^ seed)
}

/// Every byte counts: texts of one length often begin and end alike.
pub(super) fn hash_of_long(seed: u64, bytes: &[u8]) -> u64 {
    let (mut state, mut rest) = (seed, bytes);
    while rest.len() >= Key::LONG {
        state = fold(word(rest) ^ state, word(&rest[8..]) ^ MIX[1]);
        rest = &rest[16..];
    }
    hash_of_words(state, bytes.len(), words(rest))
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
