//! Whether what is kept can be: the logs are read once more, and judged by rules of their own.
//!
//! What [`life`](crate::life) decides is not asked here but computed a second time, from the log alone and as plainly
//! as possible, so that a mistake there shows here.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;
use redress::{Action, Decision, Jitter, Schedule};
use serde_json::{Map, Value as Json};

use crate::entry::{Cause, Delay, Entry, Happening, Next};
use crate::execution::{Execution, tries_before};
use crate::id::ExecutionId;
use crate::query::{LARGEST_PAGE, Order, Query, Summary};
use crate::schedule::LONGEST_RETRY_AFTER;
use crate::state::Status;
use crate::store::{Reading, StoreError};

/// So many problems are listed; the others are counted.
const LISTED: usize = 1_000;

/// What an audit found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Audit {
    /// How many executions were read.
    pub executions: u64,
    /// How many entries of their logs.
    pub entries: u64,
    /// How many problems there are.
    pub wrong: u64,
    /// The first of them.
    pub problems: Vec<AuditProblem>,
}

/// Something that cannot be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditProblem {
    /// The execution.
    pub id: Option<ExecutionId>,
    /// What is wrong.
    pub what: String,
}

impl Audit {
    fn say(&mut self, id: impl Into<Option<ExecutionId>>, what: String) {
        self.wrong += 1;
        if self.problems.len() < LISTED {
            self.problems.push(AuditProblem { id: id.into(), what });
        }
    }
}

/// Reads everything.
pub(crate) fn audit(reading: &mut (impl Reading + ?Sized)) -> Result<Audit, StoreError> {
    let mut audit = Audit::default();
    let mut sums: BTreeMap<String, Sums> = BTreeMap::new();
    let mut query = Query { order: Order::Oldest, limit: LARGEST_PAGE, ..Query::default() };
    loop {
        let page = reading.list(&query)?;
        for row in &page.executions {
            let log = match reading.log(row.id) {
                Ok(log) => log,
                Err(error) if error.is_of_one() => {
                    audit.say(row.id, error.to_string());
                    continue;
                }
                Err(error) => return Err(error),
            };
            one(&mut audit, row, &log);
            if row.lease.is_some() != (row.status == Status::InProgress) {
                audit.say(row.id, format!("it is {}, and its lease {:?}", row.status, row.lease));
            }
            if let Ok(execution) = Execution::from_log(row.id, &log) {
                sums.entry(row.scenario.clone()).or_default().add(&mut audit, &execution);
            }
        }
        query.after = page.next;
        if query.after.is_none() {
            break;
        }
    }
    for name in reading.scenarios()? {
        let (state, sums) = (reading.scenario(&name)?, sums.remove(&name).unwrap_or_default());
        let counted = (state.incomplete, state.bytes);
        if counted != (sums.incomplete, sums.bytes) {
            let are = (sums.incomplete, sums.bytes);
            audit.say(
                None,
                format!("`{name}` counts {counted:?} executions and bytes, there are {are:?}"),
            );
        }
        if sums.sequence > state.sequence {
            audit.say(None, format!("`{name}` has given a number that it does not know of"));
        }
    }
    for name in sums.into_keys() {
        audit.say(None, format!("nothing is known of `{name}`"));
    }
    Ok(audit)
}

/// What the executions of a scenario add up to.
#[derive(Default)]
struct Sums {
    incomplete: u64,
    bytes: u64,
    sequence: u64,
    once: BTreeSet<String>,
    sequences: BTreeSet<u64>,
}

impl Sums {
    fn add(&mut self, audit: &mut Audit, execution: &Execution) {
        if execution.status() != Status::Resolved {
            self.incomplete += 1;
            self.bytes += execution.size;
        }
        self.sequence = self.sequence.max(execution.sequence);
        if !self.sequences.insert(execution.sequence) {
            audit.say(execution.id, "another one has its number".to_owned());
        }
        if execution.once.clone().is_some_and(|once| !self.once.insert(once)) {
            audit.say(execution.id, "its report was stored twice".to_owned());
        }
    }
}

/// What cannot be in the log of an execution that has not been kept here yet.
pub(crate) fn impossible(execution: &Execution, log: &[Entry]) -> Option<String> {
    let mut audit = Audit::default();
    one(&mut audit, &Summary::of(execution), log);
    audit.problems.into_iter().next().map(|problem| problem.what)
}

/// What is wrong with the log of one execution, and with its row.
fn one(audit: &mut Audit, row: &Summary, log: &[Entry]) {
    audit.executions += 1;
    audit.entries += log.len() as u64;
    let id = row.id;
    match Execution::from_log(id, log) {
        Ok(execution) if (Summary { lease: row.lease, ..Summary::of(&execution) }) != *row => {
            let told = Summary::of(&execution);
            audit.say(id, format!("its log tells of {told:?}, its row says {row:?}"));
        }
        Ok(_) => {}
        Err(broken) => audit.say(id, broken.to_string()),
    }
    let begun = log.iter().filter(|entry| matches!(entry.what, Happening::Started { .. })).count();
    let before = match log.first().map(|entry| &entry.what) {
        Some(Happening::Stored(stored)) => tries_before(&stored.event),
        _ => 1,
    };
    if row.tries != before.saturating_add(u32::try_from(begun).unwrap_or(u32::MAX)) {
        audit.say(id, format!("{begun} tries began, {} are counted", row.tries));
    }
    let resolving = |entry: &&Entry| {
        use Happening::{Closed, Continued, Succeeded};
        matches!(entry.what, Succeeded { .. } | Continued { .. } | Closed { .. })
    };
    if log.iter().filter(resolving).count() > 1 {
        audit.say(id, "it was resolved twice".to_owned());
    }
    Story::default().follow(audit, id, log);
}

/// What the log has told so far.
#[derive(Default)]
struct Story {
    due: Option<Timestamp>,
    schedule: Option<Schedule>,
    /// Tries that the schedule began.
    begun: usize,
}

impl Story {
    fn follow(mut self, audit: &mut Audit, id: ExecutionId, log: &[Entry]) {
        for entry in log {
            if let Some(what) = self.wrong(entry) {
                audit.say(id, format!("entry {}: {what}", entry.number));
            }
        }
    }

    fn wrong(&mut self, Entry { at, what, .. }: &Entry) -> Option<String> {
        match what {
            Happening::Stored(stored) => {
                self.decided(*at, (&stored.event, &stored.decision), &stored.next)
            }
            Happening::Failed { event, decision, next, .. } => {
                self.decided(*at, (event, decision), next)
            }
            Happening::Interrupted { next } => {
                if let Next::Retry { due, .. } = next {
                    self.due = Some(*due);
                }
                None
            }
            Happening::Asked { due, .. } => {
                self.due = Some(*due);
                None
            }
            Happening::Started { by, .. } => self.started(*at, by),
            Happening::Succeeded { .. }
            | Happening::Continued { .. }
            | Happening::Closed { .. } => None,
        }
    }

    fn started(&mut self, at: Timestamp, by: &Cause) -> Option<String> {
        let due = self.due.take();
        if due.is_none_or(|due| at < due) {
            return Some(format!("a try began at {at}, and was due at {due:?}"));
        }
        if *by == Cause::Schedule {
            self.begun += 1;
            let most = self.schedule.as_ref().map_or(0, Schedule::len);
            if self.begun > most {
                return Some(format!("the schedule has {most} tries, {} began", self.begun));
            }
        }
        None
    }

    fn decided(
        &mut self,
        at: Timestamp,
        (event, decision): (&Map<String, Json>, &Decision),
        next: &Next,
    ) -> Option<String> {
        self.schedule = schedule(decision);
        self.due = None;
        let Next::Retry { due, delay, .. } = next else { return None };
        self.due = Some(*due);
        let asked = event.get("retry_after").cloned();
        let asked: Option<redress::Duration> =
            asked.and_then(|asked| serde_json::from_value(asked).ok());
        // No time at all is no wait.
        let asked = asked.filter(|asked| asked.milliseconds() > 0);
        let step = match (*delay, asked) {
            (Delay::Step(step), None) | (Delay::RetryAfter(step), Some(_)) => step,
            _ => return Some(format!("{delay:?} is not what was asked to wait")),
        };
        if step as usize != self.begun + 1 {
            return Some(format!("step {step} comes after {} tries", self.begun));
        }
        let Some(base) = self.schedule.as_ref().and_then(|it| it.delay(step as usize)) else {
            return Some(format!("the schedule has no step {step}"));
        };
        let (least, most) = match asked {
            Some(asked) => {
                let asked = Duration::from(asked).min(LONGEST_RETRY_AFTER);
                (asked, asked)
            }
            None => bounds(base, self.schedule.as_ref().map_or(Jitter::None, Schedule::jitter)),
        };
        let wait = at.duration_until(*due).as_millis();
        let fits = least.as_millis() as i128 - 1 <= wait && wait <= most.as_millis() as i128 + 1;
        (!fits).then(|| format!("the wait is {wait} ms, not from {least:?} to {most:?}"))
    }
}

/// The shortest and the longest that a delay may become.
fn bounds(base: Duration, jitter: Jitter) -> (Duration, Duration) {
    match jitter {
        Jitter::None => (base, base),
        Jitter::Full => (Duration::ZERO, base),
        Jitter::Percent(percent) => {
            let part = base.mul_f64(f64::from(percent.min(100)) / 100.0);
            (base.saturating_sub(part), base.saturating_add(part))
        }
    }
}

fn schedule(decision: &Decision) -> Option<Schedule> {
    match serde_json::from_value(serde_json::to_value(&decision.outcome).ok()?) {
        Ok(Action::Store(redress::Store::Retry { after })) => Some(after),
        _ => None,
    }
}
