//! A store in memory, for tests and for trying things out: what it keeps ends with the program.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

use crate::entry::{Cause, Entry};
use crate::execution::{Execution, State as Standing, Status};
use crate::fault::{Fault, planted};
use crate::id::ExecutionId;
use crate::payload::Payload;
use crate::query::{Count, Group, Order, Page, Place, Query, Summary};
use crate::scenario::{ScenarioEntry, ScenarioState};
use crate::store::{Due, Reading, Store, StoreError, Transaction};

/// A store in memory.
///
/// A transaction works on a copy, so each costs time in proportion to what is kept.
#[derive(Debug, Default)]
pub struct Memory(Mutex<Kept>);

#[derive(Clone, Debug, Default)]
struct Kept {
    rows: BTreeMap<ExecutionId, Arc<Row>>,
    scenarios: BTreeMap<String, (ScenarioState, Vec<ScenarioEntry>)>,
    holds: BTreeMap<(String, String), Timestamp>,
    last_number: i64,
}

#[derive(Clone, Debug)]
struct Row {
    number: i64,
    execution: Execution,
    log: Vec<Entry>,
    payloads: BTreeMap<u32, Payload>,
    lease: Option<Timestamp>,
}

impl Memory {
    /// An empty store.
    pub fn new() -> Self {
        Memory::default()
    }
}

impl Store for Memory {
    fn write(
        &self,
        work: &mut dyn FnMut(&mut dyn Transaction) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut copy = kept.clone();
        let outcome = work(&mut copy);
        if outcome.is_ok() || planted(Fault::KeepsHalves) {
            *kept = copy;
        }
        outcome
    }

    fn read(
        &self,
        work: &mut dyn FnMut(&mut dyn Reading) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut copy = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        work(&mut copy)
    }
}

impl Kept {
    fn of<'a>(&'a self, scenario: &str) -> impl Iterator<Item = &'a Row> {
        self.rows.values().map(Arc::as_ref).filter(move |row| row.execution.scenario == *scenario)
    }

    fn is_first(&self, row: &Row) -> bool {
        let before = |other: &Row| {
            other.number < row.number
                && other.execution.key == row.execution.key
                && other.execution.status() != Status::Resolved
        };
        !self.of(&row.execution.scenario).any(before)
    }
}

/// What comes first by a time that it has, and of one time what was stored first.
fn earliest<'k>(
    rows: impl Iterator<Item = &'k Row>,
    time: impl Fn(&Row) -> Option<Timestamp>,
    limit: usize,
) -> Vec<(Timestamp, ExecutionId)> {
    let timed = |row: &Row| Some((time(row)?, row.number, row.execution.id));
    let mut found: Vec<(Timestamp, i64, ExecutionId)> = rows.filter_map(timed).collect();
    found.sort_unstable();
    found.into_iter().map(|(time, _, id)| (time, id)).take(limit).collect()
}

impl Reading for Kept {
    fn log(&mut self, id: ExecutionId) -> Result<Vec<Entry>, StoreError> {
        Ok(self.rows.get(&id).map(|row| row.log.clone()).unwrap_or_default())
    }

    fn payload(&mut self, id: ExecutionId, edition: u32) -> Result<Option<Payload>, StoreError> {
        Ok(self.rows.get(&id).and_then(|row| row.payloads.get(&edition)).cloned())
    }

    fn scenario(&mut self, name: &str) -> Result<ScenarioState, StoreError> {
        Ok(self.scenarios.get(name).map(|(state, _)| state.clone()).unwrap_or_default())
    }

    fn scenarios(&mut self) -> Result<Vec<String>, StoreError> {
        Ok(self.scenarios.keys().cloned().collect())
    }

    fn scenario_log(&mut self, name: &str, limit: usize) -> Result<Vec<ScenarioEntry>, StoreError> {
        let log = self.scenarios.get(name).map(|(_, log)| log.as_slice()).unwrap_or_default();
        Ok(log.iter().rev().take(limit).cloned().collect())
    }

    fn list(&mut self, query: &Query) -> Result<Page, StoreError> {
        let order = query.order;
        let (mut places, mut found) = (Vec::new(), BTreeMap::new());
        for row in self.rows.values() {
            let due = row.execution.due().filter(|_| order == Order::Due);
            let place = Place { number: row.number, due };
            let is_listed = order != Order::Due || due.is_some();
            let is_behind = query.after.is_none_or(|after| place.is_behind(after, order));
            let summary = Summary::of(&row.execution);
            if is_listed && is_behind && query.filter.takes(&summary) {
                places.push(place);
                found.insert(row.number, summary);
            }
        }
        Place::sort(&mut places, order);
        let gone = || StoreError::Damaged("a list shows what is not kept".to_owned());
        Page::beginning(&places, query, |place| found.remove(&place.number).ok_or_else(gone))
    }

    fn groups(&mut self, scenario: Option<&str>, limit: usize) -> Result<Vec<Group>, StoreError> {
        let mut counts = BTreeMap::new();
        for row in self.rows.values() {
            let Summary { scenario: of, error, rule, status, .. } = Summary::of(&row.execution);
            if status != Status::Resolved && scenario.is_none_or(|name| name == of) {
                *counts.entry((error, rule, status)).or_default() += 1;
            }
        }
        let group = |((error, rule, status), executions)| Group { error, rule, status, executions };
        let mut groups: Vec<Group> = counts.into_iter().map(group).collect();
        groups.sort_by_key(|group| std::cmp::Reverse(group.executions));
        groups.truncate(limit);
        Ok(groups)
    }

    fn counts(&mut self, now: Timestamp) -> Result<Vec<Count>, StoreError> {
        let mut counts: BTreeMap<(String, Status), (u64, u64)> = BTreeMap::new();
        for Row { execution, .. } in self.rows.values().map(AsRef::as_ref) {
            if execution.status() != Status::Resolved {
                let key = (execution.scenario.clone(), execution.status());
                let (executions, due) = counts.entry(key).or_default();
                *executions += 1;
                *due += u64::from(execution.due().is_some_and(|due| due <= now));
            }
        }
        let count =
            |((scenario, status), (executions, due))| Count { scenario, status, executions, due };
        Ok(counts.into_iter().map(count).collect())
    }

    fn find_once(&mut self, scenario: &str, once: &str) -> Result<Option<ExecutionId>, StoreError> {
        let mut rows = self.of(scenario);
        Ok(rows.find(|row| row.execution.once.as_deref() == Some(once)).map(|row| row.execution.id))
    }

    fn in_progress(&mut self, scenario: &str) -> Result<u32, StoreError> {
        let running = self.of(scenario).filter(|row| row.execution.status() == Status::InProgress);
        Ok(u32::try_from(running.count()).unwrap_or(u32::MAX))
    }

    fn scenarios_due(&mut self, now: Timestamp) -> Result<Vec<String>, StoreError> {
        let is_due = |row: &&Arc<Row>| row.execution.due().is_some_and(|due| due <= now);
        let names: BTreeSet<String> =
            self.rows.values().filter(is_due).map(|row| row.execution.scenario.clone()).collect();
        Ok(names.into_iter().collect())
    }

    fn due(&mut self, question: &Due<'_>) -> Result<Vec<(Timestamp, ExecutionId)>, StoreError> {
        let asked = |row: &Row| match &row.execution.state {
            Standing::Pending { due, by } if *due <= question.now => {
                (!question.asked_only || *by != Cause::Schedule).then_some(*due)
            }
            _ => None,
        };
        let rows = self.of(question.scenario);
        let rows = rows.filter(|row| !question.in_order || self.is_first(row));
        Ok(earliest(rows, asked, question.limit))
    }

    fn next_time(&mut self) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.rows.values().filter_map(|row| row.execution.due().or(row.lease)).min())
    }

    fn silent(&mut self, now: Timestamp, limit: usize) -> Result<Vec<ExecutionId>, StoreError> {
        let silent = |row: &Row| row.lease.filter(|lease| *lease <= now);
        let found = earliest(self.rows.values().map(Arc::as_ref), silent, limit);
        Ok(found.into_iter().map(|(_, id)| id).collect())
    }

    fn resolved_before(
        &mut self,
        scenario: &str,
        before: Timestamp,
        limit: usize,
    ) -> Result<Vec<ExecutionId>, StoreError> {
        let old = |row: &Row| match row.execution.state {
            Standing::Resolved { at, .. } if at < before => Some(at),
            _ => None,
        };
        let found = earliest(self.of(scenario), old, limit);
        Ok(found.into_iter().map(|(_, id)| id).collect())
    }

    fn is_held(&mut self, scenario: &str, now: Timestamp) -> Result<bool, StoreError> {
        Ok(self.holds.iter().any(|((name, _), until)| name == scenario && *until > now))
    }

    fn incomplete(&mut self, scenario: &str, key: Option<&str>) -> Result<u64, StoreError> {
        let meant = |row: &&Row| {
            row.execution.status() != Status::Resolved
                && key.is_none_or(|key| row.execution.key.as_deref() == Some(key))
        };
        Ok(self.of(scenario).filter(meant).count() as u64)
    }
}

impl Transaction for Kept {
    fn put_scenario(
        &mut self,
        name: &str,
        state: &ScenarioState,
        line: Option<&ScenarioEntry>,
    ) -> Result<(), StoreError> {
        let (kept, log) = self.scenarios.entry(name.to_owned()).or_default();
        kept.clone_from(state);
        log.extend(line.cloned());
        Ok(())
    }

    fn insert(
        &mut self,
        execution: &Execution,
        entry: &Entry,
        payload: &Payload,
    ) -> Result<bool, StoreError> {
        if self.rows.contains_key(&execution.id) {
            return Ok(false);
        }
        self.last_number += 1;
        let row = Row {
            number: self.last_number,
            execution: execution.clone(),
            log: vec![entry.clone()],
            payloads: BTreeMap::from([(1, payload.clone())]),
            lease: None,
        };
        self.rows.insert(execution.id, Arc::new(row));
        Ok(true)
    }

    fn update(
        &mut self,
        execution: &Execution,
        entry: &Entry,
        lease: Option<Timestamp>,
    ) -> Result<bool, StoreError> {
        let Some(row) = self.rows.get_mut(&execution.id) else { return Ok(false) };
        if row.execution.version.saturating_add(1) != entry.number {
            return Ok(false);
        }
        let row = Arc::make_mut(row);
        row.execution = execution.clone();
        row.log.push(entry.clone());
        row.lease = lease;
        Ok(true)
    }

    fn put_payload(
        &mut self,
        id: ExecutionId,
        edition: u32,
        payload: &Payload,
    ) -> Result<(), StoreError> {
        if let Some(row) = self.rows.get_mut(&id) {
            Arc::make_mut(row).payloads.insert(edition, payload.clone());
        }
        Ok(())
    }

    fn renew(
        &mut self,
        id: ExecutionId,
        version: u32,
        lease: Timestamp,
    ) -> Result<bool, StoreError> {
        let Some(row) = self.rows.get_mut(&id) else { return Ok(false) };
        if row.execution.version != version || row.execution.status() != Status::InProgress {
            return Ok(false);
        }
        Arc::make_mut(row).lease = Some(lease);
        Ok(true)
    }

    fn remove(&mut self, id: ExecutionId, version: u32) -> Result<bool, StoreError> {
        if self.rows.get(&id).is_none_or(|row| row.execution.version != version) {
            return Ok(false);
        }
        Ok(self.rows.remove(&id).is_some())
    }

    fn hold(
        &mut self,
        scenario: &str,
        holder: &str,
        until: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        let key = (scenario.to_owned(), holder.to_owned());
        match until {
            Some(until) => self.holds.insert(key, until),
            None => self.holds.remove(&key),
        };
        Ok(())
    }
}
