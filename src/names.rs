//! Texts to numbers: asked at every decision, never changed once a policy is loaded.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hasher, RandomState};

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
    /// All texts, one after the other.
    bytes: Vec<u8>,
}

/// Where a text lies, and its number; 16 bytes, so that it lies in one line of the processor's cache.
#[derive(Clone, Copy, Debug)]
struct Slot {
    tag: u32,
    start: u32,
    length: u32,
    number: u32,
}

/// The number of a slot that is not taken.
const FREE: u32 = u32::MAX;

const EMPTY: Slot = Slot { tag: 0, start: 0, length: 0, number: FREE };

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
        let number = self.slots[self.position(text)].number;
        (number != FREE).then_some(number)
    }

    /// The number of this text, which is `number` if it has none yet.
    pub(crate) fn insert(&mut self, text: &str, number: u32) -> u32 {
        let at = self.position(text);
        if self.slots[at].number != FREE {
            return self.slots[at].number;
        }
        let tag = tag(hash(self.seed, text.as_bytes()));
        let (start, length) = (self.bytes.len() as u32, text.len() as u32);
        self.bytes.extend_from_slice(text.as_bytes());
        self.slots[at] = Slot { tag, start, length, number };
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
    #[inline]
    fn position(&self, text: &str) -> usize {
        let (hash, last) = (hash(self.seed, text.as_bytes()), self.slots.len() - 1);
        let mut at = hash as usize & last;
        loop {
            let slot = &self.slots[at];
            if slot.number == FREE || (slot.tag == tag(hash) && self.text(slot) == text.as_bytes())
            {
                return at;
            }
            at = (at + 1) & last;
        }
    }

    #[inline]
    fn text(&self, slot: &Slot) -> &[u8] {
        let start = slot.start as usize;
        &self.bytes[start..start + slot.length as usize]
    }

    fn grow(&mut self) {
        let slots = vec![EMPTY; self.slots.len() * 2].into();
        let last = self.slots.len() * 2 - 1;
        for slot in std::mem::replace(&mut self.slots, slots) {
            if slot.number != FREE {
                let mut at = hash(self.seed, self.text(&slot)) as usize & last;
                while self.slots[at].number != FREE {
                    at = (at + 1) & last;
                }
                self.slots[at] = slot;
            }
        }
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

/// The half of a hash that does not choose the slot.
fn tag(hash: u64) -> u32 {
    (hash >> 32) as u32
}

/// Digits of pi, so that short texts differ in all bits.
const MIX: [u64; 2] = [0x243f_6a88_85a3_08d3, 0x1319_8a2e_0370_7344];

/// Every byte counts: texts of one length often begin and end alike.
#[inline]
fn hash(seed: u64, bytes: &[u8]) -> u64 {
    let mut state = seed ^ (bytes.len() as u64).wrapping_mul(MIX[0]);
    let mut rest = bytes;
    while rest.len() > 32 {
        state = fold(word(rest) ^ state, word(&rest[8..]) ^ MIX[1]);
        rest = &rest[16..];
    }
    // Words may overlap: most names have from 8 to 32 bytes, and for these nothing is asked about the length.
    let (first, last) = match rest.len() {
        8.. => {
            let end = rest.len() - 8;
            let (second, third) = (end.min(8), end.saturating_sub(8));
            state = fold(word(rest) ^ state, word(&rest[second..]) ^ MIX[1]);
            (word(&rest[third..]), word(&rest[end..]))
        }
        4.. => (half(rest), half(&rest[rest.len() - 4..])),
        1.. => {
            let middle = u64::from(rest[rest.len() / 2]) << 8;
            (u64::from(rest[0]), middle | u64::from(rest[rest.len() - 1]))
        }
        0 => (0, 0),
    };
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
