//! Why a policy decides an event as it does.
//!
//! For the deciding rule and every rule before it, what was asked and what was seen.

use serde_json::Value as Json;

use crate::condition::{Condition, Test, Truth};
use crate::decide::{ask, evaluate};
use crate::event::{Event, HeldValues, UnknownName};
use crate::policy::Rule;
use crate::source::Span;

/// Why a policy decides an event as it does.
#[derive(Clone, Debug)]
pub struct Explanation<'p> {
    /// The rule that decides.
    pub rule: &'p Rule,
    /// What it asked and saw, each test that counted; empty for `otherwise`.
    pub because: Vec<Answer>,
    /// The rules before it, in order, each with the tests that kept it from deciding.
    pub passed_over: Vec<PassedOver<'p>>,
    /// The names in the event that the policy has never heard of, in the order of the vocabulary.
    pub unknown_names: Vec<UnknownName>,
}

/// A rule that did not decide.
#[derive(Clone, Debug)]
pub struct PassedOver<'p> {
    /// The rule.
    pub rule: &'p Rule,
    /// The tests that kept it from deciding, at least one: of what `and` joins the first that failed, of what `or`
    /// joins every one.
    pub failed: Vec<Answer>,
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
    /// Its value as an event in JSON gives it: a boolean, a number or a string, `null` where it is absent.
    pub json: Json,
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
        let failed = explainer.why(rule.condition.as_ref()?, false, &mut Vec::new());
        Some(PassedOver { rule, failed })
    });
    let rule = &rest[0];
    let because = rule
        .condition
        .iter()
        .flat_map(|condition| explainer.why(condition, false, &mut Vec::new()));
    Explanation {
        rule,
        because: because.collect(),
        passed_over: passed_over.collect(),
        unknown_names: event.unknown_names(),
    }
}

struct Explainer<'a, 'p, A> {
    event: &'a Event<'p, A>,
    values: HeldValues<'a>,
}

impl<A> Explainer<'_, '_, A> {
    /// The tests that make the condition hold, or fail: all where all count, the first where one is enough.
    fn why(&self, condition: &Condition, negated: bool, within: &mut Vec<String>) -> Vec<Answer> {
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
                let counting = self.counting(condition, clauses, negated);
                counting.into_iter().flat_map(|clause| self.why(clause, negated, within)).collect()
            }
        }
    }

    /// Of joined clauses, those that make the whole hold, or fail.
    fn counting<'c>(
        &self,
        whole: &Condition,
        clauses: &'c [Condition],
        negated: bool,
    ) -> Vec<&'c Condition> {
        let truth = evaluate(whole, &self.values);
        let holds = truth == Truth::from(!negated);
        // What stands behind `not` is joined the other way round.
        let all_have_to_hold = matches!(whole, Condition::All(_)) != negated;
        if holds == all_have_to_hold {
            return clauses.iter().collect();
        }
        let alike = |clause: &&Condition| evaluate(clause, &self.values) == truth;
        clauses.iter().find(alike).into_iter().collect()
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
            json: self.event.json(test.fact),
            unknown: ask(test, &self.values) == Truth::Unknown,
        }
    }
}
