//! The types of the standard library that fields of a host's type have.

use std::borrow::Cow;
use std::num::NonZero;
use std::rc::Rc;
use std::sync::Arc;

use super::{FactType, FactValue, FieldKind};
use crate::integers::for_integers;
use crate::value::{Duration, Size};

impl FactType for bool {
    const KIND: FieldKind = FieldKind::Bool;

    #[inline]
    fn fact_value(&self) -> FactValue<'_> {
        FactValue::Bool(*self)
    }
}

/// Integers; one that does not fit 64 signed bits counts as the nearest that does.
macro_rules! integers {
    ($($type:ty)*) => {$(
        impl FactType for $type {
            const KIND: FieldKind = FieldKind::Int;

            #[inline]
            fn fact_value(&self) -> FactValue<'_> {
                FactValue::Int(i64::try_from(*self).unwrap_or(i64::MAX))
            }
        }

        impl FactType for NonZero<$type> {
            const KIND: FieldKind = FieldKind::Int;

            #[inline]
            fn fact_value(&self) -> FactValue<'_> {
                FactValue::Int(i64::try_from(self.get()).unwrap_or(i64::MAX))
            }
        }
    )*};
}

for_integers!(integers);

impl FactType for str {
    const KIND: FieldKind = FieldKind::Text;

    #[inline]
    fn fact_value(&self) -> FactValue<'_> {
        FactValue::Text(self)
    }
}

impl FactType for String {
    const KIND: FieldKind = FieldKind::Text;

    #[inline]
    fn fact_value(&self) -> FactValue<'_> {
        FactValue::Text(self)
    }
}

impl FactType for Cow<'_, str> {
    const KIND: FieldKind = FieldKind::Text;

    #[inline]
    fn fact_value(&self) -> FactValue<'_> {
        FactValue::Text(self)
    }
}

impl FactType for std::time::Duration {
    const KIND: FieldKind = FieldKind::Duration;

    #[inline]
    fn fact_value(&self) -> FactValue<'_> {
        FactValue::Int(i64::try_from(self.as_millis()).unwrap_or(i64::MAX))
    }
}

impl FactType for Duration {
    const KIND: FieldKind = FieldKind::Duration;

    #[inline]
    fn fact_value(&self) -> FactValue<'_> {
        FactValue::Int(self.milliseconds())
    }
}

impl FactType for Size {
    const KIND: FieldKind = FieldKind::Size;

    #[inline]
    fn fact_value(&self) -> FactValue<'_> {
        FactValue::Int(self.bytes())
    }
}

/// What points to a value says what that says.
macro_rules! pointers {
    ($($type:ty)*) => {$(
        impl<T: FactType + ?Sized> FactType for $type {
            const KIND: FieldKind = T::KIND;
            const OPTIONAL: bool = T::OPTIONAL;

            #[inline]
            fn fact_value(&self) -> FactValue<'_> {
                (**self).fact_value()
            }
        }
    )*};
}

pointers!(&T Box<T> Rc<T> Arc<T>);

impl<T: FactType> FactType for Option<T> {
    const KIND: FieldKind = T::KIND;
    const OPTIONAL: bool = true;

    #[inline]
    fn fact_value(&self) -> FactValue<'_> {
        self.as_ref().map_or(FactValue::Absent, T::fact_value)
    }
}
