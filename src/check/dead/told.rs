//! Conditions that hold for no event because of one test, of which that is told by itself.

use crate::ast::{Chain, Condition, Connective, Predicate, SetExpression, Test};
use crate::check::Checker;
use crate::policy::Rule;

impl Checker<'_> {
    /// Whether a test tells already that the rule's condition never holds.
    pub(in crate::check) fn is_told(&self, rule: &Rule) -> bool {
        rule.condition_span.is_some_and(|span| self.never_true.contains(&span))
    }

    /// Whether a test that is told to be false keeps the whole condition from holding.
    pub(in crate::check) fn is_told_to_be_false(&self, condition: &Condition) -> bool {
        match condition {
            Condition::Group { inner, .. } => self.is_told_to_be_false(inner),
            Condition::Not { .. } => false,
            Condition::Chain(chain) => self.is_chain_told_to_be_false(chain),
            Condition::Test(test) => self.is_test_told_to_be_false(test),
        }
    }

    fn is_chain_told_to_be_false(&self, chain: &Chain) -> bool {
        let mut clauses = chain.clauses();
        let is_false = |clause| self.is_told_to_be_false(clause);
        match chain.rest.first().map(|link| link.connective) {
            Some(Connective::Or) => clauses.all(is_false),
            _ => clauses.any(is_false),
        }
    }

    /// `error in []`, and `module is absent` where it never is.
    fn is_test_told_to_be_false(&self, test: &Test) -> bool {
        match &test.predicate {
            Predicate::In { negated: false, set: SetExpression::List(list) } => {
                list.elements.is_empty()
            }
            Predicate::Absent => {
                let fact = self.vocabulary.find_fact(&test.subject.text);
                fact.is_some_and(|fact| !self.vocabulary.fact(fact).optional)
            }
            _ => false,
        }
    }
}
