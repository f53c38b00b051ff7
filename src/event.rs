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
    /// One a fact of the vocabulary.
    values: Vec<Held>,
}

/// A fact's value as an event keeps it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Held {
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
            Held::Absent => Value::Absent,
            Held::Bool(value) => Value::Bool(*value),
            Held::Number(value) => Value::Number(*value),
            Held::Member(member) => Value::Member(*member),
            Held::Other(_) => Value::Member(MemberId::OTHER),
            Held::Text(text) => Value::Text(text),
        }
    }
}

impl From<Value<'_>> for Held {
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

/// The values of an event, whatever the type of the outcomes.
pub(crate) struct HeldValues<'a>(pub(crate) &'a [Held]);

impl Values for HeldValues<'_> {
    #[inline]
    fn value(&self, fact: FactId) -> Value<'_> {
        self.0.get(fact.index()).map_or(Value::Absent, Held::value)
    }
}

/// A value as an event in JSON gives it.
pub(crate) fn json(vocabulary: &Vocabulary, kind: Type, held: &Held) -> Json {
    match (held, kind) {
        (Held::Absent, _) => Json::Null,
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

    /// What becomes of it; never fails and never allocates, but for what a regular expression of the policy
    /// sets aside once a thread.
    pub fn decide(&self) -> &'p Decision<A> {
        &self.policy.decisions()[self.deciding_rule()]
    }

    /// The position, among the policy's rules, of the one that decides.
    pub fn deciding_rule(&self) -> usize {
        self.policy.index().first(&HeldValues(&self.values))
    }

    /// The policy it is bound to.
    pub fn policy(&self) -> &'p Policy<A> {
        self.policy
    }

    /// What it says of a fact, as a policy would write it; nothing where the fact is absent.
    pub fn shown(&self, fact: FactId) -> Option<String> {
        let vocabulary = self.policy.vocabulary();
        let kind = vocabulary.fact(fact).kind;
        match (self.values.get(fact.index())?, kind) {
            (Held::Absent, _) => None,
            (Held::Bool(value), _) => Some(value.to_string()),
            (Held::Number(value), _) => Some(vocabulary.show_number(kind, *value).to_string()),
            (Held::Member(member), Type::Enum(id)) => {
                vocabulary.enum_type(id).name_of(*member).map(str::to_owned)
            }
            (Held::Member(_), _) => None,
            (Held::Other(text) | Held::Text(text), _) => Some(quoted(text)),
        }
    }

    /// What it says of a fact, as an event in JSON gives it: a boolean, a number or a string, `null` where it is
    /// absent.
    pub fn json(&self, fact: FactId) -> Json {
        let vocabulary = self.policy.vocabulary();
        json(vocabulary, vocabulary.fact(fact).kind, self.held(fact))
    }

    pub(crate) fn held(&self, fact: FactId) -> &Held {
        self.values.get(fact.index()).unwrap_or(&Held::Absent)
    }

    pub(crate) fn values(&self) -> HeldValues<'_> {
        HeldValues(&self.values)
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
