//! What a person does with many executions at once.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;

use super::Executions;
use super::begins::Begins;
use super::each::is_meant;
use super::manage::{ManageError, Wish, bounded, carry_out};
use super::pace::Pace;
use super::silent::as_if_freed;
use crate::fault::{Fault, planted};
use crate::id::ExecutionId;
use crate::life::Refusal;
use crate::query::{Order, Query, Selection};
use crate::schedule::{later, whole};
use crate::store::StoreError;

/// One transaction does no more than so many, so that reports need not wait long. In this crate's own tests they are few,
/// so that histories have many portions.
const AT_ONCE: usize = if cfg!(test) { 2 } else { 256 };

/// So many refusals are listed; the others are counted.
pub const LARGEST_REFUSALS: usize = 1_000;

/// What became of many.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bulk {
    /// With how many it was done, or would be, where it is only tried.
    pub done: u64,
    /// How many refused.
    pub refused: u64,
    /// The first of those that refused, and why.
    pub refusals: Vec<(ExecutionId, ManageError)>,
    /// When the last of the retries is due.
    pub last_due: Option<Timestamp>,
    /// When the last of the retries to begin can begin at the earliest: later than it is due where it waits at a pace, and
    /// the one that began before it, whoever let that go, keeps it waiting.
    pub last_begins: Option<Timestamp>,
}

impl Bulk {
    fn add(&mut self, id: ExecutionId, outcome: Result<(), ManageError>) {
        match outcome {
            Ok(()) => self.done += 1,
            Err(error) => {
                self.refused += 1;
                if self.refusals.len() < LARGEST_REFUSALS {
                    self.refusals.push((id, error));
                }
            }
        }
    }
}

impl Executions {
    /// Asks for a try of many executions, one after the other at a pace, so that a mass retry does not trip the limit
    /// that caused it. Of a scenario none begins sooner than the gap after the one before it began, also where they are
    /// late. `dry` only says what would be done.
    ///
    /// It is done in portions, each durable by itself: where the store fails in between, what was done before stays.
    ///
    /// # Errors
    /// Where the store cannot do it, or who and why are too long.
    pub fn retry_many(
        &self,
        selection: &Selection,
        by: &str,
        reason: Option<&str>,
        pace: Pace,
        dry: bool,
        now: Timestamp,
    ) -> Result<Bulk, ManageError> {
        bounded(by, reason)?;
        let now = whole(now);
        let (by, reason) = (by.to_owned(), reason.map(str::to_owned));
        let wish = |done: u64| {
            let wait = if planted(Fault::ForgetsPace) { Duration::ZERO } else { pace.wait(done) };
            let due = whole(later(now, wait));
            Wish::Ask { by: by.clone(), reason: reason.clone(), due, gap: pace.gap(done) }
        };
        self.many(selection, &wish, dry, now)
    }

    /// Closes many executions: nothing is left to do, and the reason says why. Those in progress, and those that are resolved,
    /// refuse one by one. `dry` only says what would be done.
    ///
    /// # Errors
    /// As [`retry_many`](Self::retry_many), and where the reason is empty.
    pub fn close_many(
        &self,
        selection: &Selection,
        by: &str,
        reason: &str,
        dry: bool,
        now: Timestamp,
    ) -> Result<Bulk, ManageError> {
        bounded(by, Some(reason))?;
        if reason.trim().is_empty() {
            return Err(ManageError::Refused(Refusal::NoReason));
        }
        let (by, reason) = (by.to_owned(), reason.to_owned());
        let wish = |_| Wish::Close { by: by.clone(), reason: reason.clone() };
        self.many(selection, &wish, dry, whole(now))
    }

    /// Deletes many executions; those in progress refuse one by one. `dry` only says what would be done.
    ///
    /// # Errors
    /// As [`retry_many`](Self::retry_many).
    pub fn delete_many(
        &self,
        selection: &Selection,
        by: &str,
        reason: Option<&str>,
        dry: bool,
        now: Timestamp,
    ) -> Result<Bulk, ManageError> {
        bounded(by, reason)?;
        let (by, reason) = (by.to_owned(), reason.map(str::to_owned));
        let wish = |_| Wish::Delete { by: by.clone(), reason: reason.clone() };
        self.many(selection, &wish, dry, whole(now))
    }

    fn many(
        &self,
        selection: &Selection,
        wish: &dyn Fn(u64) -> Wish,
        dry: bool,
        now: Timestamp,
    ) -> Result<Bulk, ManageError> {
        let (mut bulk, mut begins) = (Bulk::default(), Begins::at(now));
        match selection {
            Selection::Ids(ids) => {
                // One that is named twice is meant once.
                let ids: Vec<ExecutionId> =
                    ids.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
                for some in ids.chunks(AT_ONCE) {
                    self.some(some.to_vec(), wish, dry, (&mut bulk, &mut begins))?;
                }
            }
            Selection::All { filter, except, latest } => {
                // What comes while it is done is another matter: nobody has seen it.
                let latest = latest.map_or_else(|| self.latest(), Ok)?;
                let query = Query {
                    filter: filter.clone(),
                    order: Order::Oldest,
                    limit: AT_ONCE,
                    after: None,
                    latest: Some(latest),
                };
                for page in self.pages(query) {
                    let page = page?;
                    let meant = page.iter().filter(|it| is_meant(it, filter.status, except));
                    let ids = meant.map(|summary| summary.id).collect();
                    self.some(ids, wish, dry, (&mut bulk, &mut begins))?;
                }
            }
        }
        bulk.last_begins = begins.last;
        Ok(bulk)
    }

    fn some(
        &self,
        ids: Vec<ExecutionId>,
        wish: &dyn Fn(u64) -> Wish,
        dry: bool,
        (bulk, begins): (&mut Bulk, &mut Begins),
    ) -> Result<(), ManageError> {
        let now = begins.now;
        if ids.is_empty() {
            return Ok(());
        }
        let places = bulk.done..bulk.done + ids.len() as u64;
        let some = Portion { ids, wishes: places.map(wish).collect() };
        let outcomes = if dry { self.tried(&some, now)? } else { self.carried_out(some, now)? };
        for (id, outcome, asked) in outcomes {
            if let (Ok(scenario), Some((due, gap))) = (&outcome, asked) {
                bulk.last_due = bulk.last_due.max(Some(due));
                begins.add(self, scenario, (due, gap))?;
            }
            bulk.add(id, outcome.map(drop));
        }
        Ok(())
    }

    fn carried_out(&self, some: Portion, now: Timestamp) -> Result<Outcomes, StoreError> {
        self.write_small(move |transaction| {
            some.one_by_one(|id, wish| {
                Ok(carry_out(transaction, id, wish, now)?.map(|after| after.scenario))
            })
        })
    }

    fn tried(&self, some: &Portion, now: Timestamp) -> Result<Outcomes, StoreError> {
        some.one_by_one(|id, wish| match self.read(|reading| as_if_freed(reading, id, now))? {
            None => Ok(Err(ManageError::Unknown(id))),
            Some(execution) => match wish.may(&execution, now) {
                Ok(()) => Ok(Ok(execution.scenario)),
                Err(refusal) => Ok(Err(ManageError::Refused(refusal))),
            },
        })
    }
}

/// Some executions, and what is wanted of the first with which it is done, of the second, and so on: those that refuse
/// take no place, so that what is let go at a pace has no gap, and no two share a time.
#[derive(Clone)]
struct Portion {
    ids: Vec<ExecutionId>,
    wishes: Vec<Wish>,
}

impl Portion {
    fn one_by_one(
        &self,
        mut one: impl FnMut(ExecutionId, Wish) -> Result<Result<String, ManageError>, StoreError>,
    ) -> Result<Outcomes, StoreError> {
        let mut wishes = self.wishes.iter();
        let (mut outcomes, mut next) = (Vec::with_capacity(self.ids.len()), wishes.next());
        for id in self.ids.iter().copied() {
            let Some(wish) = next else { break };
            let outcome = match one(id, wish.clone()) {
                Err(error) if error.is_of_one() => Err(ManageError::Store(error)),
                outcome => outcome?,
            };
            let asked = asked(wish);
            if outcome.is_ok() || planted(Fault::SharesTimes) {
                next = wishes.next();
            }
            outcomes.push((id, outcome, asked));
        }
        Ok(outcomes)
    }
}

/// Which one, its scenario or why it refused, and from when on a try was asked for, at what gap.
type Outcome = (ExecutionId, Result<String, ManageError>, Option<(Timestamp, Option<u64>)>);
type Outcomes = Vec<Outcome>;

fn asked(wish: &Wish) -> Option<(Timestamp, Option<u64>)> {
    match wish {
        Wish::Ask { due, gap, .. } => Some((*due, *gap)),
        Wish::Close { .. } | Wish::Delete { .. } => None,
    }
}
