//! What atoms ask about, each thing once.

use std::sync::Arc;

use super::asked::AskedFact;
use super::atom::{Atom, How};
use super::literals::Bits;
use crate::condition::Pattern;

/// Classes that follow one another: the first and the last of them.
pub(super) type Stretch = (u32, u32);

/// Sets of classes and patterns, by the operands of atoms.
#[derive(Debug, Default)]
pub(super) struct Operands {
    pub(super) masks: Box<[u64]>,
    /// Stretches in order.
    pub(super) stretches: Box<[Box<[Stretch]>]>,
    pub(super) patterns: Box<[Arc<Pattern>]>,
}

/// So many stretches are too many to find rules by.
const MANY: usize = 64;

impl Operands {
    /// Whether a class is one that an atom asks about; of a pattern or a flow nothing is known by the class.
    #[inline]
    pub(super) fn has(&self, atom: Atom, class: u32) -> bool {
        let at = atom.operand as usize;
        match atom.how {
            How::Stretch => {
                let (from, to) = atom.ends();
                from <= class && class <= to
            }
            How::Mask => class < 64 && self.masks[at] >> class & 1 == 1,
            How::Stretches => {
                let stretches = &self.stretches[at];
                let next = stretches.partition_point(|&(_, to)| to < class);
                stretches.get(next).is_some_and(|&(from, _)| from <= class)
            }
            How::Pattern | How::Flow => false,
        }
    }

    /// The pattern an atom asks about, and its position.
    #[inline]
    pub(super) fn pattern(&self, atom: Atom) -> (u32, &Pattern) {
        (atom.operand, &self.patterns[atom.operand as usize])
    }

    /// The classes for which the answer to an atom is certainly the wanted one, as stretches in order; of a pattern
    /// all that may be.
    pub(super) fn stretches(&self, fact: &AskedFact, atom: Atom, into: &mut Vec<Stretch>) {
        into.clear();
        match atom.how {
            How::Pattern | How::Flow => into.push((0, fact.absent() - 1)),
            _ => classes(atom, &self.masks, &self.stretches, into),
        }
    }

    /// Whether rules can be found by the classes of an atom, or by the literal of its pattern.
    pub(super) fn is_selective(&self, atom: Atom) -> bool {
        match atom.how {
            How::Stretch | How::Mask => true,
            How::Stretches => self.stretches[atom.operand as usize].len() < MANY,
            How::Pattern => !atom.negated,
            How::Flow => false,
        }
    }
}

/// Adds the classes that an atom asks about, as stretches in order; of a pattern or a flow there are none.
pub(super) fn classes(
    atom: Atom,
    masks: &[u64],
    stretches: &[Box<[Stretch]>],
    into: &mut Vec<Stretch>,
) {
    match atom.how {
        How::Stretch => into.extend(Some(atom.ends()).filter(|(from, to)| from <= to)),
        How::Mask => Bits(masks[atom.operand as usize]).for_each(|class| add(into, class)),
        How::Stretches => into.extend(&stretches[atom.operand as usize]),
        How::Pattern | How::Flow => {}
    }
}

/// Puts stretches in order, those that touch or overlap together.
pub(super) fn join(stretches: &mut Vec<Stretch>) {
    stretches.sort_unstable();
    stretches.dedup_by(|next, before| {
        let is_joined = next.0 <= before.1 + 1;
        if is_joined {
            before.1 = before.1.max(next.1);
        }
        is_joined
    });
}

/// Adds a class behind all others.
pub(super) fn add(stretches: &mut Vec<Stretch>, class: u32) {
    match stretches.last_mut() {
        Some(last) if last.1 + 1 == class => last.1 = class,
        _ => stretches.push((class, class)),
    }
}

/// The classes before `end` that are in none of the stretches.
pub(super) fn complement(stretches: &mut Vec<Stretch>, end: u32) {
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
