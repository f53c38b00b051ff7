//! Workers: claim what is due, have it run, keep the leases, and say how it ended.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use redress_store::{Claim, EndError, ExecutionId, Executions, Outcome, StoreError};
use serde_json::json;

use crate::runner::{Runner, Task};

/// A claim is made no later than this after something is due, whoever stored it.
const LONGEST_PAUSE: Duration = Duration::from_millis(25);

/// Finds what runs the retries of a scenario; nothing: they wait.
pub type FindRunner = dyn Fn(&str) -> Option<Arc<dyn Runner>> + Send + Sync;

/// Is told what went wrong beside the tries themselves.
pub type Complain = dyn Fn(Trouble) + Send + Sync;

/// What went wrong beside the tries themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The store cannot be asked; it is tried again.
    Store(StoreError),
    /// The end of a try was not taken.
    End(ExecutionId, EndError),
}

/// A thread that has what is due run, each try in a thread of its own, no more than so many at once.
pub struct Workers {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Workers {
    /// Starts to work, under this name, with no more than `most` tries at once.
    ///
    /// # Errors
    /// Where the thread cannot be started.
    pub fn start(
        executions: Arc<Executions>,
        name: &str,
        most: usize,
        find: Arc<FindRunner>,
        complain: Box<Complain>,
    ) -> std::io::Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let (name, stopped) = (name.to_owned(), Arc::clone(&stop));
        let thread =
            thread::Builder::new().name("redress-workers".to_owned()).spawn(move || {
                let (ended, ends) = channel();
                Work {
                    executions,
                    name,
                    most,
                    find,
                    complain,
                    running: BTreeMap::new(),
                    ended,
                    ends,
                }
                .until(&stopped);
            })?;
        Ok(Workers { stop, thread: Some(thread) })
    }

    /// Claims nothing more, waits for what runs, and ends. What does not end by itself keeps it waiting until its own
    /// time is up.
    pub fn stop(mut self) {
        self.finish();
    }

    fn finish(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.finish();
    }
}

/// A try while it runs.
struct Running {
    claim: Claim,
    given_up: Arc<AtomicBool>,
    renew: Instant,
}

struct Work {
    executions: Arc<Executions>,
    name: String,
    most: usize,
    find: Arc<FindRunner>,
    complain: Box<Complain>,
    running: BTreeMap<ExecutionId, Running>,
    ended: Sender<(ExecutionId, Outcome, Duration)>,
    ends: Receiver<(ExecutionId, Outcome, Duration)>,
}

impl Work {
    fn until(mut self, stopped: &AtomicBool) {
        loop {
            let stopping = stopped.load(Ordering::Relaxed);
            if stopping && self.running.is_empty() {
                return;
            }
            if !stopping {
                self.claim();
            }
            self.renew();
            if let Ok((id, outcome, took)) = self.ends.recv_timeout(LONGEST_PAUSE) {
                self.end(id, outcome, took);
            }
            while let Ok((id, outcome, took)) = self.ends.try_recv() {
                self.end(id, outcome, took);
            }
        }
    }

    fn claim(&mut self) {
        let free = self.most.saturating_sub(self.running.len());
        if free == 0 {
            return;
        }
        let find = Arc::clone(&self.find);
        let is_ours = move |scenario: &str| find(scenario).is_some();
        match self.executions.claim_where(&self.name, free, Timestamp::now(), is_ours) {
            Ok(claims) => claims.into_iter().for_each(|claim| self.start(claim)),
            Err(error) => self.trouble(error),
        }
    }

    fn start(&mut self, claim: Claim) {
        let id = claim.execution.id;
        let given_up = Arc::new(AtomicBool::new(false));
        let renew = Instant::now() + self.pause(&claim);
        let run = self.run(&claim, Arc::clone(&given_up));
        self.running.insert(id, Running { claim, given_up, renew });
        let ended = self.ended.clone();
        let begun = Instant::now();
        let thread = thread::Builder::new().name("redress-try".to_owned()).spawn(move || {
            // A runner that panics has not run; the try ends all the same, and its place is free.
            let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(run));
            let outcome =
                outcome.unwrap_or_else(|_| failed("UnexpectedError", "the runner panicked"));
            let _ = ended.send((id, outcome, begun.elapsed()));
        });
        if let Err(error) = thread {
            let outcome = failed("OutOfSpaceError", &format!("no thread can be started: {error}"));
            self.end(id, outcome, Duration::ZERO);
        }
    }

    /// What runs the try.
    fn run(&self, claim: &Claim, given_up: Arc<AtomicBool>) -> Box<dyn FnOnce() -> Outcome + Send> {
        let scenario = claim.execution.scenario.clone();
        let Some(runner) = (self.find)(&scenario) else {
            return Box::new(|| {
                failed("InvalidConfigurationError", "nothing runs the scenario any more")
            });
        };
        let payload = match self.executions.open(claim) {
            Ok(payload) => payload,
            Err(error) => {
                let message = error.to_string();
                return Box::new(move || failed("InvalidConfigurationError", &message));
            }
        };
        let task = Task {
            scenario,
            execution: claim.execution.id.to_string(),
            payload,
            idempotency_key: claim.idempotency_key(),
            attempt: claim.attempt(),
            given_up,
        };
        Box::new(move || runner.run(&task))
    }

    /// A third of the lease: two renewals may be late before it is lost.
    fn pause(&self, claim: &Claim) -> Duration {
        let scenario = self.executions.scenario_settings(&claim.execution.scenario);
        Duration::from(scenario.settings.lease) / 3
    }

    fn renew(&mut self) {
        let now = Instant::now();
        let due: Vec<ExecutionId> =
            self.running.iter().filter(|(_, it)| it.renew <= now).map(|(id, _)| *id).collect();
        for id in due {
            let Some(running) = self.running.get(&id) else { continue };
            let renewed = self.executions.renew(&running.claim, Timestamp::now());
            let next = now + self.pause(&running.claim);
            let Some(running) = self.running.get_mut(&id) else { continue };
            running.renew = next;
            match renewed {
                Ok(Some(_)) => {}
                Ok(None) => running.given_up.store(true, Ordering::Relaxed),
                Err(error) => self.trouble(error),
            }
        }
    }

    fn end(&mut self, id: ExecutionId, outcome: Outcome, took: Duration) {
        let Some(running) = self.running.remove(&id) else { return };
        let ended = self.executions.end(&running.claim, outcome, took, Timestamp::now());
        let ended = match ended {
            // What the runner says does not fit the policy: that it failed is known all the same.
            Err(EndError::Report(error)) => {
                let event =
                    failed("UnexpectedError", &format!("the runner's event is wrong: {error}"));
                self.executions.end(&running.claim, event, took, Timestamp::now())
            }
            ended => ended,
        };
        if let Err(error) = ended {
            (self.complain)(Trouble::End(id, error));
        }
    }

    fn trouble(&self, error: StoreError) {
        (self.complain)(Trouble::Store(error));
    }
}

fn failed(error: &str, message: &str) -> Outcome {
    Outcome::Failed(json!({"error": error, "message": message}))
}
