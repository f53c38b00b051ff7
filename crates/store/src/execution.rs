//! An incomplete execution, as its log tells it.

use jiff::Timestamp;
use redress::Decision;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use crate::entry::{Cause, Entry, Happening, Stored};
use crate::fault::{Fault, planted};
use crate::id::ExecutionId;
use crate::payload::PayloadKind;
use crate::seal::SealedText;
use crate::state::{Resolution, State, Status};

/// An incomplete execution.
///
/// Nothing in it is set by hand: it is what its log comes to, entry by entry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Execution {
    /// Its id.
    pub id: ExecutionId,
    /// The entries of its log; a change is made to a version, and refused when there is a newer one.
    pub version: u32,
    /// When it was stored.
    pub created: Timestamp,
    /// When the last entry was made.
    pub changed: Timestamp,
    /// The scenario whose run failed.
    pub scenario: String,
    /// Its place among the executions ever stored for the scenario, counted from 1.
    pub sequence: u64,
    /// The id of the run that failed.
    pub run: Option<String>,
    /// The definition that the run had.
    pub definition: Option<String>,
    /// The definition, where the scenario is confidential; see [`Executions::definition`](crate::Executions::definition).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed_definition: Option<SealedText>,
    /// Whether the definition is a command that the machine itself recorded, and may run again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub recorded: bool,
    /// What has to happen in order.
    pub key: Option<String>,
    /// What makes the report the same one when it is delivered again.
    pub once: Option<String>,
    /// The trace that the failed run was part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<String>,
    /// The execution whose resolving failed in a later module.
    pub origin: Option<ExecutionId>,
    /// The last error, as it was decided; without its free texts, where the scenario is confidential.
    pub event: Map<String, Json>,
    /// The free texts of the last error, where the scenario is confidential.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed_event: Option<SealedText>,
    /// What the policy said of the last error.
    pub decision: Decision,
    /// How the payload is kept that the next try is given.
    pub payload: PayloadKind,
    /// The edition of that payload; 1 is the original.
    pub edition: u32,
    /// Bytes of all editions of the payload, and of the first event.
    pub size: u64,
    /// How often the failing module was tried, the original run counted: the fact `attempt`.
    pub tries: u32,
    /// How many steps of the schedule were used; a person's tries use none.
    pub steps: u32,
    /// How many tries in a row were interrupted.
    pub interruptions: u32,
    /// Where a person let it go at a pace, the milliseconds from the begin of its try to that of the next one; until that
    /// try has ended, also where it is interrupted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gap: Option<u64>,
    /// Where it stands.
    pub state: State,
}

/// A log that tells no possible story.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("entry {number} of the log cannot follow what stands before it: {why}")]
pub struct BrokenLog {
    /// The number of the entry, or of the one that is missing.
    pub number: u32,
    /// What is wrong.
    pub why: String,
}

/// How often the failing module was tried before the execution was stored: a host may have retried in place.
pub(crate) fn tries_before(event: &Map<String, Json>) -> u32 {
    let attempt = event.get("attempt").and_then(Json::as_u64).unwrap_or(1);
    u32::try_from(attempt).unwrap_or(u32::MAX).max(1)
}

impl Execution {
    /// The execution that a log tells of.
    ///
    /// # Errors
    /// The first entry that cannot follow those before it.
    pub fn from_log(id: ExecutionId, log: &[Entry]) -> Result<Self, BrokenLog> {
        let broken = |why: &str| BrokenLog { number: 1, why: why.to_owned() };
        let (first, rest) = log.split_first().ok_or_else(|| broken("the log is empty"))?;
        let Happening::Stored(stored) = &first.what else {
            return Err(broken("a log begins with what was stored"));
        };
        if first.number != 1 {
            return Err(broken("the log does not begin at its beginning"));
        }
        let mut execution = Execution::stored(id, first.at, stored);
        rest.iter().try_for_each(|entry| execution.apply(entry))?;
        Ok(execution)
    }

    /// The execution as it is stored.
    pub(crate) fn stored(id: ExecutionId, at: Timestamp, stored: &Stored) -> Self {
        let stored = stored.clone();
        let tries = tries_before(&stored.event);
        Execution {
            id,
            version: 1,
            created: at,
            changed: at,
            scenario: stored.scenario,
            sequence: stored.sequence,
            run: stored.run,
            definition: stored.definition,
            sealed_definition: stored.sealed_definition,
            recorded: stored.recorded,
            key: stored.key,
            once: stored.once,
            trace: stored.trace,
            origin: stored.origin,
            event: stored.event,
            sealed_event: stored.sealed_event,
            decision: stored.decision,
            payload: stored.payload,
            edition: 1,
            size: stored.size,
            tries,
            steps: 0,
            interruptions: 0,
            gap: None,
            state: State::from(&stored.next),
        }
    }

    /// Its status.
    pub fn status(&self) -> Status {
        self.state.status()
    }

    /// When it is going to be tried, where it is.
    pub fn due(&self) -> Option<Timestamp> {
        self.state.due()
    }

    /// Whether it waits at a pace: it begins no sooner than the gap after the one before it.
    pub fn is_paced(&self) -> bool {
        self.gap.is_some() && self.state.is_asked()
    }

    /// The type of the last error; empty where the event does not say.
    pub fn error(&self) -> &str {
        fact(&self.event, "error")
    }

    /// The message of the last error; empty where the event does not say, or the scenario is confidential.
    pub fn message(&self) -> &str {
        fact(&self.event, "message")
    }

    /// Takes in the next entry of the log.
    ///
    /// # Errors
    /// Where it cannot follow; the execution is then unchanged.
    pub fn apply(&mut self, entry: &Entry) -> Result<(), BrokenLog> {
        let number = entry.number;
        if number != self.version.saturating_add(1) {
            let why = format!("it should be entry {}", self.version.saturating_add(1));
            return Err(BrokenLog { number, why });
        }
        if !self.may_follow(&entry.what) {
            let why = format!("the execution is {}", self.status());
            return Err(BrokenLog { number, why });
        }
        self.take_in(&entry.what, entry.at);
        self.version = number;
        self.changed = entry.at;
        Ok(())
    }

    /// Whether the table of transitions has this one.
    fn may_follow(&self, what: &Happening) -> bool {
        use Status::{InProgress, Pending, Unresolved};
        match what {
            Happening::Stored(_) => false,
            Happening::Started { .. } => self.status() == Pending,
            Happening::Succeeded { .. }
            | Happening::Continued { .. }
            | Happening::Failed { .. }
            | Happening::Interrupted { .. } => self.status() == InProgress,
            Happening::Asked { .. } | Happening::Closed { .. } => {
                matches!(self.status(), Unresolved | Pending)
            }
        }
    }

    fn take_in(&mut self, what: &Happening, at: Timestamp) {
        match what {
            Happening::Stored(_) => {}
            Happening::Started { by, worker } => self.start(by, worker, at),
            Happening::Succeeded { .. } => self.resolve(at, Resolution::Succeeded),
            Happening::Continued { with, .. } => self.resolve(at, Resolution::Continued(*with)),
            Happening::Failed { event, sealed_event, decision, next, .. } => {
                self.interruptions = 0;
                self.gap = None;
                self.event.clone_from(event);
                self.sealed_event.clone_from(sealed_event);
                self.decision.clone_from(decision);
                self.state = State::from(next);
            }
            Happening::Interrupted { next } => {
                self.interruptions += 1;
                self.state = State::from(next);
            }
            Happening::Asked { by, due, gap, edited, .. } => {
                if let Some(edition) = edited {
                    self.edition = edition.number;
                    self.payload = edition.payload;
                    self.size = self.size.saturating_add(edition.size);
                }
                self.interruptions = 0;
                self.gap = *gap;
                self.state = State::Pending { due: *due, by: Cause::Person(by.clone()) };
            }
            Happening::Closed { by, reason } => {
                self.resolve(at, Resolution::Closed { by: by.clone(), reason: reason.clone() });
            }
        }
    }

    fn start(&mut self, by: &Cause, worker: &str, at: Timestamp) {
        if !(planted(Fault::ForgetsInterrupted) && self.interruptions > 0) {
            self.tries = self.tries.saturating_add(1);
        }
        self.steps = self.steps.saturating_add(u32::from(*by == Cause::Schedule));
        self.state = State::InProgress { since: at, by: by.clone(), worker: worker.to_owned() };
    }

    fn resolve(&mut self, at: Timestamp, how: Resolution) {
        self.gap = None;
        self.state = State::Resolved { at, how };
    }
}

/// A fact of an event that is a text; empty where the event does not say.
pub(crate) fn fact<'e>(event: &'e Map<String, Json>, name: &str) -> &'e str {
    event.get(name).and_then(Json::as_str).unwrap_or_default()
}
