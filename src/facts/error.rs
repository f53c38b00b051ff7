//! Why a type cannot be bound to a policy.

use std::fmt;

use super::FieldKind;
use crate::suggest::did_you_mean;

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
