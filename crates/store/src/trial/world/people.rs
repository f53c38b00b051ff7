//! What people do.

use std::collections::BTreeSet;
use std::time::Duration;

use super::{SCENARIOS, World, written};
use crate::executions::{Bulk, Edit, Pace};
use crate::id::ExecutionId;
use crate::life::Refusal;
use crate::payload::Payload;
use crate::query::{Filter, Order, Page, Query, Selection, Summary};
use crate::state::Status;
use crate::store::StoreError;
use crate::trial::history::Seen;

impl World {
    pub(super) fn person(&mut self) -> Result<(), StoreError> {
        let ids: Vec<ExecutionId> = self.ids.iter().copied().collect();
        if ids.is_empty() {
            return Ok(());
        }
        let (id, now) = (ids[self.chance.usize(..ids.len())], self.at());
        let before = self.executions.get(id).unwrap();
        let lease = self.executions.lease(id).unwrap();
        let is_silent = lease.is_some_and(|lease| lease <= now);
        let did = match self.chance.u8(..10) {
            0..4 => self.executions.retry(id, "alice", None, now).map(|_| None),
            4..7 => {
                let scenario = before.as_ref().map_or("", |before| &before.scenario);
                let payload = Payload::from(&*written(scenario, &format!("edited at {now}")));
                let edit = Edit { payload, version: None };
                self.executions.resolve(id, edit, "alice", "it was wrong", now).map(|_| None)
            }
            7..9 => self
                .executions
                .close(id, "alice", "paid by hand", now)
                .map(|_| Some(Seen::Closed { id })),
            _ => {
                let deleted = self.executions.delete(id, "alice", Some("a test"), now);
                let status = match before {
                    // Its try is given up before.
                    _ if is_silent => Status::Pending,
                    before => before.map_or(Status::Unresolved, |before| before.status()),
                };
                deleted.map(|_| Some(Seen::Deleted { id, status }))
            }
        };
        match did {
            Ok(seen) => {
                let heard = lease.is_some() && !is_silent;
                self.history.seen.extend(heard.then_some(Seen::TookFromWorker { id }));
                self.history.seen.extend(seen);
            }
            Err(crate::ManageError::Store(error)) => return Err(error),
            Err(_) => {}
        }
        Ok(())
    }

    /// Who did not renew a hold in time has lost it, also where the clock goes back behind that time.
    pub(super) fn lose_holds(&mut self) {
        let now = self.now;
        self.holds.retain(|_, until| *until > now);
    }

    pub(super) fn tend(&mut self) -> Result<(), StoreError> {
        self.lose_holds();
        let tended = self.executions.tend(self.at())?;
        let is_free = |name: &&str| tended.vanished.iter().any(|vanished| vanished == name);
        self.free.extend(SCENARIOS.into_iter().filter(is_free));
        Ok(())
    }

    pub(super) fn switch_on(&mut self) -> Result<(), StoreError> {
        let name = self.a_scenario();
        match self.executions.switch_on(name, "alice", None, self.at()) {
            Err(crate::ManageError::Store(error)) => Err(error),
            _ => Ok(()),
        }
    }

    pub(super) fn many(&mut self) -> Result<(), StoreError> {
        let filter = Filter { scenario: Some(self.a_scenario().to_owned()), ..Filter::default() };
        let query = Query { filter: filter.clone(), ..Query::default() };
        let selection = Selection::All { filter, except: BTreeSet::new(), latest: None };
        let first = Duration::from_secs(self.chance.u64(..30));
        let (pace, dry) = (Pace { between: Duration::from_millis(700), first }, self.chance.bool());
        let before = self.executions.list(&Query { order: Order::Oldest, ..query }).unwrap();
        match self.executions.retry_many(&selection, "alice", None, pace, dry, self.at()) {
            Err(crate::ManageError::Store(error)) => Err(error),
            Ok(bulk) if !dry => {
                self.paced(&before, &bulk, pace);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// When those were let go that a mass retry was for.
    fn paced(&mut self, before: &Page, bulk: &Bulk, pace: Pace) {
        let is_full = |id| bulk.refusals.contains(&(id, Refusal::LogFull.into()));
        let is_asked = |summary: &&Summary| match summary.status {
            _ if is_full(summary.id) => false,
            Status::Pending | Status::Unresolved => true,
            Status::InProgress => summary.is_silent(self.at()),
            Status::Resolved => false,
        };
        let due = |summary: &Summary| {
            let due = self.executions.get(summary.id).unwrap().unwrap().due().unwrap();
            u64::try_from(due.as_millisecond() - self.now).unwrap()
        };
        let waits = before.executions.iter().filter(is_asked).map(due).collect();
        let [first, between] = [pace.first, pace.between].map(|gap| gap.as_millis() as u64);
        self.history.see(Seen::Paced { first, between, waits });
    }

    pub(super) fn hold(&mut self) -> Result<(), StoreError> {
        let name = self.a_scenario();
        if self.chance.u8(..3) == 0 {
            return self.hold_on(name);
        }
        if self.holds.remove(name).is_some() {
            self.executions.let_go(name, "a run")?;
            self.free.insert(name);
            return Ok(());
        }
        self.free.remove(name);
        let until = self.executions.hold(name, "a run", self.at())?;
        self.holds.insert(name.to_owned(), until.as_millisecond());
        Ok(())
    }

    /// A run says that it goes on, be it under way or not.
    fn hold_on(&mut self, name: &'static str) -> Result<(), StoreError> {
        let is_held = match (self.holds.remove(name), self.free.contains(name)) {
            (None, false) => None,
            (held, _) => Some(held.is_some()),
        };
        let until = self.executions.hold_on(name, "a run", self.at())?;
        self.history.see(Seen::HeldOn { goes_on: until.is_some(), is_held });
        if let Some(until) = until {
            self.holds.insert(name.to_owned(), until.as_millisecond());
        }
        Ok(())
    }
}
