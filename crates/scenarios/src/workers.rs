//! Workers: claim what is due, have it run, keep the leases, and say how it ended.

mod attempt;
mod claims;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use redress_store::{EndError, Execution, ExecutionId, Executions, Off, SealError, StoreError};

use crate::runner::Runner;
use claims::{Claims, Idle};

/// Finds what runs the retries of a scenario; nothing: they wait.
pub type FindRunner = dyn Fn(&str) -> Option<Arc<dyn Runner>> + Send + Sync;

/// Is told what happens, by several threads and while they work, so it should not take long.
pub type Tell = dyn Fn(Notice) + Send + Sync;

/// What happens while workers are at work.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// A try begins; the execution is in progress.
    Began(Box<Execution>),
    /// A try has ended, after so long; what the execution is now.
    Ended(Box<Execution>, Duration),
    /// A try was given up, since its worker was not heard of; what the execution is now.
    Interrupted(Box<Execution>),
    /// A run of this scenario was given up, since it was not heard of in time: its retries may begin, and the log of the
    /// scenario says which run it was.
    Vanished(String),
    /// It is due, and no try begins: it [does not open](Executions::does_not_open). It waits until it does, and is told once.
    Unopened(Box<Execution>, SealError),
    /// A guard has switched a scenario off: what is kept of it is not tried until a person switches it on.
    WentOff(String, Off),
    /// The store cannot be asked; it is tried again.
    Store(StoreError),
    /// The end of a try was not taken.
    End(ExecutionId, EndError),
}

impl Notice {
    /// Whether something went wrong beside the tries themselves.
    pub fn is_trouble(&self) -> bool {
        matches!(self, Notice::Store(_) | Notice::End(..) | Notice::Unopened(..))
    }
}

/// Asks workers to end: to begin nothing more, then to wait no longer for what runs.
#[derive(Clone, Debug, Default)]
pub struct Ending {
    stop: Arc<AtomicBool>,
    /// What still runs is given up; nothing is said of it, so its lease runs out and it is run again.
    given_up: Arc<AtomicBool>,
}

impl Ending {
    /// Nothing more is claimed; what runs is waited for.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// What runs is given up: a command is killed with all of its group, and the execution counts as interrupted as soon as
    /// its lease has run out.
    pub fn give_up(&self) {
        self.stop();
        self.given_up.store(true, Ordering::Relaxed);
    }

    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Whether what still ran was given up.
    pub fn is_given_up(&self) -> bool {
        self.given_up.load(Ordering::Relaxed)
    }
}

/// A thread that has what is due run, each try in a thread of its own, no more than so many at once.
pub struct Workers {
    ending: Ending,
    thread: Option<JoinHandle<()>>,
}

/// How often it is asked whether the workers have ended.
const PAUSE: Duration = Duration::from_millis(10);

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
        let ending = Ending::default();
        let claims = Claims::new(executions, name, most, (find, tell), ending.clone());
        let thread = thread::Builder::new()
            .name("redress-workers".to_owned())
            .spawn(move || claims.until(Idle::Waits))?;
        Ok(Workers { ending, thread: Some(thread) })
    }

    /// Works in this thread until nothing is due any more, or until it is asked to end; what runs then is waited for, unless it
    /// is given up.
    ///
    /// What cannot begin, since its scenario is held or switched off or its places are taken by others, is not waited for.
    /// What is due and waits at a pace is, no longer than a minute.
    pub fn run_due(
        executions: Arc<Executions>,
        name: &str,
        most: usize,
        find: Arc<FindRunner>,
        tell: Box<Tell>,
        ending: &Ending,
    ) {
        Claims::new(executions, name, most, (find, tell), ending.clone()).until(Idle::Ends);
    }

    /// What asks them to end, for another thread.
    pub fn ending(&self) -> Ending {
        self.ending.clone()
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
        self.ending.stop();
        while self.is_alive() && Instant::now() < end {
            thread::sleep(PAUSE);
        }
        self.ending.give_up();
        self.finish();
    }

    fn finish(&mut self) {
        self.ending.stop();
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
