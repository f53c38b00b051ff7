//! Conditions in other words.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Condition, NamedCondition, Test};

/// Writes conditions anew, each test as a function says. What is shared stays shared.
pub(crate) struct Rewriter<F> {
    test: F,
    /// By their address before.
    named: HashMap<*const NamedCondition, Arc<NamedCondition>>,
}

impl<F: FnMut(&Test) -> Condition> Rewriter<F> {
    pub(crate) fn new(test: F) -> Self {
        Rewriter { test, named: HashMap::new() }
    }

    pub(crate) fn condition(&mut self, condition: &Condition) -> Condition {
        match condition {
            Condition::All(clauses) => Condition::All(self.clauses(clauses)),
            Condition::Any(clauses) => Condition::Any(self.clauses(clauses)),
            Condition::Not(inner) => Condition::Not(Box::new(self.condition(inner))),
            Condition::Named(named) => Condition::Named(self.named(named)),
            Condition::Test(test) => (self.test)(test),
        }
    }

    fn clauses(&mut self, clauses: &[Condition]) -> Box<[Condition]> {
        clauses.iter().map(|clause| self.condition(clause)).collect()
    }

    fn named(&mut self, named: &Arc<NamedCondition>) -> Arc<NamedCondition> {
        let address = Arc::as_ptr(named);
        if let Some(known) = self.named.get(&address) {
            return Arc::clone(known);
        }
        let condition = self.condition(&named.condition);
        let rewritten = Arc::new(NamedCondition { name: named.name.clone(), condition });
        self.named.insert(address, Arc::clone(&rewritten));
        rewritten
    }
}
