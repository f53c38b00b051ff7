//! Whether a value fits its fact.

use std::fmt::Display;

use super::Held;
use super::error::EventProblem;
use super::given::Given;
use super::number::{Whole, is_number};
use crate::decide::Value;
use crate::literal::quoted;
use crate::suggest::suggest;
use crate::value::{Duration, QuantityError, Size};
use crate::vocabulary::{EnumType, Fact, MemberId, Type, Vocabulary};

/// Reads a value for a fact.
#[inline]
pub(crate) fn read(
    vocabulary: &Vocabulary,
    fact: &Fact,
    given: Given<'_>,
) -> Result<Held, EventProblem> {
    match given {
        Given::Null => null(fact).map(Held::from),
        Given::Bool(value) => boolean(vocabulary, fact, value).map(Held::from),
        Given::Int(value) => integer(vocabulary, fact, value).map(Held::from),
        Given::Text(written) => match text(vocabulary, fact, &written)? {
            Value::Member(MemberId::OTHER) => Ok(Held::Other(written.into())),
            Value::Text(_) => Ok(Held::Text(written.into())),
            value => Ok(value.into()),
        },
        Given::Number(written) if fact.kind.is_ordered() => {
            Err(wrong_number(vocabulary, fact, &written))
        }
        Given::Number(what) => Err(wrong_type(vocabulary, fact, what.into_owned())),
        Given::Unfit(what) => Err(wrong_type(vocabulary, fact, what.into_owned())),
    }
}

/// What nothing is for a fact.
#[inline]
pub(super) fn null(fact: &Fact) -> Result<Value<'static>, EventProblem> {
    if fact.is_required() {
        return Err(missing(fact));
    }
    Ok(Value::Absent)
}

#[cold]
fn missing(fact: &Fact) -> EventProblem {
    EventProblem::Missing { key: fact.name.clone() }
}

/// What a boolean is for a fact.
#[inline]
pub(super) fn boolean(
    vocabulary: &Vocabulary,
    fact: &Fact,
    value: bool,
) -> Result<Value<'static>, EventProblem> {
    match fact.kind {
        Type::Bool => Ok(Value::Bool(value)),
        _ => Err(wrong_value(vocabulary, fact, &value)),
    }
}

/// What an integer is for a fact.
#[inline]
pub(super) fn integer(
    vocabulary: &Vocabulary,
    fact: &Fact,
    value: i64,
) -> Result<Value<'static>, EventProblem> {
    if fact.kind.is_ordered() {
        return in_range(vocabulary, fact, value);
    }
    Err(wrong_value(vocabulary, fact, &value))
}

/// What a text is for a fact: a text, a name, a duration or a size.
#[inline]
pub(super) fn text<'a>(
    vocabulary: &Vocabulary,
    fact: &Fact,
    text: &'a str,
) -> Result<Value<'a>, EventProblem> {
    match fact.kind {
        Type::Text => Ok(Value::Text(text)),
        Type::Enum(id) => member(vocabulary.enum_type(id), fact, text),
        Type::Duration => {
            quantity(vocabulary, fact, text, text.parse::<Duration>().map(Duration::milliseconds))
        }
        Type::Size => quantity(vocabulary, fact, text, text.parse::<Size>().map(Size::bytes)),
        Type::Bool | Type::Int => Err(wrong_text(vocabulary, fact, text)),
    }
}

/// Reads a value written as on a command line.
pub(super) fn read_written(
    vocabulary: &Vocabulary,
    fact: &Fact,
    written: &str,
) -> Result<Held, EventProblem> {
    read(vocabulary, fact, given(fact, written))
}

/// What is given by a value written as on a command line: its text, unless the fact is no text.
#[inline]
pub(super) fn given<'a>(fact: &Fact, written: &'a str) -> Given<'a> {
    if written.is_empty() && !(fact.is_required() && fact.kind == Type::Text) {
        return Given::Null;
    }
    match (fact.kind, written) {
        (Type::Bool, "true") => Given::Bool(true),
        (Type::Bool, "false") => Given::Bool(false),
        (Type::Int | Type::Duration | Type::Size, _) => match written.parse() {
            Ok(value) => Given::Int(value),
            Err(_) if is_number(written) => Given::Number(written.into()),
            Err(_) => Given::Text(written.into()),
        },
        _ => Given::Text(written.into()),
    }
}

#[inline]
fn in_range(
    vocabulary: &Vocabulary,
    fact: &Fact,
    value: i64,
) -> Result<Value<'static>, EventProblem> {
    if (fact.low..=fact.high).contains(&value) {
        return Ok(Value::Number(value));
    }
    Err(out_of_range(vocabulary, fact, value))
}

#[cold]
fn out_of_range(vocabulary: &Vocabulary, fact: &Fact, value: i64) -> EventProblem {
    EventProblem::OutOfRange {
        key: fact.name.clone(),
        value: vocabulary.show_number(fact.kind, value).to_string(),
        range: show_range(vocabulary, fact.kind, fact.low, fact.high),
    }
}

fn quantity(
    vocabulary: &Vocabulary,
    fact: &Fact,
    text: &str,
    value: Result<i64, QuantityError>,
) -> Result<Value<'static>, EventProblem> {
    match value {
        Ok(value) => in_range(vocabulary, fact, value),
        Err(_) => Err(wrong_text(vocabulary, fact, text)),
    }
}

#[inline]
fn member(members: &EnumType, fact: &Fact, text: &str) -> Result<Value<'static>, EventProblem> {
    match members.member(text) {
        Some(member) => Ok(Value::Member(member)),
        None if members.open => Ok(Value::Member(MemberId::OTHER)),
        None => Err(no_member(members, fact, text)),
    }
}

#[cold]
fn no_member(members: &EnumType, fact: &Fact, text: &str) -> EventProblem {
    EventProblem::NotAMember {
        key: fact.name.clone(),
        value: text.to_owned(),
        enum_name: members.name.clone(),
        suggestion: suggest(text, members.spellings_in_order()).map(str::to_owned),
    }
}

/// Says of a number that is no integer of 64 bits how to write it, where it can be.
fn wrong_number(vocabulary: &Vocabulary, fact: &Fact, written: &str) -> EventProblem {
    let expected = expected(vocabulary, fact.kind);
    EventProblem::WrongType {
        key: fact.name.clone(),
        value: written.to_owned(),
        expected: match Whole::read(written) {
            Whole::Is(integer) => format!("{expected}, written `{integer}`"),
            Whole::TooBig => format!("{expected} within 64 bits"),
            Whole::No => expected,
        },
    }
}

#[cold]
fn wrong_text(vocabulary: &Vocabulary, fact: &Fact, text: &str) -> EventProblem {
    wrong_type(vocabulary, fact, quoted(text))
}

#[cold]
fn wrong_value(vocabulary: &Vocabulary, fact: &Fact, value: &dyn Display) -> EventProblem {
    wrong_type(vocabulary, fact, value.to_string())
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
