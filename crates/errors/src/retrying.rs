//! Operations that are retried.

use std::cell::RefCell;
use std::iter;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use backon::{BlockingRetryable, Retryable};
use redress::{Given, Outcome, Policy};

use crate::asked::Asked;
use crate::classify::Classify;
use crate::given_up::GivenUp;

/// An operation that is to be retried, and what is known of every error of it.
///
/// Made by [`Retry::retry`](crate::Retry::retry).
#[must_use = "nothing is done before `run`"]
pub struct Retrying<'p, A = Outcome> {
    asked: Asked<'p, A>,
}

impl<'p, A> Retrying<'p, A> {
    pub(crate) fn new(policy: &'p Policy<A>) -> Self {
        Retrying { asked: Asked::new(policy) }
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

impl<A: Clone> Retrying<'_, A> {
    /// Awaits the operation until it succeeds or the policy gives up, sleeping by tokio's clock in between.
    ///
    /// # Errors
    /// The last error with what was decided about it.
    #[cfg(feature = "tokio")]
    pub async fn run<T, E: Classify, F: Future<Output = Result<T, E>>>(
        self,
        operation: impl FnMut() -> F,
    ) -> Result<T, GivenUp<E, A>> {
        self.run_with_sleep(operation, |wait| backon::Sleeper::sleep(&backon::TokioSleeper, wait))
            .await
    }

    /// The same with another way to wait, such as the timer of another runtime.
    ///
    /// # Errors
    /// The last error with what was decided about it.
    pub async fn run_with_sleep<T, E, F, S>(
        mut self,
        operation: impl FnMut() -> F,
        sleep: impl Fn(Duration) -> S + 'static,
    ) -> Result<T, GivenUp<E, A>>
    where
        E: Classify,
        F: Future<Output = Result<T, E>>,
        S: Future<Output = ()> + 'static,
    {
        let asked = &mut self.asked;
        let answer = operation
            // How long each delay is, and which is the last, only the policy knows.
            .retry(iter::repeat(Duration::ZERO))
            .sleep(sleep)
            .adjust(|error, _| asked.wait(error))
            .await;
        answer.map_err(|error| self.asked.given_up(error))
    }

    /// Runs an operation that blocks until it succeeds or the policy gives up; this thread sleeps in between.
    ///
    /// # Errors
    /// The last error with what was decided about it.
    pub fn run_blocking<T, E: Classify>(
        self,
        operation: impl FnMut() -> Result<T, E>,
    ) -> Result<T, GivenUp<E, A>> {
        self.run_blocking_with_sleep(operation, std::thread::sleep)
    }

    /// The same with another way to wait.
    ///
    /// # Errors
    /// The last error with what was decided about it.
    pub fn run_blocking_with_sleep<T, E: Classify>(
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
