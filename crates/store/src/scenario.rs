//! What is known of a scenario: whether it is on, what it keeps, what it lost. Pure, as [`life`](crate::life) is.

#[cfg(test)]
mod tests;

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::fault::{Fault, planted};
use crate::id::ExecutionId;
use crate::schedule::later;
use crate::settings::{Settings, UNCOUNTED};

/// What is known of a scenario.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScenarioState {
    /// Why it is switched off; nothing where it is on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub off: Option<Off>,
    /// Failed runs in a row that count.
    pub consecutive: u32,
    /// The last failures without a success between them, no more than the guard against runaways looks at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failures: Vec<Timestamp>,
    /// The last sequence number that was given.
    pub sequence: u64,
    /// How many executions are kept that are not resolved.
    pub incomplete: u64,
    /// How many bytes they have.
    pub bytes: u64,
    /// What was lost.
    #[serde(default)]
    pub lost: Lost,
    /// What was refused, since a limit was reached and nothing may be lost: it is for whoever reported it to keep. A report
    /// that is sent again counts again.
    #[serde(default)]
    pub refused: Lost,
    /// The last one that began of those that wait at a pace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paced: Option<Paced>,
}

/// The last one that began of those that wait at a pace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paced {
    /// When it began.
    pub began: Timestamp,
    /// How many milliseconds later the next may begin.
    pub gap: u64,
}

impl Paced {
    /// When the next may begin.
    pub(crate) fn next(&self) -> Timestamp {
        later(self.began, Duration::from_millis(self.gap))
    }
}

/// Since when and why a scenario is switched off. Where a person gave another reason for what was off already, it is that
/// person's, and since then; the log has all of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Off {
    /// Since when.
    pub since: Timestamp,
    /// Why.
    pub why: WhyOff,
}

/// Why a scenario is switched off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum WhyOff {
    /// Too many failed runs in a row.
    #[error("{} failed in a row", counted(u64::from(*.0), "run"))]
    Consecutive(u32),
    /// The first failure of a scenario that an instant trigger starts.
    #[error("a run that was triggered instantly failed")]
    Instant,
    /// Too many failures in a short time.
    #[error("{} came in a short time", counted(u64::from(*.0), "failure"))]
    Runaway(u32),
    /// An execution could not be stored, and may not be lost.
    #[error("an execution could not be stored: {0}")]
    Full(Full),
    /// A person switched it off.
    #[error("{by} switched it off{}", because(reason))]
    Person {
        /// Who.
        by: String,
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
}

impl WhyOff {
    /// Whether it is in the words of a person.
    fn has_reason(&self) -> bool {
        matches!(self, WhyOff::Person { reason: Some(reason), .. } if !reason.trim().is_empty())
    }
}

/// `1 run`, `2 runs`.
fn counted(count: u64, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

fn kept(count: u64) -> String {
    match count {
        1 => "1 execution that is not resolved is".to_owned(),
        _ => format!("{count} executions that are not resolved are"),
    }
}

/// What a person gave as the reason, behind what was done.
fn because(reason: &Option<String>) -> String {
    reason.as_ref().map_or_else(String::new, |reason| format!(": {reason}"))
}

/// Which limit keeps an execution from being stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Full {
    /// As many are kept as may be.
    #[error("{} kept already, as many as may be", kept(*.0))]
    Records(u64),
    /// They have as many bytes as they may.
    #[error("with it those that are not resolved would have more than {0} bytes")]
    Bytes(u64),
    /// The disk has no room.
    #[error("the disk is full")]
    Disk,
}

/// What could not be stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lost {
    /// How many executions.
    pub executions: u64,
    /// How many bytes they had.
    pub bytes: u64,
    /// When the first could not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<Timestamp>,
    /// When the last could not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<Timestamp>,
}

/// A line of the log of a scenario.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScenarioEntry {
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    #[serde(flatten)]
    pub what: ScenarioHappening,
}

/// What is worth a line in the log of a scenario.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum ScenarioHappening {
    /// It was switched off.
    Off {
        /// Why.
        why: WhyOff,
    },
    /// A person switched it on.
    On {
        /// Who.
        by: String,
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// A run was not heard of any more; what became of it is not known.
    Vanished {
        /// Who held the scenario for it.
        run: String,
    },
    /// Executions were brought in from elsewhere.
    Imported {
        /// How many.
        executions: u64,
        /// Who did it.
        by: String,
    },
    /// An execution was deleted; this line is all that is left of it.
    Deleted {
        /// Its id.
        id: ExecutionId,
        /// Its place among the executions of the scenario.
        sequence: u64,
        /// Who deleted it; nothing where its retention ended.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<String>,
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
}

impl ScenarioState {
    /// Whether there is room for an execution of so many bytes.
    pub fn room(&self, size: u64, settings: &Settings) -> Result<(), Full> {
        if planted(Fault::ForgetsLimit) {
            return Ok(());
        }
        if self.incomplete >= settings.max_records {
            return Err(Full::Records(settings.max_records));
        }
        self.room_to_grow(size, settings)
    }

    /// Whether an execution that is kept may have so many bytes more.
    pub fn room_to_grow(&self, size: u64, settings: &Settings) -> Result<(), Full> {
        let most = settings.max_bytes.bytes().unsigned_abs();
        if self.bytes.saturating_add(size) > most {
            return Err(Full::Bytes(most));
        }
        Ok(())
    }

    /// A run failed, and nothing of it is kept: the end of it is an error. Answers why the scenario has to be
    /// switched off, if it has.
    pub fn run_failed(
        &mut self,
        error: &str,
        instant: bool,
        settings: &Settings,
        now: Timestamp,
    ) -> Option<WhyOff> {
        let runaway = self.failed(settings, now);
        if UNCOUNTED.contains(&error) {
            return runaway;
        }
        self.consecutive = self.consecutive.saturating_add(1);
        match settings.max_consecutive_errors {
            Some(_) if instant => Some(WhyOff::Instant),
            Some(most) if self.consecutive >= most => Some(WhyOff::Consecutive(self.consecutive)),
            _ => runaway,
        }
    }

    /// A run failed and is kept, which makes its end a warning: the count of errors starts again, the guard against
    /// runaways counts it.
    pub fn run_kept(&mut self, settings: &Settings, now: Timestamp) -> Option<WhyOff> {
        self.consecutive = 0;
        self.failed(settings, now)
    }

    /// A run or a retry succeeded: both counts start again.
    pub fn succeeded(&mut self) {
        self.consecutive = 0;
        self.failures.clear();
    }

    /// Something failed, be it a run or a retry. Answers whether that is too often in too short a time.
    pub fn failed(&mut self, settings: &Settings, now: Timestamp) -> Option<WhyOff> {
        let guard = settings.runaway?;
        let most = (guard.failures as usize).max(1);
        self.failures.push(now);
        let surplus = self.failures.len().saturating_sub(most);
        self.failures.drain(..surplus);
        let first = self.failures.first().filter(|_| self.failures.len() == most)?;
        let within =
            now.duration_since(*first).as_millis() <= i128::from(guard.within.milliseconds());
        within.then_some(WhyOff::Runaway(guard.failures))
    }

    /// Until when none begins of those that wait at a pace; nothing: one may begin. A clock that was put back holds none
    /// up until it has come so far again.
    pub fn paced_until(&self, now: Timestamp) -> Option<Timestamp> {
        let paced = self.paced?;
        let until = paced.next();
        (paced.began <= now && now < until && !planted(Fault::Bursts)).then_some(until)
    }

    /// Switches it off. Of what is off already nothing changes, unless a person gives a reason that is new: that is then
    /// why it is off, from then on, and what stood before is in the log. Answers the line for its log.
    pub fn switch_off(&mut self, why: WhyOff, now: Timestamp) -> Option<ScenarioEntry> {
        if self.off.as_ref().is_some_and(|off| off.why == why || !why.has_reason()) {
            return None;
        }
        self.off = Some(Off { since: now, why: why.clone() });
        Some(ScenarioEntry { at: now, what: ScenarioHappening::Off { why } })
    }

    /// Switches it on, where it is off; both counts start again. Answers the line for its log.
    pub fn switch_on(
        &mut self,
        by: String,
        reason: Option<String>,
        now: Timestamp,
    ) -> Option<ScenarioEntry> {
        self.off.take()?;
        self.succeeded();
        Some(ScenarioEntry { at: now, what: ScenarioHappening::On { by, reason } })
    }

    /// An execution that is not resolved came in.
    pub(crate) fn came(&mut self, size: u64) {
        self.incomplete = self.incomplete.saturating_add(1);
        self.bytes = self.bytes.saturating_add(size);
    }

    /// An execution is resolved or gone.
    pub(crate) fn went(&mut self, size: u64) {
        self.incomplete = self.incomplete.saturating_sub(1);
        self.bytes = self.bytes.saturating_sub(size);
    }

    /// An execution could not be stored.
    pub(crate) fn lose(&mut self, size: u64, now: Timestamp) {
        self.lost.count(size, now);
    }

    /// An execution could not be stored, and may not be lost.
    pub(crate) fn refuse(&mut self, size: u64, now: Timestamp) {
        self.refused.count(size, now);
    }
}

impl Lost {
    /// One of so many bytes.
    pub(crate) fn one(size: u64, now: Timestamp) -> Self {
        Lost { executions: 1, bytes: size, first: Some(now), last: Some(now) }
    }

    /// One more, of so many bytes.
    pub(crate) fn count(&mut self, size: u64, now: Timestamp) {
        self.add(Lost::one(size, now));
    }

    /// What was lost later, or elsewhere.
    pub(crate) fn add(&mut self, other: Lost) {
        self.executions = self.executions.saturating_add(other.executions);
        self.bytes = self.bytes.saturating_add(other.bytes);
        self.first = self.first.into_iter().chain(other.first).min();
        self.last = self.last.max(other.last);
    }
}
