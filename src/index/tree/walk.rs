//! An event's way through a tree.

use std::hint::black_box;

use super::lines::LINE;
use super::{Asks, CANDIDATE, CLOSE, LAST, NEAR, NODE_HEAD, Near, Place, asks};
use crate::decide::Values;
use crate::index::atom::Atom;
use crate::index::rows::Rows;
use crate::index::seen::Seen;

/// So few are looked through one by one.
const FEW: usize = 8;

/// So many lines are fetched together: what lies below a node that few rules share.
const FETCHED: usize = 5;

/// A tree that is walked through.
pub(super) struct Walk<'t> {
    pub(super) words: &'t [u32],
    pub(super) rows: &'t [Rows],
}

impl Walk<'_> {
    /// The first rule below a place and before `best` that holds, or `best`.
    pub(super) fn below<V: Values, const WORDS: usize>(
        &self,
        mut place: Place,
        mut best: u32,
        seen: &mut Seen<'_, V, WORDS>,
    ) -> u32 {
        while place.is_node() {
            #[cfg(test)]
            crate::index::note_step();
            let at = place.at();
            let Some(&[first, rest, asked, more]) = self.words[at..].first_chunk() else { break };
            if first >= best {
                return best;
            }
            let (rest, keys) = (Place(rest), at + NODE_HEAD);
            let child = match asks(asked) {
                (Asks::Dense, fact) => ahead(self.far(keys, seen.class(fact)), more, seen),
                (Asks::Near, fact) => ahead(self.near::<NEAR>(at, seen.class(fact)), more, seen),
                (Asks::Close, fact) => ahead(self.near::<CLOSE>(at, seen.class(fact)), more, seen),
                (Asks::Sparse, fact) => self.child(keys, more as usize, seen.class(fact)),
                (Asks::Literals, fact) => {
                    best = self.literals(fact, (keys, more as usize), best, seen);
                    Place::NOTHING
                }
                (Asks::Rows, rows) => return self.row(rows, rest, best, seen),
            };
            place = if rest == Place::NOTHING {
                child
            } else if self.begin(child) <= self.begin(rest) {
                // That with the earlier rule first.
                best = self.below(child, best, seen);
                rest
            } else {
                best = self.below(rest, best, seen);
                child
            };
        }
        self.listed(place.at(), best, seen)
    }

    /// The first rule of a list that holds and is before `best`, or `best`; asked of many at once.
    #[inline(never)]
    fn row<V: Values, const WORDS: usize>(
        &self,
        rows: u32,
        list: Place,
        best: u32,
        seen: &mut Seen<'_, V, WORDS>,
    ) -> u32 {
        let candidates = self.rows[rows as usize].candidates(seen);
        let candidate = |nth: u32| list.at() + nth as usize * CANDIDATE;
        candidates
            .map(candidate)
            .take_while(|&at| self.words[at] < best)
            .find(|&at| self.holds(at, seen))
            .map_or(best, |at| self.words[at])
    }

    /// The same below the literals that the text has.
    #[inline(never)]
    fn literals<V: Values, const WORDS: usize>(
        &self,
        fact: u32,
        (start, count): (usize, usize),
        mut best: u32,
        seen: &mut Seen<'_, V, WORDS>,
    ) -> u32 {
        let keys = &self.words[start..start + count];
        let (Some(&least), Some(&most)) = (keys.first(), keys.last()) else { return best };
        if count <= FEW {
            for (at, &key) in keys.iter().enumerate() {
                if seen.hits(fact).has(key) {
                    let place = Place(self.words[start + count + at]);
                    best = self.below(place, best, seen);
                }
            }
            return best;
        }
        let mut next = least;
        while next <= most {
            let Some(literal) = seen.hits(fact).between(next, most + 1).next() else { break };
            best = self.below(self.child(start, count, literal), best, seen);
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

    /// The place of a class in a list of all.
    ///
    /// The lines of a node and of what lies right before it are asked for at once, so that each does not come only when
    /// the one before it has come. Nothing is decided by what is read here; where a compiler left it out, only time would
    /// be lost.
    #[inline]
    fn far(&self, places: usize, class: u32) -> Place {
        let place = Place(self.words[places + class as usize]);
        for line in 0..FETCHED {
            black_box(self.words.get(place.at().wrapping_sub(line * LINE)).copied());
        }
        place
    }

    /// The place of a class in a list of near ones.
    #[inline]
    fn near<const BITS: u32>(&self, node: usize, class: u32) -> Place {
        Near::<BITS>::read(&self.words[node + NODE_HEAD..], class).place(node)
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
        seen: &mut Seen<'_, V, WORDS>,
    ) -> u32 {
        while self.words[at] < best {
            if self.holds(at, seen) {
                return self.words[at];
            }
            if self.words[at + 1] & LAST != 0 {
                break;
            }
            at += CANDIDATE;
        }
        best
    }

    /// Whether an event has all that a candidate still needs.
    #[inline]
    fn holds<V: Values, const WORDS: usize>(
        &self,
        candidate: usize,
        seen: &mut Seen<'_, V, WORDS>,
    ) -> bool {
        #[cfg(test)]
        crate::index::note_step();
        let needs = self.needs(self.words[candidate + 1] & !LAST);
        needs.iter().all(|&words| match Atom::stretch_of(words) {
            Some((fact, (from, to))) => (from..=to).contains(&seen.class(fact)),
            None => self.answer(words, seen),
        })
    }

    /// What is not as quick to answer, out of the way of what is.
    #[inline(never)]
    fn answer<V: Values, const WORDS: usize>(
        &self,
        atom: [u32; Atom::WORDS],
        seen: &mut Seen<'_, V, WORDS>,
    ) -> bool {
        seen.has(Atom::of(atom))
    }

    /// The atoms that are written here.
    #[inline]
    fn needs(&self, at: u32) -> &[[u32; Atom::WORDS]] {
        let (count, start) = (self.words[at as usize] as usize, at as usize + 1);
        self.words[start..start + count * Atom::WORDS].as_chunks().0
    }
}

/// Looks up what the node at a place will most likely ask before it is there to say so: the processor has the time, as
/// it waits for the node. What is not remembered would be looked up in vain.
#[inline(always)]
fn ahead<V: Values, const WORDS: usize>(
    place: Place,
    fact: u32,
    seen: &mut Seen<'_, V, WORDS>,
) -> Place {
    if place.is_node() {
        seen.prepare(fact);
    }
    place
}
