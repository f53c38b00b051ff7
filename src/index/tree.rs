//! Rules parted by what they need: a walk comes by few that do not hold.

mod build;
mod lines;
mod parting;
mod walk;

pub(super) use build::Shape;

use lines::Lines;
use walk::Walk;

use super::rows::Rows;
use super::seen::Seen;
use crate::decide::Values;

/// A tree of tests that part rules by what they need of one fact.
///
/// A node has, for each class of its fact, the rules that need a value of this class or one of a few, and apart from
/// them all that do not ask the fact, or are content with many classes. A walk goes into both, and remembers the first
/// rule found to hold; what begins behind that rule is passed by.
///
/// All of it lies in one row of words, what a walk meets one after the other side by side: in a large policy a decision
/// costs as much as the lines of memory it touches.
#[derive(Debug)]
pub(super) struct Tree {
    root: Place,
    /// Nodes and lists, each beginning with its first rule, and needs.
    ///
    /// - A list has candidates in the order of their rules. A candidate is a rule and where its needs are, with [`LAST`]
    ///   where no other follows: many candidates have the same needs.
    /// - Needs are the number of atoms that a candidate still needs, and these.
    /// - A node has, behind its first rule, the place of the rules that do not need anything of what it asks, what that
    ///   is (see [`Asks`]), and so many keys and places. Of one that asks everything at once it is the place of all.
    ///   Where there is a place for each class there are no keys, and instead of their number there is the fact that
    ///   most of the nodes below ask.
    words: Lines,
    rows: Box<[Rows]>,
}

/// What lies below a node: where in the words it begins, with [`NODE`] where it is no list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place(u32);

const NODE: u32 = 1 << 31;

/// What stands where the first rule of nothing would; behind all rules.
const END: u32 = u32::MAX;

/// Stands with the needs of a list's last candidate.
const LAST: u32 = 1 << 31;

/// The words of a node before its keys and places.
const NODE_HEAD: usize = 4;

/// Which of them says what it asks.
const ASKED: usize = 2;

/// The words of a candidate.
const CANDIDATE: usize = 2;

impl Place {
    /// Where there are no rules: the words begin with an empty list.
    const NOTHING: Place = Place(0);

    #[inline]
    fn is_node(self) -> bool {
        self.0 & NODE != 0
    }

    #[inline]
    fn at(self) -> usize {
        (self.0 & !NODE) as usize
    }
}

/// What a node asks; in its words together with the fact, or with the number of its rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asks {
    /// The class of a fact: a place for each class.
    Dense,
    /// The same of places that are near: half a word for each, see [`Near`].
    Near,
    /// The same of places that are nearer still: a byte for each.
    Close,
    /// The class of a fact: classes in order, then the place of each.
    Sparse,
    /// Which literals a text has: literals in order, then the place of each.
    Literals,
    /// Everything at once.
    Rows,
}

impl Asks {
    fn word(self, of: u32) -> u32 {
        of << 3 | self as u32
    }
}

/// What a node asks, and of which fact.
#[inline]
fn asks(word: u32) -> (Asks, u32) {
    let asks = match word & 7 {
        0 => Asks::Dense,
        1 => Asks::Near,
        2 => Asks::Close,
        3 => Asks::Sparse,
        4 => Asks::Literals,
        _ => Asks::Rows,
    };
    (asks, word >> 3)
}

/// A place of which a node says in few bits how many words before it lies; the highest is set where it is no list, and
/// 0 is nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Near<const BITS: u32>(u32);

const NEAR: u32 = 16;
const CLOSE: u32 = 8;

impl<const BITS: u32> Near<BITS> {
    const NODE: u32 = 1 << (BITS - 1);
    const IN_A_WORD: u32 = 32 / BITS;

    /// Nothing where it is too far away.
    fn new(place: Place, node: usize) -> Option<Self> {
        if place == Place::NOTHING {
            return Some(Near(0));
        }
        let distance = u32::try_from(node - place.at()).ok()?;
        let is_node = if place.is_node() { Self::NODE } else { 0 };
        (distance < Self::NODE).then_some(Near(distance | is_node))
    }

    /// The words that say the places of all classes, where none is too far away.
    fn written(places: &[Place], node: usize) -> Option<Vec<u32>> {
        let near: Option<Vec<Self>> = places.iter().map(|&it| Near::new(it, node)).collect();
        let word = |near: &[Self]| near.iter().rev().fold(0, |word, near| word << BITS | near.0);
        Some(near?.chunks(Self::IN_A_WORD as usize).map(word).collect())
    }

    /// What a node's words say of a class.
    #[inline]
    fn read(words: &[u32], class: u32) -> Self {
        let word = words[(class / Self::IN_A_WORD) as usize];
        Near(word >> (class % Self::IN_A_WORD * BITS) & (u32::MAX >> (32 - BITS)))
    }

    #[inline]
    fn place(self, node: usize) -> Place {
        if self.0 == 0 {
            return Place::NOTHING;
        }
        let at = node - (self.0 & !Self::NODE) as usize;
        Place(at as u32 | (self.0 & Self::NODE) << (32 - BITS))
    }
}

impl Tree {
    /// Whether the first node has places that are far away.
    #[cfg(test)]
    pub(super) fn is_far(&self) -> bool {
        let (words, root) = (self.words.words(), self.root);
        root.is_node() && asks(words[root.at() + ASKED]).0 == Asks::Dense
    }

    /// The first rule before `last` that holds, or `last`.
    #[inline]
    pub(super) fn first<V: Values, const WORDS: usize>(
        &self,
        seen: &mut Seen<'_, V, WORDS>,
        last: u32,
    ) -> u32 {
        Walk { words: self.words.words(), rows: &self.rows }.below(self.root, last, seen)
    }
}
