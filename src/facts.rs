//! A host's own types as events: bound once, then decided without a possible error.

mod binding;
mod error;
mod name;
mod plan;
mod types;

use std::fmt;

pub use binding::Binding;
pub use error::{BindError, BindProblem};
pub use name::Name;

/// A type whose fields are facts. Derive it with `redress_derive::Facts`.
pub trait Facts {
    /// The fields, in any order; the position in this list is the field's number.
    const FIELDS: &'static [Field];

    /// What field `number` says.
    fn fact(&self, number: usize) -> FactValue<'_>;
}

/// A field of a [`Facts`] type.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// The name of the fact it speaks of.
    pub name: &'static str,
    /// The kind of its values.
    pub kind: FieldKind,
    /// Whether it may say [`FactValue::Absent`].
    pub optional: bool,
}

impl Field {
    /// The field `name` of type `T`.
    pub const fn of<T: FactType>(name: &'static str) -> Self {
        Field { name, kind: T::KIND, optional: T::OPTIONAL }
    }
}

/// What kind of values a field has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FieldKind {
    /// Fits a `bool`.
    Bool,
    /// Fits an `int`, a `duration` in milliseconds and a `size` in bytes.
    Int,
    /// Fits a `duration`.
    Duration,
    /// Fits a `size`.
    Size,
    /// Fits a `text` and an open enum.
    Text,
    /// A [`Name`]; fits what a text fits.
    Interned,
    /// Fits an enum that has all these names; [`FactValue::Name`] gives the position in the list.
    Names(&'static [&'static str]),
}

/// What a field says of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FactValue<'a> {
    /// Nothing.
    Absent,
    /// Of a [`FieldKind::Bool`].
    Bool(bool),
    /// Of a [`FieldKind::Int`]; of a duration in milliseconds; of a size in bytes.
    Int(i64),
    /// Of a [`FieldKind::Text`].
    Text(&'a str),
    /// Of a [`FieldKind::Interned`].
    Interned(Name<'a>),
    /// Of a [`FieldKind::Names`]: the position in its list.
    Name(usize),
}

/// A type that a field of a [`Facts`] type can have.
pub trait FactType {
    /// The kind of its values.
    const KIND: FieldKind;
    /// Whether it may say [`FactValue::Absent`].
    const OPTIONAL: bool = false;

    /// What it says.
    fn fact_value(&self) -> FactValue<'_>;
}

impl fmt::Display for FieldKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            FieldKind::Bool => "a boolean",
            FieldKind::Int => "an integer",
            FieldKind::Duration => "a duration",
            FieldKind::Size => "a size",
            FieldKind::Text => "text",
            FieldKind::Interned | FieldKind::Names(_) => "a name",
        })
    }
}
