//! The questions, answered by looking at everything.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;

use super::{Kept, Row};
use crate::entry::{Cause, Entry};
use crate::id::ExecutionId;
use crate::payload::Payload;
use crate::place::Place;
use crate::query::{Count, Filter, Group, Newcomer, Order, Page, Query, Summary};
use crate::scenario::{ScenarioEntry, ScenarioState};
use crate::state::{State as Standing, Status};
use crate::store::{Due, Reading, StoreError};

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

impl Row {
    fn summary(&self) -> Summary {
        Summary { lease: self.lease, ..Summary::of(&self.execution) }
    }

    /// Whether another one of its scenario has to wait for it, where the scenario is sequential.
    pub(super) fn is_before(&self, other: &Row) -> bool {
        self.number < other.number
            && self.execution.key == other.execution.key
            && self.execution.status() != Status::Resolved
    }
}

/// What is said of executions that failed alike.
fn group(mut alike: Vec<(i64, Summary)>) -> Option<Group> {
    alike.sort_unstable_by_key(|(number, _)| *number);
    let since = alike.first()?.1.created;
    let due = alike.iter().filter_map(|(_, summary)| summary.due).min();
    let lease = alike.iter().filter_map(|(_, summary)| summary.lease).min();
    let executions = alike.len() as u64;
    let Summary { id: last, created: last_stored, scenario, error, rule, status, message, .. } =
        alike.pop()?.1;
    Some(Group {
        scenario,
        error,
        rule,
        status,
        executions,
        since,
        due,
        lease,
        last,
        last_stored,
        message,
    })
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

    fn latest(&mut self) -> Result<Place, StoreError> {
        let number = self.rows.values().map(|row| row.number).max();
        Ok(Place { number: number.unwrap_or(0), due: None })
    }

    fn list(&mut self, query: &Query) -> Result<Page, StoreError> {
        let order = query.order;
        let (mut places, mut found) = (Vec::new(), BTreeMap::new());
        for row in self.rows.values() {
            let due = row.execution.due().filter(|_| order == Order::Due);
            let place = Place { number: row.number, due };
            let is_listed = order != Order::Due || due.is_some();
            let is_behind = query.after.is_none_or(|after| place.is_behind(after, order));
            let is_in_time = query.latest.is_none_or(|latest| place.number <= latest.number);
            let summary = row.summary();
            if is_listed && is_behind && is_in_time && query.filter.takes(&summary) {
                places.push(place);
                found.insert(row.number, summary);
            }
        }
        Place::sort(&mut places, order);
        let gone = || StoreError::Damaged("a list shows what is not kept".to_owned());
        Page::beginning(&places, query, |place| found.remove(&place.number).ok_or_else(gone))
    }

    fn groups(
        &mut self,
        scenario: Option<&str>,
        message: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Group>, StoreError> {
        let mut groups: BTreeMap<_, Vec<(i64, Summary)>> = BTreeMap::new();
        for row in self.rows.values() {
            let summary = row.summary();
            let is_meant = scenario.is_none_or(|name| name == summary.scenario)
                && message.is_none_or(|text| summary.message.contains(text));
            if is_meant && summary.status != Status::Resolved {
                let Summary { scenario, error, rule, status, .. } = summary.clone();
                let alike = (scenario, error, rule, status);
                groups.entry(alike).or_default().push((row.number, summary));
            }
        }
        let mut groups: Vec<Group> = groups.into_values().filter_map(group).collect();
        groups.sort_by_key(|group| std::cmp::Reverse(group.executions));
        groups.truncate(limit);
        Ok(groups)
    }

    fn newcomers(&mut self, since: Timestamp, limit: usize) -> Result<Vec<Newcomer>, StoreError> {
        let mut firsts = BTreeMap::new();
        for row in self.rows.values() {
            let Summary { id, scenario, error, rule, created, .. } = Summary::of(&row.execution);
            let first = firsts.entry((scenario, error, rule)).or_insert((row.number, created, id));
            *first = (*first).min((row.number, created, id));
        }
        let newcomer = |((scenario, error, rule), (number, since, first))| {
            (number, Newcomer { scenario, error, rule, since, first })
        };
        let mut found: Vec<(i64, Newcomer)> = firsts.into_iter().map(newcomer).collect();
        found.retain(|(_, newcomer)| newcomer.since >= since);
        found.sort_by_key(|(number, newcomer)| std::cmp::Reverse((newcomer.since, *number)));
        Ok(found.into_iter().map(|(_, newcomer)| newcomer).take(limit).collect())
    }

    fn counts(&mut self, now: Timestamp) -> Result<Vec<Count>, StoreError> {
        let mut counts: BTreeMap<(String, Status), (u64, u64, u64)> = BTreeMap::new();
        for Row { execution, .. } in self.rows.values().map(AsRef::as_ref) {
            if execution.status() != Status::Resolved {
                let key = (execution.scenario.clone(), execution.status());
                let (executions, due, paced) = counts.entry(key).or_default();
                *executions += 1;
                let late = if execution.is_paced() { paced } else { due };
                *late += u64::from(execution.due().is_some_and(|due| due <= now));
            }
        }
        let count = |((scenario, status), (executions, due, paced))| Count {
            scenario,
            status,
            executions,
            due,
            paced,
        };
        Ok(counts.into_iter().map(count).collect())
    }

    fn find_once(&mut self, scenario: &str, once: &str) -> Result<Option<ExecutionId>, StoreError> {
        let mut rows = self.of(scenario);
        Ok(rows.find(|row| row.execution.once.as_deref() == Some(once)).map(|row| row.execution.id))
    }

    fn find_number(
        &mut self,
        scenario: &str,
        sequence: u64,
    ) -> Result<Option<ExecutionId>, StoreError> {
        let mut rows = self.of(scenario);
        Ok(rows.find(|row| row.execution.sequence == sequence).map(|row| row.execution.id))
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
        let rows = rows.filter(|row| row.execution.is_paced() == question.paced);
        let rows = rows.filter(|row| !question.in_order || self.is_first(row));
        Ok(earliest(rows, asked, question.limit))
    }

    fn first_due(
        &mut self,
        question: &Due<'_>,
        filter: &Filter,
    ) -> Result<Option<Timestamp>, StoreError> {
        let all = Due { now: Timestamp::MAX, limit: usize::MAX, ..*question };
        let due = self.due(&all)?;
        let is_meant =
            |id: &ExecutionId| self.rows.get(id).is_some_and(|row| filter.takes(&row.summary()));
        Ok(due.into_iter().find(|(_, id)| is_meant(id)).map(|(due, _)| due))
    }

    fn before(&mut self, id: ExecutionId) -> Result<Option<ExecutionId>, StoreError> {
        let Some(row) = self.rows.get(&id) else { return Ok(None) };
        let first = self.of(&row.execution.scenario).filter(|other| other.is_before(row));
        Ok(first.min_by_key(|other| other.number).map(|other| other.execution.id))
    }

    fn next_time(&mut self) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.rows.values().filter_map(|row| row.execution.due().or(row.lease)).min())
    }

    fn silent(&mut self, now: Timestamp, limit: usize) -> Result<Vec<ExecutionId>, StoreError> {
        let silent = |row: &Row| row.lease.filter(|lease| *lease <= now);
        let found = earliest(self.rows.values().map(Arc::as_ref), silent, limit);
        Ok(found.into_iter().map(|(_, id)| id).collect())
    }

    fn lease(&mut self, id: ExecutionId) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.rows.get(&id).and_then(|row| row.lease))
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

    fn lapsed_holds(
        &mut self,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<(String, String)>, StoreError> {
        let lapsed = self.holds.iter().filter(|(_, until)| **until <= now);
        let mut lapsed: Vec<_> = lapsed.map(|(held, until)| (*until, held.clone())).collect();
        lapsed.sort();
        Ok(lapsed.into_iter().map(|(_, held)| held).take(limit).collect())
    }

    fn incomplete(&mut self, scenario: &str, key: Option<&str>) -> Result<u64, StoreError> {
        let meant = |row: &&Row| {
            row.execution.status() != Status::Resolved
                && key.is_none_or(|key| row.execution.key.as_deref() == Some(key))
        };
        Ok(self.of(scenario).filter(meant).count() as u64)
    }
}
