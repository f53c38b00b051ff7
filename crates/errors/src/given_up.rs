//! An operation that is not tried again, and why.

use std::fmt;

use redress::{Decision, EventError, Outcome};

/// The last error of an operation, along with what the policy decided about it.
#[derive(Debug)]
pub struct GivenUp<E, A = Outcome> {
    /// What went wrong the last time.
    pub error: E,
    /// How often the operation was tried.
    pub attempts: u32,
    /// Why it is not tried again.
    pub reason: Reason<A>,
}

/// Why an operation is not tried again.
#[derive(Debug)]
#[non_exhaustive]
pub enum Reason<A = Outcome> {
    /// The policy decided something else.
    Decided(Box<Decision<A>>),
    /// The policy would try again, but its schedule has no more delays.
    UsedUp(Box<Decision<A>>),
    /// The policy would try again, but the failing service asked not to.
    Unwanted(Box<Decision<A>>),
    /// The policy could not be asked.
    NoEvent(EventError),
}

impl<E, A> GivenUp<E, A> {
    /// What the policy decided about the last error; none where it could not be asked.
    pub fn decision(&self) -> Option<&Decision<A>> {
        match &self.reason {
            Reason::Decided(decision) | Reason::UsedUp(decision) | Reason::Unwanted(decision) => {
                Some(decision)
            }
            Reason::NoEvent(_) => None,
        }
    }
}

impl<E: fmt::Display, A> fmt::Display for GivenUp<E, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let GivenUp { error, attempts, reason } = self;
        let tries = if *attempts == 1 { "try" } else { "tries" };
        write!(f, "{error} (after {attempts} {tries}: ")?;
        match reason {
            Reason::Decided(decision) => write!(f, "{} by {})", decision.display, decision.at),
            Reason::UsedUp(decision) => write!(f, "the schedule of {} is used up)", decision.at),
            Reason::Unwanted(_) => f.write_str("the service asked not to be tried again)"),
            Reason::NoEvent(error) => write!(f, "the policy cannot be asked, {error})"),
        }
    }
}

impl<E: std::error::Error + 'static, A: fmt::Debug> std::error::Error for GivenUp<E, A> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}
