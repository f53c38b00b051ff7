//! The boxes of all rules in a row: what a tree is built of.

use super::asked::Asked;
use super::atom::Atom;
use super::boxes::Boxes;
use super::operands::Operands;

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
    /// Asked of events in the box, where that is not enough.
    condition: Option<Atom>,
    from: u32,
    to: u32,
}

/// An atom of a box.
#[derive(Clone, Copy)]
pub(super) struct BoxAtom {
    pub(super) atom: Atom,
    /// How many classes of its fact give the wanted answer, if they are few enough to find rules by.
    pub(super) width: Option<u32>,
}

/// Boxes that are gathered while what their atoms ask is gathered, too.
#[derive(Default)]
pub(super) struct Gathered {
    list: Vec<Entry>,
    atoms: Vec<Atom>,
}

impl Gathered {
    /// Adds the boxes of a rule; where they are not exact, its condition is asked besides.
    pub(super) fn add(&mut self, rule: u32, boxes: &Boxes, condition: Option<Atom>) {
        for atoms in &boxes.list {
            let from = self.atoms.len() as u32;
            self.atoms.extend_from_slice(atoms);
            self.list.push(Entry { rule, condition, from, to: self.atoms.len() as u32 });
        }
    }

    pub(super) fn atoms(&self) -> impl Iterator<Item = Atom> {
        self.atoms.iter().copied()
    }
}

impl<'a> Entries<'a> {
    /// The boxes that can have events.
    pub(super) fn new(gathered: Gathered, asked: &'a Asked, operands: &'a Operands) -> Self {
        let (list, atoms) =
            (Vec::with_capacity(gathered.list.len()), Vec::with_capacity(gathered.atoms.len()));
        let mut entries = Entries { asked, operands, list, atoms };
        let mut stretches = Vec::new();
        for entry in gathered.list {
            let start = entries.atoms.len();
            for &atom in &gathered.atoms[entry.from as usize..entry.to as usize] {
                let width = operands.is_selective(atom).then(|| {
                    operands.stretches(asked.get(atom.fact), atom, &mut stretches);
                    stretches.iter().map(|(from, to)| to - from + 1).sum()
                });
                entries.atoms.push(BoxAtom { atom, width });
            }
            if entries.atoms[start..].iter().any(|atom| atom.width == Some(0)) {
                entries.atoms.truncate(start);
                continue;
            }
            let (from, to) = (start as u32, entries.atoms.len() as u32);
            entries.list.push(Entry { from, to, ..entry });
        }
        entries
    }

    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    pub(super) fn rule(&self, entry: u32) -> u32 {
        self.list[entry as usize].rule
    }

    /// The atoms that an event in the box satisfies.
    pub(super) fn atoms(&self, entry: u32) -> &[BoxAtom] {
        let Entry { from, to, .. } = self.list[entry as usize];
        &self.atoms[from as usize..to as usize]
    }

    /// What is asked besides of an event in the box.
    pub(super) fn condition(&self, entry: u32) -> Option<Atom> {
        self.list[entry as usize].condition
    }

    /// The classes that give an atom's wanted answer.
    pub(super) fn stretches(&self, atom: Atom, into: &mut Vec<(u32, u32)>) {
        self.operands.stretches(self.asked.get(atom.fact), atom, into);
    }
}
