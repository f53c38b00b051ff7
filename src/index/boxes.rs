//! Where rules can fire: sets of atoms of which a rule needs all of one set.

use std::collections::HashMap;
use std::sync::Arc;

use super::atoms::{Atom, Atoms};
use crate::condition::{Condition, NamedCondition};

/// More boxes are not made of one condition; what would part it further is left to the verification.
const MOST: usize = 8;

/// More atoms are not kept of one box: one is enough to find it by, and a few to tell it from others.
const MOST_ATOMS: usize = 8;

/// The atoms of each box; every event for which the condition certainly holds is in one of them, others may be too.
pub(super) type Boxes = Vec<Vec<Atom>>;

/// Makes boxes of conditions.
pub(super) struct BoxMaker<'m, 'a> {
    atoms: &'m mut Atoms<'a>,
    /// Those of named conditions, as they are and negated.
    named: HashMap<(*const NamedCondition, bool), Arc<Boxes>>,
}

impl<'m, 'a> BoxMaker<'m, 'a> {
    pub(super) fn new(atoms: &'m mut Atoms<'a>) -> Self {
        BoxMaker { atoms, named: HashMap::new() }
    }

    pub(super) fn boxes(&mut self, condition: &Condition, negated: bool) -> Boxes {
        match condition {
            Condition::Not(inner) => self.boxes(inner, !negated),
            Condition::Named(named) => self.named(named, negated).to_vec(),
            Condition::Test(test) => vec![vec![self.atoms.atom(test, negated)]],
            Condition::All(clauses) if !negated => self.all(clauses, negated),
            Condition::Any(clauses) if negated => self.all(clauses, negated),
            Condition::All(clauses) | Condition::Any(clauses) => self.any(clauses, negated),
        }
    }

    fn named(&mut self, named: &Arc<NamedCondition>, negated: bool) -> Arc<Boxes> {
        let key = (Arc::as_ptr(named), negated);
        if let Some(known) = self.named.get(&key) {
            return Arc::clone(known);
        }
        let boxes = Arc::new(self.boxes(&named.condition, negated));
        self.named.insert(key, Arc::clone(&boxes));
        boxes
    }

    /// Each with each, those of few boxes first; a clause that would make too many is left out.
    fn all(&mut self, clauses: &[Condition], negated: bool) -> Boxes {
        let mut whole = vec![Vec::with_capacity(clauses.len().min(MOST_ATOMS))];
        let mut parted = Vec::new();
        for clause in clauses {
            match clause {
                Condition::Test(test) => keep(&mut whole[0], &[self.atoms.atom(test, negated)]),
                _ => {
                    let boxes = self.boxes(clause, negated);
                    match &boxes[..] {
                        [only] => keep(&mut whole[0], only),
                        _ => parted.push(boxes),
                    }
                }
            }
        }
        parted.sort_by_key(Vec::len);
        for boxes in parted {
            if whole.len() * boxes.len() > MOST {
                break;
            }
            whole = whole
                .iter()
                .flat_map(|one| {
                    boxes.iter().map(move |other| {
                        let mut joined = one.clone();
                        keep(&mut joined, other);
                        joined
                    })
                })
                .collect();
        }
        whole
    }

    /// One after the other; one that has everything where they would be too many.
    fn any(&mut self, clauses: &[Condition], negated: bool) -> Boxes {
        let mut boxes = Vec::new();
        for clause in clauses {
            boxes.append(&mut self.boxes(clause, negated));
            if boxes.len() > MOST {
                return vec![Vec::new()];
            }
        }
        boxes
    }
}

fn keep(atoms: &mut Vec<Atom>, more: &[Atom]) {
    let room = MOST_ATOMS.saturating_sub(atoms.len());
    atoms.extend_from_slice(&more[..more.len().min(room)]);
}
