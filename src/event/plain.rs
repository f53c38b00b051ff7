//! Events that are plainly right: the short way for almost all of them.
//!
//! What is not plain, for whatever reason, ends it; the reason is found by who reads the event again with care.

use std::borrow::Cow;
use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, Visitor};

use super::error::EventProblem;
use super::fit;
use super::given::Given;
use super::order::Order;
use super::seen::{Said, Seen};
use crate::decide::Value;
use crate::vocabulary::{Fact, FactId, Type, Vocabulary};

/// Takes the facts of an event.
pub(super) struct Facts<'r, 'a> {
    pub(super) vocabulary: &'r Vocabulary,
    pub(super) seen: &'r mut Seen<'a>,
    pub(super) order: &'r mut Order,
}

impl<'a> Facts<'_, 'a> {
    /// Takes a fact by its name and value, if all is right with it.
    #[inline]
    pub(super) fn take_given(&mut self, name: &str, given: &'a Given<'a>) -> Option<()> {
        let id = self.order.find(self.vocabulary, name)?;
        let fact = self.vocabulary.fact(id);
        let value = match given {
            Given::Null => fit::null(fact),
            Given::Bool(value) => fit::boolean(self.vocabulary, fact, *value),
            Given::Int(value) => fit::integer(self.vocabulary, fact, *value),
            Given::Text(text) => fit_text(self.vocabulary, fact, text),
            Given::Number(_) | Given::Unfit(_) => return None,
        };
        self.put(id, value)
    }

    /// Takes a fact by its name, in the words of a command line, if all is right with it.
    pub(super) fn take_named(&mut self, name: &str, written: &'a str) -> Option<()> {
        let id = self.order.find(self.vocabulary, name)?;
        self.take_written(id, written)
    }

    /// Takes a fact in the words of a command line, if all is right with it.
    #[inline]
    pub(super) fn take_written(&mut self, id: FactId, written: &'a str) -> Option<()> {
        let fact = self.vocabulary.fact(id);
        // Most cells are texts and names, and those are what is written, whatever it looks like.
        if !written.is_empty() && is_any_text(self.vocabulary, fact) {
            return self.put(id, Ok(Value::Text(written)));
        }
        let value = match fit::given(fact, written) {
            Given::Null => fit::null(fact),
            Given::Bool(value) => fit::boolean(self.vocabulary, fact, value),
            Given::Int(value) => fit::integer(self.vocabulary, fact, value),
            Given::Text(Cow::Borrowed(text)) => fit_text(self.vocabulary, fact, text),
            _ => return None,
        };
        self.put(id, value)
    }

    #[inline]
    fn put(&mut self, id: FactId, value: Result<Value<'a>, EventProblem>) -> Option<()> {
        self.seen.put(id, Said::Borrowed(value.ok()?)).then_some(())
    }
}

impl<'de> Visitor<'de> for Facts<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an event: a map from facts to values")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
        let Facts { vocabulary, seen, order } = self;
        while let Some(id) = map.next_key_seed(Name { vocabulary, order: &mut *order })? {
            let fact = vocabulary.fact(id);
            let said = map.next_value_seed(Taken { vocabulary, fact, seen: &mut *seen })?;
            if !seen.put(id, said) {
                return Err(not_plain());
            }
        }
        Ok(())
    }
}

/// The name of a fact.
struct Name<'r> {
    vocabulary: &'r Vocabulary,
    order: &'r mut Order,
}

impl<'de> DeserializeSeed<'de> for Name<'_> {
    type Value = FactId;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<FactId, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Name<'_> {
    type Value = FactId;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a fact")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<FactId, E> {
        self.order.find(self.vocabulary, name).ok_or_else(not_plain)
    }
}

/// The value of a fact.
struct Taken<'r, 'a> {
    vocabulary: &'r Vocabulary,
    fact: &'r Fact,
    seen: &'r mut Seen<'a>,
}

impl<'de> DeserializeSeed<'de> for Taken<'_, 'de> {
    type Value = Said<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Said<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Taken<'_, 'de> {
    type Value = Said<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the value of a fact")
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Said<'de>, E> {
        borrowed(fit::boolean(self.vocabulary, self.fact, value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Said<'de>, E> {
        borrowed(fit::integer(self.vocabulary, self.fact, value))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Said<'de>, E> {
        self.visit_i64(i64::try_from(value).map_err(|_| not_plain())?)
    }

    fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Said<'de>, E> {
        borrowed(fit_text(self.vocabulary, self.fact, text))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Said<'de>, E> {
        Ok(match fit_text(self.vocabulary, self.fact, text).map_err(|_| not_plain())? {
            Value::Text(text) => self.seen.copy(text),
            Value::Absent => Said::Borrowed(Value::Absent),
            Value::Bool(value) => Said::Borrowed(Value::Bool(value)),
            Value::Number(value) => Said::Borrowed(Value::Number(value)),
            Value::Member(member) => Said::Borrowed(Value::Member(member)),
        })
    }

    fn visit_unit<E: de::Error>(self) -> Result<Said<'de>, E> {
        borrowed(fit::null(self.fact))
    }

    fn visit_none<E: de::Error>(self) -> Result<Said<'de>, E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Said<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

/// What a text is for a fact.
#[inline]
fn fit_text<'a>(
    vocabulary: &Vocabulary,
    fact: &Fact,
    text: &'a str,
) -> Result<Value<'a>, EventProblem> {
    if is_any_text(vocabulary, fact) {
        return Ok(Value::Text(text));
    }
    fit::text(vocabulary, fact, text)
}

/// Whether every text fits; a name that an open enum need not know stays a text until a rule asks for it.
#[inline]
fn is_any_text(vocabulary: &Vocabulary, fact: &Fact) -> bool {
    match fact.kind {
        Type::Text => true,
        Type::Enum(id) => vocabulary.enum_type(id).open,
        _ => false,
    }
}

fn borrowed<'a, E: de::Error>(value: Result<Value<'a>, EventProblem>) -> Result<Said<'a>, E> {
    value.map(Said::Borrowed).map_err(|_| not_plain())
}

#[cold]
fn not_plain<E: de::Error>() -> E {
    E::custom("not plain")
}
