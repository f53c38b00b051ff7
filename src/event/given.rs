//! Values given for facts, by whatever types hosts have.

use std::borrow::Cow;

use crate::integers::for_integers;
use crate::value::{Duration, Size};

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
    /// A number that is no integer of 64 bits, as it is written: `1e20`, `4.0`
    Number(Cow<'a, str>),
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
                let Ok(value) = i64::try_from(value) else { return Given::Number(value.to_string().into()) };
                Given::Int(value)
            }
        }
    )*};
}

for_integers!(given_integers);

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

impl<'a> From<&'a String> for Given<'a> {
    fn from(text: &'a String) -> Self {
        Given::Text(text.into())
    }
}

impl<'a> From<Cow<'a, str>> for Given<'a> {
    fn from(text: Cow<'a, str>) -> Self {
        Given::Text(text)
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
