//! Questions about one fact, small enough to be copied, and what they ask.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use super::asked::{Asked, AskedFact};
use crate::condition::{Accepts, Intervals, Members, Pattern, Test, Texts};
use crate::vocabulary::{FactId, MemberId};

/// A question about one fact, and which answer is wanted for certain: of what is absent no answer is, unless presence
/// itself is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Atom {
    /// A position in [`Asked`].
    pub(super) fact: u32,
    pub(super) how: How,
    /// Whether the answer no is wanted.
    pub(super) negated: bool,
    /// What is asked; a number itself, or a position in the list of its kind.
    operand: u32,
}

/// What an atom asks of its fact's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum How {
    Absent,
    Present,
    /// Is it this number?
    Is,
    /// Is it in this interval?
    Within,
    /// Is it in one of several intervals?
    Intervals,
    /// Is it one of the first 64 numbers, and its bit set?
    Mask,
    /// Is it in this large set of members?
    Members,
    /// Is it one of these texts?
    Texts,
    /// Does the text look like this?
    Pattern,
    /// Does this part of [`Flow`](super::flow::Flow) hold? Of no fact.
    Flow,
}

/// By their numbers in words; those that stand for nothing ask nothing.
const HOWS: [How; 16] = {
    let mut hows = [How::Absent; 16];
    let known = [
        How::Absent,
        How::Present,
        How::Is,
        How::Within,
        How::Intervals,
        How::Mask,
        How::Members,
        How::Texts,
        How::Pattern,
        How::Flow,
    ];
    let mut at = 0;
    while at < known.len() {
        hows[known[at] as usize] = known[at];
        at += 1;
    }
    hows
};

impl Atom {
    /// How many words an atom takes in a list.
    pub(super) const WORDS: usize = 2;

    /// The question whether a part of a flow holds.
    pub(super) fn flow(step: u32) -> Self {
        Atom { fact: 0, how: How::Flow, negated: false, operand: step }
    }

    /// Written down in a list.
    pub(super) fn words(self) -> [u32; 2] {
        [self.fact << 5 | u32::from(self.negated) << 4 | self.how as u32, self.operand]
    }

    /// Read from a list.
    #[inline]
    pub(super) fn of([what, operand]: [u32; 2]) -> Self {
        let how = HOWS[(what & 15) as usize];
        Atom { fact: what >> 5, how, negated: what >> 4 & 1 == 1, operand }
    }

    /// Where in a flow the part begins that it asks about.
    #[inline]
    pub(super) fn step(self) -> u32 {
        self.operand
    }
}

/// What atoms ask, each thing once.
#[derive(Debug, Default)]
pub(super) struct Operands {
    within: Box<[(i64, i64)]>,
    intervals: Box<[Arc<Intervals>]>,
    masks: Box<[u64]>,
    members: Box<[Arc<Members>]>,
    /// The numbers of texts, in order.
    texts: Box<[Box<[u32]>]>,
    pub(super) patterns: Box<[Arc<Pattern>]>,
}

impl Operands {
    /// Whether a number is in the set that the atom asks about.
    #[inline]
    pub(super) fn has(&self, atom: Atom, number: i64) -> bool {
        let at = atom.operand as usize;
        match atom.how {
            How::Present | How::Pattern | How::Flow => true,
            How::Absent => false,
            How::Is => number == i64::from(atom.operand),
            How::Within => {
                let (low, high) = self.within[at];
                low <= number && number <= high
            }
            How::Intervals => self.intervals[at].contains(number),
            How::Mask => (0..64).contains(&number) && self.masks[at] >> number & 1 == 1,
            How::Members => self.members[at].contains(MemberId(number as u32)),
            How::Texts => self.texts[at].binary_search(&(number as u32)).is_ok(),
        }
    }

    /// The pattern an atom asks about, and its position.
    #[inline]
    pub(super) fn pattern(&self, atom: Atom) -> (u32, &Pattern) {
        (atom.operand, &self.patterns[atom.operand as usize])
    }

    /// The classes for which the answer to an atom is certainly the wanted one, as stretches in order; of a pattern
    /// all that may be.
    pub(super) fn stretches(&self, fact: &AskedFact, atom: Atom, into: &mut Vec<(u32, u32)>) {
        into.clear();
        let (at, absent) = (atom.operand as usize, fact.absent());
        match atom.how {
            How::Absent => {
                into.push((absent, absent));
                return;
            }
            How::Present | How::Pattern | How::Flow => {
                into.push((0, absent - 1));
                return;
            }
            How::Is => {
                into.push((fact.class(atom.operand.into()), fact.class(atom.operand.into())))
            }
            How::Within => {
                let (low, high) = self.within[at];
                into.push((fact.class(low), fact.class(high)));
            }
            How::Intervals => {
                let intervals = self.intervals[at].as_slice().iter();
                into.extend(intervals.map(|&(low, high)| (fact.class(low), fact.class(high))));
            }
            How::Mask => {
                let mask = self.masks[at];
                (0..64).filter(|bit| mask >> bit & 1 == 1).for_each(|bit| add(into, bit));
            }
            How::Members => {
                self.members[at].listed().for_each(|member| add(into, member.0));
                if self.members[at].as_words().0 {
                    complement(into, absent);
                }
            }
            How::Texts => self.texts[at].iter().for_each(|&text| add(into, text)),
        }
        if atom.negated {
            complement(into, absent);
        }
    }
}

impl Operands {
    /// Whether few of the values of a fact give the wanted answer, as far as that is quickly told.
    pub(super) fn is_selective(&self, atom: Atom) -> bool {
        const MANY: usize = 64;
        let at = atom.operand as usize;
        match atom.how {
            How::Present | How::Flow => false,
            How::Pattern => !atom.negated,
            How::Is => !atom.negated,
            How::Absent | How::Within | How::Mask => true,
            How::Intervals => self.intervals[at].as_slice().len() < MANY,
            How::Members => {
                let members = &self.members[at];
                members.as_words().0 == atom.negated && members.listed().count() < MANY
            }
            How::Texts => !atom.negated && self.texts[at].len() < MANY,
        }
    }
}

/// Adds a class behind all others.
fn add(stretches: &mut Vec<(u32, u32)>, class: u32) {
    match stretches.last_mut() {
        Some(last) if last.1 + 1 == class => last.1 = class,
        _ => stretches.push((class, class)),
    }
}

/// The classes before `end` that are in none of the stretches.
fn complement(stretches: &mut Vec<(u32, u32)>, end: u32) {
    let mut next = 0;
    let mut gaps = Vec::with_capacity(stretches.len() + 1);
    for &(from, to) in stretches.iter() {
        if next < from {
            gaps.push((next, from - 1));
        }
        next = to + 1;
    }
    if next < end {
        gaps.push((next, end - 1));
    }
    *stretches = gaps;
}

/// Makes atoms of tests, and gathers what they ask.
pub(super) struct Atoms<'a> {
    pub(super) asked: &'a Asked,
    positions: HashMap<FactId, u32>,
    within: Once<(i64, i64)>,
    intervals: Shared<Intervals>,
    masks: Once<u64>,
    members: Shared<Members>,
    texts: Once<Box<[u32]>>,
    /// Sets that rules share, so that each is looked up once.
    known_texts: HashMap<*const Texts, u32>,
    /// A pattern that is asked of two facts is two.
    patterns: Vec<Arc<Pattern>>,
    known_patterns: HashMap<(u32, *const Pattern), u32>,
}

impl<'a> Atoms<'a> {
    pub(super) fn new(asked: &'a Asked) -> Self {
        Atoms {
            asked,
            positions: asked.iter().map(|(at, fact)| (fact.id, at)).collect(),
            within: Once::default(),
            intervals: Shared::default(),
            masks: Once::default(),
            members: Shared::default(),
            texts: Once::default(),
            known_texts: HashMap::new(),
            patterns: Vec::new(),
            known_patterns: HashMap::new(),
        }
    }

    /// The question of a test, to which the answer is to be no where it is negated.
    pub(super) fn atom(&mut self, test: &Test, negated: bool) -> Atom {
        let fact = self.positions.get(&test.fact).copied().unwrap_or_default();
        let (how, operand, all_but) = match &test.accepts {
            Accepts::Absent => {
                return Atom { fact, how: presence(negated), negated: false, operand: 0 };
            }
            Accepts::Present => {
                return Atom { fact, how: presence(!negated), negated: false, operand: 0 };
            }
            Accepts::Bools { on_false, on_true } => {
                let mask = u64::from(*on_false) | u64::from(*on_true) << 1;
                (How::Mask, self.masks.add(mask), false)
            }
            Accepts::Numbers(intervals) => match intervals.as_slice() {
                &[only] => (How::Within, self.within.add(only), false),
                _ => (How::Intervals, self.intervals.add(intervals), false),
            },
            Accepts::Members(members) => self.members(members),
            Accepts::Texts { texts, negated } => {
                let (how, operand) = self.texts(fact, texts);
                (how, operand, *negated)
            }
            Accepts::Pattern(pattern) => (How::Pattern, self.pattern(fact, pattern), false),
        };
        Atom { fact, how, negated: negated != all_but, operand }
    }

    fn members(&mut self, members: &Arc<Members>) -> (How, u32, bool) {
        let (all_but, start, words) = members.as_words();
        match words {
            [word] if start == 0 => match word.count_ones() {
                1 => (How::Is, word.trailing_zeros(), all_but),
                _ => (How::Mask, self.masks.add(*word), all_but),
            },
            [word] if word.count_ones() == 1 => {
                (How::Is, start * 64 + word.trailing_zeros(), all_but)
            }
            _ => (How::Members, self.members.add(members), false),
        }
    }

    fn texts(&mut self, fact: u32, texts: &Arc<Texts>) -> (How, u32) {
        let fact = self.asked.get(fact);
        let mut numbers = texts.iter().map(|text| fact.text(text));
        if let (1, Some(only)) = (numbers.len(), numbers.next()) {
            return (How::Is, only);
        }
        let at = *self.known_texts.entry(Arc::as_ptr(texts)).or_insert_with(|| {
            let mut numbers: Box<[u32]> = texts.iter().map(|text| fact.text(text)).collect();
            numbers.sort_unstable();
            self.texts.add(numbers)
        });
        (How::Texts, at)
    }

    fn pattern(&mut self, fact: u32, pattern: &Arc<Pattern>) -> u32 {
        *self.known_patterns.entry((fact, Arc::as_ptr(pattern))).or_insert_with(|| {
            self.patterns.push(Arc::clone(pattern));
            self.patterns.len() as u32 - 1
        })
    }

    pub(super) fn operands(self) -> Operands {
        Operands {
            within: self.within.list.into(),
            intervals: self.intervals.list.into(),
            masks: self.masks.list.into(),
            members: self.members.list.into(),
            texts: self.texts.list.into(),
            patterns: self.patterns.into(),
        }
    }
}

fn presence(wanted: bool) -> How {
    if wanted { How::Present } else { How::Absent }
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

/// A list that has nothing twice that lies at one place in memory.
struct Shared<T> {
    list: Vec<Arc<T>>,
    positions: HashMap<*const T, u32>,
}

impl<T> Default for Shared<T> {
    fn default() -> Self {
        Shared { list: Vec::new(), positions: HashMap::new() }
    }
}

impl<T> Shared<T> {
    fn add(&mut self, item: &Arc<T>) -> u32 {
        *self.positions.entry(Arc::as_ptr(item)).or_insert_with(|| {
            self.list.push(Arc::clone(item));
            self.list.len() as u32 - 1
        })
    }
}
