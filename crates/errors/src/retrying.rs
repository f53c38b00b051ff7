//! Operations that are awaited.

use std::iter;
use std::time::Duration;

use backon::Retryable;
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
    /// Runs the operation until it succeeds or the policy gives up, sleeping by tokio's clock in between.
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
}
