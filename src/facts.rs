//! A host's own types as events: bound once, then decided without a possible error.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use crate::decide::{self, Value, Values};
use crate::decision::{Decision, Outcome};
use crate::policy::Policy;
use crate::suggest::suggest;
use crate::value::{Duration, Size};
use crate::vocabulary::{DefaultValue, EnumType, Fact, FactId, MemberId, Type, Vocabulary};

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
    /// Fits an enum that has all these names; [`FactValue::Name`] gives the position in the list.
    Names(&'static [&'static str]),
}

/// What a field says of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactValue<'a> {
    /// Nothing.
    Absent,
    /// Of a [`FieldKind::Bool`].
    Bool(bool),
    /// Of a [`FieldKind::Int`]; of a duration in milliseconds; of a size in bytes.
    Int(i64),
    /// Of a [`FieldKind::Text`].
    Text(&'a str),
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

/// A [`Facts`] type whose every field was found to fit a policy.
///
/// Deciding looks the fields up by number. A number outside its fact's range counts as the nearest one
/// inside; a name that an open enum does not know is "anything else".
pub struct Binding<T, A = Outcome> {
    policy: Policy<A>,
    /// One a fact of the vocabulary.
    slots: Box<[Slot]>,
    facts: PhantomData<fn(&T)>,
}

/// Where a fact's value comes from.
#[derive(Debug)]
enum Slot {
    /// Nowhere: it is always absent.
    Absent,
    /// From its default.
    Default(DefaultValue),
    /// From a field, by its number.
    Field { number: usize, default: Option<DefaultValue>, names: Box<[MemberId]> },
}

impl<T: Facts, A> Binding<T, A> {
    pub(crate) fn new(policy: Policy<A>) -> Result<Self, BindError> {
        let vocabulary = policy.vocabulary();
        let mut problems: Vec<BindProblem> =
            T::FIELDS.iter().filter_map(|field| unknown(vocabulary, field)).collect();
        let slots = vocabulary.facts().map(|(_, fact)| {
            slot(vocabulary, fact, T::FIELDS).unwrap_or_else(|problem| {
                problems.push(problem);
                Slot::Absent
            })
        });
        let slots = slots.collect();
        if problems.is_empty() {
            Ok(Binding { policy, slots, facts: PhantomData })
        } else {
            Err(BindError { problems })
        }
    }

    /// What becomes of this; never fails and never allocates, but for what a regular expression of the policy
    /// sets aside once a thread.
    pub fn decide(&self, facts: &T) -> &Decision<A> {
        let bound = Bound { facts, slots: &self.slots, vocabulary: self.policy.vocabulary() };
        let at = decide::first_match(self.policy.rules(), &bound);
        &self.policy.decisions()[at]
    }

    /// The policy it is bound to.
    pub fn policy(&self) -> &Policy<A> {
        &self.policy
    }
}

impl<T, A> fmt::Debug for Binding<T, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Binding").field("policy", &self.policy).finish_non_exhaustive()
    }
}

fn unknown(vocabulary: &Vocabulary, field: &Field) -> Option<BindProblem> {
    if vocabulary.find_fact(field.name).is_some() {
        return None;
    }
    let names = vocabulary.facts().map(|(_, fact)| fact.name.as_str());
    Some(BindProblem::UnknownFact {
        field: field.name,
        suggestion: suggest(field.name, names).map(str::to_owned),
    })
}

/// Where the value of `fact` comes from, given these fields.
fn slot(vocabulary: &Vocabulary, fact: &Fact, fields: &[Field]) -> Result<Slot, BindProblem> {
    let Some(number) = fields.iter().position(|field| field.name == fact.name) else {
        return match &fact.default {
            Some(default) => Ok(Slot::Default(default.clone())),
            None if fact.optional => Ok(Slot::Absent),
            None => Err(BindProblem::MissingFact { fact: fact.name.clone() }),
        };
    };
    let field = &fields[number];
    if field.optional && fact.is_required() {
        return Err(BindProblem::MayBeAbsent { field: field.name });
    }
    let names = names(vocabulary, fact, field)?;
    Ok(Slot::Field { number, default: fact.default.clone(), names })
}

/// The members a field's names stand for; an error where the field's kind does not fit the fact.
fn names(
    vocabulary: &Vocabulary,
    fact: &Fact,
    field: &Field,
) -> Result<Box<[MemberId]>, BindProblem> {
    match (field.kind, fact.kind) {
        (FieldKind::Names(names), Type::Enum(id)) => {
            names.iter().map(|name| member(vocabulary.enum_type(id), field, name)).collect()
        }
        (FieldKind::Text, Type::Enum(id)) if !vocabulary.enum_type(id).open => {
            Err(BindProblem::ClosedEnum {
                field: field.name,
                enum_name: vocabulary.enum_type(id).name.clone(),
            })
        }
        (FieldKind::Bool, Type::Bool)
        | (FieldKind::Int, Type::Int | Type::Duration | Type::Size)
        | (FieldKind::Duration, Type::Duration)
        | (FieldKind::Size, Type::Size)
        | (FieldKind::Text, Type::Text | Type::Enum(_)) => Ok(Box::default()),
        (kind, expected) => {
            let expected = vocabulary.type_name(expected).to_owned();
            Err(BindProblem::WrongType { field: field.name, kind, expected })
        }
    }
}

fn member(members: &EnumType, field: &Field, name: &'static str) -> Result<MemberId, BindProblem> {
    let known = members.members.iter().map(|member| member.name.as_str());
    members.member(name).ok_or_else(|| BindProblem::UnknownMember {
        field: field.name,
        name,
        enum_name: members.name.clone(),
        suggestion: suggest(name, known).map(str::to_owned),
    })
}

/// A host's value seen through its binding.
struct Bound<'a, T> {
    facts: &'a T,
    slots: &'a [Slot],
    vocabulary: &'a Vocabulary,
}

impl<T: Facts> Values for Bound<'_, T> {
    fn value(&self, id: FactId) -> Value<'_> {
        match &self.slots[id.index()] {
            Slot::Absent => Value::Absent,
            Slot::Default(default) => default.value(),
            Slot::Field { number, default, names } => {
                let value = translate(
                    self.vocabulary,
                    self.vocabulary.fact(id),
                    names,
                    self.facts.fact(*number),
                );
                match (value, default) {
                    (Value::Absent, Some(default)) => default.value(),
                    (value, _) => value,
                }
            }
        }
    }
}

fn translate<'a>(
    vocabulary: &Vocabulary,
    fact: &Fact,
    names: &[MemberId],
    value: FactValue<'a>,
) -> Value<'a> {
    match (value, fact.kind) {
        (FactValue::Absent, _) => Value::Absent,
        (FactValue::Bool(value), _) => Value::Bool(value),
        (FactValue::Int(value), _) => Value::Number(value.clamp(fact.low, fact.high)),
        (FactValue::Text(text), Type::Enum(id)) => {
            Value::Member(vocabulary.enum_type(id).member(text).unwrap_or(MemberId::OTHER))
        }
        (FactValue::Text(text), _) => Value::Text(text),
        (FactValue::Name(at), _) => {
            names.get(at).map_or(Value::Absent, |&member| Value::Member(member))
        }
    }
}

impl DefaultValue {
    pub(crate) fn value(&self) -> Value<'_> {
        match self {
            DefaultValue::Bool(value) => Value::Bool(*value),
            DefaultValue::Int(value) => Value::Number(*value),
            DefaultValue::Duration(value) => Value::Number(value.milliseconds()),
            DefaultValue::Size(value) => Value::Number(value.bytes()),
            DefaultValue::Text(text) => Value::Text(text),
            DefaultValue::Member(member) => Value::Member(*member),
        }
    }
}

/// Why a type cannot be bound to a policy: every field and fact that does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BindError {
    /// What does not fit; never empty.
    pub problems: Vec<BindProblem>,
}

impl std::error::Error for BindError {}

impl fmt::Display for BindError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let problems: Vec<String> = self.problems.iter().map(BindProblem::to_string).collect();
        f.write_str(&problems.join("; "))
    }
}

/// Why a field or fact does not fit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BindProblem {
    /// No fact has the field's name.
    #[error("no fact is called `{field}`{}", did_you_mean(.suggestion))]
    UnknownFact {
        /// The field's name.
        field: &'static str,
        /// A fact with a similar name.
        suggestion: Option<String>,
    },
    /// A fact that every event has to give has no field.
    #[error("the fact `{fact}` is required, and no field gives it")]
    MissingFact {
        /// The fact's name.
        fact: String,
    },
    /// The field may be absent, the fact may not.
    #[error("`{field}` may be absent, but the fact is required")]
    MayBeAbsent {
        /// The field's name.
        field: &'static str,
    },
    /// The field's values are of another type.
    #[error("`{field}` is {}, but the fact is of type `{expected}`", .kind)]
    WrongType {
        /// The field's name.
        field: &'static str,
        /// What it gives.
        kind: FieldKind,
        /// The fact's type.
        expected: String,
    },
    /// The field may give any text, the enum takes only its members.
    #[error(
        "`{field}` may be any text, but `{enum_name}` is closed; derive `Facts` for an enum with its names"
    )]
    ClosedEnum {
        /// The field's name.
        field: &'static str,
        /// The enum's name.
        enum_name: String,
    },
    /// One of the field's names is none of the enum's.
    #[error("`{field}` may be `{name}`, which is no member of `{enum_name}`{}", did_you_mean(.suggestion))]
    UnknownMember {
        /// The field's name.
        field: &'static str,
        /// The name it may give.
        name: &'static str,
        /// The enum's name.
        enum_name: String,
        /// A member with a similar name.
        suggestion: Option<String>,
    },
}

impl fmt::Display for FieldKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            FieldKind::Bool => "a boolean",
            FieldKind::Int => "an integer",
            FieldKind::Duration => "a duration",
            FieldKind::Size => "a size",
            FieldKind::Text => "text",
            FieldKind::Names(_) => "a name",
        })
    }
}

pub(crate) fn did_you_mean(suggestion: &Option<String>) -> String {
    suggestion.as_ref().map_or_else(String::new, |name| format!(", did you mean `{name}`?"))
}
