//! Workers: claim what is due, have it run, keep the leases, and say how it ended.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use redress_store::{Claim, EndError, Execution, ExecutionId, Executions, Outcome, StoreError};
use serde_json::json;

use crate::runner::{Runner, Task};

/// A claim is made no later than this after something is due, whoever stored it.
const LONGEST_PAUSE: Duration = Duration::from_millis(25);

/// Finds what runs the retries of a scenario; nothing: they wait.
pub type FindRunner = dyn Fn(&str) -> Option<Arc<dyn Runner>> + Send + Sync;

/// Is told what happens.
pub type Tell = dyn Fn(Notice) + Send + Sync;

/// What happens while workers are at work.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// A try begins; the execution is in progress.
    Began(Box<Execution>),
    /// A try has ended, after so long; what the execution is now.
    Ended(Box<Execution>, Duration),
    /// The store cannot be asked; it is tried again.
    Store(StoreError),
    /// The end of a try was not taken.
    End(ExecutionId, EndError),
}

impl Notice {
    /// Whether something went wrong beside the tries themselves.
    pub fn is_trouble(&self) -> bool {
        matches!(self, Notice::Store(_) | Notice::End(..))
    }
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
        tell: Box<Tell>,
    ) -> std::io::Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let work = Work::new(executions, name, most, find, tell);
        let thread = thread::Builder::new()
            .name("redress-workers".to_owned())
            .spawn(move || work.until(&stopped, Idle::Waits))?;
        Ok(Workers { stop, thread: Some(thread) })
    }

    /// Works in this thread until nothing is due any more, or `stop` is set; what runs then is waited for.
    ///
    /// What cannot begin, since its scenario is held or switched off or its places are taken by others, is not waited for.
    pub fn run_due(
        executions: Arc<Executions>,
        name: &str,
        most: usize,
        find: Arc<FindRunner>,
        tell: Box<Tell>,
        stop: &AtomicBool,
    ) {
        Work::new(executions, name, most, find, tell).until(stop, Idle::Ends);
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

/// What becomes of the work when nothing is due.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Idle {
    Waits,
    Ends,
}

struct Work {
    executions: Arc<Executions>,
    name: String,
    most: usize,
    find: Arc<FindRunner>,
    tell: Box<Tell>,
    running: BTreeMap<ExecutionId, Running>,
    ended: Sender<(ExecutionId, Outcome, Duration)>,
    ends: Receiver<(ExecutionId, Outcome, Duration)>,
}

impl Work {
    fn new(
        executions: Arc<Executions>,
        name: &str,
        most: usize,
        find: Arc<FindRunner>,
        tell: Box<Tell>,
    ) -> Self {
        let (name, running) = (name.to_owned(), BTreeMap::new());
        let (ended, ends) = channel();
        Work { executions, name, most, find, tell, running, ended, ends }
    }

    fn until(mut self, stopped: &AtomicBool, idle: Idle) {
        loop {
            let stopping = stopped.load(Ordering::Relaxed);
            if !stopping {
                self.claim();
            }
            if self.running.is_empty() && (stopping || idle == Idle::Ends) {
                return;
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
        (self.tell)(Notice::Began(Box::new(claim.execution.clone())));
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
            definition: claim.execution.definition.clone(),
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
        (self.tell)(match ended {
            Ok(execution) => Notice::Ended(Box::new(execution), took),
            Err(error) => Notice::End(id, error),
        });
    }

    fn trouble(&self, error: StoreError) {
        (self.tell)(Notice::Store(error));
    }
}

fn failed(error: &str, message: &str) -> Outcome {
    Outcome::Failed(json!({"error": error, "message": message}))
}
