//! Which tests of a policy an event puts to use.
//!
//! Everything is said of the rules as they are written: a test in a named condition is one test for each rule
//! that names it, each time it does.
//!
//! ```
//! use redress::{Policy, coverage::Truth};
//! let policy = Policy::parse("when module > 1 and status >= 500 => fail otherwise => stop")?;
//! let event = policy.event().set("error", "DataError").set("module", 1).set("status", 500).build()?;
//! let seen = event.observe(0);
//! assert_eq!(seen.holds, Truth::False);
//! assert!(seen.tests[0].counts, "were the module another one, the rule would decide");
//! assert!(!seen.tests[1].counts, "whatever the status is, the rule does not decide");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub use crate::condition::Truth;

use crate::condition::{Accepts, Condition, Test};
use crate::decide::{ask, evaluate};
use crate::event::{Event, HeldValues};
use crate::policy::Policy;
use crate::source::Span;

/// A test as it stands in a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Atom {
    /// As it is written, on one line.
    pub text: String,
    /// Where it is written.
    pub span: Span,
    /// The named conditions it stands in, the outermost first.
    pub within: Vec<String>,
    /// The fact it asks about.
    pub fact: String,
    /// Whether the rule wants it to be false: it stands behind an odd number of `not`.
    pub negated: bool,
    /// Whether it is unknown of some events, those that do not give the fact.
    pub can_be_unknown: bool,
}

/// What is known of a rule and its tests on an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
    /// Its condition; always true of `otherwise`.
    pub holds: Truth,
    /// In the order of [`Policy::atoms`].
    pub tests: Vec<Observed>,
}

/// What is known of a test on an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Observed {
    /// The answer.
    pub truth: Truth,
    /// Whether the rule would hold with one of the answers true and false in its place, and would not hold with
    /// the other, all other answers being as they are.
    pub counts: bool,
}

impl<A> Policy<A> {
    /// The tests of a rule, in the order in which they are written; none for `otherwise`.
    pub fn atoms(&self, rule: usize) -> Vec<Atom> {
        let mut atoms = Vec::new();
        if let Some(condition) = self.rules().get(rule).and_then(|rule| rule.condition.as_ref()) {
            self.gather(condition, false, &mut Vec::new(), &mut atoms);
        }
        atoms
    }

    fn gather(
        &self,
        condition: &Condition,
        negated: bool,
        within: &mut Vec<String>,
        atoms: &mut Vec<Atom>,
    ) {
        match condition {
            Condition::All(clauses) | Condition::Any(clauses) => {
                clauses.iter().for_each(|clause| self.gather(clause, negated, within, atoms));
            }
            Condition::Not(inner) => self.gather(inner, !negated, within, atoms),
            Condition::Named(named) => {
                within.push(named.name.clone());
                self.gather(&named.condition, negated, within, atoms);
                within.pop();
            }
            Condition::Test(test) => atoms.push(self.atom(test, negated, within)),
        }
    }

    fn atom(&self, test: &Test, negated: bool, within: &[String]) -> Atom {
        let fact = self.vocabulary().fact(test.fact);
        let written = self.sources().slice(test.span);
        let asks_for_presence = matches!(test.accepts, Accepts::Absent | Accepts::Present);
        Atom {
            text: written.split_whitespace().collect::<Vec<_>>().join(" "),
            span: test.span,
            within: within.to_vec(),
            fact: fact.name.clone(),
            negated,
            can_be_unknown: fact.optional && !asks_for_presence,
        }
    }
}

impl<A> Event<'_, A> {
    /// What is known of a rule and each of its tests, whether the rule is asked or an earlier one decides.
    pub fn observe(&self, rule: usize) -> Observation {
        let rule = self.policy().rules().get(rule);
        let Some(condition) = rule.and_then(|rule| rule.condition.as_ref()) else {
            return Observation { holds: Truth::True, tests: Vec::new() };
        };
        let values = self.values();
        let mut observer = Observer { values: &values, tests: Vec::new() };
        observer.observe(condition, true, true);
        Observation { holds: evaluate(condition, &values), tests: observer.tests }
    }
}

struct Observer<'a> {
    values: &'a HeldValues<'a>,
    tests: Vec<Observed>,
}

impl Observer<'_> {
    /// Looks at the tests of a condition that is asked whether it is certainly `wanted`; `counts` is whether
    /// that answer makes the difference for the rule.
    fn observe(&mut self, condition: &Condition, wanted: bool, counts: bool) {
        match condition {
            Condition::Test(test) => {
                self.tests.push(Observed { truth: ask(test, self.values), counts });
            }
            Condition::Not(inner) => self.observe(inner, !wanted, counts),
            Condition::Named(named) => self.observe(&named.condition, wanted, counts),
            Condition::All(clauses) => self.clauses(clauses, wanted, wanted, counts),
            Condition::Any(clauses) => self.clauses(clauses, wanted, !wanted, counts),
        }
    }

    /// A clause makes the difference where no other one does: all others are as wanted where all have to be,
    /// none of them is where one is enough.
    fn clauses(&mut self, clauses: &[Condition], wanted: bool, all: bool, counts: bool) {
        let settles =
            |clause: &Condition| (evaluate(clause, self.values) == Truth::from(wanted)) != all;
        let settling: Vec<bool> = clauses.iter().map(settles).collect();
        let count = settling.iter().filter(|settles| **settles).count();
        for (clause, settles) in clauses.iter().zip(settling) {
            self.observe(clause, wanted, counts && count == usize::from(settles));
        }
    }
}
