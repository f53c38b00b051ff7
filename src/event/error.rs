//! Why something is no event.

use std::fmt;

use crate::literal::quoted;
use crate::suggest::did_you_mean;

/// Why something is no event of a policy's vocabulary: every problem with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventError {
    /// What does not fit; never empty. Beyond a hundred of what is given the others are counted, by a last
    /// [`EventProblem::More`].
    pub problems: Vec<EventProblem>,
}

impl std::error::Error for EventError {}

impl fmt::Display for EventError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let problems: Vec<String> = self.problems.iter().map(EventProblem::to_string).collect();
        f.write_str(&problems.join("; "))
    }
}

/// Why a key or value does not fit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EventProblem {
    /// It is no map of the format, for the reason given.
    #[error("not an event: {0}")]
    Unreadable(String),
    /// It is not JSON.
    #[error("not JSON: {reason} at line {line}, column {column}")]
    NotJson {
        /// What is wrong, to be followed by the place.
        reason: String,
        /// The line in the text, from 1.
        line: usize,
        /// The character in that line, from 1.
        column: usize,
    },
    /// It is JSON, but no object.
    #[error("an event is a JSON object, but this is {found}")]
    NotAnObject {
        /// What it is: `a list`.
        found: &'static str,
    },
    /// No fact has this name.
    #[error("unknown fact `{key}`{}", did_you_mean(.suggestion))]
    UnknownKey {
        /// The name.
        key: String,
        /// A fact with a similar name.
        suggestion: Option<String>,
    },
    /// The fact is given twice.
    #[error("`{key}` is given twice")]
    Duplicate {
        /// The fact's name.
        key: String,
    },
    /// The fact is required and not given.
    #[error("`{key}` is missing")]
    Missing {
        /// The fact's name.
        key: String,
    },
    /// The value is of another type.
    #[error("`{key}` is {value}, expected {expected}")]
    WrongType {
        /// The fact's name.
        key: String,
        /// The value given.
        value: String,
        /// What would fit.
        expected: String,
    },
    /// The value is outside the fact's range.
    #[error("`{key}` is {value}, outside its range {range}")]
    OutOfRange {
        /// The fact's name.
        key: String,
        /// The value given.
        value: String,
        /// The fact's range.
        range: String,
    },
    /// The name is none of a closed enum's.
    #[error("`{key}` is {}, which is no `{enum_name}`{}", quoted(.value), did_you_mean(.suggestion))]
    NotAMember {
        /// The fact's name.
        key: String,
        /// The name given.
        value: String,
        /// The enum's name.
        enum_name: String,
        /// A member with a similar name.
        suggestion: Option<String>,
    },
    /// There are more problems of these kinds than are told.
    #[error("{count} more of what is given {}", if *.count == 1 { "does not fit" } else { "do not fit" })]
    More {
        /// How many more.
        count: usize,
    },
}

impl EventProblem {
    /// The key it is about; none where it is about the whole event.
    pub fn key(&self) -> Option<&str> {
        match self {
            EventProblem::Unreadable(_)
            | EventProblem::NotJson { .. }
            | EventProblem::NotAnObject { .. }
            | EventProblem::More { .. } => None,
            EventProblem::UnknownKey { key, .. }
            | EventProblem::Duplicate { key }
            | EventProblem::Missing { key }
            | EventProblem::WrongType { key, .. }
            | EventProblem::OutOfRange { key, .. }
            | EventProblem::NotAMember { key, .. } => Some(key),
        }
    }
}
