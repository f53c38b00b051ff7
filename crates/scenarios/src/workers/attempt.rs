//! One try, from its claim to its end, in a thread of its own.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use redress_store::{Claim, EndError, Execution, Executions, Outcome};
use serde_json::json;

use super::{Ending, FindRunner, Notice, Tell};
use crate::runner::Task;

/// So long is waited until the store is told once more how a try ended, where it could not take that.
const PAUSE: Duration = Duration::from_millis(100);

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
            let took = begun.elapsed();
            self.told(self.end(outcome, took), took);
        }
    }

    pub(super) fn cannot_start(&self, error: &std::io::Error) {
        let message = format!("no thread can be started: {error}");
        let took = Duration::ZERO;
        self.told(self.end_once(failed("OutOfSpaceError", &message), took), took);
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

    /// Says how the try ended; again and again, for as long as the lease lasts, where the store cannot take that for a moment:
    /// what succeeded would otherwise be run once more.
    fn end(&self, outcome: Outcome, took: Duration) -> Result<Execution, EndError> {
        let scenario = self.executions.scenario_settings(&self.claim.execution.scenario);
        let lease = Duration::from(scenario.settings.lease);
        let mut until = Instant::now() + lease;
        loop {
            let ended = self.end_once(outcome.clone(), took);
            let may_pass = matches!(&ended, Err(EndError::Store(error)) if error.may_pass());
            if !may_pass || self.ending.is_given_up() || Instant::now() >= until {
                return ended;
            }
            std::thread::sleep(PAUSE);
            if let Ok(Some(_)) = self.executions.renew(&self.claim, Timestamp::now()) {
                until = Instant::now() + lease;
            }
        }
    }

    fn end_once(&self, outcome: Outcome, took: Duration) -> Result<Execution, EndError> {
        let ended = self.executions.end(&self.claim, outcome, took, Timestamp::now());
        let Err(EndError::Report(error)) = ended else { return ended };
        // What the runner says does not fit the policy: that it failed is known all the same.
        let event = failed("UnexpectedError", &format!("the runner's event is wrong: {error}"));
        self.executions.end(&self.claim, event, took, Timestamp::now())
    }

    fn told(&self, ended: Result<Execution, EndError>, took: Duration) {
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
