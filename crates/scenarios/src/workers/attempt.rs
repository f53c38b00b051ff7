//! One try, from its claim to its end, in a thread of its own.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use redress_store::{Claim, EndError, Executions, Outcome};
use serde_json::json;

use super::{Ending, FindRunner, Notice, Tell};
use crate::runner::Task;

/// One try. It says itself how it ended, so that the ends of many share a synchronisation of the disk.
#[derive(Clone)]
pub(super) struct Attempt {
    pub(super) executions: Arc<Executions>,
    pub(super) find: Arc<FindRunner>,
    pub(super) tell: Arc<Tell>,
    /// Where all tries of the program are given up, nothing is said of this one.
    pub(super) ending: Ending,
    pub(super) claim: Arc<Claim>,
    pub(super) given_up: Arc<AtomicBool>,
}

impl Attempt {
    pub(super) fn run(&self) {
        let begun = Instant::now();
        // A runner that panics has not run; the try ends all the same, and its place is free.
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| self.outcome()));
        let outcome = outcome.unwrap_or_else(|_| failed("UnexpectedError", "the runner panicked"));
        if !self.ending.is_given_up() {
            self.end(outcome, begun.elapsed());
        }
    }

    pub(super) fn cannot_start(&self, error: &std::io::Error) {
        let message = format!("no thread can be started: {error}");
        self.end(failed("OutOfSpaceError", &message), Duration::ZERO);
    }

    fn outcome(&self) -> Outcome {
        let execution = &self.claim.execution;
        let Some(runner) = (self.find)(&execution.scenario) else {
            return failed("InvalidConfigurationError", "nothing runs the scenario any more");
        };
        let opened = self.executions.open(&self.claim);
        let opened = opened.and_then(|it| Ok((it, self.executions.definition(execution)?)));
        let (payload, definition) = match opened {
            Ok(opened) => opened,
            Err(error) => return failed("InvalidConfigurationError", &error.to_string()),
        };
        runner.run(&Task {
            scenario: execution.scenario.clone(),
            execution: execution.id.to_string(),
            definition,
            recorded: execution.recorded,
            payload,
            idempotency_key: self.claim.idempotency_key(),
            attempt: self.claim.attempt(),
            due: self.claim.due,
            traceparent: execution.trace.clone(),
            policy: self.executions.scenario_settings(&execution.scenario).policy.clone(),
            given_up: Arc::clone(&self.given_up),
        })
    }

    fn end(&self, outcome: Outcome, took: Duration) {
        let ended = self.executions.end(&self.claim, outcome, took, Timestamp::now());
        let ended = match ended {
            // What the runner says does not fit the policy: that it failed is known all the same.
            Err(EndError::Report(error)) => {
                let message = format!("the runner's event is wrong: {error}");
                let event = failed("UnexpectedError", &message);
                self.executions.end(&self.claim, event, took, Timestamp::now())
            }
            ended => ended,
        };
        (self.tell)(match ended {
            Ok(execution) => Notice::Ended(Box::new(execution), took),
            Err(error) => Notice::End(self.claim.execution.id, error),
        });
        for (scenario, off) in self.executions.went_off() {
            (self.tell)(Notice::WentOff(scenario, off));
        }
    }
}

fn failed(error: &str, message: &str) -> Outcome {
    Outcome::Failed(json!({"error": error, "message": message}))
}
