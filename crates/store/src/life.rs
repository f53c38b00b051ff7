//! The life of an execution: what may happen to it, and what then comes next.
//!
//! A state machine without clock and without input or output: an execution, a [`Command`] and the time it is given
//! make an entry of the log, or a [`Refusal`] that says why not. What the entry changes is [`Execution::apply`].

use std::time::Duration;

use jiff::Timestamp;
use redress::Decision;
use serde_json::{Map, Value as Json};

use crate::entry::{Cause, Delay, Edition, Entry, Fate, Happening, Next, Waiting};
use crate::execution::Execution;
use crate::fault::{Fault, planted};
use crate::id::ExecutionId;
use crate::schedule::{asked_to_wait, delay, later};
use crate::seal::SealedText;
use crate::state::{State, Status};

/// After so many interrupted tries in a row an execution waits for a person. Without it a payload that kills its
/// worker would kill one after the other.
pub const INTERRUPTIONS: u32 = 3;

/// A log has no more entries than this: a program that asks for the same retry over and over is stopped by it. The last of
/// them are kept for what has to follow, so that a try that has begun ends, and a person can close what it leaves.
///
/// In this crate's own tests logs are short, so that histories fill them.
pub const LOG_ENTRIES: u32 = if cfg!(test) { 10 } else { 10_000 };

/// What somebody wants to happen to an execution.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// A worker begins a try.
    Start {
        /// Who runs it.
        worker: String,
    },
    /// A worker says how its try ended.
    End {
        /// The version that the worker was given when the try began.
        version: u32,
        /// How long it took.
        took: Duration,
        /// How it ended.
        how: Ended,
    },
    /// The lease of the worker ran out.
    Interrupt,
    /// A person wants it to be tried, from a time on.
    Ask {
        /// Who.
        by: String,
        /// Why.
        reason: Option<String>,
        /// Not before this time.
        due: Timestamp,
        /// Where it waits at a pace, the milliseconds from its begin to that of the next.
        gap: Option<u64>,
        /// The payload that the person edited.
        edited: Option<Edition>,
    },
    /// A person closes it.
    Close {
        /// Who.
        by: String,
        /// Why; it may not be empty.
        reason: String,
    },
}

/// How a try ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Ended {
    /// It ran and succeeded.
    Well,
    /// The failing module succeeded; a later one failed, and is kept as this execution.
    Elsewhere(ExecutionId),
    /// It failed.
    Badly {
        /// The error, as it was decided and is kept.
        event: Map<String, Json>,
        /// What of it is encrypted.
        sealed_event: Option<SealedText>,
        /// What the policy says of it.
        decision: Box<Decision>,
        /// What jitter is made of: from 0 up to 1.
        chance: f64,
    },
}

/// Why a command is not carried out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Only what is pending can be started.
    #[error("it is {0}, and only what is pending can be run")]
    NotPending(Status),
    /// Its time has not come.
    #[error("it is not due before {0}")]
    NotDue(Timestamp),
    /// The try is not the worker's any more: its lease ran out, or it said already how the try ended.
    #[error("the try is no longer this worker's: its lease ran out, or it has ended already")]
    LeaseLost,
    /// While it is being tried it is left alone.
    #[error(
        "it is in progress, and its worker is heard of; wait until the try has ended, or until its lease runs out where the worker has died"
    )]
    InProgress,
    /// Nothing is left to do.
    #[error("it is resolved")]
    Resolved,
    /// Who closes an execution says why.
    #[error("closing needs a reason")]
    NoReason,
    /// It is not as it was when it was looked at.
    #[error("it has changed since and is at version {0}; look at it again")]
    Changed(u32),
    /// Its log has no room for another try.
    #[error("its log has no room for another try, of {LOG_ENTRIES} entries; close or delete it")]
    LogFull,
}

impl Execution {
    /// What a command makes of the execution: how it is afterwards, and the entry of its log that says so.
    ///
    /// # Errors
    /// Why the command is refused.
    pub fn after(&self, command: Command, now: Timestamp) -> Result<(Self, Entry), Refusal> {
        if planted(Fault::LocksFullLogs) && self.version >= LOG_ENTRIES {
            return Err(Refusal::LogFull);
        }
        let what = self.happening(command, now)?;
        let entry = Entry { number: self.version + 1, at: now, what };
        let mut execution = self.clone();
        // Whatever a command gives may follow: a property test asks all of them in all states.
        execution.apply(&entry).map_err(|_| self.in_the_way())?;
        Ok((execution, entry))
    }

    fn happening(&self, command: Command, now: Timestamp) -> Result<Happening, Refusal> {
        match command {
            Command::Start { worker } => self.begin(worker, now),
            Command::End { version, took, how } => self.end(version, took, how, now),
            Command::Interrupt => self.interrupt(now),
            Command::Ask { by, reason, due, gap, edited } => {
                self.needs_someone()?;
                if !self.has_room_for_a_try() {
                    return Err(Refusal::LogFull);
                }
                Ok(Happening::Asked { by, reason, due: due.max(now), gap, edited })
            }
            Command::Close { reason, .. } if reason.trim().is_empty() => Err(Refusal::NoReason),
            Command::Close { by, reason } => {
                self.needs_someone()?;
                Ok(Happening::Closed { by, reason })
            }
        }
    }

    /// Whether it may be deleted.
    ///
    /// # Errors
    /// Where it is in progress: whoever runs it would not know.
    pub fn may_be_deleted(&self) -> Result<(), Refusal> {
        match self.state {
            State::InProgress { .. } if !planted(Fault::DeletesRunning) => Err(Refusal::InProgress),
            _ => Ok(()),
        }
    }

    fn begin(&self, worker: String, now: Timestamp) -> Result<Happening, Refusal> {
        let State::Pending { due, by } = &self.state else {
            return Err(Refusal::NotPending(self.status()));
        };
        if now < *due && !planted(Fault::StartsEarly) {
            return Err(Refusal::NotDue(*due));
        }
        Ok(Happening::Started { by: by.clone(), worker })
    }

    fn end(
        &self,
        version: u32,
        took: Duration,
        how: Ended,
        now: Timestamp,
    ) -> Result<Happening, Refusal> {
        let current = version == self.version || planted(Fault::TrustsLostLease);
        if self.status() != Status::InProgress || !current {
            return Err(Refusal::LeaseLost);
        }
        let took = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        Ok(match how {
            Ended::Well => Happening::Succeeded { took },
            Ended::Elsewhere(with) => Happening::Continued { with, took },
            Ended::Badly { event, sealed_event, decision, chance } => {
                let next = self.in_the_log(next(&decision, &event, self.steps, now, chance));
                Happening::Failed { event, sealed_event, decision, took, next }
            }
        })
    }

    /// A try that was interrupted may have done its work or not: it is due again at once, as long as a try is left.
    fn interrupt(&self, now: Timestamp) -> Result<Happening, Refusal> {
        let State::InProgress { by, .. } = &self.state else { return Err(Refusal::LeaseLost) };
        let next = if self.interruptions + 1 >= INTERRUPTIONS {
            Next::Person(Waiting::Interrupted)
        } else if *by == Cause::Schedule && !self.has_step_left() {
            Next::Person(Waiting::Exhausted)
        } else {
            Next::Retry { due: now, by: by.clone(), delay: Delay::AtOnce }
        };
        Ok(Happening::Interrupted { next: self.in_the_log(next) })
    }

    /// What comes next, as far as the log has room for it.
    fn in_the_log(&self, next: Next) -> Next {
        match next {
            Next::Retry { .. } if !self.has_room_for_a_try() => Next::Person(Waiting::LogFull),
            next => next,
        }
    }

    /// Whether the log has room for the entry that promises one more try, and for all that may follow it.
    fn has_room_for_a_try(&self) -> bool {
        has_room(self.version.saturating_add(1), Status::Pending) || planted(Fault::LocksFullLogs)
    }

    fn has_step_left(&self) -> bool {
        match Fate::of(&self.decision) {
            Fate::Retry(schedule) => (self.steps as usize) < schedule.len(),
            Fate::Manual | Fate::Other => false,
        }
    }

    /// A person may ask for or close what waits.
    fn needs_someone(&self) -> Result<(), Refusal> {
        match self.state {
            State::Unresolved { .. } | State::Pending { .. } => Ok(()),
            _ => Err(self.in_the_way()),
        }
    }

    fn in_the_way(&self) -> Refusal {
        match self.status() {
            Status::InProgress => Refusal::InProgress,
            Status::Resolved => Refusal::Resolved,
            status @ (Status::Unresolved | Status::Pending) => Refusal::NotPending(status),
        }
    }
}

/// Whether a log of so many entries has room for all that may have to follow where its execution stands so: that a try
/// begins, that it ends, and that a person closes what it leaves.
pub(crate) fn has_room(entries: u32, status: Status) -> bool {
    let follow = match status {
        Status::Pending => 3,
        Status::InProgress => 2,
        Status::Unresolved => 1,
        Status::Resolved => 0,
    };
    entries.saturating_add(follow) <= LOG_ENTRIES
}

/// What comes after an error that was decided so, when so many steps of the schedule are used.
///
/// Steps are counted for the execution, not for each schedule that its errors are given in turn: two errors that
/// alternate do not go on for ever.
pub(crate) fn next(
    decision: &Decision,
    event: &Map<String, Json>,
    steps: u32,
    now: Timestamp,
    chance: f64,
) -> Next {
    let schedule = match Fate::of(decision) {
        Fate::Retry(schedule) => schedule,
        Fate::Manual => return Next::Person(Waiting::Manual),
        Fate::Other => return Next::Person(Waiting::Decided(decision.display.to_string())),
    };
    let step = steps.saturating_add(1);
    let given = match delay(schedule, step, chance) {
        None if planted(Fault::OneTryTooMany) && steps as usize == schedule.len() => Duration::ZERO,
        None => return Next::Person(Waiting::Exhausted),
        Some(given) => given,
    };
    let (wait, delay) = match asked_to_wait(event) {
        Some(asked) => (asked, Delay::RetryAfter(step)),
        None => (given, Delay::Step(step)),
    };
    Next::Retry { due: later(now, wait), by: Cause::Schedule, delay }
}
