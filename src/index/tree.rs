//! Rules parted by what they need: a walk comes by few that do not hold.

mod build;

pub(super) use build::Shape;

use super::atoms::Atom;
use super::flow::Flow;
use super::rows::Rows;
use super::seen::Seen;
use crate::decide::Values;

/// A tree of tests that part rules by what they need of one fact.
///
/// A node has, for each class of its fact, the rules that need a value of this class or one of a few, and apart from
/// them all that do not ask the fact, or are content with many classes. A walk goes into both, and remembers the first
/// rule found to hold; what begins behind that rule is passed by.
#[derive(Debug)]
pub(super) struct Tree {
    root: Place,
    nodes: Box<[Node]>,
    /// Candidates in the order of their rules, preceded by their number; and the places below nodes.
    ///
    /// A candidate is a rule, the number of atoms that it still needs, and these.
    lists: Box<[u32]>,
    rows: Box<[Rows]>,
}

/// What lies below a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place(u32);

/// A place with this bit is a list, by its position in [`Tree::lists`].
const LIST: u32 = 1 << 31;

/// The words of a candidate before its atoms.
const HEAD: usize = 2;

impl Place {
    /// Where there are no rules.
    const NOTHING: Place = Place(u32::MAX);
}

#[derive(Debug)]
struct Node {
    /// The first rule below it.
    first: u32,
    /// Those that do not need anything of what the node asks.
    rest: Place,
    asks: Asks,
}

#[derive(Clone, Copy, Debug)]
enum Asks {
    /// The class of a fact: a place for each class, from here on in the lists.
    Dense { fact: u32, start: u32 },
    /// The class of a fact: here in the lists so many classes in order, then the place of each.
    Sparse { fact: u32, start: u32, count: u32 },
    /// Which literals a text has: here in the lists so many literals in order, then the place of each.
    Literals { fact: u32, start: u32, count: u32 },
    /// Everything at once.
    Rows(u32),
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
        place: Place,
        best: u32,
        flow: &Flow,
        seen: &mut Seen<'_, V, WORDS>,
    ) -> u32 {
        if place == Place::NOTHING {
            return best;
        }
        if place.0 & LIST != 0 {
            return self.listed((place.0 & !LIST) as usize, best, flow, seen);
        }
        let node = &self.nodes[place.0 as usize];
        if node.first >= best {
            return best;
        }
        match node.asks {
            Asks::Dense { fact, start } => {
                let class = seen.class(fact);
                let child = Place(self.lists[(start + class) as usize]);
                self.both(child, node.rest, best, flow, seen)
            }
            Asks::Sparse { fact, start, count } => {
                let class = seen.class(fact);
                let child = self.child(start, count, class);
                self.both(child, node.rest, best, flow, seen)
            }
            Asks::Literals { fact, start, count } => {
                let best = self.literals(fact, (start, count), best, flow, seen);
                self.below(node.rest, best, flow, seen)
            }
            Asks::Rows(at) => {
                let mut candidates = self.rows[at as usize].candidates(seen);
                let found = candidates.find_map(|at| self.judged(at as usize, best, flow, seen));
                found.unwrap_or(best)
            }
        }
    }

    /// The same below two places, that with the earlier rule first.
    fn both<V: Values, const WORDS: usize>(
        &self,
        one: Place,
        other: Place,
        best: u32,
        flow: &Flow,
        seen: &mut Seen<'_, V, WORDS>,
    ) -> u32 {
        let (one, other) =
            if self.begin(one) <= self.begin(other) { (one, other) } else { (other, one) };
        let best = self.below(one, best, flow, seen);
        self.below(other, best, flow, seen)
    }

    /// The same below the literals that the text has.
    fn literals<V: Values, const WORDS: usize>(
        &self,
        fact: u32,
        (start, count): (u32, u32),
        mut best: u32,
        flow: &Flow,
        seen: &mut Seen<'_, V, WORDS>,
    ) -> u32 {
        let keys = &self.lists[start as usize..(start + count) as usize];
        let (Some(&least), Some(&most)) = (keys.first(), keys.last()) else { return best };
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
    fn child(&self, start: u32, count: u32, key: u32) -> Place {
        let (start, count) = (start as usize, count as usize);
        let keys = &self.lists[start..start + count];
        let found = if count <= FEW {
            keys.iter().position(|&known| known == key)
        } else {
            keys.binary_search(&key).ok()
        };
        found.map_or(Place::NOTHING, |at| Place(self.lists[start + count + at]))
    }

    /// The first rule of a place; behind all others where it has none.
    #[inline]
    fn begin(&self, place: Place) -> u32 {
        match place.0 {
            u32::MAX => u32::MAX,
            list if list & LIST != 0 => self.lists[(list & !LIST) as usize + 1],
            node => self.nodes[node as usize].first,
        }
    }

    /// The first rule of a list that holds and is before `best`, or `best`.
    #[inline]
    fn listed<V: Values, const WORDS: usize>(
        &self,
        list: usize,
        best: u32,
        flow: &Flow,
        seen: &mut Seen<'_, V, WORDS>,
    ) -> u32 {
        let mut at = list + 1;
        for _ in 0..self.lists[list] {
            if let Some(found) = self.judged(at, best, flow, seen) {
                return found;
            }
            at += HEAD + self.lists[at + 1] as usize * Atom::WORDS;
        }
        best
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
        let rule = self.lists[candidate];
        if rule >= best {
            return Some(best);
        }
        #[cfg(test)]
        super::tests::note_candidate();
        let (atoms, start) = (self.lists[candidate + 1] as usize, candidate + HEAD);
        let (atoms, _) = self.lists[start..start + atoms * Atom::WORDS].as_chunks();
        let holds = atoms.iter().all(|&atom| flow.answer(Atom::of(atom), seen));
        holds.then_some(rule)
    }
}
