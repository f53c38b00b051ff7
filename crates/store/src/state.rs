//! Where an execution stands.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::entry::{Cause, Next, Waiting};
use crate::id::ExecutionId;

/// Where an execution stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum State {
    /// A person has to look at it.
    Unresolved {
        /// Why.
        why: Waiting,
    },
    /// It is going to be tried.
    Pending {
        /// Not before this time.
        due: Timestamp,
        /// What will make the try begin.
        by: Cause,
    },
    /// It is being tried.
    InProgress {
        /// Since when.
        since: Timestamp,
        /// What made the try begin.
        by: Cause,
        /// Who runs it.
        worker: String,
    },
    /// Nothing is left to do.
    Resolved {
        /// Since when.
        at: Timestamp,
        /// How.
        how: Resolution,
    },
}

/// How an execution was resolved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Resolution {
    /// It ran and succeeded.
    Succeeded,
    /// Its module ran and succeeded; what failed later is this execution.
    Continued(ExecutionId),
    /// A person closed it.
    Closed {
        /// Who.
        by: String,
        /// Why.
        reason: String,
    },
}

/// A [`State`] without what belongs to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// A person has to look at it.
    Unresolved,
    /// It is going to be tried.
    Pending,
    /// It is being tried.
    InProgress,
    /// Nothing is left to do.
    Resolved,
}

impl Status {
    /// All of them, as documented.
    pub const ALL: [Status; 4] =
        [Status::Unresolved, Status::Pending, Status::InProgress, Status::Resolved];
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Status::Unresolved => "unresolved",
            Status::Pending => "pending",
            Status::InProgress => "in progress",
            Status::Resolved => "resolved",
        })
    }
}

impl State {
    /// Its status.
    pub fn status(&self) -> Status {
        match self {
            State::Unresolved { .. } => Status::Unresolved,
            State::Pending { .. } => Status::Pending,
            State::InProgress { .. } => Status::InProgress,
            State::Resolved { .. } => Status::Resolved,
        }
    }
}

impl State {
    /// When it is going to be tried, where it is.
    pub(crate) fn due(&self) -> Option<Timestamp> {
        match self {
            State::Pending { due, .. } => Some(*due),
            _ => None,
        }
    }

    /// Whether a person asked for the try that it is waiting for.
    pub(crate) fn is_asked(&self) -> bool {
        matches!(self, State::Pending { by: Cause::Person(_), .. })
    }

    /// Since when it is resolved, where it is.
    pub(crate) fn resolved(&self) -> Option<Timestamp> {
        match self {
            State::Resolved { at, .. } => Some(*at),
            _ => None,
        }
    }
}

impl From<&Next> for State {
    fn from(next: &Next) -> State {
        match next.clone() {
            Next::Retry { due, by, .. } => State::Pending { due, by },
            Next::Person(why) => State::Unresolved { why },
        }
    }
}
