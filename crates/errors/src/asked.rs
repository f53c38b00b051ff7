//! A policy that is asked about one error after another of the same operation.

use std::time::Duration;

use redress::{Argument, Outcome, Policy, Schedule};

use crate::classify::Classify;
use crate::delay::delay;
use crate::facts::ErrorFacts;
use crate::given_up::{GivenUp, Reason};
use redress::Given;

/// What is asked, and how often it has been asked already.
pub(crate) struct Asked<'p, A> {
    policy: &'p Policy<A>,
    facts: Vec<(String, Given<'static>)>,
    dice: Box<dyn FnMut() -> f64 + Send + 'p>,
    attempts: u32,
    /// Why the operation is not tried again, once it is not.
    reason: Option<Reason<A>>,
}

impl<'p, A> Asked<'p, A> {
    pub(crate) fn new(policy: &'p Policy<A>) -> Self {
        Asked {
            policy,
            facts: Vec::new(),
            dice: Box::new(fastrand::f64),
            attempts: 0,
            reason: None,
        }
    }

    pub(crate) fn with(&mut self, fact: &str, value: Given<'static>) {
        self.facts.push((fact.to_owned(), value));
    }

    pub(crate) fn dice(&mut self, dice: impl FnMut() -> f64 + Send + 'p) {
        self.dice = Box::new(dice);
    }

    /// The error with all that is known of it.
    fn described(&self, error: &impl Classify) -> ErrorFacts {
        let facts = self.facts.iter().cloned();
        let facts = facts.fold(error.facts(), |facts, (name, value)| facts.with(&name, value));
        facts.with("attempt", self.attempts)
    }
}

impl<A: Clone> Asked<'_, A> {
    /// How long to wait after this error; none where it was the last.
    pub(crate) fn wait(&mut self, error: &impl Classify) -> Option<Duration> {
        self.attempts = self.attempts.saturating_add(1);
        let facts = self.described(error);
        let event = match facts.event(self.policy) {
            Ok(event) => event,
            Err(error) => {
                self.reason = Some(Reason::NoEvent(error));
                return None;
            }
        };
        let rule = event.deciding_rule();
        let outcome = self.policy.rules().get(rule).map(redress::Rule::outcome);
        let Some(schedule) = outcome.and_then(schedule) else {
            self.reason = Some(Reason::Decided(Box::new(event.decide().clone())));
            return None;
        };
        if facts.is_without_retry() {
            self.reason = Some(Reason::Unwanted(Box::new(event.decide().clone())));
            return None;
        }
        let asked = facts.asked_to_wait();
        let wait = delay(schedule, self.attempts, asked, &mut *self.dice);
        if wait.is_none() {
            self.reason = Some(Reason::UsedUp(Box::new(event.decide().clone())));
        }
        wait
    }

    /// The error with why it was the last.
    pub(crate) fn given_up<E: Classify>(mut self, error: E) -> GivenUp<E, A> {
        // The loop ends by itself only after it has asked; were it otherwise, this asks now.
        if self.reason.is_none() {
            let _ = self.wait(&error);
        }
        let reason = self
            .reason
            .unwrap_or_else(|| Reason::NoEvent(redress::EventError { problems: Vec::new() }));
        GivenUp { error, attempts: self.attempts, reason }
    }
}

/// The schedule that an outcome is given, such as `after` in `store(retry, after: [1m])`: an outcome with one is what
/// it means to try again.
fn schedule(outcome: &Outcome) -> Option<&Schedule> {
    outcome.arguments.iter().find_map(|(_, argument)| match argument {
        Argument::Schedule(schedule) => Some(schedule),
        _ => None,
    })
}
