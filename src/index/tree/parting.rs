//! What parts rules best: the fact that leaves the fewest to look at.

use super::build::Builder;
use crate::index::atom::How;
use crate::index::entries::BoxAtom;

/// A node has to leave less than this share of its rules to look at.
const GAIN: f64 = 0.7;

/// For each so many classes of a fact a rule may take as many more, up to so many times.
const MANY_CLASSES: u32 = 128;
const MOST_TIMES: u32 = 7;

/// What the nodes above ask, a bit a fact.
#[derive(Clone, Copy, Default)]
pub(super) struct Used {
    facts: u64,
    texts: u64,
}

impl Used {
    /// The same and this besides.
    pub(super) fn and(self, key: Key) -> Self {
        match key {
            Key::Class(fact) => Used { facts: self.facts | 1 << fact, ..self },
            Key::Literal(fact) => Used { texts: self.texts | 1 << fact, ..self },
        }
    }

    /// The same but for this.
    pub(super) fn without(self, key: Key) -> Self {
        match key {
            Key::Class(fact) => Used { facts: self.facts & !(1 << fact), ..self },
            Key::Literal(fact) => Used { texts: self.texts & !(1 << fact), ..self },
        }
    }

    pub(super) fn has(self, key: Key) -> bool {
        match key {
            Key::Class(fact) => self.facts >> fact & 1 == 1,
            Key::Literal(fact) => self.texts >> fact & 1 == 1,
        }
    }
}

/// What a node may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    Class(u32),
    Literal(u32),
}

/// Entries parted by the class or literal that each needs, and those that need none.
pub(super) struct Parted {
    /// Classes or literals with entries, in order.
    pub(super) filed: Vec<(u32, u32)>,
    pub(super) rest: Vec<u32>,
}

/// What asking one thing would come to.
struct Tally {
    key: Key,
    /// How many entries need something of it.
    asking: usize,
    /// What they need, once for each time that one would be filed.
    filed: Vec<u32>,
}

impl Builder<'_> {
    /// Files each entry under the classes or the literal that it needs.
    pub(super) fn parted(&self, entries: &[u32], key: Key) -> Parted {
        let (mut filed, mut rest) = (Vec::with_capacity(entries.len()), Vec::new());
        let (mut stretches, mut keys) = (Vec::new(), Vec::new());
        for &entry in entries {
            let mut atoms = self.entries.atoms(entry).iter();
            let Some(atom) = atoms.find(|atom| self.key(atom) == Some(key)) else {
                rest.push(entry);
                continue;
            };
            keys.clear();
            self.needed(atom, &mut stretches, &mut keys);
            filed.extend(keys.iter().map(|&key| (key, entry)));
        }
        filed.sort_unstable();
        Parted { filed, rest }
    }

    /// What an entry with this atom can be filed by; nothing where it does not need anything, or may have too much.
    pub(super) fn key(&self, atom: &BoxAtom) -> Option<Key> {
        let (fact, width) = (atom.atom.fact, atom.width?);
        if fact >= 64 {
            return None;
        }
        if atom.atom.how == How::Pattern {
            let pattern = self.entries.operands.pattern(atom.atom).0;
            return self.literals.of(pattern).map(|_| Key::Literal(fact));
        }
        (width <= self.widest(fact)).then_some(Key::Class(fact))
    }

    /// A rule that takes more classes of a fact is not filed under each: some more where a fact has very many.
    fn widest(&self, fact: u32) -> u32 {
        let classes = self.entries.asked.get(fact).classes();
        self.shape.wide * (1 + (classes / MANY_CLASSES).min(MOST_TIMES))
    }

    /// The classes or the literal that an entry with this atom is filed under.
    fn needed(&self, atom: &BoxAtom, stretches: &mut Vec<(u32, u32)>, into: &mut Vec<u32>) {
        if atom.atom.how == How::Pattern {
            into.extend(self.literals.of(self.entries.operands.pattern(atom.atom).0));
        } else {
            self.entries.stretches(atom.atom, stretches);
            into.extend(stretches.iter().flat_map(|&(from, to)| from..=to));
        }
    }

    /// What is best asked of these entries; nothing where asking does not help.
    pub(super) fn best(&self, entries: &[u32], used: Used) -> Option<Key> {
        if self.room == 0 {
            return None;
        }
        let cost = |tally: Tally| {
            let scan = match tally.key {
                Key::Literal(_) => self.shape.scan,
                Key::Class(_) => 0.0,
            };
            let rest = entries.len() - tally.asking;
            (tally.key, tally.left() + rest as f64 + scan)
        };
        let best = self
            .tallies(entries, used)
            .into_iter()
            .map(cost)
            .min_by(|one, other| one.1.total_cmp(&other.1).then(one.0.cmp(&other.0)));
        best.filter(|(_, cost)| *cost < entries.len() as f64 * GAIN).map(|(key, _)| key)
    }

    /// What each thing that may be asked would come to.
    fn tallies(&self, entries: &[u32], used: Used) -> Vec<Tally> {
        let mut tallies: Vec<Tally> = Vec::new();
        let (mut stretches, mut seen) = (Vec::new(), Vec::new());
        for &entry in entries {
            seen.clear();
            for atom in self.entries.atoms(entry) {
                let Some(key) = self.key(atom) else { continue };
                // Of one thing an entry is filed by the first atom alone.
                if used.has(key) || seen.contains(&key) {
                    continue;
                }
                seen.push(key);
                let known = tallies.iter().position(|tally| tally.key == key);
                let at = known.unwrap_or_else(|| {
                    tallies.push(Tally { key, asking: 0, filed: Vec::new() });
                    tallies.len() - 1
                });
                tallies[at].asking += 1;
                self.needed(atom, &mut stretches, &mut tallies[at].filed);
            }
        }
        tallies
    }
}

impl Tally {
    /// The entries left to look at on average below what an entry needs.
    fn left(mut self) -> f64 {
        self.filed.sort_unstable();
        let alike = self.filed.chunk_by(|one, other| one == other);
        let squares: usize = alike.map(|alike| alike.len() * alike.len()).sum();
        squares as f64 / self.filed.len() as f64
    }
}
