//! What is wrong with an event while it is given.

use super::error::EventProblem;

/// So many problems with what an event gives are told, the others counted: without a limit an event of a million
/// misspelt keys would be answered with a text many times its size.
const MOST: usize = 100;

/// Problems in the order in which they were met.
#[derive(Debug, Default)]
pub(super) struct Problems {
    told: Vec<EventProblem>,
    more: usize,
}

impl Problems {
    /// One more; it is made only where it is told.
    pub(super) fn add(&mut self, problem: impl FnOnce() -> EventProblem) {
        if self.told.len() < MOST {
            self.told.push(problem());
        } else {
            self.more += 1;
        }
    }

    /// A fact that is required and not given, unless it is said already that it is not given as it should be: its
    /// value does not fit, or its name is misspelt. A vocabulary has only so many of them, so they are all told.
    pub(super) fn missing(&mut self, fact: &str) {
        let is_about = |problem: &EventProblem| match problem {
            EventProblem::UnknownKey { suggestion, .. } => suggestion.as_deref() == Some(fact),
            other => other.key() == Some(fact),
        };
        if !self.told.iter().any(is_about) {
            self.told.push(EventProblem::Missing { key: fact.to_owned() });
        }
    }

    /// All of them.
    pub(super) fn finish(mut self) -> Vec<EventProblem> {
        if self.more > 0 {
            self.told.push(EventProblem::More { count: self.more });
        }
        self.told
    }
}
