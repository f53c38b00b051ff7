//! What was found out about an event while it is decided: nothing is looked up twice.

use super::asked::Asked;
use super::atoms::{Atom, How, Operands};
use super::flow::Answers;
use super::literals::{Hits, Literals};
use crate::decide::{Value, Values};

/// So many facts are remembered, the most often asked ones; others are looked up each time.
const REMEMBERED: usize = 16;

/// An event while it is decided. It lies on the stack; `WORDS` is the room for the literals of texts.
pub(super) struct Seen<'a, V, const WORDS: usize> {
    values: &'a V,
    asked: &'a Asked,
    operands: &'a Operands,
    literals: &'a Literals,
    /// A bit a fact: whether it was looked up, and whether it is there.
    known: u32,
    present: u32,
    numbers: [i64; REMEMBERED],
    hits: Hits<WORDS>,
}

impl<'a, V: Values, const WORDS: usize> Seen<'a, V, WORDS> {
    #[inline]
    pub(super) fn new(
        values: &'a V,
        asked: &'a Asked,
        operands: &'a Operands,
        literals: &'a Literals,
    ) -> Self {
        let (known, present, numbers) = (0, 0, [0; REMEMBERED]);
        Seen { values, asked, operands, literals, known, present, numbers, hits: Hits::default() }
    }

    /// The number that stands for the value of a fact; none where it is absent.
    #[inline]
    pub(super) fn number(&mut self, fact: u32) -> Option<i64> {
        let at = fact as usize;
        if at >= REMEMBERED {
            return self.look_up(fact);
        }
        let bit = 1 << at;
        if self.known & bit == 0 {
            self.known |= bit;
            if let Some(number) = self.look_up(fact) {
                self.present |= bit;
                self.numbers[at] = number;
            }
        }
        (self.present & bit != 0).then_some(self.numbers[at])
    }

    fn look_up(&self, fact: u32) -> Option<i64> {
        let fact = self.asked.get(fact);
        fact.number(self.values.value(fact.id))
    }

    /// The class of a fact's value.
    #[inline]
    pub(super) fn class(&mut self, fact: u32) -> u32 {
        let number = self.number(fact);
        let fact = self.asked.get(fact);
        number.map_or_else(|| fact.absent(), |number| fact.class(number))
    }

    /// Looks once for all literals of a text fact, and gives what was found.
    pub(super) fn hits(&mut self, fact: u32) -> &Hits<WORDS> {
        if !self.hits.has_scanned(fact)
            && let Value::Text(text) = self.values.value(self.asked.get(fact).id)
        {
            self.literals.scan(fact, text, &mut self.hits);
        }
        &self.hits
    }

    fn looks(&self, atom: Atom) -> bool {
        let Value::Text(text) = self.values.value(self.asked.get(atom.fact).id) else {
            return false;
        };
        let (at, pattern) = self.operands.pattern(atom);
        let accepts = match self.literals.of(at) {
            Some(literal)
                if self.hits.has_scanned(atom.fact) && (literal as usize) < WORDS * 64 =>
            {
                self.hits.has(literal) && (pattern.is_literal() || pattern.accepts(text))
            }
            _ => pattern.accepts(text),
        };
        accepts != atom.negated
    }
}

impl<V: Values, const WORDS: usize> Answers for Seen<'_, V, WORDS> {
    #[inline]
    fn answer(&mut self, atom: Atom) -> bool {
        if atom.how == How::Pattern {
            return self.looks(atom);
        }
        match self.number(atom.fact) {
            Some(number) => self.operands.has(atom, number) != atom.negated,
            None => atom.how == How::Absent,
        }
    }
}
