//! The conditions of all rules as atoms that say where to go on.

use std::collections::HashMap;
use std::sync::Arc;

use super::atoms::{Atom, Atoms};
use crate::condition::{Condition, NamedCondition};

/// The conditions of all rules.
///
/// A condition is asked from its first step on; each says which step is next, or that the condition certainly holds,
/// or that it does not.
#[derive(Debug)]
pub(super) struct Flow {
    steps: Box<[Step]>,
    /// Where each rule begins.
    first: Box<[u32]>,
}

#[derive(Clone, Copy, Debug)]
struct Step {
    question: Question,
    yes: u32,
    no: u32,
}

#[derive(Clone, Copy, Debug)]
enum Question {
    Atom(Atom),
    /// A condition that others ask too, by its first step.
    Shared(u32),
}

/// What stands where a next step would.
const HOLDS: u32 = u32::MAX;
const FAILS: u32 = u32::MAX - 1;

/// A named condition with more tests is not written out wherever it is named.
const WRITTEN_OUT: usize = 16;

/// Something that atoms can be asked of.
pub(super) trait Answers {
    /// Whether the answer is certainly the wanted one.
    fn answer(&mut self, atom: Atom) -> bool;
}

impl Flow {
    pub(super) fn new<'c>(
        conditions: impl Iterator<Item = Option<&'c Condition>>,
        atoms: &mut Atoms<'_>,
    ) -> Self {
        let mut writer =
            Writer { atoms, steps: Vec::new(), shared: HashMap::new(), sizes: HashMap::new() };
        let first = conditions.map(|condition| match condition {
            Some(condition) => writer.condition(condition, false, HOLDS, FAILS),
            None => HOLDS,
        });
        let first = first.collect();
        Flow { steps: writer.steps.into(), first }
    }

    /// Whether a rule's condition certainly holds.
    #[inline]
    pub(super) fn holds(&self, rule: u32, answers: &mut impl Answers) -> bool {
        self.holds_from(self.first[rule as usize], answers)
    }

    fn holds_from(&self, first: u32, answers: &mut impl Answers) -> bool {
        let mut at = first;
        while let Some(step) = self.steps.get(at as usize) {
            let yes = match step.question {
                Question::Atom(atom) => answers.answer(atom),
                Question::Shared(first) => self.holds_from(first, answers),
            };
            at = if yes { step.yes } else { step.no };
        }
        at == HOLDS
    }

    /// The atoms of all conditions, those that are shared once.
    pub(super) fn atoms(&self) -> impl Iterator<Item = Atom> {
        self.steps.iter().filter_map(|step| match step.question {
            Question::Atom(atom) => Some(atom),
            Question::Shared(_) => None,
        })
    }

    /// How many steps all conditions have.
    pub(super) fn len(&self) -> usize {
        self.steps.len()
    }
}

/// Writes conditions from behind, so that where a step leads is known when it is written.
struct Writer<'w, 'a> {
    atoms: &'w mut Atoms<'a>,
    steps: Vec<Step>,
    /// The first steps of named conditions, as they are and negated.
    shared: HashMap<(*const NamedCondition, bool), u32>,
    /// How many tests named conditions have.
    sizes: HashMap<*const NamedCondition, usize>,
}

impl Writer<'_, '_> {
    /// The first step of a condition, or of its negation, that goes on at `yes` where it certainly holds and at `no`
    /// where it does not.
    fn condition(&mut self, condition: &Condition, negated: bool, yes: u32, no: u32) -> u32 {
        match condition {
            Condition::Not(inner) => self.condition(inner, !negated, yes, no),
            Condition::Test(test) => {
                let atom = self.atoms.atom(test, negated);
                self.step(Question::Atom(atom), yes, no)
            }
            Condition::Named(named) if self.size(named) <= WRITTEN_OUT => {
                self.condition(&named.condition, negated, yes, no)
            }
            Condition::Named(named) => {
                let first = self.shared(named, negated);
                self.step(Question::Shared(first), yes, no)
            }
            // The negation of what is joined by `and` joins the negations by `or`.
            Condition::All(clauses) if !negated => self.all(clauses, negated, yes, no),
            Condition::Any(clauses) if negated => self.all(clauses, negated, yes, no),
            Condition::All(clauses) | Condition::Any(clauses) => {
                let earlier = clauses.iter().rev();
                earlier.fold(no, |next, clause| self.condition(clause, negated, yes, next))
            }
        }
    }

    fn all(&mut self, clauses: &[Condition], negated: bool, yes: u32, no: u32) -> u32 {
        let earlier = clauses.iter().rev();
        earlier.fold(yes, |next, clause| self.condition(clause, negated, next, no))
    }

    fn step(&mut self, question: Question, yes: u32, no: u32) -> u32 {
        self.steps.push(Step { question, yes, no });
        self.steps.len() as u32 - 1
    }

    fn shared(&mut self, named: &Arc<NamedCondition>, negated: bool) -> u32 {
        let key = (Arc::as_ptr(named), negated);
        if let Some(&first) = self.shared.get(&key) {
            return first;
        }
        let first = self.condition(&named.condition, negated, HOLDS, FAILS);
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
