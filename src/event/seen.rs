//! What an event says, kept for as long as it takes to decide it.

use crate::decide::{Value, Values};
use crate::vocabulary::{FactId, Vocabulary};

/// The facts that an event gives, each with its value.
///
/// A sparse set: a fact is in it if its place is that of an entry of its own. So it is emptied at once, however many
/// facts there are, and the memory of one event is that of the next.
#[derive(Default)]
pub(super) struct Seen<'a> {
    entries: Vec<(FactId, Said<'a>)>,
    /// One a fact of the vocabulary; what it says of one that is not given means nothing.
    places: Vec<usize>,
    /// The texts that could not be borrowed, one behind the other.
    copied: String,
}

/// A value that is borrowed from the event, or stands among the texts that were copied.
#[derive(Clone, Copy)]
pub(super) enum Said<'a> {
    Borrowed(Value<'a>),
    Copied { start: usize, end: usize },
}

impl<'a> Seen<'a> {
    pub(super) fn new(vocabulary: &Vocabulary) -> Self {
        let places = vec![0; vocabulary.facts().len()];
        Seen { entries: Vec::new(), places, copied: String::new() }
    }

    /// The same memory, empty, for an event that lives elsewhere.
    pub(super) fn emptied<'b>(mut self) -> Seen<'b> {
        self.entries.clear();
        self.copied.clear();
        // Collecting what has the same layout leaves it where it is.
        let entries = self.entries.into_iter().map_while(|_| None).collect();
        Seen { entries, places: self.places, copied: self.copied }
    }

    /// Says what a fact is; whether it has not been said before.
    pub(super) fn put(&mut self, fact: FactId, said: Said<'a>) -> bool {
        let is_new = self.said(fact).is_none();
        // There is no place where a reader's memory was lost to a panic of its caller.
        let Some(place) = self.places.get_mut(fact.index()) else { return false };
        *place = self.entries.len();
        self.entries.push((fact, said));
        is_new
    }

    /// Keeps a text that does not live as long as the event.
    pub(super) fn copy(&mut self, text: &str) -> Said<'a> {
        let start = self.copied.len();
        self.copied.push_str(text);
        Said::Copied { start, end: self.copied.len() }
    }

    /// What it says of a fact; nothing where it does not say.
    fn value(&self, fact: FactId) -> Option<Value<'_>> {
        match *self.said(fact)? {
            Said::Borrowed(value) => Some(value),
            Said::Copied { start, end } => self.copied.get(start..end).map(Value::Text),
        }
    }

    fn said(&self, fact: FactId) -> Option<&Said<'a>> {
        let place = *self.places.get(fact.index())?;
        self.entries.get(place).filter(|(known, _)| *known == fact).map(|(_, said)| said)
    }

    /// Whether no fact that has to be given is missing, where `required` have to be.
    pub(super) fn has_all(&self, required: &[FactId]) -> bool {
        required.iter().all(|&fact| self.said(fact).is_some())
    }
}

/// The values of an event with the defaults of its vocabulary.
pub(super) struct SeenValues<'a> {
    pub(super) seen: &'a Seen<'a>,
    pub(super) vocabulary: &'a Vocabulary,
}

impl Values for SeenValues<'_> {
    fn value(&self, fact: FactId) -> Value<'_> {
        match self.seen.value(fact) {
            None | Some(Value::Absent) => self.vocabulary.fact(fact).unsaid(),
            Some(value) => value,
        }
    }
}
