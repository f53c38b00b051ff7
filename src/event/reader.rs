//! Events decided straight from what they are written in, one after the other.

use std::fmt;

use serde::de::Deserializer;
use serde_json::{Map, Value as Json};

use super::error::{EventError, EventProblem};
use super::given::Given;
use super::json;
use super::order::Order;
use super::plain::Facts;
use super::seen::{Seen, SeenValues};
use crate::decision::{Decision, Outcome};
use crate::policy::Policy;
use crate::vocabulary::FactId;

/// Reads events and decides them without keeping them.
///
/// It belongs to a policy, as its events do, and an event says the same to it as to
/// [`event_from_json`](Policy::event_from_json) and its sisters, problems included. But it works in the same memory
/// all the time, borrows texts from where they stand, and expects facts in the order in which they came before: for
/// many events it is several times as fast, and allocates nothing for one that is as it should be and whose texts
/// have no escapes.
///
/// ```
/// let policy = redress::Policy::default();
/// let mut reader = policy.reader();
/// let lines = r#"{"error": "ConnectionError", "module": 3}
/// {"error": "DataError", "module": 1}"#;
/// let decisions: Result<Vec<&str>, _> =
///     lines.lines().map(|line| Ok(reader.json(line)?.decision.display.as_str())).collect();
/// assert_eq!(decisions?, ["store(retry)", "stop"]);
/// # Ok::<(), redress::EventError>(())
/// ```
pub struct EventReader<'p, A = Outcome> {
    policy: &'p Policy<A>,
    seen: Seen<'static>,
    order: Order,
}

/// What became of an event.
#[derive(Debug)]
pub struct Decided<'p, A = Outcome> {
    /// The position, among the policy's rules, of the one that decided.
    pub rule: usize,
    /// What it decided.
    pub decision: &'p Decision<A>,
}

impl<A> Policy<A> {
    /// Begins to read events that are not kept.
    pub fn reader(&self) -> EventReader<'_, A> {
        let vocabulary = self.vocabulary();
        EventReader { policy: self, seen: Seen::new(vocabulary), order: Order::new(vocabulary) }
    }
}

impl<'p, A> EventReader<'p, A> {
    /// Decides an event given as JSON text.
    ///
    /// # Errors
    /// As [`Policy::event_from_json`].
    pub fn json(&mut self, text: &str) -> Result<Decided<'p, A>, EventError> {
        let plain = self.plainly(|facts| {
            let mut deserializer = serde_json::Deserializer::from_str(text);
            deserializer.deserialize_map(facts).and_then(|()| deserializer.end()).is_ok()
        });
        plain.map_or_else(|| Ok(self.rule(json::read(self.policy, text)?.deciding_rule())), Ok)
    }

    /// Decides an event given as a map of JSON values.
    ///
    /// # Errors
    /// As [`EventBuilder::read`](super::EventBuilder::read) and [`build`](super::EventBuilder::build).
    ///
    /// ```
    /// let policy = redress::Policy::default();
    /// let serde_json::Value::Object(facts) = serde_json::json!({"error": "DataError", "module": 2}) else { return };
    /// assert_eq!(policy.reader().map(&facts).unwrap().decision.display, "store(manual)");
    /// ```
    pub fn map(&mut self, facts: &Map<String, Json>) -> Result<Decided<'p, A>, EventError> {
        if let Some(plain) = self.plainly(|reader| facts.deserialize_map(reader).is_ok()) {
            return Ok(plain);
        }
        let unreadable = |error: serde_json::Error| EventError {
            problems: vec![EventProblem::Unreadable(error.to_string())],
        };
        let event = self.policy.event().read(facts).map_err(unreadable)?.build()?;
        Ok(self.rule(event.deciding_rule()))
    }

    /// Decides an event whose facts are given by their names, as [`EventBuilder::set`](super::EventBuilder::set)
    /// takes them.
    ///
    /// # Errors
    /// As [`EventBuilder::build`](super::EventBuilder::build).
    ///
    /// ```
    /// let policy = redress::Policy::default();
    /// let mut reader = policy.reader();
    /// let decided = reader.given(&[("error", "DataError".into()), ("module", 2.into())])?;
    /// assert_eq!(decided.decision.display, "store(manual)");
    /// # Ok::<(), redress::EventError>(())
    /// ```
    pub fn given(&mut self, facts: &[(&str, Given<'_>)]) -> Result<Decided<'p, A>, EventError> {
        let plain = self.plainly(|mut reader| {
            facts.iter().all(|(name, given)| reader.take_given(name, given).is_some())
        });
        if let Some(plain) = plain {
            return Ok(plain);
        }
        let set = |builder: super::EventBuilder<'p, A>, (name, given): &(&str, Given<'_>)| {
            builder.set(name, given.clone())
        };
        let event = facts.iter().fold(self.policy.event(), set).build()?;
        Ok(self.rule(event.deciding_rule()))
    }

    /// Decides an event whose facts are given in the words of a command line or of a table's cells.
    ///
    /// # Errors
    /// As [`EventBuilder::set_written`](super::EventBuilder::set_written) and
    /// [`build`](super::EventBuilder::build).
    ///
    /// ```
    /// let policy = redress::Policy::default();
    /// let facts = [("error", "DataError"), ("module", "2"), ("status", "")];
    /// assert_eq!(policy.reader().written(facts)?.decision.display, "store(manual)");
    /// # Ok::<(), redress::EventError>(())
    /// ```
    pub fn written<'a>(
        &mut self,
        facts: impl IntoIterator<Item = (&'a str, &'a str), IntoIter: Clone>,
    ) -> Result<Decided<'p, A>, EventError> {
        let facts = facts.into_iter();
        let plain = self.plainly(|mut reader| {
            facts.clone().all(|(name, written)| reader.take_named(name, written).is_some())
        });
        plain.map_or_else(|| self.carefully(facts), Ok)
    }

    /// Decides an event whose facts are given as the cells of a table are, below columns that are known to be these
    /// facts of the policy's [`vocabulary`](Policy::vocabulary): the same as [`written`](Self::written), but no name
    /// is looked up.
    ///
    /// # Errors
    /// As [`written`](Self::written).
    ///
    /// # Panics
    /// As [`Vocabulary::fact`](crate::vocabulary::Vocabulary::fact).
    ///
    /// ```
    /// let policy = redress::Policy::default();
    /// let facts = ["error", "module", "status"].map(|name| policy.vocabulary().find_fact(name).unwrap());
    /// let mut reader = policy.reader();
    /// assert_eq!(reader.cells(&facts, ["DataError", "2", ""])?.decision.display, "store(manual)");
    /// assert_eq!(reader.cells(&facts, ["DataError", "1", "503"])?.decision.display, "stop");
    /// # Ok::<(), redress::EventError>(())
    /// ```
    pub fn cells<'a>(
        &mut self,
        facts: &[FactId],
        cells: impl IntoIterator<Item = &'a str, IntoIter: Clone>,
    ) -> Result<Decided<'p, A>, EventError> {
        let facts = facts.iter().copied().zip(cells);
        let plain = self.plainly(|mut reader| {
            facts.clone().all(|(fact, cell)| reader.take_written(fact, cell).is_some())
        });
        let vocabulary = self.policy.vocabulary();
        let named = facts.map(|(fact, cell)| (vocabulary.fact(fact).name.as_str(), cell));
        plain.map_or_else(|| self.carefully(named), Ok)
    }

    /// Decides an event in the words of a command line, or says all that is wrong with it.
    #[cold]
    fn carefully<'a>(
        &self,
        facts: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> Result<Decided<'p, A>, EventError> {
        let set = |builder: super::EventBuilder<'p, A>, (name, written): (&str, &str)| {
            builder.set_written(name, written)
        };
        let event = facts.fold(self.policy.event(), set).build()?;
        Ok(self.rule(event.deciding_rule()))
    }

    /// Decides an event that is plainly right; of all others, whoever takes their time says what they are.
    fn plainly<'a>(&mut self, read: impl FnOnce(Facts<'_, 'a>) -> bool) -> Option<Decided<'p, A>> {
        let vocabulary = self.policy.vocabulary();
        let mut seen = std::mem::take(&mut self.seen).emptied();
        self.order.begin();
        let is_plain = read(Facts { vocabulary, seen: &mut seen, order: &mut self.order });
        let rule = (is_plain && seen.has_all(self.policy.required()))
            .then(|| self.policy.index().first(&SeenValues { seen: &seen, vocabulary }));
        self.seen = seen.emptied();
        rule.map(|rule| self.rule(rule))
    }

    fn rule(&self, rule: usize) -> Decided<'p, A> {
        Decided { rule, decision: &self.policy.decisions()[rule] }
    }
}

impl<A> fmt::Debug for EventReader<'_, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventReader").field("policy", self.policy).finish_non_exhaustive()
    }
}
