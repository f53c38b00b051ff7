//! Texts to numbers: asked at every decision, never changed once a policy is loaded.

mod by_name;
mod hash;
mod key;

pub(crate) use by_name::ByName;
pub(crate) use hash::Seed;
use hash::{Words, are_same, words};
use key::{Key, TAG};

/// A map from texts to numbers.
///
/// Its hash is a few multiplications, as the texts of events are short. What it hashes into is the policy's own, so
/// an event's text costs no more than the longest run of neighbours; the seed is another one for each map, so that
/// nobody can choose a policy's texts to make such runs.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    seed: Seed,
    /// A power of two, at most half of them taken.
    slots: Box<[Slot]>,
    count: usize,
    /// The texts that are no part of their keys: those of at most four words, and the bytes of longer ones.
    words: Vec<Words>,
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

/// The number of a slot that is not taken.
const FREE: u32 = u32::MAX;

/// So many seeds are tried.
const SEEDS: usize = 16;

const EMPTY: Slot = Slot { word: 0, rest: 0, number: FREE };

impl Slot {
    #[inline]
    fn key(&self) -> Key {
        Key { word: self.word, rest: self.rest }
    }

    /// Whether it is that of a short text with this key.
    #[inline]
    fn is(&self, key: Key) -> bool {
        self.word == key.word && self.rest == key.rest
    }

    /// Whether it is that of a longer text with this key, or of one that looks like it.
    #[inline]
    fn may_be(&self, key: Key) -> bool {
        self.rest == key.rest && (self.word ^ key.word) & TAG == 0
    }
}

impl Default for Names {
    fn default() -> Self {
        Names::new()
    }
}

impl Names {
    pub(crate) fn new() -> Self {
        let slots = vec![EMPTY; 4].into();
        Names { seed: Seed::any(), slots, count: 0, words: Vec::new(), bytes: Vec::new() }
    }

    /// The number of this text.
    #[inline(always)]
    pub(crate) fn get(&self, text: &str) -> Option<u32> {
        let number = match text.len() {
            ..Key::MIDDLE => self.short(text),
            Key::MIDDLE..Key::LONG => self.middle(text),
            Key::LONG.. => self.long(text),
        };
        (number != FREE).then_some(number)
    }

    #[inline(always)]
    fn short(&self, text: &str) -> u32 {
        let key = Key::of_short(text.as_bytes());
        self.slots[self.position(self.seed.hash_of_short(0, key), |slot| slot.is(key))].number
    }

    /// Apart, so that short texts do not wait for the room that this takes.
    #[inline(never)]
    fn middle(&self, text: &str) -> u32 {
        let words = words(text.as_bytes());
        let hash = self.seed.hash_of_words(0, text.len(), words);
        self.slots[self.position_of_words(hash, text.len(), words)].number
    }

    #[inline(never)]
    fn long(&self, text: &str) -> u32 {
        let hash = self.seed.hash_of_long(0, text.as_bytes());
        self.slots[self.position_of_long(hash, text.as_bytes())].number
    }

    /// The number of this text, which is `number` if it has none yet.
    pub(crate) fn insert(&mut self, text: &str, number: u32) -> u32 {
        let (bytes, length) = (text.as_bytes(), text.len());
        let hash = self.seed.hash(0, bytes);
        let at = match length {
            ..Key::MIDDLE => {
                let key = Key::of_short(bytes);
                self.position(hash, |slot| slot.is(key))
            }
            Key::MIDDLE..Key::LONG => self.position_of_words(hash, length, words(bytes)),
            Key::LONG.. => self.position_of_long(hash, bytes),
        };
        if self.slots[at].number == FREE {
            let key = self.keep(bytes, hash);
            self.slots[at] = Slot { word: key.word, rest: key.rest, number };
            self.count += 1;
            if self.count * 2 > self.slots.len() {
                self.grow();
            }
            return number;
        }
        self.slots[at].number
    }

    /// The key of a new text, which is kept apart where it is not all in it.
    fn keep(&mut self, text: &[u8], hash: u64) -> Key {
        let key = Key::of_longer(text.len(), hash);
        match text.len() {
            ..Key::MIDDLE => Key::of_short(text),
            Key::MIDDLE..Key::LONG => {
                self.words.push(words(text));
                key.lying_at(self.words.len() - 1)
            }
            Key::LONG.. => {
                self.bytes.extend_from_slice(text);
                key.lying_at(self.bytes.len() - text.len())
            }
        }
    }

    /// How many texts it has.
    pub(crate) fn len(&self) -> usize {
        self.count
    }

    /// Makes it as quick as it can be, once it has all its texts: gives back the room that was kept for more, and of
    /// some seeds keeps the one with which they are found in the fewest steps.
    pub(crate) fn settle(&mut self) {
        self.words.shrink_to_fit();
        self.bytes.shrink_to_fit();
        let mut fewest = self.placed(self.seed, self.slots.len()).1;
        for seed in (0..SEEDS).map(|_| Seed::any()) {
            let (slots, steps) = self.placed(seed, self.slots.len());
            if steps < fewest {
                (self.seed, self.slots, fewest) = (seed, slots, steps);
            }
        }
    }

    #[inline(always)]
    fn position_of_words(&self, hash: u64, length: usize, words: Words) -> usize {
        let key = Key::of_longer(length, hash);
        self.position(hash, |slot| {
            slot.may_be(key) && are_same(&self.words[slot.key().lies()], &words)
        })
    }

    #[inline(always)]
    fn position_of_long(&self, hash: u64, text: &[u8]) -> usize {
        let key = Key::of_longer(text.len(), hash);
        self.position(hash, |slot| slot.may_be(key) && self.bytes_of(slot.key()) == text)
    }

    /// The bytes of a long text.
    fn bytes_of(&self, key: Key) -> &[u8] {
        &self.bytes[key.lies()..key.lies() + key.length()]
    }

    /// Where what `is_it` knows is, or the free slot where it would be.
    #[inline(always)]
    fn position(&self, hash: u64, is_it: impl Fn(&Slot) -> bool) -> usize {
        let last = self.slots.len() - 1;
        let mut at = hash as usize & last;
        loop {
            let slot = &self.slots[at];
            if is_it(slot) || slot.number == FREE {
                return at;
            }
            at = (at + 1) & last;
        }
    }

    fn grow(&mut self) {
        self.slots = self.placed(self.seed, self.slots.len() * 2).0;
    }

    /// The same texts in so many slots, with their hashes from this seed; and the steps from slot to slot that it takes
    /// to find each.
    fn placed(&self, seed: Seed, count: usize) -> (Box<[Slot]>, usize) {
        let mut slots: Box<[Slot]> = vec![EMPTY; count].into();
        let (last, mut steps) = (count - 1, 0);
        for slot in self.slots.iter().filter(|slot| slot.number != FREE) {
            let hash = self.hash(seed, slot.key());
            let key = slot.key().hashed(hash);
            let mut at = hash as usize & last;
            while slots[at].number != FREE {
                at = (at + 1) & last;
                steps += 1;
            }
            slots[at] = Slot { word: key.word, rest: key.rest, number: slot.number };
        }
        (slots, steps)
    }

    /// The hash of a text in a slot.
    fn hash(&self, seed: Seed, key: Key) -> u64 {
        match key.length() {
            _ if key.is_short() => seed.hash_of_short(0, key),
            length @ Key::MIDDLE..Key::LONG => {
                seed.hash_of_words(0, length, self.words[key.lies()])
            }
            _ => seed.hash_of_long(0, self.bytes_of(key)),
        }
    }
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
            names.settle();
            for text in texts.iter().chain([&asked]) {
                prop_assert_eq!(names.get(text), map.get(text.as_str()).copied());
            }
        }
    }

    /// Texts that differ in a few places only spread as any others do, however long they are.
    #[test]
    fn texts_that_look_alike_do_not_crowd() {
        assert_spread(|number| format!("{number}"));
        assert_spread(|number| format!("a{number}"));
        assert_spread(|number| format!("{number:08x}"));
        assert_spread(|number| format!("app-{number:05}"));
        assert_spread(|number| format!("{number:05}-error"));
        assert_spread(|number| format!("region-{number:05}-a"));
        assert_spread(|number| format!("{number:05} of the first"));
        assert_spread(|number| format!("customer-{number:05}-of-the-first-region"));
        assert_spread(|number| format!("{number:05}{}", "-customer".repeat(9)));
    }

    /// Nor do texts whose words are chosen so that a multiplication by what is known of them has few bits.
    #[test]
    fn texts_that_are_chosen_do_not_crowd() {
        let printable = |digit: u32| char::from(b' ' + (digit % 95) as u8);
        assert_spread(|number| {
            let [one, two, three] = [1, 95, 95 * 95].map(|unit| printable(number / unit));
            format!("AAAAAAAAsH#EHj?dDspC.JYSAA{three}AAA{two}{one}")
        });
    }

    fn assert_spread(text: impl Fn(u32) -> String) {
        let mut names = Names::new();
        (0..20_000).for_each(|number| {
            names.insert(&text(number), number);
        });
        // To find all texts of a run of neighbours takes at most so many steps.
        let most = |run: usize| run * (run + 1) / 2;
        let runs = names.slots.split(|slot| slot.number == super::FREE);
        let steps: usize = runs.map(|run| most(run.len())).sum();
        assert!(steps < 3 * 20_000, "{steps} steps to find each text like {}", text(1));
    }
}
