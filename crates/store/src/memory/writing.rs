//! The changes.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::{Kept, Row};
use crate::entry::Entry;
use crate::execution::Execution;
use crate::fault::{Fault, planted};
use crate::id::ExecutionId;
use crate::payload::Payload;
use crate::scenario::{ScenarioEntry, ScenarioState};
use crate::state::Status;
use crate::store::{Reading, StoreError, Transaction, told};

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
        id: ExecutionId,
        entry: &Entry,
        payload: &Payload,
    ) -> Result<bool, StoreError> {
        let execution = told(id, std::slice::from_ref(entry))?;
        let is_known = match &execution.once {
            Some(once) => self.find_once(&execution.scenario, once)?.is_some(),
            None => false,
        };
        if self.rows.contains_key(&id) || is_known && !planted(Fault::ForgetsOnce) {
            return Ok(false);
        }
        self.last_number += 1;
        let row = Row {
            number: self.last_number,
            execution,
            log: vec![entry.clone()],
            payloads: BTreeMap::from([(1, payload.clone())]),
            lease: None,
        };
        self.rows.insert(id, Arc::new(row));
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

    fn hold(&mut self, scenario: &str, holder: &str, until: Timestamp) -> Result<(), StoreError> {
        self.holds.insert((scenario.to_owned(), holder.to_owned()), until);
        Ok(())
    }

    fn hold_on(
        &mut self,
        scenario: &str,
        holder: &str,
        until: Timestamp,
    ) -> Result<bool, StoreError> {
        let hold = self.holds.get_mut(&(scenario.to_owned(), holder.to_owned()));
        Ok(hold.map(|hold| *hold = until).is_some())
    }

    fn let_go(&mut self, scenario: &str, holder: &str) -> Result<bool, StoreError> {
        Ok(self.holds.remove(&(scenario.to_owned(), holder.to_owned())).is_some())
    }
}
