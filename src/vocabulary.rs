//! What a policy can talk about: facts, the enums some of them draw from, and outcomes.

use std::fmt;
use std::sync::Arc;

use crate::names::{ByName, Names};
use crate::shared_text::SharedText;
use crate::source::Span;
use crate::value::{Duration, Size};

/// The position of a fact in its [`Vocabulary`]; in any other it is another fact's, or nobody's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FactId(pub(crate) u32);

impl FactId {
    /// The position as an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// The position of an enum in its [`Vocabulary`]; in any other it is another enum's, or nobody's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EnumId(pub(crate) u32);

impl EnumId {
    /// The position as an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// The position of a member in its enum, or "anything else" for a name that an open enum does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MemberId(pub(crate) u32);

impl MemberId {
    /// A name that an open enum does not know.
    pub const OTHER: MemberId = MemberId(u32::MAX);

    /// The position as an index; meaningless for [`OTHER`](Self::OTHER).
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// The type of a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// `bool`
    Bool,
    /// `int`, of 64 bits
    Int,
    /// `duration`, counted in milliseconds
    Duration,
    /// `size`, counted in bytes
    Size,
    /// `text`
    Text,
    /// An enum of the vocabulary.
    Enum(EnumId),
}

impl Type {
    /// Whether `<` and ranges apply.
    pub fn is_ordered(self) -> bool {
        matches!(self, Type::Int | Type::Duration | Type::Size)
    }

    /// The least number that there is; no duration and no size is negative.
    pub(crate) fn least(self) -> i64 {
        if matches!(self, Type::Duration | Type::Size) { 0 } else { i64::MIN }
    }
}

/// Something that can be known about an event.
#[derive(Clone, Debug)]
pub struct Fact {
    /// Its name.
    pub name: String,
    /// What its values are.
    pub kind: Type,
    /// Lowest value allowed, in the base unit; meaningful for ordered types.
    pub low: i64,
    /// Highest value allowed, in the base unit; meaningful for ordered types.
    pub high: i64,
    /// Whether it may be absent.
    pub optional: bool,
    /// What it is where an event does not say.
    pub default: Option<DefaultValue>,
    /// The comment above its declaration.
    pub documentation: Option<String>,
    /// Where its name is declared.
    pub span: Span,
}

impl Fact {
    /// Whether an event has to say what it is.
    pub fn is_required(&self) -> bool {
        !self.optional && self.default.is_none()
    }

    /// Whether it can be one of these numbers, from the first to the last.
    pub(crate) fn may_be(&self, (low, high): (i64, i64)) -> bool {
        low <= self.high && self.low <= high
    }
}

/// The value a fact has where an event does not say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DefaultValue {
    /// Of a `bool`.
    Bool(bool),
    /// Of an `int`.
    Int(i64),
    /// Of a `duration`.
    Duration(Duration),
    /// Of a `size`.
    Size(Size),
    /// Of a `text`.
    Text(String),
    /// Of an enum.
    Member(MemberId),
}

/// A set of names with a type.
#[derive(Clone, Debug)]
pub struct EnumType {
    /// Its name.
    pub name: String,
    /// Whether other names may come at run time.
    pub open: bool,
    /// The members in the order of their declaration.
    pub members: Vec<Member>,
    /// Right and other spellings.
    pub(crate) spellings: ByName<MemberId>,
    /// Where its name is declared.
    pub span: Span,
}

/// A name of an enum.
#[derive(Clone, Debug)]
pub struct Member {
    /// The right spelling.
    pub name: String,
    /// What it is a kind of.
    pub parent: Option<MemberId>,
    /// Other spellings found in the wild.
    pub spellings: Vec<String>,
    /// Where it is declared.
    pub span: Span,
}

impl EnumType {
    /// The member with this right or other spelling.
    pub fn member(&self, name: &str) -> Option<MemberId> {
        self.spellings.get(name).copied()
    }

    /// The member's right spelling; nothing for "anything else".
    pub fn name_of(&self, id: MemberId) -> Option<&str> {
        self.members.get(id.index()).map(|member| member.name.as_str())
    }

    /// Whether `member` is `ancestor` or descends from it.
    pub fn is_kind_of(&self, member: MemberId, ancestor: MemberId) -> bool {
        let mut current = Some(member);
        while let Some(id) = current {
            if id == ancestor {
                return true;
            }
            current = self.members.get(id.index()).and_then(|member| member.parent);
        }
        false
    }
}

/// An outcome, or one variant of it.
#[derive(Clone, Debug)]
pub struct OutcomeType {
    /// Its name: `store`.
    pub name: SharedText,
    /// The leading word that tells its variants apart: `retry`.
    pub variant: Option<SharedText>,
    /// What it can be given.
    pub parameters: Vec<Parameter>,
    /// The comment above its declaration.
    pub documentation: Option<String>,
    /// Where it is declared.
    pub span: Span,
}

impl OutcomeType {
    /// The outcome as a decision shows it: `store(retry)`.
    pub fn display(&self) -> String {
        match &self.variant {
            Some(variant) => format!("{}({variant})", self.name),
            None => self.name.to_string(),
        }
    }
}

/// Something an outcome can be given.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Its name.
    pub name: SharedText,
    /// What its values are.
    pub kind: ParameterType,
    /// Lowest value allowed; meaningful for ordered types.
    pub low: i64,
    /// Highest value allowed; meaningful for ordered types.
    pub high: i64,
    /// Whether it may be left out without a default.
    pub optional: bool,
    /// What it is where a rule does not say.
    pub default: Option<crate::decision::Argument>,
    /// Where it is declared.
    pub span: Span,
}

/// The type of a parameter: a fact's, or a schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ParameterType {
    /// A type that facts can have, too.
    Plain(Type),
    /// `schedule`
    Schedule,
}

/// What a policy can talk about.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    pub(crate) enums: Vec<EnumType>,
    pub(crate) facts: Vec<Fact>,
    pub(crate) outcomes: Vec<Arc<OutcomeType>>,
    pub(crate) fact_names: Names,
    pub(crate) enum_names: ByName<EnumId>,
}

impl Vocabulary {
    /// All facts, in the order of their declaration.
    pub fn facts(&self) -> impl ExactSizeIterator<Item = (FactId, &Fact)> {
        self.facts.iter().enumerate().map(|(at, fact)| (FactId(at as u32), fact))
    }

    /// All enums, in the order of their declaration.
    pub fn enums(&self) -> impl ExactSizeIterator<Item = &EnumType> {
        self.enums.iter()
    }

    /// All outcomes with their variants, in the order of their declaration.
    pub fn outcomes(&self) -> impl ExactSizeIterator<Item = &OutcomeType> {
        self.outcomes.iter().map(|outcome| &**outcome)
    }

    /// A fact of this vocabulary.
    ///
    /// # Panics
    /// Where the position is that of another vocabulary, and this one has fewer facts.
    pub fn fact(&self, id: FactId) -> &Fact {
        &self.facts[id.index()]
    }

    /// An enum of this vocabulary.
    ///
    /// # Panics
    /// Where the position is that of another vocabulary, and this one has fewer enums.
    pub fn enum_type(&self, id: EnumId) -> &EnumType {
        &self.enums[id.index()]
    }

    /// The fact with this name.
    #[inline]
    pub fn find_fact(&self, name: &str) -> Option<FactId> {
        self.fact_names.get(name).map(FactId)
    }

    /// The enum with this name.
    pub fn find_enum(&self, name: &str) -> Option<EnumId> {
        self.enum_names.get(name).copied()
    }

    /// The type's name as a policy writes it.
    pub fn type_name(&self, kind: Type) -> &str {
        match kind {
            Type::Bool => "bool",
            Type::Int => "int",
            Type::Duration => "duration",
            Type::Size => "size",
            Type::Text => "text",
            Type::Enum(id) => &self.enum_type(id).name,
        }
    }

    /// Writes an ordered type's value in its unit.
    pub(crate) fn show_number(&self, kind: Type, value: i64) -> impl fmt::Display + use<> {
        match kind {
            // No duration or size is negative, but what is refused for being so has to be shown.
            Type::Duration if value < 0 => format!("{value}ms"),
            Type::Size if value < 0 => format!("{value}B"),
            Type::Duration => Duration::from_milliseconds(value).to_string(),
            Type::Size => Size::from_bytes(value).to_string(),
            _ => value.to_string(),
        }
    }
}
