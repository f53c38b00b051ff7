//! A duration as people write it, with its unit.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, Unexpected, Visitor};

/// A duration that is read from a text alone. A [`redress::Duration`] takes a number as well, for events; but whoever writes
/// `40` where a person says how long means seconds, and would have 40 milliseconds.
///
/// ```
/// use redress_scenarios::WithUnit;
///
/// let read: WithUnit = serde_json::from_str("\"40s\"")?;
/// assert_eq!(read.0.milliseconds(), 40_000);
/// assert!(serde_json::from_str::<WithUnit>("40").is_err());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WithUnit(pub redress::Duration);

struct Text;

impl Visitor<'_> for Text {
    type Value = WithUnit;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a duration with its unit, such as \"10s\"")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<WithUnit, E> {
        let read = text.parse().map(WithUnit);
        read.map_err(|_| E::invalid_value(Unexpected::Str(text), &self))
    }
}

impl<'de> Deserialize<'de> for WithUnit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Text)
    }
}

impl From<WithUnit> for std::time::Duration {
    fn from(WithUnit(duration): WithUnit) -> Self {
        duration.into()
    }
}
