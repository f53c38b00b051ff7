//! Workers: claim what is due, have it run, keep the leases, and say how it ended.

mod attempt;
mod claims;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use redress_store::{Claim, EndError, Execution, ExecutionId, Executions, StoreError};

use crate::runner::Runner;
use claims::Claims;

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

/// Is told what the workers do; by several threads, and while they work, so it should not take long.
pub trait Watch: Send + Sync {
    /// A try begins.
    fn begins(&self, _claim: &Claim) {}

    /// A try has ended, and this is the execution since then.
    fn ended(&self, _execution: &Execution, _took: Duration) {}

    /// Something went wrong beside the tries themselves.
    fn trouble(&self, trouble: Trouble);
}

impl Watch for Box<Complain> {
    fn trouble(&self, trouble: Trouble) {
        self(trouble);
    }
}

/// A thread that has what is due run, each try in a thread of its own, no more than so many at once.
pub struct Workers {
    stop: Arc<Stop>,
    thread: Option<JoinHandle<()>>,
}

/// How the workers are told to end.
#[derive(Default)]
struct Stop {
    /// Nothing more is claimed.
    asked: AtomicBool,
    /// What still runs is given up; nothing is said of it, so its lease runs out and it is run again.
    given_up: AtomicBool,
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
        Workers::watched(executions, name, most, find, Arc::new(complain))
    }

    /// [Starts](Self::start) to work, and tells what is done.
    ///
    /// # Errors
    /// Where the thread cannot be started.
    pub fn watched(
        executions: Arc<Executions>,
        name: &str,
        most: usize,
        find: Arc<FindRunner>,
        watch: Arc<dyn Watch>,
    ) -> std::io::Result<Self> {
        let stop = Arc::new(Stop::default());
        let claims = Claims::new(executions, name.to_owned(), most, find, watch, Arc::clone(&stop));
        let thread = thread::Builder::new()
            .name("redress-workers".to_owned())
            .spawn(move || claims.until_stopped())?;
        Ok(Workers { stop, thread: Some(thread) })
    }

    /// Whether they work: a thread that has ended by itself is a mistake.
    pub fn is_alive(&self) -> bool {
        self.thread.as_ref().is_some_and(|thread| !thread.is_finished())
    }

    /// Claims nothing more, waits for what runs, and ends. What does not end by itself keeps it waiting until its own
    /// time is up.
    pub fn stop(mut self) {
        self.finish();
    }

    /// Claims nothing more, and waits so long for what runs. What is left then is given up: it counts as interrupted as
    /// soon as its lease has run out, and is run again.
    pub fn stop_within(mut self, grace: Duration) {
        let end = Instant::now() + grace;
        self.stop.asked.store(true, Ordering::Relaxed);
        while self.is_alive() && Instant::now() < end {
            thread::sleep(PAUSE);
        }
        self.stop.given_up.store(true, Ordering::Relaxed);
        self.finish();
    }

    fn finish(&mut self) {
        self.stop.asked.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// How often it is asked whether the workers have ended.
const PAUSE: Duration = Duration::from_millis(10);

impl Drop for Workers {
    fn drop(&mut self) {
        self.finish();
    }
}
