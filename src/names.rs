//! Texts to numbers: asked at every decision, never changed once a policy is loaded.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::ops::Range;

/// A map from texts to numbers.
///
/// Its hash is a few multiplications, as the texts of events are short. What it hashes into is the policy's own, so
/// an event's text costs no more than the longest run of neighbours; the seed is another one for each map, so that
/// nobody can choose a policy's texts to make such runs.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    seed: u64,
    /// A power of two, at most half of them taken.
    slots: Box<[Slot]>,
    count: usize,
    /// All texts that are no part of their keys, one after the other.
    bytes: Vec<u8>,
}

/// A text and its number, in one line of the processor's cache.
#[derive(Clone, Copy, Debug)]
#[repr(align(16))]
struct Slot {
    word: u64,
    rest: u32,
    number: u32,
}

/// What tells texts apart: a short one is all in it. Of a long one it has its length and a part of its hash, and in a
/// slot where it lies.
#[derive(Clone, Copy, Debug)]
struct Key {
    word: u64,
    rest: u32,
}

/// The number of a slot that is not taken.
const FREE: u32 = u32::MAX;

const EMPTY: Slot = Slot { word: 0, rest: 0, number: FREE };

impl Slot {
    #[inline]
    fn key(&self) -> Key {
        Key { word: self.word, rest: self.rest }
    }
}

impl Default for Names {
    fn default() -> Self {
        Names::new()
    }
}

impl Names {
    pub(crate) fn new() -> Self {
        let seed = RandomState::new().hash_one(0);
        Names { seed, slots: vec![EMPTY; 4].into(), count: 0, bytes: Vec::new() }
    }

    /// The number of this text.
    #[inline]
    pub(crate) fn get(&self, text: &str) -> Option<u32> {
        let number = if text.len() <= Key::SHORT { self.short(text) } else { self.long(text) };
        (number != FREE).then_some(number)
    }

    #[inline]
    fn short(&self, text: &str) -> u32 {
        let key = Key::of_short(text.as_bytes());
        self.slots[self.position(text, key.hash(self.seed), key)].number
    }

    /// Apart, so that short texts do not wait for the room that this takes.
    #[inline(never)]
    fn long(&self, text: &str) -> u32 {
        let hash = hash_of_long(self.seed, text.as_bytes());
        self.slots[self.position(text, hash, Key::of_long(text.len(), hash))].number
    }

    /// The number of this text, which is `number` if it has none yet.
    pub(crate) fn insert(&mut self, text: &str, number: u32) -> u32 {
        let (hash, key) = hashed(self.seed, text.as_bytes());
        let at = self.position(text, hash, key);
        if self.slots[at].number != FREE {
            return self.slots[at].number;
        }
        let key = if key.is_short() {
            key
        } else {
            self.bytes.extend_from_slice(text.as_bytes());
            key.lying_at(self.bytes.len() - text.len())
        };
        self.slots[at] = Slot { word: key.word, rest: key.rest, number };
        self.count += 1;
        if self.count * 2 > self.slots.len() {
            self.grow();
        }
        number
    }

    /// How many texts it has.
    pub(crate) fn len(&self) -> usize {
        self.count
    }

    /// Gives back the room that was kept for more.
    pub(crate) fn shrink(&mut self) {
        self.bytes.shrink_to_fit();
    }

    /// Where the text is, or the free slot where it would be.
    #[inline(always)]
    fn position(&self, text: &str, hash: u64, key: Key) -> usize {
        let last = self.slots.len() - 1;
        let mut at = hash as usize & last;
        loop {
            let slot = &self.slots[at];
            let is_found = slot.key().looks_like(key)
                && (key.is_short() || self.bytes[slot.key().lies()] == *text.as_bytes());
            if is_found || slot.number == FREE {
                return at;
            }
            at = (at + 1) & last;
        }
    }

    fn grow(&mut self) {
        let slots = vec![EMPTY; self.slots.len() * 2].into();
        let last = self.slots.len() * 2 - 1;
        for slot in std::mem::replace(&mut self.slots, slots) {
            if slot.number != FREE {
                let mut at = self.hash(slot.key()) as usize & last;
                while self.slots[at].number != FREE {
                    at = (at + 1) & last;
                }
                self.slots[at] = slot;
            }
        }
    }

    /// The hash of a text in a slot.
    fn hash(&self, key: Key) -> u64 {
        if key.is_short() { key.hash(self.seed) } else { hash(self.seed, &self.bytes[key.lies()]) }
    }
}

impl Key {
    /// More bytes are not all in a key.
    const SHORT: usize = 11;

    /// Stands with the length of a long text, where a short one has its length and last bytes.
    const LONG: u32 = 1 << 31;

    /// The bytes of a short text. Words may overlap: with the length they tell all bytes.
    #[inline]
    fn of_short(bytes: &[u8]) -> Self {
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
    fn of_long(length: usize, hash: u64) -> Self {
        Key { word: hash & TAG, rest: Key::LONG | length as u32 }
    }

    #[inline]
    fn is_short(self) -> bool {
        self.rest & Key::LONG == 0
    }

    /// The key of a slot for a text that lies here among the bytes.
    fn lying_at(self, start: usize) -> Self {
        Key { word: self.word | start as u64, ..self }
    }

    /// Where a long text lies.
    #[inline]
    fn lies(self) -> Range<usize> {
        let start = (self.word & !TAG) as usize;
        start..start + (self.rest & !Key::LONG) as usize
    }

    /// Whether this is the key of the same text, or of a long one that may be.
    #[inline]
    fn looks_like(self, asked: Key) -> bool {
        let told = if asked.is_short() { u64::MAX } else { TAG };
        self.rest == asked.rest && (self.word ^ asked.word) & told == 0
    }

    #[inline]
    fn hash(self, seed: u64) -> u64 {
        fold(fold(self.word ^ seed, u64::from(self.rest) ^ MIX[1]), MIX[0] ^ seed)
    }
}

/// The part of a long text's hash that is in its key; the other half chooses the slot.
const TAG: u64 = !0 << 32;

/// The hash of a text, and its key.
#[inline]
fn hashed(seed: u64, bytes: &[u8]) -> (u64, Key) {
    if bytes.len() <= Key::SHORT {
        let key = Key::of_short(bytes);
        (key.hash(seed), key)
    } else {
        let hash = hash_of_long(seed, bytes);
        (hash, Key::of_long(bytes.len(), hash))
    }
}

/// A map of short texts to anything, by the same hash.
pub(crate) type ByName<T> = HashMap<String, T, Seed>;

/// What differs from map to map, so that nobody can choose names that meet in one.
#[derive(Clone, Debug)]
pub(crate) struct Seed(u64);

impl Default for Seed {
    fn default() -> Self {
        Seed(RandomState::new().hash_one(0))
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

/// Digits of pi, so that short texts differ in all bits.
const MIX: [u64; 2] = [0x243f_6a88_85a3_08d3, 0x1319_8a2e_0370_7344];

#[inline]
fn hash(seed: u64, bytes: &[u8]) -> u64 {
    hashed(seed, bytes).0
}

/// Every byte counts: texts of one length often begin and end alike.
#[inline(always)]
fn hash_of_long(seed: u64, bytes: &[u8]) -> u64 {
    let mut state = seed ^ (bytes.len() as u64).wrapping_mul(MIX[0]);
    let mut rest = bytes;
    while rest.len() > 32 {
        state = fold(word(rest) ^ state, word(&rest[8..]) ^ MIX[1]);
        rest = &rest[16..];
    }
    // Words may overlap: nothing is asked about the length of what is left, which is from 12 to 32 bytes.
    let end = rest.len() - 8;
    let (second, third) = (end.min(8), end.saturating_sub(8));
    state = fold(word(rest) ^ state, word(&rest[second..]) ^ MIX[1]);
    let (first, last) = (word(&rest[third..]), word(&rest[end..]));
    fold(fold(first ^ state, last ^ MIX[1]), MIX[0] ^ seed)
}

#[inline]
fn word(bytes: &[u8]) -> u64 {
    bytes.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

#[inline]
fn half(bytes: &[u8]) -> u64 {
    bytes.first_chunk().map_or(0, |bytes| u64::from(u32::from_le_bytes(*bytes)))
}

/// Both halves of the product, so that every bit of either counts.
#[inline]
fn fold(one: u64, other: u64) -> u64 {
    let product = u128::from(one) * u128::from(other);
    product as u64 ^ (product >> 64) as u64
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::Names;

    proptest! {
        #[test]
        fn it_is_a_map(texts in proptest::collection::vec("[ab]{0,40}|.{0,20}", 0..80), asked in "[ab]{0,4}") {
            let (mut names, mut map) = (Names::new(), HashMap::new());
            for (text, number) in texts.iter().zip(0..) {
                let known = *map.entry(text.as_str()).or_insert(number);
                prop_assert_eq!(names.insert(text, number), known);
            }
            prop_assert_eq!(names.len(), map.len());
            for text in texts.iter().chain([&asked]) {
                prop_assert_eq!(names.get(text), map.get(text.as_str()).copied());
            }
        }
    }

    /// Texts that differ in one place only spread as any others do.
    #[test]
    fn texts_that_look_alike_do_not_crowd() {
        let mut names = Names::new();
        for number in 0..20_000 {
            names.insert(&format!("customer-{number:05}-of-the-first-region"), number);
        }
        let mut longest = 0;
        let mut run = 0;
        for slot in &names.slots {
            run = if slot.number == super::FREE { 0 } else { run + 1 };
            longest = longest.max(run);
        }
        assert!(longest < 64, "{longest} slots in a row are taken");
    }
}
