//! How a tree is built: at each node by the fact that leaves the fewest rules to look at.

use std::collections::HashMap;

use super::{Asks, LIST, Node, Place, Tree};
use crate::index::atoms::How;
use crate::index::entries::{BoxAtom, Entries};
use crate::index::literals::Literals;
use crate::index::rows::Rows;

/// The numbers that shape a tree.
#[derive(Clone, Copy, Debug)]
pub(in crate::index) struct Shape {
    /// So few rules are not parted further.
    pub(in crate::index) list: usize,
    /// So many rules that nothing parts are made rows of.
    pub(in crate::index) rows: usize,
    /// A rule that takes more classes of a fact is not filed under each.
    pub(in crate::index) wide: u32,
    /// What looking for the literals of a text costs, in rules that could be looked at meanwhile.
    pub(in crate::index) scan: f64,
}

impl Default for Shape {
    fn default() -> Self {
        Shape { list: 3, rows: 48, wide: 8, scan: 24.0 }
    }
}

/// A node has to leave less than this share of its rules to look at.
const GAIN: f64 = 0.7;

/// Rules that take several classes are filed several times, in all so often on average.
const COPIES: usize = 16;

impl Tree {
    pub(in crate::index) fn new(entries: &Entries<'_>, literals: &Literals, shape: Shape) -> Self {
        let all: Vec<u32> = (0..entries.len() as u32).collect();
        let room = entries.len() * COPIES;
        let mut builder = Builder {
            entries,
            literals,
            shape,
            room,
            nodes: Vec::new(),
            lists: Vec::new(),
            rows: Vec::new(),
        };
        let root = builder.place(&all, Used::default());
        Tree {
            root,
            nodes: builder.nodes.into(),
            lists: builder.lists.into(),
            rows: builder.rows.into(),
        }
    }
}

struct Builder<'b> {
    entries: &'b Entries<'b>,
    literals: &'b Literals,
    shape: Shape,
    /// How often entries may still be filed.
    room: usize,
    nodes: Vec<Node>,
    lists: Vec<u32>,
    rows: Vec<Rows>,
}

/// What the nodes above ask, a bit a fact.
#[derive(Clone, Copy, Default)]
struct Used {
    facts: u64,
    texts: u64,
}

/// What a node may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Key {
    Class(u32),
    Literal(u32),
}

/// What parts entries best: by the class or literal that each needs, and those that need none.
struct Parted {
    key: Key,
    /// Classes or literals with entries, in order.
    filed: Vec<(u32, u32)>,
    rest: Vec<u32>,
}

impl Builder<'_> {
    /// Builds what lies below a place, of entries in order.
    fn place(&mut self, entries: &[u32], used: Used) -> Place {
        if entries.is_empty() {
            return Place::NOTHING;
        }
        if entries.len() <= self.shape.list {
            return self.list(entries, used);
        }
        if let Some(key) = self.best(entries, used) {
            return self.node(entries, key, used);
        }
        if entries.len() >= self.shape.rows {
            let candidates = entries.iter().map(|&entry| self.candidate(entry, used)).collect();
            if let Some(rows) = Rows::new(self.entries, entries, candidates) {
                self.rows.push(rows);
                let asks = Asks::Rows(self.rows.len() as u32 - 1);
                return self.push(entries, Place::NOTHING, asks);
            }
        }
        self.list(entries, used)
    }

    fn list(&mut self, entries: &[u32], used: Used) -> Place {
        let start = self.lists.len();
        self.lists.push(entries.len() as u32);
        for &entry in entries {
            self.candidate(entry, used);
        }
        Place(start as u32 | LIST)
    }

    /// Writes down a candidate with what is not said yet by what the nodes above ask.
    fn candidate(&mut self, entry: u32, used: Used) -> u32 {
        let start = self.lists.len();
        self.lists.extend([self.entries.rule(entry), 0]);
        let atoms = self.entries.atoms(entry);
        // What looks into texts is dear, so it comes last.
        let dear = |atom: &BoxAtom| atom.atom.how == How::Pattern;
        let (mut facts, mut texts) = (used.facts, used.texts);
        let mut count = 0;
        let mut patterns = Vec::new();
        for atom in atoms {
            let bit = 1u64.checked_shl(atom.atom.fact).unwrap_or(0);
            if self.is_narrow(atom) && facts & bit != 0 {
                facts &= !bit;
            } else if self.literal(atom).is_some() && texts & bit != 0 {
                texts &= !bit;
                if !self.entries.operands.pattern(atom.atom).1.is_literal() {
                    patterns.push(atom.atom);
                }
            } else if dear(atom) {
                patterns.push(atom.atom);
            } else {
                self.lists.extend(atom.atom.words());
                count += 1;
            }
        }
        for atom in patterns.into_iter().chain(self.entries.condition(entry)) {
            self.lists.extend(atom.words());
            count += 1;
        }
        self.lists[start + 1] = count;
        start as u32
    }

    fn push(&mut self, entries: &[u32], rest: Place, asks: Asks) -> Place {
        self.nodes.push(Node { first: self.entries.rule(entries[0]), rest, asks });
        Place(self.nodes.len() as u32 - 1)
    }

    fn node(&mut self, entries: &[u32], key: Key, used: Used) -> Place {
        let Parted { key, filed, rest } = self.parted(entries, key);
        self.room -= filed.len().min(self.room);
        let below = match key {
            Key::Class(fact) => Used { facts: used.facts | 1 << fact, ..used },
            Key::Literal(fact) => Used { texts: used.texts | 1 << fact, ..used },
        };
        let mut children = Vec::new();
        for chunk in filed.chunk_by(|one, other| one.0 == other.0) {
            let entries: Vec<u32> = chunk.iter().map(|&(_, entry)| entry).collect();
            children.push((chunk[0].0, self.place(&entries, below)));
        }
        let rest = self.place(&rest, below);
        let asks = self.asks(key, &children);
        self.push(entries, rest, asks)
    }

    /// Writes down the places below a node.
    fn asks(&mut self, key: Key, children: &[(u32, Place)]) -> Asks {
        let (start, count) = (self.lists.len() as u32, children.len() as u32);
        if let Key::Class(fact) = key {
            let classes = self.entries.asked.get(fact).classes();
            if classes <= count * 2 {
                let end = (start + classes) as usize;
                self.lists.resize(end, Place::NOTHING.0);
                for &(class, place) in children {
                    self.lists[(start + class) as usize] = place.0;
                }
                return Asks::Dense { fact, start };
            }
        }
        self.lists.extend(children.iter().map(|(key, _)| key));
        self.lists.extend(children.iter().map(|(_, place)| place.0));
        match key {
            Key::Class(fact) => Asks::Sparse { fact, start, count },
            Key::Literal(fact) => Asks::Literals { fact, start, count },
        }
    }

    /// Files each entry under the classes or the literal that it needs.
    fn parted(&self, entries: &[u32], key: Key) -> Parted {
        let (mut filed, mut rest, mut keys) = (Vec::new(), Vec::new(), Vec::new());
        for &entry in entries {
            keys.clear();
            self.keys(entry, key, &mut keys);
            filed.extend(keys.iter().map(|&key| (key, entry)));
            if keys.is_empty() {
                rest.push(entry);
            }
        }
        filed.sort_unstable();
        Parted { key, filed, rest }
    }

    /// The classes or the literal that an entry needs; none where it does not need one, or may have too many.
    fn keys(&self, entry: u32, key: Key, into: &mut Vec<u32>) {
        let atoms = self.entries.atoms(entry);
        let found = match key {
            Key::Class(fact) => {
                atoms.iter().find(|atom| self.is_narrow(atom) && atom.atom.fact == fact)
            }
            Key::Literal(fact) => {
                atoms.iter().find(|atom| atom.atom.fact == fact && self.literal(atom).is_some())
            }
        };
        let Some(atom) = found else { return };
        match key {
            Key::Class(_) => {
                let mut stretches = Vec::new();
                self.entries.stretches(atom.atom, &mut stretches);
                into.extend(stretches.iter().flat_map(|&(from, to)| from..=to));
            }
            Key::Literal(_) => into.extend(self.literal(atom)),
        }
    }

    /// Whether an entry is to be filed under each class that the atom takes.
    fn is_narrow(&self, atom: &BoxAtom) -> bool {
        let is_narrow = atom.width.is_some_and(|width| width <= self.shape.wide);
        is_narrow && atom.atom.how != How::Pattern && atom.atom.fact < 64
    }

    fn literal(&self, atom: &BoxAtom) -> Option<u32> {
        let is_pattern =
            atom.atom.how == How::Pattern && atom.width.is_some() && atom.atom.fact < 64;
        is_pattern.then(|| self.literals.of(self.entries.operands.pattern(atom.atom).0)).flatten()
    }

    /// What is best asked of these entries; nothing where asking does not help.
    fn best(&self, entries: &[u32], used: Used) -> Option<Key> {
        if self.room == 0 {
            return None;
        }
        let mut costs: Vec<(Key, f64)> = Vec::new();
        for (key, counts) in self.counts(entries, used) {
            let (asking, filed, squares) = counts;
            let scan = match key {
                Key::Literal(fact) if used.texts >> fact & 1 == 0 => self.shape.scan,
                _ => 0.0,
            };
            let rest = entries.len() - asking;
            costs.push((key, squares as f64 / filed as f64 + rest as f64 + scan));
        }
        let best = costs
            .into_iter()
            .min_by(|one, other| one.1.total_cmp(&other.1).then(one.0.cmp(&other.0)));
        best.filter(|(_, cost)| *cost < entries.len() as f64 * GAIN).map(|(key, _)| key)
    }

    /// For each thing that may be asked: how many entries need something of it, how often they would be filed, and
    /// the sum of the squares of how many are filed alike.
    fn counts(&self, entries: &[u32], used: Used) -> HashMap<Key, (usize, usize, usize)> {
        let mut filed: Vec<(Key, u32)> = Vec::with_capacity(entries.len() * 2);
        let mut counts: HashMap<Key, (usize, usize, usize)> = HashMap::new();
        let (mut stretches, mut seen) = (Vec::new(), Vec::new());
        for &entry in entries {
            seen.clear();
            for atom in self.entries.atoms(entry) {
                let fact = atom.atom.fact;
                if fact >= 64 {
                    continue;
                }
                if let Some(literal) = self.literal(atom) {
                    let key = Key::Literal(fact);
                    if used.texts >> fact & 1 == 0 && !seen.contains(&key) {
                        seen.push(key);
                        filed.push((key, literal));
                    }
                } else if self.is_narrow(atom) {
                    let key = Key::Class(fact);
                    if used.facts >> fact & 1 == 0 && !seen.contains(&key) {
                        seen.push(key);
                        self.entries.stretches(atom.atom, &mut stretches);
                        let classes = stretches.iter().flat_map(|&(from, to)| from..=to);
                        filed.extend(classes.map(|class| (key, class)));
                    }
                }
            }
            for &key in &seen {
                counts.entry(key).or_default().0 += 1;
            }
        }
        filed.sort_unstable();
        for alike in filed.chunk_by(|one, other| one == other) {
            let count = counts.entry(alike[0].0).or_default();
            count.1 += alike.len();
            count.2 += alike.len() * alike.len();
        }
        counts
    }
}
