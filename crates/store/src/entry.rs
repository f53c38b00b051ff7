//! What happened to an execution: the entries of its log.

use jiff::Timestamp;
use redress::{Argument, Decision, Outcome, Schedule};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use crate::id::ExecutionId;
use crate::payload::PayloadKind;
use crate::seal::SealedText;

/// One line of the log of an execution.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Its place in the log, counted from 1 without a gap.
    pub number: u32,
    /// When it happened, by the clock of the one who said so.
    pub at: Timestamp,
    /// What happened.
    #[serde(flatten)]
    pub what: Happening,
}

/// What can happen to an execution.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Happening {
    /// It was reported and kept; the first entry of every log.
    Stored(Box<Stored>),
    /// A try began.
    Started {
        /// What made it begin.
        by: Cause,
        /// Who runs it.
        worker: String,
    },
    /// The try ran and succeeded.
    Succeeded {
        /// How long it took, in milliseconds.
        took: u64,
    },
    /// The failing module succeeded, a later one failed; what is left is kept as another execution.
    Continued {
        /// The other execution.
        with: ExecutionId,
        /// How long it took, in milliseconds.
        took: u64,
    },
    /// The try failed.
    Failed {
        /// The error, as it was decided.
        event: Map<String, Json>,
        /// The free texts of the error, where the scenario is confidential.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sealed_event: Option<SealedText>,
        /// What the policy said of it.
        decision: Box<Decision>,
        /// How long it took, in milliseconds.
        took: u64,
        /// What comes next.
        next: Next,
    },
    /// The worker was not heard of until its lease ran out.
    Interrupted {
        /// What comes next.
        next: Next,
    },
    /// A person wants it to be tried.
    Asked {
        /// Who.
        by: String,
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        /// Not before this time, so that many at once can be spread out.
        due: Timestamp,
        /// So many milliseconds after its try began the next one of its scenario may begin, of those that wait at a pace;
        /// nothing where it waits for no other.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        gap: Option<u64>,
        /// The edition of the payload that is run from now on, where the person edited it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        edited: Option<Edition>,
    },
    /// A person said that nothing is left to do, and why.
    Closed {
        /// Who.
        by: String,
        /// Why.
        reason: String,
    },
}

/// All that is known when an execution is stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stored {
    /// The scenario whose run failed.
    pub scenario: String,
    /// Its place among the executions ever stored for the scenario, counted from 1.
    pub sequence: u64,
    /// The id of the run that failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// The definition that the run had: a version, a hash, or the definition itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub definition: Option<String>,
    /// The definition, where the scenario is confidential.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed_definition: Option<SealedText>,
    /// Whether the definition is a command that the machine itself recorded, and may run again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub recorded: bool,
    /// What has to happen in order: executions of one key are run one after the other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// What makes the report the same one when it is delivered again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub once: Option<String>,
    /// The trace that the failed run was part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<String>,
    /// The execution whose resolving failed in a later module.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<ExecutionId>,
    /// The error, as it was decided; without its free texts, where the scenario is confidential.
    pub event: Map<String, Json>,
    /// The free texts of the error, where the scenario is confidential.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed_event: Option<SealedText>,
    /// What the policy said of it.
    pub decision: Decision,
    /// How its payload is kept.
    pub payload: PayloadKind,
    /// Bytes of the payload and of the event.
    pub size: u64,
    /// What comes next.
    pub next: Next,
}

/// What comes after an execution was stored, or a try did not succeed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Next {
    /// Another try.
    Retry {
        /// Not before this time.
        due: Timestamp,
        /// What will make it begin.
        by: Cause,
        /// What set the time.
        delay: Delay,
    },
    /// A person has to look at it.
    Person(Waiting),
}

/// What set the time of a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delay {
    /// This step of the schedule, counted from 1.
    Step(u32),
    /// What the failing service asked to wait, in place of this step.
    RetryAfter(u32),
    /// Nothing is waited for: the try before was interrupted.
    AtOnce,
}

/// What makes a try begin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The schedule.
    Schedule,
    /// The person of this name.
    Person(String),
}

/// Why an execution waits for a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Waiting {
    /// The policy decided `store(manual)`.
    Manual,
    /// The schedule has no try left.
    Exhausted,
    /// The policy decided something else than to store, which a kept execution cannot follow: `fail`.
    Decided(String),
    /// Its tries were interrupted so many times in a row that the fault may be its own.
    Interrupted,
    /// Its log has no room for another try.
    LogFull,
}

/// A payload that a person edited; the original stays as edition 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edition {
    /// Its number.
    pub number: u32,
    /// How it is kept.
    pub payload: PayloadKind,
    /// Its size in bytes.
    pub size: u64,
}

/// What a decision means for an execution that is or may be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fate<'d> {
    Retry(&'d Schedule),
    Manual,
    /// Nothing that a store is asked for.
    Other,
}

impl<'d> Fate<'d> {
    /// What the outcome says; the outcomes of other vocabularies count where they have the names of the standard one.
    pub(crate) fn of(decision: &'d Decision) -> Self {
        let Outcome { name, variant, .. } = &decision.outcome;
        match (name.as_str(), variant.as_deref(), decision.outcome.argument("after")) {
            ("store", Some("retry"), Some(Argument::Schedule(after))) => Fate::Retry(after),
            ("store", Some("manual"), _) => Fate::Manual,
            _ => Fate::Other,
        }
    }
}
