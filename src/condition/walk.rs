//! The tests that conditions are made of.

use std::collections::HashSet;
use std::sync::Arc;

use super::{Condition, NamedCondition, Test};

/// The tests of conditions in the order in which they are written; those of a named condition once, where it is named
/// first.
pub(crate) fn tests_of<'c>(
    conditions: impl IntoIterator<Item = &'c Condition>,
) -> impl Iterator<Item = &'c Test> {
    let mut named = HashSet::new();
    conditions.into_iter().flat_map(move |condition| {
        let mut tests = Vec::new();
        gather(condition, &mut named, &mut tests);
        tests
    })
}

fn gather<'c>(
    condition: &'c Condition,
    named: &mut HashSet<*const NamedCondition>,
    tests: &mut Vec<&'c Test>,
) {
    match condition {
        Condition::All(clauses) | Condition::Any(clauses) => {
            clauses.iter().for_each(|clause| gather(clause, named, tests));
        }
        Condition::Not(inner) => gather(inner, named, tests),
        Condition::Named(inner) => {
            if named.insert(Arc::as_ptr(inner)) {
                gather(&inner.condition, named, tests);
            }
        }
        Condition::Test(test) => tests.push(test),
    }
}
