//! A host's type bound to a policy.

use std::fmt;
use std::marker::PhantomData;

use super::error::{BindError, BindProblem};
use super::plan::Plan;
use super::{FactValue, Facts, Field, FieldKind};
use crate::decide::{Value, Values};
use crate::decision::{Decision, Outcome};
use crate::policy::Policy;
use crate::suggest::suggest;
use crate::vocabulary::{DefaultValue, EnumType, Fact, FactId, MemberId, Type, Vocabulary};

/// A [`Facts`] type whose every field was found to fit a policy.
///
/// Deciding looks the fields up by number. A number outside its fact's range counts as the nearest one
/// inside; a name that an open enum does not know is "anything else".
pub struct Binding<T, A = Outcome> {
    policy: Policy<A>,
    /// One a fact of the vocabulary.
    slots: Box<[Slot]>,
    /// Where the policy is small.
    plan: Option<Plan>,
    facts: PhantomData<fn(&T)>,
}

/// Where a fact's value comes from; what it is stands by itself, so that asking it takes one step.
#[derive(Debug)]
#[repr(u8)]
pub(super) enum Slot {
    /// Nowhere: it is always absent.
    Absent,
    /// From its default.
    Default(DefaultValue),
    /// From a field, by its number.
    Field {
        number: usize,
        default: Option<DefaultValue>,
        /// What the field's own names stand for.
        names: Box<[MemberId]>,
        /// Of a number.
        low: i64,
        high: i64,
        /// Of an enum.
        stamp: u64,
    },
}

impl<T: Facts, A> Binding<T, A> {
    pub(crate) fn new(policy: Policy<A>) -> Result<Self, BindError> {
        let vocabulary = policy.vocabulary();
        let mut problems: Vec<BindProblem> =
            T::FIELDS.iter().filter_map(|field| unknown(vocabulary, field)).collect();
        let slots = vocabulary.facts().map(|(id, fact)| {
            let stamp = policy.index().stamp(id);
            slot(vocabulary, fact, T::FIELDS, stamp).unwrap_or_else(|problem| {
                problems.push(problem);
                Slot::Absent
            })
        });
        let slots: Box<[Slot]> = slots.collect();
        if !problems.is_empty() {
            return Err(BindError { problems });
        }
        let plan = Plan::new::<T>(policy.index(), &slots);
        Ok(Binding { policy, slots, plan, facts: PhantomData })
    }

    /// What becomes of this; never fails and never allocates, but for the room that a `matches` works in: it is kept for
    /// the threads that decide, and now and then more of it is made.
    #[inline]
    pub fn decide(&self, facts: &T) -> &Decision<A> {
        let index = self.policy.index();
        let at = match (&self.plan, index.small()) {
            (Some(plan), Some(small)) => plan.first(&small, facts),
            _ => index.first(&Bound { facts, slots: &self.slots }),
        };
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
fn slot(
    vocabulary: &Vocabulary,
    fact: &Fact,
    fields: &[Field],
    stamp: u64,
) -> Result<Slot, BindProblem> {
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
    let default = fact.default.clone();
    Ok(Slot::Field { number, default, names, low: fact.low, high: fact.high, stamp })
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
        (FieldKind::Text | FieldKind::Interned, Type::Enum(id))
            if !vocabulary.enum_type(id).open =>
        {
            Err(BindProblem::ClosedEnum {
                field: field.name,
                enum_name: vocabulary.enum_type(id).name.clone(),
            })
        }
        (FieldKind::Bool, Type::Bool)
        | (FieldKind::Int, Type::Int | Type::Duration | Type::Size)
        | (FieldKind::Duration, Type::Duration)
        | (FieldKind::Size, Type::Size)
        | (FieldKind::Text | FieldKind::Interned, Type::Text | Type::Enum(_)) => Ok(Box::default()),
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
}

impl<T: Facts> Values for Bound<'_, T> {
    #[inline(always)]
    fn value(&self, id: FactId) -> Value<'_> {
        match &self.slots[id.index()] {
            Slot::Absent => Value::Absent,
            Slot::Default(default) => default.value(),
            Slot::Field { number, default, names, low, high, stamp } => {
                let absent = || default.as_ref().map_or(Value::Absent, DefaultValue::value);
                match self.facts.fact(*number) {
                    FactValue::Absent => absent(),
                    FactValue::Bool(value) => Value::Bool(value),
                    FactValue::Int(value) => Value::Number(value.min(*high).max(*low)),
                    FactValue::Text(text) => Value::Text(text),
                    FactValue::Interned(name) => match name.member_of(*stamp) {
                        Some(member) => Value::Member(member),
                        None => Value::Text(name.as_str()),
                    },
                    FactValue::Name(at) => {
                        names.get(at).map_or_else(absent, |&member| Value::Member(member))
                    }
                }
            }
        }
    }
}
