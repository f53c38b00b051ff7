//! The boxes of all rules in a row: what an index is built of.

use super::asked::Asked;
use super::atoms::{Atom, Operands};
use super::boxes::Boxes;

/// Boxes of rules, in the order of the rules.
pub(super) struct Entries<'a> {
    pub(super) asked: &'a Asked,
    pub(super) operands: &'a Operands,
    list: Vec<Entry>,
    atoms: Vec<BoxAtom>,
}

/// One box of a rule, and where its atoms are.
#[derive(Clone, Copy)]
struct Entry {
    rule: u32,
    from: u32,
    to: u32,
}

/// An atom of a box.
#[derive(Clone, Copy)]
pub(super) struct BoxAtom {
    pub(super) atom: Atom,
    /// How many classes of its fact give the wanted answer.
    pub(super) width: u32,
}

/// Boxes that are gathered while what their atoms ask is gathered, too.
#[derive(Default)]
pub(super) struct Gathered {
    list: Vec<Entry>,
    atoms: Vec<Atom>,
}

impl Gathered {
    pub(super) fn add(&mut self, rule: u32, boxes: &Boxes) {
        for atoms in boxes {
            let from = self.atoms.len() as u32;
            self.atoms.extend_from_slice(atoms);
            self.list.push(Entry { rule, from, to: self.atoms.len() as u32 });
        }
    }
}

impl<'a> Entries<'a> {
    /// The boxes with those of their atoms that few values satisfy.
    pub(super) fn new(gathered: Gathered, asked: &'a Asked, operands: &'a Operands) -> Self {
        let mut entries = Entries {
            asked,
            operands,
            list: gathered.list,
            atoms: Vec::with_capacity(gathered.atoms.len()),
        };
        let mut stretches = Vec::new();
        for at in 0..entries.list.len() {
            let Entry { rule, from, to } = entries.list[at];
            let start = entries.atoms.len() as u32;
            for &atom in &gathered.atoms[from as usize..to as usize] {
                if operands.is_selective(atom) {
                    operands.stretches(asked.get(atom.fact), atom, &mut stretches);
                    let width = stretches.iter().map(|(from, to)| to - from + 1).sum();
                    entries.atoms.push(BoxAtom { atom, width });
                }
            }
            entries.list[at] = Entry { rule, from: start, to: entries.atoms.len() as u32 };
        }
        entries
    }

    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    pub(super) fn rule(&self, entry: u32) -> u32 {
        self.list[entry as usize].rule
    }

    pub(super) fn atoms(&self, entry: u32) -> &[BoxAtom] {
        let Entry { from, to, .. } = self.list[entry as usize];
        &self.atoms[from as usize..to as usize]
    }

    /// The classes that give an atom's wanted answer.
    pub(super) fn stretches(&self, atom: Atom, into: &mut Vec<(u32, u32)>) {
        self.operands.stretches(self.asked.get(atom.fact), atom, into);
    }
}
