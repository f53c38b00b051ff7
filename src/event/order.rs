//! Which fact comes next: events of one source name their facts in one order.

use crate::vocabulary::{FactId, Vocabulary};

/// Finds facts by their names, and remembers which one came behind which.
///
/// A guess that is right costs one comparison of names, one that is wrong the look-up it was to spare.
#[derive(Debug, Default)]
pub(super) struct Order {
    /// The fact that came first, then the one that came behind each.
    followers: Vec<FactId>,
    /// Where in it the next guess stands.
    at: usize,
}

impl Order {
    pub(super) fn new(vocabulary: &Vocabulary) -> Self {
        Order { followers: vec![FactId(0); vocabulary.facts().len() + 1], at: 0 }
    }

    /// Before the first fact of an event.
    pub(super) fn begin(&mut self) {
        self.at = 0;
    }

    /// The fact with this name, which comes next.
    pub(super) fn find(&mut self, vocabulary: &Vocabulary, name: &str) -> Option<FactId> {
        let guess = self.followers.get_mut(self.at)?;
        if vocabulary.facts.get(guess.index()).is_none_or(|fact| fact.name != name) {
            *guess = vocabulary.find_fact(name)?;
        }
        self.at = guess.index() + 1;
        Some(*guess)
    }
}
