//! What is known of an error, by the names of facts.

use std::time::Duration;

use redress::{Event, EventBuilder, EventError, Given, Policy};

/// What is known of an error: facts of the standard vocabulary, and those that a user adds.
///
/// ```
/// use redress_errors::ErrorFacts;
/// let facts = ErrorFacts::new("RateLimitError").with("status", 429).with("module", 2);
/// let policy = redress::Policy::default();
/// assert_eq!(facts.event(&policy)?.decide().display, "store(retry)");
/// # Ok::<(), redress::EventError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ErrorFacts {
    facts: Vec<(String, Given<'static>)>,
    /// Whether the failing service asked not to come back.
    without_retry: bool,
}

impl ErrorFacts {
    /// An error of this name.
    pub fn new(error: impl Into<String>) -> Self {
        let facts = vec![("error".to_owned(), Given::from(error.into()))];
        ErrorFacts { facts, without_retry: false }
    }

    /// Also says what another fact is, or says otherwise what it is.
    #[must_use]
    pub fn with(mut self, fact: &str, value: impl Into<Given<'static>>) -> Self {
        self.facts.retain(|(name, _)| name != fact);
        self.facts.push((fact.to_owned(), value.into()));
        self
    }

    /// The fact `message`; an empty one says nothing.
    #[must_use]
    pub fn message(self, message: impl Into<String>) -> Self {
        let message = message.into();
        if message.is_empty() { self } else { self.with("message", message) }
    }

    /// The fact `retry_after`: how long the failing service asked to wait.
    #[must_use]
    pub fn retry_after(self, wait: Option<Duration>) -> Self {
        match wait {
            Some(wait) => self.with("retry_after", wait),
            None => self,
        }
    }

    /// The failing service asked not to come back: nobody tries again, even where the policy would. A policy does not
    /// see it.
    #[must_use]
    pub fn without_retry(mut self) -> Self {
        self.without_retry = true;
        self
    }

    /// Whether the failing service asked not to come back.
    pub fn is_without_retry(&self) -> bool {
        self.without_retry
    }

    /// What is said of a fact.
    pub fn get(&self, fact: &str) -> Option<&Given<'static>> {
        self.facts.iter().find(|(name, _)| name == fact).map(|(_, value)| value)
    }

    /// The event, for this policy. A fact that its vocabulary does not have is left out.
    ///
    /// # Errors
    /// Where a fact has another type there, or one that has to be given is missing.
    pub fn event<'p, A>(&self, policy: &'p Policy<A>) -> Result<Event<'p, A>, EventError> {
        let is_known = |name: &str| policy.vocabulary().find_fact(name).is_some();
        let known = self.facts.iter().filter(|(name, _)| is_known(name));
        let set = |event: EventBuilder<'p, A>, (name, value): &(String, Given<'static>)| {
            event.set(name, value.clone())
        };
        known.fold(policy.event(), set).build()
    }

    /// How long the failing service asked to wait.
    pub(crate) fn asked_to_wait(&self) -> Option<Duration> {
        match self.get("retry_after") {
            Some(Given::Int(milliseconds)) => {
                u64::try_from(*milliseconds).ok().map(Duration::from_millis)
            }
            Some(Given::Text(text)) => text.parse::<redress::Duration>().ok().map(Duration::from),
            _ => None,
        }
    }
}
