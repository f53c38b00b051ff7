//! Rules parted by what they need: a walk comes by few that do not hold.

mod build;
mod parting;

pub(super) use build::Shape;

use super::atom::Atom;
use super::flow::Flow;
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
    /// - A list has candidates in the order of their rules, and [`END`] behind them. A candidate is a rule and where its
    ///   needs are: many candidates have the same.
    /// - Needs are the number of atoms that a candidate still needs, and these.
    /// - A node has, behind its first rule, the place of the rules that do not need anything of what it asks, what that
    ///   is (see [`Asks`]), and so many keys and places. Of one that asks everything at once it is the place of all.
    words: Box<[u32]>,
    rows: Box<[Rows]>,
}

/// What lies below a node: where in the words it begins, with [`NODE`] where it is no list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place(u32);

const NODE: u32 = 1 << 31;

/// Where the rule of a next candidate would stand; behind all rules.
const END: u32 = u32::MAX;

/// The words of a node before its keys and places.
const NODE_HEAD: usize = 4;

/// The words of a candidate.
const CANDIDATE: usize = 2;

impl Place {
    /// Where there are no rules: the words begin with an empty list.
    const NOTHING: Place = Place(0);

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
    /// The class of a fact: classes in order, then the place of each.
    Sparse,
    /// Which literals a text has: literals in order, then the place of each.
    Literals,
    /// Everything at once.
    Rows,
}

impl Asks {
    fn word(self, of: u32) -> u32 {
        of << 2 | self as u32
    }

    /// What is asked, and of which fact.
    #[inline]
    fn of(word: u32) -> (Self, u32) {
        const ALL: [Asks; 4] = [Asks::Dense, Asks::Sparse, Asks::Literals, Asks::Rows];
        (ALL[(word & 3) as usize], word >> 2)
    }
}

/// So few are looked through one by one.
const FEW: usize = 8;

impl Tree {
    /// The first rule before `last` that holds, or `last`.
    #[inline]
    pub(super) fn first<V: Values, const WORDS: usize>(
        &self,
        flow: &Flow,
        seen: &mut Seen<'_, V, WORDS>,
        last: u32,
    ) -> u32 {
        self.below(self.root, last, flow, seen)
    }

    /// The first rule below a place and before `best` that holds, or `best`.
    fn below<V: Values, const WORDS: usize>(
        &self,
        mut place: Place,
        mut best: u32,
        flow: &Flow,
        seen: &mut Seen<'_, V, WORDS>,
    ) -> u32 {
        while self.begin(place) < best {
            let at = place.at();
            if place.0 & NODE == 0 {
                return self.listed(at, best, flow, seen);
            }
            let Some(&[_, rest, asks, count]) = self.words[at..].first_chunk() else { break };
            let (rest, count, keys) = (Place(rest), count as usize, at + NODE_HEAD);
            let child = match Asks::of(asks) {
                (Asks::Dense, fact) => Place(self.words[keys + seen.class(fact) as usize]),
                (Asks::Sparse, fact) => self.child(keys, count, seen.class(fact)),
                (Asks::Literals, fact) => {
                    best = self.literals(fact, (keys, count), best, flow, seen);
                    Place::NOTHING
                }
                (Asks::Rows, rows) => {
                    let list = rest.at();
                    let mut candidates = self.rows[rows as usize].candidates(seen);
                    let found = candidates.find_map(|nth| {
                        self.judged(list + nth as usize * CANDIDATE, best, flow, seen)
                    });
                    return found.unwrap_or(best);
                }
            };
            // That with the earlier rule first.
            let (one, other) =
                if self.begin(child) <= self.begin(rest) { (child, rest) } else { (rest, child) };
            place = if self.begin(other) < best {
                best = self.below(one, best, flow, seen);
                other
            } else {
                one
            };
        }
        best
    }

    /// The same below the literals that the text has.
    fn literals<V: Values, const WORDS: usize>(
        &self,
        fact: u32,
        (start, count): (usize, usize),
        mut best: u32,
        flow: &Flow,
        seen: &mut Seen<'_, V, WORDS>,
    ) -> u32 {
        let keys = &self.words[start..start + count];
        let (Some(&least), Some(&most)) = (keys.first(), keys.last()) else { return best };
        if count <= FEW {
            for (at, &key) in keys.iter().enumerate() {
                if seen.hits(fact).has(key) {
                    let place = Place(self.words[start + count + at]);
                    best = self.below(place, best, flow, seen);
                }
            }
            return best;
        }
        let mut next = least;
        while next <= most {
            let Some(literal) = seen.hits(fact).between(next, most + 1).next() else { break };
            best = self.below(self.child(start, count, literal), best, flow, seen);
            next = literal + 1;
        }
        best
    }

    /// The place of a key in a list of keys and places.
    #[inline]
    fn child(&self, start: usize, count: usize, key: u32) -> Place {
        let (keys, places) = self.words[start..start + 2 * count].split_at(count);
        let at = keys.partition_point(|&known| known < key);
        match (keys.get(at), places.get(at)) {
            (Some(&known), Some(&place)) if known == key => Place(place),
            _ => Place::NOTHING,
        }
    }

    /// The first rule of a place; behind all others where it has none.
    #[inline]
    fn begin(&self, place: Place) -> u32 {
        self.words[place.at()]
    }

    /// The first rule of a list that holds and is before `best`, or `best`.
    #[inline]
    fn listed<V: Values, const WORDS: usize>(
        &self,
        mut at: usize,
        best: u32,
        flow: &Flow,
        seen: &mut Seen<'_, V, WORDS>,
    ) -> u32 {
        // What ends a list is behind all rules.
        loop {
            if let Some(found) = self.judged(at, best, flow, seen) {
                return found;
            }
            at += CANDIDATE;
        }
    }

    /// The rule of a candidate if it holds, or `best` if it is not before that.
    #[inline]
    fn judged<V: Values, const WORDS: usize>(
        &self,
        candidate: usize,
        best: u32,
        flow: &Flow,
        seen: &mut Seen<'_, V, WORDS>,
    ) -> Option<u32> {
        let rule = self.words[candidate];
        if rule >= best {
            return Some(best);
        }
        #[cfg(test)]
        super::note_step();
        let needs = self.needs(self.words[candidate + 1]);
        let holds = needs.iter().all(|&atom| flow.answer(Atom::of(atom), seen));
        holds.then_some(rule)
    }

    /// The atoms that are written here.
    #[inline]
    fn needs(&self, at: u32) -> &[[u32; Atom::WORDS]] {
        let (count, start) = (self.words[at as usize] as usize, at as usize + 1);
        self.words[start..start + count * Atom::WORDS].as_chunks().0
    }
}
