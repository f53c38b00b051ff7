//! Operations that block.

use std::cell::RefCell;
use std::iter;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use backon::BlockingRetryable;
use redress::{Given, Outcome, Policy};

use crate::asked::Asked;
use crate::classify::Classify;
use crate::given_up::GivenUp;

/// An operation that blocks and is to be retried, and what is known of every error of it.
///
/// Made by [`Retry::retry_blocking`](crate::Retry::retry_blocking).
#[must_use = "nothing is done before `run`"]
pub struct RetryingBlocking<'p, A = Outcome> {
    asked: Asked<'p, A>,
}

impl<'p, A> RetryingBlocking<'p, A> {
    pub(crate) fn new(policy: &'p Policy<A>) -> Self {
        RetryingBlocking { asked: Asked::new(policy) }
    }

    /// Says what a fact is, whatever the error; the standard vocabulary has to be told the `module`.
    pub fn with(mut self, fact: &str, value: impl Into<Given<'static>>) -> Self {
        self.asked.with(fact, value.into());
        self
    }

    /// What settles jitter: gives numbers from 0 to 1, otherwise by chance.
    pub fn dice(mut self, dice: impl FnMut() -> f64 + Send + 'p) -> Self {
        self.asked.dice(dice);
        self
    }
}

impl<A: Clone> RetryingBlocking<'_, A> {
    /// Runs the operation until it succeeds or the policy gives up, sleeping in between.
    ///
    /// # Errors
    /// The last error with what was decided about it.
    pub fn run<T, E: Classify>(
        self,
        operation: impl FnMut() -> Result<T, E>,
    ) -> Result<T, GivenUp<E, A>> {
        self.run_with_sleep(operation, std::thread::sleep)
    }

    /// The same with another way to wait.
    ///
    /// # Errors
    /// The last error with what was decided about it.
    pub fn run_with_sleep<T, E: Classify>(
        self,
        operation: impl FnMut() -> Result<T, E>,
        sleep: impl Fn(Duration) + 'static,
    ) -> Result<T, GivenUp<E, A>> {
        let asked = RefCell::new(self.asked);
        // The policy is asked first and its delay is taken right after.
        let next = Mutex::new(None);
        let held = || next.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = operation
            .retry(iter::from_fn(|| held().take()))
            .when(|error| {
                let wait = asked.borrow_mut().wait(error);
                *held() = wait;
                wait.is_some()
            })
            .sleep(sleep)
            .call();
        answer.map_err(|error| asked.into_inner().given_up(error))
    }
}
