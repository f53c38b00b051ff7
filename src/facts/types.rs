//! The types of the standard library that fields of a host's type have.

use std::borrow::Cow;

use super::{FactType, FactValue, FieldKind};
use crate::value::{Duration, Size};

impl FactType for bool {
    const KIND: FieldKind = FieldKind::Bool;

    fn fact_value(&self) -> FactValue<'_> {
        FactValue::Bool(*self)
    }
}

/// Integers; one that does not fit 64 signed bits counts as the nearest that does.
macro_rules! integers {
    ($($type:ty)*) => {$(
        impl FactType for $type {
            const KIND: FieldKind = FieldKind::Int;

            fn fact_value(&self) -> FactValue<'_> {
                #[allow(irrefutable_let_patterns, reason = "it can fail for some of the types")]
                let Ok(value) = i64::try_from(*self) else { return FactValue::Int(i64::MAX) };
                FactValue::Int(value)
            }
        }
    )*};
}

integers!(i8 i16 i32 i64 isize u8 u16 u32 u64 usize);

impl FactType for str {
    const KIND: FieldKind = FieldKind::Text;

    fn fact_value(&self) -> FactValue<'_> {
        FactValue::Text(self)
    }
}

impl FactType for String {
    const KIND: FieldKind = FieldKind::Text;

    fn fact_value(&self) -> FactValue<'_> {
        FactValue::Text(self)
    }
}

impl FactType for Cow<'_, str> {
    const KIND: FieldKind = FieldKind::Text;

    fn fact_value(&self) -> FactValue<'_> {
        FactValue::Text(self)
    }
}

impl FactType for std::time::Duration {
    const KIND: FieldKind = FieldKind::Duration;

    fn fact_value(&self) -> FactValue<'_> {
        FactValue::Int(i64::try_from(self.as_millis()).unwrap_or(i64::MAX))
    }
}

impl FactType for Duration {
    const KIND: FieldKind = FieldKind::Duration;

    fn fact_value(&self) -> FactValue<'_> {
        FactValue::Int(self.milliseconds())
    }
}

impl FactType for Size {
    const KIND: FieldKind = FieldKind::Size;

    fn fact_value(&self) -> FactValue<'_> {
        FactValue::Int(self.bytes())
    }
}

impl<T: FactType + ?Sized> FactType for &T {
    const KIND: FieldKind = T::KIND;
    const OPTIONAL: bool = T::OPTIONAL;

    fn fact_value(&self) -> FactValue<'_> {
        (**self).fact_value()
    }
}

impl<T: FactType + ?Sized> FactType for Box<T> {
    const KIND: FieldKind = T::KIND;
    const OPTIONAL: bool = T::OPTIONAL;

    fn fact_value(&self) -> FactValue<'_> {
        (**self).fact_value()
    }
}

impl<T: FactType + ?Sized> FactType for std::sync::Arc<T> {
    const KIND: FieldKind = T::KIND;
    const OPTIONAL: bool = T::OPTIONAL;

    fn fact_value(&self) -> FactValue<'_> {
        (**self).fact_value()
    }
}

impl<T: FactType> FactType for Option<T> {
    const KIND: FieldKind = T::KIND;
    const OPTIONAL: bool = true;

    fn fact_value(&self) -> FactValue<'_> {
        self.as_ref().map_or(FactValue::Absent, T::fact_value)
    }
}
