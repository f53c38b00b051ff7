//! Tests to atoms: what a test accepts becomes the classes of its fact that give the wanted answer.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use super::asked::{Asked, AskedFact};
use super::atom::{Atom, How};
use super::operands::{Operands, Stretch, add, classes, complement, join};
use crate::condition::{Accepts, Pattern, Test};
use crate::vocabulary::FactId;

/// Makes atoms of tests, and gathers what they ask.
pub(super) struct Atoms<'a> {
    pub(super) asked: &'a Asked,
    positions: HashMap<FactId, u32>,
    masks: Once<u64>,
    stretches: Once<Box<[Stretch]>>,
    /// The atoms of large sets, which rules share, so that each is looked through once.
    large: HashMap<(u32, *const (), bool), Atom>,
    /// A pattern that is asked of two facts is two.
    patterns: Vec<Arc<Pattern>>,
    known_patterns: HashMap<(u32, *const Pattern), u32>,
    /// Where the classes of a test are put together.
    classes: Vec<Stretch>,
}

/// A set of more members, texts or intervals is looked up before it is looked through.
const LARGE: usize = 4;

impl<'a> Atoms<'a> {
    pub(super) fn new(asked: &'a Asked) -> Self {
        Atoms {
            asked,
            positions: asked.iter().map(|(at, fact)| (fact.id, at)).collect(),
            masks: Once::default(),
            stretches: Once::default(),
            large: HashMap::new(),
            patterns: Vec::new(),
            known_patterns: HashMap::new(),
            classes: Vec::new(),
        }
    }

    /// The question of a test, to which the answer is to be no where it is negated.
    pub(super) fn atom(&mut self, test: &Test, negated: bool) -> Atom {
        let fact = self.positions.get(&test.fact).copied().unwrap_or_default();
        match &test.accepts {
            Accepts::Pattern(pattern) => {
                Atom { fact, how: How::Pattern, negated, operand: self.pattern(fact, pattern) }
            }
            Accepts::Numbers(set) if set.as_slice().len() > LARGE => {
                self.large(fact, test, Arc::as_ptr(set).cast(), negated)
            }
            Accepts::Members(set) if set.as_words().2.len() > 1 => {
                self.large(fact, test, Arc::as_ptr(set).cast(), negated)
            }
            Accepts::Texts { texts, negated: all_but } if texts.iter().len() > LARGE => {
                self.large(fact, test, Arc::as_ptr(texts).cast(), negated != *all_but)
            }
            _ => self.of_classes(fact, test, negated),
        }
    }

    /// The atom of a set at this place in memory, `wanted` or its complement.
    fn large(&mut self, fact: u32, test: &Test, set: *const (), wanted: bool) -> Atom {
        if let Some(&known) = self.large.get(&(fact, set, wanted)) {
            return known;
        }
        let negated = match &test.accepts {
            Accepts::Texts { negated, .. } => wanted != *negated,
            _ => wanted,
        };
        let atom = self.of_classes(fact, test, negated);
        self.large.insert((fact, set, wanted), atom);
        atom
    }

    /// The atom that asks for the classes for which a test, which is no pattern, gives the wanted answer.
    fn of_classes(&mut self, fact: u32, test: &Test, negated: bool) -> Atom {
        let mut classes = std::mem::take(&mut self.classes);
        wanted(self.asked.get(fact), &test.accepts, negated, &mut classes);
        let atom = self.of_stretches(fact, &classes);
        self.classes = classes;
        atom
    }

    /// One atom that asks whether any of these would have its wanted answer, all of them about classes of one fact.
    pub(super) fn any(&mut self, atoms: &[Atom]) -> Atom {
        if let [only] = atoms {
            return *only;
        }
        let mut all = std::mem::take(&mut self.classes);
        all.clear();
        for &atom in atoms {
            classes(atom, &self.masks.list, &self.stretches.list, &mut all);
        }
        join(&mut all);
        let atom = self.of_stretches(atoms[0].fact, &all);
        self.classes = all;
        atom
    }

    /// The atom that asks whether a class is in one of these stretches.
    fn of_stretches(&mut self, fact: u32, classes: &[Stretch]) -> Atom {
        let mask = |&(from, to): &Stretch| (u64::MAX << from) & (u64::MAX >> (63 - to));
        match classes {
            [] => Atom::stretch(fact, 1, 0),
            &[(from, to)] if to <= u32::from(u16::MAX) => {
                Atom::stretch(fact, from as u16, to as u16)
            }
            [.., (_, last)] if *last < 64 => {
                let operand =
                    self.masks.add(classes.iter().map(mask).fold(0, |all, one| all | one));
                Atom { fact, how: How::Mask, negated: false, operand }
            }
            several => {
                let operand = self.stretches.add(several.into());
                Atom { fact, how: How::Stretches, negated: false, operand }
            }
        }
    }

    fn pattern(&mut self, fact: u32, pattern: &Arc<Pattern>) -> u32 {
        *self.known_patterns.entry((fact, Arc::as_ptr(pattern))).or_insert_with(|| {
            self.patterns.push(Arc::clone(pattern));
            self.patterns.len() as u32 - 1
        })
    }

    pub(super) fn operands(self) -> Operands {
        Operands {
            masks: self.masks.list.into(),
            stretches: self.stretches.list.into(),
            patterns: self.patterns.into(),
        }
    }
}

/// The classes for which something that is no pattern certainly accepts, or certainly refuses where that is wanted, as
/// stretches in order.
fn wanted(fact: &AskedFact, accepts: &Accepts, negated: bool, into: &mut Vec<Stretch>) {
    into.clear();
    let absent = fact.absent();
    let mut refuses = negated;
    match accepts {
        // Presence is known of what is absent, too.
        Accepts::Absent | Accepts::Present => {
            let is_there = negated == matches!(accepts, Accepts::Absent);
            into.push(if is_there { (0, absent - 1) } else { (absent, absent) });
            return;
        }
        Accepts::Bools { on_false, on_true } => {
            [(*on_false, 0), (*on_true, 1)]
                .into_iter()
                .filter(|(is_accepted, _)| *is_accepted)
                .for_each(|(_, class)| add(into, class));
        }
        Accepts::Numbers(intervals) => {
            let intervals = intervals.as_slice().iter();
            into.extend(intervals.map(|&(low, high)| (fact.number(low), fact.number(high))));
        }
        Accepts::Members(members) => {
            members.listed().for_each(|member| add(into, fact.member(member)));
            refuses ^= members.as_words().0;
        }
        Accepts::Texts { texts, negated } => {
            let mut classes: Vec<u32> = texts.iter().map(|text| fact.text(text)).collect();
            classes.sort_unstable();
            classes.into_iter().for_each(|class| add(into, class));
            refuses ^= negated;
        }
        Accepts::Pattern(_) => {}
    }
    if refuses {
        complement(into, absent);
    }
}

/// A list that has nothing twice.
struct Once<T> {
    list: Vec<T>,
    positions: HashMap<T, u32>,
}

impl<T> Default for Once<T> {
    fn default() -> Self {
        Once { list: Vec::new(), positions: HashMap::new() }
    }
}

impl<T: Clone + Eq + Hash> Once<T> {
    fn add(&mut self, item: T) -> u32 {
        if let Some(&at) = self.positions.get(&item) {
            return at;
        }
        let at = self.list.len() as u32;
        self.list.push(item.clone());
        self.positions.insert(item, at);
        at
    }
}
