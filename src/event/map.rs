//! Events as maps of any serde format.

use std::borrow::Cow;
use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::Event;
use super::builder::EventBuilder;
use super::error::{EventError, EventProblem};
use super::given::Given;
use crate::policy::Policy;

impl<'p, A> EventBuilder<'p, A> {
    /// Reads the facts from a map of any serde format.
    ///
    /// # Errors
    /// The format's own, where it cannot be read, or is no map. What does not fit is reported by
    /// [`build`](Self::build).
    pub fn read<'de, D: Deserializer<'de>>(mut self, deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MapReader { builder: &mut self })?;
        Ok(self)
    }
}

impl<A> Policy<A> {
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
            self.builder.give(&key, given);
        }
        Ok(())
    }
}

/// Reads a key, borrowed where the format can.
pub(super) struct KeySeed;

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
        Ok(Given::Number(format!("{value:?}").into()))
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
