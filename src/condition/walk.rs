//! The tests that conditions are made of.

use std::collections::HashSet;
use std::sync::Arc;

use super::{Condition, NamedCondition, Test};

/// The tests of conditions in the order in which they are written; those of a named condition once, where it is named
/// first.
pub(crate) fn tests_of<'c>(
    conditions: impl IntoIterator<Item = &'c Condition>,
) -> impl Iterator<Item = &'c Test> {
    Tests { conditions: conditions.into_iter(), left: Vec::new(), named: HashSet::new() }
}

struct Tests<'c, I> {
    conditions: I,
    /// What is left of the condition that was begun, the next part last.
    left: Vec<&'c Condition>,
    named: HashSet<*const NamedCondition>,
}

impl<'c, I: Iterator<Item = &'c Condition>> Iterator for Tests<'c, I> {
    type Item = &'c Test;

    fn next(&mut self) -> Option<&'c Test> {
        loop {
            match self.left.pop().or_else(|| self.conditions.next())? {
                Condition::All(clauses) | Condition::Any(clauses) => {
                    self.left.extend(clauses.iter().rev());
                }
                Condition::Not(inner) => self.left.push(inner),
                Condition::Named(inner) if self.named.insert(Arc::as_ptr(inner)) => {
                    self.left.push(&inner.condition);
                }
                Condition::Named(_) => {}
                Condition::Test(test) => return Some(test),
            }
        }
    }
}
