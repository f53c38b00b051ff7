//! Events given fact by fact.

use std::fmt;

use super::error::{EventError, EventProblem};
use super::fit::{read, read_written};
use super::given::Given;
use super::problems::Problems;
use super::{Event, Held};
use crate::decision::Outcome;
use crate::policy::Policy;
use crate::suggest::suggest;
use crate::vocabulary::{Fact, Vocabulary};

/// Gathers the facts of an event and the problems with them.
pub struct EventBuilder<'p, A = Outcome> {
    policy: &'p Policy<A>,
    /// One a fact of the vocabulary, up to the last one that is given.
    values: Vec<Held>,
    problems: Problems,
}

impl<'p, A> EventBuilder<'p, A> {
    pub(crate) fn new(policy: &'p Policy<A>) -> Self {
        let values = Vec::with_capacity(policy.vocabulary().facts().len());
        EventBuilder { policy, values, problems: Problems::default() }
    }

    /// Says what a fact is; what does not fit is reported by [`build`](Self::build).
    #[must_use]
    pub fn set<'a>(mut self, key: &str, value: impl Into<Given<'a>>) -> Self {
        self.give(key, value.into());
        self
    }

    /// Says what a fact is in the words of a command line or of a table's cell: `3`, `true`, `10m`, a name.
    /// An empty text is nothing, unless the fact is a text that has to be given.
    #[must_use]
    pub fn set_written(mut self, key: &str, written: &str) -> Self {
        self.put(key, |vocabulary, fact| read_written(vocabulary, fact, written));
        self
    }

    /// The event; what is not said has its default.
    ///
    /// # Errors
    /// Every key that is unknown, given twice or does not fit, up to a hundred of them, and every required fact that
    /// is missing.
    pub fn build(self) -> Result<Event<'p, A>, EventError> {
        let EventBuilder { policy, values, mut problems } = self;
        for &fact in policy.required() {
            let name = &policy.vocabulary().fact(fact).name;
            let is_unsaid = matches!(values.get(fact.index()), None | Some(Held::Unsaid));
            if is_unsaid {
                problems.missing(name);
            }
        }
        let problems = problems.finish();
        if problems.is_empty() {
            Ok(Event { policy, values })
        } else {
            Err(EventError { problems })
        }
    }

    /// Says what a fact is, in place.
    pub(super) fn give(&mut self, key: &str, given: Given<'_>) {
        self.put(key, |vocabulary, fact| read(vocabulary, fact, given));
    }

    fn put(
        &mut self,
        key: &str,
        read: impl FnOnce(&Vocabulary, &Fact) -> Result<Held, EventProblem>,
    ) {
        let vocabulary = self.policy.vocabulary();
        let Some(id) = vocabulary.find_fact(key) else {
            return self.problems.add(|| unknown(vocabulary, key));
        };
        if self.values.len() <= id.index() {
            let missing = id.index() + 1 - self.values.len();
            self.values.extend(std::iter::repeat_with(|| Held::Unsaid).take(missing));
        }
        let slot = &mut self.values[id.index()];
        if !matches!(slot, Held::Unsaid) {
            return self.problems.add(|| EventProblem::Duplicate { key: key.to_owned() });
        }
        match read(vocabulary, vocabulary.fact(id)) {
            Ok(value) => *slot = value,
            Err(problem) => self.problems.add(|| problem),
        }
    }
}

impl<A> fmt::Debug for EventBuilder<'_, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventBuilder").field("problems", &self.problems).finish_non_exhaustive()
    }
}

#[cold]
fn unknown(vocabulary: &Vocabulary, key: &str) -> EventProblem {
    let names = vocabulary.facts().map(|(_, fact)| fact.name.as_str());
    EventProblem::UnknownKey {
        key: key.to_owned(),
        suggestion: suggest(key, names).map(str::to_owned),
    }
}
