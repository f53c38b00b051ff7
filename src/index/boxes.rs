//! Where rules can fire: sets of atoms of which a rule needs all of one set.

use std::collections::HashMap;
use std::sync::Arc;

use super::atom::Atom;
use super::atoms::Atoms;
use crate::condition::{Condition, NamedCondition};

/// More boxes are not made of one condition.
const MOST: usize = 8;

/// More atoms are not kept of one box.
const MOST_ATOMS: usize = 16;

/// Every event for which a condition certainly holds is in one of its boxes: all atoms of the box have their wanted
/// answers.
#[derive(Clone, Debug)]
pub(super) struct Boxes {
    pub(super) list: Vec<Vec<Atom>>,
    /// Whether the condition certainly holds for every event in a box; else a part of it was left out.
    pub(super) exact: bool,
}

impl Boxes {
    /// One box that has everything.
    pub(super) fn everything() -> Self {
        Boxes { list: vec![Vec::new()], exact: true }
    }

    fn add(&mut self, more: &[Atom]) {
        for atoms in &mut self.list {
            self.exact &= keep(atoms, more);
        }
    }
}

/// Adds atoms while there is room; whether all were added.
fn keep(atoms: &mut Vec<Atom>, more: &[Atom]) -> bool {
    let room = MOST_ATOMS.saturating_sub(atoms.len());
    atoms.extend_from_slice(&more[..more.len().min(room)]);
    more.len() <= room
}

/// Makes boxes of conditions.
#[derive(Default)]
pub(super) struct BoxMaker {
    /// Those of named conditions, as they are and negated.
    named: HashMap<(*const NamedCondition, bool), Boxes>,
}

impl BoxMaker {
    /// The boxes of a condition, or of its negation.
    pub(super) fn boxes(
        &mut self,
        atoms: &mut Atoms<'_>,
        condition: &Condition,
        negated: bool,
    ) -> Boxes {
        match condition {
            Condition::Not(inner) => self.boxes(atoms, inner, !negated),
            Condition::Named(named) => self.named(atoms, named, negated),
            Condition::Test(test) => {
                Boxes { list: vec![vec![atoms.atom(test, negated)]], exact: true }
            }
            Condition::All(clauses) if !negated => self.all(atoms, clauses, negated),
            Condition::Any(clauses) if negated => self.all(atoms, clauses, negated),
            Condition::All(clauses) | Condition::Any(clauses) => self.any(atoms, clauses, negated),
        }
    }

    fn named(
        &mut self,
        atoms: &mut Atoms<'_>,
        named: &Arc<NamedCondition>,
        negated: bool,
    ) -> Boxes {
        let key = (Arc::as_ptr(named), negated);
        if let Some(known) = self.named.get(&key) {
            return known.clone();
        }
        let boxes = self.boxes(atoms, &named.condition, negated);
        self.named.insert(key, boxes.clone());
        boxes
    }

    /// Each with each, those of few boxes first; clauses that would make too many are left out.
    fn all(&mut self, atoms: &mut Atoms<'_>, clauses: &[Condition], negated: bool) -> Boxes {
        let first = Vec::with_capacity(clauses.len().min(MOST_ATOMS));
        let mut whole = Boxes { list: vec![first], exact: true };
        let mut parted = Vec::new();
        for clause in clauses {
            if let Condition::Test(test) = clause {
                whole.add(&[atoms.atom(test, negated)]);
                continue;
            }
            let boxes = self.boxes(atoms, clause, negated);
            match &boxes.list[..] {
                [only] => {
                    whole.exact &= boxes.exact;
                    whole.add(only);
                }
                _ => parted.push(boxes),
            }
        }
        parted.sort_by_key(|boxes| boxes.list.len());
        parted.into_iter().fold(whole, crossed)
    }

    /// One after the other, but one for all that ask about classes of one fact alone; one that has everything where they
    /// would be too many.
    fn any(&mut self, atoms: &mut Atoms<'_>, clauses: &[Condition], negated: bool) -> Boxes {
        let mut whole = Boxes { list: Vec::new(), exact: true };
        let mut of_classes: Vec<Atom> = Vec::new();
        for clause in clauses {
            let boxes = self.boxes(atoms, clause, negated);
            whole.exact &= boxes.exact;
            for atoms in boxes.list {
                match atoms[..] {
                    [only] if only.is_of_classes() => of_classes.push(only),
                    _ => whole.list.push(atoms),
                }
            }
            if whole.list.len() > MOST {
                return Boxes { exact: false, ..Boxes::everything() };
            }
        }
        of_classes.sort_by_key(|atom| atom.fact);
        let facts = of_classes.chunk_by(|one, other| one.fact == other.fact);
        whole.list.extend(facts.map(|of_fact| vec![atoms.any(of_fact)]));
        if whole.list.len() > MOST {
            return Boxes { exact: false, ..Boxes::everything() };
        }
        whole
    }
}

/// Each box with each; the first ones where that would be too many.
fn crossed(mut one: Boxes, other: Boxes) -> Boxes {
    if one.list.len() * other.list.len() > MOST {
        one.exact = false;
        return one;
    }
    let mut crossed = Boxes { list: Vec::new(), exact: one.exact && other.exact };
    for atoms in &one.list {
        for more in &other.list {
            let mut atoms = atoms.clone();
            crossed.exact &= keep(&mut atoms, more);
            crossed.list.push(atoms);
        }
    }
    crossed
}
