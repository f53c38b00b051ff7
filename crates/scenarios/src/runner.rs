//! What runs a try.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;
use redress::Policy;
use redress_store::{Outcome, Payload};

/// A try that is to be run.
#[derive(Clone, Debug)]
pub struct Task {
    /// The scenario.
    pub scenario: String,
    /// The id of the execution.
    pub execution: String,
    /// The definition that the failed run had.
    pub definition: Option<String>,
    /// Whether the definition is a command that this machine recorded; what others report never is.
    pub recorded: bool,
    /// What the failing module needs to run again, decrypted.
    pub payload: Payload,
    /// The same for all tries of an execution with the same payload.
    pub idempotency_key: String,
    /// Which try it is, the original run counted.
    pub attempt: u32,
    /// When the try was due; where it waited at a pace, not before that let it begin.
    pub due: Timestamp,
    /// The trace that the failed run was part of, as W3C Trace Context writes it.
    pub traceparent: Option<String>,
    /// What decides where it fails: an event that does not fit is of no use.
    pub policy: Policy,
    pub(crate) given_up: Arc<AtomicBool>,
}

impl Task {
    /// A task for a test of a runner: a second try, due in 1970, with the key `key`, that nobody gives up.
    pub fn new(scenario: impl Into<String>, payload: Payload) -> Self {
        Task {
            scenario: scenario.into(),
            execution: "0".repeat(32),
            definition: None,
            recorded: false,
            payload,
            idempotency_key: "key".to_owned(),
            attempt: 2,
            due: Timestamp::UNIX_EPOCH,
            traceparent: None,
            policy: Policy::default(),
            given_up: Arc::default(),
        }
    }

    /// Whether the try is no longer this worker's: its lease is lost, or the program ends. What still runs should stop.
    pub fn is_given_up(&self) -> bool {
        self.given_up.load(Ordering::Relaxed)
    }
}

/// Runs tries.
///
/// It may be asked for the same one more than once: whoever makes an effect uses the idempotency key to make it once.
pub trait Runner: Send + Sync {
    /// Runs a try to its end.
    fn run(&self, task: &Task) -> Outcome;
}

/// A function runs tries.
impl<F: Fn(&Task) -> Outcome + Send + Sync> Runner for F {
    fn run(&self, task: &Task) -> Outcome {
        self(task)
    }
}
