//! Events given fact by fact, or as a map from any serde format.

use std::borrow::Cow;
use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::decide::{self, Value, Values};
use crate::decision::{Decision, Outcome};
use crate::facts::did_you_mean;
use crate::policy::Policy;
use crate::suggest::suggest;
use crate::value::{Duration, QuantityError, Size};
use crate::vocabulary::{EnumType, Fact, FactId, MemberId, Type, Vocabulary};

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
    fn value(&self, fact: FactId) -> Value<'_> {
        self.0.get(fact.index()).map_or(Value::Absent, Held::value)
    }
}

impl<'p, A> Event<'p, A> {
    /// What becomes of it; never fails and never allocates, but for what a regular expression of the policy
    /// sets aside once a thread.
    pub fn decide(&self) -> &'p Decision<A> {
        &self.policy.decisions()[self.deciding_rule()]
    }

    /// The position, among the policy's rules, of the one that decides.
    pub fn deciding_rule(&self) -> usize {
        decide::first_match(self.policy.rules(), &HeldValues(&self.values))
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
            (Held::Other(text) | Held::Text(text), _) => Some(format!("{text:?}")),
        }
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

/// A value given for a fact, before it is known to fit.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Given<'a> {
    /// Nothing; the same as not giving the fact.
    Null,
    /// `true`
    Bool(bool),
    /// `3`
    Int(i64),
    /// A text, a name, a duration or a size, as the fact's type will have it.
    Text(Cow<'a, str>),
    /// Something no fact can be, in words: `a list`.
    Unfit(Cow<'static, str>),
}

impl From<bool> for Given<'_> {
    fn from(value: bool) -> Self {
        Given::Bool(value)
    }
}

macro_rules! given_integers {
    ($($type:ty)*) => {$(
        impl From<$type> for Given<'_> {
            fn from(value: $type) -> Self {
                #[allow(irrefutable_let_patterns, reason = "it can fail for some of the types")]
                let Ok(value) = i64::try_from(value) else { return Given::Unfit("a number over 64 bits".into()) };
                Given::Int(value)
            }
        }
    )*};
}

given_integers!(i8 i16 i32 i64 isize u8 u16 u32 u64 usize);

impl<'a> From<&'a str> for Given<'a> {
    fn from(text: &'a str) -> Self {
        Given::Text(text.into())
    }
}

impl From<String> for Given<'_> {
    fn from(text: String) -> Self {
        Given::Text(text.into())
    }
}

impl From<std::time::Duration> for Given<'_> {
    fn from(duration: std::time::Duration) -> Self {
        Given::from(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
    }
}

impl From<Duration> for Given<'_> {
    fn from(duration: Duration) -> Self {
        Given::Int(duration.milliseconds())
    }
}

impl From<Size> for Given<'_> {
    fn from(size: Size) -> Self {
        Given::Int(size.bytes())
    }
}

impl<'a, T: Into<Given<'a>>> From<Option<T>> for Given<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Given::Null, T::into)
    }
}

/// Gathers the facts of an event and the problems with them.
pub struct EventBuilder<'p, A = Outcome> {
    policy: &'p Policy<A>,
    values: Vec<Option<Held>>,
    problems: Vec<EventProblem>,
}

impl<'p, A> EventBuilder<'p, A> {
    pub(crate) fn new(policy: &'p Policy<A>) -> Self {
        let values = vec![None; policy.vocabulary().facts().len()];
        EventBuilder { policy, values, problems: Vec::new() }
    }

    /// Says what a fact is; what does not fit is reported by [`build`](Self::build).
    #[must_use]
    pub fn set<'a>(mut self, key: &str, value: impl Into<Given<'a>>) -> Self {
        self.put(key, |vocabulary, fact| read(vocabulary, fact, value.into()));
        self
    }

    /// Says what a fact is in the words of a command line or of a table's cell: `3`, `true`, `10m`, a name.
    /// An empty text is nothing, unless the fact is a text that has to be given.
    #[must_use]
    pub fn set_written(mut self, key: &str, written: &str) -> Self {
        self.put(key, |vocabulary, fact| read_written(vocabulary, fact, written));
        self
    }

    /// Reads the facts from a map of any serde format.
    ///
    /// # Errors
    /// The format's own, where it cannot be read, or is no map. What does not fit is reported by
    /// [`build`](Self::build).
    pub fn read<'de, D: Deserializer<'de>>(mut self, deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MapReader { builder: &mut self })?;
        Ok(self)
    }

    /// The event, with defaults filled in.
    ///
    /// # Errors
    /// Every key that is unknown, given twice or does not fit, and every required fact that is missing.
    pub fn build(self) -> Result<Event<'p, A>, EventError> {
        let EventBuilder { policy, values, mut problems } = self;
        let vocabulary = policy.vocabulary();
        let mut held = Vec::with_capacity(values.len());
        for ((_, fact), value) in vocabulary.facts().zip(values) {
            if value.is_none() && fact.is_required() && !is_told(&problems, &fact.name) {
                problems.push(EventProblem::Missing { key: fact.name.clone() });
            }
            let otherwise =
                || fact.default.as_ref().map_or(Held::Absent, |default| default.value().into());
            held.push(value.filter(|value| *value != Held::Absent).unwrap_or_else(otherwise));
        }
        if problems.is_empty() {
            Ok(Event { policy, values: held })
        } else {
            Err(EventError { problems })
        }
    }

    fn put(
        &mut self,
        key: &str,
        read: impl FnOnce(&Vocabulary, &Fact) -> Result<Held, EventProblem>,
    ) {
        let vocabulary = self.policy.vocabulary();
        let Some(id) = vocabulary.find_fact(key) else {
            let names = vocabulary.facts().map(|(_, fact)| fact.name.as_str());
            let suggestion = suggest(key, names).map(str::to_owned);
            return self
                .problems
                .push(EventProblem::UnknownKey { key: key.to_owned(), suggestion });
        };
        let slot = &mut self.values[id.index()];
        if slot.is_some() {
            return self.problems.push(EventProblem::Duplicate { key: key.to_owned() });
        }
        match read(vocabulary, vocabulary.fact(id)) {
            Ok(value) => *slot = Some(value),
            Err(problem) => self.problems.push(problem),
        }
    }
}

impl<A> fmt::Debug for EventBuilder<'_, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventBuilder").field("problems", &self.problems).finish_non_exhaustive()
    }
}

/// Whether it is said already that a fact is not given as it should: its value does not fit, or its name is
/// misspelt.
fn is_told(problems: &[EventProblem], fact: &str) -> bool {
    problems.iter().any(|problem| match problem {
        EventProblem::UnknownKey { suggestion, .. } => suggestion.as_deref() == Some(fact),
        other => other.key() == fact,
    })
}

/// Reads a value for a fact.
pub(crate) fn read(
    vocabulary: &Vocabulary,
    fact: &Fact,
    given: Given<'_>,
) -> Result<Held, EventProblem> {
    match (given, fact.kind) {
        (Given::Null, _) if fact.is_required() => {
            Err(EventProblem::Missing { key: fact.name.clone() })
        }
        (Given::Null, _) => Ok(Held::Absent),
        (Given::Bool(value), Type::Bool) => Ok(Held::Bool(value)),
        (Given::Int(value), Type::Int | Type::Duration | Type::Size) => {
            in_range(vocabulary, fact, value)
        }
        (Given::Text(text), Type::Duration) => {
            quantity(vocabulary, fact, &text, text.parse::<Duration>().map(Duration::milliseconds))
        }
        (Given::Text(text), Type::Size) => {
            quantity(vocabulary, fact, &text, text.parse::<Size>().map(Size::bytes))
        }
        (Given::Text(text), Type::Text) => Ok(Held::Text(text.into())),
        (Given::Text(text), Type::Enum(id)) => member(vocabulary.enum_type(id), fact, &text),
        (given, _) => Err(wrong_type(vocabulary, fact, shown(&given))),
    }
}

/// Reads a value written as on a command line.
fn read_written(vocabulary: &Vocabulary, fact: &Fact, written: &str) -> Result<Held, EventProblem> {
    if written.is_empty() && !(fact.is_required() && fact.kind == Type::Text) {
        return read(vocabulary, fact, Given::Null);
    }
    let given = match (fact.kind, written) {
        (Type::Bool, "true") => Given::Bool(true),
        (Type::Bool, "false") => Given::Bool(false),
        (Type::Int | Type::Duration | Type::Size, _) => match written.parse() {
            Ok(value) => Given::Int(value),
            Err(_) => Given::Text(written.into()),
        },
        _ => Given::Text(written.into()),
    };
    read(vocabulary, fact, given)
}

fn in_range(vocabulary: &Vocabulary, fact: &Fact, value: i64) -> Result<Held, EventProblem> {
    if (fact.low..=fact.high).contains(&value) {
        return Ok(Held::Number(value));
    }
    Err(EventProblem::OutOfRange {
        key: fact.name.clone(),
        value: vocabulary.show_number(fact.kind, value).to_string(),
        range: show_range(vocabulary, fact.kind, fact.low, fact.high),
    })
}

fn quantity(
    vocabulary: &Vocabulary,
    fact: &Fact,
    text: &str,
    value: Result<i64, QuantityError>,
) -> Result<Held, EventProblem> {
    match value {
        Ok(value) => in_range(vocabulary, fact, value),
        Err(_) => Err(wrong_type(vocabulary, fact, format!("{text:?}"))),
    }
}

fn member(members: &EnumType, fact: &Fact, text: &str) -> Result<Held, EventProblem> {
    match members.member(text) {
        Some(member) => Ok(Held::Member(member)),
        None if members.open => Ok(Held::Other(text.into())),
        None => Err(EventProblem::NotAMember {
            key: fact.name.clone(),
            value: text.to_owned(),
            enum_name: members.name.clone(),
            suggestion: suggest(text, members.spellings_in_order()).map(str::to_owned),
        }),
    }
}

fn wrong_type(vocabulary: &Vocabulary, fact: &Fact, value: String) -> EventProblem {
    EventProblem::WrongType {
        key: fact.name.clone(),
        value,
        expected: expected(vocabulary, fact.kind),
    }
}

/// What an event has to give for a fact of this type.
fn expected(vocabulary: &Vocabulary, kind: Type) -> String {
    match kind {
        Type::Bool => "`true` or `false`".to_owned(),
        Type::Int => "an integer".to_owned(),
        Type::Duration => "a duration such as \"10m\", or milliseconds".to_owned(),
        Type::Size => "a size such as \"20MB\", or bytes".to_owned(),
        Type::Text => "a text".to_owned(),
        Type::Enum(id) => format!("the name of an `{}`", vocabulary.enum_type(id).name),
    }
}

fn shown(given: &Given<'_>) -> String {
    match given {
        Given::Null => "null".to_owned(),
        Given::Bool(value) => value.to_string(),
        Given::Int(value) => value.to_string(),
        Given::Text(text) => format!("{text:?}"),
        Given::Unfit(what) => what.clone().into_owned(),
    }
}

/// `100..599`, open where the type's own bounds are meant.
pub(crate) fn show_range(vocabulary: &Vocabulary, kind: Type, low: i64, high: i64) -> String {
    let low =
        if low == i64::MIN { String::new() } else { vocabulary.show_number(kind, low).to_string() };
    let high = if high == i64::MAX {
        String::new()
    } else {
        vocabulary.show_number(kind, high).to_string()
    };
    format!("{low}..{high}")
}

impl EnumType {
    /// Every right spelling, then every other one.
    pub(crate) fn spellings_in_order(&self) -> impl Iterator<Item = &str> {
        let right = self.members.iter().map(|member| member.name.as_str());
        right.chain(
            self.members.iter().flat_map(|member| member.spellings.iter().map(String::as_str)),
        )
    }
}

/// Reads a map into a builder.
struct MapReader<'a, 'p, A> {
    builder: &'a mut EventBuilder<'p, A>,
}

impl<'de, A> Visitor<'de> for MapReader<'_, '_, A> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an event: a map from facts to values")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
        while let Some(key) = map.next_key_seed(KeySeed)? {
            let given = map.next_value_seed(GivenSeed)?;
            self.builder.put(&key, |vocabulary, fact| read(vocabulary, fact, given));
        }
        Ok(())
    }
}

/// Reads a key, borrowed where the format can.
struct KeySeed;

impl<'de> DeserializeSeed<'de> for KeySeed {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Cow<'de, str>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for KeySeed {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a fact")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text.to_owned()))
    }

    fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }
}

/// Reads a value of any type.
struct GivenSeed;

impl<'de> DeserializeSeed<'de> for GivenSeed {
    type Value = Given<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Given<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for GivenSeed {
    type Value = Given<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the value of a fact")
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Given<'de>, E> {
        Ok(Given::Bool(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Given<'de>, E> {
        Ok(Given::Int(value))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Given<'de>, E> {
        Ok(Given::from(value))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Given<'de>, E> {
        Ok(Given::Unfit(format!("{value:?}").into()))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Given<'de>, E> {
        Ok(Given::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Given<'de>, E> {
        Ok(Given::Text(Cow::Borrowed(text)))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Given<'de>, E> {
        Ok(Given::Null)
    }

    fn visit_none<E: de::Error>(self) -> Result<Given<'de>, E> {
        Ok(Given::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Given<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut sequence: S) -> Result<Given<'de>, S::Error> {
        while sequence.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Given::Unfit("a list".into()))
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Given<'de>, M::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Given::Unfit("a map".into()))
    }
}

impl<A> Policy<A> {
    /// Reads an event from JSON text.
    ///
    /// # Errors
    /// Where it is no JSON object, or its facts do not fit the vocabulary.
    ///
    /// ```
    /// let policy = redress::Policy::default();
    /// let event = policy.event_from_json(r#"{"error": "ConnectionError", "module": 3}"#)?;
    /// assert_eq!(event.decide().display, "store(retry)");
    /// let error = policy.event_from_json(r#"{"eror": "ConnectionError", "module": "3"}"#).unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "unknown fact `eror`, did you mean `error`?; `module` is \"3\", expected an integer"
    /// );
    /// # Ok::<(), redress::EventError>(())
    /// ```
    pub fn event_from_json(&self, text: &str) -> Result<Event<'_, A>, EventError> {
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let builder = self.event().read(&mut deserializer);
        let builder = builder.and_then(|builder| deserializer.end().map(|()| builder));
        builder
            .map_err(|error| EventError {
                problems: vec![EventProblem::Unreadable(error.to_string())],
            })?
            .build()
    }

    /// Reads an event from anything that serialises as a map.
    ///
    /// # Errors
    /// Where it is no map, or its facts do not fit the vocabulary.
    ///
    /// ```
    /// let policy = redress::Policy::default();
    /// let facts = serde_json::json!({"error": "DataError", "module": 2});
    /// assert_eq!(policy.event_from(&facts)?.decide().display, "store(manual)");
    /// # Ok::<(), redress::EventError>(())
    /// ```
    pub fn event_from(&self, facts: &impl serde::Serialize) -> Result<Event<'_, A>, EventError> {
        let builder = serde_json::to_value(facts).and_then(|value| self.event().read(value));
        builder
            .map_err(|error| EventError {
                problems: vec![EventProblem::Unreadable(error.to_string())],
            })?
            .build()
    }
}

/// Why something is no event of a policy's vocabulary: every problem with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventError {
    /// What does not fit; never empty.
    pub problems: Vec<EventProblem>,
}

impl std::error::Error for EventError {}

impl fmt::Display for EventError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let problems: Vec<String> = self.problems.iter().map(EventProblem::to_string).collect();
        f.write_str(&problems.join("; "))
    }
}

/// Why a key or value does not fit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EventProblem {
    /// It is no map of the format, for the reason given.
    #[error("not an event: {0}")]
    Unreadable(String),
    /// No fact has this name.
    #[error("unknown fact `{key}`{}", did_you_mean(.suggestion))]
    UnknownKey {
        /// The name.
        key: String,
        /// A fact with a similar name.
        suggestion: Option<String>,
    },
    /// The fact is given twice.
    #[error("`{key}` is given twice")]
    Duplicate {
        /// The fact's name.
        key: String,
    },
    /// The fact is required and not given.
    #[error("`{key}` is missing")]
    Missing {
        /// The fact's name.
        key: String,
    },
    /// The value is of another type.
    #[error("`{key}` is {value}, expected {expected}")]
    WrongType {
        /// The fact's name.
        key: String,
        /// The value given.
        value: String,
        /// What would fit.
        expected: String,
    },
    /// The value is outside the fact's range.
    #[error("`{key}` is {value}, outside its range {range}")]
    OutOfRange {
        /// The fact's name.
        key: String,
        /// The value given.
        value: String,
        /// The fact's range.
        range: String,
    },
    /// The name is none of a closed enum's.
    #[error("`{key}` is {value:?}, which is no `{enum_name}`{}", did_you_mean(.suggestion))]
    NotAMember {
        /// The fact's name.
        key: String,
        /// The name given.
        value: String,
        /// The enum's name.
        enum_name: String,
        /// A member with a similar name.
        suggestion: Option<String>,
    },
}

impl EventProblem {
    /// The key it is about; empty where it is about the whole event.
    pub fn key(&self) -> &str {
        match self {
            EventProblem::Unreadable(_) => "",
            EventProblem::UnknownKey { key, .. }
            | EventProblem::Duplicate { key }
            | EventProblem::Missing { key }
            | EventProblem::WrongType { key, .. }
            | EventProblem::OutOfRange { key, .. }
            | EventProblem::NotAMember { key, .. } => key,
        }
    }
}
