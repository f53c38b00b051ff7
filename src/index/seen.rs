//! What was found out about an event while it is decided: nothing is looked up twice.

use super::Asking;
use super::asked::Asked;
use super::atom::{Atom, How};
use super::flow::Answers;
use super::literals::Hits;
use crate::decide::{Value, Values};

/// So many facts are remembered, the most often asked ones; others are looked up each time.
const REMEMBERED: usize = 16;

/// What stands where a class was not looked up yet.
const UNKNOWN: u32 = u32::MAX;

/// An event while it is decided. It lies on the stack; `WORDS` is the room for the literals of texts.
pub(super) struct Seen<'a, V, const WORDS: usize> {
    values: &'a V,
    asked: &'a Asked,
    asking: &'a Asking,
    classes: [u32; REMEMBERED],
    hits: Hits<WORDS>,
}

impl<'a, V: Values, const WORDS: usize> Seen<'a, V, WORDS> {
    #[inline]
    pub(super) fn new(values: &'a V, asked: &'a Asked, asking: &'a Asking) -> Self {
        Seen { values, asked, asking, classes: [UNKNOWN; REMEMBERED], hits: Hits::default() }
    }

    /// The class of a fact's value.
    #[inline]
    pub(super) fn class(&mut self, fact: u32) -> u32 {
        match self.classes.get(fact as usize) {
            Some(&class) if class != UNKNOWN => class,
            _ => self.look_up(fact),
        }
    }

    /// Looks up the class of a fact's value for later; nothing where it would not be remembered.
    #[inline]
    pub(super) fn prepare(&mut self, fact: u32) {
        if self.classes.get(fact as usize) == Some(&UNKNOWN) {
            self.look_up(fact);
        }
    }

    #[inline(never)]
    fn look_up(&mut self, fact: u32) -> u32 {
        let asked = self.asked.get(fact);
        let class = asked.class(self.values.value(asked.id));
        if let Some(known) = self.classes.get_mut(fact as usize) {
            *known = class;
        }
        class
    }

    /// Looks once for all literals of a text fact, and gives what was found.
    pub(super) fn hits(&mut self, fact: u32) -> &Hits<WORDS> {
        if !self.hits.has_scanned(fact)
            && let Value::Text(text) = self.values.value(self.asked.get(fact).id)
        {
            self.asking.literals.scan(fact, text, &mut self.hits);
        }
        &self.hits
    }

    /// Whether the event has all that an atom asks.
    pub(super) fn has(&mut self, atom: Atom) -> bool {
        let asking = self.asking;
        asking.flow.answer(atom, self)
    }

    fn looks(&self, atom: Atom) -> bool {
        let Value::Text(text) = self.values.value(self.asked.get(atom.fact).id) else {
            return false;
        };
        let (at, pattern) = self.asking.operands.pattern(atom);
        let accepts = match self.asking.literals.of(at) {
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
        let class = self.class(atom.fact);
        self.asking.operands.has(atom, class)
    }
}
