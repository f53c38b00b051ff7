//! The thread that claims: it starts tries, and keeps their leases while they run.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use redress_store::{Claim, Claimed, ExecutionId, Executions, StoreError};

use super::attempt::Attempt;
use super::{Ending, FindRunner, Notice, Tell};

/// A claim is made no later than this after something is due, whoever stored it meanwhile.
const LONGEST_PAUSE: Duration = Duration::from_millis(25);

/// What is due within so short a time is claimed together: each claim costs a synchronisation of the disk.
const SHORTEST_PAUSE: Duration = Duration::from_millis(4);

/// Who ends when nothing is due stays no longer than this for what is due and waits at a pace: cron begins the next one
/// every minute.
const LONGEST_STAY: Duration = Duration::from_secs(60);

/// So long is waited for tries that were given up, until they are left to themselves: a command is killed within
/// that, a call is not.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// What becomes of the work when nothing is due.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Idle {
    Waits,
    Ends,
}

/// A try while it runs.
struct Running {
    claim: Arc<Claim>,
    given_up: Arc<AtomicBool>,
    renew: Instant,
}

pub(super) struct Claims {
    executions: Arc<Executions>,
    name: String,
    most: usize,
    find: Arc<FindRunner>,
    tell: Arc<Tell>,
    ending: Ending,
    running: BTreeMap<ExecutionId, Running>,
    ended: Sender<ExecutionId>,
    ends: Receiver<ExecutionId>,
}

impl Claims {
    pub(super) fn new(
        executions: Arc<Executions>,
        name: &str,
        most: usize,
        (find, tell): (Arc<FindRunner>, Box<Tell>),
        ending: Ending,
    ) -> Self {
        let (name, tell) = (name.to_owned(), Arc::from(tell));
        let (ended, ends) = channel();
        let running = BTreeMap::new();
        Claims { executions, name, most, find, tell, ending, running, ended, ends }
    }

    pub(super) fn until(mut self, idle: Idle) {
        let end = Timestamp::now() + LONGEST_STAY;
        loop {
            let stopping = self.ending.is_stopped();
            let asked = Timestamp::now();
            let paced = if stopping { None } else { self.claim(asked) };
            let stays = idle == Idle::Waits || paced.is_some_and(|next| next <= end);
            if self.running.is_empty() && (stopping || !stays) {
                return;
            }
            if self.ending.is_given_up() {
                return self.give_up();
            }
            self.renew();
            self.wait(asked, stopping || idle == Idle::Ends);
        }
    }

    /// Waits until there may be something to claim, or nothing is left to wait for. An end makes room, which matters only
    /// where something waits for it; each claim costs a synchronisation of the disk.
    fn wait(&mut self, asked: Timestamp, ends_with_the_last: bool) {
        let next = self.executions.next_time().ok().flatten();
        let wants_room = self.running.len() >= self.most || next.is_some_and(|next| next <= asked);
        let end = Instant::now() + pause_until(next.filter(|next| *next > asked));
        while let Ok(id) = self.ends.recv_timeout(end.saturating_duration_since(Instant::now())) {
            self.running.remove(&id);
            if wants_room || ends_with_the_last && self.running.is_empty() {
                break;
            }
        }
        while let Ok(id) = self.ends.try_recv() {
            self.running.remove(&id);
        }
    }

    /// Begins what may begin. Answers when the next may of those that are due and that only their pace keeps waiting.
    fn claim(&mut self, now: Timestamp) -> Option<Timestamp> {
        let free = self.most.saturating_sub(self.running.len());
        if free == 0 {
            return None;
        }
        let find = Arc::clone(&self.find);
        let is_ours = move |scenario: &str| find(scenario).is_some();
        match self.executions.claim_where(&self.name, free, now, is_ours) {
            Ok(Claimed { claims, interrupted, vanished, paced, unopened }) => {
                for execution in interrupted {
                    (self.tell)(Notice::Interrupted(Box::new(execution)));
                }
                for scenario in vanished {
                    (self.tell)(Notice::Vanished(scenario));
                }
                for (execution, why) in unopened {
                    (self.tell)(Notice::Unopened(Box::new(execution), why));
                }
                claims.into_iter().for_each(|claim| self.start(claim));
                paced
            }
            Err(error) => {
                self.trouble(error);
                None
            }
        }
    }

    fn start(&mut self, claim: Claim) {
        let (id, claim) = (claim.execution.id, Arc::new(claim));
        let given_up = Arc::new(AtomicBool::new(false));
        let renew = Instant::now() + self.pause(&claim);
        (self.tell)(Notice::Began(Box::new(claim.execution.clone())));
        let attempt = Attempt {
            executions: Arc::clone(&self.executions),
            find: Arc::clone(&self.find),
            tell: Arc::clone(&self.tell),
            ending: self.ending.clone(),
            claim: Arc::clone(&claim),
            given_up: Arc::clone(&given_up),
        };
        self.running.insert(id, Running { claim, given_up, renew });
        let ended = self.ended.clone();
        let thread = thread::Builder::new().name("redress-try".to_owned()).spawn({
            let attempt = attempt.clone();
            move || {
                attempt.run();
                let _ = ended.send(id);
            }
        });
        if let Err(error) = thread {
            attempt.cannot_start(&error);
            self.running.remove(&id);
        }
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

    fn trouble(&self, error: StoreError) {
        (self.tell)(Notice::Store(error));
    }

    fn give_up(mut self) {
        for running in self.running.values() {
            running.given_up.store(true, Ordering::Relaxed);
        }
        let end = Instant::now() + LAST_WORDS;
        while !self.running.is_empty() {
            let left = end.saturating_duration_since(Instant::now());
            let Ok(id) = self.ends.recv_timeout(left) else { return };
            self.running.remove(&id);
        }
    }
}

/// So long is waited for what is due next.
fn pause_until(next: Option<Timestamp>) -> Duration {
    let Some(next) = next else { return LONGEST_PAUSE };
    let left = Duration::try_from(next.duration_since(Timestamp::now())).unwrap_or_default();
    left.clamp(SHORTEST_PAUSE, LONGEST_PAUSE)
}
