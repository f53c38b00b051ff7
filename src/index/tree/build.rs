//! How a tree is built: at each node by the fact that leaves the fewest rules to look at.

use std::collections::HashMap;

use super::lines::{Lines, fit};
use super::parting::{Key, Parted, Used};
use super::{
    ASKED, Asks, CANDIDATE, CLOSE, END, LAST, NEAR, NODE, NODE_HEAD, Near, Place, Tree, asks,
};
use crate::index::atom::{Atom, How};
use crate::index::entries::Entries;
use crate::index::literals::Literals;
use crate::index::rows::Rows;
use crate::names::Seed;

/// The numbers that shape a tree.
#[derive(Clone, Copy, Debug)]
pub(in crate::index) struct Shape {
    /// So few rules are not parted further.
    pub(in crate::index) list: usize,
    /// So many rules that nothing parts are made rows of.
    pub(in crate::index) rows: usize,
    /// A rule that takes more classes of a fact is not filed under each, unless the fact has very many.
    pub(in crate::index) wide: u32,
    /// What looking for the literals of a text costs, in rules that could be looked at meanwhile.
    pub(in crate::index) scan: f64,
}

impl Shape {
    /// That of all policies; chosen by measurement.
    pub(in crate::index) const USUAL: Self = Shape { list: 6, rows: 48, wide: 8, scan: 24.0 };
}

/// Rules that take several classes are filed several times, in all so often on average.
const COPIES: usize = 8;

/// In all at most so often, so that places can be told apart by 31 bits.
const MOST_COPIES: usize = 1 << 24;

/// A place is kept for every class where so many times the children are enough for it: one is found without a search.
const SPARSE: u32 = 4;

impl Tree {
    pub(in crate::index) fn new(entries: &Entries<'_>, literals: &Literals, shape: Shape) -> Self {
        let all: Vec<u32> = (0..entries.len() as u32).collect();
        let room = (entries.len() * COPIES).min(MOST_COPIES);
        let mut builder = Builder {
            entries,
            literals,
            shape,
            room,
            words: vec![END],
            known_needs: HashMap::default(),
            latest: 0,
            rows: Vec::new(),
        };
        let root = builder.place(&all, Used::default());
        Tree { root, words: Lines::new(&builder.words), rows: builder.rows.into() }
    }
}

pub(super) struct Builder<'b> {
    pub(super) entries: &'b Entries<'b>,
    pub(super) literals: &'b Literals,
    pub(super) shape: Shape,
    /// How often entries may still be filed.
    pub(super) room: usize,
    words: Vec<u32>,
    /// Where needs are written, those that many entries have once.
    known_needs: HashMap<Box<[u32]>, u32, Seed>,
    /// The list that was written last: neighbouring classes often need the same rules.
    latest: usize,
    rows: Vec<Rows>,
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
        if entries.len() >= self.shape.rows
            && let Some(rows) = Rows::new(self.entries, entries)
        {
            let candidates = self.list(entries, used);
            self.rows.push(rows);
            let asks = Asks::Rows.word(self.rows.len() as u32 - 1);
            return self.push(entries, candidates, asks, &[]);
        }
        self.list(entries, used)
    }

    /// Needs that nobody else has come to stand right before the list that asks for them.
    fn list(&mut self, entries: &[u32], used: Used) -> Place {
        let mut candidates = self.candidates(entries, used);
        if let Some([_, needs]) = candidates.last_mut() {
            *needs |= LAST;
        }
        let list = candidates.as_flattened();
        if !self.words[self.latest..].starts_with(list) {
            fit(&mut self.words, list.len(), END);
            self.latest = self.words.len();
            self.words.extend(list);
        }
        Place(self.latest as u32)
    }

    /// A rule and where its needs are, for each entry.
    fn candidates(&mut self, entries: &[u32], used: Used) -> Vec<[u32; CANDIDATE]> {
        let candidate = |&entry: &u32| [self.entries.rule(entry), self.needs(entry, used)];
        entries.iter().map(candidate).collect()
    }

    /// Where the needs of an entry are that are not said yet by what the nodes above ask.
    fn needs(&mut self, entry: u32, used: Used) -> u32 {
        let needs = self.left_to_ask(entry, used);
        if let Some(&known) = self.known_needs.get(&needs[..]) {
            return known;
        }
        let start = self.words.len() as u32;
        self.words.push((needs.len() / Atom::WORDS) as u32);
        self.words.extend(&needs);
        self.known_needs.insert(needs.into(), start);
        start
    }

    /// The atoms of these needs, written down.
    fn left_to_ask(&self, entry: u32, used: Used) -> Vec<u32> {
        let mut needs = Vec::new();
        // By one thing an entry is filed once.
        let mut said = used;
        // What looks into texts is dear, so it comes last.
        let mut patterns = Vec::new();
        for atom in self.entries.atoms(entry) {
            let key = self.key(atom).filter(|&key| said.has(key));
            said = key.map_or(said, |key| said.without(key));
            if atom.atom.how == How::Pattern {
                // What is filed by a literal that is all of its pattern needs nothing more.
                if key.is_none() || !self.entries.operands.pattern(atom.atom).1.is_literal() {
                    patterns.push(atom.atom);
                }
            } else if key.is_none() {
                needs.extend(atom.atom.words());
            }
        }
        let last = patterns.into_iter().chain(self.entries.condition(entry));
        needs.extend(last.flat_map(Atom::words));
        needs
    }

    /// Writes down a node with the places below it, a key for each.
    fn push(
        &mut self,
        entries: &[u32],
        rest: Place,
        asks: u32,
        children: &[(u32, Place)],
    ) -> Place {
        let start = self.words.len() as u32;
        self.words.extend([self.entries.rule(entries[0]), rest.0, asks, children.len() as u32]);
        self.words.extend(children.iter().map(|(key, _)| key));
        self.words.extend(children.iter().map(|(_, place)| place.0));
        Place(start | NODE)
    }

    /// The same with a place for each class and no keys.
    fn push_dense(
        &mut self,
        entries: &[u32],
        rest: Place,
        fact: u32,
        children: &[(u32, Place)],
    ) -> Place {
        let classes = self.entries.asked.get(fact).classes();
        let mut places = vec![Place::NOTHING; classes as usize];
        children.iter().for_each(|&(class, place)| places[class as usize] = place);
        let (first, next) = (self.entries.rule(entries[0]), self.asked_by_most(children, fact));
        let head = |asks: Asks| [first, rest.0, asks.word(fact), next];
        let (close, near, dense) = (head(Asks::Close), head(Asks::Near), head(Asks::Dense));
        let close = self.push_near::<CLOSE>(close, &places);
        if let Some(node) = close.or_else(|| self.push_near::<NEAR>(near, &places)) {
            return node;
        }
        let start = self.words.len();
        self.words.extend(dense);
        self.words.extend(places.iter().map(|place| place.0));
        Place(start as u32 | NODE)
    }

    /// A fact that is worth looking up before one of these nodes is there to ask it: that which most of them ask, if
    /// more than half of them ask the same. Where none asks any it is that of the node above, which is known by then.
    fn asked_by_most(&self, children: &[(u32, Place)], above: u32) -> u32 {
        let nodes = children.iter().filter(|(_, place)| place.is_node());
        let facts = nodes.map(|(_, node)| match asks(self.words[node.at() + ASKED]) {
            (Asks::Dense | Asks::Near | Asks::Close | Asks::Sparse, fact) => fact,
            (Asks::Literals | Asks::Rows, _) => above,
        });
        let mut facts: Vec<u32> = facts.collect();
        facts.sort_unstable();
        // What more than half of them ask is in the middle.
        facts.get(facts.len() / 2).copied().unwrap_or(above)
    }

    /// The same with places that are near; nothing where one is not.
    fn push_near<const BITS: u32>(
        &mut self,
        head: [u32; NODE_HEAD],
        places: &[Place],
    ) -> Option<Place> {
        let before = self.words.len();
        fit(&mut self.words, NODE_HEAD + (places.len() * BITS as usize).div_ceil(32), END);
        let start = self.words.len();
        let Some(near) = Near::<BITS>::written(places, start) else {
            self.words.truncate(before);
            return None;
        };
        self.words.extend(head);
        self.words.extend(near);
        Some(Place(start as u32 | NODE))
    }

    fn node(&mut self, entries: &[u32], key: Key, used: Used) -> Place {
        let Parted { filed, rest } = self.parted(entries, key);
        self.room -= filed.len().min(self.room);
        let below = used.and(key);
        let mut children = Vec::new();
        for chunk in filed.chunk_by(|one, other| one.0 == other.0) {
            let entries: Vec<u32> = chunk.iter().map(|&(_, entry)| entry).collect();
            children.push((chunk[0].0, self.place(&entries, below)));
        }
        let rest = self.place(&rest, below);
        match key {
            Key::Class(fact) => {
                let classes = self.entries.asked.get(fact).classes();
                if classes <= children.len() as u32 * SPARSE {
                    return self.push_dense(entries, rest, fact, &children);
                }
                self.push(entries, rest, Asks::Sparse.word(fact), &children)
            }
            Key::Literal(fact) => self.push(entries, rest, Asks::Literals.word(fact), &children),
        }
    }
}
