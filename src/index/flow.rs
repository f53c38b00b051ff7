//! Conditions as atoms that say where to go on.

use std::collections::HashMap;
use std::sync::Arc;

use super::atom::{Atom, How};
use super::atoms::Atoms;
use crate::condition::{Condition, NamedCondition};

/// Conditions written as steps.
///
/// A condition is asked from its first step on; each says which step is next, or that the condition certainly holds,
/// or that it does not.
#[derive(Debug, Default)]
pub(super) struct Flow {
    steps: Box<[Step]>,
}

#[derive(Clone, Copy, Debug)]
struct Step {
    atom: [u32; Atom::WORDS],
    yes: u32,
    no: u32,
}

/// What stands where a next step would.
const HOLDS: u32 = u32::MAX;
const FAILS: u32 = u32::MAX - 1;

/// A named condition with more tests is not written out wherever it is named.
const WRITTEN_OUT: usize = 16;

/// Something that atoms can be asked of.
pub(super) trait Answers {
    /// Whether the answer is certainly the wanted one; never asked about a [`How::Flow`].
    fn answer(&mut self, atom: Atom) -> bool;
}

impl Flow {
    /// Whether the answer to an atom is certainly the wanted one.
    #[inline]
    pub(super) fn answer(&self, atom: Atom, answers: &mut impl Answers) -> bool {
        match atom.how {
            How::Flow => self.holds(atom.step(), answers),
            _ => answers.answer(atom),
        }
    }

    /// Whether the condition that begins here certainly holds.
    pub(super) fn holds(&self, first: u32, answers: &mut impl Answers) -> bool {
        let mut at = first;
        while let Some(step) = self.steps.get(at as usize) {
            let yes = self.answer(Atom::of(step.atom), answers);
            at = if yes { step.yes } else { step.no };
        }
        at == HOLDS
    }

    /// The atoms of all conditions, those that are shared once.
    pub(super) fn atoms(&self) -> impl Iterator<Item = Atom> {
        let atoms = self.steps.iter().map(|step| Atom::of(step.atom));
        atoms.filter(|atom| atom.how != How::Flow)
    }

    /// How many steps there are.
    pub(super) fn len(&self) -> usize {
        self.steps.len()
    }
}

/// Writes conditions from behind, so that where a step leads is known when it is written.
#[derive(Default)]
pub(super) struct Writer {
    steps: Vec<Step>,
    /// The first steps of named conditions, as they are and negated.
    shared: HashMap<(*const NamedCondition, bool), u32>,
    /// How many tests named conditions have.
    sizes: HashMap<*const NamedCondition, usize>,
}

impl Writer {
    /// The first step of a condition; an `otherwise` has none, and holds.
    pub(super) fn write(&mut self, atoms: &mut Atoms<'_>, condition: Option<&Condition>) -> u32 {
        condition.map_or(HOLDS, |condition| self.condition(atoms, condition, false, (HOLDS, FAILS)))
    }

    pub(super) fn finish(self) -> Flow {
        Flow { steps: self.steps.into() }
    }

    /// The first step of a condition, or of its negation, that goes on at `yes` where it certainly holds and at `no`
    /// where it does not.
    fn condition(
        &mut self,
        atoms: &mut Atoms<'_>,
        condition: &Condition,
        negated: bool,
        (yes, no): (u32, u32),
    ) -> u32 {
        match condition {
            Condition::Not(inner) => self.condition(atoms, inner, !negated, (yes, no)),
            Condition::Test(test) => self.step(atoms.atom(test, negated), yes, no),
            Condition::Named(named) if self.size(named) <= WRITTEN_OUT => {
                self.condition(atoms, &named.condition, negated, (yes, no))
            }
            Condition::Named(named) => {
                let first = self.shared(atoms, named, negated);
                self.step(Atom::flow(first), yes, no)
            }
            Condition::All(clauses) | Condition::Any(clauses) => {
                // The negation of what is joined by `and` joins the negations by `or`.
                let all = matches!(condition, Condition::All(_)) != negated;
                let end = if all { yes } else { no };
                clauses.iter().rev().fold(end, |next, clause| {
                    let next = if all { (next, no) } else { (yes, next) };
                    self.condition(atoms, clause, negated, next)
                })
            }
        }
    }

    fn step(&mut self, atom: Atom, yes: u32, no: u32) -> u32 {
        self.steps.push(Step { atom: atom.words(), yes, no });
        self.steps.len() as u32 - 1
    }

    fn shared(&mut self, atoms: &mut Atoms<'_>, named: &Arc<NamedCondition>, negated: bool) -> u32 {
        let key = (Arc::as_ptr(named), negated);
        if let Some(&first) = self.shared.get(&key) {
            return first;
        }
        let first = self.condition(atoms, &named.condition, negated, (HOLDS, FAILS));
        self.shared.insert(key, first);
        first
    }

    fn size(&mut self, named: &Arc<NamedCondition>) -> usize {
        let key = Arc::as_ptr(named);
        if let Some(&size) = self.sizes.get(&key) {
            return size;
        }
        let size = self.size_of(&named.condition);
        self.sizes.insert(key, size);
        size
    }

    fn size_of(&mut self, condition: &Condition) -> usize {
        match condition {
            Condition::All(clauses) | Condition::Any(clauses) => clauses
                .iter()
                .fold(0usize, |size, clause| size.saturating_add(self.size_of(clause))),
            Condition::Not(inner) => self.size_of(inner),
            Condition::Named(named) => self.size(named),
            Condition::Test(_) => 1,
        }
    }
}
