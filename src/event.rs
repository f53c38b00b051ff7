//! Events that fit a policy's vocabulary, and what they hold.

mod builder;
mod error;
mod fit;
mod given;
mod json;
mod map;
mod number;
mod order;
mod plain;
mod problems;
mod reader;
mod seen;
#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test says what is wrong by failing")]
mod tests;
mod unknown;

use std::fmt;

use serde_json::Value as Json;

use crate::decide::{Value, Values};
use crate::decision::{Decision, Outcome};
use crate::literal::quoted;
use crate::policy::Policy;
use crate::vocabulary::{FactId, MemberId, Type, Vocabulary};

pub use builder::EventBuilder;
pub use error::{EventError, EventProblem};
pub(crate) use fit::{read, show_range};
pub use given::Given;
pub use reader::{Decided, EventReader};
pub use unknown::UnknownName;

/// An event that fits the vocabulary of a policy; deciding it cannot fail.
pub struct Event<'p, A = Outcome> {
    policy: &'p Policy<A>,
    /// One a fact of the vocabulary, up to the last one that is given at least.
    values: Vec<Held>,
}

/// A fact's value as an event keeps it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Held {
    /// It is not given.
    Unsaid,
    /// It is given as nothing, which means the same.
    Absent,
    Bool(bool),
    Number(i64),
    Member(MemberId),
    /// A name that an open enum does not know.
    Other(Box<str>),
    Text(Box<str>),
}

impl Held {
    #[inline]
    pub(crate) fn value(&self) -> Value<'_> {
        match self {
            Held::Unsaid | Held::Absent => Value::Absent,
            Held::Bool(value) => Value::Bool(*value),
            Held::Number(value) => Value::Number(*value),
            Held::Member(member) => Value::Member(*member),
            Held::Other(_) => Value::Member(MemberId::OTHER),
            Held::Text(text) => Value::Text(text),
        }
    }
}

impl From<Value<'_>> for Held {
    #[inline]
    fn from(value: Value<'_>) -> Self {
        match value {
            Value::Absent => Held::Absent,
            Value::Bool(value) => Held::Bool(value),
            Value::Number(value) => Held::Number(value),
            Value::Member(member) => Held::Member(member),
            Value::Text(text) => Held::Text(text.into()),
        }
    }
}

/// The values of an event with the defaults of its vocabulary, whatever the type of the outcomes.
pub(crate) struct HeldValues<'a> {
    values: &'a [Held],
    vocabulary: &'a Vocabulary,
}

impl<'a> HeldValues<'a> {
    pub(crate) fn new(vocabulary: &'a Vocabulary, values: &'a [Held]) -> Self {
        HeldValues { values, vocabulary }
    }
}

impl Values for HeldValues<'_> {
    #[inline]
    fn value(&self, fact: FactId) -> Value<'_> {
        match self.values.get(fact.index()) {
            None | Some(Held::Unsaid | Held::Absent) => self.vocabulary.fact(fact).unsaid(),
            Some(held) => held.value(),
        }
    }
}

/// A value as an event in JSON gives it.
pub(crate) fn json(vocabulary: &Vocabulary, kind: Type, held: &Held) -> Json {
    match (held, kind) {
        (Held::Unsaid | Held::Absent, _) => Json::Null,
        (Held::Bool(value), _) => Json::from(*value),
        (Held::Number(value), Type::Int) => Json::from(*value),
        (Held::Number(value), _) => Json::from(vocabulary.show_number(kind, *value).to_string()),
        (Held::Member(member), Type::Enum(id)) => {
            Json::from(vocabulary.enum_type(id).name_of(*member))
        }
        (Held::Member(_), _) => Json::Null,
        (Held::Other(text) | Held::Text(text), _) => Json::from(&**text),
    }
}

impl<'p, A> Event<'p, A> {
    /// An event of these values, one a fact of the policy's vocabulary, which they fit.
    pub(crate) fn of(policy: &'p Policy<A>, values: Vec<Held>) -> Self {
        Event { policy, values }
    }

    /// What becomes of it; never fails and never allocates, but for the room that a `matches` works in: it is kept for
    /// the threads that decide, and now and then more of it is made.
    pub fn decide(&self) -> &'p Decision<A> {
        &self.policy.decisions()[self.deciding_rule()]
    }

    /// The position, among the policy's rules, of the one that decides.
    pub fn deciding_rule(&self) -> usize {
        self.policy.index().first(&self.values())
    }

    /// The policy it is bound to.
    pub fn policy(&self) -> &'p Policy<A> {
        self.policy
    }

    /// What it says of a fact, as a policy would write it; nothing where the fact is absent.
    ///
    /// # Panics
    /// As [`Vocabulary::fact`].
    pub fn shown(&self, fact: FactId) -> Option<String> {
        let vocabulary = self.policy.vocabulary();
        let kind = vocabulary.fact(fact).kind;
        match (self.held(fact), kind) {
            (Held::Unsaid | Held::Absent, _) => None,
            (Held::Bool(value), _) => Some(value.to_string()),
            (Held::Number(value), _) => Some(vocabulary.show_number(kind, value).to_string()),
            (Held::Member(member), Type::Enum(id)) => {
                vocabulary.enum_type(id).name_of(member).map(str::to_owned)
            }
            (Held::Member(_), _) => None,
            (Held::Other(text) | Held::Text(text), _) => Some(quoted(&text)),
        }
    }

    /// What it says of a fact, as an event in JSON gives it: a boolean, a number or a string, `null` where it is
    /// absent.
    ///
    /// # Panics
    /// As [`Vocabulary::fact`].
    pub fn json(&self, fact: FactId) -> Json {
        let vocabulary = self.policy.vocabulary();
        json(vocabulary, vocabulary.fact(fact).kind, &self.held(fact))
    }

    /// What it says of a fact, or the fact's default.
    pub(crate) fn held(&self, fact: FactId) -> Held {
        match self.values.get(fact.index()) {
            Some(other @ Held::Other(_)) => other.clone(),
            _ => self.values().value(fact).into(),
        }
    }

    pub(crate) fn values(&self) -> HeldValues<'_> {
        HeldValues::new(self.policy.vocabulary(), &self.values)
    }
}

impl<A> fmt::Debug for Event<'_, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let facts = self.policy.vocabulary().facts();
        f.debug_map()
            .entries(facts.filter_map(|(id, fact)| Some((&fact.name, self.shown(id)?))))
            .finish()
    }
}
