//! Why a policy decides an event as it does.
//!
//! For the deciding rule and every rule before it, what was asked and what was seen.

use crate::condition::{Condition, Test, Truth};
use crate::decide::{ask, evaluate};
use crate::event::{Event, HeldValues};
use crate::policy::Rule;
use crate::source::Span;

/// Why a policy decides an event as it does.
#[derive(Clone, Debug)]
pub struct Explanation<'p> {
    /// The rule that decides.
    pub rule: &'p Rule,
    /// What it asked and saw, each test that counted; empty for `otherwise`.
    pub because: Vec<Answer>,
    /// The rules before it, in order, each with the first test that kept it from deciding.
    pub passed_over: Vec<PassedOver<'p>>,
}

/// A rule that did not decide.
#[derive(Clone, Debug)]
pub struct PassedOver<'p> {
    /// The rule.
    pub rule: &'p Rule,
    /// The first test that kept it from deciding.
    pub failed: Answer,
}

/// A test with the value it saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The test as it is written.
    pub test: String,
    /// Where it is written.
    pub span: Span,
    /// Whether the answer is wanted the other way round: it stands behind a `not`.
    pub negated: bool,
    /// The named conditions it stands in, the outermost first.
    pub within: Vec<String>,
    /// The fact asked about.
    pub fact: String,
    /// Its value as a policy would write it; none where it is absent.
    pub value: Option<String>,
    /// Whether the answer is neither yes nor no, because the fact is absent.
    pub unknown: bool,
}

/// Says why the policy decides this event as it does.
pub fn explain<'p, A>(event: &Event<'p, A>) -> Explanation<'p> {
    let policy = event.policy();
    let explainer = Explainer { event, values: event.values() };
    let deciding = event.deciding_rule();
    let (before, rest) = policy.rules().split_at(deciding);
    let passed_over = before.iter().filter_map(|rule| {
        let failed =
            explainer.why(rule.condition.as_ref()?, false, &mut Vec::new()).into_iter().next()?;
        Some(PassedOver { rule, failed })
    });
    let rule = &rest[0];
    let because = rule
        .condition
        .iter()
        .flat_map(|condition| explainer.why(condition, false, &mut Vec::new()));
    Explanation { rule, because: because.collect(), passed_over: passed_over.collect() }
}

struct Explainer<'a, 'p, A> {
    event: &'a Event<'p, A>,
    values: HeldValues<'a>,
}

impl<A> Explainer<'_, '_, A> {
    /// The tests that make the condition what it is: all of them where all count, the first where one is enough.
    fn why(&self, condition: &Condition, negated: bool, within: &mut Vec<String>) -> Vec<Answer> {
        let truth = evaluate(condition, &self.values);
        let agrees = |clause: &&Condition| evaluate(clause, &self.values) == truth;
        match condition {
            Condition::Test(test) => vec![self.answer(test, negated, within)],
            Condition::Not(inner) => self.why(inner, !negated, within),
            Condition::Named(named) => {
                within.push(named.name.clone());
                let why = self.why(&named.condition, negated, within);
                within.pop();
                why
            }
            Condition::All(clauses) | Condition::Any(clauses) => {
                let one_is_enough = matches!(
                    (condition, truth),
                    (Condition::All(_), Truth::False) | (Condition::Any(_), Truth::True)
                );
                let count = if one_is_enough { 1 } else { clauses.len() };
                let counting = clauses.iter().filter(agrees).take(count);
                counting.flat_map(|clause| self.why(clause, negated, within)).collect()
            }
        }
    }

    fn answer(&self, test: &Test, negated: bool, within: &[String]) -> Answer {
        let policy = self.event.policy();
        Answer {
            test: policy.sources().slice(test.span).to_owned(),
            span: test.span,
            negated,
            within: within.to_vec(),
            fact: policy.vocabulary().fact(test.fact).name.clone(),
            value: self.event.shown(test.fact),
            unknown: ask(test, &self.values) == Truth::Unknown,
        }
    }
}
