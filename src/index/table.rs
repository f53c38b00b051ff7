//! Small policies: the deciding rule of every combination of classes, written down.

use std::collections::HashSet;

use super::asked::{Asked, AskedFact};
use super::atom::{Atom, How};
use super::flow::{Answers, Flow};
use super::operands::Operands;
use crate::decide::Values;

/// The deciding rule for each combination of the classes that rules tell apart.
///
/// Where an event lies in the table is a sum, a summand for each fact: nothing in it has to be guessed by the
/// processor, which costs more than all the rest.
#[derive(Debug)]
pub(super) struct Table {
    /// For each fact in the order of [`Asked`], a summand for each class.
    summands: Box<[Box<[u32]>]>,
    rules: Box<[u32]>,
}

/// More combinations are not written down.
const MOST_CELLS: usize = 1024;

/// More questions are not asked to write them down: a small policy is to be loaded in no time.
const MOST_QUESTIONS: usize = 20_000;

impl Table {
    /// The table of rules, where it is small; what none of them decides the rule behind them does.
    ///
    /// The conditions begin in the flow where `firsts` say.
    pub(super) fn new(
        asked: &Asked,
        operands: &Operands,
        flow: &Flow,
        firsts: &[u32],
    ) -> Option<Self> {
        if flow.len() > MOST_QUESTIONS {
            return None;
        }
        let mut cells = 1;
        let mut groups = Vec::new();
        for (at, fact) in asked.iter() {
            let group = Group::new(at, fact, operands, flow)?;
            cells *= group.examples.len();
            groups.push(group);
            if cells > MOST_CELLS || cells * flow.len() > MOST_QUESTIONS {
                return None;
            }
        }
        let rules = (0..cells).map(|cell| {
            let mut cell = Cell { operands, classes: classes(&groups, cell) };
            let holds = |&first: &u32| flow.holds(first, &mut cell);
            firsts.iter().position(holds).unwrap_or(firsts.len()) as u32
        });
        let rules = rules.collect();
        let mut size = 1;
        let summands = groups.iter().map(|group| {
            let summands = group.of_class.iter().map(|&of| of * size).collect();
            size *= group.examples.len() as u32;
            summands
        });
        Some(Table { summands: summands.collect(), rules })
    }

    /// For each fact, a summand for each class.
    pub(super) fn summands(&self) -> impl Iterator<Item = &[u32]> {
        self.summands.iter().map(AsRef::as_ref)
    }

    /// The rule at a place.
    #[inline]
    pub(super) fn rule(&self, at: u32) -> u32 {
        self.rules[at as usize]
    }

    #[inline]
    pub(super) fn first(&self, asked: &Asked, values: &impl Values) -> u32 {
        let mut at = 0;
        for ((_, fact), summands) in asked.iter().zip(&self.summands) {
            at += summands[fact.class(values.value(fact.id)) as usize];
        }
        self.rules[at as usize]
    }
}

/// The classes of a fact that all atoms answer alike, put together.
struct Group {
    /// The group of each class.
    of_class: Vec<u32>,
    /// A class of each group.
    examples: Vec<u32>,
}

impl Group {
    /// None where some atom looks into a text, or there are too many.
    fn new(at: u32, fact: &AskedFact, operands: &Operands, flow: &Flow) -> Option<Self> {
        let mut met = HashSet::new();
        let of_fact = flow.atoms().filter(|atom| atom.fact == at && met.insert(*atom));
        let atoms: Vec<Atom> = of_fact.collect();
        let classes = fact.classes() as usize;
        if atoms.iter().any(|atom| atom.how == How::Pattern)
            || atoms.len() * classes > MOST_QUESTIONS
        {
            return None;
        }
        let (mut known, mut examples): (Vec<Vec<bool>>, _) = (Vec::new(), Vec::new());
        let of_class = (0..fact.classes()).map(|class| {
            let answers: Vec<bool> = atoms.iter().map(|&atom| operands.has(atom, class)).collect();
            known.iter().position(|known| *known == answers).unwrap_or_else(|| {
                known.push(answers);
                examples.push(class);
                known.len() - 1
            }) as u32
        });
        Some(Group { of_class: of_class.collect(), examples })
    }
}

/// A class of each fact for one combination.
fn classes(groups: &[Group], mut cell: usize) -> Vec<u32> {
    let class = |group: &Group| {
        let count = group.examples.len();
        let class = group.examples[cell % count];
        cell /= count;
        class
    };
    groups.iter().map(class).collect()
}

/// One combination of classes.
struct Cell<'a> {
    operands: &'a Operands,
    classes: Vec<u32>,
}

impl Answers for Cell<'_> {
    fn answer(&mut self, atom: Atom) -> bool {
        self.operands.has(atom, self.classes[atom.fact as usize])
    }
}
